"""What happened, as X's Activity API tells it.

https://docs.x.com/x-api/activity/event-payloads, with its oddities: every number has a twin that is a text, the users
of a deletion are wrapped in ``data``, and direct messages have the shape of the API before this one. Names are always
those of the tweet generation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .directs import Direct
from .fields import POST_FIELDS, USER_FIELDS, tell_post, tell_user
from .snowflake import stamp
from .state import Post, User

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

APP_ID = "29820954"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, told about one user. ``includes`` is None where X sends none."""

    event_type: str
    user: User
    uuid: str
    payload: dict[str, Any]
    includes: dict[str, Any] | None = None
    direction: str | None = None

    def envelope(self, filtered: dict[str, str], tag: str | None) -> dict[str, Any]:
        """What is delivered to a subscription."""
        told: dict[str, Any] = {
            "event_uuid": self.uuid,
            "filter": filtered,
            "event_type": self.event_type,
            **({"tag": tag} if tag is not None else {}),
            "payload": twinned(self.payload),
        }
        if self.includes is not None:
            told["includes"] = twinned(self.includes)
        return {"data": told}


def twinned(value: Any) -> Any:
    """The same, with a ``*_str`` beside every number."""
    if isinstance(value, dict):
        told: dict[str, Any] = {}
        for name, inner in value.items():
            told[name] = twinned(inner)
            if isinstance(inner, int) and not isinstance(inner, bool):
                told[f"{name}_str"] = str(inner)
        return told
    if isinstance(value, list):
        return [twinned(item) if isinstance(item, dict) else item for item in value]
    return value


def uuid_of(*parts: str) -> str:
    """A number that looks random, negative ones too."""
    digest = hashlib.sha256(":".join(parts).encode()).digest()
    return str(int.from_bytes(digest[:8], signed=True))


# ---------------------------------------------------------------------------------------------------------- posts


def _post(post: Post) -> dict[str, Any]:
    told = tell_post(post.world, post, POST_FIELDS)
    if post.reply_to is not None:
        told["in_reply_to_tweet_id"] = str(post.reply_to)
    return {"paid_partnership": False, **told}


def _user(user: User) -> dict[str, Any]:
    return {**tell_user(user.world, user, USER_FIELDS), "is_identity_verified": False}


def _posted(post: Post) -> Iterator[Happening]:
    author, world = post.author, post.world
    if post.reposts is not None:
        other = world.posts[post.reposts].author
        if other is not author:
            uuid = uuid_of("repost", post.id)
            yield Happening("post.repost.create", other, uuid, _post(post), {}, "inbound")
        return
    told = _post(post)
    concerned = [("post.create", author, "outbound")]
    named = [world.handles[handle] for handle in sorted(post.full.handles)]
    concerned += [("post.mention.create", user, "inbound") for user in named if user is not author]
    for kind, number in (("post.reply.create", post.reply_to), ("post.quote.create", post.quotes)):
        other = world.posts[number].author if number is not None else author
        if other is not author:
            concerned.append((kind, other, "inbound"))
    for kind, user, direction in concerned:
        users = [_user(someone) for someone in dict.fromkeys((author, user))]
        yield Happening(kind, user, post.id, told, {"users": users, "tweets": [told]}, direction)


def _deleted(post: Post) -> Iterator[Happening]:
    payload = {"id": post.id, "author_id": post.author.id}
    includes = {"users": [{"data": _user(post.author)}]}
    yield Happening("post.delete", post.author, uuid_of("delete", post.id), payload, includes)


def _liked(post: Post, by: User) -> Iterator[Happening]:
    now = post.world.now()
    payload = {
        "id": hashlib.md5(f"{by.id}:{post.id}".encode(), usedforsecurity=False).hexdigest(),
        "created_at": stamp(now),
        "timestamp_ms": str(int(now.timestamp() * 1000)),
        "liked_tweet_author_id": post.author.id,
        "liked_tweet_id": post.id,
    }
    includes = {"users": [_user(post.author)], "tweets": [_post(post)]}
    uuid = uuid_of("like", by.id, post.id)
    yield Happening("like.create", by, uuid, payload, includes, "outbound")
    if by is not post.author:
        yield Happening("like.create", post.author, uuid, payload, includes, "inbound")


# --------------------------------------------------------------------------------------------------- direct messages


def _v1_user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "created_timestamp": str(int(user.created_at.timestamp() * 1000)),
        "name": user.name or user.handle,
        "screen_name": user.handle,
        "location": user.location,
        "description": user.description,
        "protected": user.protected,
        "verified": user.verified,
        "followers_count": user.followers,
        "friends_count": user.following,
        "statuses_count": len(user.posts),
        "profile_image_url_https": f"https://pbs.twimg.com/profile_images/{user.id}/face_normal.png",
    }


