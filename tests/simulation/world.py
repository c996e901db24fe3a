"""A small world: a toy platform on a virtual clock, a desk's tables, and workers that can be struck down.

The flows are those that ship. Every effect that they ask for is a place where a worker may be struck, before the
effect is performed or after it; what it held is then never cleaned up, as when a process is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

import orjson
from pydantic import SecretStr

from socialdesk._engine.effects import Call, Exclusive, Sleep, TakeStamp, Work
from socialdesk._engine.streaming import opened
from socialdesk.auth import Auth, OAuth2, Stamp
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
from socialdesk.desk.flows import DeskFlows
from socialdesk.desk.hooks import Hooks
from socialdesk.desk.store import SqlStore
from socialdesk.desk.vault import Vault, new_key
from socialdesk.desk.workplace import Workshop
from socialdesk.media import Files, MediaFolder
from socialdesk.models import ExternalId, Mention
from socialdesk.registry import Registry
from socialdesk.wire import Flow, Form, Json, Request, Response, TransportError

HOST = "https://toy.test"
START = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
GRACE = timedelta(seconds=300)
TIMEOUT = 30.0
KEY = new_key()


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


class Struck(BaseException):
    """The worker is no more."""


class SimWorker:
    """A worker whose life is the world's to take."""

    def __init__(self, name: str, living: set[str]) -> None:
        self.name = name
        self._living = living
        self._runs = itertools.count(1)

    @contextlib.contextmanager
    def run(self) -> Iterator[str]:
        owner = f"{self.name}/{next(self._runs)}"
        self._living.add(owner)
        try:
            yield owner
        finally:
            self._living.discard(owner)

    def is_alive(self, owner: str | None) -> bool:
        return owner in self._living

    def die(self) -> None:
        for owner in [owner for owner in self._living if owner.startswith(f"{self.name}/")]:
            self._living.discard(owner)


@cache
def _migrated() -> tuple[SqlStore, sqlite3.Connection]:
    """A store in memory with its tables made, and a copy of it from then."""
    store = SqlStore("sqlite://")
    store._prepare()
    template = sqlite3.connect(":memory:", check_same_thread=False)
    _driver_connection(store).backup(template)
    return store, template


def _fresh_store() -> SqlStore:
    """The tables, empty: one store serves every world, put back to what it was when it was migrated."""
    store, template = _migrated()
    template.backup(_driver_connection(store))
    return store


def _driver_connection(store: SqlStore) -> sqlite3.Connection:
    with store._get_engine().connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver


