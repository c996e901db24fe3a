"""When people write, in the tables: counted by the hour with each page, and asked whether an account is silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import writes
from socialdesk._engine.health import Symptom
from socialdesk._engine.silence import HISTORY, Arrivals, Verdict, hour_of, judge
from socialdesk.auth import Stamp
from socialdesk.desk import schema
from socialdesk.desk.dialects import alone, upsert
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.rows import event_of
from socialdesk.desk.schema import micros, moment
from socialdesk.desk.symptoms import SILENCE, Seen, observe
from socialdesk.models import Event, Mention

__all__ = ["count_arrivals", "listen", "weigh_silence"]

LIVE = frozenset({"poll", "webhook", "stream"})
"""The ways by which what is heard is news; what was fetched of the past says nothing of the present."""
SECOND = 1_000_000
NOT_KNOWN = timedelta(minutes=10)
KEPT = HISTORY + timedelta(days=7)


def count_arrivals(connection: Connection, page: PageRecord, new: Sequence[Mention]) -> bool:
    """Count what others wrote since the account was connected, by the hour; False where there was nothing such."""
    if page.via not in LIVE:
        return False
    inbound = [mention for mention in new if mention.direction == "inbound"]
    if not inbound:
        return False
    account, table = schema.account, schema.arrival
    query = sa.select(account.c.created_at).where(account.c.id == page.account_id)
    connected = connection.execute(query).scalar() or 0
    connected -= connected % SECOND  # platforms tell the second, and no more
    now, hours = page.stamp.now, dict[int, int]()
    for mention in inbound:
        at = min(mention.created_at or now, now)
        if micros(at) >= connected:
            hours[hour_of(at)] = hours.get(hour_of(at), 0) + 1
    for hour, number in hours.items():
        insert = upsert(table).values(
            account_id=page.account_id, hour=hour, number=number, last_at=micros(now)
        )
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["account_id", "hour"],
                set_={"number": table.c.number + insert.excluded.number, "last_at": insert.excluded.last_at},
            )
        )
    return bool(hours)


@writes
def listen(connection: Connection, account_id: str, stamp: Stamp, allowed: timedelta) -> tuple[Event, ...]:
    """See whether nothing was heard for longer than it can be by chance; gives what to tell of the account.

    Silence is measured until the moment up to which every listing was polled, and not at all while one fails: what was
    not asked for cannot be missed.
    """
    alone(connection, account_id)
    table = schema.arrival
    connection.execute(
        sa.delete(table).where(table.c.account_id == account_id, table.c.hour < hour_of(stamp.now - KEPT))
    )
    polled = _polled_until(connection, account_id)
    arrivals = _arrivals(connection, account_id)
    if polled is None or arrivals is None:
        _come_back(connection, account_id, stamp.now + NOT_KNOWN)
        return ()
    verdict = judge(arrivals, polled, allowed)
    _come_back(connection, account_id, max(verdict.again_at, stamp.now + timedelta(minutes=1)))
    seen = Seen(
        at=stamp.now,
        ids=stamp.uuids(),
        shows=(_silent(verdict, stamp.now),) if verdict.alarm else (),
        gone=lambda symptom: symptom.source == SILENCE,
    )
    return tuple(event_of(row) for row in observe(connection, account_id, seen))


def _silent(verdict: Verdict, now: datetime) -> Symptom:
    return Symptom(
        source=SILENCE,
        reason="nothing_heard",
        text=verdict.text,
        since=now,
        seen_at=now,
        outbound=False,
        numbers=verdict.numbers,
    )


def _polled_until(connection: Connection, account_id: str) -> datetime | None:
    """The moment up to which every listing was polled; None where one fails, or was never polled."""
    table = schema.stream
    rows = connection.execute(
        sa.select(table.c.polled_at, table.c.failures).where(
            table.c.account_id == account_id, table.c.found.is_(None)
        )
    ).all()
    if not rows or any(row.failures or row.polled_at is None for row in rows):
        return None
    polled: int = min(row.polled_at for row in rows)
    return moment(polled)


def _arrivals(connection: Connection, account_id: str) -> Arrivals | None:
    table, account = schema.arrival, schema.account
    since = connection.execute(sa.select(account.c.created_at).where(account.c.id == account_id)).scalar()
    rows = connection.execute(
        sa.select(table.c.hour, table.c.number, table.c.last_at).where(table.c.account_id == account_id)
    ).all()
    if since is None or not rows:
        return None
    return Arrivals(
        hours={row.hour: row.number for row in rows},
        since=moment(since),
        last_at=moment(max(row.last_at for row in rows)),
    )


def _come_back(connection: Connection, account_id: str, at: datetime) -> None:
    table = schema.account
    connection.execute(sa.update(table).where(table.c.id == account_id).values(listen_at=micros(at)))


def weigh_silence(connection: Connection, account_id: str, now: datetime) -> dict[str, float]:
    """The numbers of the silence test as they stand: how many come a day, and for how long nothing did."""
    arrivals = _arrivals(connection, account_id)
    return {} if arrivals is None else judge(arrivals, now).numbers
