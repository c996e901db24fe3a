"""The limits that Mastodon publishes, and what its answers tell of them. Pure.

The headers show whichever limit is closest, without its name: what an answer tells is taken for the bucket that its
request drew on. Each request draws on one, so that a limit on posting that lasts for hours never stops the reading.

https://docs.joinmastodon.org/api/rate-limits/
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

from socialdesk.connector import Limit, LimitReading
from socialdesk.wire import Response

__all__ = ["LIMITS", "readings"]

LIMITS = (
    Limit(300, per=300, bucket="api"),
    # what lists beyond a first page: not in the documentation, but in the server's own configuration
    Limit(300, per=900, bucket="paged"),
    Limit(300, per=10_800, bucket="statuses"),
    Limit(30, per=1_800, bucket="media"),
    Limit(30, per=1_800, bucket="delete"),
)
"""Every limit that is declared; the answers' headers correct them."""

_LATEST = 4_102_444_800  # a number of seconds beyond 2100 is no time


def readings(response: Response) -> Iterator[LimitReading]:
    """What any answer tells of the bucket that its request drew on."""
    spent = response.request.spends if response.request is not None else {}
    bucket = next(iter(spent), None)
    limit, remaining = _number(response, "limit"), _number(response, "remaining")
    resets_at = _moment(response.headers.get("x-ratelimit-reset", ""))
    if bucket is None or (limit is None and remaining is None and resets_at is None):
        return
    yield LimitReading(bucket=bucket, limit=limit, remaining=remaining, resets_at=resets_at)


def _number(response: Response, name: str) -> int | None:
    value = response.headers.get(f"x-ratelimit-{name}", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _moment(told: str) -> datetime | None:
    """When a window begins anew: Mastodon writes a date (ISO 8601), GoToSocial seconds since 1970."""
    told = told.strip()
    if told.isascii() and told.isdigit():
        seconds = int(told)
        return datetime.fromtimestamp(seconds, timezone.utc) if 0 < seconds < _LATEST else None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    return moment.astimezone(timezone.utc) if moment.tzinfo is not None else None
