"""What every check of the suite works with: the connector under test, answers for it, and ways to drive it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, NoReturn, TypeVar
from unittest import SkipTest

from socialdesk._engine.cursor import Cursor, Paging
from socialdesk._engine.drive import Driver
from socialdesk._engine.exchange import converse
from socialdesk._engine.ledger import Ledger
from socialdesk._engine.outbox import plan_parts
from socialdesk._engine.retry import Backoff
from socialdesk._engine.runtime import Runtime
from socialdesk._engine.session import MemoryTokens, Session
from socialdesk.auth import Stamp, Tokens
from socialdesk.connector import Connector, Page, Part, Prepared, Profile, Raw, Standing, Stream, Topic
from socialdesk.errors import PlatformError, RejectReason, SocialdeskError
from socialdesk.models import Mention, Reply, Rule
from socialdesk.registry import Registry
from socialdesk.testing._suite_material import Material, Recorder, introduced, signed_in
from socialdesk.testing.replaying import DEFAULT_NOW, Replay, replay
from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Request, Response

T = TypeVar("T")
Answers = Response | Sequence[Response]

COMPLAINT = "My contract was ended over one cent"
GREETING = "Thank you for telling us. We are looking into it."


def demand(holds: object, advice: str) -> None:
    """Fail with ``advice`` for the plugin's author unless ``holds``."""
    __tracebackhide__ = True
    if not holds:
        raise AssertionError(advice)


def demand_none(problems: Iterable[str]) -> None:
    """Fail with all ``problems`` at once, if there are any."""
    __tracebackhide__ = True
    found = list(dict.fromkeys(problems))
    demand(not found, "\n".join(found))


def skip(reason: str) -> NoReturn:
    """Leave this check out, and say what the test class would have to give for it."""
    raise SkipTest(reason)


