"""Answers of Tumblr for tests, in its own words; and the shared material, where it stands beside the repository."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from socialdesk.connector import Profile, Topic, Window
from socialdesk.wire import Response
from socialdesk_tumblr.connector import TumblrConnector
from socialdesk_tumblr.settings import App, Config

SHARED = Path(__file__).resolve().parents[4] / "shared"
NOW = datetime(2025, 11, 22, 12, 0, tzinfo=timezone.utc)
AT = 1763805600
ME, KIM, LEE = "t:AcmeAcmeAcmeAcmeAcmeAA", "t:KimKimKimKimKimKimKimg", "t:LeeLeeLeeLeeLeeLeeLeeg"
OURS = "769461483149110001"

OAUTH1 = {"access_token": "at", "access_token_secret": "as"}
OAUTH2 = {"oauth2_access_token": "a1", "oauth2_refresh_token": "r1"}
APP = {"consumer_key": "ck", "consumer_secret": "cs"}
NAMES = {ME: "acme-help", KIM: "customer-kim", LEE: "customer-lee"}


def shared_json(*path: str) -> Any:
    """A file of the shared material; the test is skipped where it is absent."""
    file = SHARED.joinpath(*path)
    if not file.is_file():
        pytest.skip(f"the shared material is not here: {'/'.join(path)}")
    return json.loads(file.read_text())


def connector(app: Mapping[str, Any] | None = None, **settings: Any) -> TumblrConnector:
    """The blog acme-help, signed in with OAuth 1.0a unless ``app`` is given; ``settings`` are further ones."""
    own = {**OAUTH1, **settings} if app is None else settings
    return TumblrConnector(
        Config.model_validate(own),
        App.model_validate(APP if app is None else app),
        Profile(id=ME, handle="acme-help"),
    )


def window(stream: str, **more: Any) -> Window:
    return Window(stream=stream, now=NOW, **more)


def notes_topic(**data: Any) -> Topic:
    return Topic(f"{ME}/{OURS}", {"notes": 2, "root": f"{ME}/{OURS}", **data}, stream="notes")


def answer(response: Any, status: int = 200, **headers: str) -> Response:
    """An answer with Tumblr's envelope."""
    body = {"meta": {"status": status, "msg": "OK"}, "response": response}
    return Response(status, _fields(headers), json.dumps(body).encode(), received_at=NOW)


def refusal(status: int, *codes: int, at: datetime | None = NOW) -> Response:
    """A refusal with these subcodes."""
    errors = [{"title": "No", "code": code, "detail": "No."} for code in codes]
    body = {"meta": {"status": status, "msg": "No"}, "response": [], "errors": errors}
    return Response(status, body=json.dumps(body).encode(), received_at=at)


def _fields(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def leading_on(listing: dict[str, Any], **params: Any) -> dict[str, Any]:
    """A listing with a link to its next page."""
    link = {"type": "navigation", "href": "/v2/elsewhere", "method": "GET", "query_params": params}
    return {**listing, "_links": {"next": link}}


def notification(kind: str = "reply", at: int = AT, by: str = KIM, **more: Any) -> dict[str, Any]:
    """An item of the activity feed, by default a reply to our post."""
    item = {
        "type": kind,
        "timestamp": at,
        "before": at,
        "unread": True,
        "target_post_id": OURS,
        "target_post_summary": "Our autumn opening hours",
        "target_tumblelog_name": "acme-help",
        "target_tumblelog_uuid": ME,
        "from_tumblelog_name": NAMES[by],
        "from_tumblelog_uuid": by,
        "target_root_post_id": None,
        "private_channel": False,
    }
    return item | ({"reply_text": "is the shop open on sunday?"} if kind == "reply" else {}) | more


def reply_note(at: float = AT + 0.512331, by: str = KIM, **more: Any) -> dict[str, Any]:
    """The same reply among the notes of the post."""
    return {
        "type": "reply",
        "timestamp": at,
        "blog_name": NAMES[by],
        "blog_uuid": by,
        "blog_url": f"https://{NAMES[by]}.tumblr.com/",
        "reply_text": "is the shop open on sunday?",
        "formatting": [],
        **more,
    }


def text_block(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **more}


def post(number: str, *blocks: dict[str, Any], by: str = LEE, **more: Any) -> dict[str, Any]:
    """A post as a listing tells it, in the Neue Post Format."""
    return {
        "object_type": "post",
        "type": "blocks",
        "id": int(number),
        "id_string": number,
        "blog_name": NAMES[by],
        "blog": {"name": NAMES[by], "uuid": by, "url": f"https://{NAMES[by]}.tumblr.com/"},
        "timestamp": AT,
        "state": "published",
        "reblog_key": "wlxAsElf",
        "tags": [],
        "content": list(blocks),
        "layout": [],
        "trail": [],
        **more,
    }


def trail_item(number: str, by: str, *blocks: dict[str, Any]) -> dict[str, Any]:
    blog = {"name": NAMES[by], "uuid": by}
    return {"post": {"id": number, "timestamp": AT - 60}, "blog": blog, "content": list(blocks), "layout": []}
