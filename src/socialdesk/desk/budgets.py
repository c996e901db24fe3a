"""Store calls about budgets: what is left of each limit, kept where every worker sees it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.limits import Budget, Key, Spending
from socialdesk.desk import schema
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.dialects import alone, upsert
from socialdesk.desk.schema import micros, moment

__all__ = ["load_budgets", "save_spending", "scopes"]


_TABLE = schema.budget
_HERE = (_TABLE.c.scope == sa.bindparam("of_scope"), _TABLE.c.bucket == sa.bindparam("of_bucket"))
# Made once: they run with every page and every part.
_FIGURES = ("amount", "remaining", "resets_at", "blocked_until", "told")
_FIND = Prepared(sa.select(*_TABLE.c["remaining", "resets_at", "blocked_until"]).where(*_HERE), ())
_ADD = Prepared(sa.insert(_TABLE), ("scope", "bucket", *_FIGURES))
_CHANGE = Prepared(sa.update(_TABLE).where(*_HERE), _FIGURES)


def _charging() -> sa.Insert:
    """Begin a tally, or add to one that stands."""
    insert = upsert(schema.tally)
    return insert.on_conflict_do_update(
        index_elements=["account_id", "month", "rule", "unit"],
        set_={"amount": schema.tally.c.amount + insert.excluded.amount},
    )


_CHARGE = Prepared(_charging(), ("account_id", "month", "rule", "unit", "amount"))


def scopes(account: AccountRow) -> dict[str, str]:
    """Who shares what: the names under which an account's budgets are kept."""
    return {"account": account.id, "app": account.app_id or account.id, "ip": "here"}


def load_budgets(connection: Connection, account: AccountRow) -> dict[Key, Budget]:
    """The budgets that an account draws on."""
    table = schema.budget
    names = [f"{kind}:{name}" for kind, name in scopes(account).items()]
    rows = connection.execute(sa.select(table).where(table.c.scope.in_(names)))
    return {
        (row.scope, row.bucket): Budget(
            limit=row.amount,
            remaining=row.remaining,
            resets_at=moment(row.resets_at),
            blocked_until=moment(row.blocked_until),
            told=row.told,
        )
        for row in rows
    }


def save_spending(connection: Connection, account_id: str, spending: Spending) -> None:
    """Take in what was spent, learnt and billed. Of one window the lower figure holds: others spent meanwhile, too."""
    _save_charges(connection, account_id, spending)
    alone(connection, *{f"budget {scope}" for scope, _ in spending.budgets})
    for (scope, bucket), budget in spending.budgets.items():
        here = {"of_scope": scope, "of_bucket": bucket}
        values = {
            "amount": budget.limit,
            "remaining": budget.remaining,
            "resets_at": micros(budget.resets_at),
            "blocked_until": micros(budget.blocked_until),
            "told": budget.told,
        }
        kept = _FIND.run(connection, here).first()
        if kept is None:
            _ADD.run(connection, {"scope": scope, "bucket": bucket, **values})
            continue
        if (
            kept.resets_at == values["resets_at"]
            and kept.remaining is not None
            and budget.remaining is not None
        ):
            values["remaining"] = max(0, min(budget.remaining, kept.remaining - budget.debits))
        if kept.blocked_until is not None:
            values["blocked_until"] = max(kept.blocked_until, values["blocked_until"] or 0)
        _CHANGE.run(connection, {**here, **values})


def _save_charges(connection: Connection, account_id: str, spending: Spending) -> None:
    for unit, amount in spending.charges.items():
        values = {"month": spending.month, "rule": spending.rule, "unit": unit, "amount": amount}
        _CHARGE.run(connection, {"account_id": account_id, **values})
