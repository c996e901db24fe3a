"""What a page holds beside its items: what names each, what leads on, and whose notes to walk. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from socialdesk.connector import Raw, Topic
from socialdesk_tumblr import translate
from socialdesk_tumblr.ids import moment, post_id, second_of
from socialdesk_tumblr.npf import Told
from socialdesk_tumblr.walks import Listed

__all__ = ["above", "activity", "found", "leads_on", "listed", "microseconds", "topics"]

BIG_THREAD = 200
"""Notes in somebody else's thread from which on its notes are left alone: they may be those of everybody in it."""

_NAMES_IT = ("type", "timestamp", "from_tumblelog_uuid", "target_post_id", "post_id", "reply_text")
_STRANGE = (AttributeError, KeyError, TypeError, ValueError)
"""What comes of reading an item of no form that is known: it is set aside when it is parsed, and its page is not."""


def listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []


def leads_on(told: Told) -> dict[str, Any] | None:
    """What to ask for the next page, as Tumblr words it. Where, it is not asked."""
    links = told.get("_links")
    link = links.get("next") if isinstance(links, dict) else None
    params = link.get("query_params") if isinstance(link, dict) else None
    if not isinstance(params, dict):
        return None
    return {name: value for name, value in params.items() if name != "api_key"} or None


def microseconds(note: Told) -> int:
    return round(float(note["timestamp"]) * 1_000_000)


def _digest(value: Any) -> str:
    return hashlib.blake2s(orjson.dumps(value), digest_size=8).hexdigest()


def activity(item: Any) -> Listed:
    """A notification, which has no id: what happened, when, by whom and where names it."""
    named = [item.get(name) for name in _NAMES_IT] if isinstance(item, Mapping) else item
    return Listed(second_of(item), _digest(named), Raw("notification", {"item": item}))


def found(post: Any) -> Listed:
    """A post of a search, whose pages go by when it was featured, where it was."""
    if not isinstance(post, Mapping):
        return Listed(None, _digest(post), Raw("post", {"post": post}))
    featured = second_of({"timestamp": post.get("featured_timestamp")})
    number = post.get("id_string") or post.get("id")
    return Listed(featured or second_of(post), str(number), Raw("post", post))


def above(post: Told) -> Iterator[Raw]:
    """The posts that a reblog carries, as posts: their tags and whatever else a trail leaves out is not told."""
    items = listed(post.get("trail"))
    for place, item in enumerate(items):
        if isinstance(item, Mapping) and isinstance(item.get("post"), Mapping) and item.get("blog"):
            told = {
                **item["post"],
                "blog": item["blog"],
                "content": item.get("content"),
                "trail": items[:place],
            }
            if told.get("id"):
                yield Raw("post", {**told, "untold": ["text", "entities", "aliases"]})


def topics(posts: Sequence[Any], me: str, now: datetime, lasting: timedelta) -> tuple[Topic, ...]:
    """Whose notes to walk, of our latest posts. All posts of a thread may have the same notes: those with the same
    number of them are asked for once, by the thread's first post where it is ours."""
    read = [entry for post in posts if (entry := _entry(post, now - lasting)) is not None]
    counts = {value: count for value, _, count, _ in read}
    chosen: dict[tuple[str, int], Topic] = {}
    for value, root, count, at in read:
        ours = root.startswith(f"{me}/")
        if not ours and count > BIG_THREAD:
            continue
        key = root if ours and counts.get(root, count) == count else value
        data = {"notes": count, "root": root}
        chosen.setdefault((root, count), Topic(key, data, stream="notes", until=at + lasting))
    return tuple(chosen.values())


def _entry(post: Any, since: datetime) -> tuple[str, str, int, datetime] | None:
    """(id, the thread's first, number of notes, when) of a post that has notes and is young enough."""
    try:
        at, count = moment(second_of(post)), post.get("note_count")
        if at is None or at < since or not count or post.get("state", "published") != "published":
            return None
        value = post_id(translate.blog_of(post)[0], post.get("id_string") or post["id"]).value
        root = translate.root_of(post)
        return value, value if root is None else root.value, int(count), at
    except _STRANGE:
        return None
