"""Our own posts, as the platform tells them to us: never news, and proof where the answer is lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest

from socialdesk.connector import Item, Raw, Receipted, Settings
from socialdesk.models import ExternalId, Mention
from socialdesk.wire import Request, WebhookRequest
from tests.simulation.world import Struck, Toy, World

WAYS = ("poll", "push")
ANSWER = "We are on it."


EVERY = pytest.mark.parametrize("step", [211, pytest.param(3, marks=[pytest.mark.slow, pytest.mark.long])])


class App(Settings):
    secret: str = ""


class Echoing(Toy):
    """A toy whose listing and deliveries hold our own posts too."""

    App: Any = App

    def parse(self, raw: Raw) -> Item | None:
        body = raw.body
        identity = ExternalId("toy", "post", body.get("of") or body["id"])
        if body["is"] == "read":
            return Receipted(id=identity, state="read")
        item = super().parse(raw)
        if isinstance(item, Mention):
            to = body.get("to")
            return item.model_copy(
                update={
                    "direction": "outbound_native" if body.get("by") == "us" else "inbound",
                    "in_reply_to": None if to is None else ExternalId("toy", "post", to),
                    "echo_key": body.get("echo"),
                }
            )
        return item

    def verify_webhook(self, request: WebhookRequest) -> bool:
        return True

    def parse_webhook(self, request: WebhookRequest) -> tuple[Raw, ...]:
        return tuple(Raw("item", item, account="us") for item in orjson.loads(request.body))


@contextmanager
def asked(settle: str = "readback") -> Iterator[World]:
    """A world in which a complaint waits for its answer, which is enqueued."""
    one = World(settle, kind=Echoing, settings={"secret": "s"})
    one.platform.streams["mentions"] = [{"id": "1", "is": "post", "text": "help", "by": "ann"}]
    one.run(one.flows().poll())
    (said,) = one.run(one.flows().mentions())
    one.run(one.flows().reply(said, ANSWER, key="k"))
    try:
        yield one
    finally:
        one.close()


def hear(one: World, way: str, *items: dict[str, Any]) -> None:
    """These items come in, by a worker of their own."""
    flows = one.flows(one.new_worker())
    if way == "poll":
        one.platform.streams["mentions"] += items
        one.run(flows.poll())
    else:
        body = orjson.dumps([*items])
        one.run(flows.receive("acme", WebhookRequest(query={}, headers={}, body=body)))
        one.run(flows.take_in())


def echo(number: int, text: str = ANSWER, post: str = "p1", **more: Any) -> dict[str, Any]:
    return {"id": str(number), "is": "post", "of": post, "text": text, "by": "us", "to": "1", **more}


def created(one: World) -> list[str]:
    return [key for (key,) in one.rows("SELECT mention_key FROM socialdesk_event WHERE kind = 'created'")]


def directions(one: World) -> dict[str, str]:
    return {said.id.value: said.direction for said in one.run(one.flows().mentions())}


@EVERY
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("outcome", ["ok", "answer lost"])
@pytest.mark.parametrize("settle", ["readback", "none"])
def test_the_echo_of_our_post_is_never_news_whenever_it_comes(
    settle: str, outcome: str, way: str, step: int
) -> None:
    with asked(settle) as one:
        effects = len(one.count_effects(one.flows().drain()))
    crashes = [None, *itertools.product(range(effects), ("before", "after"))]
    for point, crash in list(itertools.product(range(effects), crashes))[::step]:
        with asked(settle) as one:
            one.platform.outcomes = [outcome]
            heard = False

            def strike(
                index: int, effect: Any, when: str, one: World = one, at: int = point, end: Any = crash
            ) -> bool:
                nonlocal heard
                if one.platform.posts and not heard and index >= at and when == "after":
                    heard = True
                    hear(one, way, echo(2))
                return (index, when) == end

            try:
                one.run(one.flows().drain(), strike)
            except Struck:
                one.restart()
            if one.platform.posts and not heard:
                hear(one, way, echo(2))
            one.settle()
            if not heard and one.platform.posts and "toy:post:p1" not in created(one):
                hear(one, way, echo(2))
            assert created(one) == ["toy:post:1"], "our own post opened a ticket"
            if not one.platform.posts:  # it ended before it was said, and no look can tell
                assert (settle, one.part_states()) == ("none", ["needs_human"])
                continue
            assert len(one.platform.posts) == 1, "said twice"
            assert one.part_states() == ["sent"], (
                "it came back to us: that is proof, whatever the platform offers"
            )
            assert directions(one) == {"1": "inbound", "p1": "outbound_socialdesk"}
            assert one.rows("SELECT kind FROM socialdesk_parked WHERE kind = 'held'") == []


@pytest.mark.parametrize("way", WAYS)
def test_what_is_typed_in_the_platforms_own_app_is_told_as_ours(way: str) -> None:
    with asked() as one:
        hear(one, way, echo(2, "I have answered from my phone.", "n1"))
        assert created(one) == ["toy:post:1", "toy:post:n1"]
        assert directions(one)["n1"] == "outbound_native"


@pytest.mark.parametrize("way", WAYS)
def test_what_is_typed_while_an_answer_is_under_way_is_told_once_that_is_settled(way: str) -> None:
    with asked() as one:
        one.platform.outcomes = ["answer lost"]
        one.run(one.flows().drain())
        hear(one, way, echo(2, "I have answered from my phone.", "n1"))
        assert created(one) == ["toy:post:1"], "it may be ours"
        one.settle()
        assert created(one) == ["toy:post:1", "toy:post:n1"]
        assert (one.part_states(), directions(one)["n1"]) == (["sent"], "outbound_native")


def test_what_stood_there_before_the_attempt_settles_nothing() -> None:
    with asked("none") as one:
        one.advance(3600)  # whatever the toy tells is of the time when it began
        one.platform.outcomes = ["request lost"]
        one.run(one.flows().drain())
        hear(one, "poll", echo(2, ANSWER, "n1"))
        assert one.part_states() == ["needs_human"]
        assert created(one) == ["toy:post:1", "toy:post:n1"]


def test_the_key_that_we_sent_comes_back_whatever_became_of_the_text() -> None:
    with asked("none") as one:
        one.platform.outcomes = ["answer lost"]
        one.run(one.flows().drain())
        (key,) = [key for (key,) in one.rows("SELECT id FROM socialdesk_part")]
        hear(one, "push", echo(2, "We are on it. https://t.co/x", echo=key))
        assert one.part_states() == ["sent"]
        receipt = one.run(one.flows().receipt("k"))
        assert (receipt.parts[0].settled_by, str(receipt.parts[0].id)) == ("echo", "toy:post:p1")


def test_an_echo_that_comes_late_stops_what_would_be_said_again() -> None:
    """Looked for twice and not found, it is due again: then it shows, in the last moment."""
    with asked() as one:
        one.platform.outcomes = ["request lost"]
        while one.part_states() != ["pending"] or not one.rows("SELECT 1 FROM socialdesk_attempt"):

            def until_due(index: int, effect: Any, when: str, one: World = one) -> bool:
                return one.part_states() == ["pending"] and bool(one.rows("SELECT 1 FROM socialdesk_attempt"))

            try:
                one.run(one.flows().drain(), until_due)
            except Struck:
                one.restart()
                break
            one.advance(150)
        one.platform._apply({"text": ANSWER, "to": "1", "key": ""})
        hear(one, "poll", echo(2))
        one.settle()
        assert (len(one.platform.posts), one.part_states()) == (1, ["sent"])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("outcome", ["ok", "answer lost"])
def test_a_receipt_that_comes_before_the_answer_is_told_of_the_reply(outcome: str, way: str) -> None:
    def receipts(one: World) -> list[Any]:
        return one.rows(
            "SELECT reply_key, mention_key FROM socialdesk_event WHERE kind = 'receipt' AND text = 'read'"
        )

    with asked() as one:
        one.platform.outcomes = [outcome]

        def strike(index: int, effect: Any, when: str) -> bool:
            if isinstance(effect, Request) and effect.does == "speaks" and when == "after":
                for _ in range(2):
                    hear(one, way, {"id": "2", "is": "read", "of": "p1"})
                assert receipts(one) == [], "nobody knows yet what it is for"
            return False

        one.run(one.flows().drain(), strike)
        one.settle()
        assert receipts(one) == [("k", "toy:post:p1")]
        hear(one, "push", {"id": "3", "is": "read", "of": "p1", "again": 1})
        assert len(receipts(one)) == 1
