"""Checks against the platform's sandbox: the whole way through core, with faults on it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import orjson

from socialdesk.client import Batch, Client
from socialdesk.connector import Item, Profile
from socialdesk.errors import AuthError, PlatformError, RateLimited, Rejected, SocialdeskError, Unavailable
from socialdesk.models import Mention, Provenance, Receipt, Reply
from socialdesk.testing._suite_bench import COMPLAINT, GREETING, Bench, demand, skip
from socialdesk.testing._suite_declares import CANARY, Declares, overrides, secret_names
from socialdesk.testing.faults import (
    CutJson,
    DropAnswer,
    Fault,
    HtmlPage,
    RefuseConnection,
    ServerError,
    TooManyRequests,
)
from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Request, Response


class Desk:
    """A sandbox, a client at it, and what is heard and said there."""

    def __init__(
        self, suite: Bench, settings: Mapping[str, Any] | None = None, transport: Any = None
    ) -> None:
        self.suite = suite
        self.sandbox: Sandbox = suite.new_sandbox()
        self.settings = {**suite.settings, **self.sandbox.settings, **(settings or {})}
        self.client = self.another(transport)

    def another(self, transport: Any = None) -> Client:
        """A client that knows nothing of what the first one did."""
        connector = self.suite._connected(self.settings, self.suite.profile)
        return Client(connector, transport=transport or self.sandbox)

    def settle(self) -> None:
        """Let so much time pass that the platform shows what was said."""
        self.sandbox.advance(seconds=60 + self.suite.listed().overlap)

    def hear(self, cursor: str | None = None) -> tuple[list[Item], str | None]:
        """Everything new since the cursor, and the cursor after it."""
        items: list[Item] = []
        for batch in self.batches(cursor):
            items += batch.items
            cursor = batch.cursor
        return items, cursor

    def batches(self, cursor: str | None) -> Iterator[Batch]:
        """The pages of one walk."""
        suite = self.suite
        topics = [*suite.topics]
        if suite.found_by:
            topics += [topic for batch in self.client.fetch(None, suite.found_by) for topic in batch.topics]
        return self.client.fetch(cursor, suite.listed().name, rules=[suite.rule], topics=topics)

    def hear_one(self) -> Mention:
        """The mention that a customer's complaint becomes."""
        self.suite.complain(self.sandbox, COMPLAINT)
        self.settle()
        mentions = [item for item in self.hear()[0] if isinstance(item, Mention) and COMPLAINT in item.text]
        demand(
            mentions, "A customer's complaint was not heard: fetch() and parse() must give it as a Mention."
        )
        return mentions[0]

    def answer(self, mention: Mention) -> Receipt:
        return self.client.send(Reply(idempotency_key="suite", target=mention, text=GREETING))

    def heard_of(self, *faults: Fault) -> SocialdeskError:
        """What fetching comes to while faults strike every request."""
        if overrides(self.suite.connector, "identify"):
            self.client.identify()
        self.sandbox.fail(*faults, times=None)
        try:
            self.hear()
        except SocialdeskError as error:
            return error
        raise AssertionError(
            f"fetch() took {faults[0].name} for a success: read answers with Response.json()."
        )


