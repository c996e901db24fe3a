"""What is said in private: whether it may be, whom it goes to, and whether a message is what we sent. Pure.

``private`` answers a post, in a message to its author; ``direct`` answers a message, in the conversation that it
stands in.

https://docs.x.com/x-api/direct-messages/manage/introduction
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from socialdesk.connector import Part, Sent, Standing
from socialdesk.errors import Rejected
from socialdesk.models import Mention, Mode, Reply
from socialdesk_twitter.length import invalid_characters
from socialdesk_twitter.media import check_attachments
from socialdesk_twitter.messages import conversation_of, conversation_url
from socialdesk_twitter.sending import CLOCKS_DIFFER, same_text

__all__ = [
    "LONGEST",
    "MODES",
    "addressed",
    "as_answered",
    "body_of",
    "check_reply",
    "is_before",
    "is_ours",
    "sent",
    "verdicts",
    "warnings",
]

MODES: frozenset[Mode] = frozenset({"private", "direct"})
LONGEST = 10_000
"""Characters that a direct message may have."""

_CLOSED = (
    "The person takes no direct messages from the account: answer in public, or ask them to write first."
)
_UNSURE = "X does not tell whether the person takes direct messages from the account: it may refuse this."
_OWN = "This is the account's own post: there is nobody to write to in private."
_NOBODY = "X does not tell who wrote this: there is nobody to write to in private."
_NOT_PUBLIC = "A direct message is no post."
_STAYS = "A direct message is answered in its conversation, not in public."
_NOT_DIRECT = "This is no direct message: use the mode private to answer it in one."

Verdict = tuple[bool, str | None]


def _is_message(target: Mention) -> bool:
    return target.kind == "direct_message"


def as_answered(reply: Reply) -> Reply:
    """The reply in the mode in which it is sent: what answers a direct message never leaves its conversation."""
    if reply.mode == "public" and reply.target is not None and _is_message(reply.target):
        return reply.model_copy(update={"mode": "direct"})
    return reply


def check_reply(reply: Reply) -> None:
    """Raises Rejected where a message cannot be sent whatever its length."""
    if reply.target is None:
        raise Rejected("unsupported", "A direct message needs a post or message that it answers.")
    if not reply.text.strip() and not reply.attachments:
        raise Rejected("content", "X takes no empty message.")
    invalid = invalid_characters(reply.text)
    if invalid:
        raise Rejected("content", f"X refuses these characters: {', '.join(invalid)}.")
    check_attachments(reply.attachments, reply.mode)
    refusal = _refusal(reply.target, reply.mode)
    if refusal is not None:
        raise refusal


def _refusal(target: Mention, mode: Mode) -> Rejected | None:
    if mode == "direct" and not _is_message(target):
        return Rejected("unsupported", _NOT_DIRECT)
    if _is_message(target) and target.conversation is not None:
        return None  # who wrote there may be answered there
    if target.author.id is None:
        return Rejected("not_permitted", _NOBODY)
    if target.author.is_self:
        return Rejected("not_permitted", _OWN)
    return Rejected("blocked", _CLOSED) if _takes_messages(target) is False else None


def _takes_messages(target: Mention) -> bool | None:
    """Whether the author takes messages from the account; None where X did not tell."""
    told = target.ext.get("twitter", {}).get("author", {}).get("receives_your_dm")
    return told if isinstance(told, bool) else None


def warnings(reply: Reply) -> tuple[str, ...]:
    """What an agent should know before a message is sent."""
    target = reply.target
    unsure = target is not None and not _is_message(target) and _takes_messages(target) is None
    return (_UNSURE,) if unsure else ()


def verdicts(standing: Standing) -> dict[str, Verdict]:
    """Whether ``standing.target`` may be answered in private, and why not or what is uncertain, by ability."""
    target = standing.target
    if target is None:
        return dict.fromkeys(("private", "direct"), (False, "There is nobody to write to in private."))
    found: dict[str, Verdict] = {}
    modes: tuple[Mode, ...] = ("private", "direct")
    for mode in modes:
        refusal = _refusal(target, mode)
        unsure = not _is_message(target) and _takes_messages(target) is None
        found[mode] = (True, _UNSURE if unsure else None) if refusal is None else (False, str(refusal))
    if _is_message(target):
        found |= dict.fromkeys(("quote", "hide", "unhide", "like", "unlike"), (False, _NOT_PUBLIC))
        found["reply"] = (found["direct"][0], found["direct"][1] or _STAYS)
    return found


def addressed(part: Part) -> str:
    """Where a message goes, as the stretch of a path: a conversation's id, or ``with/`` and a person's."""
    target = part.target
    if target is None:
        raise Rejected("unsupported", "A direct message needs a post or message that it answers.")
    if _is_message(target) and target.conversation is not None:
        return quote(target.conversation.value, safe="")
    if target.author.id is None:
        raise Rejected("not_permitted", _NOBODY)
    return f"with/{quote(target.author.id.value, safe='')}"


def body_of(part: Part, media: tuple[str, ...] = ()) -> dict[str, Any]:
    """The request's body: X refuses any key that it does not know, and an empty text."""
    body: dict[str, Any] = {"text": part.text} if part.text else {}
    if media:
        body["attachments"] = [{"media_id": media_id} for media_id in media]
    return body


def sent(message_id: str, conversation_id: str | None) -> Sent:
    """What a message left on X."""
    if conversation_id is None:
        return Sent(message_id, kind="message")
    return Sent(
        message_id,
        kind="message",
        conversation=conversation_of(conversation_id),
        url=conversation_url(conversation_id),
        data={"dm_conversation_id": conversation_id},
    )


def is_before(part: Part, message: Mapping[str, Any]) -> bool:
    """Whether a message is older than the part's first attempt."""
    began, told = part.started_at or part.at, message.get("created_at")
    return began is not None and bool(told) and datetime.fromisoformat(str(told)) < began - CLOCKS_DIFFER


def is_ours(part: Part, message: Mapping[str, Any], me: str | None) -> bool:
    """Whether a message is what sending ``part`` leaves."""
    if message.get("sender_id") != me or is_before(part, message):
        return False
    if message.get("id") in {done.id for done in part.done}:
        return False
    return same_text(part.text, message, carries=bool(part.attachments))
