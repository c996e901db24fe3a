"""Whose turn it is among the parts that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TAKE_FROM_REPLIES = """
    UPDATE socialdesk_part SET
        thread = (SELECT r.thread FROM socialdesk_reply r
                  WHERE r.account_id = socialdesk_part.account_id AND r.key = socialdesk_part.reply_key),
        turn = (SELECT COALESCE(r.created_at, 0) FROM socialdesk_reply r
                WHERE r.account_id = socialdesk_part.account_id AND r.key = socialdesk_part.reply_key)
"""


def upgrade() -> None:
    op.add_column(
        "socialdesk_part", sa.Column("thread", sa.String(length=400), nullable=False, server_default="")
    )
    op.add_column("socialdesk_part", sa.Column("turn", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(TAKE_FROM_REPLIES)
    op.create_index(
        "socialdesk_part_due", "socialdesk_part", ["account_id", "state", "turn", "number", "next_at"]
    )
    op.create_index("socialdesk_part_thread", "socialdesk_part", ["account_id", "thread", "state", "turn"])
    op.create_index("socialdesk_part_turn", "socialdesk_part", ["account_id", "turn"])
