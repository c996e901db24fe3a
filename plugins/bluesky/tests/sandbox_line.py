"""A connector signed in to a sandbox, and all that crossed between them."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from socialdesk.auth import Auth, Stamp, Tokens
from socialdesk.connector import Command, NoApp, Part, Sent, Standing, Topic, Window
from socialdesk.models import ExternalId, Mention, Reply, Rule
from socialdesk.registry import Registry
from socialdesk.wire import Request, Response
from socialdesk_bluesky.connector import BlueskyConnector
from socialdesk_bluesky.sandbox import BlueskySandbox, Record
from socialdesk_bluesky.settings import Config

T = TypeVar("T")


class Line:
    """Drives the connector's coroutines, signing with a session of the sandbox's; ``crossed`` keeps what went by."""

    def __init__(self, sandbox: BlueskySandbox | None = None, **settings: Any) -> None:
        self.sandbox = sandbox or BlueskySandbox()
        self.sandbox.apart = True
        self.crossed: list[tuple[Request, Response]] = []
        self.tokens: Tokens | None = None
        self.keys = count()
        connected = Registry().connect("bluesky", {**self.sandbox.settings, **settings})
        assert isinstance(connected, BlueskyConnector)
        self.bluesky = connected
        self.tokens = self.run(connected.auth("account").refresh(None, self.stamp()))
        profile = self.run(connected.identify())
        self.bluesky = BlueskyConnector(Config.model_validate(connected.config), NoApp(), profile)

    def stamp(self) -> Stamp:
        return Stamp(self.sandbox.clock.now(), self.sandbox.clock.nonce())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        answer: Any = None
        error: Exception | None = None
        while True:
            try:
                asked = coroutine.throw(error) if error else coroutine.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result
            answer, error = self._exchange(asked)

    def _exchange(self, asked: Any) -> tuple[Any, Exception | None]:
        assert isinstance(asked, Request)
        auth = self.bluesky.auth("account") if asked.auth != "none" else Auth()
        assert asked.auth == "none" or asked.host in self.bluesky.hosts
        signed = auth.sign(asked, self.tokens, self.stamp())
        response = replace(self.sandbox.send(signed, 10.0), request=asked)
        self.crossed.append((asked, response))
        error = None if asked.auth == "none" else self.bluesky.check(response)
        assert error is not None or response.ok or asked.auth == "none", response.body
        return response, error

    # ---------------------------------------------------------------------------------------------------- at work

    def heard(self, stream: str = "mentions", **more: Any) -> list[Any]:
        """All of a walk, from page to page."""
        window, found = Window(stream=stream, now=self.sandbox.clock.now(), **more), []
        while True:
            page = self.run(self.bluesky.fetch(window))
            found += [self.bluesky.parse(raw) for raw in page.items]
            if page.next is None:
                return found
            window = replace(window, page=page.next, until=None)

    def searched(self, rule: Rule) -> list[Mention]:
        return [
            mention
            for topic in self.bluesky.queries(rule)
            for mention in self.heard("search", topics=(topic,))
        ]

    def thread(self, post: Record) -> list[Any]:
        return self.heard("conversation", topics=(Topic(post.uri),))

    def looked_up(self, *uris: str) -> list[Any]:
        ids = [ExternalId("bluesky", "post", uri) for uri in uris]
        return [self.bluesky.parse(raw) for raw in self.run(self.bluesky.lookup(ids))]

    def parts(self, text: str, target: Mention | None = None, **more: Any) -> list[Part]:
        """What a reply becomes, with keys."""
        now = self.sandbox.clock.now()
        reply = Reply(idempotency_key="k", target=target, text=text, **more)
        planned = self.bluesky.plan(reply, Standing(now=now, target=target))
        return [replace(part, key=f"k{next(self.keys)}", at=now, started_at=now) for part in planned]

    def said(self, parts: Sequence[Part]) -> list[Sent]:
        """Send all parts, one after the other."""
        done: tuple[Sent, ...] = ()
        for part in parts:
            done = (*done, self.run(self.bluesky.send(replace(part, done=done))))
        return list(done)

    def answered(self, target: Mention, text: str = "Sorry!", **more: Any) -> Sent:
        return self.said(self.parts(text, target, **more))[-1]

    def does(self, name: str, target: str, kind: str = "post", key: str = "c") -> None:
        command = Command(
            name=name, target=ExternalId("bluesky", kind, target), key=key, at=self.sandbox.clock.now()
        )
        self.run(self.bluesky.moderate(command))
