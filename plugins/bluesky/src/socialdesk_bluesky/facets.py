"""Links, mentions and hashtags: in a text they are told by UTF-8 bytes, in a Mention by code points. Pure.

https://docs.bsky.app/docs/advanced-guides/post-richtext
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import regex

from socialdesk.models import Entity
from socialdesk_bluesky.ids import user_id

__all__ = ["Stretch", "entities_of", "facets_for", "graphemes", "handles_in", "stretches_in"]

_HANDLE = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_FOUND = regex.compile(
    r"(?<![^\s(\[])(?:"
    r"(?P<link>https?://[^\s<>\"]+)"
    rf"|(?P<mention>[@＠](?P<handle>{_HANDLE})(?![\w.-]*[\w]))"
    r"|(?P<tag>[#＃](?P<name>(?!\ufe0f)[^\s#＃]*[^\d\s\p{P}#＃][^\s#＃]*))"
    r")",
    regex.IGNORECASE,
)
_PUNCTUATION = regex.compile(r"\p{P}+$")
_CLOSING = regex.compile(r"[.,;:!?…'\"’”»\p{Pe}]+$")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_TAG_GRAPHEMES, _TAG_BYTES = 64, 640

_GRAPHEME = regex.compile(r"\X")


class Stretch(NamedTuple):
    """A stretch of a text that means something: code points from ``start`` to before ``end``, and what it names."""

    kind: str
    start: int
    end: int
    value: str


def graphemes(text: str) -> int:
    """How many characters a reader sees, as Bluesky counts them."""
    return len(text) if text.isascii() and "\r" not in text else sum(1 for _ in _GRAPHEME.finditer(text))


def stretches_in(text: str) -> Iterator[Stretch]:
    """The links, handles and hashtags of a text that somebody wrote, in their order."""
    for found in _FOUND.finditer(text):
        kind, start = str(found.lastgroup), found.start()
        if found["link"]:
            link = _without_end(found["link"])
            if len(link) > len("https://"):
                yield Stretch("link", start, start + len(link), link)
        elif found["handle"]:
            yield Stretch("mention", start, found.end(), found["handle"].lower())
        elif kind:
            name = _PUNCTUATION.sub("", found["name"])
            if name and graphemes(name) <= _TAG_GRAPHEMES and len(name.encode()) <= _TAG_BYTES:
                yield Stretch("tag", start, start + 1 + len(name), name)


def handles_in(text: str) -> tuple[str, ...]:
    """The handles that a text names, each once."""
    return tuple(dict.fromkeys(found.value for found in stretches_in(text) if found.kind == "mention"))


def _without_end(link: str) -> str:
    """A link without the punctuation that ends the sentence; a bracket that it opened itself stays."""
    while link:
        last = link[-1]
        closes = _PAIRS.get(last)
        if closes is not None and link.count(closes) >= link.count(last):
            return link
        if not _CLOSING.search(last):
            return link
        link = link[:-1]
    return link


def facets_for(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets of a text that is to be posted; a handle that is not among ``dids`` stays plain text."""
    found = []
    for stretch in stretches_in(text):
        feature = _feature(stretch, dids)
        if feature is not None:
            start = len(text[: stretch.start].encode())
            end = start + len(text[stretch.start : stretch.end].encode())
            found.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return found


def _feature(stretch: Stretch, dids: Mapping[str, str]) -> dict[str, Any] | None:
    if stretch.kind == "link":
        return {"$type": "app.bsky.richtext.facet#link", "uri": stretch.value}
    if stretch.kind == "tag":
        return {"$type": "app.bsky.richtext.facet#tag", "tag": stretch.value}
    did = dids.get(stretch.value)
    return None if did is None else {"$type": "app.bsky.richtext.facet#mention", "did": did}


# ------------------------------------------------------------------------------------------------------ as heard


def entities_of(text: str, facets: Sequence[Any]) -> list[Entity]:
    """A post's facets as entities, in their order. As in Bluesky's own app, one that ends within a character, lies
    outside of the text or on another one is as if it were not there."""
    found = []
    content = text.encode("utf-8", "surrogatepass")
    for facet in facets:
        place = _place(facet, content)
        if place is None:
            continue
        for feature in facet["features"]:
            entity = _entity(feature, text, place)
            if entity is not None:
                found.append(entity)
                break
    found.sort(key=lambda entity: (entity.start, entity.end))
    kept: list[Entity] = []
    for entity in found:
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return kept


def _place(facet: Any, content: bytes) -> tuple[int, int] | None:
    index = facet.get("index") if isinstance(facet, dict) else None
    if not isinstance(index, dict) or not isinstance(facet.get("features"), list):
        return None
    start, end = _point(index.get("byteStart"), content), _point(index.get("byteEnd"), content)
    return None if start is None or end is None or start >= end else (start, end)


def _point(offset: Any, content: bytes) -> int | None:
    """The code point that begins at a byte, or the text's end; None where none begins there."""
    if not isinstance(offset, int) or not 0 <= offset <= len(content):
        return None
    if offset < len(content) and content[offset] & 0xC0 == 0x80:  # within a character
        return None
    return len(content[:offset].decode("utf-8", "surrogatepass"))


_KINDS = {
    "app.bsky.richtext.facet#mention": ("mention", "did"),
    "app.bsky.richtext.facet#link": ("url", "uri"),
    "app.bsky.richtext.facet#tag": ("hashtag", "tag"),
}


def _entity(feature: Any, text: str, place: tuple[int, int]) -> Entity | None:
    """The entity that a feature is; None for a kind that is not known."""
    known = _KINDS.get(str(feature.get("$type"))) if isinstance(feature, dict) else None
    value = None if known is None else feature.get(known[1])
    if known is None or not isinstance(value, str) or not value:
        return None
    kind, _ = known
    start, end = place
    return Entity(
        kind=kind,  # type: ignore[arg-type]  # values of a table
        start=start,
        end=end,
        text=text[start:end],
        url=value if kind == "url" else None,
        target=user_id(value) if kind == "mention" else None,
    )
