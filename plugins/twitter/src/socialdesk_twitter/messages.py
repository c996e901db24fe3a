"""Direct messages: one event of X's as a Mention, and one page of them. Pure.

A raw message is ``{"message": ..., "users": {id: ...}, "media": {key: ...}}``, in the form in which X lists it,
whichever way it came. X lists messages from the newest to the oldest, takes no position to begin at, and gives a token
for a next page also where there is none.

https://docs.x.com/x-api/direct-messages/lookup/introduction
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from socialdesk.connector import Notice, Page, Raw, Window
from socialdesk.models import ExternalId, Mention
from socialdesk_twitter.ids import is_given, moment_of
from socialdesk_twitter.joining import NOTHING, Told, by_key, mapped, notices
from socialdesk_twitter.people import author_of, contact_of
from socialdesk_twitter.readable import readable
from socialdesk_twitter.translate import attachment_of
from socialdesk_twitter.walks import Position

__all__ = [
    "MESSAGES_REACH",
    "begin",
    "conversation_of",
    "conversation_url",
    "page_of",
    "pair",
    "raws",
    "to_mention",
]

MESSAGES_REACH = timedelta(days=30)
_PAUSE = 61.0
"""Seconds between two requests, so that a quarter of an hour's fifteen never run out."""

_CLOCKS_DIFFER = timedelta(seconds=2)
_MEDIA_NOTE = "attachments_need_sign_in"


def conversation_of(conversation_id: str) -> ExternalId:
    return ExternalId("twitter", "conversation", conversation_id)


def conversation_url(conversation_id: str) -> str:
    """Where a person who is signed in as the account reads the conversation."""
    return f"https://x.com/messages/{conversation_id}"


def pair(one: str, other: str) -> str:
    """The id of the conversation that two people have: the lower of their ids first."""
    low, high = sorted((one, other), key=_as_number)
    return f"{low}-{high}"


def _as_number(number: str) -> tuple[int, str]:
    return len(number), number


# --------------------------------------------------------------------------------------------------------- a page


def raws(body: Told) -> list[Raw]:
    """The messages of an answer, each with who wrote it and what it carries."""
    data = body.get("data")
    if not data:
        return []
    included = mapped(body.get("includes"))
    users = by_key(included.get("users"), "id")
    media = by_key(included.get("media"), "media_key")
    found = []
    for message in [data] if isinstance(data, Mapping) else data:
        joined: dict[str, Any] = {"message": message}
        if isinstance(message, Mapping):
            sender = message.get("sender_id")
            if isinstance(sender, str) and sender in users:
                joined["users"] = {sender: users[sender]}
            keys = _media_keys(message)
            if keys:
                joined["media"] = {key: media[key] for key in keys if key in media}
        found.append(Raw("message", joined))
    return found


def _media_keys(message: Told) -> list[str]:
    keys = mapped(message.get("attachments")).get("media_keys")
    return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []


