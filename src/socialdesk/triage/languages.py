"""Which language a post is in: what the platform says, or what its words, endings, letters and script say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from math import log
from typing import NamedTuple

from socialdesk.triage.lexicon import LANGUAGES, judged_by, lexicon_of, subjects
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
    votes: Counter[str] = Counter()
    evidence = _evidence()
    for word, shown in zip(post.words, post.shown, strict=True):
        known = evidence.exact.get(shown.lower()) or evidence.accentless.get(word)
        for language, weight in known or ():
            votes[language] += weight
        if known is None and len(word) >= _MIN_FOR_ENDING:
            votes[_sounding(word, evidence.sounds)] += _SOUND
        if len(word) >= _MIN_FOR_ENDING:
            for size in (5, 4, 3):
                for language, weight in evidence.endings.get(shown[-size:].lower(), ()):
                    votes[language] += weight
        if not shown.isascii():
            for letter in set(shown.lower()):
                for language, weight in evidence.letters.get(letter, ()):
                    votes[language] += weight
    for mark in set(post.marks):
        for language, weight in evidence.letters.get(mark, ()):
            votes[language] += weight
    return _winner(votes)


def _winner(votes: Counter[str]) -> str | None:
    (best, most), (_, next_most) = (*votes.most_common(2), ("", 0.0), ("", 0.0))[:2]
    return best if most >= ENOUGH and most >= next_most * LEAD else None


class _Evidence(NamedTuple):
    """What speaks for which languages, and how much."""

    exact: Mapping[str, tuple[tuple[str, float], ...]]
    accentless: Mapping[str, tuple[tuple[str, float], ...]]
    endings: Mapping[str, tuple[tuple[str, float], ...]]
    letters: Mapping[str, tuple[tuple[str, float], ...]]
    sounds: Mapping[str, Mapping[str, float]]


@lru_cache(maxsize=1)
def _evidence() -> _Evidence:
    others = import_module("socialdesk.triage.lexicon.others")
    words = {language: set(lexicon_of(language).COMMON.split()) for language in LANGUAGES}
    words |= {language: set(text.split()) for language, text in others.RIVALS.items()}
    known = {name: judged_by(name).words() | subjects(name).words() for name in LANGUAGES}
    plainly = {language: {plain(word) for word in words[language]} for language in LANGUAGES}
    endings = {language: set(text.split()) for language, text in others.ENDINGS.items()}
    accentless = _shared(plainly, _ACCENTLESS)
    for word, votes in _shared(known, _PATTERN).items():
        accentless.setdefault(word, votes)
    letters = {
        letter: tuple((name, _LETTER * count) for name, count in Counter(names.split()).items())
        for letter, names in others.LETTERS.items()
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
    if text.isascii():
        return None
    others = import_module("socialdesk.triage.lexicon.others")
    counts: Counter[str] = Counter()
    for letter in text:
        code = ord(letter)
        if code >= others.SCRIPTS[0][0]:
            counts.update(language for first, last, language in others.SCRIPTS if first <= code <= last)
    if not counts or 2 * counts.total() < sum(letter.isalpha() for letter in text):
        return None
    if counts["ja"]:
        return "ja"  # Chinese characters are written with kana there
    for letter, language in others.OF_ONE_LANGUAGE.items():
        if letter in text:
            return str(language)
    return counts.most_common(1)[0][0]
