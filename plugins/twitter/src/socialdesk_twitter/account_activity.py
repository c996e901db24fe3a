"""What is delivered in the form of X's first API: direct messages, and the Account Activity API. Pure.

A message is brought to the form in which X lists it now. Of a post that came in the old form the id alone is taken,
so that it is looked up and is the same by every way.

https://docs.x.com/x-api/account-activity/introduction
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from socialdesk.connector import Raw
from socialdesk_twitter import messages
from socialdesk_twitter.joining import NOTHING, Told
from socialdesk_twitter.twins import EVENT, plain

__all__ = ["messages_in", "raws", "receipts_in"]

# X's old name, the name of now, and of what stands as it is
_USER = (
    ("id", "id"),
    ("name", "name"),
    ("screen_name", "username"),
    ("protected", "protected"),
    ("verified", "verified"),
    ("profile_image_url_https", "profile_image_url"),
)
_ENTITIES = (
    ("user_mentions", "mentions", (("screen_name", "username"), ("id", "id"))),
    ("hashtags", "hashtags", (("text", "tag"),)),
    ("symbols", "cashtags", (("text", "tag"),)),
    (
        "urls",
        "urls",
        (("url", "url"), ("expanded_url", "expanded_url"), ("display_url", "display_url")),
    ),
)
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
# What a media key begins with, by the kind of what it names.
_KEY = {"photo": "3", "video": "7", "animated_gif": "16"}


def raws(body: Told) -> list[Raw]:
    """The items of a delivery of the Account Activity API."""
    body = plain(body)
    account = str(body["for_user_id"]) if body.get("for_user_id") else None
    found: list[Raw] = []
    for name, told in body.items():
        if name in _IGNORED:
            continue
        read = _READERS.get(name)
        for event in told if isinstance(told, list) else [told]:
            try:
                alone = {**body, name: [event] if isinstance(told, list) else event}
                found += [_kept(name, event, account)] if read is None else list(read(alone, account))
            except _UNREADABLE:
                found.append(_kept(name, event, account))
    return found


def _kept(name: str, told: Any, account: str | None) -> Raw:
    return Raw(EVENT, {"type": f"account_activity.{name}", "event": told}, account=account)


# ----------------------------------------------------------------------------------------------------- messages


def messages_in(body: Told, account: str | None) -> Iterator[Raw]:
    """The messages of a delivery, each as X lists it."""
    users: Told = body.get("users") or NOTHING
    for event in body["direct_message_events"]:
        try:
            if event.get("type", "message_create") == "message_create":
                yield _message(event, users, account)
            else:
                yield _kept("direct_message_events", event, account)
        except _UNREADABLE:
            yield _kept("direct_message_events", event, account)


def _message(event: Told, users: Told, account: str | None) -> Raw:
    create: Told = event["message_create"]
    data: Told = create["message_data"]
    sender: str = create["sender_id"]
    message: dict[str, Any] = {
        "id": event["id"],
        "event_type": "MessageCreate",
        "text": data.get("text") or "",
        "sender_id": sender,
    }
    at = _moment(event.get("created_timestamp"))
    if at is not None:
        message["created_at"] = at.isoformat()
    conversation = _conversation(event, create)
    if conversation is not None:
        message["dm_conversation_id"] = conversation
    entities = _entities(data.get("entities") or NOTHING)
    if entities:
        message["entities"] = entities
    joined: dict[str, Any] = {"message": message, "untold": ["author", "ext"]}
    if sender in users:
        joined["users"] = {sender: _user(users[sender])}
    item = (data.get("attachment") or NOTHING).get("media")
    if item is not None:
        described = _medium(item)
        message["attachments"] = {"media_keys": [described["media_key"]]}
        joined["media"] = {described["media_key"]: described}
        joined["untold"].append(
            "attachments"
        )  # neither their whole size nor what describes them is sure to come
    return Raw("message", joined, account=account, at=at)


def _conversation(event: Told, create: Told) -> str | None:
    """The conversation's id: a group's is told, that of two follows from who they are."""
    target: Told = create.get("target") or NOTHING
    for told in (event, create, target):
        for name in ("dm_conversation_id", "conversation_id"):
            if told.get(name):
                return str(told[name])
    recipient = target.get("recipient_id")
    return None if recipient is None else messages.pair(create["sender_id"], recipient)


def _user(told: Told) -> dict[str, Any]:
    user = {new: told[old] for old, new in _USER if old in told}
    if "followers_count" in told:
        user["public_metrics"] = {"followers_count": told["followers_count"]}
    return user


def _entities(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for old, new, names in _ENTITIES:
        marks = [
            {**_span(mark), **{now: mark[before] for before, now in names if before in mark}}
            for mark in told.get(old) or ()
        ]
        if marks:
            found[new] = marks
    return found


def _span(mark: Told) -> dict[str, int]:
    indices = mark.get("indices")
    return {"start": int(indices[0]), "end": int(indices[1])} if indices else {}


def _medium(told: Told) -> dict[str, Any]:
    kind = told.get("type") or "photo"
    item: dict[str, Any] = {"media_key": f"{_KEY.get(kind, '3')}_{told['id']}", "type": kind}
    film: Told = told.get("video_info") or NOTHING
    size: Told = told.get("original_info") or NOTHING
    found = {
        "url" if kind == "photo" else "preview_image_url": told.get("media_url_https"),
        "alt_text": told.get("ext_alt_text"),
        "variants": film.get("variants"),
        "duration_ms": film.get("duration_millis"),
        "width": size.get("width"),
        "height": size.get("height"),
    }
    return {**item, **{name: value for name, value in found.items() if value is not None}}


# -------------------------------------------------------------------------------------------------------- the rest


def receipts_in(body: Told, account: str | None) -> Iterator[Raw]:
    """Up to which message somebody read."""
    for told in body.get("direct_message_mark_read_events") or (body,):
        receipt = {"id": told["last_read_event_id"], "reader": told.get("sender_id")}
        at = _moment(told.get("created_timestamp"))
        if at is not None:
            receipt["at"] = at.isoformat()
        yield Raw("receipt", receipt, account=account, at=at)


def _posts(body: Told, account: str | None) -> Iterator[Raw]:
    for post in body["tweet_create_events"]:
        yield Raw("stub", {"id": post["id"]}, account=account)


def _deleted(body: Told, account: str | None) -> Iterator[Raw]:
    for told in body["tweet_delete_events"]:
        gone = {"id": told["status"]["id"]}
        at = _moment(told.get("timestamp_ms"))
        if at is not None:
            gone["at"] = at.isoformat()
        yield Raw("gone", gone, account=account, at=at)


def _revoked(body: Told, account: str | None) -> Iterator[Raw]:
    revoked = body["user_event"]["revoke"]
    who = account or str(revoked["source"]["user_id"])
    yield Raw(EVENT, {"type": "oauth.revoke", "event": revoked}, account=who)


def _moment(told: Any) -> datetime | None:
    """A time that is told in milliseconds, as text or as a number."""
    return None if told is None else datetime.fromtimestamp(int(told) / 1000, timezone.utc)


_READERS: Mapping[str, Callable[[Told, str | None], Iterator[Raw]]] = {
    "direct_message_events": messages_in,
    "direct_message_mark_read_events": receipts_in,
    "tweet_create_events": _posts,
    "tweet_delete_events": _deleted,
    "user_event": _revoked,
}
_IGNORED = frozenset(
    {
        "apps",
        "block_events",
        "direct_message_indicate_typing_events",
        "favorite_events",
        "follow_events",
        "for_user_id",
        "mute_events",
        "user_has_blocked",
        "users",
    }
)
