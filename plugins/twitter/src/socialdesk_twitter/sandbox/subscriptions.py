"""Where X delivers to, and what: webhooks and subscriptions to activity.

https://docs.x.com/x-api/webhooks/introduction, https://docs.x.com/x-api/activity/introduction
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .snowflake import stamp

TYPES = frozenset(
    (
        "profile.update.bio profile.update.profile_picture profile.update.banner_picture profile.update.screenname "
        "profile.update.geo profile.update.url profile.update.verified_badge profile.update.affiliate_badge "
        "profile.update.handle news.new follow.follow follow.unfollow spaces.start spaces.end broadcast.start "
        "broadcast.end broadcast.chat chat.received chat.sent chat.conversation.join chat.conversation_join "
        "chat.conversation.member_added chat.conversation.member_removed chat.conversation.admin_added "
        "chat.conversation.admin_removed chat.update.group_name chat.update.restrictions dm.sent dm.received "
        "dm.indicate_typing dm.read post.create post.delete post.mention.create post.reply.create post.quote.create "
        "post.repost.create like.create mute.mute mute.unmute block.block block.unblock"
    ).split()
)
"""What may be subscribed to (OpenAPI document 2.167)."""

SCOPES = {"dm": "dm.read", "chat": "dm.read", "like": "like.read", "mute": "mute.read", "block": "block.read"}
"""What a user's token needs for a kind of event; all others need tweet.read."""

OF_A_USER = frozenset(
    "dm chat like mute block post.mention.create post.reply.create post.quote.create post.repost.create".split()
)
"""Events, or kinds of them, that are told only with the consent of the user whom they concern."""


def scope_of(event_type: str) -> str:
    return SCOPES.get(event_type.partition(".")[0], "tweet.read")


def needs_consent(event_type: str) -> bool:
    return event_type in OF_A_USER or event_type.partition(".")[0] in OF_A_USER


@dataclass(slots=True, eq=False)
class Webhook:
    """An address that deliveries go to while it is ``valid``."""

    number: int
    url: str
    created_at: datetime
    checked_at: datetime
    valid: bool = True
    failing_since: datetime | None = None

    @property
    def id(self) -> str:
        return str(self.number)

    def told(self) -> dict[str, Any]:
        return {"id": self.id, "url": self.url, "valid": self.valid, "created_at": stamp(self.created_at)}


@dataclass(slots=True, eq=False)
class Subscription:
    """What is told, about whom, and to which webhook."""

    number: int
    event_type: str
    filter: dict[str, str]
    created_at: datetime
    updated_at: datetime
    tag: str | None = None
    webhook_id: str | None = None

    @property
    def id(self) -> str:
        return str(self.number)

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "subscription_id": self.id,
            "event_type": self.event_type,
            "filter": self.filter,
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at),
        }
        more = {"tag": self.tag, "webhook_id": self.webhook_id}
        return told | {name: value for name, value in more.items() if value is not None}

    def fits(self, event_type: str, user_id: str, direction: str | None) -> bool:
        wanted = self.filter.get("direction")
        return (
            self.event_type == event_type
            and self.filter.get("user_id") == user_id
            and (wanted is None or wanted == direction)
        )


@dataclass(slots=True)
class Registry:
    """All webhooks and subscriptions of the app."""

    webhooks: dict[str, Webhook] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
