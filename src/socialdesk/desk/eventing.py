"""Events in the tables: written with what they tell of, and handed to each consumer until it has taken them.

A row for each event and consumer is written in the transaction that writes the event, so that no consumer can miss one
that is committed late. A consumer that is new takes part in that order: registering it and writing events exclude each
other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk.desk import schema
from socialdesk.desk.bulk import Bulk, Prepared
from socialdesk.desk.dialects import alone
from socialdesk.desk.rows import event_of
from socialdesk.desk.schema import micros
from socialdesk.models import Event

__all__ = [
    "Claimed",
    "Claiming",
    "Consumer",
    "claim_events",
    "dead_events",
    "refuse_event",
    "register_consumer",
    "release_events",
    "revive_events",
    "take_event",
    "write_events",
]

EVERY_TENANT = "*"
CONSUMERS = "consumers"
"""The name under which writing events and making a consumer known exclude each other."""
MOST_TRIES = 10
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)

# Made once: they run with every event.
_CONSUMERS = Prepared(sa.select(schema.consumer.c.name))
_TENANT = Prepared(
    sa.select(schema.account.c.tenant).where(schema.account.c.id == sa.bindparam("of_account"))
)
_EVENTS = Bulk(sa.insert(schema.event), schema.event.columns.keys())
_DELIVERIES = Bulk(
    sa.insert(schema.delivery), ("account_id", "consumer", "event_id", "state", "tries", "next_at")
)


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who takes events: those of one tenant's accounts, or of all (None)."""

    name: str
    tenant: str | None = None

    @property
    def key(self) -> str:
        return f"{EVERY_TENANT if self.tenant is None else self.tenant}/{self.name}"


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event that is handed out: ``tries`` is how often it was before."""

    event: Event
    tries: int


def write_events(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write events of one account, and a delivery of each to every consumer that sees the account."""
    if not rows:
        return
    # nobody becomes known between these events and their deliveries
    alone(connection, CONSUMERS, shared=True)
    _EVENTS.insert(connection, [{"backfilled": False, **row} for row in rows])
    account_id = rows[0]["account_id"]
    deliveries = [
        _delivery(account_id, consumer, row["id"])
        for consumer in _consumers_of(connection, account_id)
        for row in rows
    ]
    _DELIVERIES.insert(connection, deliveries)


def _consumers_of(connection: Connection, account_id: str) -> Sequence[str]:
    names = _CONSUMERS.run(connection, {}).scalars().all()
    if not names:
        return ()
    tenant = _TENANT.run(connection, {"of_account": account_id}).scalar()
    return [name for name in names if name.partition("/")[0] in (EVERY_TENANT, tenant)]


def _delivery(account_id: str, consumer: str, event_id: str) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "consumer": consumer,
        "event_id": event_id,
        "state": "pending",
        "tries": 0,
        "next_at": None,
    }


@writes
def register_consumer(
    connection: Connection, consumer: Consumer, accounts: Sequence[str], now: datetime, *, earlier: bool
) -> None:
    """Make a consumer known, if it is new; ``earlier`` gives it all events that are kept."""
    if _is_known(connection, consumer):
        return
    alone(connection, CONSUMERS)
    if _is_known(connection, consumer):
        return
    connection.execute(sa.insert(schema.consumer).values(name=consumer.key, created_at=micros(now)))
    if not earlier:
        return
    events = schema.event
    past = sa.select(
        events.c.account_id, sa.literal(consumer.key), events.c.id, sa.literal("pending"), sa.literal(0)
    ).where(events.c.account_id.in_(accounts))
    columns = ["account_id", "consumer", "event_id", "state", "tries"]
    connection.execute(sa.insert(schema.delivery).from_select(columns, past))


def _is_known(connection: Connection, consumer: Consumer) -> bool:
    table = schema.consumer
    query = sa.select(table.c.name).where(table.c.name == consumer.key)
    return connection.execute(query).first() is not None


