"""How a post sounds and what it wants: words of praise, blame and trouble, what turns them round, and questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from socialdesk.triage.lexicon import LANGUAGES, Hit, of_all, spans, tones
from socialdesk.triage.text import BOUNDARY, COMMA, Post

__all__ = ["Intent", "Sentiment", "Tone", "hear", "intent_of", "sentiment_of"]

Sentiment = Literal["negative", "neutral", "positive"]
Intent = Literal["complaint", "question", "praise", "other"]

REACH = 3
"""So many words after a "not" are turned round by it."""

BOOST = 1.4

_HINTED_BY = {"hint": 0.5, "not": 0.5, "span": 0.7, "long": 0.6}
"""What alone says nothing, and together speaks for a complaint: "but", "still", "not", "3 days"."""

_MOST_HINTED = 2.5
_POLITE = 4.0  # so much praise is written for politeness, or as irony
LONG_ENOUGH = 8
"""Who writes so many words and neither asks nor praises has something to say against us more often than not."""


@dataclass(slots=True)
class Tone:
    """How much was found of each."""

    good: float = 0.0
    bad: float = 0.0
    cross: float = 0.0
    trouble: float = 0.0
    hints: float = 0.0
    thanks: float = 0.0
    asks: float = 0.0

    @property
    def complains(self) -> float:
        """How much it is a complaint. Thanks and praise beside real trouble are politeness or irony."""
        spared = self.good + self.thanks
        is_polite_only = self.trouble >= 2.5 and spared <= _POLITE
        hinted = min(_MOST_HINTED, self.hints)
        return (
            self.trouble
            + self.bad
            + min(1.0, self.cross)
            + hinted
            - (0.25 if is_polite_only else 0.6) * spared
        )

    @property
    def praises(self) -> float:
        return self.good + self.thanks - self.bad - self.cross - self.trouble

    @property
    def is_heard(self) -> bool:
        return bool(self.good or self.bad or self.cross or self.trouble or self.thanks or self.asks)


def hear(post: Post, language: str | None) -> Tone:
    """What a post's words, emoji and marks tell. ``language`` None looks for words of all that are known."""
    tone = Tone()
    words = post.words
    denied, boosted, begun = -1, -1, _after_greeting(words, 0)
    for hit in tones(language).scan(words):
        if hit.kind in (BOUNDARY, COMMA):
            denied, boosted, begun = -1, -1, _after_greeting(words, hit.end)
        elif hit.kind == "not":
            denied = hit.end + REACH
            tone.hints += _HINTED_BY["not"]
        elif hit.kind == "hint":
            tone.hints += _HINTED_BY["hint"]
        elif hit.kind == "very":
            boosted = hit.end + 1
        elif hit.kind in ("open", "ask"):
            tone.asks += _asked(hit, is_opening=hit.start == begun)
        else:
            _add(tone, hit, is_denied=hit.start < denied, is_boosted=hit.start <= boosted)
    for kind, weight in _faces(post.faces):
        if kind == "good":
            tone.good += weight
        else:
            tone.cross += weight
    tone.hints += _HINTED_BY["span"] * _has_span(words, language)
    tone.hints += _HINTED_BY["long"] * (len(words) >= LONG_ENOUGH)
    if "?" in post.marks or "؟" in post.marks or "？" in post.marks:
        tone.asks += 1.5
    return tone


def _asked(hit: Hit, *, is_opening: bool) -> float:
    if hit.kind == "open":
        return 0.5 if is_opening else 0.0
    return 1.0 if is_opening or hit.weight > 1 else 0.0


def _after_greeting(words: Sequence[str], place: int) -> int:
    greetings = _greetings()
    while place < len(words) and words[place] in greetings:
        place += 1
    return place


@cache
def _greetings() -> frozenset[str]:
    return frozenset(of_all().GREETINGS.split())


def _add(tone: Tone, hit: Hit, *, is_denied: bool, is_boosted: bool) -> None:
    weight = hit.weight * (BOOST if is_boosted else 1.0)
    if hit.kind == "good":
        if is_denied:
            tone.bad += 0.7 * weight
        else:
            tone.good += weight
    elif hit.kind == "bad":
        if is_denied:
            tone.good += 0.3 * weight
        else:
            tone.bad += weight
    elif hit.kind == "trouble":
        if not is_denied or hit.weight > 2:  # phrases of this weight hold their "not" already
            tone.trouble += weight
    elif hit.kind == "remedy":
        tone.trouble += hit.weight
    elif hit.kind == "thanks":
        tone.thanks += hit.weight


def _has_span(words: Sequence[str], language: str | None) -> bool:
    """Whether a stretch of time is told, as in "3 days": people count it when they wait."""
    for name in (language,) if language in LANGUAGES else () if language is not None else LANGUAGES:
        numbers, units = spans(name)
        for number, unit in pairwise(words):
            if unit in units and (number in numbers or number.isdigit()):
                return True
    return False


@cache
def _weights_of_faces() -> dict[str, tuple[str, float]]:
    others = of_all()
    kinds = (("good", others.GLAD), ("bad", others.CROSS))
    return {
        face: (kind, float(weight))
        for kind, groups in kinds
        for weight, text in groups.items()
        for face in text.split()
    }


def _faces(faces: Iterable[str]) -> Iterable[tuple[str, float]]:
    """Each emoji once: ten hearts are no more than one."""
    known = _weights_of_faces()
    for face in dict.fromkeys(faces):
        if face in known:
            yield known[face]


def intent_of(tone: Tone, *, is_foreign: bool = False) -> Intent:
    """What the writer wants: a complaint comes before a question, and a question before praise.

    ``is_foreign``: it is not about us. Then praise is none of ours, and bad temper alone is no complaint.
    """
    if tone.asks >= 1 and tone.complains < 3:
        return "question"
    if tone.complains >= 1.5 and not (is_foreign and tone.trouble < 2):
        return "complaint"
    return "praise" if tone.praises >= 1.5 and not is_foreign else "other"


def sentiment_of(tone: Tone, intent: Intent) -> Sentiment:
    """How it sounds. A question sounds neutral unless there is much in it."""
    balance = tone.good + tone.thanks - tone.bad - tone.cross - 0.7 * tone.trouble
    if intent == "complaint":
        return "negative"
    if intent == "question":
        return "negative" if balance <= -2 else "positive" if balance >= 5 else "neutral"
    return "negative" if balance <= -1 else "positive" if balance >= 1.5 else "neutral"
