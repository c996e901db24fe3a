"""The Neue Post Format: blocks as plain text with entities and attachments, and text as blocks. Pure.

https://www.tumblr.com/docs/npf
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

import regex

from socialdesk.models import ExternalId
from socialdesk_tumblr.ids import user_id

__all__ = ["LONGEST_BLOCK", "Readable", "Told", "attachment", "blog_url", "read", "straight", "written"]

Told: TypeAlias = Mapping[str, Any]
LONGEST_BLOCK = 4096
"""Code points in one text block."""

_MOST_BLOCKS, _MOST_LINKS = 900, 100
_STACKED = frozenset({"ordered-list-item", "unordered-list-item", "chat", "indented"})
_MEDIA = {"image": "image", "video": "video", "audio": "audio"}
_LINK = regex.compile(r"https?://[^\s<>\"]*[^\s<>\".,:;!?'()\[\]]", regex.IGNORECASE)
_BREAK = regex.compile(r"\s*\n\s*\n\s*")


@dataclass(slots=True)
class Readable:
    """Text under way, with the fields of its entities and attachments; offsets count its code points."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, between: str = "\n\n") -> int:
        """Add a paragraph, and tell where it begins."""
        self.text += (between if self.text and text else "") + text
        return len(self.text) - len(text)

    def mark(self, start: int, end: int, **fields: Any) -> None:
        """Add an entity, where it stands within the text."""
        if 0 <= start < end <= len(self.text):
            self.entities.append({"start": start, "end": end, "text": self.text[start:end], **fields})

    def tag(self, tags: Iterable[Any]) -> None:
        """Add the post's tags as a last paragraph: people speak in them."""
        between = "\n\n"
        for tag in tags:
            if isinstance(tag, str) and tag.strip():
                shown = f"#{tag.strip()}"
                start = self.say(shown, between)
                self.mark(start, start + len(shown), kind="hashtag")
                between = " "


def read(blocks: Sequence[Told]) -> Readable:
    """What blocks say. One of a kind that is not known is left out."""
    found = Readable()
    stacked = False
    for block in blocks:
        kind = block.get("type")
        if kind == "text":
            stacks = block.get("subtype") in _STACKED
            start = found.say(block.get("text") or "", "\n" if stacks and stacked else "\n\n")
            _format(found, start, block)
            stacked = stacks
            continue
        stacked = False
        if kind == "link" and block.get("url"):
            if block.get("title"):
                found.say(block["title"])
            url = straight(block["url"])
            start = found.say(url, "\n")
            found.mark(start, start + len(url), kind="url", url=url)
        elif kind in _MEDIA:
            if block.get("caption"):
                found.say(block["caption"])
            found.attachments += _media(_MEDIA[kind], block)
    return found


def _format(found: Readable, start: int, block: Told) -> None:
    length = len(block.get("text") or "")
    for told in block.get("formatting") or ():
        first, last = told.get("start", -1), told.get("end", -1)
        if not 0 <= first < last <= length:
            continue
        place = (start + first, start + last)
        blog = told.get("blog") or {}
        if told.get("type") == "link" and told.get("url"):
            found.mark(*place, kind="url", url=straight(told["url"]))
        elif told.get("type") == "mention":
            name, uuid = blog.get("name"), blog.get("uuid")
            target = user_id(uuid) if uuid else None
            found.mark(*place, kind="mention", url=blog_url(name), target=target)


def blog_url(name: str | None) -> str | None:
    return f"https://www.tumblr.com/{name}" if name else None


def straight(url: str) -> str:
    """A link without Tumblr's detour by its own redirector."""
    parts = urlsplit(url)
    if parts.hostname in ("t.umblr.com", "href.li"):
        return next(iter(parse_qs(parts.query).get("z", ())), url)
    return url


def _media(kind: str, block: Told) -> Iterator[dict[str, Any]]:
    media = block.get("media") or {}
    best = (media[0] if media else {}) if isinstance(media, list) else media
    url = best.get("url") or block.get("url")
    if not url:
        return
    poster = block.get("poster") or [{}]
    told = {
        "alt_text": block.get("alt_text"),
        "preview_url": poster[0].get("url"),
        "media_type": best.get("type"),
    }
    told |= {name: best.get(name) for name in ("width", "height")}
    if isinstance(block.get("duration"), int):
        told["duration"] = block["duration"] / 1000
    yield attachment(
        "animation" if best.get("type") == "image/gif" else kind, url, best.get("media_key"), **told
    )


def attachment(kind: str, url: str, key: str | None = None, **told: Any) -> dict[str, Any]:
    """The fields of an Attachment, which is named by its key or else by its address."""
    digest = hashlib.blake2s(url.partition("?")[0].encode(), digest_size=10).hexdigest()
    return {"id": ExternalId("tumblr", "media", key or digest), "kind": kind, "url": url, **told}


# ------------------------------------------------------------------------------------------------------- writing


def written(text: str, blog: tuple[str, str] | None = None) -> list[dict[str, Any]]:
    """Text blocks that say ``text``: a block for each paragraph, several where one is too long.

    Links are marked as such, and the first ``@name`` of ``blog``, its (name, uuid), as a mention of it.
    """
    paragraphs = [piece for piece in _BREAK.split(text.strip()) if piece]
    if len(paragraphs) > _MOST_BLOCKS:
        paragraphs = ["\n\n".join(paragraphs)]
    blocks: list[dict[str, Any]] = [
        {"type": "text", "text": piece} for piece in paragraphs for piece in _pieces(piece)
    ]
    links, named = 0, blog is None
    for block in blocks:
        marks = []
        for match in _LINK.finditer(block["text"]):
            links += 1
            if links <= _MOST_LINKS:
                marks.append({"start": match.start(), "end": match.end(), "type": "link", "url": match[0]})
        if not named and blog is not None:
            here = regex.search(
                rf"(?<![\w@/])@{regex.escape(blog[0])}(?![\w-])", block["text"], regex.IGNORECASE
            )
            if here is not None:
                uuid = {"uuid": blog[1]}
                marks.append({"start": here.start(), "end": here.end(), "type": "mention", "blog": uuid})
                named = True
        if marks:
            block["formatting"] = marks
    return blocks


def _pieces(paragraph: str) -> Iterator[str]:
    """The paragraph, cut where there is space, and within a word only where it is longer than a block."""
    rest = paragraph
    while len(rest) > LONGEST_BLOCK:
        end = max(rest.rfind(" ", 1, LONGEST_BLOCK + 1), rest.rfind("\n", 1, LONGEST_BLOCK + 1))
        end = end if end > LONGEST_BLOCK // 2 else _whole(rest)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()
    if rest:
        yield rest


def _whole(text: str) -> int:
    """The end of the last grapheme that fits in a block."""
    end = 0
    for match in regex.finditer(r"\X", text):
        if match.end() > LONGEST_BLOCK:
            break
        end = match.end()
    return end or LONGEST_BLOCK
