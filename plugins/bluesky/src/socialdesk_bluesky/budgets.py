"""Bluesky's published limits, and what its answers tell of them.

https://docs.bsky.app/docs/advanced-guides/rate-limits
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import regex

from socialdesk.connector import Limit, LimitReading
from socialdesk.wire import Response

__all__ = ["DELETE", "LIMITS", "PUT", "READ", "SIGN_IN", "UPLOAD", "readings", "retry_at"]

_HOUR, _DAY, _FIVE_MINUTES = 3600.0, 86_400.0, 300.0

LIMITS: tuple[Limit, ...] = (
    Limit(3000, per=_FIVE_MINUTES, bucket="requests", shared_by="ip"),
    Limit(5000, per=_HOUR, bucket="points"),
    Limit(35_000, per=_DAY, bucket="points-day"),
    Limit(1000, per=_DAY, bucket="uploads"),
    Limit(30, per=_FIVE_MINUTES, bucket="sign-ins"),
    # 300 are published; the entryway was seen to take 100.
    Limit(100, per=_DAY, bucket="sign-ins-day"),
)
"""Every limit that is declared; the answers' headers correct them."""

READ = {"requests": 1}
PUT = {"requests": 1, "points": 2, "points-day": 2}
DELETE = {"requests": 1, "points": 1, "points-day": 1}
UPLOAD = {"requests": 1, "uploads": 1}
SIGN_IN = {"requests": 1, "sign-ins": 1, "sign-ins-day": 1}

_WINDOW = regex.compile(r"\s*\d+\s*;\s*w=(\d{1,9})")
_LENGTHS = {
    300: ("sign-ins", "requests"),
    3600: ("points",),
    86_400: ("sign-ins-day", "uploads", "points-day"),
}


def readings(response: Response) -> Iterator[LimitReading]:
    """What any answer tells of the limit that it names. Which one that is, the length of its window says."""
    limit, remaining = _number(response, "ratelimit-limit"), _number(response, "ratelimit-remaining")
    resets_at = _moment(_number(response, "ratelimit-reset"))
    bucket = _bucket(response)
    if bucket is not None and (limit, remaining, resets_at) != (None, None, None):
        yield LimitReading(bucket=bucket, limit=limit, remaining=remaining, resets_at=resets_at)


def retry_at(response: Response) -> datetime | None:
    """When the window that an answer names begins anew; None where it does not say so."""
    return _moment(_number(response, "ratelimit-reset"))


def _bucket(response: Response) -> str | None:
    spent = READ if response.request is None or not response.request.spends else response.request.spends
    named = _WINDOW.fullmatch(response.headers.get("ratelimit-policy", ""))
    if named is None:
        return "requests" if "requests" in spent else None
    return next((bucket for bucket in _LENGTHS.get(int(named[1]), ()) if bucket in spent), None)


def _number(response: Response, name: str) -> int | None:
    value = response.headers.get(name, "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _moment(seconds: int | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None  # a number that is no time tells nothing
