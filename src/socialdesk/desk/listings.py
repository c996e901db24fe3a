"""Store calls about listings: opening an account for work, claiming its listings, putting them off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk._engine.health import Symptom
from socialdesk._engine.leasing import Spending
from socialdesk._engine.limits import Lane
from socialdesk.auth import Stamp
from socialdesk.connector import Topic
from socialdesk.desk import schema
from socialdesk.desk.accounts import AccountRow, read_account
from socialdesk.desk.aside import versions_aside
from socialdesk.desk.budgets import Funds, load_funds, save_spending
from socialdesk.desk.bulk import Prepared, Update
from socialdesk.desk.dialects import alone
from socialdesk.desk.readings import Look, due_looks
from socialdesk.desk.rows import event_of
from socialdesk.desk.schema import micros, moment
from socialdesk.desk.symptoms import Seen, observe
from socialdesk.models import Event

Alive = Callable[[str | None], bool]
LOOKS_AT_A_TIME = 500
POLLING: tuple[Lane, ...] = ("follow_up", "poll")
SENDING: tuple[Lane, ...] = ("reply", "reconcile")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRow:
    """A listing's position, claimed by the caller; ``epoch`` fences what the caller writes to it. ``found`` is the
    topic that a page told of, ``changed`` whether that differs from what it was when it was last walked."""

    stream: str
    topic: str
    cursor: str
    epoch: int
    failures: int
    next_at: datetime | None
    problem: str | None = None
    found: Topic | None = None
    changed: bool = False
    rate: float | None = None
    polled_at: datetime | None = None
    walking: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An account ready to be worked on: its row, what it has to spend, the listings that were free to claim, the
    mentions whose counts are to be read again, whether any topic that was found is due, and which versions of the
    plugin could not read what lies aside."""

    account: AccountRow
    budgets: Funds
    streams: tuple[StreamRow, ...] = ()
    looks: tuple[Look, ...] = ()
    busy: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    found_due: bool = False
    aside: frozenset[str] = frozenset()


@writes
def open_account(
    connection: Connection, account_id: str, owner: str, alive: Alive, now: datetime
) -> Opened | None:
    """An account with its budgets; each listing that no living run works on is claimed for ``owner``. Where one is due,
    calls are leased for it.

    None where the account is no more.
    """
    alone(connection, account_id)
    account = read_account(connection, account_id)
    if account is None:
        return None
    claimed: list[StreamRow] = []
    busy: set[tuple[str, str]] = set()
    here = {"of_account": account_id}
    for line in _LISTED.run(connection, here).all():
        if alive(line.owner):
            busy.add((line.stream, line.topic))
            continue
        row = claim(connection, schema.stream, line, owner)
        polled_at = moment(line.polled_at)
        claimed.append(replace(row, walking=line.walking, rate=line.rate, polled_at=polled_at))
    return Opened(
        account,
        load_funds(connection, account, now, POLLING if _any_due(claimed, now) else ()),
        tuple(claimed),
        due_looks(connection, account_id, now, LOOKS_AT_A_TIME),
        frozenset(busy),
        _FOUND_DUE.run(connection, {**here, "now": micros(now)}).first() is not None,
        versions_aside(connection, account_id),
    )


def claim(connection: Connection, table: sa.Table, line: sa.Row[tuple[object, ...]], owner: str) -> StreamRow:
    """Claim a listing of this table, as it was read, for ``owner``: whoever had it before is fenced off by the epoch.
    Gives what every such table holds of it."""
    here = {f"of_{name}": getattr(line, name) for name in _KEY}
    _CLAIM[table].run(connection, here, {"owner": owner, "epoch": line.epoch + 1})
    return StreamRow(
        stream=line.stream,
        topic=line.topic,
        cursor=line.cursor,
        epoch=line.epoch + 1,
        failures=line.failures,
        next_at=moment(line.next_at),
        problem=line.problem,
    )


def _any_due(claimed: Sequence[StreamRow], now: datetime) -> bool:
    return any(row.next_at is None or row.next_at <= now for row in claimed)


