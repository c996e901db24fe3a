"""How much of what, told in percent: the app's rolling hour, and a Page's business use cases by the day.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting. A call that is refused is counted as well, so
that calling on prolongs the block.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from .access import Caller

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


@dataclass(slots=True)
class Meter:
    """Calls in a rolling span of time. ``limit`` None is no limit."""

    limit: int | None
    span: timedelta
    code: int
    calls: deque[datetime] = field(default_factory=deque)

    def spend(self, now: datetime) -> bool:
        """Count a call; whether it may go on."""
        while self.calls and now - self.calls[0] >= self.span:
            self.calls.popleft()
        self.calls.append(now)
        return self.limit is None or len(self.calls) <= self.limit

    @property
    def percent(self) -> int:
        return 100 * len(self.calls) // self.limit if self.limit else 0

    def minutes(self, now: datetime) -> int:
        """In how many minutes there is something left again, rounded up; 0 where there is now."""
        if self.limit is None or len(self.calls) <= self.limit:
            return 0
        if not self.limit:
            return -(-int(self.span.total_seconds()) // 60)
        back = self.calls[len(self.calls) - self.limit] + self.span - now
        return max(1, -(-int(back.total_seconds()) // 60))


class Limits:
    """The meters of one app. ``engaged_users`` and ``daily_users`` are what Facebook works the limits out from;
    :meth:`set` gives a limit as such.

    ``app``: 200 calls an hour for each daily user, for tokens of people and the app's own. ``pages``: 4,800 a day for
    each engaged user, with a Page's tokens. ``messenger``: 200 a day for each, for conversations and messages.
    ``private_replies``: 750 an hour. ``conversations``: none here, Facebook asks for no more than two a second.
    """

    def __init__(self, engaged_users: int = 100, daily_users: int = 50) -> None:
        self._tables: Mapping[str, tuple[int | None, timedelta, int]] = {
            "app": (200 * daily_users, HOUR, 4),
            "pages": (4_800 * engaged_users, DAY, 80001),
            "messenger": (200 * engaged_users, DAY, 80006),
            "private_replies": (750, HOUR, 613),
            "conversations": (None, timedelta(seconds=1), 613),
        }
        self._limits = {name: limit for name, (limit, _, _) in self._tables.items()}
        self._meters: dict[tuple[str, str], Meter] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tables)

    def set(self, name: str, limit: int | None) -> None:
        """Change a limit. Raises KeyError where there is none of that name."""
        self._tables[name]
        self._limits[name] = limit
        for (known, _), meter in self._meters.items():
            if known == name:
                meter.limit = limit

    def meter(self, name: str, whose: str) -> Meter:
        key = (name, whose)
        if key not in self._meters:
            _, span, code = self._tables[name]
            self._meters[key] = Meter(self._limits[name], span, code)
        return self._meters[key]

    def spend(self, caller: Caller, use_case: str, now: datetime) -> tuple[dict[str, str], int | None]:
        """Count a call: the headers to answer with, and the code of the error where it is one too many. ``use_case`` is
        ``app`` for what is about no Page."""
        if caller.page is not None:
            use_case = "pages" if use_case == "app" else use_case
            meter = self.meter(use_case, caller.page.id)
            allowed = meter.spend(now)
            return self.business_header(caller.page.id, use_case, now), None if allowed else meter.code
        meter = self.meter("app", caller.user.id if caller.user else "app")
        allowed = meter.spend(now)
        code = 4 if caller.kind == "APP" else 17 if use_case == "app" else 32
        return self.app_header(meter), None if allowed else code

    @staticmethod
    def app_header(meter: Meter) -> dict[str, str]:
        used = meter.percent
        told = {"call_count": used, "total_cputime": used // 2, "total_time": used // 2}
        return {"X-App-Usage": orjson.dumps(told).decode()}

    def business_header(self, page: str, use_case: str, now: datetime) -> dict[str, str]:
        meter = self.meter(use_case, page)
        return {"X-Business-Use-Case-Usage": business(page, use_case, meter.percent, meter.minutes(now))}


def business(page: str, use_case: str, used: int, minutes: int) -> str:
    """The header's value."""
    told = {
        "type": use_case,
        "call_count": used,
        "total_cputime": used // 4,
        "total_time": used // 4,
        "estimated_time_to_regain_access": minutes,
    }
    return orjson.dumps({page: [told]}).decode()
