"""Users, posts and messages in JSON's terms, for the control surface: the platform's own view of them."""

from __future__ import annotations

from typing import Any

from .directs import Direct
from .snowflake import stamp
from .state import Post, User


def user_json(user: User) -> dict[str, Any]:
    """A user for the control surface."""
    return {
        "id": user.id,
        "handle": user.handle,
        "name": user.name,
        "followers": user.followers,
        "protected": user.protected,
        "verified": user.verified,
        "dms_open": user.dms_open,
    }


def post_json(post: Post) -> dict[str, Any]:
    """A post for the control surface: the platform's own view of it."""
    return {
        "id": post.id,
        "by": post.author.handle,
        "text": post.source,
        "created_at": stamp(post.created_at),
        "conversation_id": str(post.root),
        "reply_to": str(post.reply_to) if post.reply_to else None,
        "quotes": str(post.quotes) if post.quotes else None,
        "versions": [str(number) for number in post.history],
        "hidden": post.hidden,
    }


def direct_json(event: Direct) -> dict[str, Any]:
    """An event of a conversation."""
    return {
        "id": event.id,
        "kind": event.kind,
        "by": event.sender.handle,
        "text": event.written,
        "created_at": stamp(event.created_at),
        "conversation_id": event.conversation.id,
        "media": [media.key for media in event.media],
    }
