"""What of each listing was heard, and when people write."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "socialdesk_coverage",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=400), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("end_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "stream", "topic", "start_at"),
    )
    op.create_table(
        "socialdesk_arrival",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "hour"),
    )
    op.add_column("socialdesk_stream", sa.Column("walking", sa.Text(), nullable=True))
    op.add_column("socialdesk_account", sa.Column("listen_at", sa.BigInteger(), nullable=True))
