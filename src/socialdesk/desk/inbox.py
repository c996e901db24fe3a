"""Store calls about what was heard: listing, finding, conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypedDict

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads
from socialdesk.desk import schema
from socialdesk.desk.dialects import folded, place_in, told
from socialdesk.desk.schema import micros
from socialdesk.errors import ConfigError

__all__ = [
    "Filters",
    "Thread",
    "count_waiting",
    "find_mention",
    "find_thread",
    "known_mentions",
    "list_mentions",
]

CHUNK = 400  # keys in one IN (...): SQLite takes 32,766 variables, older ones 999


class Filters(TypedDict, total=False):
    """What :meth:`Desk.mentions` takes; every filter given must hold.

    ``since`` and ``until`` bound ``created_at``; ``text`` is looked for anywhere, whatever its case; ``rule`` is a
    rule that caught it; ``answered`` says whether a reply of ours stands or is on its way; ``before`` is the id of
    the last mention of the page before.
    """

    account: str
    kind: str
    state: str
    direction: str
    visibility: str
    conversation: str
    author: str
    rule: str
    text: str
    since: datetime
    until: datetime
    answered: bool
    order: Literal["newest", "oldest", "spread", "priority"]
    limit: int
    before: str


@reads
def list_mentions(
    connection: Connection, accounts: Sequence[str], filters: Filters
) -> tuple[tuple[str, str], ...]:
    """(public id, JSON) of the mentions that pass, in the order asked for."""
    _check(filters)
    table = schema.mention
    query = sa.select(table.c.id, table.c.data).where(table.c.account_id.in_(accounts), *_conditions(filters))
    before = filters.get("before")
    order = filters.get("order", "newest")
    if before is not None:
        query = query.where(_after(connection, accounts, order, before))
    query = query.order_by(*_ORDERS[order]).limit(filters.get("limit", 50))
    return tuple((row.id, row.data) for row in connection.execute(query))


def _count_of(name: str) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.cast(told(schema.mention.c.data, "metrics", name), sa.BigInteger), 0)


_SPREAD = _count_of("reposts") + _count_of("quotes")
_PRIORITY = sa.func.coalesce(schema.mention.c.priority, -1.0)  # what nobody judged comes last
# The platform's own order: what was said in one second was still said one after the other.
_ORDER = told(schema.mention.c.data, "order")
_AT = sa.func.coalesce(schema.mention.c.created_at, schema.mention.c.heard_at)
_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": (_AT.desc(), schema.mention.c.id.desc()),
    "oldest": (_AT.asc(), schema.mention.c.id.asc()),
    "spread": (_SPREAD.desc(), _AT.desc(), schema.mention.c.id.desc()),
    "priority": (_PRIORITY.desc(), _AT.desc(), schema.mention.c.id.desc()),
}
_FIRST = {"spread": _SPREAD, "priority": _PRIORITY}


def _check(filters: Filters) -> None:
    """Raises ConfigError for what is no filter: it would be taken for one that everything passes."""
    problems = [
        f"{name}: not a filter; there are {', '.join(sorted(Filters.__annotations__))}."
        for name in filters
        if name not in Filters.__annotations__
    ]
    if filters.get("order", "newest") not in _ORDERS:
        problems.append(f"order: one of {', '.join(_ORDERS)}.")
    if filters.get("limit", 1) < 1:
        problems.append("limit: at least 1.")
    problems += [
        f"{name}: a time with its zone, such as datetime.now(timezone.utc)."
        for name, value in filters.items()
        if isinstance(value, datetime) and value.tzinfo is None
    ]
    if problems:
        raise ConfigError("The inbox cannot be filtered so.", problems=tuple(problems))


def _after(
    connection: Connection, accounts: Sequence[str], order: str, before: str
) -> sa.ColumnElement[bool]:
    """Rows that come after the row ``before`` in this order. Raises ConfigError where there is no such row."""
    here = (*([_FIRST[order]] if order in _FIRST else []), _AT, schema.mention.c.id)
    at = connection.execute(
        sa.select(*here).where(schema.mention.c.account_id.in_(accounts), schema.mention.c.id == before)
    ).first()
    if at is None:
        raise ConfigError(f"before: there is no mention with the id {before!r} in the inbox.")
    row, mark = sa.tuple_(*here), sa.tuple_(*(sa.literal(value) for value in at))
    return row > mark if order == "oldest" else row < mark


_EQUAL = ("kind", "state", "direction", "visibility", "conversation", "author")


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    table = schema.mention
    found: list[sa.ColumnElement[bool]] = [
        table.c[name] == value for name, value in filters.items() if name in _EQUAL
    ]
    if "since" in filters:
        found.append(table.c.created_at >= micros(filters["since"]))
    if "until" in filters:
        found.append(table.c.created_at < micros(filters["until"]))
    if "text" in filters:
        found.append(folded(told(table.c.data, "text")).contains(filters["text"].lower(), autoescape=True))
    if "rule" in filters:
        caught = told(table.c.data, "matched_by")
        found.append(place_in(caught, sa.literal(orjson.dumps(filters["rule"]).decode())) > 0)
    if "answered" in filters:
        answer = sa.exists().where(
            schema.reply.c.account_id == table.c.account_id,
            schema.reply.c.target_key == table.c.key,
            schema.reply.c.state.not_in(("failed", "cancelled")),
        )
        found.append(answer if filters["answered"] else ~answer)
    return found


@reads
def find_mention(connection: Connection, accounts: Sequence[str], name: str) -> tuple[str, str, str] | None:
    """(account id, public id, JSON) of a mention, by its public id or its platform's."""
    table = schema.mention
    row = connection.execute(
        sa.select(table.c.account_id, table.c.id, table.c.data)
        .where(table.c.account_id.in_(accounts), sa.or_(table.c.id == name, table.c.key == name))
        .order_by(table.c.account_id)
    ).first()
    return None if row is None else (row.account_id, row.id, row.data)


