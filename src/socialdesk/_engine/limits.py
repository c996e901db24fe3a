"""Budgets: what the platform allows, as it declares it and as its answers correct it.

Each budget is one window of one bucket, shared by the account, the app or the machine. A request is debited before it
is sent. Where an answer tells what remains, the lower of the two figures of a window holds, since answers arrive out of
order. Of a window that replies draw on as well, a reserve is kept which only they may spend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from socialdesk.connector import Limit, LimitReading

__all__ = ["Budget", "Lane", "Ledger", "Spending"]

Lane = Literal["reply", "reconcile", "follow_up", "poll", "backfill"]
URGENT: frozenset[Lane] = frozenset({"reply", "reconcile"})
RESERVE_SHARE, RESERVE_CALLS = 0.2, 5
SAME_WINDOW = timedelta(seconds=2)  # a reset told in seconds left wavers by the time that the answer took
DEFAULT_WINDOW = timedelta(minutes=15)

Key = tuple[str, str]
"""(who shares it, bucket)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One window: ``remaining`` of ``limit`` until ``resets_at``; None where nothing is known of it.

    ``told`` says that the platform gave these figures; else they follow from what it publishes. ``debits`` counts
    what was spent since the budget was last saved.
    """

    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None
    blocked_until: datetime | None = None
    told: bool = False
    debits: int = 0

    def at(self, now: datetime) -> Budget:
        """The budget as it stands now: full again once its window has ended."""
        fresh = self
        if self.blocked_until is not None and self.blocked_until <= now:
            fresh = replace(fresh, blocked_until=None)
        if self.resets_at is not None and self.resets_at <= now:
            fresh = replace(fresh, remaining=self.limit, resets_at=None, told=False, debits=0)
        return fresh


UNKNOWN = Budget()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a step spent: the budgets that it touched, with ``debits`` since they were last saved, and what the
    platform bills for it, in its own units, and in which month (UTC, as ``2026-11``). ``rule`` is the search rule that
    it was for, "" where it was for none."""

    budgets: Mapping[Key, Budget] = field(default_factory=dict)
    charges: Mapping[str, int] = field(default_factory=dict)
    month: str = ""
    rule: str = ""


