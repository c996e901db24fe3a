"""Users of X, as authors and as the account itself. Pure."""

from __future__ import annotations

from typing import Any

from socialdesk.connector import Profile
from socialdesk.models import ExternalId
from socialdesk_twitter.joining import NOTHING, Told

__all__ = ["address", "author_of", "contact_of", "profile_of"]

# X's name, our own; of what stands as it is
_AUTHOR = (
    ("username", "handle"),
    ("name", "display_name"),
    ("profile_image_url", "avatar_url"),
    ("verified", "verified"),
    ("protected", "protected"),
)


_CONTACT = ("receives_your_dm", "connection_status")
_ORGANIZATIONS = frozenset({"business", "government"})


def author_of(author_id: str | None, user: Told | None, own: bool | None) -> dict[str, Any]:
    """The fields of an Author, as far as X told them; ``own`` where it is the account itself."""
    if author_id is None:
        return {}
    author: dict[str, Any] = {"id": ExternalId("twitter", "user", author_id), "is_self": own}
    if user is None:
        return author
    for told, name in _AUTHOR:
        if told in user:
            author[name] = user[told]
    handle = user.get("username")
    if handle:
        author["url"] = f"https://x.com/{handle}"
    counts = user.get("public_metrics")
    if counts:
        author["followers"] = counts.get("followers_count")
    if user.get("verified_type") in _ORGANIZATIONS:
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
        id=str(user["id"]),
        handle=user.get("username"),
        display_name=user.get("name"),
        scopes=scopes,
        facts=facts,
    )
