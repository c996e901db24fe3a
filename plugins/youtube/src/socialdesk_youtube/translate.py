"""What YouTube tells, as values: a comment or a video to a Mention. Pure.

https://developers.google.com/youtube/v3/docs/comments and https://developers.google.com/youtube/v3/docs/videos
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from socialdesk.connector import Gone
from socialdesk.models import ExternalId, Mention
from socialdesk_youtube import readable
from socialdesk_youtube.ids import channel_id, comment_id, moment_of, thread_of, video_id
from socialdesk_youtube.joining import Told

__all__ = ["address", "comment_to_mention", "found_to_mention", "to_gone", "video_to_mention"]

_SITE = "https://www.youtube.com"
_PICTURES_LAST = timedelta(hours=6)
_HIDDEN = frozenset({"heldForReview", "likelySpam", "rejected"})
_VISIBILITY = {"public": "public", "unlisted": "unlisted"}
_SIZES = ("maxres", "standard", "high", "medium", "default")
_NOTHING: dict[str, Any] = {}


def to_gone(body: Told) -> Gone:
    """A comment that YouTube does not find: deleted by its author, or rejected, which may be taken back."""
    return Gone(id=comment_id(body["id"]), state="unavailable")


def address(video: str | None, comment: str) -> str | None:
    """Where a comment can be looked at; None where its video is not known."""
    return f"{_SITE}/watch?v={video}&lc={comment}" if video else None


# ------------------------------------------------------------------------------------------------------- comments


def comment_to_mention(body: Told, me: str | None) -> Mention:
    """The mention that a joined comment is, for the channel with the id ``me`` (None: not known yet)."""
    comment: Told = body["comment"]
    thread: Told = body.get("thread") or _NOTHING
    name, snippet = comment["id"], comment["snippet"]
    root = snippet.get("parentId") or thread_of(name)
    video = snippet.get("videoId") or thread.get("videoId")
    text, entities = readable.of_comment(snippet)
    status = snippet.get("moderationStatus") or body.get("status")
    writer = (snippet.get("authorChannelId") or _NOTHING).get("value")
    own = None if me is None or writer is None else writer == me
    fields: dict[str, Any] = {
        "id": comment_id(name),
        "kind": "comment" if root == name else "reply",
        "author": _author(snippet, writer, own),
        "text": text,
        "entities": entities,
        "conversation": comment_id(root),
        "in_reply_to": None if root == name else comment_id(root),
        "subject": video_id(video) if video else None,
        "url": address(video, name),
        "metrics": {"likes": snippet.get("likeCount"), "replies": thread.get("replies")},
        "attachments": list(_pictures(name, snippet.get("imageUrl"), body.get("read_at"))),
        "ext": {"youtube": _extras(snippet, thread)},
    }
    if thread.get("isPublic") is True and status not in _HIDDEN:
        fields["visibility"] = "public"
    if own:
        fields["direction"] = "outbound_native"
    fields |= _versions(snippet)
    if status in _HIDDEN:
        fields["state"] = "hidden"
    missing = tuple(_untold(snippet, thread, status, video))
    if missing:
        fields["provenance"] = {"missing": missing}
    return Mention.model_validate(fields)


def _versions(snippet: Told) -> dict[str, Any]:
    """When it was written, and whether it was changed since: YouTube tells of the last time alone."""
    if "publishedAt" not in snippet:
        return {}
    published = moment_of(snippet["publishedAt"])
    updated = moment_of(snippet.get("updatedAt") or snippet["publishedAt"])
    if updated <= published:
        return {"created_at": published}
    return {"created_at": published, "edited_at": updated, "state": "edited", "revision": 1}


def _author(snippet: Told, writer: str | None, own: bool | None) -> dict[str, Any]:
    """The fields of an Author; a writer whose channel is gone has no id."""
    shown = snippet.get("authorDisplayName")
    handle = shown[1:] if shown and shown.startswith("@") else None
    return {
        "id": channel_id(writer) if writer else None,
        "handle": handle or None,
        "display_name": shown,
        "url": snippet.get("authorChannelUrl") or None,
        "avatar_url": snippet.get("authorProfileImageUrl") or None,
        "is_self": own,
    }


def _pictures(name: str, url: str | None, read_at: str | None) -> Iterator[dict[str, Any]]:
    if url:
        dies = None if read_at is None else moment_of(read_at) + _PICTURES_LAST
        yield {"id": ExternalId("youtube", "picture", name), "kind": "image", "url": url, "expires_at": dies}


def _extras(snippet: Told, thread: Told) -> dict[str, Any]:
    named = (
        ("viewer_rating", snippet.get("viewerRating")),
        ("can_rate", snippet.get("canRate")),
        ("can_reply", thread.get("canReply")),
        ("channel", snippet.get("channelId") or thread.get("channelId")),
    )
    return {name: value for name, value in named if value is not None}


def _untold(snippet: Told, thread: Told, status: str | None, video: str | None) -> Iterator[str]:
    """What this way did not tell, as names of Mention's fields."""
    if "authorDisplayName" not in snippet:
        yield "author"
    if "textDisplay" not in snippet and "textOriginal" not in snippet:
        yield "text"
        yield "entities"
    if "publishedAt" not in snippet:
        yield "created_at"
        yield "edited_at"
    if not video:
        yield "subject"
        yield "url"
    if "isPublic" not in thread and status not in _HIDDEN:
        yield "visibility"
    if status is None and thread.get("isPublic") is not True:
        yield "state"  # held for review or not: by its id YouTube does not tell
    if "canReply" not in thread:
        yield "ext"


