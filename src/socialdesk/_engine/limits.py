"""Budgets: what a platform allows, as it declares it and as its answers correct it. Pure.

A budget is one window of one bucket, shared by an account, an app or a machine. Calls are given out before they are
made, so that several workers together never make more than there are: what is given out and not known to be in the
platform's own figures stays off the books until it is. A part of each window is kept for replies, and another one from
catching up on old mentions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import log2
from typing import Literal
from zoneinfo import ZoneInfo

from socialdesk.connector import Limit, LimitReading

__all__ = ["UNKNOWN", "Asking", "Budget", "Key", "Lane", "kept_back", "let_go", "rank", "window_end"]

Lane = Literal["reply", "reconcile", "follow_up", "poll", "backfill"]
Key = tuple[str, str]
"""(who shares it, bucket)."""

RANKS: dict[Lane, int] = {"reply": 0, "reconcile": 0, "follow_up": 1, "poll": 1, "backfill": 2}
RESERVE_SHARE, RESERVE_CALLS = 0.2, 5
LIVE_SHARE, LIVE_CALLS = 0.1, 2
LEASE_SHARE = 8
"""The largest share of what is free that one lease takes is one in so many: the last calls are given out one by one."""
SAME_WINDOW = timedelta(seconds=2)  # a reset told in seconds left wavers by the time that the answer took
DEFAULT_WINDOW = timedelta(minutes=15)
SPREAD_SHARE, LONGEST_SPREAD = 0.1, timedelta(seconds=3)
RAMP_STEP, REPLY_STEP = timedelta(seconds=1), timedelta(seconds=0.25)
RAMP_LASTS = timedelta(seconds=10)


def rank(lane: Lane) -> int:
    """0 for what people wait for, 1 for live polling, 2 for catching up on what is old."""
    return RANKS[lane]


def let_go(until: datetime, now: datetime, chance: float) -> datetime:
    """When one of many goes on who wait until then: never before, and later by a random share of a tenth of the pause,
    three seconds at most. ``chance`` is from 0 to 1."""
    return until + max(timedelta(0), min((until - now) * SPREAD_SHARE, LONGEST_SPREAD)) * chance


def kept_back(limit: int | None, lane: Lane, *, replies: bool) -> int:
    """How much of a window this lane leaves to those before it: polling leaves ``max(20 %, 5)`` to replies and to the
    looks for them (half of a small window at most), catching up leaves ``max(10 %, 2)`` more to polling."""
    place = RANKS[lane]
    if place == 0 or limit is None:
        return 0
    kept = min(max(int(limit * RESERVE_SHARE), RESERVE_CALLS), limit // 2) if replies else 0
    if place == 2:
        kept += min(max(int(limit * LIVE_SHARE), LIVE_CALLS), limit // 4)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A wish to spend: ``amount`` at least, ``want`` for the calls that will follow, in which lane.

    ``declared`` is the amount that the platform publishes, None where it publishes nothing; ``ends_at`` when a window
    ends that begins now. ``owed`` is what others who share the budget have not had yet of their fair shares.
    """

    key: Key
    amount: int
    want: int
    lane: Lane
    replies: bool = True
    declared: int | None = None
    ends_at: datetime
    owed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One window: ``remaining`` of ``limit`` may be given out until ``resets_at``; None where nothing is known of it.

    ``leased`` was given out and may not be in the platform's figures yet. ``told`` is the least that the platform said
    remains, None where it said nothing in this window. ``ramp`` counts what was given out since a block ended.
    ``window`` numbers the windows: what was leased in one is void in the next. ``drawers`` is how many accounts drew on
    this window, ``drew`` how many on the one before.
    """

    limit: int | None = None
    remaining: int | None = None
    leased: int = 0
    told: int | None = None
    resets_at: datetime | None = None
    blocked_until: datetime | None = None
    why: str = ""
    ramp: int = 0
    window: int = 0
    reserve: int = 0
    drawers: int = 0
    drew: int = 0

    def at(self, now: datetime) -> Budget:
        """The budget as it stands now: full again once its window has ended."""
        fresh = self
        if self.blocked_until is not None and self.blocked_until + RAMP_LASTS <= now:
            fresh = replace(fresh, blocked_until=None, why="", ramp=0)
        if self.resets_at is not None and self.resets_at <= now:
            fresh = fresh._renewed()
        return fresh

    def _renewed(self) -> Budget:
        return replace(
            self,
            limit=self.limit
            or None,  # a limit of nothing was of that window: else nobody would ever ask again
            remaining=self.limit or None,
            leased=0,
            told=None,
            resets_at=None,
            window=self.window + 1,
            drawers=0,
            drew=self.drawers,
        )

    def opened(self, ask: Asking) -> Budget:
        """With what is published, where the platform itself has said nothing yet."""
        fresh = self
        if fresh.remaining is None and ask.declared is not None:
            fresh = replace(fresh, limit=ask.declared, remaining=ask.declared)
        if fresh.remaining is not None and fresh.resets_at is None:
            fresh = replace(fresh, resets_at=ask.ends_at)
        return fresh

    def wait(self, ask: Asking, now: datetime) -> datetime | None:
        """None where the amount may be given out now, else the earliest moment at which it may. Of :meth:`at` now."""
        if self.blocked_until is not None:
            if self.blocked_until > now:
                return self.blocked_until
            step = REPLY_STEP if RANKS[ask.lane] == 0 else RAMP_STEP
            again_at = self.blocked_until + step * log2(max(1, self.ramp + min(ask.amount, 1)))
            if again_at > now:
                return again_at
        if self.remaining is None:
            return None
        if self.remaining - ask.amount >= kept_back(self.limit, ask.lane, replies=ask.replies) + ask.owed:
            return None
        return self.resets_at or ask.ends_at

    def lend(self, ask: Asking, now: datetime) -> tuple[Budget, int]:
        """The budget without what is given out, and how much that is: what is asked for, or nothing.

        More than the amount is given where there is plenty, so that the next calls need not ask. Of what is not known
        nothing is given out, and nothing has to be.
        """
        budget = self.at(now).opened(ask)
        if budget.remaining is None or budget.wait(ask, now) is not None:
            return budget, 0
        floor = kept_back(budget.limit, ask.lane, replies=ask.replies)
        spare = (budget.remaining - floor - ask.owed) // LEASE_SHARE
        given = max(ask.amount, min(ask.want, spare)) if budget.blocked_until is None else ask.amount
        reserve = kept_back(budget.limit, "poll", replies=ask.replies)
        ramp = budget.ramp if budget.blocked_until is None else budget.ramp + 1
        lent = replace(
            budget,
            remaining=budget.remaining - given,
            leased=budget.leased + given,
            reserve=reserve,
            ramp=ramp,
        )
        return lent, given

    def settle(self, spent: int, back: int = 0) -> Budget:
        """Of what was given out, ``spent`` is in the platform's own figures by now, and ``back`` was not used."""
        if not spent and not back:
            return self
        remaining = None if self.remaining is None else self.remaining + back
        return replace(self, leased=max(0, self.leased - spent - back), remaining=remaining)

    def block(self, until: datetime, why: str = "") -> Budget:
        """The platform refused for its limit: nothing is given out before ``until``, and little right after it."""
        if self.blocked_until is not None and self.blocked_until >= until:
            return self
        return replace(self, blocked_until=until, why=why or self.why, ramp=0)

    def correct(self, reading: LimitReading, now: datetime, ends_at: datetime, settled: int = 0) -> Budget:
        """Take in what an answer told, whose request for ``settled`` is settled; ``ends_at`` is when a window ends that
        begins now.

        Answers come in any order. Within one window the platform's figure only falls, so that a lower one is newer than
        all that is known: what may be given out is then that figure, without what is leased, since nobody knows whether
        the platform has counted that yet. A higher one is older, and shows that it had: then its request was taken off
        twice.
        """
        budget = self.at(now)
        if reading.blocked_until is not None and reading.blocked_until > now:
            budget = budget.block(reading.blocked_until)
        limit = reading.limit if reading.limit is not None else budget.limit
        told = reading.remaining
        if told is None and reading.used is not None and limit is not None:
            told = max(0, limit - reading.used)
        if told is None:
            return budget if limit == budget.limit else replace(budget, limit=limit)
        if reading.resets_at is not None:
            if reading.resets_at <= now or budget._is_after(reading.resets_at):
                return budget  # an answer of the window before, overtaken by others
            if budget._is_before(reading.resets_at):
                budget = budget._renewed()
            elif budget.told is not None and told >= budget.told:
                twice = settled if told > budget.told else 0
                return replace(budget, limit=limit, remaining=(budget.remaining or 0) + twice)
        return replace(
            budget,
            limit=limit,
            remaining=told - budget.leased,  # below zero while more is leased than that
            told=told,
            resets_at=reading.resets_at or budget.resets_at or ends_at,
        )

    def _is_after(self, reset: datetime) -> bool:
        """Whether the platform told of this window, and it is a later one than the one that ends then."""
        return self.told is not None and self.resets_at is not None and reset - self.resets_at < -SAME_WINDOW

    def _is_before(self, reset: datetime) -> bool:
        return self.told is not None and self.resets_at is not None and reset - self.resets_at > SAME_WINDOW


UNKNOWN = Budget()


def window_end(declared: Limit | None, now: datetime) -> datetime:
    """When a window ends that begins now."""
    if declared is None:
        return now + DEFAULT_WINDOW
    if isinstance(declared.per, (int, float)):
        return now + timedelta(seconds=declared.per)
    return _calendar_end(declared.per, declared.tz, now)


def _calendar_end(per: Literal["day", "month"], tz: str, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(tz))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if per == "day":
        end = (midnight + timedelta(days=1)).replace(fold=0)
    else:
        end = (midnight.replace(day=1) + timedelta(days=32)).replace(day=1, fold=0)
    return end.astimezone(now.tzinfo)
