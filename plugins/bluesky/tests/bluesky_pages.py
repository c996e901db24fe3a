"""Answers of Bluesky for tests, in its own words; and the shared material, where it stands beside the repository."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from socialdesk.connector import NoApp, Profile
from socialdesk.wire import Response
from socialdesk_bluesky.connector import BlueskyConnector
from socialdesk_bluesky.settings import Config

SHARED = Path(__file__).resolve().parents[4] / "shared"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
ME = "did:plc:acme0000000000000000000a"
KIM = "did:plc:kim00000000000000000000k"
SERVER = "https://morel.us-east.host.bsky.network"
CID = "bafyreifzi5xyrf3c5jw7cci4zrltyl25ik2dboznop4qo4cotcfbyjtita"


def shared_json(*path: str) -> Any:
    """A file of the shared material; the test is skipped where it is absent."""
    file = SHARED.joinpath(*path)
    if not file.is_file():
        pytest.skip(f"the shared material is not here: {'/'.join(path)}")
    return json.loads(file.read_text())


def connector(me: str = ME, **settings: Any) -> BlueskyConnector:
    """A signed-in account @acme.example; ``settings`` replace the usual ones."""
    given = {"handle": "acme.example", "app_password": "abcd-efgh-ijkl-mnop", **settings}
    profile = Profile(id=me, handle="acme.example", host=SERVER)
    return BlueskyConnector(Config.model_validate(given), NoApp(), profile)


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, fields, json.dumps(body).encode(), received_at=NOW)


def refusal(status: int, name: str, message: str = "no") -> Response:
    return answer({"error": name, "message": message}, status)


def uri(rkey: str = "3lbkimpost22a", did: str = KIM, collection: str = "app.bsky.feed.post") -> str:
    return f"at://{did}/{collection}/{rkey}"


def author(did: str = KIM, handle: str = "kim.bsky.social", **more: Any) -> dict[str, Any]:
    viewer = {"muted": False, "blockedBy": False}
    return {"did": did, "handle": handle, "displayName": "Kim", "labels": [], "viewer": viewer, **more}


def record(text: str = "my order is late", **more: Any) -> dict[str, Any]:
    made = "2026-11-20T09:15:43.102Z"
    return {"$type": "app.bsky.feed.post", "createdAt": made, "langs": ["en"], "text": text, **more}


def reply_to(parent: str, root: str | None = None) -> dict[str, Any]:
    return {"parent": {"uri": parent, "cid": CID}, "root": {"uri": root or parent, "cid": CID}}


def view(written: dict[str, Any] | None = None, at: str | None = None, **more: Any) -> dict[str, Any]:
    """app.bsky.feed.defs#postView"""
    return {
        "uri": at or uri(),
        "cid": CID,
        "author": author(),
        "record": written or record(),
        "replyCount": 1,
        "repostCount": 0,
        "likeCount": 2,
        "quoteCount": 0,
        "indexedAt": "2026-11-20T09:15:44.000Z",
        "viewer": {"threadMuted": False, "embeddingDisabled": False},
        "labels": [],
        **more,
    }


def notification(
    written: dict[str, Any] | None = None, reason: str = "mention", **more: Any
) -> dict[str, Any]:
    return {
        "uri": uri(),
        "cid": CID,
        "author": author(),
        "reason": reason,
        "record": written or record(),
        "isRead": False,
        "indexedAt": "2026-11-20T09:15:44.000Z",
        "labels": [],
        **more,
    }


def mention_of_me(text: str = "@acme.example help") -> dict[str, Any]:
    """A record that names the account."""
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": ME}
    return record(text, facets=[{"index": {"byteStart": 0, "byteEnd": 13}, "features": [feature]}])
