"""Recent search's query language, read and applied.

https://docs.x.com/x-api/posts/search/integrate/build-a-query and .../operators. Words are matched whole, whatever
their case, and also where they stand in a handle or hashtag, but not in links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .state import Post
from .text import words
from .world import World

LONGEST = 512


class QueryError(ValueError):
    """A query that X refuses; the message says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """One clause: an operator and what it asks for; ``word`` and ``phrase`` are what has no operator."""

    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    part: Query


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Query, ...]


Query: TypeAlias = Term | Not | All | AnyOf

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<minus>-)(?=[^\s)])|(?P<or>OR)(?=[\s()]|$)"
    r"|(?P<op>[a-z_]+):(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>[^\s()]+))"
    r"|\"(?P<phrase>[^\"]*)\"|(?P<word>[^\s()\"]+))"
)


def _same(left: str, right: str) -> bool:
    return left.casefold() == right.casefold()


def _contains(haystack: tuple[str, ...], needle: tuple[str, ...]) -> bool:
    if not needle:
        return False
    if len(needle) == 1:
        return needle[0] in haystack
    size = len(needle)
    return any(haystack[place : place + size] == needle for place in range(len(haystack) - size + 1))


def _is_user(world: World, number: int | None, value: str) -> bool:
    if number is None:
        return False
    author = world.posts[number].author
    return author.id == value or _same(author.handle, value.lstrip("@"))


def _to(world: World, post: Post, value: str) -> bool:
    if post.reply_to is not None:
        return _is_user(world, post.reply_to, value)
    return post.source.casefold().startswith(f"@{value.lstrip('@').casefold()} ")


def _version_of(world: World, number: int | None, value: str) -> bool:
    return number is not None and value.isdigit() and int(value) in world.posts[number].history


_IS: Mapping[str, Callable[[Post], bool]] = {
    "retweet": lambda post: post.reposts is not None,
    "reply": lambda post: post.reply_to is not None,
    "quote": lambda post: post.quotes is not None,
    "verified": lambda post: post.author.verified,
}
_HAS: Mapping[str, Callable[[Post], bool]] = {
    "links": lambda post: bool(post.full.links),
    "mentions": lambda post: bool(post.full.handles),
    "hashtags": lambda post: bool(post.full.tags),
    "cashtags": lambda post: bool(post.full.cashtags),
    "media": lambda post: bool(post.media),
    "images": lambda post: any(media.kind == "photo" for media in post.media),
    "videos": lambda post: any(media.kind == "video" for media in post.media),
}

_MATCH: Mapping[str, Callable[[World, Post, str], bool]] = {
    "word": lambda world, post, value: _contains(post.words, words(value)),
    "phrase": lambda world, post, value: _contains(post.words, words(value)),
    "hashtag": lambda world, post, value: value.casefold() in post.full.tags,
    "cashtag": lambda world, post, value: value.casefold() in post.full.cashtags,
    "mention": lambda world, post, value: value.casefold() in post.full.handles,
    "from": lambda world, post, value: _is_user(world, post.number, value),
    "to": _to,
    "url": lambda world, post, value: any(_contains(words(link), words(value)) for link in post.full.links),
    "conversation_id": lambda world, post, value: value == str(post.root),
    "in_reply_to_tweet_id": lambda world, post, value: _version_of(world, post.reply_to, value),
    "quotes_of_tweet_id": lambda world, post, value: _version_of(world, post.quotes, value),
    "retweets_of_tweet_id": lambda world, post, value: _version_of(world, post.reposts, value),
    "retweets_of": lambda world, post, value: _is_user(world, post.reposts, value),
    "lang": lambda world, post, value: _same(post.lang, value),
    "is": lambda world, post, value: _IS[value](post),
    "has": lambda world, post, value: _HAS[value](post),
}
_DEPENDENT = {"lang", "is", "has"}
_WORDS = {"word", "phrase", "hashtag", "cashtag"}
_MARKS = {"#": "hashtag", "@": "mention", "$": "cashtag"}
_OPERATORS = set(_MATCH) - _WORDS - {"mention"}


