"""What platforms count is of any size. SQLite's integers are that already."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COUNTS = (
    *(("budget", name) for name in ("amount", "remaining", "leased", "told", "reserve", "drawers", "drew")),
    *(("spending", name) for name in ("amount", "before", "usual")),
    ("mention", "revision"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, column in COUNTS:
        op.alter_column(f"socialdesk_{table}", column, type_=sa.BigInteger())
