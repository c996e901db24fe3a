"""One page of a listing: which request asks for it, and where the walk stands after its answer. Pure.

X's listings run from the newest to the oldest. Page tokens are valid only with the query that they came from, so
that the query's bounds are carried along with the token.

https://docs.x.com/x-api/fundamentals/pagination
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from socialdesk.connector import Notice, Page, Window
from socialdesk_twitter.fields import moment_text
from socialdesk_twitter.ids import id_at, is_given, moment_of
from socialdesk_twitter.joining import id_of, mapped, notices, raws

__all__ = ["SEARCH_REACH", "Listing", "Position", "begin", "horizon_notice", "is_beyond", "page_of"]

SEARCH_REACH = timedelta(days=7)
_MARGIN = timedelta(seconds=60)  # what the clocks may differ and a request may take
_KEPT_BEHIND = timedelta(days=1)  # far more than a post may be late in a search
_DROPPED = 0.95  # protected and withheld posts are left out of a listing without a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What an endpoint's pages are like. ``reach`` is how old a post may be that it tells, ``latest`` how many it
    tells at most; None where it has no such end."""

    smallest: int
    token: str
    reach: timedelta | None = None
    latest: int | None = None

    def size(self, wanted: int | None) -> int:
        return 100 if wanted is None else max(self.smallest, min(wanted, 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a walk stands: the query's bounds, the token of the next page (None: the first), what was read so far.

    ``short`` says that what was asked for lies beyond what the platform tells. ``then`` names a step that follows
    the last page.
    """

    bounds: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    read: int = 0
    short: bool = False
    then: str | None = None

    def dumps(self) -> str:
        return orjson.dumps([dict(self.bounds), self.token, self.read, self.short, self.then]).decode()

    @classmethod
    def loads(cls, text: str) -> Position:
        bounds, token, read, short, then = orjson.loads(text)
        return cls(bounds=bounds, token=token, read=read, short=short, then=then)


def begin(window: Window, listing: Listing) -> Position:
    """Where the page that ``window`` asks for stands."""
    if window.page is not None:
        return Position.loads(window.page)
    bounds: dict[str, str] = {}
    horizon = None if listing.reach is None else window.now - listing.reach + _MARGIN
    short = False
    if window.until is not None:
        bounds["until_id"] = window.until
    if window.since is not None:
        if horizon is not None and moment_of(window.since) <= horizon:
            bounds["start_time"], short = moment_text(horizon), True
        else:
            bounds["since_id"] = window.since
    elif window.back_to is not None:
        short = horizon is not None and window.back_to < horizon
        bounds["start_time"] = moment_text(horizon if short and horizon is not None else window.back_to)
    return Position(bounds=bounds, short=short)


def is_beyond(window: Window, listing: Listing) -> bool:
    """Whether the walk is to be taken up again where the platform tells nothing any more."""
    if window.page is not None or window.until is None or listing.reach is None:
        return False
    return moment_of(window.until) <= window.now - listing.reach + _MARGIN


def page_of(body: Mapping[str, Any], position: Position, window: Window, listing: Listing) -> Page:
    """The page that an answer is, in the walk that stood at ``position``."""
    meta = mapped(body.get("meta"))
    items = raws(body)
    token = meta.get("next_token")
    after = replace(position, token=token, read=position.read + int(meta.get("result_count") or len(items)))
    span = _span(meta, items, window.now)
    told = list(notices(body))
    end = None
    if token is None:
        short = position.short or _at_latest(after, listing)
        end = "horizon" if short else "reached"
        if short:
            told.append(horizon_notice(listing))
    return Page(
        items,
        next=after.dumps() if token is not None else None,
        resume=span[1] if span else _advanced(window, listing),
        span=span,
        end=end,  # type: ignore[arg-type]  # one of two literals
        notices=tuple(told),
    )


def _advanced(window: Window, listing: Listing) -> str | None:
    """The position after an empty page: where nothing came for days, the old one would soon be out of reach."""
    if listing.reach is None or window.since is None or window.page is not None or window.until is not None:
        return None
    fresh = window.now - _KEPT_BEHIND
    return id_at(fresh) if moment_of(window.since) < fresh - _KEPT_BEHIND else None


def _span(meta: Mapping[str, Any], items: list[Any], now: datetime) -> tuple[str, str] | None:
    """The ids of the page's oldest and newest post; ids are numbers, longer ones are later."""
    named = [meta.get("oldest_id"), meta.get("newest_id"), *map(id_of, items)]
    oldest, newest, *ids = [one if isinstance(one, str) and is_given(one, now) else None for one in named]
    told = [one for one in ids if one is not None]
    if not told and not (oldest and newest):
        return None
    return oldest or min(told, key=_as_number), newest or max(told, key=_as_number)


def _as_number(post_id: str) -> tuple[int, str]:
    return len(post_id), post_id


def _at_latest(position: Position, listing: Listing) -> bool:
    """Whether a walk that had an end to reach came to the end of what the platform tells instead."""
    bounded = "since_id" in position.bounds or "start_time" in position.bounds
    return bounded and listing.latest is not None and position.read >= listing.latest * _DROPPED


def horizon_notice(listing: Listing) -> Notice:
    """What a person should know where the platform tells nothing further back."""
    if listing.latest is not None:
        text = (
            f"X lists the latest {listing.latest} mentions only, and there were more since the last look. A search "
            "for the account's @handle finds those of the last 7 days."
        )
    else:
        text = "X searches the last 7 days only: what came between the last look and then is not heard."
    return Notice("horizon", text, scope="stream")
