"""Search: words and quoted phrases, all of which must be there, narrowed by parameters.

How Bluesky reads a query beyond that is not specified.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from . import richtext
from .call import Call
from .names import read_moment
from .refused import invalid
from .state import Record

_TERM = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"\w+")


def search_posts(call: Call) -> dict[str, Any]:
    """app.bsky.feed.searchPosts"""
    wanted = [
        tuple(_WORD.findall((phrase or word).casefold())) for phrase, word in _TERM.findall(call.needed("q"))
    ]
    limit = call.number("limit", 25, 1, 100)
    start = call.number("cursor", 0, 0, 10_000)
    narrow = _narrowing(call)
    world, until = call.sandbox.world, call.sandbox.clock.now() - timedelta(seconds=call.sandbox.search_lag)
    found = [
        post
        for post in world.posts
        if world.is_there(post)
        and post.seen_at <= until
        and not call.views.hides(post)
        and _fits(post, narrow)
        and all(_holds(post, words) for words in wanted)
    ]
    if call.text("sort") == "top":
        found.sort(key=lambda post: (len(world.likes[post.uri]), post.sort_at), reverse=True)
    else:
        found.sort(key=lambda post: (post.sort_at, post.rkey), reverse=True)
    page = found[start : start + limit]
    answer: dict[str, Any] = {"hitsTotal": len(found), "posts": [call.views.post(post) for post in page]}
    return answer | ({"cursor": str(start + limit)} if start + limit < len(found) else {})


def _narrowing(call: Call) -> dict[str, Any]:
    narrow: dict[str, Any] = {"tag": [tag.lower() for tag in call.texts("tag", 100)]}
    for name in ("since", "until"):
        value = call.text(name)
        if value is not None:
            moment = read_moment(value)
            if moment is None:
                raise invalid(f"Error: {name} must be a valid datetime")
            narrow[name] = moment
    for name in ("author", "mentions"):
        value = call.text(name)
        if value is not None:
            narrow[name] = call.person(value).did
    return narrow | {name: call.text(name) for name in ("lang", "domain", "url") if call.text(name)}


def _fits(post: Record, narrow: dict[str, Any]) -> bool:
    record = post.shown
    tags = {tag.lower() for tag in [*richtext.features(record, "tag", "tag"), *(record.get("tags") or ())]}
    since: datetime | None = narrow.get("since")
    before: datetime | None = narrow.get("until")
    langs = [lang.split("-")[0] for lang in record.get("langs") or ()]
    return (
        all(tag in tags for tag in narrow["tag"])
        and (since is None or post.sort_at >= since)
        and (before is None or post.sort_at < before)
        and ("author" not in narrow or post.owner.did == narrow["author"])
        and ("mentions" not in narrow or narrow["mentions"] in richtext.features(record, "mention", "did"))
        and ("lang" not in narrow or narrow["lang"].split("-")[0] in langs)
        and _links(record, narrow)
    )


def _links(record: dict[str, Any], narrow: dict[str, Any]) -> bool:
    if "domain" not in narrow and "url" not in narrow:
        return True
    links = richtext.features(record, "link", "uri")
    embed = record.get("embed") or {}
    if "external" in embed:
        links.append(embed["external"]["uri"])
    hosts = [(urlsplit(link).hostname or "").removeprefix("www.") for link in links]
    return ("domain" not in narrow or narrow["domain"] in hosts) and (
        "url" not in narrow or narrow["url"] in links
    )


def _holds(post: Record, words: tuple[str, ...]) -> bool:
    """Whether these words stand one after the other in a post. An empty phrase is in every post."""
    said = tuple(_WORD.findall(post.text.casefold()))
    size = len(words)
    return any(said[at : at + size] == words for at in range(len(said) - size + 1))
