"""Answers of Facebook for tests, in its own words; and the shared material, where it stands beside the repository."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Coroutine, Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

import pytest

from socialdesk._engine.exchange import converse
from socialdesk.connector import Profile
from socialdesk.models import Mention
from socialdesk.testing import Replay, replay
from socialdesk.testing._suite_bench import session
from socialdesk.wire import Response, WebhookRequest
from socialdesk_facebook.connector import FacebookConnector
from socialdesk_facebook.settings import App, Config

T = TypeVar("T")

SHARED = Path(__file__).resolve().parents[4] / "shared"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
ME = "100001"
POST, COMMENT, PSID = "100001_200001", "200001_300001", "7001"
JO = {"id": PSID, "name": "Jo Doe"}
ACME = {"id": ME, "name": "Acme"}
APP = {"app_id": "55", "app_secret": "testsecret", "verify_token": "agreed"}


def shared_json(*path: str) -> Any:
    """A file of the shared material; the test is skipped where it is absent."""
    file = SHARED.joinpath(*path)
    if not file.is_file():
        pytest.skip(f"the shared material is not here: {'/'.join(path)}")
    return json.loads(file.read_text())


def connector(app: Mapping[str, Any] | None = None, **settings: Any) -> FacebookConnector:
    """The Page Acme; ``settings`` are added to the usual ones."""
    return FacebookConnector(
        Config.model_validate({"page_token": "EAAtoken", **settings}),
        App.model_validate(APP if app is None else app),
        Profile(id=ME, handle="acme", display_name="Acme"),
    )


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, fields, json.dumps(body).encode(), received_at=NOW)


def refusal(code: int, subcode: int | None = None, status: int = 400, **more: Any) -> Response:
    error = {"message": "(#0) in words", "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    if subcode is not None:
        error["error_subcode"] = subcode
    return answer({"error": error}, status)


def judged(
    coroutine: Coroutine[Any, Any, T], answers: Iterable[Response], facebook: FacebookConnector | None = None
) -> Replay[T]:
    """What comes of a connector's coroutine where core reads each answer first: an error answer is raised as what it
    means."""
    talk = session(facebook or connector(), NOW)
    return replay(converse(coroutine, talk), answers, now=NOW)


def listing(*items: Any, after: str | None = None) -> dict[str, Any]:
    """A listing's answer; where there is more, a link that holds a token leads to it."""
    paging: dict[str, Any] = {"cursors": {"before": "b", "after": after or "end"}}
    if after is not None:
        paging["next"] = f"https://graph.facebook.com/v26.0/x?access_token=EAAtoken&after={after}"
    return {"data": list(items), "paging": paging}


def stamp(text: str) -> str:
    """A time of 20 November 2026, as in ``10:15:30``."""
    return f"2026-11-20T{text}+0000"


def post(post_id: str = POST, message: str | None = "New opening hours", **more: Any) -> dict[str, Any]:
    told = {
        "id": post_id,
        "created_time": stamp("09:00:00"),
        "updated_time": stamp("09:00:00"),
        "from": ACME,
        "permalink_url": f"https://www.facebook.com/{post_id}",
        "is_hidden": False,
        "is_published": True,
        "status_type": "mobile_status_update",
        "comments": {"data": [], "summary": {"order": "chronological", "total_count": 1}},
        **more,
    }
    return told if message is None else {**told, "message": message}


def comment(
    comment_id: str = COMMENT, message: str = "Are you open on Sunday?", **more: Any
) -> dict[str, Any]:
    return {
        "id": comment_id,
        "message": message,
        "created_time": stamp("10:15:30"),
        "from": JO,
        "is_hidden": False,
        "can_comment": True,
        "can_hide": True,
        "can_like": True,
        "can_remove": True,
        "can_reply_privately": True,
        "comment_count": 0,
        "like_count": 2,
        "permalink_url": f"https://www.facebook.com/{POST}?comment_id=300001",
        **more,
    }


def message(message_id: str = "m_1", text: str = "hi", **more: Any) -> dict[str, Any]:
    return {
        "id": message_id,
        "created_time": stamp("10:15:30"),
        "from": {**JO, "email": "7001@facebook.com"},
        "to": {"data": [ACME]},
        "message": text,
        **more,
    }


def thread(*messages: Any, updated: str = "10:15:30", person: str = PSID, **more: Any) -> dict[str, Any]:
    return {
        "id": f"t_{person}",
        "updated_time": stamp(updated),
        "participants": {"data": [{"id": person, "name": "Jo Doe"}, ACME]},
        "messages": {"data": list(messages)},
        **more,
    }


def change(field: str = "feed", **value: Any) -> dict[str, Any]:
    """A delivery of one change on the Page."""
    return {
        "object": "page",
        "entry": [{"id": ME, "time": 1795169731, "changes": [{"field": field, "value": value}]}],
    }


def event(*, standby: bool = False, own: bool = False, **told: Any) -> dict[str, Any]:
    """A delivery of one messaging event."""
    people = ({"id": ME}, {"id": PSID}) if own else ({"id": PSID}, {"id": ME})
    happened = {"sender": people[0], "recipient": people[1], "timestamp": 1795169730123, **told}
    name = "standby" if standby else "messaging"
    return {"object": "page", "entry": [{"id": ME, "time": 1795169731000, name: [happened]}]}


def delivery(body: Any, secret: str | None = "testsecret", **headers: str) -> WebhookRequest:
    """A request to the webhook, signed with the app's secret unless that is None."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    if secret is not None:
        digest = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
        headers.setdefault("X_Hub_Signature_256", f"sha256={digest}")
    return WebhookRequest(
        headers={name.replace("_", "-"): value for name, value in headers.items()}, body=content
    )


def items(body: Any, facebook: FacebookConnector | None = None) -> list[Any]:
    """What a delivery means, item by item; what is of no interest left out."""
    page = facebook or connector()
    read = [page.parse(raw) for raw in page.parse_webhook(delivery(body))]
    return [item for item in read if item is not None]


def only(found: list[Any]) -> Mention:
    (item,) = found
    assert isinstance(item, Mention)
    return item
