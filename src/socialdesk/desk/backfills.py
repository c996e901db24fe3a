"""Store calls about backfills: what is asked for, listing by listing, who is at it, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.coverage import Trail
from socialdesk._engine.effects import reads, writes
from socialdesk.connector import Topic
from socialdesk.desk import schema
from socialdesk.desk.accounts import read_account
from socialdesk.desk.budgets import load_funds
from socialdesk.desk.bulk import Keyed, Prepared
from socialdesk.desk.covering import gap_opened
from socialdesk.desk.dialects import alone, wake
from socialdesk.desk.found import dump_topic, load_topic
from socialdesk.desk.listings import Alive, Opened, StreamRow, claim
from socialdesk.desk.pages import Filling, PageRecord
from socialdesk.desk.schema import micros, moment

__all__ = [
    "LISTINGS_IN_TURN",
    "FillRow",
    "Order",
    "advance",
    "cancel_listings",
    "claim_backfills",
    "due_backfills",
    "next_backfill",
    "order_listings",
    "order_topics",
    "release_backfills",
]

LISTINGS_IN_TURN = 5
"""How many listings of an account one turn goes on with."""

_TABLE = schema.backfill
_OPEN = _TABLE.c.state == "under_way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A listing that is to be gone over. ``found`` is the topic that a page told of."""

    stream: str
    topic: str
    found: Topic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRow:
    """A listing that is being gone over, claimed by the caller: its position, and what is asked for."""

    row: StreamRow
    asks: Filling


# ---------------------------------------------------------------------------------------------------------- orders


@writes
def order_listings(connection: Connection, account_id: str, orders: Sequence[Order], asks: Filling) -> bool:
    """Write down that these listings are to be gone over. What an earlier order covers is not gone over again, unless a
    gap opened in it since. False where the account is no more."""
    alone(connection, account_id)
    if read_account(connection, account_id) is None:
        return False
    for order in orders:
        _order(connection, account_id, order, asks)
    wake(connection)
    return True


def order_topics(connection: Connection, page: PageRecord) -> None:
    """The topics that a backfill's page told of are gone over as well. Within its transaction."""
    if page.filling is None or read_account(connection, page.account_id) is None:
        return
    for topic in page.found:
        order = Order(stream=topic.stream, topic=topic.key, found=topic)
        _order(connection, page.account_id, order, page.filling)


def _order(connection: Connection, account_id: str, order: Order, asks: Filling) -> None:
    here = _listing(account_id, order.stream, order.topic)
    known = connection.execute(sa.select(_TABLE).where(*here)).first()
    found = None if order.found is None else dump_topic(order.found)
    if known is None:
        connection.execute(
            sa.insert(_TABLE).values(
                account_id=account_id,
                stream=order.stream,
                topic=order.topic,
                found=found,
                epoch=0,
                **_afresh(micros(asks.since), micros(asks.until)),
            )
        )
        return
    changes = _changes(known, asks)
    if not changes and _missed(connection, known, asks):
        changes = {"epoch": known.epoch + 1, **_afresh(known.since, known.until)}
    if changes:
        connection.execute(sa.update(_TABLE).where(*here).values(found=found, **changes))


def _changes(known: Any, asks: Filling) -> Mapping[str, Any]:
    """What an order changes in a row that stands: nothing where that covers it. For more it begins anew, since pages
    that were read before were read without what nobody asked for then."""
    since, until = micros(asks.since), micros(asks.until)
    above = known.until is None or (until is not None and until <= known.until)
    if above and since >= known.since:
        return {"state": "under_way", "next_at": None} if known.state == "cancelled" else {}
    if known.state == "under_way":  # what was asked for before is not forgotten
        since = min(since, known.since)
        until = None if until is None or known.until is None else max(until, known.until)
    return {"epoch": known.epoch + 1, **_afresh(since, until)}


def _missed(connection: Connection, known: Any, asks: Filling) -> bool:
    """Whether a gap opened in what is asked for, after it was gone over."""
    if known.state != "done":
        return False
    trail = Trail.loads(known.walking)
    since = max(micros(asks.since), 0 if trail is None else trail.begun)
    return gap_opened(connection, (known.account_id, known.stream, known.topic), since, micros(asks.until))


def _afresh(since: int, until: int | None) -> dict[str, Any]:
    return {
        "since": since,
        "until": until,
        "state": "under_way",
        "cursor": "",
        "walking": None,
        "pages": 0,
        "new": 0,
        "reached": None,
        "next_at": None,
        "failures": 0,
        "problem": None,
        "owner": None,
    }


@writes
def cancel_listings(connection: Connection, account_id: str, streams: Sequence[str] | None) -> None:
    """What is under way of these streams, or of all, is not gone on with. Who is at it stops at the next page."""
    alone(connection, account_id)
    ended = sa.update(_TABLE).where(_TABLE.c.account_id == account_id, _OPEN)
    if streams is not None:
        ended = ended.where(_TABLE.c.stream.in_(list(streams)))
    connection.execute(ended.values(state="cancelled", owner=None, epoch=_TABLE.c.epoch + 1))


