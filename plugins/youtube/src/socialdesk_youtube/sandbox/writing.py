"""What is written: comments, their changes and deletions, and what a channel decides about those of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from .access import FORCE_SSL, Caller
from .params import Call
from .problems import Refused
from .shapes import Viewer
from .state import Channel, Comment, Status
from .world import LONGEST

if TYPE_CHECKING:
    from .youtube import YouTubeSandbox

THREAD, COMMENT = "youtube.commentThread", "youtube.comment"


def _text(domain: str, snippet: Mapping[str, Any]) -> str:
    text = snippet.get("textOriginal")
    if not isinstance(text, str) or not text.strip():
        raise _invalid(
            domain, "commentTextRequired", "The resource must specify a value for <code>textOriginal</code>."
        )
    if len(text) > LONGEST:
        raise _invalid(domain, "commentTextTooLong", "The comment's text is longer than the limit.")
    return text


def _invalid(domain: str, reason: str, words: str) -> Refused:
    return Refused(400, domain, reason, words, location="body", locationType="other")


def _snippet(body: Any) -> Mapping[str, Any]:
    snippet = body.get("snippet") if isinstance(body, Mapping) else None
    return snippet if isinstance(snippet, Mapping) else {}


def _author(caller: Caller) -> Channel:
    """Who writes. Raises Refused where the account has no channel that may comment."""
    channel = caller.must_have((FORCE_SSL,))
    if not channel.active:
        words = "The YouTube account used to authorize the API request must be merged with the user's Google account."
        raise Refused(403, COMMENT, "ineligibleAccount", words)
    return channel


def insert_reply(sandbox: YouTubeSandbox, call: Call, caller: Caller, body: Any) -> dict[str, Any]:
    """comments.insert."""
    author, snippet = _author(caller), _snippet(body)
    parent = snippet.get("parentId")
    if not parent:
        raise _invalid(COMMENT, "parentIdMissing", "The comment must specify its <code>parentId</code>.")
    text = _text(COMMENT, snippet)
    top = sandbox.world.comments.get(parent)
    if top is None or top.gone or top.status == "rejected":
        raise Refused.unknown(COMMENT, "parentCommentNotFound", "snippet.parentId")
    if top.parent is not None or top.closed:
        words = (
            "The comment cannot be created because it would be a reply to a comment that does not take any."
        )
        raise _invalid(COMMENT, "operationNotSupported", words)
    if not top.video.commentable:
        raise Refused.disabled("snippet.parentId")
    if top.status != "published" and author not in (top.author, top.video.channel):
        raise _invalid(COMMENT, "parentCommentIsPrivate", "The parent comment is private.")
    made = sandbox.world.comment(author, top.video, text, top, {})
    return Viewer(sandbox, author).comment(made, placed=False)


def insert_thread(sandbox: YouTubeSandbox, call: Call, caller: Caller, body: Any) -> dict[str, Any]:
    """commentThreads.insert."""
    author, snippet = _author(caller), _snippet(body)
    text = _text(THREAD, _snippet(snippet.get("topLevelComment")))
    video, channel = snippet.get("videoId"), snippet.get("channelId")
    if not video and not channel:
        words = "The resource must name the channel and the video."
        raise _invalid(THREAD, "channelOrVideoIdMissing", words)
    if not video:  # comments on channels themselves ended in 2024
        raise Refused.unable(THREAD)
    found = sandbox.world.videos.get(video)
    if found is None or (found.privacy == "private" and found.channel is not author):
        raise Refused.unknown(THREAD, "videoNotFound", "snippet.videoId")
    if channel and channel != found.channel.id:
        raise Refused.unknown(THREAD, "channelNotFound", "snippet.channelId")
    if not found.commentable:
        raise Refused.disabled("snippet.videoId")
    made = sandbox.world.comment(author, found, text, None, {})
    return Viewer(sandbox, author).thread(made, frozenset({"snippet"}))


def update(sandbox: YouTubeSandbox, call: Call, caller: Caller, body: Any) -> dict[str, Any]:
    """comments.update: one's own."""
    author = _author(caller)
    name = body.get("id") if isinstance(body, Mapping) else None
    comment = _there(sandbox, name, "id")
    text = _text(COMMENT, _snippet(body))
    if comment.author is not author:
        raise Refused.forbidden(COMMENT)
    sandbox.world.edit(author, comment, text)
    return Viewer(sandbox, author).comment(comment, placed=False)


def delete(sandbox: YouTubeSandbox, call: Call, caller: Caller, body: Any) -> None:
    """comments.delete: one's own."""
    author = _author(caller)
    comment = _there(sandbox, call.query["id"], "id")
    if comment.author is not author:
        raise Refused.forbidden(COMMENT)
    sandbox.world.delete(author, comment)


def moderate(sandbox: YouTubeSandbox, call: Call, caller: Caller, body: Any) -> None:
    """comments.setModerationStatus: under one's own videos."""
    channel = caller.must_have((FORCE_SSL,))
    status, ban = call.query["moderationStatus"], call.query.get("banAuthor") == "true"
    if status == "likelySpam":
        raise Refused.unable(COMMENT, "moderationStatus", "parameter")
    if ban and status != "rejected":
        words = "The <code>banAuthor</code> parameter can only be used with the status <code>rejected</code>."
        raise Refused(400, COMMENT, "banWithoutReject", words, location="banAuthor", locationType="parameter")
    found = [_there(sandbox, name, "id") for name in call.listed("id")]
    if any(comment.video.channel is not channel for comment in found):
        raise Refused.forbidden(COMMENT)
    if any(comment.author is channel for comment in found):
        raise Refused.unable(COMMENT, "id", "parameter")
    for comment in found:
        sandbox.world.moderate(channel, comment, cast("Status", status), ban)


def _there(sandbox: YouTubeSandbox, name: Any, location: str) -> Comment:
    comment = sandbox.world.comments.get(name) if isinstance(name, str) else None
    if comment is None or comment.gone:
        raise Refused.unknown(COMMENT, "commentNotFound", location)
    return comment


__all__ = ["delete", "insert_reply", "insert_thread", "moderate", "update"]
