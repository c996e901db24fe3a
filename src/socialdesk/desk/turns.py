"""Whose turn it is: which parts may be worked on now, found without reading those that wait behind them.

A reply gets its turn in its account when it is kept, and has it for good: the next number, whatever the clock does. In
a thread a reply waits for the ones before it, of two with the same turn for the one whose key comes first; in a reply a
part waits for the part before it. All of it is asked of the part's own columns, through indices, so that what a claim
costs does not grow with what waits.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads
from socialdesk.desk import schema
from socialdesk.desk.bulk import Keyed, Prepared
from socialdesk.desk.schema import micros, moment

__all__ = ["due", "due_accounts", "find_turn", "give_turn", "next_due"]

CLAIMABLE = ("pending", "unknown")
UNSETTLED = ("pending", "sending", "unknown")
FIRST_LOOK, LOOK = 4, 64
"""How many parts are read at first, and at a time where living runs hold all of those."""


def give_turn(connection: Connection, account_id: str, at: datetime) -> int:
    """The turn of a reply that is kept now: behind all others of its account, and by the clock where that has moved on.

    Microseconds since 1970, as a rule; more where the clock stands or was set back.
    """
    last = _LAST.run(connection, {"account": account_id}).scalar()
    return max(micros(at), (last or 0) + 1)


def find_turn(
    connection: Connection, account_id: str, now: datetime, taken: Callable[[str | None], bool]
) -> Any:
    """The first part whose turn it is: its id, owner and epoch; None where there is none.

    ``taken`` says of an owner that nobody else may work on what it has: that is passed over, and not waited for.
    """
    turns = heapq.merge(
        *(_in_turn(connection, account_id, state, now) for state in CLAIMABLE),
        key=lambda row: (row.turn, row.number),
    )
    return next((row for row in turns if not taken(row.owner)), None)


def _in_turn(connection: Connection, account_id: str, state: str, now: datetime) -> Iterator[Any]:
    """One state's parts, so that an index gives them in turn: with two states at once the database would sort all."""
    asked: dict[str, Any] = {"account": account_id, "state": state, "now": micros(now)}
    after = {"turn": -1, "number": 0}
    for limit in itertools.chain((FIRST_LOOK,), itertools.repeat(LOOK)):
        rows = _WAITING.run(connection, {**asked, **after, "limit": limit}).all()
        yield from rows
        if len(rows) < limit:
            return
        after = {"turn": rows[-1].turn, "number": rows[-1].number}


@reads
def next_due(connection: Connection, accounts: Sequence[str]) -> tuple[datetime | None, datetime | None]:
    """When the next listing is due, and when the next part that waits for nothing else; None where there is none."""
    polls = [row.at for row in _POLLS.find(connection, accounts, {})]
    parts = [at for row in _SOONEST.find(connection, accounts, {}) for at in row]
    polled, sent = (min((at for at in found if at is not None), default=None) for found in (polls, parts))
    return moment(polled), moment(sent)


@reads
def due_accounts(connection: Connection, accounts: Sequence[str], now: datetime) -> tuple[str, ...]:
    """The accounts with a part that is due, or that a run left in sending."""
    found = _DUE_ACCOUNTS.find(connection, accounts, {"now": micros(now)})
    return tuple(sorted(row.id for row in found))


def due(now: datetime) -> sa.ColumnElement[bool]:
    """Which parts need not wait for a moment."""
    return sa.or_(schema.part.c.next_at.is_(None), schema.part.c.next_at <= micros(now))


def _soonest_free(state: str) -> sa.ScalarSelect[int]:
    """When the first part in this state that waits for nothing but its moment comes due, for each row of accounts."""
    table = schema.part
    return (
        sa.select(sa.func.coalesce(table.c.next_at, 0))
        .where(table.c.account_id == schema.account.c.id, table.c.state == state, free())
        .order_by(table.c.next_at)
        .limit(1)
        .correlate(schema.account)
        .scalar_subquery()
    )


@cache  # it is always the same
def free() -> sa.ColumnElement[bool]:
    """Which parts wait for nothing else: neither for one of an earlier reply in their thread that is not settled, nor
    for the part before them."""
    table = schema.part
    earlier, previous = table.alias("earlier"), table.alias("previous")
    held_up = sa.exists().where(
        earlier.c.account_id == table.c.account_id,
        earlier.c.thread == table.c.thread,
        earlier.c.state.in_([_word(state) for state in UNSETTLED]),
        # two processes can give the same turn, where neither sees yet what the other one keeps: the key decides then
        earlier.c.turn <= table.c.turn,
        sa.or_(earlier.c.turn < table.c.turn, earlier.c.reply_key < table.c.reply_key),
    )
    is_next = sa.exists().where(
        previous.c.account_id == table.c.account_id,
        previous.c.reply_key == table.c.reply_key,
        previous.c.number == table.c.number - sa.literal_column("1"),
        previous.c.state == _word("sent"),
    )
    return sa.and_(sa.or_(table.c.number == sa.literal_column("0"), is_next), ~held_up)


def _word(state: str) -> sa.ColumnClause[str]:
    return sa.literal_column(f"'{state}'")


_LAST = Prepared(
    sa.select(sa.func.max(schema.part.c.turn)).where(schema.part.c.account_id == sa.bindparam("account")),
    ("account",),
)


def _waiting() -> Prepared:
    table = schema.part
    after = sa.tuple_(sa.bindparam("turn", type_=sa.BigInteger), sa.bindparam("number", type_=sa.Integer))
    query = (
        sa.select(table.c.id, table.c.owner, table.c.epoch, table.c.turn, table.c.number)
        .where(
            table.c.account_id == sa.bindparam("account"),
            table.c.state == sa.bindparam("state"),
            sa.tuple_(table.c.turn, table.c.number) > after,
            sa.or_(table.c.next_at.is_(None), table.c.next_at <= sa.bindparam("now")),
            free(),
        )
        .order_by(table.c.turn, table.c.number)
        .limit(sa.bindparam("limit"))
        .offset(sa.literal_column("0"))  # SQLite would be given a parameter for it otherwise
    )
    return Prepared(query, ("account", "state", "turn", "number", "now", "limit"))


_WAITING = _waiting()


def _due_accounts(accounts: Sequence[sa.BindParameter[str]]) -> sa.Select[Any]:
    """One question for each state and each kind of moment: together no index would answer them."""
    account, table = schema.account, schema.part
    waits = [
        sa.exists().where(table.c.account_id == account.c.id, table.c.state == _word(state), moment_is_due)
        for state in CLAIMABLE
        for moment_is_due in (table.c.next_at <= sa.bindparam("now"), table.c.next_at.is_(None))
    ]
    sending = sa.exists().where(table.c.account_id == account.c.id, table.c.state == _word("sending"))
    return sa.select(account.c.id).where(account.c.id.in_(accounts), sa.or_(sending, *waits))


_DUE_ACCOUNTS = Keyed(_due_accounts)
_POLLS = Keyed(
    lambda accounts: sa.select(sa.func.min(sa.func.coalesce(schema.stream.c.next_at, 0)).label("at")).where(
        schema.stream.c.account_id.in_(accounts)
    )
)
_SOONEST = Keyed(
    lambda accounts: sa.select(*map(_soonest_free, CLAIMABLE)).where(schema.account.c.id.in_(accounts))
)
