"""How far a post reaches, how far it has spread and how fast it grows: counts, their growth, and both in words.

A count that the platform did not tell is no zero: it gives no points and no reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10

from socialdesk.models import Mention, Metrics

__all__ = ["Growth", "counted", "grown", "in_words", "scaled", "span_in_words", "spread_of"]

_LARGE = ((1_000_000_000, 1_000_000_000, "bn"), (1_000_000, 1_000_000, "M"), (10_000, 1_000, "k"))
"""(from which count on, unit, its name)."""

_MOST = 10**15
"""Larger counts are taken for this one: a float holds it exactly, and nobody has so many."""

_TIMES = {2: "doubled", 3: "tripled", 4: "quadrupled"}
_ENOUGH_TO_MULTIPLY = 10
"""From so many reposts on, "doubled" says something."""


@dataclass(frozen=True, slots=True)
class Growth:
    """So many reposts more in ``span``; ``before`` is how many there were (None: it was new)."""

    more: int
    span: timedelta
    before: int | None = None

    def per_hour(self, shortest: timedelta) -> float:
        """How many an hour, as if no reading came sooner than ``shortest`` after the one before."""
        span = max(self.span, shortest)
        return min(_MOST, max(0, self.more)) * 3600 / span.total_seconds()

    def told(self) -> str:
        """As in "reposts doubled in 10 minutes"."""
        span = span_in_words(self.span)
        if self.before is None:
            return f"{counted(self.more, 'reposts')} in {span}"
        times = (self.before + self.more) // self.before if self.before >= _ENOUGH_TO_MULTIPLY else 1
        if times >= _ENOUGH_TO_MULTIPLY:
            return f"{times:,} times as many reposts in {span}"
        if times > 1:
            return f"reposts {_TIMES.get(times, f'grew {times}-fold')} in {span}"
        return f"{counted(self.more, 'more reposts')} in {span}"


def spread_of(metrics: Metrics) -> int | None:
    """Reposts and quotes together; None where neither was told."""
    told = [max(0, count) for count in (metrics.reposts, metrics.quotes) if count is not None]
    return sum(told) if told else None


def grown(mention: Mention, before: Mention | None) -> Growth | None:
    """How the reposts grew since the last reading, or since it was posted; None where that cannot be told."""
    now, read_at = mention.metrics, _read_at(mention)
    if read_at is None:
        return None
    read_before = None if before is None else _read_at(before)
    if before is not None and read_before is not None:
        then = before.metrics
        pairs = [(now.reposts, then.reposts), (now.quotes, then.quotes)]
        known = [(max(0, new), max(0, old)) for new, old in pairs if new is not None and old is not None]
        if not known:
            return None
        earlier = sum(old for _, old in known)
        return _growth(sum(new for new, _ in known) - earlier, read_before, read_at, earlier)
    spread = spread_of(now)
    if spread is None or mention.created_at is None:
        return None
    return _growth(spread, mention.created_at, read_at, None)


def _read_at(mention: Mention) -> datetime | None:
    """When the counts were told: with the mention, unless they have a time of their own."""
    return mention.metrics.observed_at or mention.observed_at


def _growth(more: int, since: datetime, until: datetime, before: int | None) -> Growth | None:
    span = until - since
    return Growth(more, span, before) if span > timedelta(0) else None


def scaled(count: float | None, unit: float) -> float:
    """A logarithmic measure of a count, from 0 at zero; ``unit`` is where it bends. Never falls as the count grows."""
    return log10(1 + min(_MOST, max(0, count)) / unit) if count else 0.0


def in_words(count: int) -> str:
    """As in "2,000", "48 k" or "1.2 M": cut, never rounded up to more than it is."""
    for least, size, name in _LARGE:
        if count >= least:
            tenths = count * 10 // size
            whole, tenth = divmod(tenths, 10)
            return f"{whole:,}.{tenth} {name}" if tenth and whole < 100 else f"{whole:,} {name}"
    return f"{count:,}"


def counted(count: int, things: str) -> str:
    """As in "1 repost" or "1.2 M followers"; ``things`` is the plural."""
    return f"{in_words(count)} {things.removesuffix('s') if count == 1 else things}"


def span_in_words(span: timedelta) -> str:
    """As in "10 minutes" or "an hour"."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes == 1:
        return "a minute"
    if minutes < 55 or 65 < minutes < 115:
        return f"{minutes} minutes"
    hours = round(minutes / 60)
    if hours < 48:
        return "an hour" if hours == 1 else f"{hours} hours"
    return f"{round(hours / 24):,} days"
