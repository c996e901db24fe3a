"""What is said: to whom, how widely, under which warning, and whether a status is what we sent. Pure.

A reply is seen by nobody who may not see what it answers: its visibility is that of the target or narrower. It names
the author, who would not be told of it otherwise, and repeats the target's content warning.

https://docs.joinmastodon.org/methods/statuses/#create
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

import regex

from socialdesk.connector import Part, Sent, Standing
from socialdesk.cutting import cut
from socialdesk.errors import Rejected
from socialdesk.models import Mention, Mode, Reply
from socialdesk_mastodon.ids import post_id
from socialdesk_mastodon.length import graphemes, length_of
from socialdesk_mastodon.readable import readable
from socialdesk_mastodon.server import Server

__all__ = [
    "CLOCKS_DIFFER",
    "WIDTHS",
    "answered",
    "body_of",
    "check_reply",
    "is_before",
    "may_be",
    "same_text",
    "sent",
    "texts_of",
    "verdicts",
    "visibility",
    "warnings",
]

CLOCKS_DIFFER = timedelta(seconds=120)
"""By how much a status of ours may seem older than the attempt that made it."""

WIDTHS = ("direct", "private", "unlisted", "public")
"""Who may see a status, in Mastodon's words, the narrowest first."""

_OF_TARGET = {"public": "public", "unlisted": "unlisted", "followers": "private", "direct": "direct"}
_IN_PRIVATE: frozenset[Mode] = frozenset({"private", "direct"})
_GONE_STATES = frozenset({"deleted", "unavailable"})
_NAMED = regex.compile(r"(?<![/\w])@([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?(?:@[\w.-]+\w)?)", regex.IGNORECASE)
_QUOTABLE = {"automatic": None, "manual": "The author has to agree before the quote is shown."}

_GONE = "It is gone: there is nothing to answer."
_NOBODY = "The server does not tell whom this would be for: there is nobody to write to in private."
_OWN = "This is the account's own: there is nobody to write to in private."
_NOT_DIRECT = "This is no direct message: use the mode private to answer it in one."
_STAYS = "A direct message is answered in a direct message."
_UNKNOWN = "Who may see this is not told: it is answered in a direct message."
_NOT_QUOTABLE = "The server does not say that this may be quoted by the account."

Verdict = tuple[bool, str | None]


def visibility(mode: Mode, target: Mention | None, widest: str) -> str:
    """Who may see what is said in this mode, in Mastodon's words: never more than may see the target, nor than
    ``widest``. Where it is not told who may see the target, the author alone."""
    if mode in _IN_PRIVATE:
        return WIDTHS[0]
    if target is None:
        return widest
    return min(_OF_TARGET.get(target.visibility, WIDTHS[0]), widest, key=WIDTHS.index)


# ---------------------------------------------------------------------------------------------------- the text


def addressed(target: Mention | None) -> tuple[str, ...]:
    """Who is to be told: the author; in a direct message of our own, those whom it names."""
    if target is None:
        return ()
    if not target.author.is_self:
        return (target.author.handle,) if target.author.handle else ()
    named = target.ext.get("mastodon", {}).get("names", ())
    return tuple(named) if target.visibility == "direct" else ()


def prefix_of(target: Mention | None, text: str) -> str:
    """What goes before a text so that those are told of it whom it is for; without those who are named in it."""
    named = {name.lower() for name in _NAMED.findall(text)}
    return "".join(f"@{acct} " for acct in addressed(target) if acct.lower() not in named)


def warning_of(target: Mention | None) -> str:
    """The content warning under which an answer stands: the target's own."""
    return (target.title or "") if target is not None else ""


def texts_of(reply: Reply, server: Server) -> tuple[str, ...]:
    """The texts of the statuses that a reply becomes, each naming the author. Raises Rejected(too_long)."""
    room = server.max_characters - graphemes(warning_of(reply.target))

    def fits(text: str) -> bool:
        return length_of(prefix_of(reply.target, text) + text, server.link_length) <= room

    texts = cut(reply.text, fits=fits, overflow=reply.overflow)
    return tuple(prefix_of(reply.target, text) + text for text in texts)


def answered(part: Part) -> str | None:
    """The id of the status that a part is an answer to: the part before it, else the target; None where it is none."""
    if part.done:
        return part.done[-1].id
    if part.target is None or part.mode == "quote":
        return None
    return part.target.id.value


def quoted(part: Part) -> str | None:
    """The id of the status that a part quotes: the target, in the first part of a quote."""
    return part.target.id.value if part.mode == "quote" and part.target and not part.done else None


def body_of(part: Part, widest: str, media: tuple[str, ...] = ()) -> dict[str, Any]:
    """The request's body."""
    body: dict[str, Any] = {
        "status": part.text,
        "visibility": visibility(part.mode, part.target, widest),
        "in_reply_to_id": answered(part),
        "quoted_status_id": quoted(part),
        "spoiler_text": warning_of(part.target),
        "media_ids": list(media),
    }
    return {name: value for name, value in body.items() if value or name == "status"}


