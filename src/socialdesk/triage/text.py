"""A post cut into what can be judged: words, emoji, handles, tags, links and marks."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from unicodedata import category, normalize

__all__ = ["LONGEST", "Post", "plain", "read_post", "split_words"]

LONGEST = 4_000
"""So many characters of a text are looked at: more tell nothing new, and time stays bounded."""

BOUNDARY = "."
"""Stands among the words of a post where a sentence ends."""

COMMA = ","
"""Stands among them where a part of a sentence ends."""

_BREAKS = {"mark": BOUNDARY, "stop": BOUNDARY, "comma": COMMA}

_WORD = r"[^\W_]++(?:['’`´][^\W_]++)*+"
_TOKEN = re.compile(
    rf"""
      (?P<word> {_WORD} (?! [.@]\w | :/ ) )
    | (?P<link> [Hh]ttps?:/\S++ | www\.\S++ )
    | (?P<mail> [\w.+-]++@[\w-]++\.[\w.-]++ )
    | (?P<dotted> [\w-]++(?:\.[\w-]++)++(?:/\S*+)? )
    | (?P<part> {_WORD} )
    | (?P<handle> @\w++(?:\.\w++)*+ )
    | (?P<tag> [#\uff03]\w++ )
    | (?P<face> >?[:;=]['’]?-?[)(D/] (?!\w) | <3
              | [\u2049\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff] )
    | (?P<mark> [?!¿¡؟？！]++ )
    | (?P<stop> [.…;:\n]++ )
    | (?P<comma> , )
    """,
    re.VERBOSE,
)
_ENDINGS_OF_LINKS = frozenset(
    "app at be biz br ch cl co com de es eu example fr gg gov info io it ly me mx net nl org pt ru tv uk us xyz".split()
)
_ELIDED = frozenset("l d j qu n s c m t jusqu lorsqu puisqu un all dell nell sull quell".split())
"""What stands before an apostrophe as a word of its own, in French and Italian."""
_LONG = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLE = {"god": "good", "col": "cool", "swet": "sweet", "fre": "free", "hapy": "happy"}
"""What is left of an elongated word whose letter is double by right."""


class Post(NamedTuple):
    """A text cut up. ``words`` are as compared, ``shown`` as written, both with a ``.`` where a sentence ends and a
    ``,`` where a part of one does."""

    words: tuple[str, ...]
    shown: tuple[str, ...]
    faces: tuple[str, ...]
    handles: tuple[str, ...]
    tags: tuple[str, ...]
    links: int
    marks: str


def read_post(text: str) -> Post:
    """Cut a text up. Takes any text."""
    text = text[:LONGEST]
    if not text.isascii():
        text = normalize("NFC", text)
    long = _LONG.search(text) is not None
    shown: list[str] = []
    found: dict[str, list[str]] = {}
    for token in _TOKEN.finditer(text):
        kind, value = token.lastgroup, token.group()
        if kind == "word" and value.isalnum():
            shown.append(value)
        elif kind in ("word", "part"):
            shown += _parts(value)
        elif kind == "dotted" and not _is_link(value):
            shown += [part for word in value.split(".") for part in (*split_words(word), BOUNDARY)][:-1]
        elif kind is not None:
            if kind in _BREAKS:
                shown.append(_BREAKS[kind])
            found.setdefault(kind, []).append(value)
    words = [plain(_shortened(word)) for word in shown] if long else [plain(word) for word in shown]
    return Post(
        words=tuple(words),
        shown=tuple(shown),
        faces=tuple(found.get("face", ())),
        handles=tuple(handle.casefold() for handle in found.get("handle", ())),
        tags=tuple(tag[1:].casefold() for tag in found.get("tag", ())),
        links=sum(len(found.get(kind, ())) for kind in ("link", "mail", "dotted")),
        marks="".join(found.get("mark", ())),
    )


def split_words(text: str) -> list[str]:
    """The words of a text as they are written."""
    return [part for word in re.findall(_WORD, normalize("NFC", text)) for part in _parts(word)]


def _is_link(dotted: str) -> bool:
    """``bit.ly/x`` and ``acme.com`` are, and ``late.Again`` is not."""
    host, slash, _ = dotted.partition("/")
    return bool(slash) or host.rpartition(".")[2] in _ENDINGS_OF_LINKS


def _parts(word: str) -> tuple[str, ...]:
    """``j'ai`` is two words, ``don't`` is one."""
    if word.isalnum():
        return (word,)
    pieces = re.split("['’`´]", word)
    if len(pieces) == 2 and pieces[0].lower() in _ELIDED and len(pieces[1]) > 1:
        return (pieces[0], pieces[1])
    return ("".join(pieces),)


def _shortened(word: str) -> str:
    """``sooooo`` is ``so``, and ``goooood`` is ``good``."""
    once = _LONG.sub(r"\1", word)
    return _DOUBLE.get(once.lower(), once)


def plain(word: str) -> str:
    """As words are compared: lower case, no accents."""
    word = word.lower()
    return word if word.isascii() else word.translate(_bases())


@cache
def _bases() -> dict[int, str]:
    """Latin letters with accents -> without them."""
    table = {
        ord(a): b
        for a, b in {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "ı": "i", "đ": "d"}.items()
    }
    for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        base = "".join(c for c in normalize("NFD", chr(code)) if category(c) != "Mn")
        if code not in table and base != chr(code):
            table[code] = base
    table.update(dict.fromkeys(range(0x300, 0x370), ""))
    return table
