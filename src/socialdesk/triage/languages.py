"""Which language a post is in: what the platform says, or what its words, endings, letters and script say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from math import log
from typing import NamedTuple

from socialdesk.triage.lexicon import LANGUAGES, lexicon_of, of_all, vocabulary
from socialdesk.triage.text import Post, plain

__all__ = ["detect", "primary", "told"]

WITHDRAWN = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro"}
"""Codes that platforms still use -> those that replaced them."""

_NO_LANGUAGE = frozenset("und zxx mul mis art root".split())
_SHAPE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)

ENOUGH = 0.6
"""Less evidence than this, and no language is told."""

LEAD = 1.04
"""How many times the evidence of the second a language must have."""

_ACCENTLESS = 0.7  # a word that was written without its accents speaks a little less for its language
_PATTERN = 0.6  # a word that is known from a pattern only
_LETTER = 0.5
_ENDING = 0.35
_MIN_FOR_ENDING = 5
_SOUND = 0.3
_CLEAR_LEAD = 1.5  # no need then to ask how unknown words sound
_REMEMBERED = 8_192  # words: most posts are made of the same ones
_KINDS_OF_THREES = 3_000


def told(code: str | None) -> str | None:
    """The platform's word for the language, where it is the code of a real one; None for codes such as ``und``."""
    if not code or not _SHAPE.fullmatch(code):
        return None
    first, _, rest = code.partition("-")
    first = first.lower()
    if first in _NO_LANGUAGE or "qaa" <= first <= "qtz":  # the latter are for private use
        return None
    first = WITHDRAWN.get(first, first)
    return f"{first}-{rest}" if rest else first


def primary(code: str) -> str:
    """``pt`` of ``pt-BR``."""
    return code.partition("-")[0]


def detect(post: Post) -> str | None:
    """The language that the words speak for; None where they speak for none, or for two alike."""
    written = _script(post.shown)
    if written is not None:
        return written
    votes = _Votes()
    unknown: list[str] = []
    for word, shown in zip(post.words, post.shown, strict=True):
        is_known, speaks_for = _evidence_of(shown.lower(), word)
        votes.add(speaks_for)
        if not is_known and len(word) >= _MIN_FOR_ENDING:
            unknown.append(word)
    for mark in set(post.marks):
        votes.add(_evidence().letters.get(mark, ()))
    if unknown and not votes.is_clear():
        for word in unknown:
            votes.add(((_sounding(word, _evidence().sounds), _SOUND),))
    return votes.winner()


@lru_cache(maxsize=_REMEMBERED)
def _evidence_of(lower: str, word: str) -> tuple[bool, tuple[tuple[str, float], ...]]:
    """Whether a word is known, and for which languages it speaks: itself, its ending and its letters."""
    evidence, votes = _evidence(), _Votes()
    known = evidence.exact.get(lower) or evidence.accentless.get(word)
    votes.add(known or ())
    if len(word) >= _MIN_FOR_ENDING:
        for size in (5, 4, 3):
            votes.add(evidence.endings.get(lower[-size:], ()))
    if not lower.isascii():
        for letter in set(lower):
            votes.add(evidence.letters.get(letter, ()))
    return known is not None, votes.told()


class _Votes:
    """How much speaks for each language."""

    def __init__(self) -> None:
        self._for: dict[str, float] = {}

    def add(self, votes: Iterable[tuple[str, float]]) -> None:
        for language, weight in votes:
            self._for[language] = self._for.get(language, 0.0) + weight

    def told(self) -> tuple[tuple[str, float], ...]:
        return tuple(self._for.items())

    def is_clear(self) -> bool:
        """Whether one language is far before the others."""
        most, next_most = self._most()
        return most >= ENOUGH and most >= next_most * _CLEAR_LEAD

    def winner(self) -> str | None:
        most, next_most = self._most()
        if most < ENOUGH or most < next_most * LEAD:
            return None
        return max(self._for, key=self._for.__getitem__)

    def _most(self) -> tuple[float, float]:
        first, second = ([*sorted(self._for.values(), reverse=True), 0.0, 0.0])[:2]
        return first, second


class _Evidence(NamedTuple):
    """What speaks for which languages, and how much."""

    exact: Mapping[str, tuple[tuple[str, float], ...]]
    accentless: Mapping[str, tuple[tuple[str, float], ...]]
    endings: Mapping[str, tuple[tuple[str, float], ...]]
    letters: Mapping[str, tuple[tuple[str, float], ...]]
    sounds: Mapping[str, Mapping[str, float]]


@cache
def _evidence() -> _Evidence:
    others = of_all()
    words = {language: set(lexicon_of(language).COMMON.split()) for language in LANGUAGES}
    words |= {language: set(text.split()) for language, text in others.RIVALS.items()}
    known = {name: vocabulary(name) for name in LANGUAGES}
    plainly = {language: {plain(word) for word in words[language]} for language in LANGUAGES}
    endings = {language: set(text.split()) for language, text in others.ENDINGS.items()}
    accentless = _shared(plainly, _ACCENTLESS)
    for word, votes in _shared(known, _PATTERN).items():
        accentless.setdefault(word, votes)
    letters = {
        letter: tuple((name, _LETTER * count) for name, count in Counter(names.split()).items())
        for row, names in others.LETTERS.items()
        for letter in row
    }
    sounds = {name: _sounds(known[name] | plainly[name]) for name in LANGUAGES}
    return _Evidence(_shared(words, 1.0), accentless, _shared(endings, _ENDING), letters, sounds)


def _sounds(words: Iterable[str]) -> dict[str, float]:
    """How likely each three letters are in a language's words, as logarithms."""
    counts = Counter(three for word in words for three in _threes(word))
    total = counts.total() + _KINDS_OF_THREES
    return {"": log(1 / total)} | {three: log((count + 1) / total) for three, count in counts.items()}


def _threes(word: str) -> list[str]:
    framed = f"^{word}$"
    return [framed[place : place + 3] for place in range(len(framed) - 2)]


def _sounding(word: str, sounds: Mapping[str, Mapping[str, float]]) -> str:
    """The language of which an unknown word looks most likely to be one."""
    threes = _threes(word)
    return max(sounds, key=lambda name: sum(sounds[name].get(three, sounds[name][""]) for three in threes))


def _shared(words: Mapping[str, Iterable[str]], weight: float) -> dict[str, tuple[tuple[str, float], ...]]:
    """Each word -> its languages: the more languages have it, the less it tells."""
    owners: dict[str, list[str]] = {}
    for language, each in words.items():
        for word in each:
            owners.setdefault(word, []).append(language)
    return {word: tuple((name, weight / len(names)) for name in names) for word, names in owners.items()}


def _script(words: Iterable[str]) -> str | None:
    """The language of a script other than Latin, where most letters are of one."""
    text = "".join(words)
    if text.isascii() or max(text) < chr(of_all().SCRIPTS[0][0]):
        return None
    counts: Counter[str] = Counter()
    for letter in text:
        code = ord(letter)
        counts.update(language for first, last, language in of_all().SCRIPTS if first <= code <= last)
    if not counts or 2 * counts.total() < sum(letter.isalpha() for letter in text):
        return None
    if counts["ja"]:
        return "ja"  # Chinese characters are written with kana there
    for letter, language in of_all().OF_ONE_LANGUAGE.items():
        if letter in text:
            return str(language)
    return counts.most_common(1)[0][0]
