"""What a backfill that is under way is to tell of coverage, once it is whole."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("socialdesk_backfill", sa.Column("walking", sa.Text(), nullable=True))
