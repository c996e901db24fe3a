"""What X makes of a text that someone wrote: links wrapped, marks found, and the whole escaped.

Offsets count code points of the escaped text, as the API's entities do. See
https://docs.x.com/x-api/fundamentals/data-dictionary
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_HOSTS = (
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|org|net|io|co|de|fr|uk|eu|info|dev|app|me|tv|ly|us|ca)"
)
_MARK = re.compile(
    r"(?P<url>https?://[^\s<>\"]+|(?<![\w@.$#/-])" + _HOSTS + r"(?![\w.@-]*[\w@])(?:/[^\s<>\"]*)?)"
    r"|(?<![\w@/])@(?P<handle>[A-Za-z0-9_]{1,15})(?![\w@])"
    r"|(?<![\w&/])[#\uff03](?P<tag>\w*[^\W\d_]\w*)"
    r"|(?<![\w$])\$(?P<cash>[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)(?!\w)",
    re.IGNORECASE,
)
_TAIL = ".,;:!?'\")]}…"
_ALPHABET = string.ascii_letters + string.digits
_WORD = re.compile(r"\w+")
LEADING = re.compile(r"(?:@[A-Za-z0-9_]{1,15}\s+)*(?:@[A-Za-z0-9_]{1,15}(?!\w))?")

REPOST_LENGTH = 140
LONG_KEEPS = 274


def short_link(seed: str) -> str:
    """The t.co link for a target: the same seed gives the same link."""
    digest = hashlib.sha256(seed.encode()).digest()
    return "https://t.co/" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:10])


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def words(text: str) -> tuple[str, ...]:
    """The words of a text as search takes them: runs of letters, digits and underscores, in lower case."""
    return tuple(_WORD.findall(text.casefold()))


@dataclass(frozen=True, slots=True)
class Link:
    """A link that stands at the end of a text though its author did not write it: a picture's, a quoted post's."""

    target: str
    display: str
    media_key: str | None = None


@dataclass(slots=True)
class Rendered:
    """A text as the API tells it, with its entities; ``handles`` are in lower case, ``links`` as they were
    written, ``plain`` is the text without its links."""

    text: str
    entities: dict[str, list[dict[str, Any]]]
    handles: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    cashtags: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()
    plain: str = ""
    shown: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Writer:
    """Builds the escaped text piece by piece and keeps count of where things stand."""

    seed: str
    known: Callable[[str], str | None]
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    entities: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def add(self, piece: str) -> tuple[int, int]:
        start = self.length
        self.pieces.append(piece)
        self.length += len(piece)
        return start, self.length

    def mark(self, kind: str, place: tuple[int, int], **said: Any) -> None:
        self.entities.setdefault(kind, []).append({"start": place[0], "end": place[1], **said})

    def link(self, target: str, display: str, media_key: str | None = None) -> None:
        short = short_link(f"{self.seed}:{target}")
        said = {"url": short, "expanded_url": target, "display_url": display}
        if media_key is not None:
            said["media_key"] = media_key
        self.mark("urls", self.add(short), **said)

    def written_link(self, written: str) -> None:
        kept = written.rstrip(_TAIL)
        if kept.count("(") > kept.count(")") and written[len(kept) : len(kept) + 1] == ")":
            kept += ")"
        target = kept if "://" in kept else f"http://{kept}"
        bare = re.sub(r"^https?://(www\.)?", "", kept, flags=re.IGNORECASE)
        self.link(target, bare if len(bare) <= 27 else bare[:26] + "…")
        self.links.append(target)
        self.plain.append(" ")
        self.words(written[len(kept) :])

    def words(self, written: str) -> None:
        self.add(escape(written))
        self.plain.append(written)

    def take(self, found: re.Match[str]) -> None:
        written = found.group()
        if found["url"]:
            self.written_link(written)
            return
        place = self.add(escape(written))
        self.plain.append(written)
        if found["handle"]:
            owner = self.known(found["handle"])
            if owner is not None:
                self.mark("mentions", place, username=found["handle"], id=owner)
        elif found["tag"]:
            self.mark("hashtags", place, tag=found["tag"])
        else:
            self.mark("cashtags", place, tag=found["cash"])


def render(
    source: str, *, seed: str, known: Callable[[str], str | None], links: tuple[Link, ...] = ()
) -> Rendered:
    """The text as the API tells it. ``known`` gives the id behind a handle, None where there is none; ``links`` are
    put at the end."""
    writer = _Writer(seed, known)
    end = 0
    for found in _MARK.finditer(source):
        writer.words(source[end : found.start()])
        writer.take(found)
        end = found.end()
    writer.words(source[end:])
    shown = writer.length
    for link in links:
        if writer.length:
            writer.add(" ")
        writer.link(link.target, link.display, link.media_key)
        shown = shown if link.media_key else writer.length
    said = writer.entities
    return Rendered(
        text="".join(writer.pieces),
        entities=said,
        handles=frozenset(item["username"].lower() for item in said.get("mentions", ())),
        tags=frozenset(item["tag"].casefold() for item in said.get("hashtags", ())),
        cashtags=frozenset(item["tag"].casefold() for item in said.get("cashtags", ())),
        links=tuple(writer.links),
        plain="".join(writer.plain),
        shown=(0, shown),
    )
