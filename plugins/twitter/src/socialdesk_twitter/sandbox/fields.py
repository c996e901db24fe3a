"""What an answer tells of each thing: a post, a user, a picture, an event of a conversation.

Names are those of the tweet generation. What there is nothing to say about is left out, as X does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .directs import Direct
from .snowflake import stamp
from .state import Media, Post, User
from .world import EDITS_AT_MOST, World


def referenced(post: Post) -> list[tuple[str, int]]:
    listed = (("retweeted", post.reposts), ("quoted", post.quotes), ("replied_to", post.reply_to))
    return [(kind, number) for kind, number in listed if number is not None]


def _edit_controls(world: World, post: Post) -> dict[str, Any]:
    return {
        "edits_remaining": max(0, EDITS_AT_MOST + 1 - len(post.history)),
        "is_edit_eligible": world.edit_refusal(post.author, post.newest) is None,
        "editable_until": stamp(world.editable_until(post)),
    }


def _withheld(world: World, post: Post) -> dict[str, Any] | None:
    if not post.withheld:
        return None
    return {"copyright": post.copyright, "country_codes": list(post.withheld), "scope": "tweet"}


def _note(world: World, post: Post) -> dict[str, Any] | None:
    if not post.is_long or post.withheld:
        return None
    said = {kind: items for kind, items in post.full.entities.items() if kind != "annotations"}
    return {"text": post.full.text, **({"entities": said} if said else {})}


def _reply_user(world: World, post: Post) -> str | None:
    return None if post.reply_to is None else world.posts[post.reply_to].author.id


POST_FIELDS: Mapping[str, Callable[[World, Post], Any]] = {
    "id": lambda world, post: post.id,
    "text": lambda world, post: post.text,
    "edit_history_tweet_ids": lambda world, post: [str(number) for number in post.history],
    "attachments": lambda world, post: (
        {"media_keys": [media.key for media in post.media]} if post.media else None
    ),
    "author_id": lambda world, post: post.author.id,
    "conversation_id": lambda world, post: str(post.root),
    "created_at": lambda world, post: stamp(post.created_at),
    "display_text_range": lambda world, post: list(post.short.shown),
    "edit_controls": _edit_controls,
    "entities": lambda world, post: post.short.entities or None,
    "in_reply_to_user_id": _reply_user,
    "lang": lambda world, post: post.lang,
    "note_tweet": _note,
    "possibly_sensitive": lambda world, post: post.sensitive,
    "public_metrics": lambda world, post: world.counts(post),
    "referenced_tweets": lambda world, post: (
        [{"type": kind, "id": str(number)} for kind, number in referenced(post)] or None
    ),
    "reply_settings": lambda world, post: post.reply_settings,
    "withheld": _withheld,
}

USER_FIELDS: Mapping[str, Callable[[World, User], Any]] = {
    "id": lambda world, user: user.id,
    "name": lambda world, user: user.name or user.handle,
    "username": lambda world, user: user.handle,
    "created_at": lambda world, user: stamp(user.created_at),
    "description": lambda world, user: user.description,
    "location": lambda world, user: user.location or None,
    "most_recent_tweet_id": lambda world, user: str(user.posts[-1]) if user.posts else None,
    "profile_image_url": lambda world, user: (
        f"https://pbs.twimg.com/profile_images/{user.id}/face_normal.png"
    ),
    "protected": lambda world, user: user.protected,
    "public_metrics": lambda world, user: {
        "followers_count": user.followers,
        "following_count": user.following,
        "tweet_count": len(user.posts),
        "listed_count": user.listed,
        "like_count": 0,
        "media_count": 0,
    },
    "verified": lambda world, user: user.verified,
    "verified_type": lambda world, user: "blue" if user.verified else "none",
}


def _ties(world: World, viewer: User, user: User) -> list[str]:
    """How a viewer stands to a user."""
    ties = {
        "blocking": user.id in viewer.blocks,
        "followed_by": viewer.id in user.follows,
        "following": user.id in viewer.follows,
    }
    return [name for name, holds in ties.items() if holds]


VIEWED_FIELDS: Mapping[str, Callable[[World, User, User], Any]] = {
    "receives_your_dm": lambda world, viewer, user: world.directs.may_write(viewer, user),
    "connection_status": _ties,
}
"""What is told of a user to another user, and never to the app itself."""

MEDIA_FIELDS: Mapping[str, Callable[[Media], Any]] = {
    "media_key": lambda media: media.key,
    "type": lambda media: media.kind,
    "url": lambda media: media.url if media.kind == "photo" else None,
    "preview_image_url": lambda media: media.url if media.kind != "photo" else None,
    "alt_text": lambda media: media.alt_text,
    "width": lambda media: media.width,
    "height": lambda media: media.height,
    "duration_ms": lambda media: media.duration_ms,
    "variants": lambda media: list(media.variants) or None,
}

DIRECT_FIELDS: Mapping[str, Callable[[Direct], Any]] = {
    "id": lambda event: event.id,
    "event_type": lambda event: event.kind,
    "text": lambda event: event.text if event.kind == "MessageCreate" else None,
    "attachments": lambda event: (
        {"media_keys": [media.key for media in event.media]} if event.media else None
    ),
    "created_at": lambda event: stamp(event.created_at),
    "dm_conversation_id": lambda event: event.conversation.id,
    "entities": lambda event: event.rendered.entities or None,
    "participant_ids": lambda event: [user.id for user in event.participants] or None,
    "referenced_tweets": lambda event: [{"id": event.shares.id}] if event.shares else None,
    "sender_id": lambda event: event.sender.id,
}


def tell_post(world: World, post: Post, names: Iterable[str]) -> dict[str, Any]:
    """A post with the fields that are asked for and that there is something to say about."""
    told = {name: POST_FIELDS[name](world, post) for name in names if name in POST_FIELDS}
    return {name: value for name, value in told.items() if value is not None}


def tell_user(world: World, user: User, names: Iterable[str], viewer: User | None = None) -> dict[str, Any]:
    """A user with the fields that are asked for and that there is something to say about."""
    told = {name: USER_FIELDS[name](world, user) for name in names if name in USER_FIELDS}
    if viewer is not None:
        told |= {name: VIEWED_FIELDS[name](world, viewer, user) for name in names if name in VIEWED_FIELDS}
    return {name: value for name, value in told.items() if value is not None}


def tell_media(media: Media, names: Iterable[str]) -> dict[str, Any]:
    told = {name: MEDIA_FIELDS[name](media) for name in names if name in MEDIA_FIELDS}
    return {name: value for name, value in told.items() if value is not None}


def tell_direct(event: Direct, names: Iterable[str]) -> dict[str, Any]:
    told = {name: DIRECT_FIELDS[name](event) for name in names if name in DIRECT_FIELDS}
    return {name: value for name, value in told.items() if value is not None}
