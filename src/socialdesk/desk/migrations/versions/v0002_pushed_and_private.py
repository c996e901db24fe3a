"""What is pushed, what is private, what it costs, and when counts are read again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LOOKED_AT = sa.text("look_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "socialdesk_push",
        sa.Column("scope", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "digest"),
    )
    op.create_index("socialdesk_push_state", "socialdesk_push", ["state", "next_at"])
    op.create_table(
        "socialdesk_tally",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "month", "rule", "unit"),
    )
    op.add_column("socialdesk_account", sa.Column("prices", sa.Text(), nullable=True))
    op.add_column("socialdesk_account", sa.Column("push", sa.Text(), nullable=True))
    op.add_column("socialdesk_account", sa.Column("push_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "socialdesk_part", sa.Column("mode", sa.String(length=16), nullable=False, server_default="public")
    )
    op.add_column("socialdesk_part", sa.Column("prepared", sa.Text(), nullable=True))
    op.add_column("socialdesk_mention", sa.Column("look_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "socialdesk_mention_look",
        "socialdesk_mention",
        ["account_id", "look_at"],
        sqlite_where=LOOKED_AT,
        postgresql_where=LOOKED_AT,
    )