@reads
def known_mentions(connection: Connection, account_id: str, keys: Sequence[str]) -> dict[str, str]:
    """The mentions among these keys that were heard before, as JSON by their key."""
    table = schema.mention
    found: dict[str, str] = {}
    for start in range(0, len(keys), CHUNK):
        query = sa.select(table.c.key, table.c.data).where(
            table.c.account_id == account_id, table.c.key.in_(keys[start : start + CHUNK])
        )
        found.update((row.key, row.data) for row in connection.execute(query))
    return found


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as stored."""

    account_id: str
    key: str
    subject: str | None
    linked: str | None
    provisional: bool
    opened_at: int | None
    last_at: int | None
    mentions: tuple[tuple[str, str], ...]


@reads
def find_thread(connection: Connection, accounts: Sequence[str], key: str) -> Thread | None:
    """A conversation with its mentions as (public id, JSON), oldest first."""
    table = schema.conversation
    row = connection.execute(
        sa.select(table).where(table.c.account_id.in_(accounts), table.c.key == key)
    ).first()
    if row is None:
        return None
    said = connection.execute(
        sa.select(schema.mention.c.id, schema.mention.c.data)
        .where(schema.mention.c.account_id == row.account_id, schema.mention.c.conversation == key)
        .order_by(_AT.asc(), _ORDER.asc(), schema.mention.c.id.asc())
    ).all()
    return Thread(
        row.account_id,
        row.key,
        row.subject,
        row.linked,
        row.provisional,
        row.opened_at,
        row.last_at,
        tuple((line.id, line.data) for line in said),
    )


@reads
def count_waiting(connection: Connection, accounts: Sequence[str]) -> dict[str, dict[str, int]]:
    """Per account: how many mentions there are, items in quarantine, and parts in each state."""
    counts: dict[str, dict[str, int]] = {account: {} for account in accounts}
    for table, label in ((schema.mention, "mentions"), (schema.quarantine, "quarantine")):
        query = sa.select(table.c.account_id, sa.func.count()).where(table.c.account_id.in_(accounts))
        for account, number in connection.execute(query.group_by(table.c.account_id)):
            counts[account][label] = number
    part = schema.part
    states = sa.select(part.c.account_id, part.c.state, sa.func.count()).where(
        part.c.account_id.in_(accounts)
    )
    for account, state, number in connection.execute(states.group_by(part.c.account_id, part.c.state)):
        counts[account][state] = number
    return counts
