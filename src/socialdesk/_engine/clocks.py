"""How far a platform's clock is ahead of ours, as its answers tell (RFC 9110, 6.6.1; RFC 9111, 5.1). Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from socialdesk.auth import Stamp
from socialdesk.wire import Response

__all__ = ["AGREE", "PlatformClock"]

AGREE = timedelta(seconds=30)
"""By how much two readings may differ and mean the same: an answer may be that long on its way."""


@dataclass
class PlatformClock:
    """A platform's clock beside ours. ``ahead`` is what its latest answer told; nothing until one has."""

    ahead: timedelta = timedelta()

    def stamped(self, stamp: Stamp) -> Stamp:
        """The same stamp by the platform's clock, for what is signed with a time."""
        return replace(stamp, now=stamp.now + self.ahead)

    def differs(self, ahead: timedelta) -> bool:
        """Whether it is ahead by another time than that."""
        return abs(self.ahead - ahead) > AGREE

    def read(self, response: Response, now: datetime) -> None:
        """Take in what an answer that came at ``now`` tells, if it tells anything."""
        told = _moment(response.headers.get("date"))
        if told is None:
            return
        age = response.headers.get("age", "")  # of an answer that something in between had kept
        self.ahead = told + timedelta(seconds=int(age) if age.isdigit() and len(age) < 8 else 0) - now


def _moment(date: str | None) -> datetime | None:
    try:
        told = parsedate_to_datetime(date) if date else None
    except (ValueError, OverflowError):
        return None
    return told if told is not None and told.tzinfo is not None else None
