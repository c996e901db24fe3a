"""What came before what it belongs to, what was said before we heard, and what an item was read from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("socialdesk_account", sa.Column("hear_last", sa.Integer(), nullable=True))
    op.add_column("socialdesk_event", sa.Column("backfilled", sa.Boolean(), nullable=True))
    op.add_column("socialdesk_quarantine", sa.Column("stream", sa.String(64), nullable=True))
    op.add_column("socialdesk_quarantine", sa.Column("topic", sa.String(400), nullable=True))
    op.add_column("socialdesk_quarantine", sa.Column("at", sa.BigInteger(), nullable=True))
    op.create_table(
        "socialdesk_parked",
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "key", "kind"),
    )
    op.create_index("socialdesk_parked_time", "socialdesk_parked", ["account_id", "at"])
    op.create_table(
        "socialdesk_backfill",
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("stream", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(400), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(80), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "stream", "topic"),
    )
    op.create_index("socialdesk_backfill_due", "socialdesk_backfill", ["state", "next_at"])
