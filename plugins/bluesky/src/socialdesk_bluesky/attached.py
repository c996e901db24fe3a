"""Pictures, films and link cards of a post, and what it quotes. Pure.

What a post carries is told twice: its record names the files, its view says where they can be looked at. An aspect
ratio is no size: it is in no unit.

https://docs.bsky.app/docs/advanced-guides/posts#images-embeds
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from socialdesk.models import ExternalId
from socialdesk_bluesky.ids import media_id

__all__ = ["attachments_of", "quoted_in"]

Told = Mapping[str, Any]
_NOTHING: Told = {}
_WITH_MEDIA = "app.bsky.embed.recordWithMedia"


def quoted_in(record: Told) -> str | None:
    """The uri of what a post quotes; None where it quotes nothing."""
    embed = _mapping(record.get("embed"))
    if embed.get("$type") == _WITH_MEDIA:
        embed = _mapping(embed.get("record"))
    uri = _mapping(embed.get("record")).get("uri")
    return uri if isinstance(uri, str) and uri else None


def attachments_of(view: Told) -> list[dict[str, Any]]:
    """The fields of the Attachments of a post or notification, as far as Bluesky told them."""
    carried = _media(_mapping(_mapping(view.get("record")).get("embed")))
    shown = _media(_mapping(view.get("embed")))
    found = [
        *_pictures(_list(carried, "images", "items"), _list(shown, "images", "items")),
        *_film(carried, shown),
        *_card(_mapping(carried.get("external")), _mapping(shown.get("external"))),
    ]
    return [{name: value for name, value in one.items() if value is not None} for one in found]


def _media(embed: Told) -> Told:
    return _mapping(embed.get("media")) or embed


def _pictures(carried: list[Told], shown: list[Told]) -> Iterator[dict[str, Any]]:
    for index, picture in enumerate(carried):
        seen = shown[index] if index < len(shown) else _NOTHING
        yield {
            **_file(_mapping(picture.get("image"))),
            "kind": "image",
            "url": seen.get("fullsize"),
            "preview_url": seen.get("thumb") or seen.get("thumbnail"),
            "alt_text": picture.get("alt") or None,
        }


def _film(carried: Told, shown: Told) -> Iterator[dict[str, Any]]:
    if isinstance(carried.get("video"), dict):
        yield {
            **_file(carried["video"]),
            "kind": "animation" if carried.get("presentation") == "gif" else "video",
            "url": shown.get("playlist"),
            "preview_url": shown.get("thumbnail"),
            "alt_text": carried.get("alt") or None,
        }


def _card(carried: Told, shown: Told) -> Iterator[dict[str, Any]]:
    if carried.get("uri"):
        yield {
            "id": ExternalId("bluesky", "link", carried["uri"]),
            "kind": "link",
            "url": carried["uri"],
            "preview_url": shown.get("thumb"),
            "alt_text": carried.get("title") or None,
        }


def _file(blob: Told) -> dict[str, Any]:
    """What a record tells of a file; in old records its CID stands by itself.

    https://atproto.com/specs/data-model#blob-type
    """
    ref = blob.get("ref")
    cid = ref["$link"] if isinstance(ref, dict) else blob["cid"]
    size = blob.get("size")
    return {
        "id": media_id(cid),
        "media_type": blob.get("mimeType"),
        "size": size if isinstance(size, int) and size >= 0 else None,
    }


def _mapping(value: Any) -> Told:
    return value if isinstance(value, dict) else _NOTHING


def _list(told: Told, *names: str) -> list[Told]:
    for name in names:
        value = told.get(name)
        if isinstance(value, list):
            return [_mapping(item) for item in value]
    return []
