"""Answers of Mastodon for tests, in its own words; and the shared material, where it stands beside the repository."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from socialdesk.connector import NoApp, Profile
from socialdesk.models import ExternalId
from socialdesk.wire import Response
from socialdesk_mastodon.connector import MastodonConnector
from socialdesk_mastodon.settings import Config

SHARED = Path(__file__).resolve().parents[4] / "shared"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
ME = "999"
HOST = "https://social.example"


def shared_json(*path: str) -> Any:
    """A file of the shared material; the test is skipped where it is absent."""
    file = SHARED.joinpath(*path)
    if not file.is_file():
        pytest.skip(f"the shared material is not here: {'/'.join(path)}")
    return json.loads(file.read_text())


def connector(facts: Mapping[str, Any] | None = None, **settings: Any) -> MastodonConnector:
    """The account @acme, known; ``settings`` replace the usual ones."""
    own = {"base_url": HOST, "access_token": "token", **settings}
    profile = Profile(id=ME, handle="acme", facts=facts or {})
    return MastodonConnector(Config.model_validate(own), NoApp(), profile)


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, fields, json.dumps(body).encode(), received_at=NOW)


def account(identity: str = "7", acct: str = "kim@other.example", **more: Any) -> dict[str, Any]:
    name = acct.partition("@")[0]
    url = f"https://other.example/@{name}"
    return {"id": identity, "username": name, "acct": acct, "url": url, "display_name": name.title(), **more}


def status(identity: str = "117020577157693549", **more: Any) -> dict[str, Any]:
    """A status that names the account."""
    mention = '<a href="https://social.example/@acme" class="u-url mention">@<span>acme</span></a>'
    return {
        "id": identity,
        "created_at": "2026-11-20T09:15:43.000Z",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"https://other.example/users/kim/statuses/{identity}",
        "url": f"https://other.example/@kim/{identity}",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "quotes_count": 0,
        "edited_at": None,
        "content": f"<p>{mention} my order is late</p>",
        "reblog": None,
        "account": account(),
        "media_attachments": [],
        "mentions": [{"id": ME, "username": "acme", "acct": "acme", "url": "https://social.example/@acme"}],
        "tags": [],
        "emojis": [],
        "quote": None,
        **more,
    }


def notification(identity: str, kind: str = "mention", **more: Any) -> dict[str, Any]:
    told = status(str(117020577157693549 + int(identity)), **more)
    created = "2026-11-20T09:15:44.458Z"
    return {"id": identity, "type": kind, "created_at": created, "account": told["account"], "status": told}


def post_id(identity: str) -> ExternalId:
    return ExternalId("mastodon", "post", identity)
