"""Listings that run from new to old and are asked for by whole seconds: where a walk stands, and what is new. Pure.

A page is asked for with ``before`` one second above the last item, so that of several items in one second none is
left out; those that the page before had are left out instead. A position is a second, with the keys of what was heard
shortly before it: what shows late is heard, and nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson

from socialdesk.connector import Notice, Page, Raw, Window

__all__ = ["Listed", "Position", "begin", "floor_of", "page_of"]

REACH = timedelta(days=30)
"""How far back a first walk goes for which nothing else is said."""

_CLOCKS_DIFFER = 300
_KEPT = 200
_CROWDED = Notice(
    "crowded_second",
    "More came in one second than Tumblr lists on a page: what of it is further down cannot be heard this way.",
    scope="stream",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a listing: when it happened (None: not told), what names it within the listing, and the item."""

    second: int | None
    key: str
    raw: Raw


@dataclass(frozen=True, slots=True)
class Position:
    """Where a walk stands: ``before`` is the second to ask for (None: the newest page), ``seen`` what is left out."""

    before: int | None = None
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What was heard until a poll: the newest second, and the keys of what came shortly before it."""

    second: int
    keys: frozenset[str]


def begin(window: Window) -> Position:
    """Where the page stands that ``window`` asks for."""
    if window.page is not None:
        before, seen = orjson.loads(window.page)
        return Position(before, frozenset(seen))
    return Position(None if window.until is None else int(window.until) + 1)


def _known(window: Window) -> Known | None:
    if window.since is None:
        return None
    second, keys = orjson.loads(window.since)
    return Known(second, frozenset(keys))


def floor_of(window: Window, late: int = 0) -> int:
    """The second below which nothing is of interest; ``late`` is by how many seconds an item may come late."""
    known = _known(window)
    if known is not None:
        return known.second - late
    return int((window.back_to or window.now - REACH).timestamp())


def page_of(listed: Sequence[Listed], window: Window, *, late: int, more: bool) -> Page:
    """The page that an answer is; ``more`` says whether the platform has a further one."""
    position, known, floor = begin(window), _known(window), floor_of(window, late)
    heard = position.seen | (known.keys if known else frozenset())
    fresh = [
        item.raw for item in listed if item.key not in heard and (item.second is None or item.second >= floor)
    ]
    latest = int(window.now.timestamp()) + _CLOCKS_DIFFER
    seconds = [item.second for item in listed if item.second is not None and item.second <= latest]
    if not seconds:
        return Page(fresh, end="reached")
    lowest, newest = min(seconds), max(seconds)
    page = Page(
        fresh,
        resume=_resume(listed, newest, known, late),
        span=(str(lowest), str(newest)),
        end="reached",
    )
    all_known = known is not None and all(item.key in known.keys for item in listed)
    if lowest < floor or all_known or not more:
        return page
    at_edge = {item.key for item in listed if item.second is not None and item.second <= lowest + 1}
    before, notices = lowest + 1, ()
    if before == position.before:  # the same page again, or all of it in one second
        at_edge |= position.seen
        if at_edge == position.seen:
            return replace(page, next=_token(lowest, at_edge), end=None, notices=(_CROWDED,))
    return replace(page, next=_token(before, at_edge), end=None, notices=notices)


def _token(before: int, seen: set[str] | frozenset[str]) -> str:
    return orjson.dumps([before, sorted(seen)]).decode()


def _resume(listed: Sequence[Listed], newest: int, known: Known | None, late: int) -> str:
    """The newest second, and what was heard in it and as long before as items may come late."""
    second = max(newest, known.second if known else newest)
    keys = [item.key for item in listed if item.second is not None and item.second >= second - late]
    before = sorted(known.keys) if known is not None and known.second >= second - late else []
    return orjson.dumps([second, list(dict.fromkeys((*keys, *before)))[:_KEPT]]).decode()
