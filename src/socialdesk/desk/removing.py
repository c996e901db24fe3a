"""Removing an account, and with it what it still had to say."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import writes
from socialdesk.desk import schema
from socialdesk.desk.dialects import alone
from socialdesk.desk.outgoing import set_reply_state

__all__ = ["remove_account"]

WORDS = "The account was removed."
LEFT = {"pending": "cancelled", "unknown": "needs_human"}
"""What becomes of the parts that nobody will send or look for any more."""


@writes
def remove_account(connection: Connection, account_id: str) -> None:
    """Forget an account with its credentials and positions. What it heard and said stays; what waits is never said."""
    alone(connection, account_id)
    table = schema.part
    waiting = (table.c.account_id == account_id, table.c.state.in_(LEFT))
    replies = connection.execute(sa.select(table.c.reply_key).where(*waiting).distinct()).scalars().all()
    for state, becomes in LEFT.items():
        connection.execute(
            sa.update(table)
            .where(table.c.account_id == account_id, table.c.state == state)
            .values(state=becomes, owner=None, epoch=table.c.epoch + 1, error=WORDS)
        )
    for key in replies:
        set_reply_state(connection, account_id, key)
    app_id = connection.execute(
        sa.select(schema.account.c.app_id).where(schema.account.c.id == account_id)
    ).scalar()
    connection.execute(
        sa.delete(schema.app).where(schema.app.c.id == app_id, schema.app.c.name.contains("//"))
    )
    connection.execute(sa.delete(schema.delivery).where(schema.delivery.c.account_id == account_id))
    connection.execute(sa.delete(schema.stream).where(schema.stream.c.account_id == account_id))
    for table in (schema.backfill, schema.symptom, schema.coverage, schema.arrival):
        connection.execute(sa.delete(table).where(table.c.account_id == account_id))
    connection.execute(sa.delete(schema.account).where(schema.account.c.id == account_id))