class World:
    """One run: a platform, the tables, and any number of workers one after the other or side by side."""

    def __init__(
        self,
        settle: str = "readback",
        *,
        kind: type[Connector[Any, Any]] = Toy,
        platform: Any = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.platform = platform or Platform()
        self.store = _fresh_store()
        self.kind = type("ToyHere", (kind,), {"settle": settle})
        self.living: set[str] = set()
        self.dropped: list[Any] = []  # struck coroutines stay unclosed until the world is dropped
        self.monotonic = 0.0
        self.unrecorded: list[str] = []  # what was said without an open attempt on record, or twice for one
        self._spoken: set[tuple[str, int]] = set()
        self._names = itertools.count(1)
        self._nonces = itertools.count(1)
        self.worker = self.new_worker()
        connect = self.flows().connect(kind.platform, name="acme", settings=settings or {}, hear_from=None)
        self.run(connect)

    def new_worker(self) -> SimWorker:
        return SimWorker(f"w{next(self._names)}", self.living)

    def flows(self, worker: SimWorker | None = None) -> DeskFlows:
        registry = Registry(extra=[self.kind])
        vault = Vault((KEY,))
        return DeskFlows(
            registry=registry,
            workshop=Workshop(registry, vault),
            vault=vault,
            worker=worker or self.worker,  # type: ignore[arg-type]  # has all that is used of one
            hooks=Hooks(registry),
            media=MediaFolder(None),
            timeout=TIMEOUT,
        )

    def perform(self, effect: Any) -> Any:
        match effect:
            case Request():
                if effect.does == "speaks":
                    self._look_for_record(effect)
                response = self.platform.send(opened(effect, Files(), "between-the-parts"), TIMEOUT)
                return Response(
                    response.status, response.headers, response.body, received_at=self.platform.now
                )
            case Call():
                return self.store.perform(effect)
            case TakeStamp():
                return Stamp(self.platform.now, next(self._nonces).to_bytes(16, "big"), self.monotonic)
            case Work():
                return effect.compute()
            case Sleep():
                return self.advance(effect.seconds)
            case Exclusive():
                return None
        raise AssertionError(effect)

    def _look_for_record(self, request: Request) -> None:
        """Before its first byte, a post has to be on record as under way: once for each attempt."""
        assert isinstance(request.body, Json)
        key = request.body.value["key"]
        under_way = _driver_connection(self.store).execute(
            "SELECT part.epoch FROM socialdesk_part part JOIN socialdesk_attempt attempt"
            " ON attempt.part_id = part.id AND attempt.epoch = part.epoch"
            " WHERE part.id = ? AND part.state = 'sending' AND attempt.ended_at IS NULL",
            (key,),
        )
        epochs = under_way.fetchall()
        said = (key, epochs[0][0]) if len(epochs) == 1 else None
        if said is None or said in self._spoken:
            self.unrecorded.append(f"{key}: {epochs}")
        else:
            self._spoken.add(said)

    def advance(self, seconds: float) -> None:
        self.monotonic += seconds
        self.platform.advance(timedelta(seconds=seconds))

    def run(self, flow: Flow[Any], strike: Callable[[int, Any, str], bool] = lambda *_: False) -> Any:
        """Drive a flow; where ``strike(index, effect, "before" | "after")`` says so, its worker dies there."""
        answer: Any = None
        error: Exception | None = None
        for index in itertools.count():
            try:
                effect = flow.throw(error) if error is not None else flow.send(answer)
            except StopIteration as stop:
                return stop.value
            answer, error = None, None
            self._maybe(strike(index, effect, "before"), flow)
            try:
                answer = self.perform(effect)
            except Exception as raised:
                error = raised
            self._maybe(strike(index, effect, "after"), flow)
        raise AssertionError

    def cancel(self, flow: Flow[Any], point: int, when: str) -> bool:
        """Drive a flow that is cancelled before or after an effect; False where it ended before that."""
        answer: Any = None
        error: BaseException | None = None
        for index in itertools.count():
            try:
                effect = flow.throw(error) if error is not None else flow.send(answer)
            except StopIteration:
                return False
            except asyncio.CancelledError:
                return True
            answer, error = None, None
            if index == point and when == "before":
                error = asyncio.CancelledError()
                continue
            try:
                answer = self.perform(effect)
            except Exception as raised:
                error = raised
            if index == point:
                error = asyncio.CancelledError()
        raise AssertionError

    def _maybe(self, struck: bool, flow: Flow[Any]) -> None:
        if struck:
            self.dropped.append(flow)
            raise Struck

    def count_effects(self, flow: Flow[Any]) -> list[Any]:
        seen: list[Any] = []
        self.run(flow, lambda index, effect, when: bool(when == "before" and seen.append(effect)))
        return seen

    def restart(self) -> None:
        """The worker died; another takes its place."""
        self.worker.die()
        self.worker = self.new_worker()

    def settle(self, steps: int = 25) -> None:
        """Drain until nothing waits, however long that takes on the platform's clock."""
        flows = self.flows()
        for _ in range(steps):
            self.run(flows.drain())
            if not {"pending", "sending", "unknown"} & set(self.part_states()):
                return
            self.advance(150)

    def rows(self, sql: str) -> list[Any]:
        return _driver_connection(self.store).execute(sql).fetchall()

    def part_states(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT state FROM socialdesk_part ORDER BY rowid")]

    def close(self) -> None:
        for flow in self.dropped:
            with contextlib.suppress(BaseException):
                flow.close()
