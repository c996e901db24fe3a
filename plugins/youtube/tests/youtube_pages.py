"""The discovery document and what was recorded of YouTube, where they stand beside the repository; and a connector."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from socialdesk.connector import Profile
from socialdesk.wire import Response
from socialdesk_youtube.connector import YouTubeConnector
from socialdesk_youtube.settings import App, Config

SHARED = Path(__file__).resolve().parents[4] / "shared"
DISCOVERY = "youtube.v3.discovery.json"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
ME = "UCacmehelpdesk0000000000"
THREAD = "UgyAcmeThread0001AaABAg"
REPLY = f"{THREAD}.9iPXEClD9lW9iPXLqKy_Pt"
VIDEO = "dQacme00001"


def shared_json(*path: str) -> Any:
    """A file of the shared material; the test is skipped where it is absent."""
    file = SHARED.joinpath(*path)
    if not file.is_file():
        pytest.skip(f"the shared material is not here: {'/'.join(path)}")
    return json.loads(file.read_text())


def connector(app: Mapping[str, Any] | None = None, **settings: Any) -> YouTubeConnector:
    """A channel that is signed in; ``settings`` are further ones."""
    own = {"access_token": "at", "refresh_token": "rt", **settings}
    project = {"client_id": "c", "client_secret": "s", **(app or {})}
    profile = Profile(id=ME, handle="acme")
    return YouTubeConnector(Config.model_validate(own), App.model_validate(project), profile)


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, fields, json.dumps(body).encode(), received_at=NOW)


def refused(status: int, reason: str, message: str = "No") -> Response:
    """An error in Google's older form."""
    errors = [{"message": message, "domain": "youtube.comment", "reason": reason}]
    return answer({"error": {"code": status, "message": message, "errors": errors}}, status)


def comment(name: str = THREAD, text: str = "How do I reset it?", **more: Any) -> dict[str, Any]:
    """A comment by @kim-1234; ``more`` are further fields of its snippet, None leaves one out."""
    snippet: dict[str, Any] = {
        "channelId": ME,
        "videoId": VIDEO,
        "textDisplay": text,
        "textOriginal": text,
        "authorDisplayName": "@kim-1234",
        "authorProfileImageUrl": "https://yt3.ggpht.com/x=s48-c-k-c0x00ffffff-no-rj",
        "authorChannelUrl": "http://www.youtube.com/@kim-1234",
        "authorChannelId": {"value": "UCkim0000000000000000001"},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": 2,
        "publishedAt": "2026-11-20T09:15:44Z",
        "updatedAt": "2026-11-20T09:15:44Z",
        **({"parentId": name.partition(".")[0]} if "." in name else {}),
        **more,
    }
    told = {key: value for key, value in snippet.items() if value is not None}
    return {"kind": "youtube#comment", "etag": "e", "id": name, "snippet": told}


def thread(*replies: dict[str, Any], count: int | None = None, **top: Any) -> dict[str, Any]:
    """A thread with these replies beside it."""
    snippet = {
        "channelId": ME,
        "videoId": VIDEO,
        "topLevelComment": comment(**top),
        "canReply": True,
        "totalReplyCount": len(replies) if count is None else count,
        "isPublic": True,
    }
    made: dict[str, Any] = {"kind": "youtube#commentThread", "etag": "e", "id": top.get("name", THREAD)}
    return {**made, "snippet": snippet, **({"replies": {"comments": list(replies)}} if replies else {})}


def listed(*items: Any, token: str | None = None, kind: str = "commentThreadListResponse") -> dict[str, Any]:
    body: dict[str, Any] = {"kind": f"youtube#{kind}", "etag": "e", "items": list(items)}
    return {**body, "nextPageToken": token} if token else body
