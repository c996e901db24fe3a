"""Store calls about budgets: what is left of each limit, what is lent of it to whom, and who spent it.

A budget is a row that every worker shares. A worker leases calls from it before it makes them, in one transaction, and
says what it spent with the store call that keeps what the calls brought. What a worker that died had leased is wasted
until the window ends; nothing is ever given out twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import writes
from socialdesk._engine.leasing import Drawn, Loan, Spending
from socialdesk._engine.limits import UNKNOWN, Asking, Budget, Key, Lane
from socialdesk._engine.loans import lent, settled
from socialdesk.desk import schema
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.breakers import note_hosts, troubled_hosts
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.dialects import alone, upsert
from socialdesk.desk.schema import micros, moment
from socialdesk.desk.shares import owed

__all__ = [
    "Funds",
    "borrow",
    "load_budgets",
    "load_funds",
    "read_budget",
    "save_spending",
    "scopes",
    "settle_up",
]

MOST_AT_OPENING = 8
_TABLE = schema.budget
_HERE = (_TABLE.c.scope == sa.bindparam("of_scope"), _TABLE.c.bucket == sa.bindparam("of_bucket"))
# Made once: they run with every page and every part.
_FIGURES = (
    "amount",
    "remaining",
    "leased",
    "told",
    "resets_at",
    "blocked_until",
    "why",
    "ramp",
    "number",
    "reserve",
    "drawers",
    "drew",
)
_SCOPES = ("account", "app", "ip")
_DRAWN_ON = Prepared(sa.select(_TABLE).where(_TABLE.c.scope.in_([sa.bindparam(kind) for kind in _SCOPES])))
_FIND = Prepared(sa.select(*_TABLE.c[_FIGURES]).where(*_HERE))
_USUAL = Prepared(
    sa.select(*schema.spending.c["scope", "bucket", "lane", "usual"])
    .where(schema.spending.c.account_id == sa.bindparam("of_account"))
    .order_by(schema.spending.c.scope, schema.spending.c.bucket)
)
_CHANGE = Prepared(sa.update(_TABLE).where(*_HERE), _FIGURES)
_ADD = Prepared(sa.insert(_TABLE), ("scope", "bucket", *_FIGURES))


def _charging() -> sa.Insert:
    """Begin a tally, or add to one that stands."""
    insert = upsert(schema.tally)
    return insert.on_conflict_do_update(
        index_elements=["account_id", "month", "rule", "unit"],
        set_={"amount": schema.tally.c.amount + insert.excluded.amount},
    )


def _noting() -> sa.Insert:
    """Begin to count what an account spends, or go on: what it spent in the window before is kept beside it."""
    table = schema.spending
    insert = upsert(table)
    new = insert.excluded
    same = table.c.number == new.number
    next_one = table.c.number == new.number - sa.literal_column("1")
    return insert.on_conflict_do_update(
        index_elements=["account_id", "scope", "bucket", "lane"],
        set_={
            "before": sa.case(
                (same, table.c.before), (next_one, table.c.amount), else_=sa.literal_column("0")
            ),
            "amount": sa.case((same, table.c.amount + new.amount), else_=new.amount),
            "number": new.number,
            "usual": new.usual,
        },
    )


_DREW = Prepared(
    sa.select(schema.spending.c.lane).where(
        schema.spending.c.account_id == sa.bindparam("of_account"),
        schema.spending.c.scope == sa.bindparam("of_scope"),
        schema.spending.c.bucket == sa.bindparam("of_bucket"),
        schema.spending.c.number == sa.bindparam("window"),
    )
)
_CHARGE = Prepared(_charging(), ("account_id", "month", "rule", "unit", "amount"))
_NOTE = Prepared(_noting(), ("account_id", "scope", "bucket", "lane", "number", "amount", "before", "usual"))


@dataclass(frozen=True, slots=True)
class Funds:
    """What an account has to spend when it is opened: how its budgets stand, what was lent of them, and the hosts
    of its platform that did not answer lately."""

    budgets: Mapping[Key, Budget] = field(default_factory=dict)
    loans: tuple[Loan, ...] = ()
    at: datetime | None = None
    troubled: tuple[str, ...] = ()


def scopes(account: AccountRow) -> dict[str, str]:
    """Who shares what: the names under which an account's budgets are kept."""
    return dict(
        zip(_SCOPES, (account.id, account.app_id or account.id, f"here/{account.platform}"), strict=True)
    )


def read_budget(row: sa.Row[tuple[object, ...]]) -> Budget:
    """A budget as its row has it."""
    return Budget(
        limit=row.amount,
        remaining=row.remaining,
        leased=row.leased,
        told=row.told,
        resets_at=moment(row.resets_at),
        blocked_until=moment(row.blocked_until),
        why=row.why or "",
        ramp=row.ramp,
        window=row.number,
        reserve=row.reserve,
        drawers=row.drawers,
        drew=row.drew,
    )


def _columns(budget: Budget) -> dict[str, object]:
    return {
        "amount": budget.limit,
        "remaining": budget.remaining,
        "leased": budget.leased,
        "told": budget.told,
        "resets_at": micros(budget.resets_at),
        "blocked_until": micros(budget.blocked_until),
        "why": budget.why,
        "ramp": budget.ramp,
        "number": budget.window,
        "reserve": budget.reserve,
        "drawers": budget.drawers,
        "drew": budget.drew,
    }


