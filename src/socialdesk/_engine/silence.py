"""Whether an account is silent: a Poisson test on its own arrivals. Pure.

Arrivals are taken to come independently of one another, at a rate that depends on the hour of the day and on whether
it is a weekday (in UTC). With ``E`` of them expected since the last one, the chance of none is ``exp(-E)``. The rate is
not known but learnt from ``m`` arrivals, so the chance that is told is ``(1 + E/m) ** -m``: what it is on average over
the rates that fit so many arrivals. It is larger, and comes to ``exp(-E)`` as ``m`` grows.

An alarm is raised where the chance falls below one in so many as there are arrivals in the time in which one false
alarm is allowed: each pause between two arrivals is one occasion to be wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

__all__ = ["FALSE_ALARM", "FEWEST", "HISTORY", "SHORTEST", "Arrivals", "Verdict", "hour_of", "judge"]

HISTORY = timedelta(days=28)
"""How far back arrivals count."""
SHORTEST = timedelta(days=7)
"""How long an account must have been heard before its silence says anything."""
FEWEST = 20
"""How many arrivals there must have been within the history."""
FALSE_ALARM = timedelta(days=365)
"""In which time one false alarm is allowed, by default."""
NEVER_OVER = 0.01
"""A chance of more than this is no alarm, however few the arrivals are."""
LATER = timedelta(days=1)
SPENT = 0.75
"""The part of the allowed false alarms that is spent on chance; the rest pays for rates that were learnt."""

_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LEANING = 1.0
"""Hours for which the rate of all hours counts beside those of its own of an hour of the day."""


def hour_of(moment: datetime) -> int:
    """The hour that a moment lies in, counted from 1970 in UTC."""
    return (moment - _EPOCH) // _HOUR


def _begin(hour: int) -> datetime:
    return _EPOCH + hour * _HOUR


def _at_weekend(hour: int) -> bool:
    return (hour // 24 + 3) % 7 >= 5  # 1970 began on a Thursday


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """How many came in each hour, since when they are counted, and when the last one was heard."""

    hours: Mapping[int, int]
    since: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``chance`` is None where too little is known. ``again_at`` is the earliest moment at which it may be an alarm."""

    alarm: bool
    again_at: datetime
    chance: float | None = None
    expected: float = 0.0
    per_day: float = 0.0
    quiet: timedelta = timedelta(0)

    @property
    def text(self) -> str:
        hours = self.quiet.total_seconds() / 3600
        quiet = f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
        chance = self.chance or 0.0
        odds = f"1 in {_rounded(1 / chance):,}" if chance > 1e-12 else "none to speak of"
        usual = f"{self.per_day:.0f}" if self.per_day >= 10 else f"{self.per_day:.1f}"
        return f"Usually {usual} a day; nothing for {quiet}: the chance of that is {odds}."

    @property
    def numbers(self) -> dict[str, float]:
        found = {
            "usual_per_day": round(self.per_day, 2),
            "quiet_hours": round(self.quiet.total_seconds() / 3600, 2),
        }
        if self.chance is not None:
            found |= {"chance": self.chance, "expected": round(self.expected, 2)}
        return found


def _rounded(number: float) -> int:
    """Two digits of it: it is an estimate."""
    step = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return int(round(number / step) * step)


class _Tally:
    """Arrivals, and the hours in which they came."""

    __slots__ = ("hours", "number")

    def __init__(self) -> None:
        self.number = 0
        self.hours = 0.0

    def add(self, number: int, hours: float) -> None:
        self.number += number
        self.hours += hours

    def rate(self, mean: float) -> float:
        """Arrivals an hour, leaning on ``mean`` where the hours are few."""
        return (self.number + _LEANING * mean) / (self.hours + _LEANING)


