"""Words and phrases by which triage judges, made into tables when they are first asked for.

Each language is a module of plain text. In its patterns a ``~`` at the end of a word stands for any ending, and a ``*``
for up to two words. Accents and case do not count, since people leave them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from socialdesk.triage.text import BOUNDARY, COMMA, plain, split_words

__all__ = [
    "LANGUAGES",
    "Hit",
    "Table",
    "lexicon_of",
    "of_all",
    "read_together",
    "sellers",
    "spans",
    "subjects",
    "tones",
    "vocabulary",
]

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


class _Beginning(NamedTuple):
    """The patterns that begin with one word, by their second one where that is a whole word."""

    others: list[_Pattern]
    by_second: dict[str, list[_Pattern]]

    def put(self, pattern: _Pattern) -> None:
        second = pattern.rest[0] if pattern.rest else "*"
        if second == "*" or second.endswith("~"):
            self.others.append(pattern)
        else:
            self.by_second.setdefault(second, []).append(pattern)

    def all(self) -> Iterable[_Pattern]:
        return [*self.others, *(pattern for each in self.by_second.values() for pattern in each)]

    def before(self, words: Sequence[str], place: int) -> Sequence[_Pattern]:
        """Those that may go on with the word that stands at this place."""
        more = self.by_second.get(words[place]) if self.by_second and place < len(words) else None
        return [*self.others, *more] if more else self.others


class Table:
    """Patterns by their first word, to be found in a text by looking at each of its words once."""

    def __init__(self, *lists: Iterable[tuple[str, str, float]]) -> None:
        """Each list holds (pattern, kind, weight); what a list before has spelled so too is not taken again."""
        self._whole: dict[str, _Beginning] = {}
        self._stems: dict[str, list[_Pattern]] = {}
        taken: set[tuple[str, ...]] = set()
        for patterns in lists:
            spelled = [
                (tuple(words), kind, weight) for text, kind, weight in patterns for words in _spellings(text)
            ]
            for words, kind, weight in spelled:
                if words not in taken:
                    self._add(words, kind, weight)
            taken.update(words for words, _, _ in spelled)

    def _add(self, words: tuple[str, ...], kind: str, weight: float) -> None:
        first, *rest = words
        pattern = _Pattern(first.rstrip("~"), tuple(rest), kind, weight)
        if first.endswith("~"):
            self._stems.setdefault(first[:_STEM], []).append(pattern)
        else:
            self._whole.setdefault(first, _Beginning([], {})).put(pattern)

    def words(self) -> set[str]:
        """The whole words of which the patterns consist."""
        found = {word for each in self._whole.values() for pattern in each.all() for word in pattern.rest}
        return {word for word in found.union(self._whole) if word.isalpha()}

    def scan(self, words: Sequence[str]) -> list[Hit]:
        """The patterns in a text, in order; each word is part of one at most, and of all of that one's kinds."""
        found: list[Hit] = []
        whole, stems, until = self._whole, self._stems, 0
        for place, word in enumerate(words):
            if place >= until and (word in whole or word[:_STEM] in stems):
                hits = self.at(words, place)
                if hits:
                    found += hits
                    until = hits[0].end
        return found

    def at(self, words: Sequence[str], place: int) -> tuple[Hit, ...]:
        """What begins at this word: the longest pattern, and each kind that is as long."""
        word = words[place]
        found: tuple[Hit, ...] = ()
        beginning = self._whole.get(word)
        for pattern in beginning.before(words, place + 1) if beginning is not None else ():
            end = _end(words, place + 1, pattern.rest) if pattern.rest else place + 1
            if end and not (found and end < found[0].end):
                found = _longer(found, Hit(pattern.kind, pattern.weight, place, end))
        for pattern in self._stems.get(word[:_STEM], ()):
            if word.startswith(pattern.first):
                end = _end(words, place + 1, pattern.rest) if pattern.rest else place + 1
                if end and not (found and end < found[0].end):
                    found = _longer(found, Hit(pattern.kind, pattern.weight, place, end))
        return found


def _longer(found: tuple[Hit, ...], hit: Hit) -> tuple[Hit, ...]:
    """With a hit that is as long as those found, or longer."""
    if found and hit.end == found[0].end:
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
            if part in ("*", BOUNDARY, COMMA):
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


def of_all() -> Any:
    """The module of what is not of one language."""
    return import_module(f"{__name__}.others")


def lexicon_of(language: str) -> Any:
    """The module of a language's words."""
    return import_module(f"{__name__}.{LANGUAGES[language]}")


def _weighed(groups: Mapping[int, str], kind: str) -> Iterable[tuple[str, str, float]]:
    for weight, texts in groups.items():
        for text in texts.split(","):
            yield text, kind, float(weight)


def _listed(texts: str, kind: str, weight: float = 1.0) -> Iterable[tuple[str, str, float]]:
    return _weighed({1: texts}, kind) if weight == 1.0 else ((t, kind, weight) for t in texts.split(","))


def read_together(language: str | None) -> tuple[str, ...]:
    """The languages whose words are looked for: a post's own, and English, which people mix in; all where it is not
    known, none where it is one that is not judged."""
    if language is None:
        return tuple(LANGUAGES)
    return tuple(dict.fromkeys((language, "en"))) if language in LANGUAGES else ()


@cache
def tones(language: str | None) -> Table:
    """The patterns of good, bad, trouble, remedy, hint, thanks, ask, open, not and very; breaks are of their mark's."""
    breaks = [(mark, mark, 0.0) for mark in (BOUNDARY, COMMA)]
    return Table(*(_of_tone(name) for name in read_together(language)), breaks)


def _of_tone(language: str) -> Iterable[tuple[str, str, float]]:
    words = lexicon_of(language)
    return [
        *_weighed(words.TROUBLE, "trouble"),
        *_weighed(words.BAD, "bad"),
        *_weighed(words.GOOD, "good"),
        *_listed(words.THANKS, "thanks", 2.0),
        *_weighed(words.ASK, "ask"),
        *_listed(words.WH, "open"),
        *_listed(words.HINT, "hint"),
        *_listed(words.NOT, "not"),
        *_listed(words.VERY, "very"),
        *((word, "remedy", 2.0) for word in of_all().REMEDIES.split()),
    ]


@cache
def spans(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The number words and the units of time of a language."""
    words = lexicon_of(language)
    return frozenset(map(plain, words.NUMBERS.split())), frozenset(map(plain, words.UNITS.split()))


@cache
def sellers(language: str | None) -> Table:
    """The patterns of people who sell or defraud. Where a language is not judged, those in English."""
    names = read_together(language) or ("en",)
    return Table(*(_weighed(lexicon_of(name).SPAM, "spam") for name in names))


@cache
def subjects(language: str | None) -> Table:
    """The patterns of what is spoken about: a company's ``service``, or things ``elsewhere``."""
    return Table(*(_of_subjects(name) for name in read_together(language)))


def _of_subjects(language: str) -> Iterable[tuple[str, str, float]]:
    words = lexicon_of(language)
    return [*_listed(words.SERVICE, "service"), *_listed(words.ELSEWHERE, "elsewhere")]


@cache
def vocabulary(language: str) -> frozenset[str]:
    """All words, without accents, that a language's patterns consist of."""
    table = Table(_of_tone(language), _of_subjects(language))
    return frozenset(table.words())
