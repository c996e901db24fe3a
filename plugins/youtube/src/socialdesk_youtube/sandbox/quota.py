"""The project's quota: units a day, which ends at midnight Pacific time. No answer tells what is left.

https://developers.google.com/youtube/v3/determine_quota_cost
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .problems import Refused

PACIFIC = ZoneInfo("America/Los_Angeles")
A_SEARCH_ONCE = 100


@dataclass(slots=True)
class Quota:
    """What the project may spend and has spent. Every request costs at least a unit, those that fail too.

    ``units`` and ``searches`` are the day's. ``own_bucket`` false has a search cost 100 units of the common quota, as
    it was before 2026. ``per_minute`` is how many requests a minute are taken (None: any number).
    """

    units: int = 10_000
    searches: int = 100
    own_bucket: bool = True
    per_minute: int | None = None
    spent: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    searched: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    lately: deque[datetime] = field(default_factory=deque)

    def spend(self, cost: int, now: datetime, *, search: bool) -> None:
        """Count a request. Raises Refused where it is one too many."""
        self._hurry(now)
        day = now.astimezone(PACIFIC).date()
        if search and self.own_bucket:
            if self.searched[day] >= self.searches:
                raise Refused.searched_out()
            self.searched[day] += 1
            return
        cost = A_SEARCH_ONCE if search else cost
        if self.spent[day] + cost > self.units:
            raise Refused.exhausted()
        self.spent[day] += cost

    def _hurry(self, now: datetime) -> None:
        while self.lately and now - self.lately[0] >= timedelta(minutes=1):
            self.lately.popleft()
        if self.per_minute is not None and len(self.lately) >= self.per_minute:
            raise Refused.too_fast()
        self.lately.append(now)

    def used(self, now: datetime) -> tuple[int, int]:
        """Units and searches of the day that ``now`` falls on."""
        day = now.astimezone(PACIFIC).date()
        return self.spent[day], self.searched[day]


__all__ = ["Quota"]
