"""X's published limits, and what its answers tell of them.

A call with a user's token counts for that user, one with the app's own token for the app; each has buckets of its own.

https://docs.x.com/x-api/fundamentals/rate-limits
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone

from socialdesk.connector import Limit, LimitReading
from socialdesk.wire import Response

__all__ = ["LIMITS", "exhausted_until", "readings", "spends"]

_QUARTER_HOUR = 900.0
_DAY = 86_400.0

# endpoint: (calls of the app, calls of a user) per 15 minutes, and whether a reply draws on it
_PER_QUARTER: Mapping[str, tuple[int | None, int | None, bool]] = {
    "mentions": (450, 300, False),
    "search": (450, 300, False),
    "lookup": (3500, 5000, True),
    "timeline": (10_000, 900, True),
    "me": (None, 75, True),
    "user": (300, 900, True),
    "post": (None, 100, True),
    "delete": (None, 50, True),
    "hide": (None, 50, True),
    "like": (None, 50, True),
    "unlike": (None, 50, True),
    "block": (25, 10, True),
    "unblock": (25, 10, True),
    "messages": (None, 15, False),
    "messages_of": (None, 15, True),
    "messages_with": (None, 15, True),
    "message": (None, 15, True),
    "send_message": (None, 15, True),
    "delete_message": (None, 300, True),
    "upload": (None, 500, True),
    "upload_begin": (None, 1875, True),
    "upload_append": (None, 1875, True),
    "upload_end": (None, 1875, True),
    "upload_status": (None, 1000, True),
    "upload_text": (None, 500, True),
    "webhooks": (450, None, False),
    "subscriptions": (500, None, False),
}
# endpoint: (calls of the app, calls of a user) per 24 hours
_PER_DAY: Mapping[str, tuple[int | None, int | None]] = {
    "post": (10_000, None),
    "like": (None, 1000),
    "unlike": (None, 1000),
    "block": (1000, 400),
    "unblock": (1000, 400),
    "send_message": (1440, 1440),
    "delete_message": (4000, 1500),
    "upload": (50_000, None),
    "upload_begin": (180_000, None),
    "upload_append": (180_000, None),
    "upload_end": (180_000, None),
    "upload_status": (100_000, None),
    "upload_text": (50_000, None),
}

LIMITS: tuple[Limit, ...] = (
    *(
        Limit(amount, per=_QUARTER_HOUR, bucket=f"{name}:{side}", shared_by=shared_by, replies=replies)  # type: ignore[arg-type]  # literals of a table
        for name, (app, user, replies) in _PER_QUARTER.items()
        for side, shared_by, amount in (("app", "app", app), ("user", "account", user))
        if amount is not None
    ),
    *(
        Limit(amount, per=_DAY, bucket=f"{name}:{side}-day", shared_by=shared_by)  # type: ignore[arg-type]  # literals of a table
        for name, (app, user) in _PER_DAY.items()
        for side, shared_by, amount in (("app", "app", app), ("user", "account", user))
        if amount is not None
    ),
)
"""Every limit that is declared; the answers' headers correct them."""

# header, the bucket that it tells of
_DAILY = (("x-app-limit-24hour", "{name}:app-day"), ("x-user-limit-24hour", "{name}:user-day"))


def spends(name: str, *, as_user: bool) -> dict[str, int]:
    """The buckets that one call of an endpoint draws on."""
    spent = {f"{name}:{'user' if as_user else 'app'}": 1}
    of_app, of_user = _PER_DAY.get(name, (None, None))
    if of_app is not None:
        spent[f"{name}:app-day"] = 1
    if of_user is not None and as_user:
        spent[f"{name}:user-day"] = 1
    return spent


def readings(response: Response) -> Iterator[LimitReading]:
    """What any answer tells of the buckets that its request drew on."""
    bucket = _window_bucket(response)
    if bucket is None:
        return
    window = _reading(response, "x-rate-limit", bucket)
    if window is not None:
        yield window
    for prefix, named in _DAILY:
        day = _reading(response, prefix, named.format(name=bucket.partition(":")[0]))
        if day is not None:
            yield day


def exhausted_until(response: Response) -> datetime | None:
    """When the windows that are used up are over, the latest of them; None where no header says so."""
    prefixes = ("x-rate-limit", *(prefix for prefix, _ in _DAILY))
    told = [_reading(response, prefix, "") for prefix in prefixes]
    ends = [reading.resets_at for reading in told if reading and reading.remaining == 0 and reading.resets_at]
    return max(ends, default=None)


def _window_bucket(response: Response) -> str | None:
    spent = response.request.spends if response.request is not None else {}
    return next((bucket for bucket in spent if not bucket.endswith("-day")), None)


def _reading(response: Response, prefix: str, bucket: str) -> LimitReading | None:
    limit = _number(response, f"{prefix}-limit")
    remaining = _number(response, f"{prefix}-remaining")
    reset = _number(response, f"{prefix}-reset")
    if limit is None and remaining is None and reset is None:
        return None
    resets_at = None if reset is None else _moment(reset)
    return LimitReading(bucket=bucket, limit=limit, remaining=remaining, resets_at=resets_at)


def _number(response: Response, name: str) -> int | None:
    value = response.headers.get(name, "").strip()
    return int(value) if value.isascii() and value.isdigit() else None


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None  # a number that is no time tells nothing
