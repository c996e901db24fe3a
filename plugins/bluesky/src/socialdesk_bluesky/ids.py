"""Bluesky's names for things: at-uris, and record keys that hold a time. Pure.

https://atproto.com/specs/at-uri-scheme
https://atproto.com/specs/tid
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import regex

from socialdesk.models import ExternalId

__all__ = [
    "BLOCK",
    "GATE",
    "LIKE",
    "POST",
    "REPOST",
    "Place",
    "as_text",
    "has_come",
    "media_id",
    "moment_of",
    "owner_of",
    "place_of",
    "post_id",
    "repost_id",
    "sort_at",
    "tid",
    "uri_of",
    "user_id",
]

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
LIKE = "app.bsky.feed.like"
BLOCK = "app.bsky.graph.block"
GATE = "app.bsky.feed.threadgate"

post_id = ExternalId.maker("bluesky", "post")
repost_id = ExternalId.maker("bluesky", "repost")
user_id = ExternalId.maker("bluesky", "user")
media_id = ExternalId.maker("bluesky", "media")

# A record key may hold a tilde, which some parsers do not expect.
_URI = regex.compile(r"at://([^/?#\s]+)/([A-Za-z0-9.-]+)/([A-Za-z0-9._:~-]{1,512})")
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Place(NamedTuple):
    """Where a record stands: whose repository, which collection, under which key."""

    repo: str
    collection: str
    rkey: str


def place_of(uri: str) -> Place:
    """The place that an at-uri names. Raises ValueError where it names no record."""
    found = _URI.fullmatch(uri)
    if found is None:
        raise ValueError("this is no at-uri of a record")
    return Place(*found.groups())


def owner_of(uri: Any) -> str | None:
    """Whose record an at-uri names; None where it is none."""
    found = _URI.fullmatch(uri) if isinstance(uri, str) else None
    return None if found is None else str(found[1])


def uri_of(repo: str, collection: str, rkey: str) -> str:
    return f"at://{repo}/{collection}/{rkey}"


def tid(key: str, at: datetime) -> str:
    """A record key made from what an attempt keeps: the same key and time give the same one.

    It holds the second of ``at``; the microsecond and the clock's number, 30 bits in all, are drawn from ``key``, so
    that what is said within one second does not meet.
    """
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    seconds = (at - _EPOCH) // timedelta(seconds=1)
    number = (seconds * 1_000_000 + (drawn >> 10) % 1_000_000) << 10 | drawn & 1023
    letters = []
    for _ in range(13):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(letters))


def as_text(moment: datetime) -> str:
    """A moment as the lexicons write it, to the millisecond."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(text: Any) -> datetime | None:
    """A moment as somebody wrote it: without a zone it is taken for UTC; None where it is no moment."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (
            moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
        )
    except (ValueError, OverflowError):
        return None


def has_come(moment: datetime, now: datetime) -> bool:
    """Whether a moment can be a position: of one that is still to come, nothing would ever be newer."""
    return moment <= now + timedelta(minutes=5)  # clocks differ


def sort_at(view: Any) -> datetime | None:
    """Where Bluesky sorts a post or notification: at what its author claims, but never later than it was seen."""
    if not isinstance(view, dict):
        return None
    record = view.get("record")
    claimed = moment_of(record.get("createdAt")) if isinstance(record, dict) else None
    seen = moment_of(view.get("indexedAt"))
    return min(filter(None, (claimed, seen)), default=None)
