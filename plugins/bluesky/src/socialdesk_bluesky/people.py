"""People on Bluesky, as authors. Pure.

A handle may change and may be withheld; a person is known by the DID.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialdesk_bluesky.ids import user_id

__all__ = ["author_of", "is_blocked_by", "is_blocking", "labels_of", "relation_of"]

NO_HANDLE = "handle.invalid"
_RELATION = {
    "blockedBy": "blocked_by",
    "blocking": "blocking",
    "blockingByList": "blocking",
    "muted": "muted",
    "following": "following",
    "followedBy": "followed_by",
}


def author_of(told: Mapping[str, Any], me: str | None) -> dict[str, Any]:
    """The fields of an Author, as far as Bluesky told them. Raises KeyError where it is not told who it is."""
    did = told["did"]
    handle = told.get("handle")
    status = told.get("verification")
    return {
        "id": user_id(did),
        "handle": None if handle == NO_HANDLE else handle or None,
        "display_name": told.get("displayName") or None,
        "url": f"https://bsky.app/profile/{did}",
        "avatar_url": told.get("avatar"),
        "is_self": None if me is None else did == me,
        "verified": _verified(status) if isinstance(status, dict) else None,
        # https://docs.bsky.app/docs/starter-templates/bots: a bot labels itself
        "kind": "bot" if "bot" in labels_of(told) else "unknown",
    }


def _verified(status: Mapping[str, Any]) -> bool:
    """Somebody whom a trusted verifier vouches for, or who is one."""
    return "valid" in (status.get("verifiedStatus"), status.get("trustedVerifierStatus"))


def labels_of(told: Mapping[str, Any]) -> list[str]:
    """The labels that somebody put on a person or post, its author among them, without those that were taken back."""
    labels = told.get("labels")
    if not isinstance(labels, list):
        return []
    found = [label for label in labels if isinstance(label, dict) and not label.get("neg")]
    return sorted({str(label["val"]) for label in found if label.get("val")})


def relation_of(told: Mapping[str, Any]) -> dict[str, bool]:
    """How a person and the account stand to each other; what does not hold is left out."""
    viewer = told.get("viewer")
    if not isinstance(viewer, dict):
        return {}
    return {name: True for key, name in _RELATION.items() if viewer.get(key)}


def is_blocked_by(relation: Mapping[str, Any]) -> bool:
    """Whether the person has blocked the account."""
    return bool(relation.get("blocked_by"))


def is_blocking(relation: Mapping[str, Any]) -> bool:
    """Whether the account has blocked the person."""
    return bool(relation.get("blocking"))
