"""The lists of the public side: feeds, comments, reactions, recommendations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .asking import Field
from .given import Given
from .paging import Key, Listing
from .stamps import moment, seconds
from .state import REACTIONS, Actor, Page
from .telling import Rating, View, from_shown, pick, tell
from .written import Comment, Photo, Post, Written

ORDERS = ("chronological", "reverse_chronological")
FILTERS = ("stream", "toplevel")
LIVE = ("filter_low_quality", "no_filter")


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in a list of people and Pages."""

    key: Key
    actor: Actor
    kind: str = ""

    @property
    def id(self) -> str:
        return self.actor.id


def bounds(params: Mapping[str, str]) -> tuple[Key | None, Key | None]:
    """Keys that ``since`` and ``until`` stand for."""
    since, until = params.get("since"), params.get("until")
    low = (seconds(moment(since, "since")), 0) if since else None
    high = (seconds(moment(until, "until")) + 1, 0) if until else None
    return low, high


def shown(view: View) -> Callable[[Written], bool]:
    """Whether a listing shows a thing by now."""
    now = view.sandbox.clock.now()
    return lambda thing: not thing.deleted and thing.shown_from <= now


# --------------------------------------------------------------------------------------------------------- feeds


def feed(wanted: Callable[[Page, Post], bool]) -> Callable[[View, Any, Mapping[str, str]], Listing]:
    """The list of those posts on a Page's wall that are wanted, newest first."""

    def listed(view: View, page: Page, params: Mapping[str, str]) -> Listing:
        there, hidden = shown(view), Given(dict(params)).flag("include_hidden")
        within = _ranked(view, page)
        low, high = bounds(params)

        def fits(post: Post) -> bool:
            if post.hidden and not hidden:
                return False
            return there(post) and post.published and wanted(page, post) and within(post)

        return Listing(page.wall, True, fits, low, high, strict=True)

    return listed


def _ranked(view: View, page: Page) -> Callable[[Post], bool]:
    """Facebook shows about 600 posts of a year; here these are the newest ones."""
    most = view.sandbox.posts_a_year
    if len(page.wall) <= most:
        return lambda post: True
    now, counts, kept = view.sandbox.clock.now(), Counter[int](), set[int]()
    for post in reversed(page.wall):
        year = (now - post.created_at) // timedelta(days=365)
        counts[year] += 1
        if counts[year] <= most:
            kept.add(post.number)
    return lambda post: post.number in kept


def tagged(view: View, page: Page, params: Mapping[str, str]) -> Listing:
    """Posts elsewhere that tag the Page; comments that do are told by deliveries only."""
    there = shown(view)
    low, high = bounds(params)
    return Listing(page.tagged, True, lambda one: isinstance(one, Post) and there(one), low, high)


def ratings(view: View, page: Page, params: Mapping[str, str]) -> Listing:
    there = shown(view)
    return Listing([Rating(post) for post in page.ratings], True, lambda one: there(one.post))


# ------------------------------------------------------------------------------------------------------- comments


def comments(view: View, thing: Post | Photo | Comment, params: Mapping[str, str]) -> Listing:
    """What stands under something: oldest first unless it is asked for otherwise."""
    given = Given(dict(params))
    order = given.choice("order", ORDERS, ORDERS[0])
    given.choice("live_filter", LIVE, LIVE[0])
    stream = given.choice("filter", FILTERS, "toplevel") == "stream"
    below = thing if isinstance(thing, Comment) else None
    written = thing.replies if isinstance(thing, Comment) else thing.comments
    there, now_or_later = shown(view), given.text("since")

    def fits(comment: Comment) -> bool:
        return there(comment) and (stream or comment.parent is below)

    summary: dict[str, Any] = {}
    if "summary" in params:
        total = sum(map(fits, written))
        summary = {"order": order, "total_count": total, "can_comment": True}
    low = (seconds(moment(now_or_later, "since")), 0) if now_or_later else None
    return Listing(written, order != ORDERS[0], fits, low, None, summary)


# ------------------------------------------------------------------------------------------------------ reactions


def _listed(view: View, thing: Written, kinds: tuple[str, ...]) -> list[Listed]:
    actors = view.sandbox.world.actors
    found = [(actors[who], kind) for who, kind in thing.likes.items() if kind in kinds]
    return [Listed((0, place), actor, kind) for place, (actor, kind) in enumerate(found)]


def _mine(view: View, thing: Written) -> str:
    actor = view.caller.page or view.caller.user
    return thing.likes.get(actor.id, "NONE") if actor else "NONE"


def likes(view: View, thing: Written, params: Mapping[str, str]) -> Listing:
    listed = _listed(view, thing, ("LIKE",))
    liked = _mine(view, thing) == "LIKE"
    summary = {"total_count": len(listed), "can_like": True, "has_liked": liked}
    return Listing(listed, True, lambda one: from_shown(view, one.actor), summary=summary)


def reactions(view: View, thing: Written, params: Mapping[str, str]) -> Listing:
    said = Given(dict(params)).choice("type", ("NONE", *REACTIONS), "NONE")
    listed = _listed(view, thing, REACTIONS if said == "NONE" else (said,))
    summary = {"total_count": len(listed), "viewer_reaction": _mine(view, thing)}
    return Listing(listed, True, lambda one: from_shown(view, one.actor), summary=summary)


def tell_reaction(view: View, one: Listed, asked: Sequence[Field]) -> Any:
    told = {"id": one.actor.id, "name": one.actor.name, "type": one.kind}
    return pick(told, asked, frozenset(told))


def to_whom(view: View, post: Post, params: Mapping[str, str]) -> Listing:
    """Whose wall a post of someone else stands on, and whom it tags."""
    actors: list[Actor] = [post.page] if post.page is not None and post.page is not post.author else []
    actors += [tag.who for tag in post.tags if tag.who not in actors]
    return Listing([Listed((0, place), actor) for place, actor in enumerate(actors)], newest_first=False)


def tell_listed(view: View, one: Listed, asked: Sequence[Field]) -> Any:
    return tell(view, one.actor, asked)
