"""A clock that moves only when told, for tests in which days pass in a moment."""

from __future__ import annotations

import hashlib
import itertools
from datetime import datetime, timedelta, timezone

START = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
"""Where a virtual clock stands at first, unless told otherwise."""


class VirtualClock:
    """Time and chance that a test is master of.

    Used directly it stands still until :meth:`sleep` or :meth:`advance` moves it. After :meth:`run` it goes with
    real time plus an offset, which the same two methods move; it never goes back. Not for measuring.
    """

    def __init__(self, start: datetime | None = None, *, seed: int = 0) -> None:
        self.start = (start or START).astimezone(timezone.utc)
        self.seed = seed
        self.reset()

    def reset(self) -> None:
        """Stand still at the start again, with the same nonces to come."""
        self._at = self.start
        self._offset: timedelta | None = None
        self._drawn = itertools.count()

    @property
    def runs(self) -> bool:
        """Whether the clock goes with real time."""
        return self._offset is not None

    def run(self) -> None:
        """Go with real time from here on; where the clock is ahead of it, it stays ahead by as much."""
        if self._offset is None:
            self._offset = max(self._at - datetime.now(timezone.utc), timedelta())

    def now(self) -> datetime:
        """The moment that the clock shows: aware, UTC."""
        if self._offset is None:
            return self._at
        return datetime.now(timezone.utc) + self._offset

    def monotonic(self) -> float:
        """Seconds since the clock's start."""
        return (self.now() - self.start).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Move the clock on by so many seconds, at once. Raises ValueError where they are negative."""
        self.advance(seconds=seconds)

    async def asleep(self, seconds: float) -> None:
        """As :meth:`sleep`, for those who await."""
        self.advance(seconds=seconds)

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        """Move the clock on and tell what it shows then. Raises ValueError where that would be backwards."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ValueError("a clock does not go backwards")
        if self._offset is None:
            self._at += step
        else:
            self._offset += step
        return self.now()

    def agrees(self, moment: datetime, tolerance: timedelta) -> bool:
        """Whether a client that takes it to be ``moment`` is right within ``tolerance``.

        Where the clock runs, real time is right too: a client at the other end of a real connection knows nothing
        of the offset.
        """
        right = [self.now()] if self._offset is None else [self.now(), self.now() - self._offset]
        return any(abs(moment - now) <= tolerance for now in right)

    def nonce(self) -> bytes:
        """Sixteen bytes that look random; the same seed gives the same ones in the same order."""
        return hashlib.sha256(f"nonce:{self.seed}:{next(self._drawn)}".encode()).digest()[:16]
