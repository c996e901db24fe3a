"""Storing one page: mentions, raw items, events and the cursor behind it, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.collector import held_back
from socialdesk._engine.effects import writes
from socialdesk._engine.limits import Budget, Key
from socialdesk.desk import schema
from socialdesk.desk.aside import drop_aside
from socialdesk.desk.backfills import advance, order_topics
from socialdesk.desk.budgets import save_spending
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.dialects import alone
from socialdesk.desk.found import note_walked, remember_found
from socialdesk.desk.intake import Intake
from socialdesk.desk.pages import Events, PageRecord, Stored
from socialdesk.desk.readings import save_looks
from socialdesk.desk.schema import micros
from socialdesk.desk.watching import watch

__all__ = ["PageRecord", "Stored", "store_page"]

CLAIM = ("account_id", "stream", "topic", "owner", "epoch")

# Statements are made once: making them takes longer than running them.
_MOVE = Prepared(
    sa.update(schema.stream).where(*(schema.stream.c[name] == sa.bindparam(f"of_{name}") for name in CLAIM)),
    ("cursor", "walking", "failures", "problem"),
)
_RELEASE = Prepared(
    _MOVE.statement,
    ("cursor", "walking", "failures", "problem", "owner", "next_at", "polled_at", "rate", "pause"),
)


@writes
def store_page(connection: Connection, page: PageRecord) -> Stored:
    """Store mentions, raw items, events and the cursor: all of them, or none."""
    alone(connection, page.account_id)
    intake = Intake(connection, page)
    with held_back:  # the transaction is open: nothing here waits for others
        intake.write()
    budgets = save_spending(connection, page.account_id, page.spending)
    drop_aside(connection, page.account_id, page.resolved)
    save_looks(connection, page.account_id, page.looked, page.stamp.now)
    rate, next_at = _paced(page, intake.new, budgets)
    if page.filling is not None:
        order_topics(connection, page)
        kept = advance(connection, page, intake.new)
    else:
        remember_found(connection, page.account_id, page.found)
        kept = _move_cursor(connection, page, rate, next_at)
    if kept and page.walked is not None:
        note_walked(connection, page.account_id, page.walked)
    events = Events([*intake.events, *watch(connection, page, intake, kept=kept)])
    return Stored(intake.new, intake.changed, intake.known, intake.set_aside, events, kept, budgets, next_at)


def _paced(page: PageRecord, new: int, budgets: Mapping[Key, Budget]) -> tuple[float | None, datetime | None]:
    """The listing's arrival rate, and when it is polled again."""
    if page.pace is None or not page.release:
        return None, page.next_at
    rate, pause = page.pace.after(new, budgets, page.stamp.now)
    return rate, page.stamp.now + timedelta(seconds=pause)


def _move_cursor(
    connection: Connection, page: PageRecord, rate: float | None, next_at: datetime | None
) -> bool:
    values: dict[str, Any] = {"cursor": page.cursor, "walking": page.walking, "failures": 0, "problem": None}
    if page.release:
        values |= {"owner": None, "next_at": micros(next_at), "polled_at": micros(page.stamp.now)}
        values |= {
            "rate": rate,
            "pause": None if next_at is None else (next_at - page.stamp.now).total_seconds(),
        }
    claim = {f"of_{name}": getattr(page, name) for name in CLAIM}
    statement = _RELEASE if page.release else _MOVE
    return bool(statement.run(connection, {**claim, **values}).rowcount)
