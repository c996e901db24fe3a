"""What records may hold: the lexicons of those collections that the sandbox knows, as a table.

https://github.com/bluesky-social/atproto/tree/main/lexicons
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .names import BLOCK, FOLLOW, GATE, LIKE, POST, POSTGATE, PROFILE, REPOST


@dataclass(frozen=True, slots=True)
class Text:
    """A text of so many bytes and characters at most, in a form that has a name."""

    most_bytes: int | None = None
    most_graphemes: int | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    least: int | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """A list of so many at most."""

    of: Any
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """An object: its members by name, and those of them that must be there."""

    members: Mapping[str, Any]
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object of one of several kinds, told by ``$type``; one of an unknown kind is taken too."""

    kinds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A file that was uploaded: of these types, of so many bytes at most."""

    types: str
    most_bytes: int


_AT_URI, _DID, _CID = Text(form="at-uri"), Text(form="did"), Text(form="cid")
_URI, _MOMENT = Text(form="uri"), Text(form="datetime")
_REF = Thing({"uri": _AT_URI, "cid": _CID}, ("uri", "cid"))
_RATIO = Thing({"width": Number(1), "height": Number(1)}, ("width", "height"))
_PICTURE = File("image/", 2_000_000)
_IMAGE = {"image": _PICTURE, "alt": Text(), "aspectRatio": _RATIO}
_FACET = Thing(
    {
        "index": Thing({"byteStart": Number(0), "byteEnd": Number(0)}, ("byteStart", "byteEnd")),
        "features": Many(
            OneOf(
                {
                    "app.bsky.richtext.facet#mention": Thing({"did": _DID}, ("did",)),
                    "app.bsky.richtext.facet#link": Thing({"uri": _URI}, ("uri",)),
                    "app.bsky.richtext.facet#tag": Thing({"tag": Text(640, 64)}, ("tag",)),
                }
            )
        ),
    },
    ("index", "features"),
)
_MEDIA: Mapping[str, Any] = {
    "app.bsky.embed.images": Thing({"images": Many(Thing(_IMAGE, ("image", "alt")), 4)}, ("images",)),
    "app.bsky.embed.gallery": Thing(
        {"items": Many(OneOf({"app.bsky.embed.gallery#image": Thing(_IMAGE, tuple(_IMAGE))}), 20)}, ("items",)
    ),
    "app.bsky.embed.video": Thing(
        {"video": File("video/mp4", 300_000_000), "alt": Text(), "aspectRatio": _RATIO}, ("video",)
    ),
    "app.bsky.embed.external": Thing(
        {
            "external": Thing(
                {"uri": _URI, "title": Text(), "description": Text(), "thumb": File("image/", 1_000_000)},
                ("uri", "title", "description"),
            )
        },
        ("external",),
    ),
}
_QUOTE = Thing({"record": _REF}, ("record",))
_EMBED = OneOf(
    {
        **_MEDIA,
        "app.bsky.embed.record": _QUOTE,
        "app.bsky.embed.recordWithMedia": Thing(
            {"record": _QUOTE, "media": OneOf(_MEDIA)}, ("record", "media")
        ),
    }
)
_POINTS_AT = Thing({"subject": _REF, "createdAt": _MOMENT}, ("subject", "createdAt"))
_NAMES_ONE = Thing({"subject": _DID, "createdAt": _MOMENT}, ("subject", "createdAt"))

RECORDS: Mapping[str, Thing] = {
    POST: Thing(
        {
            "text": Text(3000, 300),
            "facets": Many(_FACET),
            "reply": Thing({"root": _REF, "parent": _REF}, ("root", "parent")),
            "embed": _EMBED,
            "langs": Many(Text(form="language"), 3),
            "tags": Many(Text(640, 64), 8),
            "createdAt": _MOMENT,
        },
        ("text", "createdAt"),
    ),
    LIKE: _POINTS_AT,
    REPOST: _POINTS_AT,
    FOLLOW: _NAMES_ONE,
    BLOCK: _NAMES_ONE,
    GATE: Thing(
        {
            "post": _AT_URI,
            "allow": Many(OneOf(), 5),
            "hiddenReplies": Many(_AT_URI, 300),
            "createdAt": _MOMENT,
        },
        ("post", "createdAt"),
    ),
    POSTGATE: Thing(
        {"post": _AT_URI, "createdAt": _MOMENT, "embeddingRules": Many(OneOf(), 5)}, ("post", "createdAt")
    ),
    PROFILE: Thing({"displayName": Text(640, 64), "description": Text(2560, 256)}),
}
"""The collections whose records are checked."""
MESSAGE = Thing({"text": Text(10_000, 1000), "facets": Many(_FACET)}, ("text",))
"""What may be sent in private."""
BY_MOMENT = frozenset({POST, LIKE, REPOST, FOLLOW, BLOCK, GATE, POSTGATE})
"""Those whose record keys are moments."""
