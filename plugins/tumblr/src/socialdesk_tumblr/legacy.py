"""Posts in the older formats, of HTML: as plain text with entities and attachments. Pure.

https://www.tumblr.com/docs/en/api/v2#legacy-text-posts
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from socialdesk_tumblr.npf import Readable, Told, attachment, straight

__all__ = ["plain", "read"]

_PARAGRAPHS = frozenset({"blockquote", "div", "figure", "h1", "h2", "h3", "h4", "ol", "p", "pre", "ul"})
_LINES = frozenset({"br", "dd", "dt", "hr", "li", "tr"})
_SILENT = frozenset({"script", "style", "iframe"})
# The fields of each type that hold what is said, in their order; True where the field is HTML.
_SAID: dict[str, tuple[tuple[str, bool], ...]] = {
    "text": (("title", False), ("body", True)),
    "photo": (("caption", True),),
    "quote": (("text", True), ("source", True)),
    "link": (("title", False), ("url", False), ("description", True)),
    "chat": (("title", False), ("body", False)),
    "audio": (("caption", True),),
    "video": (("caption", True),),
    "answer": (("question", True), ("answer", True)),
}


class _Reader(HTMLParser):
    def __init__(self, into: Readable) -> None:
        super().__init__(convert_charrefs=True)
        self.into = into
        self.gap = "\n\n"
        self.links: list[tuple[int, str | None]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _SILENT:
            self.silent += 1
        elif tag in _PARAGRAPHS:
            self.gap = "\n\n"
        elif tag in _LINES:
            self.gap = self.gap or "\n"
        elif tag == "a":
            self.links.append(
                (len(self.into.text) + len(self.gap if self.into.text else ""), given.get("href"))
            )
        elif tag == "img" and given.get("src"):
            self.into.attachments.append(attachment("image", given["src"] or "", alt_text=given.get("alt")))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _PARAGRAPHS:
            self.gap = "\n\n"
        elif tag == "a" and self.links:
            start, url = self.links.pop()
            if url and url.startswith(("http://", "https://")):
                self.into.mark(start, len(self.into.text), kind="url", url=straight(url))

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if self.silent or not words:
            if data and not self.silent and not self.gap and not self.into.text.endswith((" ", "\n")):
                self.into.text += " "
            return
        if self.gap:
            self.into.text = self.into.text.rstrip()
            self.into.say(words, self.gap)
        else:
            space = " " if data[0].isspace() and not self.into.text.endswith((" ", "\n")) else ""
            self.into.text += space + words
        self.gap = ""
        if data[-1].isspace():
            self.into.text += " "


def _add(into: Readable, html: str) -> None:
    reader = _Reader(into)
    reader.feed(html)
    reader.close()
    into.text = into.text.rstrip()


def plain(html: str) -> Readable:
    """What a piece of HTML says."""
    found = Readable()
    _add(found, html)
    return found


def read(post: Told) -> Readable:
    """What a post of an older type says."""
    found = Readable()
    for name, is_html in _SAID.get(post.get("type") or "text", _SAID["text"]):
        said: Any = post.get(name)
        if not said or not isinstance(said, str):
            continue
        if is_html:
            _add(found, said)
        else:
            start = found.say(said)
            if name == "url":
                found.mark(start, start + len(said), kind="url", url=straight(said))
    for photo in post.get("photos") or ():
        original = photo.get("original_size") or {}
        if original.get("url"):
            size = {side: original.get(side) for side in ("width", "height")}
            found.attachments.append(
                attachment("image", original["url"], alt_text=photo.get("caption"), **size)
            )
    for kind, field in (("video", "video_url"), ("audio", "audio_url")):
        if post.get(field):
            found.attachments.append(attachment(kind, post[field]))
    return found