# --------------------------------------------------------------------------------------------------------- videos


def video_to_mention(video: Told, me: str | None) -> Mention:
    """The mention that a video is."""
    name, snippet = video["id"], video["snippet"]
    counts: Told = video.get("statistics") or _NOTHING
    fields = _film(name, snippet, me)
    fields |= {
        "text": snippet.get("description") or "",
        "title": snippet.get("title"),
        "language": snippet.get("defaultAudioLanguage") or snippet.get("defaultLanguage"),
        "visibility": _VISIBILITY.get((video.get("status") or _NOTHING).get("privacyStatus", ""), "unknown"),
        "metrics": {
            "likes": _number(counts.get("likeCount")),
            "replies": _number(counts.get("commentCount")),
            "views": _number(counts.get("viewCount")),
        },
    }
    fields["entities"] = readable.of_video(fields["text"])
    return Mention.model_validate(fields)


def found_to_mention(result: Told, me: str | None) -> Mention:
    """The mention that a search's result is, of which YouTube tells no more: its description is cut."""
    name, snippet = result["id"]["videoId"], result["snippet"]
    fields = _film(name, snippet, me)
    fields |= {
        "text": readable.plain(snippet.get("description") or ""),
        "title": readable.plain(snippet.get("title") or ""),
        "provenance": {"missing": ("text", "entities", "language", "visibility")},
    }
    return Mention.model_validate(fields)


def _film(name: str, snippet: Told, me: str | None) -> dict[str, Any]:
    """What a search and a listing tell of a video alike."""
    channel = snippet["channelId"]
    pictures: Told = snippet.get("thumbnails") or _NOTHING
    preview = next((pictures[size].get("url") for size in _SIZES if size in pictures), None)
    own = None if me is None else channel == me
    url = f"{_SITE}/watch?v={name}"
    fields: dict[str, Any] = {
        "id": video_id(name),
        "kind": "other" if own else "search_match",
        "author": {
            "id": channel_id(channel),
            "display_name": snippet.get("channelTitle"),
            "url": f"{_SITE}/channel/{channel}",
            "is_self": own,
        },
        "conversation": video_id(name),
        "url": url,
        "created_at": _when(snippet.get("publishedAt")),
        "attachments": [{"id": video_id(name), "kind": "video", "url": url, "preview_url": preview}],
    }
    if own:
        fields["direction"] = "outbound_native"
    return fields


def _when(told: str | None) -> datetime | None:
    return moment_of(told) if told else None


def _number(told: str | int | None) -> int | None:
    """A count, which YouTube writes as text where it may be large."""
    return int(told) if told is not None else None
