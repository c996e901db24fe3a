"""A toy platform's connector, a transport that is a function, and one face for all three ways to run a flow."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import anyio
import anyio.lowlevel
from pydantic import SecretStr

from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.ledger import Ledger
from socialdesk._engine.runtime import Runtime
from socialdesk._engine.session import Session
from socialdesk.auth import Auth, Bearer
from socialdesk.client import AsyncClient, Batch, Client
from socialdesk.connector import (
    Capabilities,
    Connector,
    Count,
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
    Topic,
    Window,
)
from socialdesk.errors import PlatformError
from socialdesk.models import ExternalId, Mention, Mode, Plan, Receipt, Reply, Rule
from socialdesk.wire import AuthRole, Flow, Json, Request, Response

T = TypeVar("T")

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
HOST = "https://chirp.test"
CANARY = "canary-5f0c1e"


class StillClock:
    """Time that passes only by sleeping; chance that counts."""

    def __init__(self) -> None:
        self.at = NOW
        self.slept: list[float] = []
        self._drawn = itertools.count(1)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOW).total_seconds()

    def nonce(self) -> bytes:
        number = next(self._drawn)
        return number.to_bytes(8, "big") + (number * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8, "big")

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)
        await anyio.lowlevel.checkpoint()


class ToyTransport:
    """Answers by a function of the request; an exception that it gives is raised. ``sent`` is what came through."""

    def __init__(self, answer: Callable[[Request], Response | Exception]) -> None:
        self.clock = StillClock()
        self.sent: list[Request] = []
        self._answer = answer

    def send(self, request: Request, timeout: float) -> Response:
        self.sent.append(request)
        answer = self._answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def asend(self, request: Request, timeout: float) -> Response:
        await anyio.lowlevel.checkpoint()
        return self.send(request, timeout)


def answers(*those: Response | Exception) -> Callable[[Request], Response | Exception]:
    """Those answers one after the other."""
    left = iter(those)
    return lambda request: next(left)


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, {"content-type": "application/json", **(headers or {})}, Json_dumps(value))


def Json_dumps(value: Any) -> bytes:
    return Request("POST", HOST, body=Json(value)).content()[0]


class ChirpConfig(Settings):
    base_url: str = HOST
    token: SecretStr = SecretStr(CANARY)


class Chirp(Connector[ChirpConfig, NoApp]):
    """Mentions come a page at a time; what is sent may be 20 characters long."""

    platform = "chirp"
    Config = ChirpConfig
    streams = (Stream("mentions"), Stream("search", batch=1), Stream("replies", batch=1))
    capabilities = Capabilities(abilities=frozenset({"reply", "lookup"}), lookup_batch=2)

    def __init__(
        self, config: ChirpConfig | None = None, app: NoApp | None = None, profile: Profile | None = None
    ) -> None:
        super().__init__(config or ChirpConfig(), app or NoApp(), profile or Profile(id="us"))

    def auth(self, role: AuthRole) -> Auth:
        return Bearer(self.config.token)

    async def fetch(self, window: Window) -> Page:
        params = {"since": window.since, "until": window.until, "page": window.page}
        if window.topics:
            params["topic"] = window.topics[0].key
        body = (await Request("GET", f"{HOST}/mentions", params=params)).json()
        return Page(
            [Raw("mention", item) for item in body["items"]],
            next=body.get("next"),
            resume=body.get("resume"),
            span=tuple(body["span"]) if "span" in body else None,
        )

    def parse(self, raw: Raw) -> Item | None:
        return Mention(
            id=ExternalId("chirp", "post", raw.body["id"]), kind="mention", text=raw.body.get("text", "")
        )

    async def send(self, part: Part) -> Sent:
        response = await Request("POST", f"{HOST}/posts", body=Json({"text": part.text}))
        return Sent(response.json()["id"])

    async def lookup(self, ids: Any) -> tuple[Raw, ...]:
        response = await Request("GET", f"{HOST}/posts", params={"ids": ",".join(i.value for i in ids)})
        return tuple(Raw("mention", item) for item in response.json())

    def queries(self, rule: Rule) -> tuple[Topic, ...]:
        return (Topic(f"q:{rule.phrase}", exact=False),)

    def count(self, text: str, mode: Mode) -> Count:
        return Count(used=len(text), limit=20)


def chirp(
    *,
    auth: Auth | None = None,
    limits: tuple[Limit, ...] = (),
    check: Callable[[Response], PlatformError | None] | None = None,
    read_limits: Callable[[Response], Iterable[LimitReading]] | None = None,
    **methods: Any,
) -> Chirp:
    """A Chirp with some of its methods replaced."""
    body: dict[str, Any] = dict(methods)
    if auth is not None:
        body["auth"] = lambda self, role: auth
    if limits:
        body["limits"] = limits
    if check is not None:
        body["check"] = lambda self, response: check(response)
    if read_limits is not None:
        body["read_limits"] = lambda self, response: read_limits(response)
    kind: type[Chirp] = type("Chirp", (Chirp,), body)
    return kind()


def session(connector: Connector[Any, Any] | None = None, **fields: Any) -> Session:
    connector = connector or chirp()
    return Session(connector, Ledger(connector.limits, {"account": "a", "app": "p", "ip": "m"}), **fields)


class Face:
    """One way to run flows and clients: in the thread, under asyncio, under trio."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def drive(self, flow: Callable[[], Flow[T]], runtime: Runtime) -> T:
        if self.kind == "sync":
            return Driver(runtime).run(flow())
        return anyio.run(lambda: AsyncDriver(runtime).run(flow()), backend=self.kind)

    def converse(self, flow: Callable[[], Flow[T]], transport: ToyTransport) -> T:
        return self.drive(flow, Runtime(transport, transport.clock))

    def client(self, connector: Connector[Any, Any], transport: Any, **options: Any) -> ClientFace:
        return ClientFace(self.kind, connector, {"transport": transport, **options})


class ClientFace:
    """A Client or an AsyncClient with the same methods; ``fetch`` gives all batches, and what ended it."""

    def __init__(self, kind: str, connector: Connector[Any, Any], options: dict[str, Any]) -> None:
        self.kind = kind
        self._client: Any = (Client if kind == "sync" else AsyncClient)(connector, **options)

    def _do(self, name: str, *args: Any) -> Any:
        method = getattr(self._client, name)
        return method(*args) if self.kind == "sync" else anyio.run(method, *args, backend=self.kind)

    @property
    def connector(self) -> Connector[Any, Any]:
        connector: Connector[Any, Any] = self._client.connector
        return connector

    def send(self, reply: Reply | Plan) -> Receipt:
        receipt: Receipt = self._do("send", reply)
        return receipt

    def plan(self, reply: Reply) -> Plan:
        plan: Plan = self._do("plan", reply)
        return plan

    def identify(self) -> Profile:
        profile: Profile = self._do("identify")
        return profile

    def lookup(self, ids: list[ExternalId]) -> tuple[Item, ...]:
        items: tuple[Item, ...] = self._do("lookup", ids)
        return items

    def fetch(self, *args: Any, **options: Any) -> tuple[list[Batch], Exception | None]:
        batches: list[Batch] = []

        async def gather() -> None:
            async for batch in self._client.fetch(*args, **options):
                batches.append(batch)  # noqa: PERF401 - what came before an error counts too

        try:
            if self.kind == "sync":
                for batch in self._client.fetch(*args, **options):
                    batches.append(batch)  # noqa: PERF402 - as above
            else:
                anyio.run(gather, backend=self.kind)
        except Exception as error:
            return batches, error
        return batches, None
