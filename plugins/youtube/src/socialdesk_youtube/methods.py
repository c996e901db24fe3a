"""The methods of YouTube's API that are used, and what each costs of the project's daily quota.

No answer tells what is left: what is spent is counted here, and shared by all accounts of one project. The day ends
at midnight Pacific time. A search draws on a bucket of its own.

https://developers.google.com/youtube/v3/determine_quota_cost
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from socialdesk.connector import Limit

__all__ = ["METHODS", "SEARCHES", "UNITS", "Method", "limits", "next_day", "spends"]

UNITS = "units"
SEARCHES = "searches"
_PACIFIC = "America/Los_Angeles"


@dataclass(frozen=True, slots=True)
class Method:
    """How a method is called; ``units`` is what one call costs, as YouTube publishes it."""

    verb: str
    path: str
    units: int


_READ, _WRITE = 1, 50

METHODS: Mapping[str, Method] = {
    "channels.list": Method("GET", "channels", _READ),
    "commentThreads.list": Method("GET", "commentThreads", _READ),
    "commentThreads.insert": Method("POST", "commentThreads", _WRITE),
    "comments.list": Method("GET", "comments", _READ),
    "comments.insert": Method("POST", "comments", _WRITE),
    "comments.update": Method("PUT", "comments", _WRITE),
    "comments.delete": Method("DELETE", "comments", _WRITE),
    "comments.setModerationStatus": Method("POST", "comments/setModerationStatus", _WRITE),
    "search.list": Method("GET", "search", 0),  # since 2026 a call of its own bucket; it was 100 units before
    "videos.list": Method("GET", "videos", _READ),
}


def spends(method: str, costs: Mapping[str, int]) -> dict[str, int]:
    """What one call of a method draws on; ``costs`` are units that are not the published ones."""
    units = costs.get(method, METHODS[method].units)
    spent = {UNITS: units} if units else {}
    if method == "search.list":
        spent[SEARCHES] = 1
    return spent


def limits(units: int, searches: int) -> tuple[Limit, ...]:
    """What a project may spend in a day."""
    return (
        Limit(units, per="day", tz=_PACIFIC, bucket=UNITS, shared_by="app"),
        Limit(searches, per="day", tz=_PACIFIC, bucket=SEARCHES, shared_by="app", replies=False),
    )


def next_day(now: datetime) -> datetime:
    """When the quota is whole again: the next midnight Pacific time."""
    local = now.astimezone(ZoneInfo(_PACIFIC))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight.replace(fold=0).astimezone(now.tzinfo)
