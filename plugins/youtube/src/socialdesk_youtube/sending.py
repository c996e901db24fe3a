"""What is said: how a reply is planned, where it is put, and whether YouTube will take it. Pure.

https://developers.google.com/youtube/v3/docs/comments/insert
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

from socialdesk.connector import Part, Standing
from socialdesk.errors import Rejected
from socialdesk.models import Mention, Reply
from socialdesk_youtube.ids import thread_of
from socialdesk_youtube.joining import at, times_of

__all__ = [
    "CLOCKS_DIFFER",
    "OTHER_MODES",
    "addressed",
    "body_of",
    "check_reply",
    "is_before",
    "is_ours",
    "thread_answered",
    "verdicts",
    "warnings",
]

CLOCKS_DIFFER = timedelta(seconds=60)
"""By how much a comment of ours may seem older than the attempt that made it."""

OTHER_MODES = {
    "private": "YouTube has no private messages: a comment is answered in public.",
    "direct": "YouTube has no private messages.",
    "quote": "YouTube knows no quotes.",
}
"""What cannot be done on YouTube at all, and why."""

_NO_PLACE = (
    "YouTube takes comments under videos alone: name one in announce_on, or answer a video or comment."
)
_HELD = "The comment is held for review: only its author may see what answers it."
_LINK = "YouTube holds comments with links more readily, for review or as spam."
_GONE_STATES = frozenset({"deleted", "unavailable"})


def thread_answered(target: Mention | None) -> str | None:
    """The thread that an answer is put into; None where it begins one, under a video."""
    return thread_of(target.id.value) if target is not None and target.id.kind == "comment" else None


def body_of(part: Part, video: str | None, channel: str | None) -> dict[str, Any]:
    """The request's body: a reply in the target's thread, or the top comment of a new one under ``video``."""
    thread = thread_answered(part.target)
    if thread is not None:
        return {"snippet": {"parentId": thread, "textOriginal": part.text}}
    place = {"channelId": channel} if channel else {}
    top = {"snippet": {"textOriginal": part.text}}
    return {"snippet": {**place, "videoId": video, "topLevelComment": top}}


def addressed(reply: Reply) -> Reply:
    """A reply to a reply stands in the same thread: it begins with the handle of whom it answers, as YouTube's own
    does."""
    target = reply.target
    if target is None or target.in_reply_to is None or target.author.is_self or not target.author.handle:
        return reply
    name = f"@{target.author.handle}"
    if reply.text.lstrip().lower().startswith(name.lower()):
        return reply
    return reply.model_copy(update={"text": f"{name} {reply.text}"})


def check_reply(reply: Reply, video: str | None) -> None:
    """Raises Rejected where a reply cannot be sent whatever its length; ``video`` is where an announcement goes."""
    if reply.mode != "public":
        raise Rejected("unsupported", OTHER_MODES[reply.mode])
    if reply.attachments:
        raise Rejected("unsupported", "YouTube takes nothing but text in a comment.")
    if not reply.text.strip():
        raise Rejected("content", "YouTube takes no empty comment.")
    if reply.target is None and video is None:
        raise Rejected("unsupported", _NO_PLACE)
    refusal = None if reply.target is None else _refusal(reply.target)
    if refusal is not None:
        raise refusal


def _refusal(target: Mention) -> Rejected | None:
    if target.id.kind not in ("comment", "video"):
        return Rejected("unsupported", "On YouTube a comment or a video is answered.")
    if target.state in _GONE_STATES:
        return Rejected("gone", "It is gone: there is nothing to answer.")
    if target.ext.get("youtube", {}).get("can_reply") is False:
        return Rejected("not_permitted", "YouTube lets the channel answer nothing in this thread.")
    return None


def warnings(text: str, target: Mention | None) -> tuple[str, ...]:
    """What an agent should know before ``text`` is sent."""
    held = target is not None and target.state == "hidden"
    return (*((_HELD,) if held else ()), *((_LINK,) if "://" in text else ()))


def is_ours(part: Part, comment: Any, me: str, thread: str | None) -> bool:
    """Whether a comment is what sending ``part`` leaves: by us, in the same thread or at the top of its own, in these
    words, and not before it was sent."""
    began, times, snippet = _began(part), times_of(comment), at(comment, "snippet")
    if began is None or times is None or times[0] < began:
        return False
    words = snippet.get("textOriginal", snippet.get("textDisplay"))
    return (
        at(snippet, "authorChannelId", "value") == me
        and snippet.get("parentId") == thread
        and isinstance(words, str)
        and _bare(words) == _bare(part.text)
    )


def is_before(part: Part, thread: Any) -> bool:
    """Whether a listed thread is older than what is looked for."""
    began, times = _began(part), times_of(at(thread, "snippet", "topLevelComment"))
    return began is not None and times is not None and times[0] < began


def _began(part: Part) -> datetime | None:
    """From when on a comment may be this part: YouTube's times have no fraction of a second."""
    began = part.started_at or part.at
    return None if began is None else began.replace(microsecond=0) - CLOCKS_DIFFER


def _bare(text: str) -> list[str]:
    return normalize("NFC", text).split()


# ------------------------------------------------------------------------------------------------- what may be done


def verdicts(standing: Standing, me: str | None) -> dict[str, tuple[bool, str | None]]:
    """Whether what is named may be done to ``standing.target``, and why not or what is uncertain; what is not named may
    be done."""
    found: dict[str, tuple[bool, str | None]] = {name: (False, why) for name, why in OTHER_MODES.items()}
    target = standing.target
    if target is not None:
        found |= dict(_on(target, me))
    return found


def _on(target: Mention, me: str | None) -> Iterator[tuple[str, tuple[bool, str | None]]]:
    refusal = _refusal(target)
    if refusal is not None:
        yield "reply", (False, str(refusal))
    elif target.state == "hidden":
        yield "reply", (True, _HELD)
    if target.id.kind != "comment":
        for name in ("block", "delete", "edit", "hide", "reject", "unhide"):
            yield name, (False, "This is a video: only comments are moderated.")
        return
    if target.author.is_self:
        for name in ("block", "hide", "reject", "unhide"):
            yield name, (False, "This is the channel's own comment: it can be edited or deleted.")
        return
    yield "delete", (False, "Only the channel's own comments can be deleted: reject or hide this one.")
    yield "edit", (False, "Only the channel's own comments can be edited.")
    where = target.ext.get("youtube", {}).get("channel")
    if me is not None and where is not None and where != me:
        for name in ("block", "hide", "reject", "unhide"):
            yield name, (False, "This is another channel's video, which moderates its own comments.")
    elif target.state == "hidden":
        yield "hide", (False, "It is hidden already.")
    else:
        yield "unhide", (False, "It is not hidden.")
