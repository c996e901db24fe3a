"""The server's interface as a table: each path, what it needs to be granted, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from socialdesk.testing.sandbox import Routes

from . import about, notifying, people, reading, searching, uploading, writing
from .call import Call


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``run`` gives what is told, a (told, headers) pair, or a whole answer. ``scope`` is what a token must be granted,
    ``anyone`` lets those in who have none."""

    run: Callable[[Call], Any]
    scope: str = ""
    anyone: bool = False


_V1 = "/api/v1"
_STATUSES, _ACCOUNTS = f"{_V1}/statuses", f"{_V1}/accounts"
_NOTIFICATIONS, _REQUESTS = f"{_V1}/notifications", f"{_V1}/notifications/requests"
_POLICY = "/api/v2/notifications/policy"

ENDPOINTS: Routes[Endpoint] = Routes(
    {
        ("GET", "/.well-known/oauth-authorization-server"): Endpoint(about.authorization_server, anyone=True),
        ("POST", "/oauth/token"): Endpoint(writing.token, anyone=True),
        ("POST", "/oauth/revoke"): Endpoint(writing.revoke, anyone=True),
        ("POST", f"{_V1}/apps"): Endpoint(writing.register, anyone=True),
        ("GET", f"{_V1}/apps/verify_credentials"): Endpoint(about.app),
        ("GET", "/api/v2/instance"): Endpoint(about.instance, anyone=True),
        ("GET", f"{_V1}/instance"): Endpoint(about.instance_v1, anyone=True),
        ("GET", f"{_ACCOUNTS}/verify_credentials"): Endpoint(people.verify_credentials, "read:accounts"),
        ("GET", f"{_ACCOUNTS}/lookup"): Endpoint(people.lookup, anyone=True),
        ("GET", f"{_ACCOUNTS}/search"): Endpoint(people.search_accounts, "read:accounts"),
        ("GET", f"{_ACCOUNTS}/relationships"): Endpoint(people.relationships, "read:follows"),
        ("GET", f"{_ACCOUNTS}/{{id}}"): Endpoint(people.account, "read:accounts", anyone=True),
        ("GET", f"{_ACCOUNTS}/{{id}}/statuses"): Endpoint(
            reading.account_statuses, "read:statuses", anyone=True
        ),
        ("POST", f"{_ACCOUNTS}/{{id}}/block"): Endpoint(writing.block, "write:blocks"),
        ("POST", f"{_ACCOUNTS}/{{id}}/unblock"): Endpoint(writing.unblock, "write:blocks"),
        ("POST", f"{_ACCOUNTS}/{{id}}/mute"): Endpoint(writing.mute, "write:mutes"),
        ("POST", f"{_ACCOUNTS}/{{id}}/unmute"): Endpoint(writing.unmute, "write:mutes"),
        ("POST", f"{_ACCOUNTS}/{{id}}/follow"): Endpoint(writing.follow, "write:follows"),
        ("POST", f"{_ACCOUNTS}/{{id}}/unfollow"): Endpoint(writing.unfollow, "write:follows"),
        ("GET", _STATUSES): Endpoint(reading.statuses, "read:statuses", anyone=True),
        ("POST", _STATUSES): Endpoint(writing.post, "write:statuses"),
        ("GET", f"{_STATUSES}/{{id}}"): Endpoint(reading.status, "read:statuses", anyone=True),
        ("PUT", f"{_STATUSES}/{{id}}"): Endpoint(writing.edit, "write:statuses"),
        ("DELETE", f"{_STATUSES}/{{id}}"): Endpoint(writing.delete, "write:statuses"),
        ("GET", f"{_STATUSES}/{{id}}/context"): Endpoint(reading.context, "read:statuses", anyone=True),
        ("GET", f"{_STATUSES}/{{id}}/history"): Endpoint(reading.history, "read:statuses", anyone=True),
        ("GET", f"{_STATUSES}/{{id}}/source"): Endpoint(reading.source, "read:statuses"),
        ("POST", f"{_STATUSES}/{{id}}/favourite"): Endpoint(writing.favourite, "write:favourites"),
        ("POST", f"{_STATUSES}/{{id}}/unfavourite"): Endpoint(writing.unfavourite, "write:favourites"),
        ("POST", f"{_STATUSES}/{{id}}/reblog"): Endpoint(writing.reblog, "write:statuses"),
        ("POST", f"{_STATUSES}/{{id}}/unreblog"): Endpoint(writing.unreblog, "write:statuses"),
        ("GET", f"{_V1}/timelines/home"): Endpoint(reading.home, "read:statuses"),
        ("GET", f"{_V1}/timelines/tag/{{tag}}"): Endpoint(reading.tag, "read:statuses", anyone=True),
        ("GET", "/api/v2/search"): Endpoint(searching.search, "read:search", anyone=True),
        ("GET", f"{_V1}/conversations"): Endpoint(reading.conversations, "read:statuses"),
        ("POST", f"{_V1}/conversations/{{id}}/read"): Endpoint(writing.mark_read, "write:conversations"),
        ("GET", _NOTIFICATIONS): Endpoint(notifying.notifications, "read:notifications"),
        ("POST", f"{_NOTIFICATIONS}/clear"): Endpoint(notifying.clear, "write:notifications"),
        ("GET", _REQUESTS): Endpoint(notifying.requests, "read:notifications"),
        ("GET", f"{_REQUESTS}/{{id}}"): Endpoint(notifying.request, "read:notifications"),
        ("POST", f"{_REQUESTS}/{{id}}/accept"): Endpoint(notifying.accept, "write:notifications"),
        ("POST", f"{_REQUESTS}/{{id}}/dismiss"): Endpoint(notifying.dismiss, "write:notifications"),
        ("GET", f"{_NOTIFICATIONS}/{{id}}"): Endpoint(notifying.notification, "read:notifications"),
        ("GET", _POLICY): Endpoint(notifying.policy, "read:notifications"),
        ("PATCH", _POLICY): Endpoint(notifying.change_policy, "write:notifications"),
        ("POST", "/api/v2/media"): Endpoint(uploading.upload, "write:media"),
        ("POST", f"{_V1}/media"): Endpoint(uploading.upload_at_once, "write:media"),
        ("GET", f"{_V1}/media/{{id}}"): Endpoint(uploading.media, "write:media"),
        ("PUT", f"{_V1}/media/{{id}}"): Endpoint(uploading.describe_media, "write:media"),
    }
)
