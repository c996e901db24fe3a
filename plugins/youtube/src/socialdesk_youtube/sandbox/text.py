"""A comment's text as YouTube displays it: HTML with links, or plain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from .state import Channel

_MARKED = re.compile(
    r"(?P<url>https?://[^\s<>]+[^\s<>.,:;!?')\]])"
    r"|(?<![\w/&])#(?P<tag>\w+)"
    r"|(?<![\w/])@(?P<name>[A-Za-z0-9._-]{3,30})"
    r"|(?<!\d)(?P<time>(?:\d{1,2}:)?[0-5]?\d:[0-5]\d)(?![\d:])"
    r"|(?<!\w)\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?!\w)"
)


def displayed(text: str, video: str, channels: Mapping[str, Channel]) -> str:
    """The text as HTML, as ``textDisplay`` has it."""
    html, at = "", 0
    for match in _MARKED.finditer(text):
        html += _escaped(text[at : match.start()]) + _marked(match, video, channels)
        at = match.end()
    return html + _escaped(text[at:])


def _escaped(text: str) -> str:
    return escape(text).replace("&#x27;", "&#39;").replace("\n", "<br>")


def _marked(match: re.Match[str], video: str, channels: Mapping[str, Channel]) -> str:
    whole = match.group()
    if match["url"]:
        return _link(whole, whole)
    if match["tag"]:
        return _link(f"http://www.youtube.com/results?search_query={quote(whole)}", whole)
    if match["time"]:
        seconds = 0
        for part in whole.split(":"):
            seconds = seconds * 60 + int(part)
        return _link(f"https://www.youtube.com/watch?v={video}&t={seconds}", whole)
    if match["bold"]:
        return f"<b>{_escaped(match['bold'])}</b>"
    named = channels.get(match["name"].lower())
    return _link(f"https://www.youtube.com/channel/{named.id}", whole) if named else _escaped(whole)


def _link(href: str, shown: str) -> str:
    return f'<a href="{escape(href)}">{_escaped(shown)}</a>'


__all__ = ["displayed"]