class Bench:
    """The attributes that a test class sets, and the methods that it may override."""

    connector: ClassVar[type[Connector[Any, Any]]]
    settings: ClassVar[Mapping[str, Any]] = {}
    app: ClassVar[Mapping[str, Any]] = {}
    profile: ClassVar[Profile | None] = None
    stream: ClassVar[str] = ""
    topics: ClassVar[Sequence[Topic]] = ()
    found_by: ClassVar[str] = ""
    rule: ClassVar[Rule] = Rule(name="suite", phrase="one cent")
    pages: ClassVar[Sequence[Answers]] = ()
    items: ClassVar[Sequence[Raw]] = ()
    sent: ClassVar[Answers] = ()
    prepared: ClassVar[Mapping[str, Any] | None] = None
    refusals: ClassVar[Sequence[tuple[Response, type[PlatformError] | RejectReason]]] = ()
    sandbox: ClassVar[Callable[[], Sandbox] | None] = None
    crowd: ClassVar[int] = 120

    _material: ClassVar[Material | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._material = None

    # --------------------------------------------------------------------------------- what a richer plugin brings

    def complain(self, sandbox: Any, text: str) -> str:
        """Let a customer say ``text`` to the brand, so that the stream lists it; gives the id. Needed with a
        sandbox."""
        skip("write complain(self, sandbox, text), which lets a customer say something and gives its id")

    def spoken(self, sandbox: Any) -> Sequence[str]:
        """The texts that the brand's account has published, oldest first. Needed with a sandbox."""
        skip("write spoken(self, sandbox), which gives the texts that the brand has published")

    def shown(self, sandbox: Any) -> Sequence[str]:
        """Those of the texts that anybody can see: all of them, where the class says nothing else."""
        return self.spoken(sandbox)

    # ------------------------------------------------------------------------------------------------- connectors

    @property
    def material(self) -> Material:
        """Settings, profile and answers; recorded from the sandbox once, where the class gives no pages."""
        kind = type(self)
        if kind._material is None:
            given = Material(
                settings=self.settings,
                profile=self.profile,
                pages=tuple(_several(answers) for answers in self.pages),
                sent=_several(self.sent),
                now=DEFAULT_NOW,
                topics=tuple(self.topics),
                prepared=self.prepared,
            )
            kind._material = given if self.pages or kind.sandbox is None else self._recorded()
        return kind._material

    def connect(
        self, changed: Mapping[str, Any] | None = None, profile: Profile | None = None
    ) -> Connector[Any, Any]:
        """The connector with the given settings, of which some are changed. Raises ConfigError."""
        settings = {**self.material.settings, **(changed or {})}
        return self._connected(settings, profile or self.material.profile)

    def _connected(self, settings: Mapping[str, Any], profile: Profile | None) -> Connector[Any, Any]:
        registry = Registry(allow=(), extra=[self.connector])
        return registry.connect(self.connector.platform, {**self.app, **settings}, profile=profile)

    def _recorded(self) -> Material:
        """Let the sandbox answer once, and keep what it said."""
        sandbox = self.new_sandbox()
        for number in range(3):
            self.complain(sandbox, f"{COMPLAINT} ({number})")
            sandbox.advance(seconds=60)
        settings = {**self.settings, **sandbox.settings}
        recorder = Recorder(sandbox)
        connector = self._connected(settings, self.profile)
        run = Driver(Runtime(recorder, sandbox.clock)).run
        now = sandbox.clock.now()
        tokens = run(signed_in(connector, now))
        profile = self.profile or run(introduced(connector, session(connector, now, tokens)))
        connector = self._connected(settings, profile)
        recorder.taken()
        topics = tuple(self.topics)
        if self.found_by:
            topics = run(self._found(connector, now, session(connector, now, tokens)))
            recorder.taken()
        pages: list[tuple[Response, ...]] = []
        heard: list[Raw] = []
        paging = self.paging(connector, topics)
        while not paging.done:
            page = run(converse(connector.fetch(paging.window(now)), session(connector, now, tokens)))
            heard += page.items
            pages.append(recorder.taken())
            paging.advance(page)
        part = self.parts(connector, GREETING, first_mention(connector, heard), now)[0]
        while isinstance(
            said := run(converse(connector.send(part), session(connector, now, tokens))), Prepared
        ):
            part = replace(part, prepared=said.data)
            sandbox.advance(seconds=said.again_in)
            recorder.taken()  # what is checked is what speaks, which comes last
        sent = recorder.taken()
        if self.connector.find_sent is not Connector.find_sent:
            sandbox.advance(seconds=60)
            run(converse(connector.find_sent(replace(part, started_at=now)), session(connector, now, tokens)))
        return Material(settings, profile, tuple(pages), sent, now, topics, part.prepared, recorder.taken())

    async def _found(self, connector: Connector[Any, Any], now: datetime, talk: Session) -> tuple[Topic, ...]:
        """The topics that the pages of another stream tell of."""
        finding, topics = Paging(self._declared(self.found_by), Cursor()), tuple(self.topics)
        while not finding.done:
            page = await converse(connector.fetch(finding.window(now)), talk)
            topics += page.topics
            finding.advance(page)
        demand(topics, f"No page of {self.found_by!r} told of a topic: see Page.topics.")
        return topics

    def new_sandbox(self) -> Sandbox:
        """A new platform; skips the check where the class gives none."""
        make = type(self).sandbox
        if make is None:
            skip("give `sandbox = ...`, the platform's side of the wire, to check this")
        return make()

    # ------------------------------------------------------------------------------------------------ what is heard

    def listed(self) -> Stream:
        """The stream that the pages belong to."""
        return self._declared(self.stream) if self.stream else self.connector.streams[0]

    def _declared(self, name: str) -> Stream:
        streams = {stream.name: stream for stream in self.connector.streams}
        demand(name in streams, f"stream = {name!r}: the connector declares {', '.join(streams)}.")
        return streams[name]

    def paging(self, connector: Connector[Any, Any], topics: tuple[Topic, ...] | None = None) -> Paging:
        """A walk through the stream from its beginning."""
        stream = self.listed()
        topics = self.material.topics if topics is None else topics
        if stream.batch and not topics and stream.name == "search":
            topics = connector.queries(self.rule)
        return Paging(stream, Cursor(), topics=topics[:1])

    def walk(self) -> tuple[list[Page], list[Request]]:
        """Fetch the given pages: what came, and the listing requests that were made, signed."""
        connector, material = self.connect(), self.material
        if not material.pages:
            skip("give `pages = [Response(...), ...]`, the platform's answers to fetch, to check this")
        left = list(material.pages)
        pages: list[Page] = []
        requests: list[Request] = []
        paging = self.paging(connector)
        while not paging.done:
            demand(
                left,
                f"fetch() asked for a page after the last of the {len(material.pages)} given: the last page's `next` "
                "must be None, or give the pages that are missing.",
            )
            done = self.run(connector.fetch(paging.window(material.now)), left.pop(0), connector)
            demand(
                isinstance(done.result, Page),
                f"fetch() returned {type(done.result).__name__}: return a Page.",
            )
            pages.append(done.result)
            requests += done.requests
            paging.advance(done.result)
        demand(
            not left, f"fetch() ended the walk with {len(left)} pages left: set Page.next to what leads on."
        )
        return pages, requests

    def raws(self) -> list[Raw]:
        """Every item of the pages, and those given beside them."""
        pages = self.walk()[0] if self.material.pages else []
        raws = [*(raw for page in pages for raw in page.items), *self.items]
        if not raws:
            skip("the pages hold no item: give pages or `items = [Raw(...), ...]` to check this")
        return raws

    def run(
        self, coroutine: Coroutine[Any, Any, T], answers: Iterable[Response], connector: Connector[Any, Any]
    ) -> Replay[T]:
        """Drive a connector's coroutine through core's exchange, with answers from a list."""
        now = self.material.now
        return replay(converse(coroutine, session(connector, now)), answers, now=now)

    # ------------------------------------------------------------------------------------------------- what is said

    def target(self) -> Mention | None:
        """A mention that can be answered: the first of the pages."""
        if not self.material.pages:
            return None
        return first_mention(self.connect(), self.raws())

    def parts(
        self, connector: Connector[Any, Any], text: str, target: Mention | None, now: datetime
    ) -> tuple[Part, ...]:
        """What a reply with this text becomes, with keys."""
        reply = Reply(idempotency_key="suite", target=target, text=text)
        standing = Standing(now=now, target=target)
        return plan_parts(connector, reply, standing, Stamp(now, bytes(range(16))))

    def part(self, connector: Connector[Any, Any], text: str = GREETING) -> Part:
        """One part that answers the target, with what has to be there before it is said."""
        part = self.parts(connector, text, self.target(), self.material.now)[0]
        return replace(part, prepared=self.material.prepared)


def _several(answers: Answers) -> tuple[Response, ...]:
    return (answers,) if isinstance(answers, Response) else tuple(answers)


def first_mention(connector: Connector[Any, Any], raws: Iterable[Raw]) -> Mention | None:
    """The first item that is a mention."""
    for raw in raws:
        item = connector.parse(raw)
        if isinstance(item, Mention):
            return item
    return None


def session(
    connector: Connector[Any, Any], now: datetime, signed: Mapping[str, Tokens] | None = None
) -> Session:
    """One account's dealings, without retries or refresh: every answer means what it means at once. ``signed`` are
    tokens that the platform gave; without them there are some that it never saw."""
    tokens = dict(signed or {})
    for role in ("account", "app"):
        try:
            renewable = connector.auth(role).refreshes
        except SocialdeskError:
            continue  # there are no credentials for this role among the settings
        if renewable and role not in tokens:
            tokens[role] = Tokens(access=f"{role}-token-of-the-suite", expires_at=now + timedelta(days=1))
    ledger = Ledger((), {"account": "own", "app": "own", "ip": "own"})
    return Session(
        connector, ledger, MemoryTokens(tokens), lane="reply", backoff=Backoff(attempts=1), renewed=True
    )
