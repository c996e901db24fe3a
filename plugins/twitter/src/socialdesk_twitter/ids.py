"""X's ids, which hold the time at which they were given. Pure.

https://docs.x.com/x-api/fundamentals/x-ids
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from socialdesk.models import ExternalId

__all__ = ["id_at", "is_given", "media_id", "message_id", "moment_of", "post_id", "user_id"]

post_id = ExternalId.maker("twitter", "post")
user_id = ExternalId.maker("twitter", "user")
media_id = ExternalId.maker("twitter", "media")
message_id = ExternalId.maker("twitter", "message")

# The upper bits of an id are milliseconds since this moment.
_EPOCH_MS = 1_288_834_974_657
_ID_SHIFT = 22


def moment_of(told: str) -> datetime:
    """When an id was given (aware, UTC), which is in the id itself; ids from before November 2010 give that month."""
    milliseconds = (int(told) >> _ID_SHIFT) + _EPOCH_MS
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)


def is_given(told: str, now: datetime) -> bool:
    """Whether an id can have been given by now. One that cannot is no position: nothing would ever come after it."""
    if not (told.isascii() and told.isdigit()):
        return False  # int() takes spaces, signs and other scripts' digits, too
    try:
        return moment_of(told) <= now + timedelta(minutes=5)  # clocks differ
    except (ValueError, OverflowError):
        return False


def id_at(moment: datetime) -> str:
    """The lowest id that could have been given at ``moment``: the inverse of :func:`moment_of`."""
    milliseconds = int(moment.timestamp() * 1000)
    return str(max(0, milliseconds - _EPOCH_MS) << _ID_SHIFT)
