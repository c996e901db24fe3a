"""A search rule as tags: Tumblr's API searches for nothing else. Pure.

https://www.tumblr.com/docs/en/api/v2#tagged--get-posts-with-tag
"""

from __future__ import annotations

import hashlib

from socialdesk.connector import Topic
from socialdesk.errors import Rejected
from socialdesk.models import Rule

__all__ = ["topics"]


def topics(rule: Rule) -> tuple[Topic, ...]:
    """A listing for each tag. Hashtags are what Tumblr knows; a rule of words is heard where they are a tag, and core
    looks at whatever else the rule asks for.

    Raises Rejected where there is nothing that could be a tag.
    """
    words = (*((rule.phrase,) if rule.phrase else ()), *rule.any_of)
    tags = rule.hashtags or ((rule.phrase,) if rule.phrase else rule.any_of)
    names = dict.fromkeys(" ".join(tag.lstrip("#").split()).casefold() for tag in tags)
    names.pop("", None)
    if not names:
        raise Rejected(
            "unsupported",
            f"Rule {rule.name}: Tumblr searches for tags alone; give it a hashtag, or words that people use as tags.",
            scope="stream",
        )
    exact = bool(rule.hashtags) and not (words or rule.none_of or rule.urls or rule.language)
    return tuple(Topic(_key(name), {"tag": name}, exact=exact) for name in names)


def _key(tag: str) -> str:
    return hashlib.blake2s(tag.encode(), digest_size=8).hexdigest()
