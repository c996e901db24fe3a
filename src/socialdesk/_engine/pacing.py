"""How often a listing is polled: as what comes needs it, and as the budget allows. Pure.

The pause until the next poll is the longest of three: what the platform asks for (``Page.again_in``), what spreads the
rest of the budget over the rest of its window, and what the listing's own history makes worth it. The last is the time
in which one new mention is to be expected, between :data:`SHORTEST` and :data:`LONGEST`; :data:`USUAL` where there is
no history; and :data:`PUSHED` where the platform delivers and the poll found nothing that it had not: then polling is
the safety net.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from socialdesk._engine.limits import Budget, Key, kept_back

__all__ = ["Arrivals", "Outlay", "Pace", "affordable", "smoothed", "worth"]

SHORTEST, USUAL, LONGEST, PUSHED = 15.0, 60.0, 120.0, 300.0
MEMORY = 120.0
"""Seconds after which what was seen counts for a third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What a listing's history tells: new mentions in a second, smoothed (None: nothing yet), and whether the platform
    delivers them so that polls find nothing."""

    rate: float | None = None
    pushed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlay:
    """What one round of polls draws on a budget: ``amount``, by all who share it."""

    budget: Budget
    amount: int
    replies: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a listing's next poll depends on, before its last page is stored.

    ``rate`` is its arrival rate so far, ``seconds`` since the poll before, None where there was none; ``new`` came with
    the walk's other pages. ``least`` is the shortest pause that is allowed, ``delivers`` whether the platform was asked
    to deliver. ``rounds`` is what one round of the account's polls draws on each budget that this listing draws on.
    """

    rate: float | None = None
    seconds: float | None = None
    new: int = 0
    usual: float = USUAL
    least: float = 0.0
    delivers: bool = False
    rounds: Mapping[Key, int] = field(default_factory=dict)

    def after(self, new: int, budgets: Mapping[Key, Budget], now: datetime) -> tuple[float | None, float]:
        """The arrival rate with what is ``new`` on the last page, and the seconds until the next poll, by how
        ``budgets`` stand after it."""
        came = self.new + new
        rate = self.rate if self.seconds is None else smoothed(self.rate, came, self.seconds)
        arrivals = Arrivals(rate=rate, pushed=self.delivers and came == 0)
        outlays = [
            Outlay(
                budget=budgets[key],
                amount=amount * max(1, budgets[key].drawers, budgets[key].drew),
                replies=budgets[key].reserve > 0,
            )
            for key, amount in self.rounds.items()
            if key in budgets
        ]
        return rate, max(self.least, worth(arrivals, self.usual), affordable(outlays, now))


def smoothed(rate: float | None, new: int, seconds: float) -> float | None:
    """The arrival rate after ``seconds`` in which so many came. What was before fades: a third is left after
    :data:`MEMORY` seconds."""
    if seconds <= 0:
        return rate
    seen = new / seconds
    if rate is None:
        return seen
    return rate + (seen - rate) * (1 - math.exp(-seconds / MEMORY))


def worth(arrivals: Arrivals, usual: float = USUAL) -> float:
    """Seconds in which something new is to be expected, within bounds."""
    if arrivals.pushed:
        return max(PUSHED, usual)
    if arrivals.rate is None:
        return usual
    longest = LONGEST * usual / USUAL
    if arrivals.rate * longest <= 1:
        return longest
    return max(SHORTEST * usual / USUAL, 1 / arrivals.rate)


def affordable(outlays: Iterable[Outlay], now: datetime) -> float:
    """Seconds between rounds with which every budget lasts until its window ends: until then, where one is used up."""
    pause = 0.0
    for outlay in outlays:
        budget = outlay.budget.at(now)
        if budget.blocked_until is not None and budget.blocked_until > now:
            pause = max(pause, (budget.blocked_until - now).total_seconds())
        if budget.remaining is None or budget.resets_at is None or outlay.amount <= 0:
            continue
        left = (budget.resets_at - now).total_seconds()
        spare = budget.remaining - kept_back(budget.limit, "poll", replies=outlay.replies)
        pause = max(pause, left if spare < outlay.amount else left * outlay.amount / spare)
    return pause
