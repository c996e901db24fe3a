"""Store calls about deliveries: kept before they are acknowledged, once each, until all of them is taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk.desk import schema
from socialdesk.desk.accounts import AccountRow, select_accounts
from socialdesk.desk.backfills import due_backfills
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.dialects import insert_new, wake
from socialdesk.desk.schema import MICROSECOND, micros
from socialdesk.desk.shares import in_turn
from socialdesk.errors import ConfigError

__all__ = [
    "Delivery",
    "Receiver",
    "awaken",
    "find_receiver",
    "finish",
    "keep",
    "next_waiting",
    "postpone",
    "survey",
    "waiting",
]

FIRST_PAUSE = timedelta(seconds=30)
KNOWN_FOR = timedelta(days=30)
TRIES = 8
"""After so many tries a delivery that cannot be read is left for a person, and for the plugin's next version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who deliveries come for: an app, with what its signatures are checked by; settings are still encrypted."""

    scope: str
    platform: str
    settings: str
    secrets: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery as it came (``received_at`` in microseconds), and how often it was tried to take it in."""

    scope: str
    digest: str
    platform: str
    query: str
    headers: str
    body: bytes
    tries: int
    received_at: int


@reads
def find_receiver(connection: Connection, name: str, tenant: str | None, platform: str | None) -> Receiver:
    """The app of this name, or the app of the account of this name. Raises ConfigError where there is none, or
    several."""
    app, account = schema.app, schema.account
    names = [name] if not tenant else [f"{tenant}/{name}", name]
    named = sa.select(app.c.id, app.c.platform, app.c.settings, app.c.secrets).where(app.c.name.in_(names))
    of_account = (
        sa.select(app.c.id, app.c.platform, app.c.settings, app.c.secrets)
        .join_from(account, app, account.c.app_id == app.c.id)
        .where(account.c.name == name)
    )
    if tenant is not None:
        of_account = of_account.where(account.c.tenant == tenant)
    for query in (named, of_account):
        if platform is not None:
            query = query.where(app.c.platform == platform)  # noqa: PLW2901  # the same query, narrowed
        rows = {row.id: row for row in connection.execute(query)}
        if len(rows) > 1:
            raise ConfigError(f"Several apps are meant by {name!r}: name the platform, or scope the desk.")
        for row in rows.values():
            return Receiver(scope=row.id, platform=row.platform, settings=row.settings, secrets=row.secrets)
    raise ConfigError(f"There is no app named {name!r}, and no account of this name that brought one.")


@writes
def keep(connection: Connection, delivery: Delivery) -> bool:
    """Keep a delivery. False where it was kept before: platforms deliver again what they believe lost."""
    row = {
        "scope": delivery.scope,
        "digest": delivery.digest,
        "platform": delivery.platform,
        "query": delivery.query,
        "headers": delivery.headers,
        "body": delivery.body,
        "state": "waiting",
        "tries": 0,
        "received_at": delivery.received_at,
        "next_at": delivery.received_at,
    }
    kept = insert_new(connection, schema.push, row)
    if kept:
        wake(connection)
    if kept and delivery.digest.startswith("00"):  # now and then
        _forget(connection, delivery)
    return kept


def _forget(connection: Connection, delivery: Delivery) -> None:
    """Deliveries of long ago are known no more: no platform repeats them after so many days."""
    table = schema.push
    connection.execute(
        sa.delete(table).where(
            table.c.state == "done", table.c.received_at < delivery.received_at - KNOWN_FOR // MICROSECOND
        )
    )


@reads
def waiting(
    connection: Connection, scopes: Sequence[str] | None, now: datetime, limit: int
) -> tuple[Delivery, ...]:
    """Deliveries that are due, in the order in which they came; those of these apps, or of all."""
    table = schema.push
    query = sa.select(table).where(table.c.state == "waiting", table.c.next_at <= micros(now))
    if scopes is not None:
        query = query.where(table.c.scope.in_(scopes))
    rows = connection.execute(query.order_by(table.c.received_at, table.c.digest).limit(limit)).all()
    return tuple(
        Delivery(
            scope=row.scope,
            digest=row.digest,
            platform=row.platform,
            query=row.query,
            headers=row.headers,
            body=row.body or b"",
            tries=row.tries,
            received_at=row.received_at,
        )
        for row in rows
    )


@reads
def survey(
    connection: Connection, tenant: str | None, now: datetime
) -> tuple[tuple[AccountRow, ...], bool, tuple[str, ...]]:
    """The accounts of a tenant (None: of all), in the order in which they are polled, whether any delivery is due, and
    of which accounts a backfill is."""
    next_at = {row.account_id: row.at for row in _NEXT_POLLS.run(connection, {})}
    rows = in_turn(select_accounts(connection, tenant, None), next_at)
    due = _DUE.run(connection, {"now": micros(now)}).first() is not None
    return rows, due, due_backfills(connection, now)


# Made once: they run with every round.
_NEXT_POLLS = Prepared(
    sa.select(
        schema.stream.c.account_id, sa.func.min(sa.func.coalesce(schema.stream.c.next_at, 0)).label("at")
    ).group_by(schema.stream.c.account_id)
)
_WAITING = schema.push.c.state == "waiting"
_DUE = Prepared(
    sa.select(schema.push.c.digest).where(_WAITING, schema.push.c.next_at <= sa.bindparam("now")).limit(1)
)
_NEXT = Prepared(sa.select(sa.func.min(schema.push.c.next_at)).where(_WAITING))


@reads
def next_waiting(connection: Connection) -> int | None:
    """When the next delivery is due, in microseconds; None where none waits."""
    found: int | None = _NEXT.run(connection, {}).scalar()
    return found


@writes
def finish(connection: Connection, delivery: Delivery) -> None:
    """All of it is taken in: its digest stays, so that it is known when it comes again."""
    _change(connection, delivery, state="done", body=None, problem=None, next_at=None)


@writes
def postpone(
    connection: Connection, delivery: Delivery, problem: str, now: datetime, *, parked: bool
) -> None:
    """It cannot be taken in yet, and nothing of it is lost: ``parked`` until an account is connected that it is for,
    else it is tried again later, and left for a person after so many tries."""
    tries = delivery.tries + (0 if parked else 1)
    state = "parked" if parked else ("unread" if tries >= TRIES else "waiting")
    again = None if state != "waiting" else micros(now + FIRST_PAUSE * 2 ** min(tries, 10))
    _change(connection, delivery, state=state, problem=problem, tries=tries, next_at=again)


def _change(connection: Connection, delivery: Delivery, **values: object) -> None:
    table = schema.push
    connection.execute(
        sa.update(table)
        .where(table.c.scope == delivery.scope, table.c.digest == delivery.digest)
        .values(**values)
    )


@writes
def awaken(connection: Connection, scope: str, now: datetime) -> None:
    """An account of this app is in order: what was parked or could not be read is tried again."""
    wake(connection)
    table = schema.push
    connection.execute(
        sa.update(table)
        .where(table.c.scope == scope, table.c.state.in_(("parked", "unread")))
        .values(state="waiting", tries=0, next_at=micros(now))
    )
