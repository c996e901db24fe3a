"""What may be said, where and until when: windows, one-shot rules, lengths and files. Pure.

A comment or post is answered in public (``public``) or once in private (``private``); a message is answered in
Messenger (``direct``).

https://developers.facebook.com/docs/messenger-platform/policy and
https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from socialdesk.connector import Part, Standing
from socialdesk.errors import Rejected
from socialdesk.models import Attachment, Mention, Mode, Reply, Sender
from socialdesk_facebook.messages import person_in

__all__ = [
    "CLOCKS_DIFFER",
    "LONGEST",
    "ONCE_WITHIN",
    "PRIVATE",
    "as_answered",
    "check_reply",
    "is_before",
    "kind_of_file",
    "message_of",
    "recipient_of",
    "same_text",
    "verdicts",
    "window_of",
]

PRIVATE: frozenset[Mode] = frozenset({"private", "direct"})
LONGEST: Mapping[Mode, int] = {"public": 8000, "private": 2000, "direct": 2000, "quote": 8000}
"""Characters that a text may have."""
CLOCKS_DIFFER = timedelta(seconds=120)
"""By how much something of ours may seem older than the attempt that made it."""
ONCE_WITHIN = timedelta(days=7)
"""For how long a comment or post may be answered in private."""
_WINDOW, _HUMAN_WINDOW = timedelta(hours=24), timedelta(days=7)
_PRIVATE_REPLY = "private_reply"
_MB = 1_000_000
_LARGEST = {"image": 8 * _MB, "video": 25 * _MB, "audio": 25 * _MB, "file": 25 * _MB}
_IN_PUBLIC = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_OURS = frozenset({("file", "media"), ("desk", "media")})
_PICTURES_AT_MOST = 10
_GONE_STATES = frozenset({"deleted", "unavailable"})
_KNOWS_NOBODY = "Facebook does not tell who wrote this: there is nobody to write to in private."

Verdict = tuple[bool, str | None, datetime | None]


def is_message(target: Mention | None) -> bool:
    return target is not None and target.kind == "direct_message"


def as_answered(reply: Reply) -> Reply:
    """The reply in the mode in which it is sent: what answers a message never leaves its conversation."""
    if reply.mode in ("public", "private") and is_message(reply.target):
        return reply.model_copy(update={"mode": "direct"})
    return reply


def check_reply(reply: Reply, standing: Standing, *, human_agent: bool) -> None:
    """Raises Rejected where a reply cannot be sent whatever its length."""
    if not reply.text.strip() and not reply.attachments:
        raise Rejected("content", "Facebook takes nothing that is empty.")
    _check_files(reply.attachments, reply.mode, announced=reply.target is None)
    if reply.mode == "private" and len(reply.text.strip()) > LONGEST["private"]:
        raise Rejected(
            "too_long", f"A private reply is one message of up to {LONGEST['private']} characters."
        )
    refusal, _ = refused(reply.mode, standing, human_agent=human_agent)
    if refusal is not None:
        raise refusal


def refused(mode: Mode, standing: Standing, *, human_agent: bool) -> tuple[Rejected | None, datetime | None]:
    """Why ``standing.target`` may not be answered so now, None where it may; and until when it may."""
    target = standing.target
    if mode == "quote":
        return Rejected("unsupported", "Facebook knows no quotes of others' posts by its interface."), None
    if target is None:
        if mode in PRIVATE:
            return Rejected("unsupported", "A message needs something that it answers."), None
        return None, None
    if target.state in _GONE_STATES and not is_message(target):
        return Rejected("gone", "This is gone: there is nothing to answer."), None
    if mode == "public":
        return _refused_in_public(target), None
    if mode == "direct":
        return _refused_in_messenger(target, standing, human_agent)
    return _refused_once(target, standing)


def _refused_in_public(target: Mention) -> Rejected | None:
    if _told(target).get("can_comment") is False:
        return Rejected("not_permitted", "Facebook takes no answer to this comment.")
    return None


def _refused_in_messenger(
    target: Mention, standing: Standing, human_agent: bool
) -> tuple[Rejected | None, datetime | None]:
    if not is_message(target):
        words = "This is no message: use the mode private to answer it in one."
        return Rejected("unsupported", words), None
    if _person_behind(target) is None:
        return Rejected("not_permitted", _KNOWS_NOBODY), None
    since = last_inbound(standing)
    if since is None:
        return None, None  # nobody knows when the person wrote; Facebook will say
    ends = since + window_of(standing.sender, human_agent=human_agent)
    if standing.now <= ends:
        return None, ends
    days = "7 days" if ends - since > _WINDOW else "24 hours"
    words = f"More than {days} have passed since the person wrote: Facebook takes no message before they write again."
    if days == "24 hours" and human_agent and standing.now <= since + _HUMAN_WINDOW:
        words = (
            "More than 24 hours have passed since the person wrote: only a person may answer now, no machine."
        )
    return Rejected("window_closed", words), ends


def _refused_once(target: Mention, standing: Standing) -> tuple[Rejected | None, datetime | None]:
    """Whether a comment or visitor's post may still be answered in private."""
    if target.kind not in ("comment", "mention") or target.id.kind not in ("comment", "post"):
        return Rejected("unsupported", "Only a comment or a visitor's post can be answered in private."), None
    if target.author.is_self or target.author.kind == "organization":
        return Rejected(
            "not_permitted", "A Page wrote this: Facebook takes no private reply to a Page."
        ), None
    ends = None if target.created_at is None else target.created_at + ONCE_WITHIN
    if ends is not None and standing.now > ends:
        return Rejected("window_closed", "A private reply is possible for 7 days, and they are over."), ends
    if _PRIVATE_REPLY in standing.used:
        words = "This was answered in private already: Facebook takes one private reply, then the person has to write."
        return Rejected("not_permitted", words), ends
    if _told(target).get("can_reply_privately") is False:
        words = (
            "Facebook takes no private reply to this: there was one already, or the person does not take any."
        )
        return Rejected("not_permitted", words), ends
    return None, ends


