"""Times and names that the platform gives out: post ids hold the moment at which they were made.

A recorded post id, shifted right by 20 bits, is the number of milliseconds between 9 September 2001 and its making.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta, timezone

EPOCH_MS = 1_000_000_000_000
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def number_at(moment: datetime) -> int:
    """The lowest post id that can have been given out at a moment."""
    return max(0, int(moment.timestamp() * 1000) - EPOCH_MS) << 20


def seconds(moment: datetime) -> int:
    """A moment in whole Unix seconds."""
    return int(moment.timestamp())


def microseconds(moment: datetime) -> int:
    """A moment in whole Unix microseconds."""
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return since // timedelta(microseconds=1)


def date_text(moment: datetime) -> str:
    """A moment as posts tell it: in Greenwich's time, by the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S GMT")


def made_up(label: str, length: int) -> str:
    """Letters and digits that only ``label`` decides."""
    digest = hashlib.shake_256(label.encode()).digest(length)
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest)


def uuid_of(label: str) -> str:
    """A blog's UUID: ``t:`` and 22 characters."""
    digest = hashlib.sha256(f"uuid:{label}".encode()).digest()[:16]
    return "t:" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def midnight_eastern(now: datetime) -> datetime:
    """The next midnight of New York, whose calendar days are those of the daily limits."""
    for hours in (4, 5):
        local = now.astimezone(timezone.utc) - timedelta(hours=hours)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        at = midnight + timedelta(hours=hours)
        if _summer(at) == (hours == 4):
            return at
    raise AssertionError("one of the two offsets holds at any moment")


def _summer(at: datetime) -> bool:
    """Whether New York has summer time: from the second Sunday of March to the first one of November."""
    begins = datetime(at.year, 3, 8, 7, tzinfo=timezone.utc)
    ends = datetime(at.year, 11, 1, 6, tzinfo=timezone.utc)
    return _sunday(begins) <= at < _sunday(ends)


def _sunday(at: datetime) -> datetime:
    return at + timedelta(days=(6 - at.weekday()) % 7)
