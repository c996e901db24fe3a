"""The records that are written for what the account says. Pure.

A record is made of what a part keeps from its first attempt on, and its key too: written twice, it is the same one.

https://docs.bsky.app/docs/advanced-guides/posts
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from socialdesk.connector import Part, Sent
from socialdesk.errors import PluginError
from socialdesk.models import Attachment
from socialdesk_bluesky.facets import facets_for
from socialdesk_bluesky.ids import POST, as_text, place_of, tid

__all__ = ["Where", "answered_by", "at_of", "before", "post_record", "ref", "rkey_of", "sent"]

Ref = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a post stands: what it answers and the first post of that thread, or what it quotes."""

    parent: Ref | None = None
    root: Ref | None = None
    quotes: Ref | None = None
    dids: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()


def ref(told: Mapping[str, Any]) -> Ref:
    """A strong reference to what has a uri and a cid."""
    return {"uri": str(told["uri"]), "cid": str(told["cid"])}


def answered_by(view: Mapping[str, Any]) -> Where:
    """Where an answer to a post stands. A wrong root would have it hidden without a word."""
    record = view.get("record")
    reply = record.get("reply") if isinstance(record, Mapping) else None
    root = ref(reply["root"]) if isinstance(reply, Mapping) else ref(view)
    return Where(parent=ref(view), root=root)


def before(done: tuple[Sent, ...]) -> Where:
    """Where a further part stands: it answers the one before it, in the thread that the first one is in."""
    first, last = done[0], done[-1]
    root = last.data.get("root") or {"uri": first.id, "cid": first.data.get("cid", "")}
    return Where(parent={"uri": last.id, "cid": last.data.get("cid", "")}, root=root)


def rkey_of(part: Part) -> str:
    """The key under which a part is written, the same at each attempt."""
    return tid(part.key, at_of(part))


def at_of(part: Part) -> datetime:
    if part.at is None or not part.key:
        raise PluginError("bluesky: a part has its key and time before it is sent.")
    return part.at


def post_record(part: Part, stands: Where, blobs: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The record of a part."""
    record: dict[str, Any] = {"$type": POST, "text": part.text, "createdAt": as_text(at_of(part))}
    if stands.languages:
        record["langs"] = list(stands.languages)
    facets = facets_for(part.text, stands.dids)
    if facets:
        record["facets"] = facets
    if stands.parent is not None and stands.root is not None:
        record["reply"] = {"root": dict(stands.root), "parent": dict(stands.parent)}
    embed = _embed(part.attachments, blobs, stands.quotes)
    if embed is not None:
        record["embed"] = embed
    return record


def _embed(
    files: Sequence[Attachment], blobs: Sequence[Mapping[str, Any]], quotes: Ref | None
) -> dict[str, Any] | None:
    quoted = None if quotes is None else {"$type": "app.bsky.embed.record", "record": dict(quotes)}
    if not blobs:
        return quoted
    images = [_image(attachment, blob) for attachment, blob in zip(files, blobs, strict=True)]
    media = {"$type": "app.bsky.embed.images", "images": images}
    if quoted is None:
        return media
    return {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": media}


def _image(attachment: Attachment, blob: Mapping[str, Any]) -> dict[str, Any]:
    image: dict[str, Any] = {"image": dict(blob), "alt": attachment.alt_text or ""}
    if attachment.width and attachment.height:
        image["aspectRatio"] = {"width": attachment.width, "height": attachment.height}
    return image


def sent(told: Mapping[str, Any], record: Mapping[str, Any], *, already: bool = False) -> Sent:
    """What a post left on Bluesky. Raises KeyError where the answer does not tell its uri and cid."""
    uri, cid = told["uri"], told["cid"]
    data: dict[str, Any] = {"cid": cid}
    if "reply" in record:
        data["root"] = dict(record["reply"]["root"])
    place = place_of(uri)
    url = f"https://bsky.app/profile/{place.repo}/post/{place.rkey}"
    return Sent(uri, url=url, data=data, already=already)
