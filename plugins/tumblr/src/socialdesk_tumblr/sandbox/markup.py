"""HTML that the older routes take, as NPF blocks."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from .content import Finder, mention_of, trimmed

if TYPE_CHECKING:
    from .items import Block

_SPANS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "small": "small"}
_SPANS |= {"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough"}
_SUBTYPES = {"h1": "heading1", "h2": "heading2", "blockquote": "indented", "li": "unordered-list-item"}
_APART = frozenset({"p", "div", "ul", "ol", *_SUBTYPES})


class _Reader(HTMLParser):
    """Takes HTML apart; unknown elements count for what stands in them."""

    def __init__(self, find: Finder) -> None:
        super().__init__(convert_charrefs=True)
        self.find = find
        self.blocks: list[Block] = []
        self.text = ""
        self.subtype = ""
        self.formatting: list[Block] = []
        self.opened: list[tuple[str, int, Block]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _APART:
            self.flush()
            self.subtype = _SUBTYPES.get(tag, self.subtype if tag == "p" else "")
        elif tag == "br":
            self.text += "\n"
        elif tag == "img" and given.get("src"):
            self.flush()
            self.blocks.append({"type": "image", "media": [{"url": given["src"], "type": "image/jpeg"}]})
        elif tag in _SPANS:
            self.opened.append((tag, len(self.text), {"type": _SPANS[tag]}))
        elif tag == "a":
            kind = "mention" if "tumblelog" in given.get("class", "").split() else "link"
            self.opened.append((tag, len(self.text), {"type": kind, "url": given.get("href", "")}))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _APART:
            self.flush()
            self.subtype = ""
        elif self.opened and self.opened[-1][0] == tag:
            _, start, span = self.opened.pop()
            self._close(start, span)

    def _close(self, start: int, span: Block) -> None:
        if start >= len(self.text):
            return
        if span["type"] == "mention":
            blog = self.find(self.text[start:].lstrip("@"))
            if blog is None:
                return
            span = {"type": "mention", "blog": mention_of(blog)}
        self.formatting.append({"start": start, "end": len(self.text), **span})

    def handle_data(self, data: str) -> None:
        self.text += " ".join(data.split("\n")) if data.strip() else (data if self.text else "")

    def flush(self) -> None:
        """End the paragraph."""
        while self.opened:
            _, start, span = self.opened.pop()
            self._close(start, span)
        words = self.text.rstrip()
        if words:
            block: Block = {"type": "text", "text": words}
            if self.subtype:
                block["subtype"] = self.subtype
            spans = [{**span, "end": min(span["end"], len(words))} for span in self.formatting]
            if spans:
                block["formatting"] = sorted(spans, key=lambda span: (span["start"], span["end"]))
            self.blocks.append(block)
        self.text, self.formatting = "", []


def blocks_of_html(html: str, find: Finder) -> list[Block]:
    """HTML as blocks. A mention is a link of the class ``tumblelog``; a bare ``@name`` is words."""
    reader = _Reader(find)
    reader.feed(html)
    reader.close()
    reader.flush()
    return trimmed(reader.blocks)
