"""The ledger of those who share budgets: it spends what a store lent, and tells it with the next store call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from socialdesk._engine.breakers import HostNote
from socialdesk._engine.ledger import Ledger
from socialdesk._engine.limits import UNKNOWN, Asking, Budget, Key, Lane, rank, window_end
from socialdesk.connector import Limit, LimitReading

__all__ = ["Answer", "Drawn", "LeasedLedger", "Lender", "Loan", "Spending"]

MOST_AT_ONCE = 8
"""Calls that one lease is for at most."""
FRESH_FOR = timedelta(seconds=2)
"""How long a lease is spent without asking whether the budget was blocked meanwhile."""

Answer = tuple[int, LimitReading | None]
"""What a request drew, and what its answer told of the budget, if anything."""


@dataclass(frozen=True, slots=True)
class Loan:
    """What a store lent of a budget, and the budget as it stands after it. Where nothing is to be had, ``again_at`` is
    the earliest moment at which it may be."""

    key: Key
    lane: Lane
    given: int
    budget: Budget
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What was drawn on one budget since this was last said.

    ``lanes`` tells who drew how much, and ``steps`` how much in all since the account was opened. ``answers`` are those
    to requests, each with what its request drew and what it told; ``back`` was leased and not needed. ``blocked_until``
    and ``why`` tell that the platform refused.
    """

    key: Key
    window: int
    ends_at: datetime
    replies: bool = True
    lanes: Mapping[Lane, int] = field(default_factory=dict)
    steps: Mapping[Lane, int] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    back: int = 0
    blocked_until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a step spent: what it ``drew`` on budgets until ``at``, and what the platform bills for it, in its own
    units, and in which month (UTC, as ``2026-11``). ``rule`` is the search rule that it was for, "" where it was for
    none. ``hosts`` tells of those that did not answer, or do again."""

    at: datetime | None = None
    drew: tuple[Drawn, ...] = ()
    charges: Mapping[str, int] = field(default_factory=dict)
    month: str = ""
    rule: str = ""
    hosts: tuple[HostNote, ...] = ()


Lender = Callable[[Sequence[Asking], datetime, Spending], Awaitable[Sequence[Loan]]]
"""A store call that takes in what was spent, and lends what is asked for: all of it, or nothing of any."""


class _Account:
    """What a leased ledger knows of one budget, and what it has to tell of it."""

    __slots__ = ("answers", "back", "blocked_until", "declared", "lanes", "left", "read_at", "steps", "why")

    def __init__(self, declared: Limit | None) -> None:
        self.declared = declared
        self.left: dict[int, int] = {}  # rank of the lane that it was lent for -> how much
        self.read_at: datetime | None = None
        self.steps: dict[Lane, int] = {}
        self.told()

    @property
    def owes(self) -> bool:
        return self.has_news or any(self.left.values())

    @property
    def has_news(self) -> bool:
        return bool(self.lanes or self.answers or self.back or self.blocked_until)

    def told(self) -> None:
        self.lanes: dict[Lane, int] = {}
        self.back = 0
        self.answers: list[Answer] = []
        self.blocked_until: datetime | None = None
        self.why = ""


class LeasedLedger(Ledger):
    """Spends what was lent of budgets that others spend as well.

    ``budgets`` and ``loans`` are what was loaded and lent when the account was opened; ``lender`` lends more. What is
    lent is void once its window has ended, once the budget is known to be blocked, and where it was not asked for two
    seconds whether it is. What is spent is told by :meth:`changes`, with a store call that is made anyway.
    """

    def __init__(
        self,
        limits: Iterable[Limit],
        sharers: Mapping[str, str],
        budgets: Mapping[Key, Budget],
        lender: Lender,
    ) -> None:
        super().__init__(limits, sharers, budgets)
        self._lender = lender
        self._accounts: dict[Key, _Account] = {}
        self._billed: dict[str, int] = {}

    def take(self, loans: Iterable[Loan], now: datetime) -> None:
        """Take what a store has lent, and how its budgets stand."""
        for loan in loans:
            account = self._account(loan.key)
            known = self.budgets.get(loan.key)
            if known is not None and known.window != loan.budget.window:
                account.left.clear()
            place = rank(loan.lane)
            account.left[place] = account.left.get(place, 0) + loan.given
            account.read_at = now
            self.budgets[loan.key] = loan.budget

    def review(self, budgets: Mapping[Key, Budget], now: datetime) -> None:
        """See how budgets stand, as a store call told."""
        self.take([Loan(key, "poll", 0, budget) for key, budget in budgets.items()], now)

    def _account(self, key: Key) -> _Account:
        found = self._accounts.get(key)
        if found is None:
            found = self._accounts[key] = _Account(self._declared(key[1]))
        return found

    def _short(self, spends: Mapping[str, int], now: datetime, lane: Lane) -> list[Asking]:
        """What is not at hand and has to be."""
        return [
            self.asking(bucket, amount, lane, now)
            for bucket, amount in spends.items()
            if not self._holds(self.key(bucket), amount, now, lane)
        ]

    def _holds(self, key: Key, amount: int, now: datetime, lane: Lane) -> bool:
        budget = self.budgets.get(key)
        if budget is None:
            return self._declared(key[1]) is None  # of what is not known nothing is lent
        if budget.blocked_until is not None and budget.blocked_until > now:
            return False
        if budget.remaining is None and self._declared(key[1]) is None:
            return True
        if budget.resets_at is None or budget.resets_at <= now:
            return False
        account = self._accounts.get(key)
        if account is None or account.read_at is None or now - account.read_at > FRESH_FOR:
            return False
        return account.left.get(rank(lane), 0) >= amount

    async def admit(self, spends: Mapping[str, int], now: datetime, lane: Lane) -> datetime | None:
        """As :meth:`blocked`, after having asked the store for what is not at hand: for twice as much each time."""
        short = self._short(spends, now, lane)
        if not short:
            return None
        known = [self.budgets[ask.key].blocked_until for ask in short if ask.key in self.budgets]
        blocked = max((until for until in known if until is not None and until > now), default=None)
        if blocked is not None:
            return blocked
        asks = [replace(ask, want=self._want(ask)) for ask in short]
        loans = await self._lender(asks, now, self.changes(now))
        self.take(loans, now)
        return max((loan.again_at for loan in loans if loan.again_at is not None), default=None)

    def _want(self, ask: Asking) -> int:
        drawn = sum(self._account(ask.key).steps.values())
        return min(max(drawn, ask.amount), MOST_AT_ONCE * ask.amount)

    def debit(self, spends: Mapping[str, int], now: datetime, lane: Lane = "reply") -> None:
        """Count a request before it is sent."""
        for bucket, amount in spends.items():
            account = self._account(self.key(bucket))
            place = rank(lane)
            if place in account.left:
                account.left[place] = max(0, account.left[place] - amount)
            account.lanes[lane] = account.lanes.get(lane, 0) + amount
            account.steps[lane] = account.steps.get(lane, 0) + amount

    def settle(self, bucket: str, amount: int) -> None:
        """So much was answered: it is kept for the store."""
        self._account(self.key(bucket)).answers.append((amount, None))

    def take_in(self, amount: int, reading: LimitReading, now: datetime) -> None:
        """Keep what an answer told for the store, which knows what others have leased."""
        before = self.key(reading.bucket)
        key = self.key(reading.bucket, reading.shared_by)
        if key != before and amount:
            self._account(before).answers.append((amount, None))  # it was drawn under another name
            amount = 0
        account = self._account(key)
        account.answers.append((amount, reading))
        if reading.blocked_until is not None and reading.blocked_until > now:
            self.budgets[key] = self.budgets.get(key, UNKNOWN).block(reading.blocked_until)
        if reading.remaining is not None:  # others may have spent what was lent
            for place, left in account.left.items():
                kept = min(left, reading.remaining)
                account.back += left - kept
                account.left[place] = kept

    def block(self, spends: Mapping[str, int], until: datetime, now: datetime, why: str = "") -> None:
        """The platform refused for its limit: nothing of these buckets goes out before ``until``."""
        super().block(spends, until, now, why)
        for bucket in spends:
            account = self._account(self.key(bucket))
            account.blocked_until, account.why = until, why

    def bill(self, charges: Mapping[str, int]) -> None:
        """Count what the platform bills, in its own units."""
        for unit, amount in charges.items():
            self._billed[unit] = self._billed.get(unit, 0) + amount

    def totals(self) -> Mapping[Key, int]:
        """How much was drawn on each budget since the account was opened."""
        return {key: sum(account.steps.values()) for key, account in self._accounts.items()}

    @property
    def owes(self) -> bool:
        """Whether anything is to be told: what was spent since the last :meth:`changes`, and what is left of what was
        lent."""
        return self.gate.owes or any(account.owes for account in self._accounts.values())

    def give_back(self) -> None:
        """Nothing more will be spent: the next :meth:`changes` gives back what is left."""
        for account in self._accounts.values():
            account.back += sum(account.left.values())
            account.left.clear()

    def changes(self, now: datetime, rule: str = "") -> Spending:
        """What was spent, learnt and billed since the last call; ``rule`` is what it was for."""
        drew = []
        for key, account in sorted(self._accounts.items()):
            if account.has_news:
                drew.append(self._drawn(key, account, now))
                account.told()
        billed, self._billed = self._billed, {}
        hosts = self.gate.notes()
        return Spending(
            at=now, drew=tuple(drew), charges=billed, month=f"{now:%Y-%m}", rule=rule, hosts=hosts
        )

    def _drawn(self, key: Key, account: _Account, now: datetime) -> Drawn:
        declared = account.declared
        return Drawn(
            key=key,
            window=self.budgets.get(key, UNKNOWN).window,
            ends_at=window_end(declared, now),
            replies=declared is None or declared.replies,
            lanes=account.lanes,
            steps={lane: account.steps[lane] for lane in account.lanes},
            answers=tuple(account.answers),
            back=account.back,
            blocked_until=account.blocked_until,
            why=account.why,
        )