# --------------------------------------------------------------------------------------------- whether it may be


def check_reply(reply: Reply) -> None:
    """Raises Rejected where a reply cannot be sent whatever its length."""
    if not reply.text.strip() and not reply.attachments:
        raise Rejected("content", "Mastodon takes no empty status.")
    if reply.target is None:
        if reply.mode != "public":
            raise Rejected("unsupported", f"The mode {reply.mode} needs something that is answered.")
        return
    allowed, why = _verdict(reply.mode, reply.target)
    if not allowed:
        gone = reply.target.state in _GONE_STATES
        raise Rejected("gone" if gone else "not_permitted", why)


def _verdict(mode: Mode, target: Mention) -> Verdict:
    if target.state in _GONE_STATES:
        return False, _GONE
    if mode in _IN_PRIVATE:
        return _in_private(mode, target)
    if mode == "quote":
        approval = target.ext.get("mastodon", {}).get("quote_approval")
        if target.visibility not in ("public", "unlisted") or approval not in _QUOTABLE:
            return False, _NOT_QUOTABLE
        return True, _QUOTABLE[approval]
    if target.visibility in ("public", "unlisted", "followers"):
        return True, None
    if not addressed(target):
        return False, _NOBODY
    return True, _STAYS if target.visibility == "direct" else _UNKNOWN


def _in_private(mode: Mode, target: Mention) -> Verdict:
    if mode == "direct" and target.visibility != "direct":
        return False, _NOT_DIRECT
    if target.author.is_self and target.visibility != "direct":
        return False, _OWN
    return (True, None) if addressed(target) else (False, _NOBODY)


def verdicts(standing: Standing) -> dict[str, Verdict]:
    """Whether something may be done to ``standing.target``, and why not or what is to be known, by ability; what is
    not named may be done."""
    target = standing.target
    if target is None:
        nothing = (False, "There is nothing that is answered.")
        return dict.fromkeys(("private", "direct", "quote"), nothing)
    modes: tuple[tuple[str, Mode], ...] = (
        ("reply", "public"),
        ("private", "private"),
        ("direct", "direct"),
        ("quote", "quote"),
    )
    found = {name: _verdict(mode, target) for name, mode in modes}
    if target.author.is_self:
        nobody = (False, "This is the account itself.")
        found |= dict.fromkeys(("block", "unblock", "mute", "unmute"), nobody)
    else:
        found["delete"] = (False, "Only the account's own statuses can be deleted.")
    return found


def warnings(text: str, reply: Reply) -> tuple[str, ...]:
    """What an agent should know before ``text`` is sent."""
    target = reply.target
    if target is None:
        return ()
    found = []
    why = _verdict(reply.mode, target)[1]
    if why is not None:
        found.append(why)
    if visibility(reply.mode, target, WIDTHS[-1]) == WIDTHS[0]:
        others = {name.lower() for name in _NAMED.findall(text)} - {
            acct.lower() for acct in addressed(target)
        }
        if others:
            found.append(f"Whoever is named in it will see this message: @{', @'.join(sorted(others))}.")
    elif not addressed(target) and not target.author.is_self:
        found.append("The server does not tell who wrote this: they will not be told of the answer.")
    return tuple(found)


# ------------------------------------------------------------------------------------------ whether it is there


def sent(status: Mapping[str, Any]) -> Sent:
    """What a status of ours is to core. Raises KeyError where it tells no id."""
    held = isinstance(status.get("quote"), Mapping) and status["quote"].get("state") == "pending"
    return Sent(post_id(status["id"]).value, url=status.get("url"), seen="held" if held else "public")


def is_before(part: Part, status: Mapping[str, Any]) -> bool:
    """Whether a status is older than the part's first attempt."""
    began, told = part.started_at or part.at, status.get("created_at")
    return began is not None and bool(told) and datetime.fromisoformat(str(told)) < began - CLOCKS_DIFFER


def may_be(part: Part, status: Mapping[str, Any], widest: str) -> bool:
    """Whether a status of the account may be what sending ``part`` leaves, its text apart."""
    if is_before(part, status) or str(status.get("id")) in {done.id for done in part.done}:
        return False
    told, parent = status.get("visibility"), status.get("in_reply_to_id")
    ours = visibility(part.mode, part.target, widest)
    return (str(parent) if parent else None) == answered(part) and told in (None, ours)


def same_text(ours: str, status: Mapping[str, Any]) -> bool:
    """Whether a status says what we sent, as its server shows it: names without hosts, links in their normal form."""
    return _bare(ours) == _bare(readable(str(status.get("content") or ""), status, quotes=True)[0])


def _bare(text: str) -> list[str]:
    words = normalize("NFC", _NAMED.sub(lambda name: "@" + name[1].partition("@")[0].lower(), text)).split()
    return [word.removeprefix("https://").removeprefix("http://").rstrip("/") for word in words]
