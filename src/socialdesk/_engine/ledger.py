"""The ledger of those who keep state themselves: the budgets that one account's requests draw on, kept here alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from socialdesk._engine.breakers import Gate
from socialdesk._engine.limits import UNKNOWN, Asking, Budget, Key, Lane, kept_back, window_end
from socialdesk._engine.retry import Repeats
from socialdesk.connector import Limit, LimitReading

__all__ = ["Ledger"]


class Ledger:
    """The budgets that one account's requests draw on, kept here alone.

    ``sharers`` names who shares what: the account's own name, its app's, the machine's.
    """

    def __init__(
        self, limits: Iterable[Limit], sharers: Mapping[str, str], budgets: Mapping[Key, Budget] | None = None
    ) -> None:
        self._limits = {limit.bucket: limit for limit in limits}
        self._sharers = dict(sharers)
        self.budgets: dict[Key, Budget] = dict(budgets or {})
        self.gate = Gate()  # which hosts may be asked: kept alone, any
        self.repeats = Repeats()
        self._taken: dict[Key, int] = {}  # debited, and not yet taken off a budget
        # by bucket: an answer may show that it is shared otherwise than declared
        self._keys: dict[str, Key] = {}

    def standing(self) -> Mapping[Key, Budget]:
        """All budgets as they stand."""
        return {key: self._stands(key) for key in tuple(self.budgets)}

    def key(self, bucket: str, shared_by: str | None = None) -> Key:
        """Under which name a bucket's budget is kept."""
        found = self._keys.get(bucket)
        if found is None or shared_by is not None:
            declared = self._declared(bucket)
            kind = shared_by or (declared.shared_by if declared else "account")
            found = self._keys[bucket] = (f"{kind}:{self._sharers.get(kind, '')}", bucket)
        return found

    def _declared(self, bucket: str) -> Limit | None:
        return self._limits.get(bucket) or self._limits.get("*")

    def asking(self, bucket: str, amount: int, lane: Lane, now: datetime) -> Asking:
        """The wish to spend so much of a bucket."""
        declared = self._declared(bucket)
        return Asking(
            key=self.key(bucket),
            amount=amount,
            want=amount,
            lane=lane,
            replies=declared is None or declared.replies,
            declared=None if declared is None else declared.amount,
            ends_at=window_end(declared, now),
        )

    def blocked(self, spends: Mapping[str, int], now: datetime, lane: Lane) -> datetime | None:
        """None where the request may go out now, else the earliest moment at which it may."""
        until: datetime | None = None
        for bucket, amount in spends.items():
            if self._plenty(bucket, amount, now, lane):
                continue
            ask = self.asking(bucket, amount, lane, now)
            wait = self._stands(ask.key).at(now).opened(ask).wait(ask, now)
            if wait is not None and (until is None or wait > until):
                until = wait
        return until

    def _plenty(self, bucket: str, amount: int, now: datetime, lane: Lane) -> bool:
        """Whether there is enough without a closer look, as nearly always."""
        key = self._keys.get(bucket)
        budget = None if key is None else self.budgets.get(key)
        if (
            key is None
            or budget is None
            or budget.remaining is None
            or budget.blocked_until is not None
            or budget.resets_at is None
            or budget.resets_at <= now
        ):
            return False
        left = budget.remaining - self._taken.get(key, 0) - amount
        declared = self._declared(bucket)
        return left >= kept_back(budget.limit, lane, replies=declared is None or declared.replies)

    def _stands(self, key: Key) -> Budget:
        """A budget with all that was debited."""
        budget = self.budgets.get(key, UNKNOWN)
        taken = self._taken.pop(key, 0)
        if taken and budget.remaining is not None:
            budget = replace(budget, remaining=budget.remaining - taken, leased=budget.leased + taken)
            self.budgets[key] = budget
        return budget

    def was_refused(self, spends: Mapping[str, int]) -> bool:
        """Whether any of these budgets waits because the platform refused, as far as is known here."""
        budgets = (self.budgets.get(self.key(bucket), UNKNOWN) for bucket in spends)
        return any(budget.blocked_until is not None for budget in budgets)

    async def admit(self, spends: Mapping[str, int], now: datetime, lane: Lane) -> datetime | None:
        """As :meth:`blocked`, with what is needed of a store at hand."""
        return self.blocked(spends, now, lane)

    def debit(self, spends: Mapping[str, int], now: datetime, lane: Lane = "reply") -> None:
        """Count a request before it is sent."""
        for bucket, amount in spends.items():
            key = self.key(bucket)
            budget = self.budgets.get(key)
            if (
                budget is None
                or budget.blocked_until is not None
                or budget.resets_at is None
                or budget.resets_at <= now
            ):
                opened = self._stands(key).at(now).opened(self.asking(bucket, amount, lane, now))
                ramp = opened.ramp if opened.blocked_until is None else opened.ramp + 1
                self.budgets[key] = replace(opened, ramp=ramp)
            self._taken[key] = self._taken.get(key, 0) + amount

    def answered(self, spends: Mapping[str, int], readings: Iterable[LimitReading], now: datetime) -> None:
        """An answer came, so that the platform has counted the request; take in what it told."""
        left = dict(spends)
        for reading in readings:
            self.take_in(left.pop(reading.bucket, 0), reading, now)
        for bucket, amount in left.items():
            self.settle(bucket, amount)

    def settle(self, bucket: str, amount: int) -> None:
        """So much was answered, and the answer told nothing of this bucket."""
        key = self.key(bucket)
        self.budgets[key] = self._stands(key).settle(amount)

    def take_in(self, amount: int, reading: LimitReading, now: datetime) -> None:
        """A request for so much was answered, and this is what the answer told."""
        key = self.key(reading.bucket, reading.shared_by)
        ends_at = window_end(self._declared(reading.bucket), now)
        settled = self._stands(key).settle(amount)
        self.budgets[key] = settled.correct(reading, now, ends_at, amount)

    def block(self, spends: Mapping[str, int], until: datetime, now: datetime, why: str = "") -> None:
        """The platform refused for its limit: nothing of these buckets goes out before ``until``."""
        for bucket in spends:
            key = self.key(bucket)
            self.budgets[key] = self._stands(key).at(now).block(until, why)

    def bill(self, charges: Mapping[str, int]) -> None:
        """Take note of what the platform bills, in its own units. Only a store keeps a tally."""
