"""Whether a post is about the company, or only shares a word with its name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from socialdesk.models import Mention
from socialdesk.triage.lexicon import lexicon_of, of_all, read_together, subjects
from socialdesk.triage.text import BOUNDARY, COMMA, Post, plain, split_words
from socialdesk.triage.tone import Tone

__all__ = ["ADDRESSED", "Names", "is_relevant", "names_of"]

ADDRESSED = frozenset({"mention", "reply", "comment", "tag", "ask", "direct_message", "review"})
"""Kinds of mentions that a platform hands to us because they are for us."""

_WITH = frozenset(
    "with from by at via off leave leaving left join joined bei mit von zu chez avec quitte quitter con com".split()
)
_A = frozenset("an un una une um uma ein eine einen einem einer eines".split())
_BREAKS = (BOUNDARY, COMMA)
_MOST = 3  # subjects that count: a long post names more things, and is no more certain for it
_ENOUGH = 0.5
_ENOUGH_AGAINST = 1.0  # to lose sight of a customer is worse than to see a stranger


class Names(NamedTuple):
    """What a company is called. Of ``phrases`` and ``others``, each is (words as compared, as written)."""

    handles: frozenset[str]
    phrases: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    others: tuple[tuple[str, ...], ...]
    topics: frozenset[str]


@lru_cache(maxsize=256)
def names_of(about: tuple[str, ...], namesakes: tuple[str, ...], topics: tuple[str, ...]) -> Names:
    """The names as they are looked for."""
    written = [tuple(split_words(name)) for name in about if not name.startswith("@")]
    return Names(
        handles=frozenset(name.casefold() for name in about if name.startswith("@")),
        phrases=tuple((_plain(words), words) for words in sorted(written, key=len, reverse=True) if words),
        others=tuple(_plain(split_words(name)) for name in namesakes if split_words(name)),
        topics=frozenset(word for name in topics for word in _plain(split_words(name))),
    )


def _plain(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain(word) for word in words)


def is_relevant(mention: Mention, post: Post, tone: Tone, language: str | None, names: Names) -> bool | None:
    """Whether it is about us; None where that cannot be told."""
    if mention.kind in ADDRESSED or not names.handles.isdisjoint(post.handles):
        return True
    if any(_places(post.words, other) for other in names.others):
        return False
    for phrase, written in names.phrases:
        places = _places(post.words, phrase)
        if places and len(phrase) > 1:
            return True
        if places:
            evidence = _context(post, tone, language, names, phrase) + max(
                _standing(post, place, written[0], language) for place in places
            )
            return True if evidence >= _ENOUGH else False if evidence <= -_ENOUGH_AGAINST else None
        if "".join(phrase) in post.tags:
            return True
    return None


def _places(words: Sequence[str], phrase: tuple[str, ...]) -> list[int]:
    size = len(phrase)
    first = phrase[0]
    return [
        place
        for place, word in enumerate(words)
        if word == first and tuple(words[place : place + size]) == phrase
    ]


def _context(post: Post, tone: Tone, language: str | None, names: Names, phrase: tuple[str, ...]) -> float:
    """What else is spoken of: things of a company's service, or of elsewhere."""
    found: dict[str, set[str]] = {"service": set(), "elsewhere": set()}
    for place, word in enumerate(post.words):
        if word == phrase[0]:
            continue
        for hit in subjects(language).at(post.words, place):
            found[hit.kind].add(word)
    service = len(found["service"] | (names.topics & set(post.words)))
    evidence = float(min(_MOST, service) - min(_MOST, len(found["elsewhere"])))
    if found["elsewhere"]:
        return evidence
    return evidence + 1.0 * (tone.trouble >= 2.5) + 0.5 * (tone.thanks > 0)


def _standing(post: Post, place: int, written: str, language: str | None) -> float:
    """How the name stands in its sentence: as that of a company, a person, or as a plain word."""
    before = post.shown[place - 1] if place else BOUNDARY
    after = post.shown[place + 1] if place + 1 < len(post.shown) else BOUNDARY
    is_first = place < 2 or post.shown[place - 2] in _BREAKS
    named = post.shown[place]
    evidence = 0.0
    if plain(before) in _titles():
        evidence -= 2
    elif (
        before[0].isupper()
        and not (is_first and _is_word(before, language))
        and not _serves(before, language)
    ):
        evidence -= 1.5
    if plain(before) in _WITH:
        evidence += 0.5
    if plain(before) in _A or (language == "en" and before in ("a", "A")):
        evidence -= 1
    if after[0].isupper() and language != "de" and not _serves(after, language):
        evidence -= 1
    if written[0].isupper() and named.islower() and any(word[0].isupper() for word in post.shown):
        evidence -= 1
    elif language != "de" and named[0].isupper():
        evidence += 0.5
    return evidence


def _is_word(shown: str, language: str | None) -> bool:
    """Whether it is a common word, which a sentence happens to begin with."""
    return any(plain(shown) in _common(name) for name in read_together(language))


def _serves(shown: str, language: str | None) -> bool:
    word = plain(shown)
    return any(hit.kind == "service" for hit in subjects(language).at((word,), 0))


@cache
def _common(language: str) -> frozenset[str]:
    return frozenset(_plain(lexicon_of(language).COMMON.split()))


@cache
def _titles() -> frozenset[str]:
    return frozenset(_plain(of_all().TITLES.split()))
