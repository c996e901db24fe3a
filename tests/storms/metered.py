"""A platform with one limit for all accounts of a machine, which it keeps exactly and tells of in every answer.

Each account's listing has a past without end, so that polling takes as much as it is given; answers to it draw on the
same limit. Every request is on record with the moment at which it arrived.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from socialdesk import Registry
from socialdesk.connector import (
    Capabilities,
    Connector,
    Item,
    Limit,
    LimitReading,
    NoApp,
    Page,
    Part,
    Profile,
    Raw,
    Sent,
    Settings,
    Stream,
    Window,
)
from socialdesk.models import ExternalId, Mention
from socialdesk.testing.sandbox import Answer, Incoming, Sandbox, json_response
from socialdesk.wire import Json, Request, Response

LIMIT, PER = 100, 5.0
"""Calls in so many seconds."""
CALLS = {"calls": 1}
FIRST = 10**9
TIMEOUT = 5.0


class Config(Settings):
    base_url: str
    me: str


class Metered(Connector[Config, NoApp]):
    """Hears and answers on that platform. A post that cannot be seen at once is never looked for."""

    platform = "metered"
    Config = Config
    App = NoApp
    streams = (Stream("mentions", late=0),)

    @property
    def limits(self) -> tuple[Limit, ...]:
        return (Limit(LIMIT, per=PER, bucket="calls", shared_by="ip"),)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(abilities=frozenset({"reply"}), settle="none", grace=timedelta(seconds=60))

    def read_limits(self, response: Response) -> Iterator[LimitReading]:
        if "x-left" in response.headers:
            yield LimitReading(
                bucket="calls",
                limit=int(response.headers["x-limit"]),
                remaining=int(response.headers["x-left"]),
                resets_at=datetime.fromisoformat(response.headers["x-reset"]),
            )

    async def identify(self) -> Profile:
        return Profile(id=self.config.me, handle=self.config.me)

    async def fetch(self, window: Window) -> Page:
        params = {"me": self.config.me, "until": window.until, "page": window.page}
        url = f"{self.config.base_url}/mentions"
        body = (await Request("GET", url, auth="none", params=params, spends=CALLS)).json()
        ids = [item["id"] for item in body["items"]]
        items = [Raw("item", item) for item in body["items"]]
        return Page(items, next=body["next"], resume=ids[0], span=(ids[-1], ids[0]))

    def parse(self, raw: Raw) -> Item:
        said = ExternalId("metered", "post", raw.body["id"])
        return Mention(
            id=said,
            kind="mention",
            text=raw.body["text"],
            conversation=said,
            created_at=datetime.now(timezone.utc),
        )

    async def send(self, part: Part) -> Sent:
        url = f"{self.config.base_url}/posts"
        request = Request("POST", url, auth="none", body=Json({"text": part.text}), spends=CALLS)
        return Sent((await request).json()["id"])


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request, by this machine's monotonic clock: when it came, whether it said something, and, where it was refused
    for the limit, until when the answer told to wait."""

    at: float
    speaks: bool
    until: float | None = None


class MeteredSandbox(Sandbox):
    """The platform. It lists one item to each until it is ``endless``; :meth:`refuse` lets it refuse everything for a
    while, as when others use up the limit."""

    platform = "metered"

    def __init__(self) -> None:
        super().__init__(start=datetime.now(timezone.utc))
        self.restart()

    def restart(self) -> None:
        self.arrivals: list[Arrival] = []
        self.said: dict[str, float] = {}
        self.used: Counter[int] = Counter()
        self.spoken: Counter[int] = Counter()
        self.waits_until: datetime | None = None
        self.endless = False

    def refuse(self, seconds: float) -> None:
        """Refuse whatever comes from now on, with a Retry-After that ends in so many seconds, or a little later."""
        with self.lock:
            self.waits_until = self.clock.now() + timedelta(seconds=seconds)

    def window(self) -> int:
        return int(self.clock.monotonic() // PER)

    def answer(self, request: Request) -> Answer:
        now, window = self.clock.now(), self.window()
        waits = self.waits_until is not None and now < self.waits_until
        speaks = request.method == "POST"
        ends = self.clock.start + timedelta(seconds=PER * (window + 1))
        at = time.monotonic()
        if waits or self.used[window] >= LIMIT:
            until = self.waits_until if waits and self.waits_until is not None else ends
            seconds = -(-(until - now) // timedelta(seconds=1))
            self.arrivals.append(Arrival(at, speaks, at + seconds))
            return Answer(json_response(429, {}, {"retry-after": str(seconds)}))
        self.arrivals.append(Arrival(at, speaks))
        self.used[window] += 1
        self.spoken[window] += speaks
        told = {"x-limit": f"{LIMIT}", "x-left": f"{LIMIT - self.used[window]}", "x-reset": ends.isoformat()}
        return Answer(json_response(200, self._said(request) if speaks else self._listed(request), told))

    def _said(self, request: Request) -> dict[str, Any]:
        self.said.setdefault(orjson.loads(Incoming(request).body)["text"], time.monotonic())
        return {"id": f"s{len(self.said)}"}

    def _listed(self, request: Request) -> dict[str, Any]:
        query = Incoming(request).query
        page = int(query.get("page") or 0)
        number = int(query.get("until") or 2 * FIRST) - 1 - page if self.endless else FIRST
        item = {"id": str(number), "text": f"question {number}"}
        return {"items": [item], "next": str(page + 1) if self.endless else None}


def metered_registry() -> Registry:
    return Registry(extra=[Metered])
