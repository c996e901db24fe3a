"""How long to wait before asking again. Only requests that read are ever repeated here.

The curve is tenacity's; the count, the clock and the jitter are ours, so that a virtual clock sees every wait and a
simulation repeats exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tenacity import RetryCallState, wait_exponential
from tenacity.wait import wait_base

from socialdesk.auth import Stamp

__all__ = ["Backoff", "Repeats"]

REPEATED_SHARE, REPEATED_AT_ONCE = 0.1, 10


@dataclass(frozen=True, slots=True)
class Backoff:
    """``attempts`` in all, with waits along ``curve``, of which a random share is taken ("full jitter")."""

    attempts: int = 4
    curve: wait_base = field(default_factory=lambda: wait_exponential(multiplier=0.25, max=60))

    def seconds(self, attempt: int, stamp: Stamp) -> float:
        """The wait after the ``attempt``-th failure (from 1), in seconds."""
        state = RetryCallState(None, None, (), {})  # type: ignore[arg-type]  # the curve reads the count alone
        state.attempt_number = attempt
        return self.curve(state) * stamp.fraction

    def moment(self, attempt: int, stamp: Stamp) -> datetime:
        """When to try again after the ``attempt``-th failure."""
        return stamp.now + timedelta(seconds=self.seconds(attempt, stamp))


class Repeats:
    """How often requests may be repeated, for each host: one for every ten that are made, and ten more.

    So a host that fails is hardly asked more often than one that does not. What is not used is not saved up beyond ten.
    It is kept in memory, for all that a client or a desk does in one process; threads that ask in the very same moment
    may be given one more.
    """

    def __init__(self) -> None:
        self._left: dict[str, float] = {}

    def asked(self, host: str) -> None:
        """A request is made that is no repeat."""
        self._left[host] = min(self._left.get(host, REPEATED_AT_ONCE) + REPEATED_SHARE, REPEATED_AT_ONCE)

    def take(self, host: str) -> bool:
        """Whether a request may be repeated: then it counts as repeated."""
        left = self._left.get(host, REPEATED_AT_ONCE)
        if left < 1:
            return False
        self._left[host] = left - 1
        return True
