"""What of a listing is known to have been heard: from the walks that were made to spans of time. Pure.

A walk that came to its end has read all that the platform told between the position of the walk before and the moment
at which its first page was asked for. So the ledger of a listing grows by one stretch with each whole walk, and nothing
is claimed by a walk that was cut off before it is taken up again and ends. Neither is by a backfill before its end; it
makes gaps shorter, and the ledger no longer. Times are microseconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, get_args

import orjson

from socialdesk.connector import Page, Stream

__all__ = [
    "Cover",
    "CoverReason",
    "Covered",
    "Filled",
    "Span",
    "Trail",
    "extended",
    "filled",
    "lateness",
    "opened",
    "paint",
]

Cover = Literal["complete", "best_effort", "gap"]
CoverReason = Literal["first_connect", "horizon", "downtime", "incomplete", "noticed", "late", "aside"]
"""Why a span is not complete: hearing began after it; the platform tells nothing so far back, while the desk was at
work, or after it had been away; the platform is known to leave things out; it said itself that something is amiss;
something may still show late, which the next sweep looks for; or some of what a backfill read there lies aside."""

MOST_SPANS = 200
"""Spans that are kept of a listing; the oldest are joined, as the worse of them."""
AWAY = 3_600_000_000
"""Microseconds since the last whole walk from which on the desk had been away."""
_RANK: dict[str, int] = {"gap": 0, "best_effort": 1, "complete": 2}


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` (0: since ever) until before ``end``: how much of it was heard, and why not all."""

    start: int
    end: int
    state: Cover
    reason: CoverReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What a whole walk proves: all until ``until``, from where the walk before left off, or where ``horizon`` is true
    from ``low`` on (None: from nowhere). ``start`` says from where on in words of time, for a walk without one before.
    ``flaw`` is why it is best effort only. What was written before ``settled`` shows by now, if it shows at all (None:
    before ``until``); ``sweeps`` says that the walk looked for what showed late since the last one that did."""

    until: int
    settled: int | None = None
    sweeps: bool = False
    start: int | None = None
    low: int | None = None
    horizon: bool = False
    flaw: CoverReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a whole backfill proves: that all from ``start`` until before ``end`` was read. What lies behind ``settled``
    may still show late; ``flaw`` is why it is best effort only."""

    start: int
    end: int
    settled: int
    flaw: CoverReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A walk under way: when its first page was asked for, the newest thing on its lowest page, and what is amiss.

    The newest and not the oldest, since one old thing among new ones must not pass for having walked so far.
    """

    begun: int
    low: int | None = None
    flaw: CoverReason | None = None

    def dumps(self) -> str:
        return orjson.dumps([self.begun, self.low, self.flaw]).decode()

    @classmethod
    def loads(cls, text: str | None) -> Trail | None:
        """Read :meth:`dumps`'s text; None where there is none."""
        if not text:
            return None
        begun, low, flaw = orjson.loads(text)
        return cls(begun=begun, low=low, flaw=flaw if flaw in get_args(CoverReason) else None)

    def over(self, page: Page, times: Iterable[int], flaw: CoverReason | None = None) -> Trail:
        """The trail after another page, on which these times were told; ``flaw`` is what else is amiss with it."""
        amiss = any(notice.scope == "stream" for notice in page.notices)
        flaw = self.flaw or ("noticed" if amiss else flaw)
        return replace(self, low=max(times, default=self.low), flaw=flaw)

    def ended(self, page: Page, stream: Stream, *, back_to: int | None, sweeps: bool) -> Covered:
        """What the walk proves, now that this was its last page."""
        late = round(stream.overlap * 1_000_000)
        return Covered(
            until=self.begun - late,
            settled=self.begun - lateness(stream),
            sweeps=sweeps,
            start=back_to,
            # what showed before the newest thing there was written until so much later than it, and before the look
            low=(self.begun if self.low is None else min(self.low + late, self.begun)) + 1,
            horizon=page.end == "horizon",
            flaw=self._flaw(stream),
        )

    def filled(self, stream: Stream, *, since: int, until: int | None, horizon: bool) -> Filled:
        """What a backfill from ``since`` to ``until`` (None: to when it began) proves, now that it is whole.

        It read on for as long as things may show late, at both ends, so that what is claimed begins and ends where it
        was asked to. Where it met the ``horizon``, the claim begins above the newest thing on the lowest page, and is
        best effort: that nothing newer lies below is only so where a listing runs by time.
        """
        late = round(stream.overlap * 1_000_000)
        end = self.begun if until is None else until + 1
        lowest = self.begun if self.low is None else self.low + late + 1
        return Filled(
            start=max(since, lowest) if horizon else since,
            end=min(end, self.begun - late),
            settled=min(end, self.begun - lateness(stream)),
            flaw=self._flaw(stream) or ("horizon" if horizon else None),
        )

    def _flaw(self, stream: Stream) -> CoverReason | None:
        return self.flaw or (None if stream.complete else "incomplete")


