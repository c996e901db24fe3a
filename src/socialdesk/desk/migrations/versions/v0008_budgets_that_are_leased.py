"""Budgets that are leased, who spent them, hosts that do not answer, and how often a listing is polled."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTS = ("leased", "ramp", "number", "reserve", "drawers", "drew")


def upgrade() -> None:
    with op.batch_alter_table("socialdesk_budget") as table:
        table.drop_column("told")
    op.add_column("socialdesk_budget", sa.Column("told", sa.Integer(), nullable=True))
    op.add_column("socialdesk_budget", sa.Column("why", sa.Text(), nullable=False, server_default=""))
    for name in COUNTS:
        op.add_column("socialdesk_budget", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "socialdesk_spending",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("bucket", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "scope", "bucket", "lane"),
    )
    op.create_index("socialdesk_spending_budget", "socialdesk_spending", ["scope", "bucket"])
    op.create_table(
        "socialdesk_breaker",
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("probe_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("platform", "host"),
    )
    op.add_column("socialdesk_stream", sa.Column("rate", sa.Float(), nullable=True))
    op.add_column("socialdesk_stream", sa.Column("pause", sa.Float(), nullable=True))
