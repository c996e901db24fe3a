"""One page of a listing: which of its items are new, and where the walk stands after it. Pure.

Facebook's listings run from the newest to the oldest and are led on by cursors. A ``paging.next`` holds the access
token: it is never followed or kept, only that it is there says that there is more.

https://developers.facebook.com/docs/graph-api/results
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import orjson

from socialdesk.connector import Window
from socialdesk_facebook.values import NOTHING

__all__ = ["OVERLAP", "Mark", "Walk", "cursor_after", "listed", "passed", "written"]

Mark: TypeAlias = tuple[int, str]
"""A place in a listing: the Unix second of an item, and its id."""


def listed(body: Any) -> list[Any]:
    """The items of an answer."""
    data = body.get("data") if isinstance(body, Mapping) else None
    return data if isinstance(data, list) else []


def cursor_after(body: Any) -> str | None:
    """The cursor of the next page; None where this is the last. A page may be short, or empty, and not the last."""
    paging = body.get("paging") if isinstance(body, Mapping) else None
    if not isinstance(paging, Mapping) or not paging.get("next"):
        return None
    after = (paging.get("cursors") or NOTHING).get("after")
    return str(after) if after else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where a walk stands. ``since`` is the newest place that is known, ``until`` the place below which nothing is
    known yet, ``after`` the cursor of the page to ask for, ``looked`` when the listing was looked at last."""

    since: Mark | None = None
    until: Mark | None = None
    after: str | None = None
    looked: int | None = None
    back_to: int | None = None

    @classmethod
    def of(cls, window: Window) -> Walk:
        since, looked = _read(window.since)
        until, _ = _read(window.until)
        walk = cls(since=since, until=until, looked=looked)
        if window.back_to is not None:
            walk = replace(walk, back_to=int(window.back_to.timestamp()))
        if window.page is not None:
            after, low = orjson.loads(window.page)
            walk = replace(walk, after=after, until=_read(low)[0])
        return walk

    def onward(self, after: str) -> str:
        """What leads to the next page."""
        return orjson.dumps([after, None if self.until is None else written(self.until)]).decode()

    def is_known(self, mark: Mark) -> bool:
        """Whether this was told by an earlier walk; of one second, more than one may come again."""
        return self.since is not None and (mark[0] < self.since[0] or mark == self.since)

    def is_wanted(self, mark: Mark) -> bool:
        """Whether this is new, and not above what this walk has read before it was cut off."""
        above = self.until is not None and mark[0] > self.until[0]
        return not (above or self.is_known(mark) or self.is_too_old(mark))

    def is_too_old(self, mark: Mark) -> bool:
        return self.back_to is not None and mark[0] < self.back_to

    def is_done(self, marks: Iterable[Mark]) -> bool:
        """Whether a page with these places reaches down to what is known, or is too old."""
        return any(self.is_known(mark) or self.is_too_old(mark) for mark in marks)


def passed(marks: Iterable[Mark | None], now: datetime) -> list[Mark]:
    """Those of the places that have come by now. A later one is none: nothing would ever come after it."""
    latest = now.timestamp() + 300  # clocks differ
    return [mark for mark in marks if mark is not None and mark[0] <= latest]


def written(mark: Mark, looked: datetime | None = None) -> str:
    """A place as text; ``looked`` is kept with it."""
    end = "" if looked is None else f" {int(looked.timestamp())}"
    return f"{mark[0]} {mark[1]}{end}"


def _read(text: str | None) -> tuple[Mark | None, int | None]:
    if text is None:
        return None, None
    second, identity, *looked = text.split(" ")
    return (int(second), identity), int(looked[0]) if looked else None


OVERLAP = timedelta(seconds=120)
"""By how much clocks may differ, and a change come late."""
