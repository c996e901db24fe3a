"""Lists, page by page: cursors, and links that hold the token, as Facebook's do.

https://developers.facebook.com/docs/graph-api/results
"""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from .problems import Refused

DEFAULT, MOST = 25, 100
Key = tuple[int, int]


def _always(thing: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Listing:
    """What an edge lists: things in the rising order of their keys, and which of them. ``low`` and ``high`` bound the
    keys (inclusive, exclusive); ``summary`` is told where it is asked for."""

    things: Sequence[Any]
    newest_first: bool = True
    fits: Callable[[Any], bool] = _always
    low: Key | None = None
    high: Key | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False  # more than 100 is refused, not cut


@dataclass(frozen=True, slots=True)
class Shape:
    """How a page is cut: ``cut`` things at most are told of a page, ``gaps`` lets things that do not fit use up the
    limit, as deleted ones do at Facebook: pages are short then, or empty, with a next."""

    cut: int | None = None
    gaps: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    things: list[Any]
    first: Key | None
    last: Key | None
    more: bool


def cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(f"{key[0]}.{key[1]}".encode()).decode().rstrip("=") + "ZD"


def read_cursor(text: str) -> Key:
    """Raises Refused on one that Facebook did not give out."""
    bare = text.removesuffix("ZD")
    try:
        read = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True).decode()
        first, _, second = read.partition(".")
        return int(first), int(second)
    except (ValueError, binascii.Error):
        raise Refused.param("Invalid cursors values") from None


def size_of(params: Mapping[str, str], strict: bool) -> int:
    said = params.get("limit")
    if said is None:
        return DEFAULT
    if not said.isascii() or not said.isdigit():
        raise Refused.param("Param limit must be an integer greater than or equal to 0")
    if strict and int(said) > MOST:
        raise Refused.param(f"The 'limit' parameter should not exceed {MOST}")
    return min(int(said), MOST)


def walk(listing: Listing, params: Mapping[str, str], shape: Shape) -> Found:
    """One page of a list, in its order."""
    things, size = listing.things, size_of(params, listing.strict)
    start = bisect_left(things, listing.low, key=_key) if listing.low else 0
    end = bisect_left(things, listing.high, key=_key) if listing.high else len(things)
    after, before = params.get("after"), params.get("before")
    backwards = not after and bool(before)
    falling = listing.newest_first != backwards
    if after or before:
        mark = read_cursor(after or before or "")
        if falling:
            end = min(end, bisect_left(things, mark, key=_key))
        else:
            start = max(start, bisect_right(things, mark, key=_key))
    if shape.cut is not None:
        size = min(size, shape.cut)
    places = range(end - 1, start - 1, -1) if falling else range(start, end)
    taken, more = _take(listing, places, size, shape.gaps)
    if backwards:
        taken.reverse()
    found = [thing for thing in taken if listing.fits(thing)]
    first, last = (_key(taken[0]), _key(taken[-1])) if taken else (None, None)
    return Found(found, first, last, more if not backwards else bool(taken))


def _take(listing: Listing, places: Sequence[int], size: int, gaps: bool) -> tuple[list[Any], bool]:
    """As many things as fit into a page, and whether there are more."""
    taken: list[Any] = []
    for place in places:
        thing = listing.things[place]
        if gaps or listing.fits(thing):
            if len(taken) >= size:
                return taken, True
            taken.append(thing)
    return taken, False


def _key(thing: Any) -> Key:
    key: Key = thing.key
    return key


def paged(found: Found, url: str, params: Mapping[str, str], started: bool) -> dict[str, Any]:
    """The ``paging`` of an answer. ``params`` are those that led to it, with the token."""
    if found.first is None or found.last is None:
        return {}
    kept = {name: value for name, value in params.items() if name not in ("after", "before")}
    before, after = cursor(found.first), cursor(found.last)
    told: dict[str, Any] = {"cursors": {"before": before, "after": after}}
    if found.more:
        told["next"] = f"{url}?{urlencode({**kept, 'after': after})}"
    if started:
        told["previous"] = f"{url}?{urlencode({**kept, 'before': before})}"
    return told
