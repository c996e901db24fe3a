"""One page of a listing: which request asks for it, and where the walk stands after its answer. Pure.

Both listings run from the newest to the oldest, by the earlier of what a post's author claims and of when it was seen:
a post that claims to be old is sorted into the past, among what is known already. So each walk reads some of what is
known once more.

https://docs.bsky.app/docs/api/app-bsky-notification-list-notifications
https://docs.bsky.app/docs/api/app-bsky-feed-search-posts
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from socialdesk.connector import Page, Raw, Window
from socialdesk_bluesky.ids import as_text, has_come, moment_of, sort_at

__all__ = [
    "LATE",
    "PAGE",
    "Position",
    "begin",
    "page_of_notifications",
    "page_of_search",
    "search_bounds",
    "told",
]

PAGE = 50
KNOWN = 50
"""How many notifications that are known already are read once more, or all of an hour, whichever is less."""
AN_HOUR = timedelta(hours=1)
LATE = timedelta(minutes=5)
"""How far behind a search may be: what is older than this was found by the walk before."""
_STEP = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a walk stands: the cursor of the next page (None: the first), and how many known items were read."""

    cursor: str | None = None
    known: int = 0

    def dumps(self) -> str:
        return orjson.dumps([self.cursor, self.known]).decode()


def begin(window: Window) -> Position:
    """Where the page that ``window`` asks for stands. A walk that was cut off is taken up by its last cursor, which
    is a moment in the list and does not end."""
    if window.page is None:
        return Position(cursor=window.until)
    cursor, known = orjson.loads(window.page)
    return Position(cursor=cursor, known=known)


def told(body: Any, name: str) -> list[Any]:
    """The list that an answer tells under a name; empty where it tells none."""
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, list) else []


def page_of_notifications(
    body: Mapping[str, Any], position: Position, window: Window, items: Sequence[Raw]
) -> Page:
    """The page that an answer is. Pages may be short, and empty ones may have others after them."""
    moments = _moments(told(body, "notifications"), window.now)
    since, cursor = moment_of(window.since), body.get("cursor")
    known = position.known + sum(1 for moment in moments if since is not None and moment <= since)
    oldest = min(moments, default=None)
    wanted = window.back_to if since is None else since - AN_HOUR
    if not isinstance(cursor, str) or not cursor:
        cursor = None
    reached = known >= KNOWN or (wanted is not None and oldest is not None and oldest < wanted)
    return Page(
        items,
        next=None if cursor is None or reached else Position(cursor=cursor, known=known).dumps(),
        resume=as_text(max(moments)) if moments else None,
        span=_span(moments, cursor),
        end="reached" if cursor is None or reached else None,
    )


def search_bounds(window: Window) -> list[tuple[str, object]]:
    """What narrows a search to what is new, or to what lies below where a walk was cut off."""
    since = moment_of(window.since)
    start = window.back_to if since is None else since - LATE
    until = moment_of(window.until) if window.page is None else None
    bounds: list[tuple[str, object]] = []
    if start is not None:
        bounds.append(("since", as_text(start)))
    if until is not None:
        bounds.append(
            ("until", as_text(until + _STEP))
        )  # it is exclusive, and several may stand at one moment
    return bounds


def page_of_search(
    body: Mapping[str, Any], bounds: Sequence[tuple[str, object]], items: Sequence[Raw], now: datetime
) -> Page:
    """The page that an answer to a search is; ``bounds`` go with its cursor, which counts what was found by them."""
    moments = _moments(told(body, "posts"), now)
    cursor = body.get("cursor")
    more = isinstance(cursor, str) and bool(cursor) and bool(moments)
    return Page(
        items,
        next=orjson.dumps([cursor, list(bounds)]).decode() if more else None,
        resume=as_text(max(moments)) if moments else None,
        span=_span(moments, None),
        end=None if more else "reached",
    )


def _moments(listed: Sequence[Any], now: datetime) -> list[datetime]:
    return [moment for item in listed if (moment := sort_at(item)) is not None and has_come(moment, now)]


def _span(moments: Sequence[datetime], cursor: str | None) -> tuple[str, str] | None:
    if not moments:
        return None
    return cursor or as_text(min(moments)), as_text(max(moments))
