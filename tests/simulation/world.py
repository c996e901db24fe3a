"""A toy platform with a clock of its own, and a world around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
from pydantic import SecretStr

from socialdesk.auth import Auth, OAuth2
from socialdesk.connector import (
    Capabilities,
    Connector,
    Gone,
    Item,
    NoApp,
    Page,
    Part,
    Profile,
    Raw,
    Search,
    Sent,
    Settings,
    Stream,
    Stub,
    Window,
)
from socialdesk.models import ExternalId, Mention
from socialdesk.testing import simulation
from socialdesk.testing.simulation import SimWorker, Struck
from socialdesk.wire import Form, Json, Request, Response, TransportError

__all__ = ["GRACE", "HOST", "START", "Platform", "SimWorker", "Struck", "Toy", "World"]

HOST = "https://toy.test"
START = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
GRACE = timedelta(seconds=300)


class Config(Settings):
    base_url: str = HOST
    refresh: SecretStr = SecretStr("r0")


class Toy(Connector[Config, NoApp]):
    """A platform as plain as can be; ``settle`` is what it offers for settling unknown outcomes."""

    platform = "toy"
    Config = Config
    streams = (Stream("mentions"), Stream("replies"))
    settle: Any = "readback"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            abilities=frozenset({"reply", "lookup"}), lookup_batch=10, settle=self.settle, grace=GRACE
        )

    def auth(self, role: str) -> Auth:
        return OAuth2(f"{HOST}/token", "client", None, SecretStr("a0"), self.config.refresh)

    async def identify(self) -> Profile:
        return Profile(id="us", handle="us")

    async def fetch(self, window: Window) -> Page:
        params = {"since": window.since, "until": window.until, "page": window.page}
        body = (await Request("GET", f"{HOST}/{window.stream}", params=params)).json()
        ids = [item["id"] for item in body["items"]]
        return Page(
            [Raw("item", item) for item in body["items"]],
            next=body["next"],
            resume=ids[0] if ids else None,
            span=(ids[-1], ids[0]) if ids else None,
        )

    def parse(self, raw: Raw) -> Item | None:
        body = raw.body
        identity = ExternalId("toy", "post", body["of"] if "of" in body else body["id"])
        match body["is"]:
            case "gone":
                return Gone(id=identity)
            case "stub":
                return Stub(id=identity)
        return Mention(
            id=identity,
            kind="mention",
            text=body["text"],
            revision=body.get("revision", 0),
            conversation=identity,
            created_at=START,
        )

    async def lookup(self, ids: Any) -> tuple[Raw, ...]:
        wanted = ",".join(identity.value for identity in ids)
        body = (await Request("GET", f"{HOST}/lookup", params={"ids": wanted})).json()
        return tuple(Raw("item", item) for item in body["items"])

    async def send(self, part: Part) -> Sent:
        target = part.done[-1].id if part.done else part.target.id.value if part.target else None
        body = {"text": part.text, "to": target, "key": part.key}
        answer = (await Request("POST", f"{HOST}/posts", body=Json(body))).json()
        return Sent(answer["id"])

    async def find_sent(self, part: Part) -> Search:
        target = part.done[-1].id if part.done else part.target.id.value if part.target else None
        posts = (await Request("GET", f"{HOST}/own")).json()["posts"]
        found = [Sent(post["id"]) for post in posts if (post["text"], post["to"]) == (part.text, target)]
        return Search(found=tuple(found), reached=True)

    def count(self, text: str, mode: Any) -> Any:
        from socialdesk.connector import Count

        return Count(used=len(text), limit=40)


@dataclass
class Platform:
    """The toy platform's state. ``outcomes`` says how it treats the next posts; then all is well."""

    now: datetime = START
    streams: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"mentions": [], "replies": []})
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    late: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    access: str = "a0"
    dead: bool = False
    page_size: int = 2
    refreshes: int = 0
    requests: int = 0

    def __post_init__(self) -> None:
        self.clock = ToyClock(self)

    def advance(self, span: timedelta) -> None:
        self.now += span
        for at, post in list(self.late):
            if at <= self.now:
                self.late.remove((at, post))
                self._apply(post)

    def _apply(self, post: dict[str, Any]) -> str:
        made = {**post, "id": f"p{len(self.posts) + 1}"}
        self.posts.append(made)
        return str(made["id"])

    def send(self, request: Request, timeout: float) -> Response:
        self.requests += 1
        if request.path == "/token":
            return self._token(request)
        if request.headers["authorization"] != f"Bearer {self.access}":
            return Response(401, {}, b"{}")
        if request.method == "POST":
            return self._post(request)
        if request.path == "/own":
            return _json({"posts": self.posts})
        if request.path == "/lookup":
            known = [self.things[one] for one in str(request.params["ids"]).split(",") if one in self.things]
            return _json({"items": known})
        return self._listing(request)

    def _token(self, request: Request) -> Response:
        assert isinstance(request.body, Form)
        if self.dead or request.body.fields["refresh_token"] != f"r{self.refreshes}":
            self.dead = True
            return Response(400, {}, b'{"error": "invalid_grant"}')
        self.refreshes += 1
        self.access = f"a{self.refreshes}"
        return _json({"access_token": self.access, "refresh_token": f"r{self.refreshes}"})

    def _listing(self, request: Request) -> Response:
        items = self.streams[request.path.strip("/")]
        since, until = request.params.get("since"), request.params.get("until")
        wanted = [item for item in items if since is None or int(item["id"]) > int(since)]
        wanted = [item for item in wanted if until is None or int(item["id"]) < int(until)]
        wanted = sorted(wanted, key=lambda item: -int(item["id"]))
        start = int(request.params.get("page", 0))
        end = start + self.page_size
        return _json({"items": wanted[start:end], "next": str(end) if end < len(wanted) else None})

    def _post(self, request: Request) -> Response:
        assert isinstance(request.body, Json)
        outcome = self.outcomes.pop(0) if self.outcomes else "ok"
        post = dict(request.body.value)
        if outcome in ("answer lost", "500 applied", "unreadable"):
            self._apply(post)
        match outcome:
            case "ok":
                return _json({"id": self._apply(post)}, 201)
            case "answer lost" | "request lost" | "applied late" | "refused connection":
                if outcome == "applied late":
                    self.late.append((self.now + timedelta(seconds=100), post))
                raise TransportError(outcome, sent=outcome != "refused connection")
            case "unreadable":
                return Response(201, {}, b"<html>")
            case "401" | "401 dead":
                self.access, self.dead = "ended", outcome == "401 dead"
        return Response(int(outcome[:3]), {"retry-after": "60"} if outcome == "429" else {}, b"{}")


