"""A search rule in the words of Bluesky's search.

How Bluesky reads a query is not specified beyond words and quoted phrases: it is asked for more than a rule says, and
core filters. Where a rule has alternatives, each is a search of its own.

https://docs.bsky.app/docs/api/app-bsky-feed-search-posts
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import regex

from socialdesk.connector import Topic
from socialdesk.errors import Rejected
from socialdesk.models import Rule

__all__ = ["topics"]

_LETTER = regex.compile(r"\w")
_HOST = regex.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z0-9-]+)(?:[/:?#].*)?", regex.IGNORECASE)
_ANYTHING = "*"  # a query is required; the host narrows it

Asked = dict[str, Any]


def topics(rule: Rule) -> tuple[Topic, ...]:
    """The searches that hear what ``rule`` asks for.

    Raises Rejected where Bluesky cannot search for it: without a word, hashtag or host to look for.
    """
    base = [_quoted(rule.phrase)] if rule.phrase and _LETTER.search(rule.phrase) else []
    language = rule.language.split("-")[0].lower() if rule.language else None
    found: dict[str, Topic] = {}
    for alternative in _alternatives(rule, base):
        asked = {**alternative, "q": alternative.get("q") or _ANYTHING}
        if language:
            asked["lang"] = language
        name = hashlib.blake2s(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
        found[name] = Topic(name, asked, exact=False)
    return tuple(found.values())


def _alternatives(rule: Rule, base: list[str]) -> Iterator[Asked]:
    """One search for each alternative; what a rule asks besides narrows it where there is but one of it."""
    words = [_quoted(word) for word in rule.any_of if _LETTER.search(word)]
    tags = [tag.lstrip("#") for tag in rule.hashtags if tag.lstrip("#")]
    hosts = _hosts(rule.urls)
    beside: Asked = {}
    if len(tags) == 1 and words:
        beside["tag"] = tags
    if len(hosts) == 1 and (words or tags):
        beside["domain"] = hosts[0]
    if words:
        yield from ({"q": " ".join([*base, word]), **beside} for word in words)
    elif tags:
        yield from ({"q": " ".join([*base, f"#{tag}"]), "tag": [tag], **beside} for tag in tags)
    elif hosts:
        yield from ({"q": " ".join(base), "domain": host} for host in hosts)
    elif base:
        yield {"q": " ".join(base)}
    else:
        raise Rejected(
            "unsupported",
            f"Rule {rule.name}: Bluesky searches for words, hashtags and hosts of links; a language or excluded words "
            "alone are not enough.",
            scope="stream",
        )


def _hosts(parts: Sequence[str]) -> list[str]:
    """The hosts that parts of links name; none where one of them names none, since the others would hear too little."""
    found = [_HOST.fullmatch(part.strip()) for part in parts]
    return [match[1].lower().removeprefix("www.") for match in found if match] if all(found) else []


def _quoted(words: str) -> str:
    plain = " ".join(words.replace("\\", " ").replace('"', " ").split())
    return f'"{plain}"' if " " in plain or not plain.isalnum() else plain