class Ledger:
    """The budgets that one account's requests draw on.

    ``sharers`` names who shares what: the account's own name, its app's, the machine's. ``budgets`` may be loaded
    from a store and saved again; :meth:`changes` says what was spent, learnt and billed since.
    """

    def __init__(
        self,
        limits: Iterable[Limit],
        sharers: Mapping[str, str],
        budgets: Mapping[Key, Budget] | None = None,
    ) -> None:
        self._limits = {limit.bucket: limit for limit in limits}
        self._sharers = dict(sharers)
        self.budgets: dict[Key, Budget] = dict(budgets or {})
        self._shown: dict[str, str] = {}  # bucket -> who shares it, where an answer showed it
        self._touched: set[Key] = set()
        self._billed: dict[str, int] = {}

    def key(self, bucket: str, shared_by: str | None = None) -> Key:
        declared = self._declared(bucket)
        kind = shared_by or self._shown.get(bucket) or (declared.shared_by if declared else "account")
        return (f"{kind}:{self._sharers.get(kind, '')}", bucket)

    def _declared(self, bucket: str) -> Limit | None:
        return self._limits.get(bucket) or self._limits.get("*")

    def blocked(self, spends: Mapping[str, int], now: datetime, lane: Lane) -> datetime | None:
        """None where the request may go out now, else the earliest moment at which it may."""
        waits = [self._wait(bucket, amount, now, lane) for bucket, amount in spends.items()]
        return max((wait for wait in waits if wait is not None), default=None)

    def _wait(self, bucket: str, amount: int, now: datetime, lane: Lane) -> datetime | None:
        budget = self.budgets.get(self.key(bucket), UNKNOWN).at(now)
        if budget.blocked_until is not None:
            return budget.blocked_until
        if budget.remaining is None:
            return None
        if budget.remaining - amount >= self._reserve(bucket, budget, lane):
            return None
        return budget.resets_at or self._window_end(bucket, now)

    def _reserve(self, bucket: str, budget: Budget, lane: Lane) -> int:
        declared = self._declared(bucket)
        if lane in URGENT or budget.limit is None or (declared is not None and not declared.replies):
            return 0
        return min(max(int(budget.limit * RESERVE_SHARE), RESERVE_CALLS), budget.limit // 2)

    def debit(self, spends: Mapping[str, int], now: datetime) -> None:
        """Count a request before it is sent."""
        for bucket, amount in spends.items():
            key = self.key(bucket)
            declared = self._declared(bucket)
            budget = self.budgets.get(key, UNKNOWN).at(now)
            limit, remaining = budget.limit, budget.remaining
            if remaining is None and declared is not None:
                limit = remaining = declared.amount
            if remaining is not None:
                budget = replace(
                    budget,
                    limit=limit,
                    remaining=max(0, remaining - amount),
                    resets_at=budget.resets_at or self._window_end(bucket, now),
                    debits=budget.debits + amount,
                )
            self._put(key, budget)

    def correct(self, reading: LimitReading, now: datetime) -> None:
        """Take in what an answer told."""
        if reading.shared_by is not None:
            self._shown[reading.bucket] = reading.shared_by
        key = self.key(reading.bucket)
        budget = self.budgets.get(key, UNKNOWN).at(now)
        limit = reading.limit if reading.limit is not None else budget.limit
        remaining = reading.remaining
        if remaining is None and reading.used is not None and limit is not None:
            remaining = max(0, limit - reading.used)
        if budget.told and reading.resets_at is not None and budget.resets_at is not None:
            late = reading.resets_at - budget.resets_at
            if late < -SAME_WINDOW:
                return  # an answer of the window before, overtaken by others
            if late <= SAME_WINDOW and remaining is not None and budget.remaining is not None:
                remaining = min(remaining, budget.remaining)
        if not budget.told and remaining is not None and limit is not None:
            remaining = min(remaining, max(0, limit - _spent(budget)))  # some of those may still be under way
        resets_at = reading.resets_at or budget.resets_at
        if resets_at is None and remaining is not None:
            resets_at = self._window_end(reading.bucket, now)  # a window that is told of must have an end
        self._put(
            key,
            replace(
                budget,
                limit=limit,
                remaining=budget.remaining if remaining is None else remaining,
                resets_at=resets_at,
                blocked_until=max(filter(None, (reading.blocked_until, budget.blocked_until)), default=None),
                told=budget.told or remaining is not None,
            ),
        )

    def block(self, spends: Mapping[str, int], until: datetime, now: datetime) -> None:
        """The platform refused for its limit: nothing of these buckets goes out before ``until``."""
        for bucket in spends:
            self.correct(LimitReading(bucket=bucket, blocked_until=until), now)

    def _window_end(self, bucket: str, now: datetime) -> datetime:
        declared = self._declared(bucket)
        if declared is None:
            return now + DEFAULT_WINDOW
        if isinstance(declared.per, (int, float)):
            return now + timedelta(seconds=declared.per)
        return _calendar_end(declared.per, declared.tz, now)

    def _put(self, key: Key, budget: Budget) -> None:
        self.budgets[key] = budget
        self._touched.add(key)

    def bill(self, charges: Mapping[str, int]) -> None:
        """Count what the platform bills, in its own units."""
        for unit, amount in charges.items():
            self._billed[unit] = self._billed.get(unit, 0) + amount

    def changes(self, now: datetime, rule: str = "") -> Spending:
        """What was spent, learnt and billed since the last call; ``rule`` is what it was for."""
        touched = {key: self.budgets[key] for key in sorted(self._touched)}
        self._touched.clear()
        for key, budget in touched.items():
            self.budgets[key] = replace(budget, debits=0)
        billed, self._billed = self._billed, {}
        return Spending(budgets=touched, charges=billed, month=f"{now:%Y-%m}", rule=rule)


def _spent(budget: Budget) -> int:
    if budget.limit is None or budget.remaining is None:
        return 0
    return budget.limit - budget.remaining


def _calendar_end(per: Literal["day", "month"], tz: str, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(tz))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if per == "day":
        end = (midnight + timedelta(days=1)).replace(fold=0)
    else:
        end = (midnight.replace(day=1) + timedelta(days=32)).replace(day=1, fold=0)
    return end.astimezone(now.tzinfo)