def lateness(stream: Stream) -> int:
    """By how many microseconds what is written may show late at the utmost."""
    latest = stream.late if stream.walks[0] == "new" else 0
    return round(max(stream.overlap, latest) * 1_000_000)


def filled(spans: Sequence[Span], walk: Filled) -> tuple[Span, ...]:
    """The ledger after a whole backfill. Nothing that was known before becomes less known.

    It ends where it ended: what comes after that is for live polling to tell, which goes on from there. So a listing
    that was never polled whole has no ledger after a backfill either.
    """
    known = max((span.end for span in spans), default=0)
    end = min(walk.end, known)
    if walk.flaw is not None:
        return _bounded(paint(spans, Span(walk.start, end, "best_effort", walk.flaw)))
    spans = paint(spans, Span(walk.start, min(walk.settled, end), "complete"))
    return _bounded(paint(spans, Span(walk.start, end, "best_effort", "late")))


def extended(spans: Sequence[Span], walk: Covered) -> tuple[Span, ...]:
    """The ledger after one more whole walk. Nothing that was known before becomes less known."""
    known = max((span.end for span in spans), default=None)
    if known is None:
        start = _beginning(walk)
        before: Cover = "gap" if walk.start is not None else "best_effort"
        spans = paint((), Span(0, start, before, "first_connect")) if start > 0 else ()
    else:
        start = known
    if walk.horizon:
        reached = (
            walk.until if walk.low is None else max(walk.low, start)
        )  # also what it lost of the last moments
        away = known is not None and walk.until - known > AWAY
        spans = paint(spans, Span(start, reached, "gap", "downtime" if away else "horizon"))
        start = reached
    if walk.flaw is not None:
        return _bounded(paint(spans, Span(start, walk.until, "best_effort", walk.flaw)))
    settled = walk.until if walk.settled is None else walk.settled
    if known is None or settled >= walk.until:
        spans = paint(spans, Span(start, settled, "complete"))
    spans = paint(spans, Span(start, walk.until, "best_effort", "late"))
    if walk.sweeps and not walk.horizon:
        for span in [each for each in spans if each.reason == "late"]:
            spans = paint(spans, Span(span.start, min(span.end, settled), "complete"))
    return _bounded(spans)


def _beginning(walk: Covered) -> int:
    """From where on a first walk can have heard all: what was asked for, else the lowest page that it came to."""
    if walk.start is not None:
        return walk.start
    return walk.until if walk.low is None else min(walk.low, walk.until)


def paint(spans: Sequence[Span], new: Span) -> tuple[Span, ...]:
    """The spans with another one laid over them; where two lie over one another, the one that knows more stands."""
    if new.end <= new.start:
        return tuple(spans)
    layers = (*spans, new)
    edges = sorted({edge for span in layers for edge in (span.start, span.end)})
    pieces: list[Span] = []
    for start, end in pairwise(edges):
        over = [span for span in layers if span.start <= start and end <= span.end]
        if not over:
            continue
        best = max(over, key=lambda span: _RANK[span.state])
        last = pieces[-1] if pieces else None
        if last is not None and (last.end, last.state, last.reason) == (start, best.state, best.reason):
            pieces[-1] = replace(last, end=end)
        else:
            pieces.append(replace(best, start=start, end=end))
    return tuple(pieces)


def _bounded(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    while len(spans) > MOST_SPANS:
        first, second, *rest = spans
        worse = min((first, second), key=lambda span: _RANK[span.state])
        spans = (replace(worse, start=first.start, end=second.end), *rest)
    return spans


def opened(before: Sequence[Span], after: Sequence[Span]) -> tuple[Span, ...]:
    """The gaps that opened; one that only grew did not. What lies before the first connect is no gap that opened:
    nobody asked for it."""
    old = [span for span in before if span.state == "gap"]
    new = [span for span in after if span.state == "gap" and span.reason != "first_connect"]
    return tuple(span for span in new if not any(_touch(span, other) for other in old))


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
