"""Ids of Mastodon's servers, and the time that is in those of statuses. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from socialdesk.models import ExternalId

__all__ = ["id_at", "media_id", "moment_of", "newest", "order_of", "passed", "post_id", "user_id"]

post_id = ExternalId.maker("mastodon", "post")
user_id = ExternalId.maker("mastodon", "user")
media_id = ExternalId.maker("mastodon", "media")

# The upper bits of Mastodon's own ids are milliseconds since 1970; other servers number otherwise.
_SHIFT = 16
_LONGEST = 18
"""How many digits an id has at most, for a century and by any server's way of numbering."""
_FIRST = datetime(2016, 1, 1, tzinfo=timezone.utc)
_LAST = datetime(2100, 1, 1, tzinfo=timezone.utc)


def order_of(told: str) -> tuple[int, str]:
    """What ids of one server are compared by: as numbers where they are numbers, as text of one length otherwise."""
    return len(told), told


def passed(ids: Iterable[str], now: datetime) -> list[str]:
    """Those of the ids that can have been given by now. Another is no position: nothing would ever come after it."""
    latest = now + timedelta(minutes=5)  # clocks differ
    return [
        one
        for one in ids
        if not (one.isdigit() and len(one) > _LONGEST)
        and ((moment := moment_of(one)) is None or moment <= latest)
    ]


def newest(ids: Iterable[str]) -> str | None:
    return max(ids, key=order_of, default=None)


def moment_of(told: str) -> datetime | None:
    """When a status was written, by its id; None where the id holds no time."""
    if not (told.isascii() and told.isdigit()) or len(told) > 19:
        return None
    moment = datetime.fromtimestamp(0, timezone.utc) + timedelta(milliseconds=int(told) >> _SHIFT)
    return moment if _FIRST <= moment < _LAST else None


def id_at(moment: datetime) -> str:
    """The lowest id of a status written at ``moment``."""
    return str(int(moment.timestamp() * 1000) << _SHIFT)
