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

__all__ = ["Backoff"]


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
