"""How much of what: the windows of an address and of an app, and the days of a person.

https://www.tumblr.com/docs/en/api/v2#rate-limits
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .numbers import midnight_eastern, seconds
from .state import Person

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPANS: Mapping[str, timedelta] = {
    "hour": HOUR,
    "day": DAY,
    "address_minute": MINUTE,
    "address_hour": HOUR,
    "address_day": DAY,
    "blocks_minute": MINUTE,
}
ALLOWANCES: Mapping[str, int] = {
    "hour": 1_000,
    "day": 5_000,
    "address_minute": 300,
    "address_hour": 18_000,
    "address_day": 432_000,
    "blocks_minute": 60,
}
_TOLD: Mapping[str, str] = {"day": "X-Ratelimit-Perday", "hour": "X-Ratelimit-Perhour"}

DAILY: Mapping[str, tuple[int, str]] = {
    "blogs": (10, "how many secondary blogs can be made in a day"),
    "follows": (200, "how many blogs can be followed in a day"),
    "likes": (1_000, "how many posts can be liked in a day"),
    "photos": (250, "how many images can be uploaded in a day"),
    "posts": (250, "how many posts can be made in a day"),
    "videos": (20, "how many videos can be uploaded in a day"),
    "video_seconds": (3_600, "how many seconds of video can be uploaded in a day"),
}


@dataclass(slots=True)
class _Count:
    until: datetime
    used: int = 0


class Limits:
    """The counts of one app and of the one address that all its calls come from.

    ``allowances`` may be changed at any time, as may ``daily``, which is counted for each person until midnight in New
    York. A window begins with the first call in it.
    """

    def __init__(self) -> None:
        self.allowances = dict(ALLOWANCES)
        self.daily = {name: limit for name, (limit, _) in DAILY.items()}
        self._counts: dict[str, _Count] = {}
        self._days: dict[tuple[int, str, date], int] = {}

    def set(self, name: str, limit: int) -> None:
        """Change a limit: one of ``allowances`` or of ``daily``. Raises KeyError where there is none of that name."""
        held = self.daily if name in self.daily else self.allowances
        if name not in held:
            raise KeyError(name)
        held[name] = limit

    def spend(self, names: tuple[str, ...], now: datetime) -> bool:
        """Count a call in these windows, if all of them have room."""
        counts = [self._count(name, now) for name in names]
        if any(count.used >= self.allowances[name] for name, count in zip(names, counts, strict=True)):
            return False
        for count in counts:
            count.used += 1
        return True

    def _count(self, name: str, now: datetime) -> _Count:
        count = self._counts.get(name)
        if count is None or count.until <= now:
            count = self._counts[name] = _Count(now + SPANS[name])
        return count

    def headers(self, now: datetime) -> dict[str, str]:
        """The app's two windows, as answers tell them: how many seconds are left, not when they end."""
        told: dict[str, str] = {}
        for name, prefix in _TOLD.items():
            count, limit = self._count(name, now), self.allowances[name]
            left = max(0, limit - count.used)
            told |= self.window(prefix, limit, left, int((count.until - now).total_seconds()))
        return told

    def window(self, prefix: str, limit: int, left: int, reset: int) -> dict[str, str]:
        return {
            f"{prefix}-Limit": str(limit),
            f"{prefix}-Remaining": str(left),
            f"{prefix}-Reset": str(reset),
        }

    def exhausted(self, now: datetime, resets_at: datetime) -> dict[str, str]:
        """The headers of an answer that says: nothing is left until then."""
        span = resets_at - now
        name = "hour" if span <= HOUR else "day"
        return self.window(_TOLD[name], self.allowances[name], 0, max(0, int(span.total_seconds())))

    # -------------------------------------------------------------------------------------------------- a person's day

    def left(self, person: Person, name: str, now: datetime) -> int:
        """How much of something a person may do yet today."""
        day = (midnight_eastern(now) - HOUR).date()
        return max(0, self.daily[name] - self._days.get((person.number, name, day), 0))

    def take(self, person: Person, name: str, now: datetime, amount: int = 1) -> bool:
        """Count what a person does, if there is room for it today."""
        if self.left(person, name, now) < amount:
            return False
        key = (person.number, name, (midnight_eastern(now) - HOUR).date())
        self._days[key] = self._days.get(key, 0) + amount
        return True

    def told(self, person: Person, now: datetime) -> dict[str, dict[str, object]]:
        """A person's limits, as they are told."""
        resets = seconds(midnight_eastern(now))
        return {
            name: {
                "description": words,
                "limit": self.daily[name],
                "remaining": self.left(person, name, now),
                "reset_at": resets,
            }
            for name, (_, words) in DAILY.items()
        }