def last_inbound(standing: Standing) -> datetime | None:
    """When the person wrote last, as far as it is known."""
    target = standing.target
    of_target = target.created_at if target is not None and target.direction == "inbound" else None
    known = [moment for moment in (standing.last_inbound_at, of_target) if moment is not None]
    return max(known, default=None)


def window_of(sender: Sender, *, human_agent: bool) -> timedelta:
    """For how long after a person's message one may be sent."""
    return _HUMAN_WINDOW if human_agent and sender == "human" else _WINDOW


def verdicts(standing: Standing, *, human_agent: bool) -> dict[str, Verdict]:
    """Whether what the Page can do may be done to ``standing.target``, why not, and until when, by ability; what is
    not named may be done."""
    target = standing.target
    found: dict[str, Verdict] = {}
    modes: tuple[tuple[str, Mode], ...] = (("reply", "public"), ("private", "private"), ("direct", "direct"))
    for name, mode in modes:
        shown: Mode = "direct" if name != "direct" and is_message(target) else mode
        refusal, until = refused(shown, standing, human_agent=human_agent)
        found[name] = (refusal is None, None if refusal is None else str(refusal), until)
    return found | _verdicts_on(target)


def _verdicts_on(target: Mention | None) -> dict[str, Verdict]:
    """What may be done to a thing, by what it is and what Facebook says of it."""
    if target is None:
        return {}
    found: dict[str, Verdict] = {}
    for name, flag in (
        ("hide", "can_hide"),
        ("unhide", "can_hide"),
        ("delete", "can_remove"),
        ("like", "can_like"),
    ):
        if _told(target).get(flag) is False:
            found[name] = (False, f"Facebook does not let the Page {name} this.", None)
    own = target.author.is_self
    if is_message(target):
        acts = ("hide", "unhide", "delete", "like", "unlike", "edit")
        found |= dict.fromkeys(acts, (False, "A message cannot be changed by the interface.", None))
    elif own:
        found |= dict.fromkeys(
            ("hide", "unhide"), (False, "What the Page said itself cannot be hidden.", None)
        )
    else:
        found["edit"] = (False, "Only what the Page said itself can be edited.", None)
    if own:
        found |= dict.fromkeys(("block", "unblock"), (False, "This is the Page itself.", None))
    elif target.author.id is None:
        found |= dict.fromkeys(("block", "unblock"), (False, "Facebook does not tell who wrote this.", None))
    return found