class _Rates:
    """What was learnt: the rate of each hour of the day, and how weekdays and weekends differ from all days."""

    def __init__(self, arrivals: Arrivals, start: datetime) -> None:
        self.all = _Tally()
        self.by_hour = [_Tally() for _ in range(24)]
        self.by_kind = [_Tally(), _Tally()]
        for hour, part in _parts(start, arrivals.last_at):
            number = arrivals.hours.get(hour, 0)
            for tally in (self.all, self.by_hour[hour % 24], self.by_kind[_at_weekend(hour)]):
                tally.add(number, part)
        self.mean = self.all.number / self.all.hours if self.all.hours else 0.0

    def rate(self, hour: int) -> float:
        """Arrivals expected in an hour."""
        if not self.mean:
            return 0.0
        kind = self.by_kind[_at_weekend(hour)].rate(self.mean) / self.mean
        return self.by_hour[hour % 24].rate(self.mean) * kind


def _parts(start: datetime, end: datetime) -> Iterator[tuple[int, float]]:
    """The hours from ``start`` to ``end``, each with the part of it that lies between."""
    hour = hour_of(start)
    while (begin := _begin(hour)) < end:
        part = (min(begin + _HOUR, end) - max(begin, start)) / _HOUR
        yield hour, part
        hour += 1


@dataclass(slots=True)
class _Waiting:
    """How unlikely a silence has become, hour by hour."""

    rates: _Rates
    expected: float = 0.0
    resting: int = 0
    seen: set[int] = field(default_factory=set)

    def add(self, hour: int, part: float) -> None:
        self.expected += self.rates.rate(hour) * part
        if hour % 24 not in self.seen:
            self.seen.add(hour % 24)
            self.resting += self.rates.by_hour[hour % 24].number

    @property
    def chance(self) -> float:
        return float((1 + self.expected / self.resting) ** -self.resting) if self.resting else 1.0


def judge(arrivals: Arrivals, now: datetime, allowed: timedelta = FALSE_ALARM) -> Verdict:
    """Whether it is an alarm that nothing came from the last arrival until ``now``.

    ``allowed`` is the time in which one false alarm is allowed. Nothing is said before an account was heard for
    :data:`SHORTEST` and with :data:`FEWEST` arrivals.
    """
    start = max(arrivals.since, arrivals.last_at - HISTORY)
    heard = arrivals.last_at - start
    rates = _Rates(arrivals, start)
    per_day = rates.mean * 24
    quiet = max(now - arrivals.last_at, timedelta(0))
    if heard < SHORTEST or rates.all.number < FEWEST:
        return Verdict(alarm=False, again_at=now + LATER, per_day=per_day, quiet=quiet)
    threshold = min(NEVER_OVER, SPENT / (per_day * max(allowed / timedelta(days=1), 1.0)))
    waiting = _Waiting(rates)
    for hour, part in _parts(arrivals.last_at, min(now, arrivals.last_at + HISTORY)):
        waiting.add(hour, part)
    found = Verdict(
        alarm=waiting.chance < threshold,
        again_at=now + _HOUR,
        chance=waiting.chance,
        expected=waiting.expected,
        per_day=per_day,
        quiet=quiet,
    )
    return found if found.alarm else _later(found, waiting, now, threshold)


def _later(found: Verdict, waiting: _Waiting, now: datetime, threshold: float) -> Verdict:
    """The verdict with the earliest moment at which it may be an alarm."""
    for hour, part in _parts(now, now + HISTORY):
        before = waiting.expected
        waiting.add(hour, part)
        if waiting.chance < threshold:
            share = _share(waiting, before, threshold)
            begin = max(_begin(hour), now)
            at = begin + timedelta(hours=part * share)
            return replace(found, again_at=max(at, now + timedelta(minutes=1)))
    return found


def _share(waiting: _Waiting, before: float, threshold: float) -> float:
    """Which part of the last hour passes before the chance gets there."""
    resting = waiting.resting
    needed = resting * (threshold ** (-1 / resting) - 1)
    grown = waiting.expected - before
    return min(1.0, max(0.0, (needed - before) / grown)) if grown > 0 else 1.0
