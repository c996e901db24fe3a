"""YouTube's ids and times. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from socialdesk.models import ExternalId

__all__ = [
    "VIDEO_LENGTH",
    "channel_id",
    "comment_id",
    "has_come",
    "moment_of",
    "thread_of",
    "video_id",
    "written",
]

channel_id = ExternalId.maker("youtube", "channel")
comment_id = ExternalId.maker("youtube", "comment")
video_id = ExternalId.maker("youtube", "video")

VIDEO_LENGTH = 11
"""How many characters a video's id has; a comment's has more."""


def thread_of(comment: str) -> str:
    """The thread that a comment stands in: a reply's id is the thread's, a dot, and its own."""
    return comment.partition(".")[0]


def moment_of(told: str) -> datetime:
    """A time as YouTube writes it, with or without a fraction of a second: aware, UTC. Raises ValueError where it is
    none that is to be understood."""
    found = datetime.fromisoformat(told)
    if found.tzinfo is None:
        raise ValueError("this time has no zone")  # and is not this machine's
    try:
        return found.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("this time is of no year that there is") from None


def has_come(moment: datetime, now: datetime) -> bool:
    """Whether a moment can be a position: of one that is still to come, nothing would ever be newer."""
    return moment <= now + timedelta(minutes=5)  # clocks differ


def written(moment: datetime) -> str:
    """A moment as YouTube takes it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