# ------------------------------------------------------------------------------------------------------- under way


def _listing(account_id: str, stream: str, topic: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_TABLE.c.account_id == account_id, _TABLE.c.stream == stream, _TABLE.c.topic == topic)


def _due(now: sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
    return (_OPEN, sa.or_(_TABLE.c.next_at.is_(None), _TABLE.c.next_at <= now))


_SOONEST = sa.func.min(sa.func.coalesce(_TABLE.c.next_at, 0))
# Made once: they run with every round.
_DUE_ACCOUNTS = Prepared(
    sa.select(_TABLE.c.account_id)
    .where(*_due(sa.bindparam("now", type_=sa.BigInteger)))
    .group_by(_TABLE.c.account_id)
    .order_by(_SOONEST, _TABLE.c.account_id)
)
_NEXT = Keyed(
    lambda accounts: sa.select(_SOONEST.label("at")).where(_OPEN, _TABLE.c.account_id.in_(accounts))
)


def due_backfills(connection: Connection, now: datetime) -> tuple[str, ...]:
    """The accounts of which a backfill is due, those first that are due the longest."""
    return tuple(_DUE_ACCOUNTS.run(connection, {"now": micros(now)}).scalars())


@reads
def next_backfill(connection: Connection, accounts: Sequence[str]) -> datetime | None:
    """When the next backfill is due; None where none is under way."""
    soonest = [row.at for row in _NEXT.find(connection, accounts, {}) if row.at is not None]
    return moment(min(soonest, default=None))


@writes
def claim_backfills(
    connection: Connection, account_id: str, owner: str, alive: Alive, now: datetime
) -> tuple[Opened, tuple[FillRow, ...]] | None:
    """An account with the listings that are to be gone over, are due, and that no living run is at: claimed for
    ``owner``, those first that waited the longest. None where the account is no more, or nothing is to be done."""
    alone(connection, account_id)
    account = read_account(connection, account_id)
    if account is None:
        return None
    order = (sa.func.coalesce(_TABLE.c.next_at, 0), _TABLE.c.stream, _TABLE.c.topic)
    query = (
        sa.select(_TABLE)
        .where(_TABLE.c.account_id == account_id, *_due(sa.literal(micros(now))))
        .order_by(*order)
    )
    free: list[FillRow] = []
    for line in connection.execute(query).all():
        if alive(line.owner):
            continue
        row = claim(connection, _TABLE, line, owner)
        asks = Filling(since=moment(line.since), until=moment(line.until), reached=moment(line.reached))
        found = None if line.found is None else load_topic(line)
        free.append(FillRow(row=replace(row, found=found, walking=line.walking), asks=asks))
        if len(free) == LISTINGS_IN_TURN:
            break
    if not free:
        return None
    return Opened(account, load_funds(connection, account, now, ())), tuple(free)


def advance(connection: Connection, page: PageRecord, new: int) -> bool:
    """Move a backfill on behind a page, in its transaction. False where another run has taken it over, or it was
    cancelled or asked for anew: then it stands as they left it."""
    filling = page.filling
    if filling is None:
        return False
    values: dict[str, Any] = {
        "cursor": page.cursor,
        "walking": page.walking,
        "pages": _TABLE.c.pages + 1,
        "new": _TABLE.c.new + new,
        "reached": micros(filling.reached),
        "failures": 0,
        "problem": filling.problem,
    }
    if page.release:
        values |= {"owner": None, "next_at": micros(page.next_at)}
    if filling.done:
        values["state"] = "done"
    claim = (_TABLE.c.owner == page.owner, _TABLE.c.epoch == page.epoch)
    here = _listing(page.account_id, page.stream, page.topic)
    return bool(connection.execute(sa.update(_TABLE).where(*here, *claim).values(**values)).rowcount)


@writes
def release_backfills(
    connection: Connection,
    account_id: str,
    owner: str,
    rests: Mapping[str, datetime],
    gone: Sequence[FillRow],
) -> None:
    """Give back what ``owner`` claimed and did not come to. ``rests`` are streams ("" all of them) of which nothing
    can be asked until a moment, ``gone`` listings that there are no more."""
    alone(connection, account_id)
    mine = (_TABLE.c.account_id == account_id, _TABLE.c.owner == owner)
    for each in gone:
        connection.execute(
            sa.update(_TABLE)
            .where(*_listing(account_id, each.row.stream, each.row.topic), *mine)
            .values(state="cancelled", problem="It is not listened to any more.")
        )
    connection.execute(sa.update(_TABLE).where(*mine).values(owner=None))
    for stream, until in rests.items():
        waits = (_TABLE.c.account_id == account_id, *_due(sa.literal(micros(until))))
        if stream:
            waits = (*waits, _TABLE.c.stream == stream)
        connection.execute(sa.update(_TABLE).where(*waits).values(next_at=micros(until)))
