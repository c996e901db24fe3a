"""Whether a post sells or defrauds: what it offers, and how it is dressed."""

from __future__ import annotations

import re
from functools import cache

from socialdesk.triage.lexicon import of_all, sellers
from socialdesk.triage.text import Post
from socialdesk.triage.tone import Tone

__all__ = ["spam_score"]

_DIGIT = re.compile(r"\d")
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
    score = _offered(post, language)
    score += min(1, post.links)
    score += 1.5 * (len(post.tags) >= MANY_TAGS) + 1.5 * (len(post.handles) >= MANY_HANDLES)
    score += min(_MOST_PER_KIND, 0.5 * len(_selling().intersection(post.faces)))
    if _DIGIT.search(text) is not None:
        score += 1.0 * (_MONEY.search(text) is not None) + 0.7 * (_PERCENT.search(text) is not None)
        score += 0.5 * (_PHONE.search(text) is not None)
    score += 0.5 * (len([word for word in post.shown if word.isupper() and len(word) > 3]) >= SHOUTED)
    # Who has trouble, or asks, is rather a customer: perhaps one who asks whether a message is a fraud.
    return score - (1.0 if tone.trouble >= 3 or tone.asks >= 1 else 0.0)


def _offered(post: Post, language: str | None) -> float:
    """What the patterns weigh, each once however often it stands there."""
    hits = sellers(language).scan(post.words)
    return sum({post.words[hit.start : hit.end]: hit.weight for hit in hits}.values()) if hits else 0.0


@cache
def _selling() -> frozenset[str]:
    return frozenset(of_all().SELLING.split())
