"""A status's text: how long it is, whom and what it names, and the HTML that the server makes of it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import regex

LINK_LENGTH = 23
_SHOWN = 30

MENTION = re.compile(
    r"(?<![/\w@])@([A-Za-z0-9_]+(?:[A-Za-z0-9_.-]*[A-Za-z0-9_]+)?)(?:@([A-Za-z0-9.-]+[A-Za-z0-9]))?"
)
TAG = re.compile(r"(?<![\w/&])#(\w*[^\W\d_]\w*)")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}\Z")
_CYRILLIC_QUERY = re.compile(r"\?(?=[^\x00-\x7f])")
_PIECES = re.compile(
    "|".join((f"(?P<link>{LINK.pattern})", f"(?P<tag>{TAG.pattern})", f"(?P<at>{MENTION.pattern})"))
)


def length_of(text: str) -> int:
    """How long the server takes a text to be: in graphemes, a link at 23, ``@user@host`` as ``@user``."""

    def swapped(match: re.Match[str]) -> str:
        link = _CYRILLIC_QUERY.split(match[0], maxsplit=1)[0]
        parts = urlsplit(link)
        host = parts.netloc
        if "@" in host or not _DOMAIN.match(re.sub(r":\d+\Z", "", host)):
            return match[0].replace("@", "\0")  # no link, and what stands in it names nobody
        return "x" * LINK_LENGTH + match[0][len(link) :]

    text = re.sub(r"(?<![\w@#$])" + LINK.pattern, swapped, text)
    return len(regex.findall(r"\X", MENTION.sub(lambda match: "@" + match[1], text)))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it is shown, with the users that it names (each once) and its hashtags (in small letters)."""

    content: str
    mentions: tuple[object, ...] = ()
    tags: tuple[str, ...] = field(default=())


def render(text: str, find: Callable[[str, str | None], object | None], host: str) -> Rendered:
    """``find`` gives the user of a name and host, None where there is none."""
    named: dict[int, object] = {}
    tags: dict[str, None] = {}

    def piece(match: re.Match[str]) -> str:
        if match["link"]:
            return _link(match[0])
        if match["tag"]:
            tag = match[0][1:]
            tags[tag.lower()] = None
            address = f"https://{host}/tags/{tag}"
            return f'<a href="{address}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        name, _, where = match[0][1:].partition("@")
        user = find(name, where or None)
        if user is None:
            return html.escape(match[0])
        named[id(user)] = user
        address = html.escape(getattr(user, "url", ""))
        return (
            f'<span class="h-card" translate="no"><a href="{address}" class="u-url mention">'
            f"@<span>{html.escape(name)}</span></a></span>"
        )

    shown, at = "", 0
    for match in _PIECES.finditer(text):
        shown += html.escape(text[at : match.start()], quote=False) + piece(match)
        at = match.end()
    shown += html.escape(text[at:], quote=False)
    paragraphs = re.split(r"\n{2,}", shown.strip("\n"))
    content = "".join(
        f"<p>{paragraph.replace(chr(10), '<br />')}</p>" for paragraph in paragraphs if paragraph
    )
    return Rendered(content, tuple(named.values()), tuple(tags))


def _link(url: str) -> str:
    """A link as Mastodon writes it: its address in full, of which a reader sees the middle."""
    scheme, rest = url.split("://", 1)
    seen, hidden = rest[:_SHOWN], rest[_SHOWN:]
    kind = "ellipsis" if hidden else ""
    return (
        f'<a href="{html.escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}://</span><span class="{kind}">{html.escape(seen)}</span>'
        f'<span class="invisible">{html.escape(hidden)}</span></a>'
    )
