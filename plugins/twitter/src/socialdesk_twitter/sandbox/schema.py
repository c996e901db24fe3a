"""The bodies that writing endpoints take. They are closed: what they do not name is refused.

The names are those of X's OpenAPI documents 2.165 and 2.167.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_ID = re.compile(r"[0-9]{1,19}")


def is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _ids(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(is_id, value))


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _options(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 2 <= len(value) <= 4
        and all(_text(o) and 1 <= len(o) <= 25 for o in value)
    )


@dataclass(frozen=True, slots=True)
class Closed:
    """An object of which every member is known."""

    members: Mapping[str, Any]
    required: tuple[str, ...] = ()


CREATE = Closed(
    {
        "card_uri": _text,
        "community_id": is_id,
        "direct_message_deep_link": _text,
        "edit_options": Closed({"previous_post_id": is_id}, ("previous_post_id",)),
        "for_super_followers_only": _flag,
        "geo": Closed({"place_id": _text}),
        "made_with_ai": _flag,
        "media": Closed(
            {
                "media_ids": _ids(1, 4),
                "tagged_user_ids": _ids(0, 10),
                "call_to_actions": lambda value: isinstance(value, dict),
                "description": _text,
                "embeddable": _flag,
                "preview_media_id": is_id,
                "title": _text,
            },
            ("media_ids",),
        ),
        "nullcast": _flag,
        "paid_partnership": _flag,
        "poll": Closed(
            {
                "options": _options,
                "duration_minutes": lambda value: type(value) is int and 5 <= value <= 10_080,
                "reply_settings": _text,
            },
            ("options", "duration_minutes"),
        ),
        "quote_tweet_id": is_id,
        "reply": Closed(
            {
                "in_reply_to_tweet_id": is_id,
                "auto_populate_reply_metadata": _flag,
                "exclude_reply_user_ids": _ids(0, 50),
            },
            ("in_reply_to_tweet_id",),
        ),
        "reply_settings": lambda value: value in ("following", "mentionedUsers", "subscribers", "verified"),
        "share_with_followers": _flag,
        "text": _text,
    }
)
ATTACHMENT = Closed({"media_id": is_id}, ("media_id",))


def _attachments(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and not any(faults(item, ATTACHMENT) for item in value)


MESSAGE = Closed({"attachments": _attachments, "text": lambda value: _text(value) and value != ""})
CONVERSATION = Closed(
    {
        "conversation_type": lambda value: value == "Group",
        "message": MESSAGE,
        "participant_ids": _ids(2, 49),
    },
    ("conversation_type", "participant_ids", "message"),
)
INITIALIZE = Closed(
    {
        "additional_owners": _ids(0, 100),
        "media_category": _text,
        "media_type": _text,
        "shared": _flag,
        "total_bytes": lambda value: type(value) is int and 0 < value <= 17_179_869_184,
    },
    ("media_category", "media_type", "total_bytes"),
)
_METADATA = (
    "allow_download_status audience_policy content_expiration domain_restrictions found_media_origin "
    "geo_restrictions management_info preview_image sensitive_media_warning shared_info sticker_info upload_source"
)
ALT_TEXT = Closed(
    {
        "id": is_id,
        "metadata": Closed(
            {
                "alt_text": Closed({"text": lambda value: _text(value) and len(value) <= 1000}, ("text",)),
                **{name: lambda value: isinstance(value, dict) for name in _METADATA.split()},
            }
        ),
    },
    ("id",),
)
WEBHOOK = Closed({"url": lambda value: _text(value) and value != ""}, ("url",))


def _minute(value: Any) -> bool:
    return _text(value) and re.fullmatch(r"[0-9]{12}", value) is not None


REPLAY = Closed(
    {"webhook_id": is_id, "from_date": _minute, "to_date": _minute}, ("webhook_id", "from_date", "to_date")
)
_TAGGED = {"tag": lambda value: _text(value) and 1 <= len(value) <= 200, "webhook_id": is_id}
SUBSCRIBE = Closed(
    {
        "event_type": _text,
        "filter": Closed(
            {
                "user_id": is_id,
                "direction": lambda value: value in ("inbound", "outbound"),
                "keyword": lambda value: _text(value) and 1 <= len(value) <= 150,
            }
        ),
        **_TAGGED,
    },
    ("event_type", "filter"),
)
RESUBSCRIBE = Closed(_TAGGED)
HIDE = Closed({"hidden": _flag}, ("hidden",))
LIKE = Closed({"tweet_id": is_id}, ("tweet_id",))


def faults(value: Any, rule: Closed, path: str = "$") -> list[tuple[str, Any, str]]:
    """Where a body differs from what it must be: (place, value, what is wrong)."""
    if not isinstance(value, dict):
        return [(path, value, f"{path}: must be an object")]
    found = [
        (f"{path}.{name}", value[name], f"{path}.{name}: is not defined in the schema and the schema does not "
         "allow additional properties")
        for name in value
        if name not in rule.members
    ]  # fmt: skip
    found += [
        (f"{path}.{name}", "", f"{path}.{name}: is missing but it is required")
        for name in rule.required
        if name not in value
    ]
    for name, inner in rule.members.items():
        if name not in value:
            continue
        if isinstance(inner, Closed):
            found += faults(value[name], inner, f"{path}.{name}")
        elif not inner(value[name]):
            found.append((f"{path}.{name}", value[name], f"{path}.{name}: does not fit the schema"))
    return found
