"""How long Mastodon takes a text to be: in graphemes, a link at a fixed length, ``@user@host`` as ``@user``.

Whether a word with ``https://`` is a link depends on a list of top-level domains. Country codes, those in other
alphabets and the common generic ones are known here; any other ending counts as a link or by its own letters,
whichever is more, so that no text is taken for shorter than the server takes it.

https://docs.joinmastodon.org/user/posting/
"""

from __future__ import annotations

import regex

__all__ = ["LIMIT", "LINK_LENGTH", "graphemes", "length_of"]

LIMIT = 500
"""What a status may hold, where the server does not tell."""

LINK_LENGTH = 23
"""What a link counts, where the server does not tell."""

_GENERIC = frozenset(
    """
    agency app art biz blog business cafe center chat city cloud club com community company consulting design dev
    digital edu education email energy events expert fm foundation fun gov group guide help host info
    institute int international jobs land law life link live media mil museum name net network news one online org
    page party photo photos pizza place plus press pro pub radio rocks run school science services shop site social
    software solar solutions space store studio support systems tech technology tel today tools top tours town travel
    tv video watch website wiki work works world wtf xyz zone
    """.split()
)
_LATIN = r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_LABEL = rf"[0-9a-z{_LATIN}\p{{Cyrillic}}\p{{Han}}\p{{Hiragana}}\p{{Katakana}}\p{{Arabic}}\p{{Hebrew}}_-]+"
_IN_PATH = rf"[a-z0-9\p{{Cyrillic}}{_LATIN}!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_AT_END = rf"[a-z0-9\p{{Cyrillic}}{_LATIN}=_#/+-]"
_PARENS = rf"\({_IN_PATH}*+(?:\({_IN_PATH}++\){_IN_PATH}*+)?\)"
_LINK = regex.compile(
    rf"(?<![a-z0-9@＠$#＃])https?://(?:{_LABEL}\.)+(?P<ending>xn--[0-9a-z-]+|\p{{L}}{{2,}})(?![0-9a-z@-]|\.\w)"
    rf"(?::[0-9]+)?(?:/(?:(?:{_IN_PATH}|{_PARENS})*(?:{_AT_END}|{_PARENS}))?)?"
    r"(?:\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@]*[a-z0-9_&=#/-])?",
    regex.IGNORECASE,
)
_MENTION = regex.compile(r"(?<![/\w])@([a-z0-9_]+)@[a-z0-9.-]+[a-z0-9]", regex.IGNORECASE | regex.ASCII)
_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """How many characters a reader sees."""
    return len(text) if text.isascii() and "\r" not in text else sum(1 for _ in _GRAPHEME.finditer(text))


def length_of(text: str, link_length: int = LINK_LENGTH) -> int:
    """The length of ``text`` as a server counts it that counts every link as ``link_length``."""
    total, at = 0, 0
    for link in _LINK.finditer(text) if "://" in text else ():
        known = _is_known(link["ending"].lower())
        total += _plain(text[at : link.start()])
        total += link_length if known else max(link_length, graphemes(link.group()))
        at = link.end()
    return total + _plain(text[at:])


def _plain(text: str) -> int:
    return graphemes(_MENTION.sub(r"@\1", text))


def _is_known(ending: str) -> bool:
    return len(ending) == 2 or not ending.isascii() or ending.startswith("xn--") or ending in _GENERIC
