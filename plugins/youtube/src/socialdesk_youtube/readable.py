"""A text as a person reads it, and what in it has a meaning, at offsets that count code points. Pure.

YouTube tells a comment as HTML, where links, hashtags and names lead somewhere, and mostly as it was written too. A
video's description is plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, TypeAlias

from socialdesk_youtube.ids import channel_id

__all__ = ["of_comment", "of_video", "plain"]

Fields: TypeAlias = dict[str, Any]
"""The fields of an Entity."""

_PIECE = re.compile(
    r"<br\s*/?>|<a\b(?P<named>[^>]*)>|(?P<end></a\s*>)|</?[a-zA-Z][^>]*>|[^<]+|<", re.IGNORECASE
)
_HREF = re.compile(r"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_CHANNEL = re.compile(r"/channel/(UC[A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")
_SIGNS = {"@": "mention", "#": "hashtag"}
_WRITTEN = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,:;!?')\]}]|(?<![\w&/])#\w+|(?<![\w./])@[\w.-]*\w")


def of_comment(snippet: Mapping[str, Any]) -> tuple[str, list[Fields]]:
    """A comment's text, as it was written where that is told, and the entities in it, in order."""
    display, original = snippet.get("textDisplay"), snippet.get("textOriginal")
    shown, links = _read(display) if display is not None else ("", [])
    if original is None or original == shown:
        return shown, links
    return original, list(_found(original, links))


def of_video(text: str) -> list[Fields]:
    """The links, hashtags and names in a text without markup."""
    return [_entity(match.start(), match.group(), _where(match.group())) for match in _WRITTEN.finditer(text)]


def plain(markup: str) -> str:
    """The text of a stretch of HTML."""
    return _read(markup)[0]


def _read(markup: str) -> tuple[str, list[Fields]]:
    """HTML as text, with what its links mark."""
    if "<" not in markup and "&" not in markup:
        return markup, []
    text, links = "", []
    opened: tuple[int, str] | None = None
    for piece in _PIECE.finditer(markup):
        told = piece.group()
        if piece["named"] is not None:
            href = _HREF.search(piece["named"])
            opened = (len(text), unescape(href[1] or href[2] or "")) if href else None
        elif piece["end"]:
            if opened is not None and len(text) > opened[0]:
                start, leads_to = opened
                links.append(_entity(start, text[start:], leads_to))
            opened = None
        elif told[:3].lower() == "<br":
            text += "\n"
        elif told[0] != "<" or told == "<":
            text += unescape(told)
    return text, links


def _entity(start: int, shown: str, href: str) -> Fields:
    kind = _SIGNS.get(shown[0], "url")
    fields: Fields = {
        "kind": kind,
        "start": start,
        "end": start + len(shown),
        "text": shown,
        "url": href or None,
    }
    person = _CHANNEL.search(href) if kind == "mention" else None
    if person is not None:
        fields["target"] = channel_id(person[1])
    return fields


def _where(shown: str) -> str:
    """Where a name leads; a hashtag leads nowhere that is told."""
    return f"https://www.youtube.com/{shown}" if shown[0] == "@" else "" if shown[0] == "#" else shown


def _found(text: str, links: list[Fields]) -> Iterator[Fields]:
    """The links of the display where they stand in the original; one that does not stand there is left out."""
    at = 0
    for link in links:
        for shown in (link["text"], link["url"]):
            start = text.find(shown, at) if shown else -1
            if start >= 0:
                at = start + len(shown)
                yield {**link, "start": start, "end": at, "text": shown}
                break