def _told(target: Mention) -> Mapping[str, Any]:
    told: Mapping[str, Any] = target.ext.get("facebook") or {}
    return told


# ------------------------------------------------------------------------------------------------------------- files


def kind_of_file(attachment: Attachment) -> str:
    """What Messenger calls a file of this media type."""
    kind = (attachment.media_type or "").partition("/")[0]
    return kind if kind in _LARGEST else "file"


def _check_files(attachments: Sequence[Attachment], mode: Mode, *, announced: bool) -> None:
    """Raises Rejected, in words for a person, where Facebook would not take these together or one of them."""
    if mode == "private" and attachments:
        raise Rejected(
            "content", "A private reply is text alone: send the file once the person has answered."
        )
    if mode == "public" and len(attachments) > (_PICTURES_AT_MOST if announced else 1):
        at_most = f"up to {_PICTURES_AT_MOST} pictures" if announced else "one picture"
        raise Rejected("content", f"Facebook takes {at_most} here, not {len(attachments)}.")
    for attachment in attachments:
        if (attachment.id.platform, attachment.id.kind) not in _OURS or not attachment.size:
            raise Rejected(
                "content", "The attachment names no file that could be sent: make it with attach()."
            )
        if mode == "public" and attachment.media_type not in _IN_PUBLIC:
            taken = ", ".join(sorted(_IN_PUBLIC))
            raise Rejected("content", f"In public Facebook takes {taken}.")
        largest = _LARGEST[kind_of_file(attachment)]
        if attachment.size > largest:
            raise Rejected("content", f"A file of this kind may have {largest // _MB} MB at Facebook.")


# --------------------------------------------------------------------------------------------------------- messages


def _person_behind(target: Mention) -> str | None:
    """The id of the person in a message's conversation."""
    if target.conversation is not None and target.conversation.kind == "conversation":
        return person_in(target.conversation.value)
    author = target.author
    return author.id.value if author.id is not None and not author.is_self else None


def recipient_of(part: Part) -> dict[str, str]:
    """To whom a message goes: a person, or whoever wrote a comment or post. Raises Rejected where that is nobody."""
    target = part.target
    if target is None:
        raise Rejected("unsupported", "A message needs something that it answers.")
    if part.mode == "private":
        return {f"{target.id.kind}_id": target.id.value}
    person = _person_behind(target)
    if person is None:
        raise Rejected("not_permitted", _KNOWS_NOBODY)
    return {"id": person}


def message_of(part: Part, attachment_id: str | None, *, human_agent: bool) -> dict[str, Any]:
    """The request's body. ``metadata`` comes back with the echo of the message. After a day it is tagged as a person's
    own answer; whether that may be has been looked at before."""
    message: dict[str, Any] = {"text": part.text}
    if attachment_id is not None:
        kind = kind_of_file(part.attachments[0])
        message = {"attachment": {"type": kind, "payload": {"attachment_id": attachment_id}}}
    if part.key:
        message["metadata"] = part.key
    body: dict[str, Any] = {"recipient": recipient_of(part), "message": message, "messaging_type": "RESPONSE"}
    standing = part.standing
    since = None if standing is None else last_inbound(standing)
    if part.mode == "direct" and standing is not None and since is not None:
        late = standing.now > since + _WINDOW
        if late and human_agent and standing.sender == "human":
            body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return body


def is_before(part: Part, moment: datetime | None) -> bool:
    """Whether something is older than the part's first attempt."""
    began = part.started_at or part.at
    return began is not None and moment is not None and moment < began - CLOCKS_DIFFER


def same_text(ours: str, theirs: Any) -> bool:
    """Whether a text is what we sent; Facebook takes white space from its ends."""
    return ours.split() == str(theirs or "").split()
