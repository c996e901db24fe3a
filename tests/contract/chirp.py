"""Chirp's side of the wire, and the tutorial's connector, for trying the suite itself."""

from __future__ import annotations

import importlib.util
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from socialdesk.connector import Connector
from socialdesk.testing.sandbox import Answer, Sandbox, json_response
from socialdesk.wire import Json, Request, Response

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "hello_plugin"
TOKEN = "chirp-token-of-the-brand"
PAGE_SIZE = 50


def load(name: str, path: Path) -> Any:
    """A module from a file that is not on the path."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


EXAMPLE_MODULE = load("socialdesk_chirp", EXAMPLE / "socialdesk_chirp.py")
Chirp: type[Connector[Any, Any]] = EXAMPLE_MODULE.Chirp


class ChirpSandbox(Sandbox):
    """A small platform: mentions newest first in pages of 50, and chirps of the brand."""

    platform = "chirp"

    def __init__(self) -> None:
        super().__init__()
        self.restart()

    def restart(self) -> None:
        self.mentions: list[dict[str, Any]] = []
        self.spoken: list[str] = []
        self.expired = False

    def expire_credentials(self, request: Request) -> None:
        self.expired = True

    @property
    def credentials(self) -> dict[str, str]:
        return {"token": TOKEN}

    @property
    def settings(self) -> dict[str, Any]:
        return {"token": TOKEN, "base_url": self.base_url}

    def snapshot(self) -> dict[str, Any]:
        return {"mentions": self.mentions, "spoken": self.spoken}

    def limit_headers(self, request: Request, resets_at: datetime) -> dict[str, str]:
        return {"Retry-After": str(int((resets_at - self.clock.now()).total_seconds()))}

    def complain(self, text: str) -> str:
        """A customer says something to the brand."""
        number = f"c{len(self.mentions) + 1:05}"
        chirp: dict[str, Any] = {
            "id": number,
            "thread": number,
            "reply_to": None,
            "audience": "everyone",
            "text": text,
            "tags": [],
        }
        author = {"id": "u7", "handle": "ann"}
        self.mentions.append({**chirp, "author": author, "at": self.clock.now().isoformat()})
        return number

    def answer(self, request: Request) -> Answer:
        if self.expired or request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Answer(self.refusal(401))
        if request.method == "POST":
            assert isinstance(request.body, Json)
            self.spoken.append(request.body.value["text"])
            number = f"s{len(self.spoken)}"
            return Answer(
                json_response(201, {"id": number, "url": f"https://chirp.example/{number}"}), "brand"
            )
        return Answer(self._listing(request), "brand")

    def _listing(self, request: Request) -> Response:
        top = request.params.get("page") or request.params.get("before") or "d"
        shown = [
            chirp for chirp in reversed(self.mentions) if request.params.get("after", "") < chirp["id"] < top
        ]
        page = shown[:PAGE_SIZE]
        oldest = page[-1]["id"] if page else None
        newest = page[0]["id"] if page else None
        more = oldest if len(shown) > PAGE_SIZE else None
        return json_response(200, {"items": page, "newest": newest, "oldest": oldest, "next": more})
