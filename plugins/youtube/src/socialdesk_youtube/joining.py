"""An answer taken apart into raw comments and videos, each with what is needed to read it joined in. Pure.

A raw comment is ``{"comment": ..., "thread": {...}}``. The thread's part tells what YouTube tells of a thread and not
of each comment: the video, whether the public sees it, whether it can be answered; of the top comment also how many
replies there are. ``status`` is what a listing asked for, where YouTube says it of no comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from socialdesk.connector import Raw
from socialdesk_youtube.ids import moment_of, written

__all__ = [
    "Told",
    "at",
    "context",
    "dated",
    "items_of",
    "key_of",
    "of_comment",
    "of_thread",
    "replies_told",
    "times_of",
]

Told: TypeAlias = Mapping[str, Any]
_OF_THREAD = ("channelId", "videoId", "isPublic", "canReply")


def items_of(body: Any) -> Sequence[Any]:
    """What an answer lists, whatever it is."""
    listed = body.get("items") if isinstance(body, Mapping) else None
    return listed if isinstance(listed, list) else ()


def at(value: Any, *path: str) -> Any:
    """What stands at a place within an answer; None where there is no such place."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def key_of(item: Any) -> str | None:
    """An item's id; None where it has none that is a text."""
    found = at(item, "id")
    return found if isinstance(found, str) and found else None


def context(thread: Told) -> dict[str, Any]:
    """What a thread tells that its comments do not."""
    snippet = at(thread, "snippet")
    return (
        {name: snippet[name] for name in _OF_THREAD if name in snippet}
        if isinstance(snippet, Mapping)
        else {}
    )


def replies_told(thread: Any) -> tuple[int, Sequence[Any]]:
    """How many replies a thread is said to have, and those of them that came along."""
    count, sample = at(thread, "snippet", "totalReplyCount"), at(thread, "replies", "comments")
    return (count if isinstance(count, int) else 0), (sample if isinstance(sample, list) else ())


def of_thread(thread: Any, status: str | None = None) -> Iterator[Raw]:
    """The top comment of a thread, then the replies that came along. What is no thread is handed on as it came, to
    fail by itself."""
    top = at(thread, "snippet", "topLevelComment")
    if not isinstance(top, Mapping):
        yield Raw("comment", {"comment": thread})
        return
    whole = context(thread)
    count = at(thread, "snippet", "totalReplyCount")
    yield of_comment(top, whole if count is None else {**whole, "replies": count}, status)
    for reply in replies_told(thread)[1]:
        yield of_comment(reply, whole, status)


def of_comment(comment: Any, whole: Told, status: str | None = None) -> Raw:
    """One comment of a thread that is known."""
    body: dict[str, Any] = {"comment": comment, "thread": dict(whole)}
    if status is not None:
        body["status"] = status
    return Raw("comment", body)


def dated(raws: Iterator[Raw], read_at: datetime | None) -> Iterator[Raw]:
    """The same, with the moment of reading where a picture's address will die."""
    for raw in raws:
        if read_at is not None and at(raw.body, "comment", "snippet", "imageUrl"):
            yield Raw(raw.shape, {**raw.body, "read_at": written(read_at)})
        else:
            yield raw


def times_of(comment: Any) -> tuple[datetime, datetime] | None:
    """When a comment was written and last changed; None where that is not told."""
    snippet = at(comment, "snippet")
    try:
        published = moment_of(snippet["publishedAt"])
        return published, moment_of(snippet.get("updatedAt") or snippet["publishedAt"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
