"""A search rule as YouTube searches for it: more widely than the rule says, for core to filter.

YouTube reads ``|`` as "or" and ``-`` as "not", and looks at more than title and description. A rule is one search,
since a project may make few.

https://developers.google.com/youtube/v3/docs/search/list
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from socialdesk.connector import Topic
from socialdesk.errors import Rejected
from socialdesk.models import Rule

__all__ = ["topics"]

_WORD = re.compile(r"[\w.#@]+")
_NOT_IN_QUERIES = re.compile(r'["|\\]+')


def topics(rule: Rule) -> tuple[Topic, ...]:
    """The search that hears what ``rule`` asks for. Raises Rejected where there is no word to look for."""
    said = _said(rule)
    if not said:
        raise Rejected(
            "unsupported",
            f"Rule {rule.name}: YouTube searches for words, hashtags and links; a language or excluded words alone "
            "are not enough.",
            scope="stream",
        )
    query = " ".join([*said, *(f"-{word}" for word in rule.none_of if _WORD.fullmatch(word))])
    data = {"q": query}
    if rule.language:
        data["language"] = rule.language.split("-")[0].lower()
    key = hashlib.blake2s(repr(sorted(data.items())).encode(), digest_size=8).hexdigest()
    return (Topic(key, data, exact=False),)


def _said(rule: Rule) -> list[str]:
    """What must be there. Alternatives beside other words are left to core: how they group is not told."""
    found = [_quoted(rule.phrase)] if rule.phrase else []
    found += [f"#{tag.lstrip('#')}" for tag in rule.hashtags[:1] if len(rule.hashtags) == 1]
    if not found:
        either = rule.any_of or [f"#{tag.lstrip('#')}" for tag in rule.hashtags] or rule.urls
        found = [_either(either)] if either else []
    return [term for term in found if term]


def _either(words: Iterable[str]) -> str:
    return "|".join(filter(None, map(_quoted, words)))


def _quoted(words: str) -> str:
    plain = " ".join(_NOT_IN_QUERIES.sub(" ", words).split())
    return plain if not plain or _WORD.fullmatch(plain) else f'"{plain}"'
