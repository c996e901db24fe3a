"""What the server tells of itself, and of the app that asks."""

from __future__ import annotations

from typing import Any

from .call import Call
from .problems import Refused
from .rendering import LINK_LENGTH

Told = Any


def instance(call: Call) -> Told:
    """GET /api/v2/instance, which other makes may not have."""
    sandbox = call.sandbox
    if sandbox.is_other:
        raise Refused(404, "nowhere")
    host = sandbox.world.host
    return {
        "domain": host,
        "title": "Mastodon",
        "version": sandbox.version,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "",
        "usage": {"users": {"active_month": len(sandbox.world.users)}},
        "thumbnail": {"url": f"https://{host}/preview.png"},
        "icon": [],
        "languages": ["en"],
        "configuration": configuration(call),
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "api_versions": {"mastodon": 11},
        "contact": {"email": "", "account": None},
        "rules": [],
    }


def configuration(call: Call) -> dict[str, Any]:
    sandbox = call.sandbox
    return {
        "urls": {"streaming": f"wss://{sandbox.world.host}"},
        "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
        "statuses": {
            "max_characters": sandbox.max_characters,
            "max_media_attachments": sandbox.max_media,
            "characters_reserved_per_url": LINK_LENGTH,
        },
        "media_attachments": {
            "description_limit": 10_000,
            "image_matrix_limit": 33_177_600,
            "image_size_limit": sandbox.image_size,
            "supported_mime_types": list(sandbox.mime_types),
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8_294_400,
            "video_size_limit": sandbox.video_size,
        },
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
        "translation": {"enabled": False},
    }


def instance_v1(call: Call) -> Told:
    sandbox = call.sandbox
    told: dict[str, Any] = {
        "uri": sandbox.world.host,
        "title": "Mastodon",
        "short_description": "",
        "description": "",
        "email": "",
        "version": sandbox.version,
        "urls": {"streaming_api": f"wss://{sandbox.world.host}"},
        "stats": {"user_count": len(sandbox.world.users), "status_count": len(sandbox.world.order)},
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "rules": [],
    }
    if sandbox.is_other:
        return {**told, "title": "Another make", "max_toot_chars": sandbox.max_characters}
    return {**told, "configuration": configuration(call)}


def authorization_server(call: Call) -> Told:
    base = call.sandbox.base_url
    return {
        "issuer": f"{base}/",
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "scopes_supported": ["read", "write", "follow", "push", "profile"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "app_registration_endpoint": f"{base}/api/v1/apps",
    }


def app(call: Call) -> Told:
    if call.token is None:
        raise Refused(401, "token")
    return call.token.app.told()