def _json(value: Any, status: int = 200) -> Response:
    return Response(status, {"content-type": "application/json"}, orjson.dumps(value))


class ToyClock:
    """The toy platform's own time, as a simulation asks for it."""

    def __init__(self, platform: Any) -> None:
        self._platform = platform

    def now(self) -> datetime:
        now: datetime = self._platform.now
        return now

    def advance(self, *, seconds: float) -> None:
        self._platform.advance(timedelta(seconds=seconds))


class World(simulation.World):
    """A world around the toy platform, with its account connected."""

    def __init__(
        self,
        settle: str = "readback",
        *,
        kind: type[Connector[Any, Any]] = Toy,
        platform: Any = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = type("ToyHere", (kind,), {"settle": settle})
        stage = simulation.Stage(
            connector=self.kind, platform=Platform, complain=lambda *_: None, spoken=lambda _: ()
        )
        self.unrecorded: list[str] = []  # what was said without an open attempt on record, or twice for one
        self._spoken: set[tuple[str, int]] = set()
        super().__init__(stage, platform=platform)
        self.connect(settings)

    def perform(self, effect: Any) -> Any:
        if isinstance(effect, Request) and effect.does == "speaks":
            self._look_for_record(effect)
        return super().perform(effect)

    def _look_for_record(self, request: Request) -> None:
        """Before its first byte, a post has to be on record as under way: once for each attempt."""
        assert isinstance(request.body, Json)
        key = request.body.value["key"]
        under_way = self.rows(
            "SELECT part.epoch FROM socialdesk_part part JOIN socialdesk_attempt attempt"
            " ON attempt.part_id = part.id AND attempt.epoch = part.epoch"
            " WHERE part.id = ? AND part.state = 'sending' AND attempt.ended_at IS NULL",
            key,
        )
        said = (key, under_way[0][0]) if len(under_way) == 1 else None
        if said is None or said in self._spoken:
            self.unrecorded.append(f"{key}: {under_way}")
        else:
            self._spoken.add(said)
