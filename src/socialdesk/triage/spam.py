"""Whether a post sells or defrauds: what it offers, and how it is dressed."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module

from socialdesk.triage.lexicon import LANGUAGES, Table, sellers
from socialdesk.triage.text import Post
from socialdesk.triage.tone import Tone

__all__ = ["spam_score"]

_MONEY = re.compile(r"[$€£]\s?\d|\d\s?(?:[$€£]|euros?\b|dollars?\b|dólares\b|reais\b|quid\b)", re.IGNORECASE)
_PERCENT = re.compile(r"\d\s?%")
_PHONE = re.compile(r"\+\d[\d \-]{7,}|\b\d{2} ?\d{4,5}-\d{4}\b")

MANY_TAGS = 4
MANY_HANDLES = 5
SHOUTED = 3
"""So many words in capital letters are shouting."""

_MOST_PER_KIND = 1.5


def spam_score(text: str, post: Post, tone: Tone, language: str | None) -> float:
    """How much speaks for spam, from 0; a setting of Triage says how much is enough."""
    score = _offered(post, _tables(language))
    score += min(1, post.links)
    score += 1.5 * (len(post.tags) >= MANY_TAGS) + 1.5 * (len(post.handles) >= MANY_HANDLES)
    score += min(_MOST_PER_KIND, 0.5 * len(_selling().intersection(post.faces)))
    score += 1.0 * (_MONEY.search(text) is not None) + 0.7 * (_PERCENT.search(text) is not None)
    score += 0.5 * (_PHONE.search(text) is not None)
    score += 0.5 * (sum(word.isupper() and len(word) > 3 for word in post.shown) >= SHOUTED)
    return score - (1.0 if tone.trouble >= 3 else 0.0)


def _offered(post: Post, tables: tuple[Table, ...]) -> float:
    """What the patterns weigh, each once however often it stands there."""
    found: dict[tuple[str, ...], float] = {}
    place = 0
    while place < len(post.words):
        best = max((hit for table in tables for hit in table.at(post.words, place)), key=_by_end, default=None)
        if best is not None:
            found[post.words[best.start : best.end]] = best.weight
        place = best.end if best is not None else place + 1
    return sum(found.values())


def _by_end(hit: tuple[str, float, int, int]) -> tuple[int, float]:
    return hit[3], hit[1]


@lru_cache(maxsize=None)
def _tables(language: str | None) -> tuple[Table, ...]:
    if language is None:
        return tuple(sellers(name) for name in LANGUAGES)
    return tuple(sellers(name) for name in dict.fromkeys((language, "en")) if name in LANGUAGES)


@lru_cache(maxsize=1)
def _selling() -> frozenset[str]:
    return frozenset(import_module("socialdesk.triage.lexicon.others").SELLING.split())
