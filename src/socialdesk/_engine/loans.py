"""What becomes of budgets when a worker asks for a share of them, and when it says what it spent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from socialdesk._engine.leasing import Drawn, Loan
from socialdesk._engine.limits import UNKNOWN, Asking, Budget, Key, kept_back

__all__ = ["lent", "settled"]


def lent(budgets: Mapping[Key, Budget], asks: Sequence[Asking], now: datetime) -> list[Loan]:
    """What is lent of these budgets: what is asked for of all of them, or nothing of any."""
    loans: list[Loan] = []
    for ask in asks:
        before = budgets.get(ask.key, UNKNOWN)
        budget, given = before.lend(ask, now)
        again_at = None if given else budget.wait(ask, now)
        if again_at is not None and ask.owed:  # others may not come for theirs: it is looked again sooner
            again_at = min(again_at, now + max(timedelta(seconds=1), (again_at - now) / 20))
        loans.append(Loan(ask.key, ask.lane, given, budget, again_at))
    if any(loan.again_at is not None for loan in loans):
        return [replace(loan, given=0, budget=loan.budget.settle(0, loan.given)) for loan in loans]
    return loans


def settled(before: Budget, drawn: Drawn, now: datetime) -> Budget:
    """A budget after what a worker drew on it was told: of a window that is over, only what answers told counts."""
    budget = before.at(now)
    same = drawn.window == budget.window
    if same:
        budget = budget.settle(0, drawn.back)
    for amount, reading in drawn.answers:
        counted = amount if same and drawn.window == budget.window else 0
        budget = budget.settle(counted)
        if reading is not None:
            budget = budget.correct(reading, now, drawn.ends_at, counted)
    if budget.limit is not None:
        budget = replace(budget, reserve=kept_back(budget.limit, "poll", replies=drawn.replies))
    if drawn.blocked_until is not None and drawn.blocked_until > now:
        budget = budget.block(drawn.blocked_until, drawn.why)
    return budget
