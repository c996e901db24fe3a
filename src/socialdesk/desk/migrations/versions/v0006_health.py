"""What is not as it should be with an account, and how that makes it."""

import json
from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NOW = {"active": ("ok", None), "needs_human": ("out_of_credit", "credit_used_up")}
_REASONS = {"reauth_required": "signed_out", "scope_missing": "scope_missing", "suspended": "suspended"}


def upgrade() -> None:
    op.create_table(
        "socialdesk_symptom",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("inbound", sa.Boolean(), nullable=False),
        sa.Column("outbound", sa.Boolean(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "source"),
    )
    op.add_column("socialdesk_account", sa.Column("health", sa.Text(), nullable=True))
    _carry_over(op.get_bind())
    op.drop_column("socialdesk_account", "problem")


def _carry_over(connection: sa.Connection) -> None:
    """The states that stand get their names of now, and a symptom each, which the next thing that works takes away."""
    account = sa.table("socialdesk_account", *map(sa.column, ("id", "state", "problem", "health")))
    columns = ("account_id", "source", "reason", "text", "inbound", "outbound", "since", "seen_at")
    symptom = sa.table("socialdesk_symptom", *map(sa.column, columns))
    now = int(datetime.now(timezone.utc).timestamp() * 1_000_000)
    for row in connection.execute(sa.select(account)).all():
        state, reason = _NOW.get(row.state, (row.state, _REASONS.get(row.state)))
        here = sa.update(account).where(account.c.id == row.id)
        if reason is None:
            connection.execute(here.values(state="ok"))
            continue
        text = row.problem or ""
        health = {"state": state, "reason": reason, "text": text, "inbound": state, "outbound": state}
        connection.execute(here.values(state=state, health=json.dumps(health)))
        stands = {"account_id": row.id, "source": "before", "reason": reason, "text": text}
        stands |= {"inbound": True, "outbound": True, "since": now, "seen_at": now}
        connection.execute(sa.insert(symptom).values(**stands))
