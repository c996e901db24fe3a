"""One page of a listing of threads: where the walk stands, what of it is new, which threads are to be walked. Pure.

YouTube lists threads by the time of their top comment, newest first, and has no other bound than the page: a walk
begins at the top and ends where what comes is older than what is asked for. A late reply moves no thread, so that a
thread is read again, with its count of replies, for as long as it stands within a walk.

https://developers.google.com/youtube/v3/docs/commentThreads/list
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from socialdesk.connector import Notice, Page, Raw, Topic, Window
from socialdesk_youtube.ids import has_come, moment_of, written
from socialdesk_youtube.joining import at, context, dated, items_of, key_of, of_thread, replies_told, times_of

__all__ = ["LATE", "REPLIES", "Position", "Reach", "begin", "floor_of", "is_deep", "lost", "page_of"]

REPLIES = "replies"
LATE = timedelta(minutes=10)
"""How late a comment may show in a listing, by its own time."""

_DEEP = 10


@dataclass(frozen=True, slots=True)
class Position:
    """Where a walk stands: the token of the next page, the moment above which all is stored, how many pages were read,
    and the first id of the page before."""

    token: str | None = None
    until: str | None = None
    pages: int = 0
    first: str | None = None

    def dumps(self) -> str:
        return orjson.dumps([self.token, self.until, self.pages, self.first]).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far back a walk goes: comments from ``floor`` on are given, threads from ``depth`` on are looked at (None: as
    far as there are any). ``watched`` is how long a thread is watched after its last reply. ``pause`` is how many
    seconds lie between two walks for each page, so that they cost the same however many there are."""

    floor: datetime | None
    depth: datetime | None
    watched: timedelta
    pause: float = 0


def begin(window: Window) -> Position:
    """Where the page that ``window`` asks for stands."""
    if window.page is not None:
        return Position(*orjson.loads(window.page))
    return Position(until=window.until)


def floor_of(window: Window) -> datetime | None:
    """From which moment on comments are asked for."""
    since = None if window.since is None else moment_of(window.since) - LATE
    return max((moment for moment in (since, window.back_to) if moment is not None), default=None)


def page_of(body: Any, position: Position, window: Window, reach: Reach, status: str | None) -> Page:
    """The page that an answer is, in the walk that stood at ``position``."""
    threads = items_of(body)
    times = [told[0] for told in map(_written, threads) if told is not None and has_come(told[0], window.now)]
    token = at(body, "nextPageToken")
    first = next(filter(None, map(key_of, threads)), None)
    ring = first is not None and first == position.first
    done = not token or ring or bool(times and reach.depth is not None and times[-1] < reach.depth)
    after = Position(token, position.until, position.pages + 1, first)
    fresh = [thread for thread in threads if not _is_above(thread, position.until)]
    return Page(
        list(dated(_raws(fresh, reach, status), window.now)),
        next=None if done else after.dumps(),
        resume=written(max(times)) if times and window.walk == "new" else None,
        span=(written(times[-1]), written(max(times))) if times else None,
        end="reached" if done else None,
        topics=tuple(_topics(threads, window.now, reach)),
        again_in=reach.pause * after.pages or None,
    )


def is_deep(position: Position) -> bool:
    """Whether a walk is so far down that a page token which leads nowhere is the end of what YouTube tells."""
    return position.token is not None and position.pages >= _DEEP


def lost(position: Position, threads: str) -> Page:
    """The end of a walk whose next page YouTube does not give."""
    text = f"YouTube does not list {threads} further back than {position.pages} pages just now."
    return Page([], end="horizon", notices=(Notice("horizon", text, scope="stream"),))


def _written(thread: Any) -> tuple[datetime, datetime] | None:
    return times_of(at(thread, "snippet", "topLevelComment"))


def _is_above(thread: Any, until: str | None) -> bool:
    """Whether a thread was stored before the walk was cut off."""
    times = None if until is None else _written(thread)
    return times is not None and until is not None and times[0] > moment_of(until)


def _raws(threads: Sequence[Any], reach: Reach, status: str | None) -> Iterator[Raw]:
    """The comments that were written or changed since the floor, and whatever cannot be read."""
    for thread in threads:
        for raw in of_thread(thread, status):
            times = times_of(raw.body["comment"])
            if reach.floor is None or times is None or times[1] >= reach.floor:
                yield raw


def _topics(threads: Sequence[Any], now: datetime, reach: Reach) -> Iterator[Topic]:
    """The threads whose replies did not all come along, and those that are about to leave the walk while people still
    write in them."""
    for thread in threads:
        key, times = key_of(thread), _written(thread)
        if key is None or times is None:
            continue
        count, sample = replies_told(thread)
        newest = max((told[0] for told in map(times_of, sample) if told is not None), default=times[0])
        until = newest + reach.watched
        leaving = times[0] <= now - reach.watched * 0.9 and newest > times[0]
        if (count > len(sample) or leaving) and until > now:
            yield Topic(key, {"replies": count, "thread": context(thread)}, stream=REPLIES, until=until)