def load_budgets(connection: Connection, account: AccountRow) -> dict[Key, Budget]:
    """The budgets that an account draws on."""
    rows = _DRAWN_ON.run(connection, {kind: f"{kind}:{name}" for kind, name in scopes(account).items()})
    return {(row.scope, row.bucket): read_budget(row) for row in rows}


def load_funds(
    connection: Connection, account: AccountRow, now: datetime, lanes: Sequence[Lane] = ()
) -> Funds:
    """An account's budgets, and a lease of each one that it drew on last time in these lanes, for as much."""
    budgets = load_budgets(connection, account)
    troubled = troubled_hosts(connection, account.platform)
    if not lanes or not budgets:
        return Funds(budgets, (), now, troubled)
    rows = _USUAL.run(connection, {"of_account": account.id})
    usual = [row for row in rows if row.lane in lanes]
    _hold(connection, [(row.scope, row.bucket) for row in usual])
    loans: list[Loan] = []
    for row in usual:
        budget = budgets.get((row.scope, row.bucket))
        if budget is None or budget.resets_at is None or budget.resets_at <= now:
            continue  # when its next window ends, the connector knows
        ask = Asking(
            key=(row.scope, row.bucket),
            amount=1,
            want=min(row.usual, MOST_AT_OPENING),
            lane=row.lane,
            replies=budget.reserve > 0,
            ends_at=budget.resets_at,
        )
        loans += _lend(connection, account.id, [ask], now)
    return Funds(budgets, tuple(loans), now, troubled)


@writes
def borrow(
    connection: Connection,
    account: AccountRow,
    asks: Sequence[Asking],
    now: datetime,
    spending: Spending,
) -> tuple[Loan, ...]:
    """Take in what was spent, and lend what is asked for: all of it, or nothing of any."""
    _hold(connection, (*(drawn.key for drawn in spending.drew), *(ask.key for ask in asks)))
    save_spending(connection, account.id, spending)
    return _lend(connection, account.id, asks, now)


@writes
def settle_up(connection: Connection, account_id: str, spending: Spending) -> None:
    """A step has ended: take in what it spent, and what is left of what it had leased."""
    save_spending(connection, account_id, spending)


def _lend(connection: Connection, account_id: str, asks: Sequence[Asking], now: datetime) -> tuple[Loan, ...]:
    budgets = {ask.key: _find(connection, ask.key) for ask in asks}
    fair = [
        replace(ask, owed=owed(connection, account_id, budgets[ask.key].at(now).opened(ask), ask, now))
        for ask in asks
    ]
    loans = lent(budgets, fair, now)
    for loan in loans:
        if loan.given:
            _change(connection, loan.key, loan.budget)
    return tuple(loans)


def _hold(connection: Connection, keys: Sequence[Key]) -> None:
    """Nobody else lends or settles any of these until this call is committed."""
    if keys:
        alone(connection, *{f"budget {scope} {bucket}" for scope, bucket in keys})


def _find(connection: Connection, key: Key) -> Budget:
    row = _FIND.run(connection, {"of_scope": key[0], "of_bucket": key[1]}).first()
    return UNKNOWN if row is None else read_budget(row)


def _change(connection: Connection, key: Key, budget: Budget) -> None:
    values = _columns(budget)
    here = {"of_scope": key[0], "of_bucket": key[1]}
    if not _CHANGE.run(connection, {**here, **values}).rowcount:
        _ADD.run(connection, {"scope": key[0], "bucket": key[1], **values})


def save_spending(connection: Connection, account_id: str, spending: Spending) -> dict[Key, Budget]:
    """Take in what was spent, learnt and billed; gives how the budgets stand that it concerns."""
    if spending.hosts:
        assert spending.at is not None, "a ledger says when"
        note_hosts(connection, spending.hosts, spending.at)
    for unit, amount in spending.charges.items():
        values = {"month": spending.month, "rule": spending.rule, "unit": unit, "amount": amount}
        _CHARGE.run(connection, {"account_id": account_id, **values})
    _hold(connection, [drawn.key for drawn in spending.drew])
    seen: dict[Key, Budget] = {}
    for drawn in spending.drew:
        assert spending.at is not None, "a ledger says when"
        budget = settled(_find(connection, drawn.key), drawn, spending.at)
        if budget == UNKNOWN:
            continue  # no limit is known
        if drawn.lanes:
            budget = _counted(connection, account_id, budget, drawn)
        _change(connection, drawn.key, budget)
        seen[drawn.key] = budget
    return seen


def _counted(connection: Connection, account_id: str, budget: Budget, drawn: Drawn) -> Budget:
    """Who spent it; gives the budget with how many accounts draw on it."""
    scope, bucket = drawn.key
    drawers = 1
    if not scope.startswith("account:"):
        here = {"of_account": account_id, "of_scope": scope, "of_bucket": bucket}
        known = _DREW.run(connection, {**here, "window": budget.window}).first()
        drawers = budget.drawers + (1 if known is None else 0)
    for lane, amount in drawn.lanes.items():
        values = {"lane": lane, "number": budget.window, "amount": amount, "usual": drawn.steps[lane]}
        _NOTE.run(
            connection, {"account_id": account_id, "scope": scope, "bucket": bucket, "before": 0, **values}
        )
    return replace(budget, drawers=drawers)
