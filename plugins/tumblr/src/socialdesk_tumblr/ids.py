"""Ids that every way of hearing can compute, and times. Pure.

A post is asked for by its blog and its number, so that its id holds both: ``t:AcmeA.../769461483149110001``. A bare
reply has no id on Tumblr. What names it stands in every answer that tells of it: the blog that replies, the second,
what is said, and the first post of the thread. Not the post itself: the notes of a whole thread may be listed as one.
"""

from __future__ import annotations

import hashlib
import html
from datetime import datetime, timezone
from typing import Any
from unicodedata import normalize

from socialdesk.models import ExternalId

__all__ = ["NO_BLOG", "moment", "place_of", "post_id", "reply_id", "reply_of", "second_of", "user_id"]

NO_BLOG = "-"
"""Stands for a blog that was not told."""

_COMPARED = 64
"""How much of a reply's text is part of its id: one listing may cut a long text, and another not."""

user_id = ExternalId.maker("tumblr", "user")


def post_id(blog: str | None, number: Any) -> ExternalId:
    """The id of a post; ``blog`` is its blog's uuid, or its name where no uuid is told."""
    return ExternalId("tumblr", "post", f"{blog or NO_BLOG}/{int(number)}")


def place_of(identity: ExternalId) -> tuple[str, str]:
    """(blog, number) of the post that an id names."""
    blog, _, number = identity.value.partition("/")
    return blog, number


def reply_id(root: Any, blog: str | None, timestamp: float, text: str) -> ExternalId:
    """The id of a bare reply of ``blog`` in the thread that begins with the post numbered ``root``; of ``timestamp``,
    whole seconds count."""
    said = " ".join(normalize("NFC", html.unescape(text)).split())[:_COMPARED]
    digest = hashlib.blake2s(said.encode("utf-8", "replace"), digest_size=6).hexdigest()
    return ExternalId("tumblr", "reply", f"{int(root)}/{blog or NO_BLOG}/{int(timestamp)}.{digest}")


def reply_of(identity: ExternalId) -> tuple[str, str, int]:
    """What :func:`reply_id` was made of: root, blog and second. Raises ValueError for other ids."""
    root, blog, mark = identity.value.split("/")
    return root, blog, int(mark.partition(".")[0])


def second_of(item: Any) -> int | None:
    """The second at which an item says that it happened; None where it does not."""
    told = item.get("timestamp") if isinstance(item, dict) else None
    return int(told) if isinstance(told, (int, float)) and not isinstance(told, bool) else None


def moment(seconds: float | None) -> datetime | None:
    """Aware, UTC, in whole seconds, which is what all listings agree on."""
    return None if seconds is None else datetime.fromtimestamp(int(seconds), timezone.utc)
