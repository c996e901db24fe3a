"""What the server tells of users, statuses and notifications, in the shape that Mastodon 4.6 was recorded in."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from .rendering import render
from .state import Media, Notification, Status, User, Version

_OF_OTHERS = frozenset(
    """
    avatar_description edited_at feature_approval filtered group header_description indexable noindex pinned quote
    quote_approval quotes_count roles show_featured show_media show_media_replies hide_collections tagged_collections
    uri language
    """.split()
)
"""Fields that servers of other makes do not send."""


def stamp(moment: datetime) -> str:
    return (
        moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def _day(moment: datetime) -> str:
    return stamp(moment.replace(hour=0, minute=0, second=0, microsecond=0))


def account(user: User) -> dict[str, Any]:
    picture = f"https://{user.world.host}/avatars/original/missing.png"
    last = user.world.statuses[user.statuses[-1]] if user.statuses else None
    return {
        "id": user.id,
        "username": user.username,
        "acct": user.acct,
        "display_name": user.display_name,
        "locked": user.locked,
        "bot": user.bot,
        "discoverable": None,
        "indexable": user.indexable,
        "group": False,
        "created_at": _day(user.created_at),
        "note": render(user.note, user.world.find, user.world.host).content,
        "url": user.url,
        "uri": user.uri,
        "avatar": picture,
        "avatar_static": picture,
        "avatar_description": "",
        "header": picture,
        "header_static": picture,
        "header_description": "",
        "followers_count": user.followers,
        "following_count": user.following,
        "statuses_count": len(user.statuses),
        "last_status_at": last.created_at.date().isoformat() if last else None,
        "hide_collections": None,
        "show_media": True,
        "show_media_replies": True,
        "show_featured": True,
        "noindex": False,
        "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"},
        "emojis": [],
        "roles": [],
        "fields": [],
    }


def own_account(user: User) -> dict[str, Any]:
    """What somebody is told of themselves."""
    return {
        **account(user),
        "source": {
            "privacy": "public",
            "sensitive": False,
            "language": None,
            "note": user.note,
            "fields": [],
            "follow_requests_count": 0,
            "hide_collections": None,
            "discoverable": None,
            "indexable": user.indexable,
            "attribution_domains": [],
            "quote_policy": "public",
        },
        "role": {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False},
    }


def media(item: Media, *, ready: bool = True) -> dict[str, Any]:
    size = {"width": 600, "height": 400, "size": "600x400", "aspect": 1.5}
    return {
        "id": item.owner.world.name(item.number),
        "type": item.kind,
        "url": item.url if ready else None,
        "preview_url": item.url if ready else None,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {"original": size, "small": size} if ready else None,
        "description": item.description,
        "blurhash": "UGC~-#M{0JfkNFofR%M{IURj%Mt7E0oM%MR*" if ready else None,
    }


def status(told: Status, viewer: User | None, *, whole: bool = True) -> dict[str, Any]:
    """A status as ``viewer`` is told of it."""
    boosted, parent = told.boost_of, told.reply_to
    return {
        "id": told.id,
        "created_at": stamp(told.created_at),
        "in_reply_to_id": parent.id if parent else None,
        "in_reply_to_account_id": parent.author.id if parent else None,
        "sensitive": told.sensitive,
        "spoiler_text": told.spoiler_text,
        "visibility": told.visibility,
        "language": told.language,
        "uri": told.uri,
        "url": told.url,
        "edited_at": stamp(told.edited_at) if told.edited_at else None,
        **_counted(told, viewer.number if viewer is not None else -1),
        "content": (boosted or told).versions[-1].rendered.content,
        "filtered": [],
        "reblog": status(boosted, viewer) if boosted is not None else None,
        "account": account(told.author),
        "media_attachments": [media(item) for item in (boosted or told).media],
        "mentions": [
            {"id": user.id, "username": user.username, "url": user.url, "acct": user.acct}
            for user in told.mentions
        ],
        "tags": [{"name": tag, "url": f"https://{told.author.world.host}/tags/{tag}"} for tag in told.tags],
        "emojis": [],
        "tagged_collections": [],
        "quote": _quote(told, viewer) if whole else None,
        "card": None,
        "poll": None,
        "quote_approval": _approval(told, viewer),
    }


def _counted(told: Status, by: int) -> dict[str, Any]:
    """What was done to a status, by everyone and by one person."""
    return {
        "replies_count": told.replies,
        "reblogs_count": len([boost for boost in told.boosts.values() if not boost.deleted]),
        "favourites_count": len(told.favourites),
        "quotes_count": len(told.quoted_by),
        "favourited": by in told.favourites,
        "reblogged": by in told.boosts,
        "muted": False,
        "bookmarked": False,
    }


def _quote(told: Status, viewer: User | None) -> dict[str, Any] | None:
    quoted = told.quotes
    if quoted is None:
        return None
    seen = not quoted.deleted and (viewer is None or viewer.sees(quoted))
    state = "accepted" if seen else "deleted" if quoted.deleted else "unauthorized"
    return {"state": state, "quoted_status": status(quoted, viewer, whole=False) if seen else None}


def _approval(told: Status, viewer: User | None) -> dict[str, Any]:
    everyone = told.visibility in ("public", "unlisted")
    allowed = everyone or told.author is viewer
    return {
        "automatic": ["public"] if everyone else [],
        "manual": [],
        "current_user": "automatic" if allowed else "denied",
    }


def version(told: Status, one: Version) -> dict[str, Any]:
    """One stand of a status, as its history tells it."""
    return {
        "content": one.rendered.content,
        "spoiler_text": one.spoiler_text,
        "sensitive": told.sensitive,
        "created_at": stamp(one.at),
        "account": account(told.author),
        "poll": None,
        "media_attachments": [media(item) for item in told.media],
        "emojis": [],
    }


def notification(told: Notification, viewer: User) -> dict[str, Any]:
    world = viewer.world
    described: dict[str, Any] = {
        "id": world.name(told.number),
        "type": told.kind,
        "created_at": stamp(told.created_at),
        "group_key": f"ungrouped-{told.number}",
        "account": account(told.by),
    }
    if told.status is not None:
        described["status"] = status(told.status, viewer)
    if told.filtered:
        described["filtered"] = True
    return described


def as_others_tell(value: Any) -> Any:
    """The same with what servers of other makes leave out."""
    if isinstance(value, dict):
        return {name: as_others_tell(inner) for name, inner in value.items() if name not in _OF_OTHERS}
    return [as_others_tell(inner) for inner in value] if isinstance(value, list) else value
