"""Fair turns at polling, and fair shares of a budget that several accounts draw on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.limits import Asking, Budget, kept_back, rank
from socialdesk.desk import schema
from socialdesk.desk.accounts import AccountRow

__all__ = ["in_turn", "owed"]

LIVE = ("follow_up", "poll", "backfill")
SPEAKING = ("reply", "reconcile")


def in_turn(rows: Sequence[AccountRow], due: Mapping[str, int]) -> tuple[AccountRow, ...]:
    """Accounts in the order in which they are polled: those first that are due the longest, and one of each tenant
    before the next of any."""
    passed: Counter[str] = Counter()
    places: list[tuple[int, int, AccountRow]] = []
    for row in sorted(rows, key=lambda row: due.get(row.id, 0)):
        places.append((passed[row.tenant], due.get(row.id, 0), row))
        passed[row.tenant] += 1
    return tuple(row for *_, row in sorted(places, key=lambda place: place[:2]))


def owed(connection: Connection, account_id: str, budget: Budget, ask: Asking, now: datetime) -> int:
    """What the others who share a budget have not had yet of their fair shares, where this account has had its own.

    A share is that of one account among those that draw on the budget; nobody is kept more than it drew in the window
    before, and the less the sooner the window ends. Replies are reckoned apart: of what is kept for them each account
    has its share, and goes beyond it with what the others leave.
    """
    shares = max(budget.drawers, budget.drew)
    if ask.key[0].startswith("account:") or shares < 2 or budget.limit is None:
        return 0
    speaks = rank(ask.lane) == 0
    share = own = (budget.limit - kept_back(budget.limit, ask.lane, replies=ask.replies)) // shares
    if speaks:
        own = (kept_back(budget.limit, "poll", replies=ask.replies) or budget.limit) // shares
    spent: dict[str, list[int]] = {account_id: [0, 0]}  # by account: in this window, and in the one before
    table = schema.spending
    rows = connection.execute(
        sa.select(table.c.account_id, table.c.number, table.c.amount, table.c.before).where(
            table.c.scope == ask.key[0],
            table.c.bucket == ask.key[1],
            table.c.lane.in_(SPEAKING if speaks else LIVE),
            table.c.number >= budget.window - 1,
        )
    )
    for row in rows:
        now_and_before = spent.setdefault(row.account_id, [0, 0])
        if row.number == budget.window:
            now_and_before[0] += row.amount
            now_and_before[1] += row.before
        else:
            now_and_before[1] += row.amount
    if spent.pop(account_id)[0] + ask.amount <= own:
        return 0
    whole = (ask.ends_at - now).total_seconds()
    left = ((budget.resets_at or ask.ends_at) - now).total_seconds()
    part = min(1.0, left / whole) if whole > 0 else 1.0
    unmet = [max(0, min(share, before) - current) for current, before in spent.values()]
    if speaks:  # a person waits for each: one is kept for whoever may come yet, until the window ends
        return sum(ceil(calls * part) for calls in unmet)
    return int(sum(unmet) * part)