def _of(consumer: Consumer, accounts: Sequence[str]) -> tuple[sa.ColumnElement[bool], ...]:
    table = schema.delivery
    return (table.c.consumer == consumer.key, table.c.account_id.in_(accounts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """Who asks for events, when, who else lives, and how many are wanted."""

    owner: str
    alive: Callable[[str | None], bool]
    now: datetime
    most: int


@writes
def claim_events(
    connection: Connection, consumer: Consumer, accounts: Sequence[str], claiming: Claiming
) -> tuple[Claimed, ...]:
    """The oldest events that are due and that no living run has in hand, in the order in which they happened."""
    table, events = schema.delivery, schema.event
    _lay_aside(connection, *_of(consumer, accounts), table.c.state == "pending", table.c.tries >= MOST_TRIES)
    rows = connection.execute(
        sa.select(events, table.c.tries, table.c.owner)
        .join_from(
            table, events, sa.and_(table.c.account_id == events.c.account_id, table.c.event_id == events.c.id)
        )
        .where(
            *_of(consumer, accounts),
            table.c.state == "pending",
            sa.or_(table.c.next_at.is_(None), table.c.next_at <= micros(claiming.now)),
        )
        .order_by(table.c.event_id)
        .limit(claiming.most * 4)
        .with_for_update(of=table, skip_locked=True)
    ).mappings()
    free = [row for row in rows.all() if not claiming.alive(row["owner"])][: claiming.most]
    ids: dict[str, list[str]] = {}
    for row in free:
        ids.setdefault(row["account_id"], []).append(row["id"])
    for account_id, those in ids.items():
        connection.execute(
            sa.update(table)
            .where(*_of(consumer, (account_id,)), table.c.event_id.in_(those))
            .values(owner=claiming.owner, tries=table.c.tries + 1)
        )
    return tuple(Claimed(event_of(dict(row)), row["tries"]) for row in free)


def _lay_aside(connection: Connection, *which: sa.ColumnElement[bool]) -> None:
    """What was handed out too often is dead, but for what an open transaction of somebody's decides on just now."""
    table = schema.delivery
    query = sa.select(table.c.account_id, table.c.consumer, table.c.event_id).where(*which)
    for row in connection.execute(query.with_for_update(skip_locked=True)).all():
        connection.execute(
            sa.update(table)
            .where(*(table.c[name] == value for name, value in row._mapping.items()))
            .values(
                state="dead",
                owner=None,
                problem=f"It was handed out {MOST_TRIES} times and never answered for.",
            )
        )


def _one(consumer: Consumer, account_id: str, event_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    table = schema.delivery
    return (
        table.c.consumer == consumer.key,
        table.c.account_id == account_id,
        table.c.event_id == event_id,
    )


@writes
def take_event(connection: Connection, consumer: Consumer, event: Event) -> None:
    """The consumer has taken the event: it is never handed to it again. Again is no error."""
    connection.execute(sa.delete(schema.delivery).where(*_one(consumer, event.account, event.id)))


@writes
def refuse_event(
    connection: Connection, consumer: Consumer, event: Event, problem: str, now: datetime
) -> bool:
    """The consumer could not take the event: it comes again later, up to a number of times. False where it does not any
    more and is dead."""
    table = schema.delivery
    tries = connection.execute(
        sa.select(table.c.tries).where(*_one(consumer, event.account, event.id))
    ).scalar()
    if tries is None:
        return True
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(max(0, tries - 1), 20))
    lives = bool(tries < MOST_TRIES)
    connection.execute(
        sa.update(table)
        .where(*_one(consumer, event.account, event.id))
        .values(
            owner=None,
            state="pending" if lives else "dead",
            problem=problem[:2000],
            next_at=micros(now + pause) if lives else None,
        )
    )
    return lives


@writes
def release_events(connection: Connection, consumer: Consumer, owner: str) -> None:
    """Give back what a run had in hand and said nothing about: it was not tried.

    What a transaction of the consumer's holds that is still open is left to it, and never waited for: it may be our own
    caller's.
    """
    table = schema.delivery
    held = connection.execute(
        sa.select(table.c.account_id, table.c.event_id)
        .where(table.c.consumer == consumer.key, table.c.owner == owner)
        .with_for_update(skip_locked=True)
    ).all()
    for row in held:
        connection.execute(
            sa.update(table)
            .where(*_one(consumer, row.account_id, row.event_id))
            .values(owner=None, tries=table.c.tries - 1)
        )


@reads
def dead_events(
    connection: Connection, consumer: Consumer, accounts: Sequence[str]
) -> tuple[tuple[Event, str], ...]:
    """What the consumer could not take, oldest first, each with its last word on it."""
    table, events = schema.delivery, schema.event
    rows = connection.execute(
        sa.select(events, table.c.problem)
        .join_from(
            table, events, sa.and_(table.c.account_id == events.c.account_id, table.c.event_id == events.c.id)
        )
        .where(*_of(consumer, accounts), table.c.state == "dead")
        .order_by(table.c.event_id)
    ).mappings()
    return tuple((event_of(dict(row)), str(row["problem"])) for row in rows.all())


@writes
def revive_events(connection: Connection, consumer: Consumer, accounts: Sequence[str]) -> int:
    """Hand the dead ones out again from the start; gives how many there were."""
    table = schema.delivery
    return connection.execute(
        sa.update(table)
        .where(*_of(consumer, accounts), table.c.state == "dead")
        .values(state="pending", tries=0, next_at=None)
    ).rowcount
