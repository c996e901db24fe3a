"""Pages of Mastodon's listings: what to ask for, and where the walk stands after the answer. Pure.

Notifications are walked forward by ``min_id``, which leaves no gap (``since_id`` does). Their ids are a series of
their own, in the order in which they came about. Timelines and searches are walked from the newest status down. Their
ids tell when a status was written, and one from another server may come late: the position stays some minutes behind.

https://docs.joinmastodon.org/api/guidelines/#pagination
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import regex

from socialdesk.connector import Notice, Page, Raw, Window
from socialdesk.wire import Response
from socialdesk_mastodon.ids import id_at, moment_of, newest, order_of, passed

__all__ = ["LATE", "Step", "first_step", "has_older", "listed_page", "searched_page", "stepped", "told_ids"]

LATE = timedelta(minutes=10)
"""How late a status from another server may come and still be heard on a timeline or in a search."""

_FEW = 20
"""A page of notifications with fewer than this is taken for the last; were it not, the next poll goes on from there."""

_SEARCH_DEPTH = 4_000
_NEXT = regex.compile(r'rel="?next"?')

Told = Sequence[Any]


def told_ids(told: Told) -> list[str]:
    """The ids on a page; what has none is left out."""
    ids = [item.get("id") for item in told if isinstance(item, dict)]
    return [str(told) for told in ids if isinstance(told, str | int) and str(told).isalnum()]


# -------------------------------------------------------------------------------------------------- notifications


@dataclass(frozen=True, slots=True)
class Step:
    """One page of notifications: ``down`` looks for where hearing begins, ``up`` reads what is newer than ``id``."""

    way: Literal["down", "up"]
    id: str | None

    def dumps(self) -> str:
        return f"{self.way}:{self.id or ''}"


def first_step(window: Window) -> Step:
    """The page that ``window`` asks for."""
    if window.page is not None:
        way, _, identity = window.page.partition(":")
        return Step("down" if way == "down" else "up", identity or None)
    if window.since is not None:
        return Step("up", window.since)
    return Step("down", None) if window.back_to is not None else Step("up", "0")


def stepped(step: Step, told: Told, items: Sequence[Raw], window: Window) -> Page:
    """The page that an answer is."""
    ids = passed(told_ids(told), window.now)
    if step.way == "up":
        top = newest(ids)
        full = len(told) >= min(_FEW, window.size or _FEW)
        go_on = full and top is not None
        return Page(
            items,
            next=Step("up", top).dumps() if go_on else None,
            resume=top,
            span=(min(ids, key=order_of), top) if top is not None else None,
            end=None if go_on else "reached",
        )
    before = next((str(item["id"]) for item in told if _is_before(item, window.back_to)), None)
    if before is None and ids:
        return Page([], next=Step("down", min(ids, key=order_of)).dumps())
    start = before or "0"  # whatever there is, is of interest
    return Page([], next=Step("up", start).dumps(), resume=start)


def _is_before(item: Any, moment: datetime | None) -> bool:
    if moment is None or not isinstance(item, dict) or not item.get("id"):
        return False
    try:
        return datetime.fromisoformat(str(item.get("created_at"))) < moment
    except (ValueError, TypeError):
        return False


# --------------------------------------------------------------------------------------- timelines and searches


def has_older(response: Response) -> bool:
    """Whether an answer may have a page after it: no link says so where there is none, and some send no links."""
    link = response.headers.get("link")
    return link is None or bool(_NEXT.search(link))


def listed_page(told: Told, items: Sequence[Raw], window: Window, *, older: bool) -> Page:
    """One page of a timeline, from the newest status down to what is known."""
    ids = passed(told_ids(told), window.now)
    over = not ids or not older or any(_is_known(item, window) for item in told)
    return _downward(items, ids, window, None if over else min(ids, key=order_of))


def searched_page(told: Told, items: Sequence[Raw], window: Window) -> Page:
    """One page of a search; its pages are counted, since a search has no position of its own."""
    ids = passed(told_ids(told), window.now)
    offset = int(window.page or 0) + len(told)
    over = not ids or any(_is_known(item, window) for item in told)
    beyond = not over and offset >= _SEARCH_DEPTH
    page = _downward(items, ids, window, None if over or beyond else str(offset))
    if not told and window.since is None and window.page is None:
        return Page([], end="reached", notices=(_NOTHING_FOUND,))
    if beyond:
        return Page(items, resume=page.resume, span=page.span, end="horizon", notices=(_TOO_MANY,))
    return page


def _is_known(item: Any, window: Window) -> bool:
    """Whether a walk that came to this has nothing new before it."""
    if not isinstance(item, dict) or not item.get("id"):
        return False
    if window.since is not None:
        return order_of(str(item["id"])) <= order_of(window.since)
    return _is_before(item, window.back_to)


def _downward(items: Sequence[Raw], ids: list[str], window: Window, token: str | None) -> Page:
    top = newest(ids)
    return Page(
        items,
        next=token,
        resume=None if top is None else _settled(top, window.now),
        span=None if top is None else (min(ids, key=order_of), top),
        end="reached" if token is None else None,
    )


def _settled(top: str, now: datetime) -> str:
    """The position behind which nothing comes any more: ids that hold a time stay some minutes behind."""
    if moment_of(top) is None:
        return top
    return min(top, id_at(now - LATE), key=order_of)


_NOTHING_FOUND = Notice(
    "nothing_found",
    "The search found nothing. Where a server has no search for texts, it says just this: listen for hashtags there.",
    scope="stream",
)
_TOO_MANY = Notice(
    "horizon", f"More than {_SEARCH_DEPTH} posts were found: the older ones are not read.", scope="stream"
)
