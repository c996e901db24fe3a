"""What an HTTP status means where the plugin has no word on it (RFC 9110, 15). Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from socialdesk.connector import LimitReading
from socialdesk.errors import (
    AuthError,
    PlatformError,
    RateLimited,
    Rejected,
    Unavailable,
)
from socialdesk.wire import Response

__all__ = ["PAUSE_WITHOUT_HINT", "by_status", "retry_after", "told_reset"]

PAUSE_WITHOUT_HINT = timedelta(seconds=60)


_REJECTED = {
    400: ("unsupported", "The platform does not understand the request"),
    403: ("not_permitted", "The platform does not permit this"),
    404: ("gone", "The platform does not know this, or no more"),
    410: ("gone", "This is gone"),
    413: ("too_long", "This is too large"),
    422: ("content", "The platform does not take this content"),
}


def by_status(response: Response, now: datetime) -> PlatformError | None:
    """What a status means where the plugin has no word on it (RFC 9110, 15)."""
    status = response.status
    if status < 400:
        return None
    code = str(status)
    if status == 401:
        return AuthError(code=code)
    if status == 429:
        return RateLimited(code=code)  # when to come back is read from all that the answer tells
    if status == 408 or status >= 500:
        return Unavailable(
            f"The platform answered HTTP {status}.",
            retry_at=retry_after(response, now),
            scope="stream",
            code=code,
        )
    reason, words = _REJECTED.get(status, ("unsupported", "The platform refuses this"))
    return Rejected(reason, f"{words} (HTTP {status}).", code=code)  # type: ignore[arg-type]  # keys of a table


def retry_after(response: Response, now: datetime) -> datetime | None:
    """Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    try:
        if value.isdigit():
            return now + timedelta(seconds=int(value))
        moment = parsedate_to_datetime(value) if value else None
    except (ValueError, OverflowError):
        return None
    return moment if moment is None or moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo)


def told_reset(readings: tuple[LimitReading, ...], now: datetime) -> datetime | None:
    """When the windows that are used up, as this answer tells, begin anew."""
    ends = [reading.blocked_until or reading.resets_at for reading in readings if not reading.remaining]
    return max((end for end in ends if end is not None and end > now), default=None)
