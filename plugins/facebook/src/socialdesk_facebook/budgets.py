"""Facebook's limits, and what its answers tell of them: percents of what is allowed, and minutes to wait.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import orjson

from socialdesk.connector import Limit, LimitReading
from socialdesk.wire import Response

__all__ = ["LIMITS", "readings", "spends", "told_wait"]

LIMITS: tuple[Limit, ...] = (
    Limit(120, per=60.0, bucket="conversations"),  # two in a second
    Limit(750, per=3600.0, bucket="private_replies"),
)
"""What Facebook publishes as numbers. How many calls a Page has depends on how many people deal with it, which only
the headers of the answers tell, in percent."""

_COUNTED = ("call_count", "total_cputime", "total_time")
_APP, _PAGE, _BUSINESS = "x-app-usage", "x-page-usage", "x-business-use-case-usage"


def spends(bucket: str, *more: str) -> dict[str, int]:
    """The buckets that a call draws on: ``pages`` or ``messenger`` and the app's, of which only Facebook knows what one
    takes, and ``more``, which are counted in calls."""
    return {bucket: 0, "app": 0, **dict.fromkeys(more, 1)}


def readings(response: Response) -> Iterator[LimitReading]:
    """What any answer tells of limits."""
    used: dict[str, int] = {}
    minutes: dict[str, float] = {}
    for bucket, told in _told(response):
        counts = [number for name in _COUNTED if (number := _number(told.get(name))) is not None]
        if counts:
            used[bucket] = max(used.get(bucket, 0), *(int(count) for count in counts))
        wait = _number(told.get("estimated_time_to_regain_access"))
        if wait:
            minutes[bucket] = max(minutes.get(bucket, 0.0), wait)
    for bucket in dict.fromkeys((*used, *minutes)):
        until = None
        if bucket in minutes and response.received_at is not None:
            until = response.received_at + timedelta(minutes=minutes[bucket])
        yield LimitReading(
            bucket=bucket,
            limit=100 if bucket in used else None,
            used=min(used[bucket], 100) if bucket in used else None,
            blocked_until=until,
            shared_by="app" if bucket == "app" else None,
        )


def told_wait(response: Response) -> timedelta | None:
    """How long to wait until calls are taken again, the longest that the answer tells; None where it tells nothing."""
    waits = [_number(told.get("estimated_time_to_regain_access")) for _, told in _told(response)]
    longest = max((wait for wait in waits if wait), default=None)
    return None if longest is None else timedelta(minutes=longest)


def _told(response: Response) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(bucket, what is told of it) for each limit that the headers name."""
    for header, bucket in ((_APP, "app"), (_PAGE, "pages")):
        told = _parsed(response, header)
        if told:
            yield bucket, told
    business = _parsed(response, _BUSINESS)
    path = "" if response.request is None else response.request.path
    named = path.replace("_", "/").split("/")
    own = [told for page, told in business.items() if page in named]  # there may be other Pages' beside it
    for several in own or business.values():
        for told in several if isinstance(several, list) else ():
            if isinstance(told, Mapping) and isinstance(told.get("type"), str):
                yield told["type"].lower(), told


def _parsed(response: Response, header: str) -> Mapping[str, Any]:
    try:
        told = orjson.loads(response.headers.get(header, ""))
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, Mapping) else {}


def _number(told: Any) -> float | None:
    """A number of a header, which is a percent or minutes; None where it is none that a clock could take."""
    if isinstance(told, str) and told.strip().isascii() and told.strip().isdigit():
        told = int(told)
    if isinstance(told, bool) or not isinstance(told, (int, float)) or not 0 <= told < _LARGEST:
        return None
    return float(told)


_LARGEST = 1_000_000.0