class Poison:
    """A transport on which every list of objects in an answer begins with a strange one."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.clock = sandbox.clock

    def send(self, request: Request, timeout: float) -> Response:
        answer = self.sandbox.send(request, timeout)
        try:
            body = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            return answer
        poisoned = copy.deepcopy(body)
        if isinstance(poisoned, dict):
            for value in poisoned.values():
                if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
                    value.insert(0, {"unexpected": {"shape": True}})
        return replace(answer, body=orjson.dumps(poisoned))


class Lives(Declares, Bench):
    """The connector at work, with core around it and a platform before it."""

    def test_sandbox_a_complaint_is_heard(self) -> None:
        desk = Desk(self)
        identity = self.complain(desk.sandbox, COMPLAINT)
        desk.settle()
        items, cursor = desk.hear()
        ids = [item.id.value for item in items if isinstance(item, Mention)]
        demand(identity in ids, f"A customer said something under the id {identity}; heard were {ids}.")
        later = self.complain(desk.sandbox, f"{COMPLAINT}, and nobody answers")
        desk.settle()
        ids = [item.id.value for item in desk.hear(cursor)[0] if isinstance(item, Mention)]
        demand(
            later in ids, "What was said after the first poll was not heard by the second: see Page.resume."
        )

    def test_sandbox_a_crowd_is_heard_to_the_last(self) -> None:
        desk = Desk(self)
        said = set()
        for number in range(self.crowd):
            said.add(self.complain(desk.sandbox, f"{COMPLAINT} ({number})"))
            desk.sandbox.advance(seconds=1)
        desk.settle()
        heard, cursor = self.first_batch(desk)
        desk.client = desk.another()
        items, cursor = desk.hear(cursor)
        heard |= {item.id.value for item in items if isinstance(item, Mention)}
        missing = sorted(said - heard)
        demand(
            not missing,
            f"{len(missing)} of {len(said)} were lost in a walk cut off after its first page and taken up again: see "
            "Page.next, Page.span and Window.until.",
        )
        again = len(desk.hear(cursor)[0])
        demand(
            again <= self.crowd // 2,
            f"A poll read {again} items though nothing was new: put Window.since into the request, or stop there.",
        )

    def first_batch(self, desk: Desk) -> tuple[set[str], str | None]:
        """What the first page of a walk gives, and the cursor that is kept when the walk is cut off there."""
        for batch in desk.batches(None):
            return {item.id.value for item in batch.items if isinstance(item, Mention)}, batch.cursor
        raise AssertionError("fetch() gave no page at all.")

    def test_sandbox_a_strange_item_stops_nothing(self) -> None:
        desk = Desk(self)
        desk.client = desk.another(Poison(desk.sandbox))
        demand(desk.hear_one(), "A strange item kept a good one back.")

    def test_sandbox_an_answer_is_posted_once(self) -> None:
        desk = Desk(self)
        receipt = desk.answer(desk.hear_one())
        demand(
            receipt.state == "sent" and receipt.parts[0].id,
            f"The receipt of a reply is {receipt!r}, not sent.",
        )
        self.demand_spoken(desk, 1)

    def test_sandbox_a_lost_answer_is_unknown_and_not_repeated(self) -> None:
        faults: list[Fault] = [DropAnswer(), ServerError(applied=True), HtmlPage(applied=True), CutJson()]
        for fault in faults:
            desk = Desk(self)
            mention = desk.hear_one()
            desk.sandbox.fail(fault, when=lambda request: request.method != "GET")
            receipt = desk.answer(mention)
            demand(
                receipt.state == "unknown",
                f"{fault.name}: the platform had posted, but no answer told so, and the receipt says {receipt.state}. "
                "Do not catch errors in send(): core knows that it may have been posted.",
            )
            self.demand_spoken(desk, 1)

    def test_sandbox_a_refused_connection_says_nothing(self) -> None:
        desk = Desk(self)
        mention = desk.hear_one()
        desk.sandbox.fail(RefuseConnection(), times=None)
        try:
            receipt = desk.answer(mention)
        except Unavailable:
            self.demand_spoken(desk, 0)
            return
        raise AssertionError(f"Nothing was sent, and yet the receipt says {receipt.state}.")

    def test_sandbox_broken_answers_are_unavailable(self) -> None:
        for fault in (HtmlPage(), CutJson(), ServerError(), ServerError(status=503), RefuseConnection()):
            error = Desk(self).heard_of(fault)
            demand(
                isinstance(error, Unavailable),
                f"{fault.name} while fetching became {type(error).__name__} ({error}), not Unavailable.",
            )

    def test_sandbox_wrong_credentials_ask_for_a_new_sign_in(self) -> None:
        desk = Desk(self)
        wrong = {name: f"{name}-{CANARY}" for name in secret_names(self.connector) if desk.settings.get(name)}
        try:
            Desk(self, wrong).hear()
        except AuthError as error:
            demand(CANARY not in f"{error} {error!r} {error.request!r}", "AuthError shows the credentials.")
            return
        except PlatformError as error:
            raise AssertionError(
                f"Wrong credentials became {type(error).__name__}, not AuthError."
            ) from error
        demand(not wrong, "Wrong credentials were taken: auth() must sign with those of the settings.")

    def test_sandbox_a_limit_says_when_to_come_back(self) -> None:
        hints: tuple[Literal["reset", "retry_after", "nothing"], ...] = ("reset", "retry_after", "nothing")
        for tells in hints:
            desk = Desk(self)
            error = desk.heard_of(TooManyRequests(tells=tells, seconds=600))
            retry_at = error.retry_at if isinstance(error, RateLimited) else None
            if retry_at is None:
                raise AssertionError(
                    f"A 429 that tells {tells} became {type(error).__name__}, not RateLimited with retry_at."
                )
            late = abs(retry_at - desk.sandbox.clock.now() - timedelta(seconds=600))
            demand(
                tells == "nothing" or late < timedelta(seconds=30),
                f"A 429 told to come back in 600 s (by {tells}), and retry_at is {late.total_seconds():.0f} s off: "
                "read the platform's own reset header in check() or read_limits().",
            )

    def test_sandbox_lookup_gives_the_same_mention(self) -> None:
        if "lookup" not in self.connect().capabilities.abilities:
            skip("lookup() is not offered")
        desk = Desk(self)
        polled = desk.hear_one()
        found = [item for item in desk.client.lookup([polled.id]) if isinstance(item, Mention)]
        same = {"provenance": Provenance(), "observed_at": None, "matched_by": ()}
        demand(found, f"lookup() did not find {polled.id}, which was heard a moment ago.")
        demand(
            found[0].model_copy(update=same) == polled.model_copy(update=same),
            "The same post by poll and by lookup gives two Mentions: ask for the same fields in both.",
        )

    def test_sandbox_tells_who_the_account_is(self) -> None:
        if not overrides(self.connector, "identify"):
            skip("identify() is not defined")
        try:
            profile: Any = Desk(self).client.identify()
        except Rejected as error:
            raise AssertionError(f"identify() was rejected: {error}") from error
        demand(isinstance(profile, Profile) and profile.id, "identify() must give a Profile with an id.")

    def demand_spoken(self, desk: Desk, times: int) -> None:
        """The brand has published the reply so many times."""
        texts = [text for text in self.spoken(desk.sandbox) if GREETING in text]
        demand(len(texts) == times, f"The reply stands on the platform {len(texts)} times, not {times}.")
