"""Times and the numbers that tell them: X's ids hold the moment at which they were given out."""

from __future__ import annotations

from datetime import datetime, timezone

EPOCH_MS = 1288834974657


def to_ms(moment: datetime) -> datetime:
    """A moment in UTC, in whole milliseconds."""
    moment = moment.astimezone(timezone.utc)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def instant(number: int) -> datetime:
    """The moment at which a number was given out."""
    return datetime.fromtimestamp(((number >> 22) + EPOCH_MS) / 1000, timezone.utc)


def stamp(moment: datetime) -> str:
    """A moment as X writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def number_at(moment: datetime) -> int:
    """The lowest number that can have been given out at a moment."""
    return max(0, int(moment.timestamp() * 1000) - EPOCH_MS) << 22
