"""Who takes events, and what was not taken yet."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "socialdesk_consumer",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("socialdesk_delivery", sa.Column("owner", sa.String(length=80), nullable=True))
    op.add_column("socialdesk_delivery", sa.Column("problem", sa.Text(), nullable=True))
    op.create_index("socialdesk_delivery_due", "socialdesk_delivery", ["consumer", "state", "event_id"])
