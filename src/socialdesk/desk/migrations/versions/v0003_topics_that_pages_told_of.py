"""Topics that pages told of, such as the comments of a post."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("socialdesk_stream", sa.Column("found", sa.Text(), nullable=True))
    op.add_column("socialdesk_stream", sa.Column("walked", sa.Text(), nullable=True))
    op.add_column("socialdesk_stream", sa.Column("until", sa.BigInteger(), nullable=True))
