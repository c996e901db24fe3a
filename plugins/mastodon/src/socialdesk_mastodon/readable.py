"""A status's HTML as a person reads it: plain text, with what it marks at code-point offsets. Pure.

Mastodon sends paragraphs, line breaks and links; other servers also send lists, quotes and code.

https://docs.joinmastodon.org/spec/activitypub/#sanitization
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from socialdesk_mastodon.ids import user_id

__all__ = ["readable"]

_APART = frozenset({"p", "blockquote", "ul", "ol", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "div"})
_UNSEEN = frozenset({"script", "style"})
_BROKEN_LINE = re.compile(r"\s*\n\s*")
_SHORTCODE = re.compile(r":(\w+):")
_QUOTE_FALLBACK = "quote-inline"


def readable(
    content: str, told: Mapping[str, Any], *, quotes: bool = False
) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities, each a dict for :class:`~socialdesk.models.Entity`, in order.

    ``told`` is the status: its mentions, tags and emojis say what the text marks. A link is shown in full where its
    text is a part of its address, else by its text. ``quotes`` leaves out the line that stands in for a quoted status.
    """
    reader = _Reader({mention["url"]: mention for mention in _dicts(told, "mentions") if mention.get("url")})
    reader.leaves_out = _QUOTE_FALLBACK if quotes else ""
    reader.feed(content)
    reader.close()
    text = "".join(reader.written).rstrip()
    entities = [entity for entity in reader.entities if entity["end"] <= len(text)]
    return text, _with_emoji(text, entities, _dicts(told, "emojis"))


def _dicts(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = told.get(name)
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def _with_emoji(
    text: str, entities: list[dict[str, Any]], emojis: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The entities with the server's own emoji, which stand in the text as ``:name:``."""
    pictures = {emoji["shortcode"]: emoji.get("url") for emoji in emojis if emoji.get("shortcode")}
    if not pictures:
        return entities
    taken = [(entity["start"], entity["end"]) for entity in entities]
    at, found = 0, list(entities)
    while match := _SHORTCODE.search(text, at):
        start, end = match.span()
        if match[1] not in pictures:
            at = end - 1  # its last colon may begin another
            continue
        at = end
        if not any(low < end and start < high for low, high in taken):
            url = pictures[match[1]]
            found.append({"kind": "emoji", "start": start, "end": end, "text": match[0], "url": url})
    return sorted(found, key=lambda entity: int(entity["start"]))


@dataclass
class _Link:
    """A link that is being read."""

    href: str
    classes: frozenset[str]
    label: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Writes down what is seen of a document. It takes any text, well-formed or not."""

    def __init__(self, mentions: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.entities: list[dict[str, Any]] = []
        self.leaves_out = ""
        self._mentions = mentions
        self._length = 0
        self._breaks = 0
        self._quoted = self._margin = 0
        self._lists: list[int | None] = []
        self._as_is = 0
        self._unseen = ""
        self._link: _Link | None = None

    # ----------------------------------------------------------------------------------------------- what is read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = frozenset((given.get("class") or "").split())
        if self._unseen:
            return
        if tag in _UNSEEN or (self.leaves_out and self.leaves_out in classes):
            self._unseen = tag
        elif tag == "br":
            self._new_line()
        elif tag == "a":
            self._end_link()
            self._link = _Link(given.get("href") or "", classes)
        elif tag == "li":
            self._item()
        elif tag in _APART:
            self._breaks = max(self._breaks, 2)
            self._quoted += tag == "blockquote"
            self._as_is += tag == "pre"
            if tag in ("ul", "ol"):
                self._lists.append(0 if tag == "ol" else None)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            self._unseen = "" if tag == self._unseen else self._unseen
        elif tag == "a":
            self._end_link()
        elif tag in _APART:
            self._breaks = max(self._breaks, 2)
            self._quoted = max(0, self._quoted - (tag == "blockquote"))
            self._as_is = max(0, self._as_is - (tag == "pre"))
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._link is not None:
            self._link.label.append(data)
        elif self._as_is:
            for number, line in enumerate(data.split("\n")):
                self._breaks += number > 0
                self._write(line)
        else:
            self._write(_BROKEN_LINE.sub(" ", data))

    def close(self) -> None:
        super().close()
        self._end_link()

    # -------------------------------------------------------------------------------------------- what is written

    def _new_line(self) -> None:
        if self._link is not None:
            self._link.label.append(" ")
        else:
            self._breaks += 1

    def _item(self) -> None:
        self._breaks = max(self._breaks, 1)
        number = self._lists[-1] if self._lists else None
        if number is None:
            self._write("- ")
        else:
            self._lists[-1] = number + 1
            self._write(f"{number + 1}. ")

    def _write(self, text: str) -> None:
        if self._breaks or not self._length:
            text = text if self._as_is else text.lstrip()
        if not text:
            return
        margin, between = "> " * self._quoted, "> " * min(self._quoted, self._margin)
        if not self._length:
            self._put(margin)
        elif self._breaks:
            self._put(f"\n{between}" * (self._breaks - 1) + f"\n{margin}")
        self._breaks, self._margin = 0, self._quoted
        self._put(text)

    def _put(self, text: str) -> None:
        self.written.append(text)
        self._length += len(text)

    def _end_link(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        label = "".join(link.label)
        fields = self._meaning(link, label.strip())
        shown = fields.pop("shown")
        if not shown:
            return
        self._write(shown)
        if fields:
            start = self._length - len(shown)
            self.entities.append({**fields, "start": start, "end": self._length, "text": shown})

    def _meaning(self, link: _Link, label: str) -> dict[str, Any]:
        """What a link shows, and the fields of its entity; nothing but the former where it leads nowhere."""
        person = self._mentions.get(link.href)
        if person is not None or ("mention" in link.classes and label.startswith("@")):
            identity = (person or {}).get("id")
            target = user_id(identity) if identity else None
            return {"shown": label, "kind": "mention", "url": link.href or None, "target": target}
        if label.startswith("#") and len(label) > 1:
            return {"shown": label, "kind": "hashtag", "url": link.href or None}
        if not link.href.startswith(("https://", "http://")):
            return {"shown": label}
        return {
            "shown": link.href if _is_part(label, link.href) else label,
            "kind": "url",
            "url": link.href,
        }


def _is_part(label: str, href: str) -> bool:
    """Whether a link's text is its address, or a shortened form of it."""
    bare = label.rstrip("…").removeprefix("https://").removeprefix("http://").rstrip("/")
    return bool(bare) and bare in href
