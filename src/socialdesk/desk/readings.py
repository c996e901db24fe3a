"""Reading counts again: what spreads is seen only by looking twice.

A mention is looked at again when it is twice as old, from two minutes on and for three days: a dozen readings in all,
a hundred mentions at a time where the platform takes so many.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.schema import micros, moment
from socialdesk.models import Mention

__all__ = ["Look", "due_looks", "first_look", "next_look", "save_looks"]

SOONEST = timedelta(minutes=2)
LOOKED_AT_FOR = timedelta(days=3)

Look = tuple[str, datetime]
"""(a mention's key, when it was said)."""

# Made once: it runs with every poll.
_DUE = Prepared(
    sa.select(
        schema.mention.c.key,
        sa.func.coalesce(schema.mention.c.created_at, schema.mention.c.heard_at).label("said_at"),
    )
    .where(
        schema.mention.c.account_id == sa.bindparam("of_account"),
        schema.mention.c.look_at.is_not(None),
        schema.mention.c.look_at <= sa.bindparam("until"),
    )
    .order_by(schema.mention.c.look_at)
    .limit(sa.bindparam("at_most"))
)
_SAVE = (
    sa.update(schema.mention)
    .where(
        schema.mention.c.account_id == sa.bindparam("of_account"),
        schema.mention.c.key == sa.bindparam("of_key"),
    )
    .values(look_at=sa.bindparam("again_at"))
)


def next_look(said_at: datetime, now: datetime) -> datetime | None:
    """When to look again at what was said then; None: not any more."""
    age = now - said_at
    return None if age > LOOKED_AT_FOR else now + max(SOONEST, age)


def first_look(mention: Mention, now: datetime) -> datetime | None:
    """When to look again at what was just heard; None for our own, and for what is private: that does not spread."""
    if mention.direction != "inbound" or mention.visibility == "direct" or mention.state != "active":
        return None
    return next_look(mention.created_at or now, now)


def due_looks(connection: Connection, account_id: str, now: datetime, at_most: int) -> tuple[Look, ...]:
    """The mentions whose counts are to be read again by now, the longest due first."""
    found = _DUE.run(connection, {"of_account": account_id, "until": micros(now), "at_most": at_most})
    return tuple((row.key, moment(row.said_at)) for row in found)


def save_looks(connection: Connection, account_id: str, looked: Sequence[Look], now: datetime) -> None:
    """These were looked at, whatever the look gave."""
    if looked:
        rows = [
            {"of_account": account_id, "of_key": key, "again_at": micros(next_look(said_at, now))}
            for key, said_at in looked
        ]
        connection.execute(_SAVE, rows)
