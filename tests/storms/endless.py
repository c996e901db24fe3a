"""A platform without end, in the process that uses it: each poll finds twenty more, each post is taken."""

from __future__ import annotations

import time
from typing import Any

import orjson

from socialdesk.connector import Stream
from socialdesk.wire import Request, Response
from tests.desk.whole import Whole

PAGE = 20


class Listed(Whole):
    """A connector of which nothing shows late, so that no sweep goes over what was listed before."""

    streams = (Stream("mentions", late=0), Stream("messages", late=0))


class Endless:
    """The transport of that connector. ``top`` is the newest item that was listed, and a
    post in which ``hangs_on`` stands is never answered."""

    def __init__(self) -> None:
        self.top = 0
        self.hangs_on = ""

    def send(self, request: Request, timeout: float) -> Response:
        if request.path == "/posts":
            return self._post(request)
        if request.path != "/mentions":
            return _json({"items": [], "top": None})
        since = int(request.params.get("since") or 0)
        self.top = since + PAGE
        items = [
            {"id": str(number), "text": f"question {number}?"} for number in range(since + 1, self.top + 1)
        ]
        return _json({"items": items, "top": str(self.top)})

    def _post(self, request: Request) -> Response:
        text = request.body.value["text"]  # type: ignore[union-attr]  # Whole sends JSON
        if self.hangs_on and self.hangs_on in text:
            time.sleep(600)
        return _json({"id": str(time.time_ns())}, 201)

    def close(self) -> None:
        pass


def _json(value: Any, status: int = 200) -> Response:
    return Response(status, {"content-type": "application/json"}, orjson.dumps(value))
