"""What the X Activity API delivers, brought to the form in which X lists the same things. Pure.

People may be wrapped in ``{"data": ...}``, and a post comes with less than what a listing is asked for: the Mention's
fields that follow from what is absent stand in the raw post's ``untold``.

https://docs.x.com/x-api/activity/event-payloads
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import regex

from socialdesk.connector import Item, Notice, Raw, Receipted
from socialdesk.errors import PluginError
from socialdesk.models import ExternalId
from socialdesk_twitter import account_activity, joining, messages
from socialdesk_twitter.joining import NOTHING, Told, references_in
from socialdesk_twitter.twins import EVENT, plain

__all__ = ["EVENTS", "EVENTS_OF_MESSAGES", "raws", "read_event", "to_receipt"]

EVENTS = (
    "post.mention.create",
    "post.reply.create",
    "post.quote.create",
    "post.repost.create",
    "post.delete",
)
"""What is subscribed to for every account."""

EVENTS_OF_MESSAGES = ("dm.received", "dm.sent", "dm.read", "chat.received")
"""What is subscribed to where the account's direct messages are heard."""

_OF_NO_INTEREST = frozenset(
    {
        "block.block",
        "block.unblock",
        "chat.conversation.join",
        "chat.conversation_join",
        "chat.sent",
        "dm.indicate_typing",
        "follow.follow",
        "follow.unfollow",
        "like.create",
        "mute.mute",
        "mute.unmute",
    }
)
_REPOSTED = ("retweeted", "reposted")
_RETOLD = regex.compile(r"RT @\w{1,15}: ")
# The fields of a Mention that cannot be told, where a post that it refers to does not come along.
_UNTOLD = {
    "replied_to": ("in_reply_to", "subject"),
    "quoted": ("quotes", "subject"),
    "retweeted": ("text", "entities", "attachments", "subject"),
    "reposted": ("text", "entities", "attachments", "subject"),
}


# --------------------------------------------------------------------------------------------------- to raw items


def _unwrapped(users: Any) -> list[Any]:
    """People, some of whom are wrapped in ``{"data": ...}``."""
    found = []
    for user in users or ():
        inner = user.get("data") if isinstance(user, dict) else None
        found.append(inner if isinstance(inner, dict) else user)
    return found


def raws(body: Any) -> list[Raw]:
    """The items of one delivery, which holds one event or several. One that cannot be read is kept by itself."""
    told = body.get("data") if isinstance(body, dict) and "data" in body else body
    found: list[Raw] = []
    for event in map(plain, told if isinstance(told, list) else [told]):
        try:
            found += _items(event)
        except (AttributeError, KeyError, TypeError, ValueError):
            found.append(_kept(event))
    return found


def _items(event: Told) -> list[Raw]:
    read = _READERS.get(event["event_type"])
    return [_kept(event)] if read is None else list(read(event))


def _kept(event: Any) -> Raw:
    if not isinstance(event, dict):
        return Raw(EVENT, {"type": "", "event": event})
    return Raw(EVENT, {"type": str(event.get("event_type") or ""), "event": event}, account=_account(event))


def _account(event: Told) -> str | None:
    """Whom an event is for: its filter says so, but for one that ends all that was granted."""
    for place in (event.get("filter"), event.get("payload")):
        if isinstance(place, dict) and isinstance(place.get("user_id"), str):
            return str(place["user_id"])
    return None


def _post(event: Told) -> Iterator[Raw]:
    post = dict(event["payload"])
    included = event.get("includes") or NOTHING
    account = _account(event)
    answered = post.pop("in_reply_to_tweet_id", None) or post.pop("in_reply_to_post_id", None)
    references = list(references_in(post))
    if answered and all(told["type"] != "replied_to" for told in references):
        post["referenced_tweets"] = [{"type": "replied_to", "id": answered}, *references]
    if event["event_type"] == "post.reply.create" and account is not None:
        post.setdefault("in_reply_to_user_id", account)
    (raw,) = joining.raws(
        {"data": [post], "includes": {**included, "users": _unwrapped(included.get("users"))}}
    )
    body = {**raw.body, "untold": _untold(raw.body, event["event_type"])}
    _stand_in(body, event["event_type"], account)
    yield Raw("post", body, account=account, at=_moment(post.get("created_at")))