def parse(text: str) -> Query:
    """The query that a text means. Raises QueryError where X would refuse it."""
    if len(text) > LONGEST:
        raise QueryError(f"Invalid 'query': length must be less than or equal to {LONGEST}")
    reader = _Reader(text)
    query = reader.any_of()
    if reader.token is not None:
        raise QueryError(
            f"no viable alternative at input '{reader.token.group().strip()}' (at position {reader.at})"
        )
    if not _stands_alone(query):
        raise QueryError(
            "Rules must contain at least one positive, non-stopword clause; "
            "is:, has: and lang: clauses and negated ones need one beside them"
        )
    return query


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text.rstrip()
        self.at = 0
        self.token: re.Match[str] | None = None
        self.step()

    def step(self) -> None:
        start = self.token.end() if self.token else 0
        self.token = _TOKEN.match(self.text, start) if start < len(self.text) else None
        self.at = start + 1
        if self.token is None and start < len(self.text):
            raise QueryError(
                f"mismatched character '{self.text[start:].strip()[:1]}' (at position {start + 1})"
            )

    def any_of(self) -> Query:
        parts = [self.all_of()]
        while self.token and self.token["or"]:
            self.step()
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self) -> Query:
        parts: list[Query] = []
        while self.token and not self.token["or"] and not self.token["close"]:
            parts.append(self.one())
        if not parts:
            raise QueryError(f"no viable alternative at input '' (at position {self.at})")
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Query:
        token = self.token
        if token is None:
            raise QueryError(f"no viable alternative at input '' (at position {self.at})")
        self.step()
        if token["minus"]:
            return Not(self.one())
        if token["open"]:
            inner = self.any_of()
            if self.token is None or not self.token["close"]:
                raise QueryError(f"missing ')' (at position {self.at})")
            self.step()
            return inner
        return _term(token)


def _term(token: re.Match[str]) -> Term:
    if token["phrase"] is not None:
        if not words(token["phrase"]):
            raise QueryError("An empty phrase cannot be searched for")
        return Term("phrase", token["phrase"])
    if token["word"] is not None:
        word = token["word"]
        if word[0] in _MARKS and len(word) > 1:
            return Term(_MARKS[word[0]], word[1:])
        if not words(word):
            raise QueryError(f"no viable alternative at input '{word}'")
        return Term("word", word)
    op, value = token["op"], token["quoted"] if token["quoted"] is not None else token["plain"]
    if op not in _OPERATORS:
        raise QueryError(
            f"Reference to invalid operator '{op}'. Operator is not available in current product or product packaging."
        )
    for name, known in (("is", _IS), ("has", _HAS)):
        if op == name and value not in known:
            raise QueryError(f"Reference to invalid operator '{op}:{value}'.")
    return Term(op, value)


def _stands_alone(query: Query) -> bool:
    match query:
        case Term(op, _):
            return op not in _DEPENDENT
        case Not():
            return False
        case All(parts):
            return any(map(_stands_alone, parts))
        case AnyOf(parts):
            return all(map(_stands_alone, parts))


def uses_words(query: Query) -> bool:
    """Whether a query asks for words: such a search leaves reposts out, since 4 May 2026."""
    match query:
        case Term(op, _):
            return op in _WORDS
        case Not(part):
            return uses_words(part)
        case All(parts) | AnyOf(parts):
            return any(map(uses_words, parts))


def matches(world: World, post: Post, query: Query) -> bool:
    """Whether a post is what a query asks for."""
    match query:
        case Term(op, value):
            return _MATCH[op](world, post, value)
        case Not(part):
            return not matches(world, post, part)
        case All(parts):
            return all(matches(world, post, part) for part in parts)
        case AnyOf(parts):
            return any(matches(world, post, part) for part in parts)


def candidates(world: World, query: Query) -> list[int]:
    """The numbers, in rising order, of the posts that can match: all, or a list that a required clause points to."""
    parts = query.parts if isinstance(query, All) else (query,)
    for part in parts:
        if not isinstance(part, Term):
            continue
        if part.op == "conversation_id":
            return world.threads.get(int(part.value), []) if part.value.isdigit() else []
        if part.op == "mention":
            user = world.handles.get(part.value.lower())
            return sorted(user.mentions + user.posts) if user else []
        if part.op == "in_reply_to_tweet_id" and part.value.isdigit():
            post = world.posts.get(int(part.value))
            return world.replies.get(post.history[0], []) if post else []
    return world.order
