"""What a server tells of itself: how long a status may be, which files it takes, which software it runs. Pure.

https://docs.joinmastodon.org/entities/Instance/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import regex

from socialdesk.connector import Notice, Profile
from socialdesk_mastodon.length import LIMIT, LINK_LENGTH

__all__ = ["Server", "facts_of", "filters_of", "notices_of"]

Told = Mapping[str, Any]

# The fact, and where it stands: first as servers since 4.0 tell it, then as older ones and other makes do.
_PLACES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "max_characters": (("configuration", "statuses", "max_characters"), ("max_toot_chars",)),
    "link_length": (("configuration", "statuses", "characters_reserved_per_url"),),
    "max_media": (
        ("configuration", "statuses", "max_media_attachments"),
        ("pleroma", "metadata", "max_media"),
    ),
    "image_size": (("configuration", "media_attachments", "image_size_limit"),),
    "video_size": (("configuration", "media_attachments", "video_size_limit"),),
    "description": (("configuration", "media_attachments", "description_limit"),),
}
_MIME_TYPES = ("configuration", "media_attachments", "supported_mime_types")
# Other makes give the version of the interface that they imitate, as in "2.7.2 (compatible; Pleroma 2.6)".
_IMITATES = regex.compile(r"\(compatible;", regex.IGNORECASE)
_OWN_VERSION = regex.compile(r"[2-9]\.\d")
_HOLDS_BACK = {
    "for_private_mentions": "direct messages that nobody asked for",
    "for_limited_accounts": "people whom the server's moderators limit",
    "for_not_following": "people whom the account does not follow",
    "for_not_followers": "people who do not follow the account",
    "for_new_accounts": "new accounts",
    "for_bots": "bots",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What is known of an account's server; None where it does not tell.

    ``keyed`` says that it repeats nothing which comes with the same Idempotency-Key within an hour, as Mastodon does.
    """

    max_characters: int = LIMIT
    link_length: int = LINK_LENGTH
    max_media: int = 4
    mime_types: tuple[str, ...] = ()
    image_size: int | None = None
    video_size: int | None = None
    description: int | None = None
    keyed: bool = True

    @classmethod
    def of(cls, profile: Profile | None) -> Server:
        """As it was told at the last look, with Mastodon's own figures for what was not."""
        facts = (profile.facts if profile is not None else {}).get("server") or {}
        known = {field.name: facts[field.name] for field in fields(cls) if field.name in facts}
        if "mime_types" in known:
            known["mime_types"] = tuple(known["mime_types"])
        return cls(**known)


def facts_of(body: Any) -> dict[str, Any]:
    """What is to be remembered of a server's description; what it does not tell is left out."""
    if not isinstance(body, Mapping):
        return {"keyed": False}
    facts: dict[str, Any] = {"version": str(body.get("version") or ""), "keyed": _is_keyed(body)}
    for name, places in _PLACES.items():
        for place in places:
            value = _at(body, place)
            if isinstance(value, int) and value > 0:
                facts.setdefault(name, value)
    types = _at(body, _MIME_TYPES)
    if isinstance(types, list):
        facts["mime_types"] = [kind for kind in types if isinstance(kind, str)]
    return facts


def _is_keyed(body: Told) -> bool:
    """Whether this is Mastodon itself or made from it; others lack its idempotency."""
    version, source = str(body.get("version") or ""), body.get("source_url")
    if isinstance(source, str) and source:
        return source.rstrip("/").lower().endswith("/mastodon")
    return bool(_OWN_VERSION.match(version)) and not _IMITATES.search(version)


def _at(body: Any, place: tuple[str, ...]) -> Any:
    for step in place:
        body = body.get(step) if isinstance(body, Mapping) else None
    return body


def filters_of(policy: Any) -> dict[str, str]:
    """What the account's filter of notifications does not let pass: ``filter`` keeps it apart, ``drop`` loses it."""
    if not isinstance(policy, Mapping):
        return {}
    return {name: policy[name] for name in _HOLDS_BACK if policy.get(name) in ("filter", "drop")}


def notices_of(profile: Profile | None, *, include_filtered: bool) -> tuple[Notice, ...]:
    """What a person should know of the filter: what is lost by it, and what it keeps apart."""
    filters: Mapping[str, str] = (profile.facts if profile is not None else {}).get("filters") or {}
    found = []
    for verdict, heard, code, text in _NOTICES:
        whose = ", ".join(words for name, words in _HOLDS_BACK.items() if filters.get(name) == verdict)
        if whose and heard in (None, include_filtered):
            found.append(Notice(code, text.format(whose=whose), scope="account"))
    return tuple(found)


# What the filter does, whether that is heard all the same, and what a person is told.
_NOTICES: tuple[tuple[str, bool | None, str, str], ...] = (
    (
        "drop",
        None,
        "notifications_dropped",
        "The server drops notifications from {whose}: they are lost for good. Change this at the server, under "
        "Preferences, Notifications.",
    ),
    (
        "filter",
        True,
        "notifications_filtered",
        "The server's filter holds back notifications from {whose}. They are heard here all the same; at the server "
        "they stand among the filtered ones.",
    ),
    (
        "filter",
        False,
        "notifications_hidden",
        "The server's filter holds back notifications from {whose}: they are not heard. Set include_filtered, or let "
        "them pass at the server, under Preferences, Notifications.",
    ),
)