def _untold(body: Told, event_type: str) -> list[str]:
    """The fields of a Mention that a listing would tell and this does not."""
    post: Told = body["post"]
    posts: Told = body.get("posts") or NOTHING
    media: Told = body.get("media") or NOTHING
    found: list[str] = []
    shown = post
    for told in references_in(post):
        if told["id"] not in posts:
            found += _UNTOLD.get(told["type"], ())
            sure = {"replied_to": "in_reply_to_user_id" in post, "quoted": event_type == "post.quote.create"}
            found += [] if sure.get(told["type"], True) else ["kind"]
        elif told["type"] in _REPOSTED:
            shown = posts[told["id"]]
    if any(key not in media for key in (shown.get("attachments") or NOTHING).get("media_keys") or ()):
        found.append("attachments")
    user = (body.get("users") or NOTHING).get(post.get("author_id") or "") or NOTHING
    if "receives_your_dm" not in user:
        found.append("ext")
    return list(dict.fromkeys(found))


def _stand_in(body: dict[str, Any], event_type: str, account: str | None) -> None:
    """What an event says of a post of ours that does not come along: whose it is, and of one reposted its text."""
    wanted = {"post.quote.create": ("quoted",), "post.repost.create": _REPOSTED}.get(event_type, ())
    posts = dict(body.get("posts") or NOTHING)
    for told in references_in(body["post"]):
        if told["type"] in wanted and told["id"] not in posts:
            text = _RETOLD.sub("", body["post"].get("text") or "", count=1)
            posts[told["id"]] = {"id": told["id"], "author_id": account, "text": text}
            body["posts"] = posts


def _deleted(event: Told) -> Iterator[Raw]:
    post = event["payload"]
    yield Raw("gone", {"id": post["id"]}, account=_account(event))


def _messages(event: Told) -> Iterator[Raw]:
    payload: Told = event["payload"]
    account = _account(event)
    if "direct_message_events" in payload:
        yield from account_activity.messages_in(payload, account)
        return
    included = event.get("includes") or NOTHING
    told = {"data": [payload], "includes": {**included, "users": _unwrapped(included.get("users"))}}
    for raw in messages.raws(told):
        yield Raw("message", {**raw.body, "untold": ["author", "ext"]}, account=account)


def _read(event: Told) -> Iterator[Raw]:
    return account_activity.receipts_in(event["payload"], _account(event))


_READERS: Mapping[str, Callable[[Told], Iterator[Raw]]] = {
    **dict.fromkeys(EVENTS[:4], _post),
    "post.create": _post,
    "post.delete": _deleted,
    "dm.received": _messages,
    "dm.sent": _messages,
    "dm.read": _read,
}


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


# -------------------------------------------------------------------------------------------------------- to items


def to_receipt(body: Told, me: str | None) -> Receipted | None:
    """That somebody read up to a message; None where it was the account itself."""
    if me is not None and body.get("reader") == me:
        return None
    at = _moment(body.get("at"))
    return Receipted(id=ExternalId("twitter", "message", body["id"]), state="read", at=at)


def read_event(body: Told, parse: Callable[[Raw], Item | None]) -> Item | None:
    """What an event means that is neither a post nor a message. Raises PluginError for one that is not known.

    One that could not be read when it came is tried again.
    """
    event_type, event = body["type"], body["event"]
    if event_type in _OF_NO_INTEREST:
        return None
    if event_type in _NOTICES:
        return _NOTICES[event_type]
    if event_type in _READERS:
        (raw,) = _READERS[event_type](event)
        return parse(raw)
    raise PluginError(f"twitter: a delivery of the type {event_type!r} is not known.")


_NOTICES = {
    "chat.received": Notice(
        "encrypted_message",
        "An encrypted message came, which can be read in X's own app alone.",
        scope="stream",
    ),
    "oauth.revoke": Notice(
        "revoked",
        "The account took back what it had granted to the app: sign in again.",
        scope="account",
        health="reauth_required",
    ),
}
