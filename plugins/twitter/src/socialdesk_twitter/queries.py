"""A search rule in X's query language.

A topic is exact where X can ask for just what the rule says. Where it cannot, the query asks for more and core
filters: words with punctuation in them, which X takes apart, and parts of links.

https://docs.x.com/x-api/posts/search/integrate/operators
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from socialdesk.connector import Topic
from socialdesk.errors import Rejected
from socialdesk.models import Rule

__all__ = ["LONGEST", "LONGEST_ENTERPRISE", "topics"]

LONGEST = 512
LONGEST_ENTERPRISE = 4096

_PLAIN = regex.compile(r"\w+(?: \w+)*")
_WORD = regex.compile(r"[A-Za-z0-9]+")
_LETTER = regex.compile(r"\w")
_HANDLE = regex.compile(r"@[A-Za-z0-9_]{1,15}")
_TAG = regex.compile(r"(?=.*\p{L})[\p{L}\p{M}\p{Nd}_]+")
_RESERVED = frozenset({"and", "or", "not"})
_NO_REPOSTS = "-is:retweet"
# The languages that X tells apart; it uses three withdrawn codes.
_LANGUAGES = frozenset(
    (
        "am ar hy eu bn bs bg my hr ca cs da nl en et fi fr ka de el gu ht iw hi hu is in it ja kn km ko lo lv lt ml "
        "dv mr ne no or pa ps fa pl pt ro ru sr zh sd si sk sl ckb es sv tl ta te th bo tr uk ur ug vi cy yi"
    ).split()
)
_OLDER = {"id": "in", "he": "iw", "nb": "no", "nn": "no"}


@dataclass(frozen=True, slots=True)
class _Clause:
    """Alternatives of which one must hold, each as an operator; ``exact`` where they ask for just that."""

    terms: tuple[str, ...]
    exact: bool = True

    def text(self) -> str:
        return self.terms[0] if len(self.terms) == 1 else f"({' OR '.join(self.terms)})"


def topics(rule: Rule, limit: int = LONGEST) -> tuple[Topic, ...]:
    """The queries that hear what ``rule`` asks for, each at most ``limit`` characters long.

    Raises Rejected where X cannot search for it: without a word, hashtag or link to look for, or with one too long.
    """
    clauses, exact = _clauses(rule)
    if not clauses:
        raise Rejected(
            "unsupported",
            f"Rule {rule.name}: X searches for words, hashtags and links; a language or excluded words alone "
            "are not enough.",
            scope="stream",
        )
    refinements, refined = _refinements(rule)
    exact = exact and refined
    base = sum(len(text) + 1 for text in refinements)
    main = max(clauses, key=lambda clause: len(clause.text()))
    others = [clause for clause in clauses if clause is not main]
    room = limit - base - sum(len(clause.text()) + 1 for clause in others)
    if room < max(map(len, main.terms)) + 2:  # asked for by the longest clause alone, and filtered
        others, refinements, exact = [], [_NO_REPOSTS], False
        room = limit - len(_NO_REPOSTS) - 1
    queries = [
        " ".join([clause.text(), *(other.text() for other in others), *refinements])
        for clause in _fitting(main, room, rule)
    ]
    return tuple(Topic(_key(query), {"query": query}, exact=exact) for query in queries)


def _key(query: str) -> str:
    """Names the query: another query is another listing, with a cursor of its own."""
    return hashlib.blake2s(query.encode(), digest_size=8).hexdigest()


def _clauses(rule: Rule) -> tuple[list[_Clause], bool]:
    tags = _tags_clause(rule.hashtags)
    found = (
        _words_clause((rule.phrase,) if rule.phrase else ()),
        _words_clause(rule.any_of),
        tags,
        _Clause(tuple(f"url:{_quoted(part)}" for part in rule.urls), False) if rule.urls else None,
    )
    clauses = [clause for clause in found if clause is not None]
    complete = tags is not None or not rule.hashtags
    return clauses, complete and all(clause.exact for clause in clauses)


def _words_clause(words: Sequence[str]) -> _Clause | None:
    terms = tuple(dict.fromkeys(_term(word) for word in words if _LETTER.search(word)))
    return _Clause(terms, all(map(_is_plain, words))) if terms else None


def _tags_clause(tags: Sequence[str]) -> _Clause | None:
    """None where one of the tags is none on X: the others alone would hear too little."""
    names = [tag.lstrip("#") for tag in tags]
    if not names or not all(_TAG.fullmatch(name) for name in names):
        return None
    return _Clause(tuple(dict.fromkeys(f"#{name}" for name in names)))


def _refinements(rule: Rule) -> tuple[list[str], bool]:
    """What narrows the search, and whether it says all that the rule says."""
    plain = [word for word in rule.none_of if _is_plain(word)]
    found = [f"-{_term(word)}" for word in plain]
    exact = len(plain) == len(rule.none_of)
    if rule.language:
        code = rule.language.lower().split("-")[0]
        code = _OLDER.get(code, code)
        if code in _LANGUAGES:
            found.append(f"lang:{code}")
        else:
            exact = False
    return [*found, _NO_REPOSTS], exact


def _fitting(clause: _Clause, room: int, rule: Rule) -> Iterator[_Clause]:
    """The clause, as several where it is too long for one query."""
    taken: list[str] = []
    for term in clause.terms:
        if len(term) > room:
            raise Rejected(
                "too_long", f"Rule {rule.name}: one of its words is too long to search for.", scope="stream"
            )
        if taken and len(_Clause((*taken, term)).text()) > room:
            yield _Clause(tuple(taken))
            taken = []
        taken.append(term)
    yield _Clause(tuple(taken))


def _is_plain(word: str) -> bool:
    """Whether X's reading of the word is core's: whole words, without punctuation that X would drop."""
    return bool(_PLAIN.fullmatch(" ".join(word.split())) or _HANDLE.fullmatch(word))


def _term(word: str) -> str:
    if _HANDLE.fullmatch(word) or (_WORD.fullmatch(word) and word.lower() not in _RESERVED):
        return word
    return _quoted(word)


def _quoted(phrase: str) -> str:
    return '"' + " ".join(phrase.replace("\\", " ").replace('"', " ").split()) + '"'
