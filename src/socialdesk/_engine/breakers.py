"""Circuit breakers: a host that does not answer is left alone, and tried again by one worker at a time. Pure.

After :data:`OPENS_AFTER` requests in a row that a host did not answer, whoever made them, nothing is asked of it but
one request at a time by one worker, after pauses that double. Its first answer ends that, whatever it says: a host that
refuses one account is up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from socialdesk.auth import Stamp
from socialdesk.errors import PlatformError, Unavailable

__all__ = ["OPENS_AFTER", "Breaker", "Consult", "Gate", "HostNote", "Inquiry"]

OPENS_AFTER = 5
FIRST_PAUSE, SHORTEST_PAUSE, LONGEST_PAUSE = 10.0, 5.0, 120.0
"""Seconds: a random share is taken of a pause that begins with the first, but no less than the second."""
LOOK_AGAIN = timedelta(seconds=5)
"""When to come back while another worker tries."""
NOBODY_TRIES_FOR = timedelta(seconds=60)
"""For how long others wait for one who tries without a run of its own, so that its end cannot be seen."""
TOLD_AT_MOST = timedelta(hours=1)

Alive = Callable[[str | None], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostNote:
    """What became of requests to a host: whether it ``answered``, and how many ``failures`` came after that.

    ``owner`` is the run that asked, None where it was none. ``chance`` is a random share from 0 to 1, ``told`` when the
    host said that it will be back.
    """

    platform: str
    host: str
    owner: str | None = None
    answered: bool = False
    failures: int = 0
    problem: str = ""
    chance: float = 0.0
    told: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What is known of a host that did not answer lately: ``failures`` in a row, and of one that is left alone since
    ``opened_at``, when it is tried again, for the how manieth time, and which run does so now."""

    failures: int = 0
    opens: int = 0
    opened_at: datetime | None = None
    probe_at: datetime | None = None
    problem: str = ""
    owner: str | None = None

    def waits(self, now: datetime, owner: str | None, alive: Alive) -> datetime | None:
        """None where this run may ask now, else when to come back."""
        if self.opened_at is None:
            return None
        if self.probe_at is not None and self.probe_at > now:
            return self.probe_at
        if self.owner is not None and self.owner != owner and alive(self.owner):
            return now + LOOK_AGAIN
        return None

    def tried(self, now: datetime, owner: str | None) -> Breaker:
        """With this run trying now."""
        if self.opened_at is None:
            return self
        return replace(
            self, owner=owner, probe_at=self.probe_at if owner is not None else now + NOBODY_TRIES_FOR
        )

    def noted(self, note: HostNote, now: datetime) -> Breaker | None:
        """After what became of requests; None where nothing is wrong with the host.

        While it is left alone, only who was to try it decides when it is tried again: what others had under way is
        counted, and no more.
        """
        before = Breaker() if note.answered else self
        if not note.failures:
            return None if note.answered else before
        counted = replace(before, failures=before.failures + note.failures, problem=note.problem)
        overdue = before.opened_at is not None and before.owner != note.owner
        if counted.failures < OPENS_AFTER or overdue:
            return counted
        whole = min(FIRST_PAUSE * 2.0 ** min(before.opens, 10), LONGEST_PAUSE)
        probe_at = now + timedelta(seconds=max(SHORTEST_PAUSE, whole * note.chance))
        if note.told is not None:
            probe_at = max(probe_at, min(note.told, now + TOLD_AT_MOST))
        opened_at = before.opened_at or now
        return replace(counted, opens=before.opens + 1, opened_at=opened_at, probe_at=probe_at, owner=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """May this run ask a host that is in trouble? With what became of its last requests, which is taken in first."""

    note: HostNote
    now: datetime


Consult = Callable[[Inquiry], Awaitable[Breaker | None]]
"""A store call that gives the breaker that holds this run up, None where it may ask."""


class Gate:
    """What one run knows of the hosts that it asks. While all is well nobody is consulted, and nothing is told.

    ``troubled`` are the hosts that did not answer lately, as they stood when the account was opened.
    """

    def __init__(
        self,
        platform: str = "",
        owner: str | None = None,
        troubled: Iterable[str] = (),
        consult: Consult | None = None,
    ) -> None:
        self._blank = HostNote(platform=platform, host="", owner=owner)
        self._troubled = set(troubled)
        self._consult = consult
        self._notes: dict[str, HostNote] = {}
        self._chance = 0.0

    async def admit(self, host: str, stamp: Stamp) -> Unavailable | None:
        """None where the host may be asked now; else why not, and when to come back."""
        self._chance = stamp.fraction
        if self._consult is None or host not in self._troubled:
            return None
        note = self._notes.pop(host, None) or replace(self._blank, host=host)
        breaker = await self._consult(Inquiry(note=note, now=stamp.now))
        if breaker is None:
            return None
        words = f"{host} does not answer, so that it is left alone for a while: {breaker.problem}"
        error = Unavailable(words, scope="stream", retry_at=breaker.probe_at)
        error.held = True
        return error

    def failed(self, host: str, error: PlatformError) -> None:
        """No answer came, or one that says that the host is down."""
        note = self._notes.get(host) or replace(self._blank, host=host)
        self._notes[host] = replace(
            note,
            failures=note.failures + 1,
            problem=str(error),
            chance=self._chance,
            told=error.retry_at,
        )
        self._troubled.add(host)

    def answered(self, host: str) -> None:
        """An answer came, of whatever kind."""
        if host in self._troubled:
            self._troubled.discard(host)
            self._notes[host] = replace(self._blank, host=host, answered=True)

    @property
    def owes(self) -> bool:
        """Whether anything is to be told."""
        return self._consult is not None and bool(self._notes)

    def notes(self) -> tuple[HostNote, ...]:
        """What became of requests since this was last said, where that matters to others."""
        told, self._notes = self._notes, {}
        return tuple(note for _, note in sorted(told.items()))
