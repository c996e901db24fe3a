"""What things are called: DIDs, handles, at-uris, record keys and moments, as the platform makes them."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime, timedelta, timezone

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
FOLLOW = "app.bsky.graph.follow"
BLOCK = "app.bsky.graph.block"
GATE = "app.bsky.feed.threadgate"
POSTGATE = "app.bsky.feed.postgate"
PROFILE = "app.bsky.actor.profile"

HANDLE = re.compile(
    r"(?=.{3,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
RKEY = re.compile(r"(?!\.\.?$)[A-Za-z0-9_~.:-]{1,512}")
NSID = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+\.[A-Za-z][A-Za-z0-9]*")
URI = re.compile(r"at://([^/\s]+)(?:/([A-Za-z0-9.-]+)(?:/([A-Za-z0-9_~.:-]{1,512}))?)?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,20})?(?:Z|[+-]\d\d:\d\d)")
LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}|i)(?:-[A-Za-z0-9]+)*")

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_OWN_DOMAIN = "bsky.social"


def did_for(name: str) -> str:
    """The DID that a new person is given."""
    digest = hashlib.sha256(f"did:{name}".encode()).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()[:24]


def whole_handle(name: str) -> str:
    """The handle that a short name stands for."""
    plain = name.removeprefix("@").lower()
    return plain if "." in plain else f"{plain.replace('_', '-')}.{_OWN_DOMAIN}"


def tid_at(moment: datetime, clock: int) -> str:
    """A record key for a moment; ``clock`` tells apart what is written within one microsecond."""
    number = ((moment - _EPOCH) // timedelta(microseconds=1)) << 10 | clock & 1023
    text = ""
    for shift in range(60, -1, -5):
        text += _LETTERS[number >> shift & 31]
    return text


def told(moment: datetime) -> str:
    """A moment as the platform tells it."""
    return (
        moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def read_moment(text: object) -> datetime | None:
    """A moment that somebody wrote; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
