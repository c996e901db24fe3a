"""Who takes events: how far each is, forgetting one, and removing what all of them have taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk.desk import schema
from socialdesk.desk.dialects import alone
from socialdesk.desk.eventing import CONSUMERS, Consumer
from socialdesk.desk.schema import micros

__all__ = ["count_deliveries", "forget_consumer", "remove_events"]


@reads
def count_deliveries(
    connection: Connection, tenant: str | None, accounts: Sequence[str]
) -> tuple[tuple[str, int, int, int | None], ...]:
    """(name, events that wait, dead ones, when the oldest of them happened) of each consumer of this tenant's."""
    table, events = schema.delivery, schema.event
    prefix = Consumer("", tenant).key
    rows = connection.execute(
        sa.select(schema.consumer.c.name).where(schema.consumer.c.name.startswith(prefix, autoescape=True))
    ).scalars()
    found: dict[str, tuple[int, int, int | None]] = dict.fromkeys(rows.all(), (0, 0, None))
    counts = connection.execute(
        sa.select(table.c.consumer, _how_many("pending"), _how_many("dead"), sa.func.min(events.c.at))
        .join_from(
            table, events, sa.and_(table.c.account_id == events.c.account_id, table.c.event_id == events.c.id)
        )
        .where(table.c.consumer.in_(found), table.c.account_id.in_(accounts))
        .group_by(table.c.consumer)
    )
    found.update((name, (waiting, dead, oldest)) for name, waiting, dead, oldest in counts)
    return tuple((name.removeprefix(prefix), *found[name]) for name in sorted(found))


def _how_many(state: str) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((schema.delivery.c.state == state, 1), else_=0))


@writes
def forget_consumer(connection: Connection, consumer: Consumer) -> bool:
    """Keep no more events for this consumer, nor those that wait for it. False where there is none of this name."""
    alone(connection, CONSUMERS)  # what is written meanwhile would wait for one that is no more
    connection.execute(sa.delete(schema.delivery).where(schema.delivery.c.consumer == consumer.key))
    table = schema.consumer
    return bool(connection.execute(sa.delete(table).where(table.c.name == consumer.key)).rowcount)


@writes
def remove_events(connection: Connection, accounts: Sequence[str] | None, before: datetime, most: int) -> int:
    """Remove events of these accounts (None: of all that ever were) that happened before then and wait for no consumer;
    gives how many there were, ``most`` at most."""
    alone(connection, CONSUMERS)  # one that begins with all that is kept finds it whole
    events, table = schema.event, schema.delivery
    waits = sa.exists().where(table.c.account_id == events.c.account_id, table.c.event_id == events.c.id)
    query = (
        sa.select(events.c.account_id, events.c.id).where(events.c.at < micros(before), ~waits).limit(most)
    )
    if accounts is not None:
        query = query.where(events.c.account_id.in_(accounts))
    found = connection.execute(query).all()
    ids: dict[str, list[str]] = {}
    for row in found:
        ids.setdefault(row.account_id, []).append(row.id)
    for account_id, those in ids.items():
        connection.execute(sa.delete(events).where(events.c.account_id == account_id, events.c.id.in_(those)))
    return len(found)
