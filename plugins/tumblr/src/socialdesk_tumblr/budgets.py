"""Tumblr's published limits, and what its answers tell of them.

https://www.tumblr.com/docs/en/api/v2#rate-limits
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from socialdesk.connector import Limit, LimitReading
from socialdesk.wire import Response

__all__ = ["EVERY", "LIMITS", "POSTING", "exhausted", "next_day", "readings", "spends"]

_CLOCK = "America/New_York"
EVERY, POSTING, IMAGES, BLOCKS = ("hour", "day", "minute"), "posts", "images", "blocks"
"""What every request draws on; and what further kinds of requests do."""

LIMITS: tuple[Limit, ...] = (
    Limit(1000, per=3600, bucket="hour", shared_by="app"),
    Limit(5000, per="day", tz=_CLOCK, bucket="day", shared_by="app"),
    Limit(300, per=60, bucket="minute", shared_by="ip"),
    Limit(250, per="day", tz=_CLOCK, bucket=POSTING),
    Limit(250, per="day", tz=_CLOCK, bucket=IMAGES),
    Limit(60, per=60, bucket=BLOCKS),
)
"""Every limit that is declared; the answers' headers correct those of the app."""

_WINDOWS: tuple[tuple[str, Literal["hour", "day"]], ...] = (("perhour", "hour"), ("perday", "day"))


def spends(**more: int) -> dict[str, int]:
    """What a request draws on: what every one does, and ``more``."""
    return {**dict.fromkeys(EVERY, 1), **{name: amount for name, amount in more.items() if amount}}


def readings(response: Response) -> Iterator[LimitReading]:
    """What any answer tells of the app's two windows. Tumblr tells the seconds that are left, not a moment."""
    now = response.received_at
    for header, bucket in _WINDOWS:
        limit, remaining, left = (
            _number(response, f"x-ratelimit-{header}-{field}") for field in ("limit", "remaining", "reset")
        )
        if (limit, remaining, left) == (None, None, None):
            continue
        # more than a few days is no rest of an hour or day: it tells nothing
        known = now is not None and left is not None and left <= 7 * 86_400
        resets_at = now + timedelta(seconds=left) if known and now is not None and left is not None else None
        yield LimitReading(bucket=bucket, limit=limit, remaining=remaining, resets_at=resets_at)


def exhausted(response: Response) -> LimitReading | None:
    """The window that is used up, as an answer tells; of both, the one that ends later. None where none is."""
    ends = [(told.resets_at, told) for told in readings(response) if told.remaining == 0 and told.resets_at]
    return max(ends, key=lambda end: end[0])[1] if ends else None


def next_day(now: datetime) -> datetime:
    """When Tumblr's next day begins: at midnight in New York."""
    there = now.astimezone(ZoneInfo(_CLOCK))
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight.astimezone(now.tzinfo)


def _number(response: Response, name: str) -> int | None:
    value = response.headers.get(name, "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None
