"""An answer taken apart into raw posts, each with what it names joined in, and the problems beside them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from socialdesk.connector import Notice, Raw
from socialdesk.errors import Unavailable
from socialdesk.wire import Response

__all__ = [
    "GONE",
    "NOTHING",
    "Told",
    "by_key",
    "gone",
    "id_of",
    "listing",
    "mapped",
    "notices",
    "raws",
    "references_in",
    "segment",
]

Told: TypeAlias = Mapping[str, Any]
NOTHING: dict[str, Any] = {}
GONE = {
    "resource-not-found": "deleted",
    "not-authorized-for-resource": "unavailable",
    "resource-unavailable": "unavailable",
}
"""What a problem with a post that was asked for makes of it, by the last part of the problem's type."""


def listing(answer: Response) -> Told:
    """The JSON of an answer that lists something. Raises Unavailable where it tells neither what nor how much: an empty
    listing says so in ``meta.result_count``, and leaves ``data`` out."""
    body = mapped(answer.json())
    told = isinstance(body.get("data"), list) or (
        "data" not in body and "result_count" in mapped(body.get("meta"))
    )
    if not told:
        raise Unavailable(f"X answered without a list ({len(answer.body)} bytes).", scope="stream")
    return body


def raws(body: Told) -> list[Raw]:
    """The posts of an answer, each with what it names joined in."""
    data = body.get("data")
    if not data:
        return []
    posts = [data] if isinstance(data, Mapping) else data
    included = mapped(body.get("includes"))
    users = by_key(included.get("users"), "id")
    others = by_key(included.get("tweets") or included.get("posts"), "id")
    media = by_key(included.get("media"), "media_key")
    problems = _by_resource(body.get("errors") or ())
    found: list[Raw] = []
    for post in posts:
        try:
            joined = _joined(post, users, others, media, problems)
        except (AttributeError, KeyError, TypeError):
            joined = {
                "post": post
            }  # of no form that is known: it fails to be read by itself, its page does not
        found.append(Raw("post", joined))
    return found


def mapped(value: Any) -> Told:
    """An object of an answer; an empty one where something else stands there, or nothing."""
    return value if isinstance(value, Mapping) else NOTHING


def by_key(items: Any, key: str) -> dict[str, Told]:
    """The objects of a list by what they are named with; whatever else may stand there is nobody's."""
    listed = items if isinstance(items, list) else ()
    return {item[key]: item for item in listed if isinstance(item, dict) and isinstance(item.get(key), str)}


def _is_whole(post: Any) -> bool:
    """Whether a post can be read at all; one that cannot is handed on as it came, and set aside by itself."""
    return isinstance(post, Mapping) and isinstance(post.get("id"), str)


def id_of(raw: Raw) -> str | None:
    """The id of a listed post; None where it came without one."""
    return str(raw.body["post"]["id"]) if _is_whole(raw.body["post"]) else None


def _joined(post: Told, users: Told, others: Told, media: Told, problems: Told) -> dict[str, Any]:
    joined: dict[str, Any] = {"post": post}
    people: dict[str, Any] = {}
    author = post.get("author_id", "")
    if author in users:
        people[author] = users[author]
    attached = post.get("attachments")
    keys = attached.get("media_keys") if attached else None
    posts: dict[str, Any] = {}
    for reference in references_in(post):
        other_id = reference["id"]
        other = others.get(other_id)
        if other is not None:
            posts[other_id] = other
            author = other.get("author_id", "")
            if author in users:
                people[author] = users[author]
            if reference["type"] in ("retweeted", "reposted"):
                keys = (*(keys or ()), *((other.get("attachments") or NOTHING).get("media_keys") or ()))
        elif problems and other_id in problems:
            joined.setdefault("problems", {})[other_id] = problems[other_id]
    if posts:
        joined["posts"] = posts
    if people:
        joined["users"] = people
    if keys:
        joined["media"] = {key: media[key] for key in keys if key in media}
    return joined


def references_in(post: Told) -> Sequence[Told]:
    """The posts that a post answers, quotes or reposts, as X names them."""
    return post.get("referenced_tweets") or post.get("referenced_posts") or ()


def _by_resource(problems: Sequence[Any]) -> dict[str, str]:
    return {
        str(problem.get("resource_id") or problem.get("value")): segment(problem)
        for problem in problems
        if isinstance(problem, Mapping) and (problem.get("resource_id") or problem.get("value"))
    }


def segment(problem: Told) -> str:
    """The last part of a problem's type, which is the same under both hosts that X names; "" where it has none."""
    kind = str(problem.get("type") or "")
    return "" if kind == "about:blank" else kind.rpartition("/")[2]


def notices(body: Told) -> tuple[Notice, ...]:
    """The problems beside an answer's data that concern none of its posts."""
    problems = body.get("errors") or ()
    if not problems:
        return ()
    data = body.get("data") or ()
    posts = [data] if isinstance(data, Mapping) else data
    named = {reference["id"] for post in posts for reference in references_in(post)}
    return tuple(
        Notice(segment(problem) or "problem", _words(problem), scope="stream")
        for problem in problems
        if str(problem.get("resource_id") or problem.get("value")) not in named
    )


def _words(problem: Told) -> str:
    return str(
        problem.get("detail") or problem.get("title") or problem.get("message") or "X told of a problem."
    )


def gone(body: Mapping[str, Any], asked: Sequence[str]) -> Iterable[Raw]:
    """The posts among those asked for of which X says that they are not there, or not for us."""
    for problem in body.get("errors") or ():
        post_id = str(problem.get("resource_id") or problem.get("value") or "")
        kind = segment(problem)
        if post_id in asked and kind in GONE and problem.get("parameter", "ids") in ("ids", "id"):
            yield Raw("gone", {"id": post_id, "problem": kind})