def _v1_entities(event: Direct) -> dict[str, Any]:
    told = event.rendered.entities
    return {
        "hashtags": [{"text": item["tag"], "indices": _indices(item)} for item in told.get("hashtags", ())],
        "symbols": [{"text": item["tag"], "indices": _indices(item)} for item in told.get("cashtags", ())],
        "user_mentions": [
            {"screen_name": item["username"], "id_str": item["id"], "indices": _indices(item)}
            for item in told.get("mentions", ())
        ],
        "urls": [
            {name: item[name] for name in ("url", "expanded_url", "display_url")}
            | {"indices": _indices(item)}
            for item in told.get("urls", ())
        ],
    }


def _indices(item: dict[str, Any]) -> list[int]:
    return [item["start"], item["end"]]


def _v1_message(event: Direct, recipient: str) -> dict[str, Any]:
    data: dict[str, Any] = {"text": event.text, "entities": _v1_entities(event)}
    for media in event.media[:1]:
        number = media.key.partition("_")[2]
        told = {"id_str": number, "media_url_https": media.url, "type": media.kind}
        data["attachment"] = {"type": "media", "media": told}
    return {
        "type": "message_create",
        "id": event.id,
        "created_timestamp": str(int(event.created_at.timestamp() * 1000)),
        "message_create": {
            "target": {"recipient_id": recipient},
            "sender_id": event.sender.id,
            "message_data": data,
        },
    }


def _members(event: Direct) -> list[User]:
    return [event.sender.world.users[number] for number in event.conversation.members]


def _said(event: Direct) -> Iterator[Happening]:
    members = _members(event)
    users = {user.id: _v1_user(user) for user in members}
    others = [user for user in members if user is not event.sender]
    for user in members:
        kind = "dm.sent" if user is event.sender else "dm.received"
        recipient = others[0].id if user is event.sender else user.id
        payload = {"direct_message_events": [_v1_message(event, recipient)], "users": users}
        yield Happening(kind, user, uuid_of(kind, user.id, event.id), payload)


def _read(event: Direct, by: User) -> Iterator[Happening]:
    for user in _members(event):
        told = {
            "created_timestamp": str(int(event.sender.world.now().timestamp() * 1000)),
            "sender_id": by.id,
            "target": {"recipient_id": event.sender.id},
            "last_read_event_id": event.id,
        }
        payload = {"direct_message_mark_read_events": [told], "users": {by.id: _v1_user(by)}}
        yield Happening("dm.read", user, uuid_of("read", by.id, user.id, event.id), payload)


def _encrypted(event: Direct) -> Iterator[Happening]:
    """What nobody but those in the conversation can read."""
    sealed = hashlib.sha256(event.written.encode()).hexdigest()
    for user in _members(event):
        kind = "chat.sent" if user is event.sender else "chat.received"
        payload = {
            "conversation_token": f"token-{event.conversation.id}",
            "id": hashlib.sha256(event.id.encode()).hexdigest()[:36],
            "created_at_msec": str(int(event.created_at.timestamp() * 1000)),
            "sender_id": event.sender.id,
            "conversation_id": event.conversation.id.replace("-", ":"),
            "conversation_key_version": "1768236281331",
            "encoded_event": sealed,
        }
        yield Happening(kind, user, uuid_of(kind, user.id, event.id), payload)


# -------------------------------------------------------------------------------------------------------- all of them


def _blocked(other: User, by: User, kind: str) -> Iterator[Happening]:
    payload = {"source_user_id": by.id, "target_user_id": other.id, "created_at": stamp(by.world.now())}
    yield Happening(kind, by, uuid_of(kind, by.id, other.id), payload, {"users": [_user(other)]})


def revoked(sandbox: TwitterSandbox, user: User) -> Happening:
    """A user took back what they had allowed: told without a subscription."""
    moment = sandbox.clock.now().replace(microsecond=0).isoformat()
    payload = {"date_time": moment, "user_id": user.id, "app_id": APP_ID}
    return Happening("oauth.revoke", user, uuid_of("revoke", user.id, moment), payload)


def tellings(what: str, subject: Any, by: User) -> Iterator[Happening]:
    """What is told of something that happened, and about whom. Protected people's doings are not."""
    if what == "post.create":
        told = _posted(subject)
    elif what == "post.delete":
        told = _deleted(subject)
    elif what == "like.create":
        told = _liked(subject, by)
    elif what == "dm.sent":
        told = _said(subject)
    elif what == "dm.read":
        told = _read(subject, by)
    elif what == "chat.sent":
        told = _encrypted(subject)
    else:
        told = _blocked(subject, by, what)
    if what.startswith(("post.", "like.")) and by.protected:
        return
    yield from told
