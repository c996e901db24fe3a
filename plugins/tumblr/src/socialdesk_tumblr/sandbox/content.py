"""Texts as NPF blocks, and NPF blocks as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .items import Block
    from .state import Blog

MENTION = re.compile(r"(?<![\w@])@([a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)", re.IGNORECASE)

Finder = Callable[[str], "Blog | None"]

_TAGS: Mapping[str, tuple[str, str]] = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "strikethrough": ("<strike>", "</strike>"),
    "small": ("<small>", "</small>"),
}
_AROUND: Mapping[str, tuple[str, str]] = {
    "heading1": ("<h1>", "</h1>"),
    "heading2": ("<h2>", "</h2>"),
    "quirky": ('<p class="npf_quirky">', "</p>"),
    "quote": ('<p class="npf_quote">', "</p>"),
    "indented": ("<blockquote><p>", "</p></blockquote>"),
    "chat": ('<p class="npf_chat">', "</p>"),
    "ordered-list-item": ("<ol><li>", "</li></ol>"),
    "unordered-list-item": ("<ul><li>", "</li></ul>"),
}


def mention_of(blog: Blog) -> Block:
    """The blog of a mention, as it is told."""
    return {"uuid": blog.uuid, "name": blog.name, "url": blog.url}


def formatted(text: str, find: Finder) -> list[Block]:
    """A mention for every name in a text that is a blog's, in code points."""
    found = ((match, find(match[1])) for match in MENTION.finditer(text))
    return [
        {"start": match.start(), "end": match.end(), "type": "mention", "blog": mention_of(blog)}
        for match, blog in found
        if blog is not None
    ]


def text_block(text: str, find: Finder) -> Block:
    """One paragraph."""
    formatting = formatted(text, find)
    return {"type": "text", "text": text, **({"formatting": formatting} if formatting else {})}


def paragraphs(text: str, find: Finder) -> list[Block]:
    """A text as blocks; an empty line begins another one."""
    return [text_block(part, find) for part in text.split("\n\n")] if text else []


def trimmed(blocks: Sequence[Block]) -> list[Block]:
    """Blocks without the empty texts at either edge."""
    kept = list(blocks)
    for place in (-1, 0):
        while kept and kept[place]["type"] == "text" and kept[place]["text"] == "":
            kept.pop(place)
    return kept


def mentioned(blocks: Iterable[Block]) -> list[str]:
    """The UUIDs of the blogs that blocks mention, each once."""
    found = (
        span["blog"]["uuid"]
        for block in blocks
        for span in block.get("formatting", ())
        if span["type"] == "mention"
    )
    return list(dict.fromkeys(found))


def plain(blocks: Iterable[Block]) -> str:
    """The words of blocks."""
    return "\n".join(block["text"] for block in blocks if block["type"] == "text")


def summary(title: str, blocks: Sequence[Block]) -> str:
    """The first words of a post, as summaries tell them."""
    words = title or " ".join(plain(blocks).split())
    return words if len(words) <= 140 else words[:139] + "…"


# --------------------------------------------------------------------------------------------------------------- HTML


def _marks(span: Mapping[str, Any]) -> tuple[str, str]:
    kind = span["type"]
    if kind == "link":
        return f'<a href="{escape(span["url"])}" target="_blank">', "</a>"
    if kind == "mention":
        return f'<a class="tumblelog" href="{escape(span["blog"].get("url", ""))}">', "</a>"
    if kind == "color":
        return f'<span style="color: {escape(span["hex"])}">', "</span>"
    return _TAGS[kind]


def inline_html(block: Mapping[str, Any]) -> str:
    """A text with its formatting. Ranges that overlap are closed and opened again where one of them ends."""
    text, spans = block["text"], block.get("formatting", ())
    edges = sorted({0, len(text), *(span["start"] for span in spans), *(span["end"] for span in spans)})
    pieces: list[str] = []
    for start, end in pairwise(edges):
        marks = [_marks(span) for span in spans if span["start"] <= start and end <= span["end"]]
        words = escape(text[start:end], quote=False).replace("\n", "<br>")
        opened, closed = "".join(mark[0] for mark in marks), "".join(mark[1] for mark in reversed(marks))
        pieces.append(opened + words + closed)
    return "".join(pieces)


def _block_html(block: Mapping[str, Any]) -> str:
    kind = block["type"]
    if kind == "text":
        opened, closed = _AROUND.get(block.get("subtype", ""), ("<p>", "</p>"))
        return opened + inline_html(block) + closed
    if kind == "image":
        media, words = block["media"][0], escape(block.get("alt_text", ""))
        return (
            f'<figure class="tmblr-full" data-orig-height="{media.get("height", 405)}" '
            f'data-orig-width="{media.get("width", 540)}"><img src="{escape(media["url"])}" alt="{words}"/></figure>'
        )
    url = escape(block.get("url") or block.get("media", {}).get("url", ""))
    return f'<p><a class="tumblr-{kind}" href="{url}">{escape(block.get("title", url))}</a></p>'


def html_of(blocks: Iterable[Mapping[str, Any]]) -> str:
    """Blocks as a post's body."""
    return "".join(map(_block_html, blocks))
