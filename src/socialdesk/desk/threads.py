"""Conversations in the tables: begun by what is heard of them, and stretched over all of it."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk.desk import schema
from socialdesk.desk.bulk import Bulk
from socialdesk.desk.dialects import upsert

__all__ = ["Span", "write_threads"]

Span = tuple[int | None, int | None, bool]
"""From when to when a conversation was spoken in, in microseconds, and whether its root is not known yet."""


def _widening() -> sa.Insert:
    """Begin a conversation, or stretch the span of one that stands."""
    table = schema.conversation
    insert = upsert(table)
    later = sa.case(
        (insert.excluded.last_at > table.c.last_at, insert.excluded.last_at), else_=table.c.last_at
    )
    earlier = sa.case(
        (insert.excluded.opened_at < table.c.opened_at, insert.excluded.opened_at), else_=table.c.opened_at
    )
    return insert.on_conflict_do_update(
        index_elements=["account_id", "key"], set_={"last_at": later, "opened_at": earlier}
    )


_THREADS = Bulk(_widening(), ("account_id", "key", "opened_at", "last_at", "provisional"))


def write_threads(connection: Connection, account_id: str, threads: Mapping[str, Span]) -> None:
    """Write what a page told of these conversations, by their keys."""
    rows = [
        {
            "account_id": account_id,
            "key": key,
            "opened_at": opened,
            "last_at": last,
            "provisional": provisional,
        }
        for key, (opened, last, provisional) in threads.items()
    ]
    _THREADS.insert(connection, rows)
