"""What may be said and done on Bluesky, and why not. Pure.

Bluesky takes an answer to a thread that is closed or whose author blocked the account, and shows it to nobody: so it is
refused here before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialdesk.connector import Standing
from socialdesk.errors import Rejected
from socialdesk.models import Mention, Mode, Reply
from socialdesk_bluesky.ids import owner_of
from socialdesk_bluesky.people import is_blocked_by, is_blocking, relation_of

__all__ = [
    "LARGEST",
    "MOST_IMAGES",
    "PRIVATE",
    "as_answered",
    "blocked",
    "check_reply",
    "check_view",
    "verdicts",
    "warnings",
]

PRIVATE: frozenset[Mode] = frozenset({"direct", "private"})

LARGEST, LARGE = 2_000_000, 1_000_000
MOST_IMAGES = 4

_CLOSED = "The author of this thread limits who may answer in it, and Bluesky would hide the answer."
_UNQUOTABLE = "The author of this post does not let it be quoted."
_BLOCKED = "The author has blocked the account, and Bluesky would show the answer to nobody."
_BLOCKING = (
    "The account has blocked the author, and Bluesky would show the answer to nobody: unblock them first."
)
_UNCALLED = "On Bluesky a bot may answer only those who turned to the account: a person has to answer this."
_NO_MESSAGES = "Direct messages are not switched on for this account: set messages to true."
_NOBODY = "There is nobody to write to in private."
_NOT_DIRECT = "This is no direct message: use the mode private to answer it in one."
_STAYS = "A direct message is answered in its conversation, not in public."
_NO_FILES = "A direct message on Bluesky carries no files."
_NOT_PUBLIC = "A direct message is no post."
_CLOSED_TO_ALL = "The person takes no direct messages."
_PERHAPS = "The person takes direct messages from those whom they follow: Bluesky may refuse this."
_NOT_A_POST = "A repost has no text that could be answered, quoted or hidden."
_NOT_OURS = "Only the account's own posts can be deleted."
_OURS = "This is the account's own."
_NOT_OUR_THREAD = "Only answers in a thread that the account began can be hidden."
_IS_THE_ROOT = "It begins the thread itself: Bluesky hides answers only."

Verdict = tuple[bool, str | None]


def blocked(words: str = _BLOCKED) -> Rejected:
    return Rejected("blocked", words, scope="person")


def check_view(view: Mapping[str, Any], *, quotes: bool = False) -> None:
    """Raise Rejected where the post whose view this is may not be answered, or quoted."""
    refusal = _refusal_of(relation_of(view["author"]), view.get("viewer"), quotes=quotes)
    if refusal is not None:
        raise refusal


def _refusal_of(relation: Mapping[str, Any], viewer: Any, *, quotes: bool) -> Rejected | None:
    if is_blocked_by(relation):
        return blocked()
    if is_blocking(relation):
        return blocked(_BLOCKING)
    told = viewer if isinstance(viewer, Mapping) else {}
    if not quotes and told.get("replyDisabled"):
        return Rejected("not_permitted", _CLOSED)
    if quotes and told.get("embeddingDisabled"):
        return Rejected("not_permitted", _UNQUOTABLE)
    return None


def as_answered(reply: Reply) -> Reply:
    """The reply in the mode in which it is sent: what answers a direct message never leaves its conversation."""
    if reply.mode == "public" and reply.target is not None and reply.target.kind == "direct_message":
        return reply.model_copy(update={"mode": "direct"})
    return reply


def check_reply(reply: Reply, me: str | None, *, messages: bool) -> None:
    """Raise Rejected where a reply can be seen to be impossible before anything is asked."""
    target = reply.target
    if reply.mode in PRIVATE:
        allowed, reason = _may_write(target, me, reply.mode, messages=messages)
        if not allowed:
            raise Rejected("not_permitted" if messages else "unsupported", reason)
        if reply.attachments:
            raise Rejected("unsupported", _NO_FILES)
    elif reply.mode == "quote" and target is None:
        raise Rejected("unsupported", "A quote needs a post that it quotes.")
    elif target is not None and target.id.kind != "post":
        raise Rejected("unsupported", _NOT_A_POST if target.kind == "repost" else _NOT_PUBLIC)
    if target is not None and reply.sender != "human" and not _called(target):
        raise Rejected("not_permitted", _UNCALLED)
    if not reply.text.strip() and not reply.attachments:
        raise Rejected("content", "There is nothing to say: no text, and no picture.")
    _check_files(reply)


def _check_files(reply: Reply) -> None:
    if len(reply.attachments) > MOST_IMAGES:
        raise Rejected("content", f"A post on Bluesky carries {MOST_IMAGES} pictures at most.")
    for attachment in reply.attachments:
        if not (attachment.media_type or "").startswith("image/"):
            raise Rejected("unsupported", "The plugin sends pictures on Bluesky, and no other files.")
        if attachment.size is not None and attachment.size > LARGEST:
            raise Rejected("too_long", f"A picture on Bluesky has {LARGEST:,} bytes at most.")


def warnings(reply: Reply) -> tuple[str, ...]:
    """What an agent should know before a reply is sent."""
    found = []
    if reply.mode in PRIVATE:
        _, doubt = _may_write(reply.target, None, reply.mode, messages=True)
        found += [doubt] if doubt is not None else []
    if any(not attachment.alt_text for attachment in reply.attachments):
        found.append("A picture has no description: people who cannot see it learn nothing of it.")
    if any(attachment.media_type == "image/gif" for attachment in reply.attachments):
        found.append("Bluesky shows a GIF as a picture that does not move.")
    if any((attachment.size or 0) > LARGE for attachment in reply.attachments):
        found.append(f"Older servers take pictures of {LARGE:,} bytes at most.")
    return tuple(found)


def _called(target: Mention) -> bool:
    """Whether the author turned to the account: by naming it or writing to it, or by answering or quoting it."""
    return target.kind in ("mention", "direct_message") or (
        target.kind in ("reply", "quote") and target.subject is not None
    )


def _may_write(target: Mention | None, me: str | None, mode: Mode, *, messages: bool) -> Verdict:
    """Whether somebody may be written to in private, and why not or what is uncertain."""
    if not messages:
        return False, _NO_MESSAGES
    if target is None or target.author.id is None:
        return False, _NOBODY
    if target.kind == "direct_message":
        return True, None
    if mode == "direct":
        return False, _NOT_DIRECT
    if target.author.id.value == me:
        return False, _NOBODY
    relation = target.ext.get("bluesky", {}).get("author") or {}
    if is_blocked_by(relation) or is_blocking(relation):
        return False, _BLOCKED if is_blocked_by(relation) else _BLOCKING
    if relation.get("takes_messages") == "none":
        return False, _CLOSED_TO_ALL
    unsure = relation.get("takes_messages") != "all" and not relation.get("followed_by")
    return True, _PERHAPS if unsure else None


def verdicts(standing: Standing, me: str | None) -> dict[str, Verdict]:
    """Whether each ability may be used on ``standing.target``, and why not."""
    target = standing.target
    if target is None:
        nothing = (False, "There is no post that this could be done to.")
        names = ("block", "delete", "hide", "like", "quote", "unblock", "unhide", "unlike", *PRIVATE)
        return dict.fromkeys(names, nothing)
    told = target.ext.get("bluesky", {})
    own = me is not None and target.author.id is not None and target.author.id.value == me
    found: dict[str, Verdict] = {"delete": (own, None if own else _NOT_OURS)}
    if own:
        found |= dict.fromkeys(("block", "unblock", "hide", "unhide"), (False, _OURS))
    else:
        found |= dict.fromkeys(("hide", "unhide"), _may_hide(target, me))
    relation = told.get("author") or {}
    viewer = {"replyDisabled": told.get("reply_disabled"), "embeddingDisabled": told.get("quote_disabled")}
    for name in ("reply", "quote"):
        refusal = _refusal_of(relation, viewer, quotes=name == "quote")
        found[name] = (True, None) if refusal is None else (False, str(refusal))
        if standing.sender != "human" and not _called(target):
            found[name] = (False, _UNCALLED)
    for mode in PRIVATE:
        found[mode] = _may_write(target, me, mode, messages=True)
    if target.kind == "direct_message":
        names = ("block", "delete", "hide", "like", "quote", "unblock", "unhide", "unlike")
        return found | dict.fromkeys(names, (False, _NOT_PUBLIC)) | {"reply": (True, _STAYS)}
    if target.id.kind != "post":
        names = ("delete", "hide", "like", "lookup", "quote", "reply", "unhide", "unlike")
        found |= dict.fromkeys(names, (False, _NOT_A_POST))
    return found


def _may_hide(target: Mention, me: str | None) -> Verdict:
    root = target.conversation
    if target.in_reply_to is None:
        return False, _IS_THE_ROOT
    if root is None or me is None or owner_of(root.value) != me:
        return False, _NOT_OUR_THREAD
    return True, None