def _id_of(raw: Raw) -> str | None:
    message = raw.body["message"]
    told = message.get("id") if isinstance(message, Mapping) else None
    return told if isinstance(told, str) else None


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a walk looks for: messages after ``since``, before ``until``, not older than ``back_to``."""

    since: str | None
    until: str | None
    back_to: str | None

    def is_known(self, message_id: str) -> bool:
        return self.since is not None and _as_number(message_id) <= _as_number(self.since)

    def is_old(self, message_id: str, message: Told) -> bool:
        return self.is_known(message_id) or self.is_too_old(message)

    def is_later(self, message_id: str) -> bool:
        return self.until is not None and _as_number(message_id) >= _as_number(self.until)

    def is_too_old(self, message: Told) -> bool:
        told = message.get("created_at")
        if self.back_to is None or not told:
            return False
        try:
            return datetime.fromisoformat(told) < datetime.fromisoformat(self.back_to)
        except (TypeError, ValueError):
            return False  # parse() says what is wrong with it


def begin(window: Window) -> Position:
    """Where the page that ``window`` asks for stands; its bounds are looked at here, since X takes none."""
    if window.page is not None:
        return Position.loads(window.page)
    bounds = {"since": window.since, "until": window.until}
    if window.back_to is not None:
        bounds["back_to"] = window.back_to.isoformat()
    return Position(bounds={name: value for name, value in bounds.items() if value is not None})


def _wanted(listed: list[Raw], sought: _Sought) -> tuple[list[Raw], list[str], bool]:
    """The messages of a page down to the last that is new, their ids, and whether the walk is whole. One whose id is
    out of its order does not end the walk: what stands below it is new."""
    named = [_id_of(raw) for raw in listed]
    old = [
        name is not None and sought.is_old(name, raw.body["message"])
        for name, raw in zip(named, listed, strict=True)
    ]
    last = max((place for place, name in enumerate(named) if name is not None and not old[place]), default=-1)
    items: list[Raw] = []
    ids: list[str] = []
    for place, (raw, name) in enumerate(zip(listed, named, strict=True)):
        if old[place] and place > last:
            return items, ids, True
        if name is None or old[place]:
            items.append(raw)  # of no form that is known: it is set aside by itself
        elif not sought.is_later(name):
            items.append(raw)
            ids.append(name)
    return items, ids, not listed


def page_of(body: Told, position: Position, window: Window) -> Page:
    """The page that an answer is, in the walk that stood at ``position``: up to the first message that is known."""
    sought = _Sought(*(position.bounds.get(name) for name in ("since", "until", "back_to")))
    listed = raws(body)
    items, ids, whole = _wanted(listed, sought)
    token = None if whole else mapped(body.get("meta")).get("next_token")
    after = replace(position, token=token, read=position.read + 1)
    short = token is None and _is_short(sought, listed, window)
    told = list(notices({**body, "data": ()}))
    if short:
        told.append(
            Notice("horizon", "X tells the direct messages of the last 30 days only.", scope="stream")
        )
    ids = [one for one in ids if is_given(one, window.now)]
    return Page(
        items,
        next=after.dumps() if token is not None else None,
        resume=max(ids, key=_as_number, default=None),
        span=(min(ids, key=_as_number), max(ids, key=_as_number)) if ids else None,
        end=None if token is not None else "horizon" if short else "reached",
        notices=tuple(told),
        again_in=_PAUSE * after.read,
    )


def _is_short(sought: _Sought, listed: list[Raw], window: Window) -> bool:
    """Whether what was asked for lies beyond what X tells, where the walk came to its end."""
    horizon = window.now - MESSAGES_REACH
    if sought.since is not None:
        reached = any(sought.is_known(message_id) for raw in listed if (message_id := _id_of(raw)))
        return not reached and moment_of(sought.since) < horizon
    return sought.back_to is not None and datetime.fromisoformat(sought.back_to) < horizon


# ------------------------------------------------------------------------------------------------------ a message


def to_mention(body: Told, me: str | None) -> Mention:
    """The mention that a message is, for the account with the id ``me`` (None: not known yet)."""
    message: Told = body["message"]
    message_id: str = message["id"]
    sender = message.get("sender_id")
    user = (body.get("users") or NOTHING).get(sender or "")
    own = None if me is None or sender is None else sender == me
    text, entities = readable(message.get("text") or "", message.get("entities"))
    conversation = message.get("dm_conversation_id")
    fields: dict[str, Any] = {
        "id": ExternalId("twitter", "message", message_id),
        "kind": "direct_message",
        "visibility": "direct",
        "author": author_of(sender, user, own),
        "text": text,
        "entities": entities,
        "order": message_id.zfill(20),
        "ext": {"twitter": _extras(user, bool(_media_keys(message)))},
        "provenance": {"missing": _missing(body, user)},
    }
    if own:
        fields["direction"] = "outbound_native"
    if conversation is not None:
        fields["conversation"] = conversation_of(conversation)
        fields["url"] = conversation_url(conversation)
    if message.get("created_at"):
        fields["created_at"] = _created_at(message_id, message["created_at"])
    media: Told = body.get("media") or NOTHING
    keys = _media_keys(message)
    if keys:
        fields["attachments"] = [attachment_of(key, media.get(key) or NOTHING) for key in keys]
    return Mention.model_validate(fields)


def _extras(user: Told | None, has_media: bool) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    contact = contact_of(user)
    if contact:
        extras["author"] = contact
    if has_media:
        extras[_MEDIA_NOTE] = True
    return extras


def _created_at(message_id: str, told: str) -> datetime:
    """When it was written, to the millisecond as its id has it: one way tells seconds, another more."""
    created = datetime.fromisoformat(told)
    exact = moment_of(message_id)
    return exact if abs(exact - created) < _CLOCKS_DIFFER else created


def _missing(body: Told, user: Told | None) -> tuple[str, ...]:
    message: Told = body["message"]
    absent = [
        name
        for name, is_told in (
            ("author", user is not None),
            ("conversation", bool(message.get("dm_conversation_id"))),
            ("created_at", bool(message.get("created_at"))),
        )
        if not is_told
    ]
    return tuple(dict.fromkeys((*absent, *(body.get("untold") or ()))))
