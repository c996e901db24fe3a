"""Listings: mentions, timelines, quotes and recent search, all paged in one way."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .answers import body_of_posts
from .call import Call
from .lookups import find_post, find_user, not_to_be_had
from .params import moment
from .problems import Refused, unseen
from .query import QueryError, candidates, matches, parse, uses_words
from .snowflake import instant, number_at, stamp
from .state import Post, User
from .world import World

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

HORIZON = 800
OWN_HORIZON = 3200
SEARCH_WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a list: numbers above ``low``, below ``high``, and which of them count."""

    numbers: list[int]
    low: int
    high: int
    fits: Callable[[Post], bool]

    def older(self, world: World, size: int) -> list[Post]:
        """The newest posts of the stretch, newest first, at most ``size``."""
        found: list[Post] = []
        place = bisect_left(self.numbers, self.high) - 1
        while place >= 0 and self.numbers[place] > self.low and len(found) < size:
            post = world.posts[self.numbers[place]]
            if self.fits(post):
                found.append(post)
            place -= 1
        return found

    def newer(self, world: World, size: int) -> list[Post]:
        """The oldest posts of the stretch, newest first, at most ``size``."""
        found: list[Post] = []
        place = bisect_right(self.numbers, self.low)
        while place < len(self.numbers) and self.numbers[place] < self.high and len(found) < size:
            post = world.posts[self.numbers[place]]
            if self.fits(post):
                found.append(post)
            place += 1
        return found[::-1]


def _bounds(query: Mapping[str, str]) -> tuple[int, int]:
    low = int(query.get("since_id", 0))
    high = int(query.get("until_id", 1 << 63))
    if "start_time" in query:
        low = max(low, number_at(moment(query["start_time"])) - 1)
    if "end_time" in query:
        high = min(high, number_at(moment(query["end_time"])))
    return low, high


def _listing(sandbox: TwitterSandbox, call: Call, stretch: Stretch) -> tuple[int, dict[str, Any]]:
    """A page of posts with its meta; every listing is paged here."""
    world, size = sandbox.world, call.size
    token = call.seen.query.get("pagination_token") or call.seen.query.get("next_token")
    low, high, forward = stretch.low, stretch.high, False
    if token:
        forward, boundary = sandbox.pages.read(token, call.seen)
        low, high = (max(low, boundary), high) if forward else (low, min(high, boundary))
    stretch = Stretch(stretch.numbers, low, high, stretch.fits)
    if forward:
        found = stretch.newer(world, size + 1)
        more, page = len(found) > size, found[-size:]
        older = bool(page)
    else:
        found = stretch.older(world, size + 1)
        more, page = bool(token), found[:size]
        older = len(found) > size
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if older:
            meta["next_token"] = sandbox.pages.make(call.seen, False, page[-1].number)
        if more:
            meta["previous_token"] = sandbox.pages.make(call.seen, True, page[0].number)
    if call.seen.query.get("sort_order") == "relevancy":
        page.sort(key=lambda post: -sum(world.counts(post).values()))
    return 200, {**body_of_posts(world, call.ask, page), "meta": meta}


def _shown(sandbox: TwitterSandbox, viewer: User | None) -> Callable[[Post], bool]:
    now, world = sandbox.clock.now(), sandbox.world
    return lambda post: post.shown_from <= now and world.visible(post, viewer)


def _horizon(numbers: list[int], reach: int) -> int:
    return numbers[-reach] - 1 if len(numbers) > reach else 0


def mentions(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    user = find_user(sandbox, call, "id")
    low, high = _bounds(call.seen.query)
    low = max(low, _horizon(user.mentions, HORIZON))
    return _listing(sandbox, call, Stretch(user.mentions, low, high, _shown(sandbox, call.ask.viewer)))


def timeline(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    user = find_user(sandbox, call, "id")
    if user.protected and not (
        call.ask.viewer and (call.ask.viewer is user or user.id in call.ask.viewer.follows)
    ):
        return 200, {"errors": [unseen("user", "id", user.id)]}
    low, high = _bounds(call.seen.query)
    low = max(low, _horizon(user.posts, OWN_HORIZON))
    shown, without = _shown(sandbox, call.ask.viewer), call.seen.query.get("exclude", "").split(",")

    def fits(post: Post) -> bool:
        if post.reposts is not None and "retweets" in without:
            return False
        return shown(post) and not (post.reply_to is not None and "replies" in without)

    return _listing(sandbox, call, Stretch(user.posts, low, high, fits))


def quote_tweets(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    post, errors = find_post(sandbox, call, call.args["id"], "id")
    if post is None:
        return not_to_be_had(sandbox, errors)
    shown, without = _shown(sandbox, call.ask.viewer), call.seen.query.get("exclude", "").split(",")

    def fits(quoting: Post) -> bool:
        return shown(quoting) and not (quoting.reply_to is not None and "replies" in without)

    quoting = sandbox.world.quoting.get(post.history[0], [])
    return _listing(sandbox, call, Stretch(quoting, 0, 1 << 63, fits))


def _check_search(sandbox: TwitterSandbox, query: Mapping[str, str]) -> None:
    now = sandbox.clock.now()
    earliest = now - SEARCH_WINDOW
    for pair in (("start_time", "since_id"), ("end_time", "until_id"), ("next_token", "pagination_token")):
        if all(name in query for name in pair):
            raise Refused.invalid((pair[0], query[pair[0]], f"Only one of {' and '.join(pair)} may be given"))
    for name in ("since_id", "until_id"):
        if name in query and instant(int(query[name])) < earliest:
            least = number_at(earliest)
            raise Refused.invalid(
                (name, query[name], f"'{name}' must be a tweet id created after {stamp(earliest)}. Please use a "
                 f"'{name}' that is larger than {least}")
            )  # fmt: skip
    if "start_time" in query and moment(query["start_time"]) < earliest:
        words = f"'start_time' must be on or after {stamp(earliest)}"
        raise Refused.invalid(("start_time", query["start_time"], words))
    if "end_time" in query and moment(query["end_time"]) > now - timedelta(seconds=10):
        words = "'end_time' must be a minimum of 10 seconds prior to the request time"
        raise Refused.invalid(("end_time", query["end_time"], words))


def search_recent(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    asked, now, world = call.seen.query, sandbox.clock.now(), sandbox.world
    try:
        query = parse(asked["query"])
    except QueryError as error:
        raise Refused.invalid(("query", asked["query"], str(error))) from None
    _check_search(sandbox, asked)
    low, high = _bounds(asked)
    low = max(low, number_at(now - SEARCH_WINDOW) - 1)
    if "end_time" not in asked:
        behind = timedelta(seconds=sandbox.search_lag) - timedelta(milliseconds=1)
        high = min(high, number_at(now - behind))
    shown, no_reposts = _shown(sandbox, call.ask.viewer), uses_words(query)

    def fits(post: Post) -> bool:
        if no_reposts and post.reposts is not None:
            return False
        return not post.author.protected and matches(world, post, query) and shown(post)

    return _listing(sandbox, call, Stretch(candidates(world, query), low, high, fits))
