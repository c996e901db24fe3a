"""Words and phrases by which triage judges, made into tables when they are first asked for.

Each language is a module of plain text. In its patterns a ``~`` at the end of a word stands for any ending, and a ``*``
for up to two words. Accents and case do not count, since people leave them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from socialdesk.triage.text import plain, split_words

__all__ = ["LANGUAGES", "Hit", "Table", "judged_by", "lexicon_of", "sellers", "spans", "subjects"]

LANGUAGES = {"de": "german", "en": "english", "es": "spanish", "fr": "french", "pt": "portuguese"}
"""The languages that are judged, with the module that holds each one's words."""

GAP = 2
"""How many words a ``*`` may stand for."""

_STEM = 3
"""How many first letters a word is looked up by where its ending is open."""


class Hit(NamedTuple):
    """A pattern was found: what it tells, how strongly, and from which word to which (end exclusive)."""

    kind: str
    weight: float
    start: int
    end: int


class _Pattern(NamedTuple):
    first: str
    rest: tuple[str, ...]
    kind: str
    weight: float


class Table:
    """Patterns by their first word, to be found in a text by looking at each of its words once."""

    def __init__(self, patterns: Iterable[tuple[str, str, float]]) -> None:
        """``patterns`` are (pattern, kind, weight)."""
        self._whole: dict[str, list[_Pattern]] = {}
        self._stems: dict[str, list[_Pattern]] = {}
        for text, kind, weight in patterns:
            for first, *rest in _spellings(text):
                pattern = _Pattern(first.rstrip("~"), tuple(rest), kind, weight)
                if first.endswith("~"):
                    self._stems.setdefault(first[:_STEM], []).append(pattern)
                else:
                    self._whole.setdefault(first, []).append(pattern)

    def __contains__(self, word: str) -> bool:
        """Whether a pattern begins with this word."""
        return word in self._whole

    def words(self) -> set[str]:
        """The whole words of which the patterns consist."""
        found = {word for each in self._whole.values() for pattern in each for word in pattern.rest}
        return {word for word in found.union(self._whole) if word.isalpha()}

    def at(self, words: Sequence[str], place: int) -> tuple[Hit, ...]:
        """What begins at this word: the longest pattern, and each kind that is as long."""
        word = words[place]
        found: tuple[Hit, ...] = ()
        for pattern in self._whole.get(word, ()):
            end = _end(words, place + 1, pattern.rest) if pattern.rest else place + 1
            found = _longer(found, pattern, place, end)
        for pattern in self._stems.get(word[:_STEM], ()):
            if word.startswith(pattern.first):
                end = _end(words, place + 1, pattern.rest) if pattern.rest else place + 1
                found = _longer(found, pattern, place, end)
        return found


def _longer(found: tuple[Hit, ...], pattern: _Pattern, place: int, end: int) -> tuple[Hit, ...]:
    if not end or (found and end < found[0].end):
        return found
    hit = Hit(pattern.kind, pattern.weight, place, end)
    if found and end == found[0].end:
        return found if any(other.kind == hit.kind for other in found) else (*found, hit)
    return (hit,)


def _end(words: Sequence[str], place: int, rest: tuple[str, ...]) -> int:
    """Where the rest of a pattern ends if it stands here; 0 where it does not."""
    for index, element in enumerate(rest):
        if element == "*":
            tails = (_end(words, place + skipped, rest[index + 1 :]) for skipped in range(GAP + 1))
            return next((end for end in tails if end), 0)
        if place >= len(words):
            return 0
        word = words[place]
        if not (word.startswith(element[:-1]) if element[-1] == "~" else word == element):
            return 0
        place += 1
    return place


def _spellings(pattern: str) -> Iterable[list[str]]:
    """The words of a pattern as texts are split; German with and without the dots on its vowels."""
    for text in {pattern, _without_dots(pattern)}:
        elements: list[str] = []
        for part in text.split():
            if part == "*":
                elements.append(part)
            else:
                words = [plain(word) for word in split_words(part.rstrip("~"))]
                if part.endswith("~") and words:
                    words[-1] += "~"
                elements += words
        if elements:
            yield elements


def _without_dots(text: str) -> str:
    return text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")


def lexicon_of(language: str) -> Any:
    """The module of a language's words."""
    return import_module(f"{__name__}.{LANGUAGES[language]}")


def _weighed(groups: Mapping[int, str], kind: str) -> Iterable[tuple[str, str, float]]:
    for weight, texts in groups.items():
        for text in texts.split(","):
            yield text, kind, float(weight)


def _listed(texts: str, kind: str, weight: float = 1.0) -> Iterable[tuple[str, str, float]]:
    return _weighed({1: texts}, kind) if weight == 1.0 else ((t, kind, weight) for t in texts.split(","))


@lru_cache(maxsize=None)
def judged_by(language: str) -> Table:
    """The patterns of tone: good, bad, trouble, remedy, hint, thanks, ask, open, not, very."""
    words = lexicon_of(language)
    others = import_module(f"{__name__}.others")
    return Table(
        [
            *_weighed(words.TROUBLE, "trouble"),
            *_weighed(words.BAD, "bad"),
            *_weighed(words.GOOD, "good"),
            *_listed(words.THANKS, "thanks", 2.0),
            *_weighed(words.ASK, "ask"),
            *_listed(words.WH, "open"),
            *_listed(words.HINT, "hint"),
            *_listed(words.NOT, "not"),
            *_listed(words.VERY, "very"),
            *((word, "remedy", 2.0) for word in others.REMEDIES.split()),
        ]
    )


@lru_cache(maxsize=None)
def spans(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The number words and the units of time of a language."""
    words = lexicon_of(language)
    return frozenset(map(plain, words.NUMBERS.split())), frozenset(map(plain, words.UNITS.split()))


@lru_cache(maxsize=None)
def sellers(language: str) -> Table:
    """The patterns of people who sell or defraud."""
    return Table(_weighed(lexicon_of(language).SPAM, "spam"))


@lru_cache(maxsize=None)
def subjects(language: str) -> Table:
    """The patterns of what is spoken about: a company's ``service``, or things ``elsewhere``."""
    words = lexicon_of(language)
    return Table([*_listed(words.SERVICE, "service"), *_listed(words.ELSEWHERE, "elsewhere")])