def found_due(now: sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Which listings are topics that were found and are to be walked. ``now`` is in microseconds."""
    table = schema.stream
    return (table.c.found.is_not(None), sa.or_(table.c.next_at.is_(None), table.c.next_at <= now))


_KEY = ("account_id", "stream", "topic")
_MINE = schema.stream.c.account_id == sa.bindparam("of_account")
# Made once: they run with every poll.
_LISTED = Prepared(sa.select(schema.stream).where(_MINE, schema.stream.c.found.is_(None)))
_FOUND_DUE = Prepared(
    sa.select(schema.stream.c.topic)
    .where(_MINE, *found_due(sa.bindparam("now", type_=sa.BigInteger)))
    .limit(1)
)
_CLAIM = {
    table: Update(table, *(table.c[name] == sa.bindparam(f"of_{name}") for name in _KEY))
    for table in (schema.stream, schema.backfill)
}
_RELEASE = Update(schema.stream, _MINE, schema.stream.c.owner == sa.bindparam("of_owner"))


def _listing(account_id: str, stream: str, topic: str) -> tuple[sa.ColumnElement[bool], ...]:
    table = schema.stream
    return (table.c.account_id == account_id, table.c.stream == stream, table.c.topic == topic)


@writes
def add_listings(
    connection: Connection, account_id: str, keys: tuple[tuple[str, str], ...], owner: str
) -> tuple[StreamRow, ...]:
    """Begin these listings, claimed for ``owner``; one that another run began meanwhile is left to it."""
    alone(connection, account_id)
    begun: list[StreamRow] = []
    for stream, topic in keys:
        known = connection.execute(
            sa.select(schema.stream.c.epoch).where(*_listing(account_id, stream, topic))
        ).first()
        if known is not None:
            continue
        connection.execute(
            sa.insert(schema.stream).values(
                account_id=account_id, stream=stream, topic=topic, cursor="", failures=0, epoch=1, owner=owner
            )
        )
        begun.append(StreamRow(stream=stream, topic=topic, cursor="", epoch=1, failures=0, next_at=None))
    return tuple(begun)


@writes
def release_listings(
    connection: Connection, account_id: str, owner: str, gone: tuple[tuple[str, str], ...] = ()
) -> None:
    """Give back what ``owner`` claimed and did not come to. ``gone`` are not followed any more: they would be due for
    ever."""
    alone(connection, account_id)
    table = schema.stream
    mine = (table.c.account_id == account_id, table.c.owner == owner)
    for stream, topic in gone:
        connection.execute(sa.delete(table).where(*_listing(account_id, stream, topic), *mine))
    _RELEASE.run(connection, {"of_account": account_id, "of_owner": owner}, {"owner": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """A poll that failed, or a ``backfill``: why, when to come back, and what it means for the account."""

    account_id: str
    stream: str
    topic: str
    owner: str
    epoch: int
    next_at: datetime | None
    problem: str
    failures: int
    stamp: Stamp
    symptom: Symptom | None = None
    spending: Spending = field(default_factory=Spending)
    backfill: bool = False


@writes
def defer_listing(connection: Connection, deferral: Deferral) -> tuple[Event, ...]:
    """Put a listing off, unless another run has taken it over meanwhile, which then decides; gives what to tell of the
    account."""
    alone(connection, deferral.account_id)
    table = schema.backfill if deferral.backfill else schema.stream
    connection.execute(
        sa.update(table)
        .where(
            table.c.account_id == deferral.account_id,
            table.c.stream == deferral.stream,
            table.c.topic == deferral.topic,
            table.c.owner == deferral.owner,
            table.c.epoch == deferral.epoch,
        )
        .values(
            owner=None, next_at=micros(deferral.next_at), problem=deferral.problem, failures=deferral.failures
        )
    )
    save_spending(connection, deferral.account_id, deferral.spending)
    if deferral.symptom is None:
        return ()
    seen = Seen(at=deferral.stamp.now, ids=deferral.stamp.uuids(), shows=(deferral.symptom,))
    return tuple(event_of(row) for row in observe(connection, deferral.account_id, seen))


@reads
def open_for_asking(connection: Connection, account_id: str, now: datetime) -> Opened | None:
    """An account with its budgets; None where it is no more."""
    account = read_account(connection, account_id)
    return None if account is None else Opened(account, load_funds(connection, account, now))


@writes
def open_for_sending(connection: Connection, account_id: str, now: datetime) -> Opened | None:
    """An account with its budgets, and calls leased for replies; None where it is no more."""
    account = read_account(connection, account_id)
    return None if account is None else Opened(account, load_funds(connection, account, now, SENDING))
