"""A search rule as Mastodon can listen for it: the timelines of its hashtags, or searches for its words.

A hashtag's timeline has all that reached the server. A search finds only posts whose authors agreed to it, and those
that the account dealt with; it knows no alternatives, so that each word is asked for by itself, and core filters.

https://docs.joinmastodon.org/methods/timelines/#tag and https://docs.joinmastodon.org/methods/search/
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import orjson
import regex

from socialdesk.connector import Topic
from socialdesk.errors import Rejected
from socialdesk.models import Rule

__all__ = ["topics"]

_TAGS_AT_ONCE = 5
"""One in the path and four beside it."""

_WORD = regex.compile(r"[\p{L}\p{N}]")
_TAG = regex.compile(r"(?=.*[\p{L}\p{M}_])[\p{L}\p{M}\p{N}_·]+")


def topics(rule: Rule) -> tuple[Topic, ...]:
    """What hears all that ``rule`` asks for. Raises Rejected where there is no hashtag or word to look for."""
    found = tuple(_of_tags(rule)) if rule.hashtags else tuple(_of_words(rule))
    if not found:
        raise Rejected(
            "unsupported",
            f"Rule {rule.name}: Mastodon listens for hashtags and searches for words; a language or excluded words "
            "alone are not enough.",
            scope="stream",
        )
    return found


def _of_tags(rule: Rule) -> Iterator[Topic]:
    tags = list(dict.fromkeys(tag.lstrip("#").lower() for tag in rule.hashtags))
    unfit = next((tag for tag in tags if not _TAG.fullmatch(tag)), None)
    if unfit is not None:
        raise Rejected("unsupported", f"Rule {rule.name}: #{unfit} is no hashtag.", scope="stream")
    exact = not (rule.phrase or rule.any_of or rule.none_of or rule.urls or rule.language)
    for start in range(0, len(tags), _TAGS_AT_ONCE):
        data = {"tags": tags[start : start + _TAGS_AT_ONCE]}
        yield Topic(_key(data), data, exact=exact)


def _of_words(rule: Rule) -> Iterator[Topic]:
    wanted = [rule.phrase] if rule.phrase else list(rule.any_of or rule.urls)
    queries = dict.fromkeys(_query(words) for words in wanted if _WORD.search(words))
    for query in queries:
        data = {"query": query}
        yield Topic(_key(data), data, exact=False)


def _query(words: str) -> str:
    plain = " ".join(words.replace('"', " ").split())
    return f'"{plain}"' if not plain.isalnum() else plain


def _key(data: Mapping[str, object]) -> str:
    """Names what is asked for: anything else is another listing, with a cursor of its own."""
    return hashlib.blake2s(orjson.dumps(dict(data)), digest_size=8).hexdigest()
