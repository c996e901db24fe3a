"""Users of X, as authors and as the account itself. Pure."""

from __future__ import annotations

from typing import Any

from socialdesk.connector import Profile
from socialdesk_twitter.ids import user_id
from socialdesk_twitter.joining import NOTHING, Told

__all__ = ["address", "author_of", "contact_of", "profile_of"]

_CONTACT = ("receives_your_dm", "connection_status")
_ORGANIZATIONS = frozenset({"business", "government"})


def author_of(author_id: str | None, user: Told | None, own: bool | None) -> dict[str, Any]:
    """The fields of an Author, as far as X told them; ``own`` where it is the account itself."""
    if author_id is None:
        return {}
    identity = user_id(author_id)
    if user is None:
        return {"id": identity, "is_self": own}
    told = user.get
    handle = told("username")
    author = {
        "id": identity,
        "handle": handle,
        "display_name": told("name"),
        "url": f"https://x.com/{handle}" if handle else None,
        "avatar_url": told("profile_image_url"),
        "is_self": own,
        "verified": told("verified"),
        "protected": told("protected"),
    }
    counts = told("public_metrics")
    if counts:
        author["followers"] = counts.get("followers_count")
    if told("verified_type") in _ORGANIZATIONS:
        author["kind"] = "organization"
    return author


def contact_of(user: Told | None) -> dict[str, Any]:
    """What X tells of a person's relation to the account: whether they take its direct messages."""
    return {} if user is None else {name: user[name] for name in _CONTACT if name in user}


def address(user: Told | None, post_id: str) -> str:
    """Where a post can be looked at."""
    return f"https://x.com/{(user or NOTHING).get('username') or 'i'}/status/{post_id}"


def profile_of(user: Told, scopes: frozenset[str] | None = None) -> Profile:
    """Who the account is; ``facts`` keeps whether it is verified and protected, where told."""
    facts = {name: user[name] for name in ("verified", "verified_type", "protected") if name in user}
    return Profile(
        id=user_id(user["id"]).value,
        handle=user.get("username"),
        display_name=user.get("name"),
        scopes=scopes,
        facts=facts,
    )
