"""What is left of every limit, who spent it, and when what waits will go, as flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import TakeStamp, reads
from socialdesk.desk import schema
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.budgets import read_budget, scopes
from socialdesk.desk.premises import Premises
from socialdesk.desk.reports import BudgetReport, LimitReport, OpenBreaker, Spent, Waiting
from socialdesk.desk.schema import micros, moment

__all__ = ["Budgeting"]

MOST_WAITING = 200


class Budgeting(Premises):
    """Budgets, to look at."""

    async def budget(self, account: str | None = None) -> BudgetReport:
        """What is left of every limit that is known, who spent it in this window, and when what waits will go.

        Nothing is asked of the platforms: it is what they publish, as their own answers corrected it. What other
        tenants spent of a limit that is shared with them is told in one sum, without names.
        """
        rows = {row.id: row for row in await self._rows(account)}
        stamp = await TakeStamp()
        return await read_report(tuple(rows.values()), stamp.now)


@reads
def read_report(connection: Connection, rows: Sequence[AccountRow], now: datetime) -> BudgetReport:
    """The budgets that these accounts draw on, what waits for them, and the breakers of their platforms."""
    names = {row.id: row.name for row in rows}
    sharers: dict[str, list[AccountRow]] = {}
    for row in rows:
        for kind, name in scopes(row).items():
            sharers.setdefault(f"{kind}:{name}", []).append(row)
    table = schema.budget
    found = connection.execute(
        sa.select(table).where(table.c.scope.in_(list(sharers))).order_by(table.c.scope, table.c.bucket)
    ).all()
    spent = _spent(connection, tuple(sharers), names)
    limits = []
    for line in found:
        budget = read_budget(line).at(now)
        same = budget.window == line.number
        blocked = budget.blocked_until is not None and budget.blocked_until > now
        limits.append(
            LimitReport(
                platform=sharers[line.scope][0].platform,
                shared_by=line.scope.partition(":")[0],
                accounts=tuple(row.name for row in sharers[line.scope]),
                bucket=line.bucket,
                limit=budget.limit,
                remaining=None if budget.remaining is None else max(0, budget.remaining),
                leased=budget.leased,
                reserve=budget.reserve,
                resets_at=budget.resets_at,
                blocked_until=budget.blocked_until if blocked else None,
                why=(budget.why or None) if blocked else None,
                spent=spent.get((line.scope, line.bucket, line.number), ()) if same else (),
            )
        )
    waiting = (*_replies(connection, names, now), *_polls(connection, names, now))
    return BudgetReport(limits=tuple(limits), waiting=waiting, breakers=_breakers(connection, rows))


def _spent(
    connection: Connection, keys: Sequence[str], names: Mapping[str, str]
) -> dict[tuple[str, str, int], tuple[Spent, ...]]:
    table = schema.spending
    sums: dict[tuple[str, str, int], dict[tuple[str, str], int]] = {}
    rows = connection.execute(
        sa.select(table).where(table.c.scope.in_(list(keys))).order_by(table.c.account_id, table.c.lane)
    )
    for row in rows:
        amounts = sums.setdefault((row.scope, row.bucket, row.number), {})
        who = (names.get(row.account_id, ""), row.lane)
        amounts[who] = amounts.get(who, 0) + row.amount
    return {
        key: tuple(Spent(account=name, lane=lane, amount=amount) for (name, lane), amount in amounts.items())
        for key, amounts in sums.items()
    }


def _replies(connection: Connection, names: Mapping[str, str], now: datetime) -> list[Waiting]:
    table = schema.part
    rows = connection.execute(
        sa.select(table.c.account_id, table.c.reply_key, table.c.next_at, table.c.error)
        .where(table.c.account_id.in_(list(names)), table.c.state.in_(("pending", "unknown")))
        .order_by(sa.func.coalesce(table.c.next_at, 0), table.c.id)
        .limit(MOST_WAITING)
    )
    return [
        Waiting(
            account=names[row.account_id],
            what="reply",
            name=row.reply_key,
            again_at=moment(row.next_at),
            why=row.error,
        )
        for row in rows
    ]


def _polls(connection: Connection, names: Mapping[str, str], now: datetime) -> list[Waiting]:
    table = schema.stream
    rows = connection.execute(
        sa.select(table.c.account_id, table.c.stream, table.c.topic, table.c.next_at, table.c.problem)
        .where(
            table.c.account_id.in_(list(names)), table.c.problem.is_not(None), table.c.next_at > micros(now)
        )
        .order_by(table.c.next_at, table.c.stream, table.c.topic)
        .limit(MOST_WAITING)
    )
    return [
        Waiting(
            account=names[row.account_id],
            what="poll",
            name=f"{row.stream}/{row.topic}" if row.topic else row.stream,
            again_at=moment(row.next_at),
            why=row.problem,
        )
        for row in rows
    ]


def _breakers(connection: Connection, rows: Sequence[AccountRow]) -> tuple[OpenBreaker, ...]:
    table = schema.breaker
    platforms = sorted({row.platform for row in rows})
    found = connection.execute(
        sa.select(table)
        .where(table.c.platform.in_(platforms), table.c.opened_at.is_not(None))
        .order_by(table.c.platform, table.c.host)
    )
    return tuple(
        OpenBreaker(
            platform=row.platform,
            host=row.host,
            problem=row.problem,
            failures=row.failures,
            opened_at=moment(row.opened_at),
            probe_at=moment(row.probe_at),
        )
        for row in found
    )
