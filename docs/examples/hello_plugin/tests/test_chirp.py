"""Chirp keeps to the contract of a connector."""

import json
from datetime import datetime, timezone

from pydantic import SecretStr

# [suite]
from socialdesk_chirp import Chirp, Config

from socialdesk.connector import NoApp, Window
from socialdesk.testing import ConnectorSuite, replay
from socialdesk.wire import Response

# [end]


# [pages]
def chirp(number: int, **fields: object) -> dict[str, object]:
    """A chirp as the platform tells it."""
    return {
        "id": f"c{number}",
        "thread": "c1",
        "reply_to": None,
        "audience": "everyone",
        "author": {"id": "u7", "handle": "ann"},
        "text": "📞 One cent! #bill",
        "tags": [{"start": 12, "end": 17, "text": "#bill"}],
        "at": "2026-11-20T09:00:00Z",
        **fields,
    }


def page(*chirps: dict[str, object], next: str | None = None) -> Response:
    """A page of them, newest first."""
    ids = [chirp["id"] for chirp in chirps]
    body = {"items": chirps, "newest": ids[0], "oldest": ids[-1], "next": next}
    return Response(200, {"Content-Type": "application/json"}, json.dumps(body).encode())


# [end]
PAGES = [page(chirp(4), chirp(3, reply_to="c1"), next="p2"), page(chirp(2, audience="followers"))]
POSTED = Response(201, {}, b'{"id": "c5", "url": "https://chirp.example/c5"}')


# [driven]
def test_a_page_is_asked_for_and_read() -> None:
    chirp = Chirp(Config(token=SecretStr("secret")), NoApp())
    window = Window(stream="mentions", now=datetime(2026, 11, 20, tzinfo=timezone.utc))
    done = replay(chirp.fetch(window), PAGES[:1])
    assert done.requests[0].url == "https://api.chirp.example/v1/mentions"
    assert chirp.parse(done.result.items[0]).text == "📞 One cent! #bill"


# [end]


# [minimal]
class TestChirp(ConnectorSuite):
    connector = Chirp
    settings = {"token": "secret"}
    pages = PAGES
    # [end]
    # [more]
    sent = POSTED
    refusals = [(Response(403, {"Chirp-Error": "blocked"}), "blocked")]
    # [end]
