"""Deliveries, private threads and files while workers are struck down: nothing is lost, nothing is said twice."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from socialdesk._engine.effects import Call
from socialdesk.media import describe_file
from socialdesk.models import ExternalId
from socialdesk.wire import Multipart
from tests.desk.whole import SECRET, Whole, WholePlatform, delivery
from tests.simulation.world import Struck, World

EVERY = pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.slow)])
"""A few of the places where a worker may be struck, and all of them where there is time for that."""

EVENTS = (
    delivery(*({"item": {"id": str(number), "text": f"said {number}"}} for number in range(3)), number=1),
    delivery(
        {"item": {"id": "1", "text": "said otherwise", "revision": 1}}, {"item": {"no": "id"}}, number=2
    ),
    delivery({"item": {"id": "2", "gone": True}}, number=3),
)


@contextlib.contextmanager
def world() -> Iterator[World]:
    one = World(kind=Whole, platform=WholePlatform(), settings={"secret": SECRET})
    try:
        yield one
    finally:
        one.close()


def receive_all(one: World, strike: Any = lambda *_: False) -> int:
    """Deliver everything, as a platform does that repeats what was not acknowledged; gives the effects so far."""
    count = 0

    def counted(index: int, effect: Any, when: str) -> bool:
        nonlocal count
        count += when == "before"
        return bool(strike(count - 1, effect, when))

    for event in EVENTS:
        one.advance(1)
        for _ in range(2):
            try:
                answer = one.run(one.flows().receive("acme", event), counted)
            except Struck:
                one.restart()
                continue
            assert answer.status == 200
            break
    try:
        one.run(one.flows().take_in(), counted)
    except Struck:
        one.restart()
    return count


def keep_all(one: World) -> None:
    for event in EVENTS:
        one.advance(1)
        one.run(one.flows().receive("acme", event))


def check(one: World) -> None:
    heard = {said.id.value: said for said in one.run(one.flows().mentions())}
    assert {value: said.text for value, said in heard.items()} == {
        "0": "said 0",
        "1": "said otherwise",
        "2": "said 2",
    }
    assert heard["2"].state == "deleted"
    created = one.rows("SELECT mention_key FROM socialdesk_event WHERE kind = 'created'")
    assert len(created) == len(set(created)) == 3, "told twice of one mention"
    assert one.rows("SELECT count(*) FROM socialdesk_quarantine") == [(1,)]
    assert one.rows("SELECT DISTINCT state FROM socialdesk_push") == [("done",)]


@EVERY
def test_a_crash_before_or_after_any_effect_loses_no_delivery(step: int) -> None:
    with world() as one:
        effects = receive_all(one)
        check(one)
    for point, when in itertools.product(range(0, effects, step), ("before", "after")):
        with world() as one:
            receive_all(one, lambda index, effect, at, p=point, w=when: (index, at) == (p, w))
            keep_all(one)  # what was acknowledged is known; the rest comes again
            one.run(one.flows().take_in())
            check(one)


@EVERY
def test_two_workers_that_take_in_at_once_hear_everything_once(step: int) -> None:
    with world() as one:
        keep_all(one)
        effects = len(one.count_effects(one.flows().take_in()))
    for point in range(0, effects, step):
        with world() as one:
            keep_all(one)

            def strike(index: int, effect: Any, when: str, one: World = one, at: int = point) -> bool:
                if (index, when) == (at, "before"):
                    one.run(one.flows(one.new_worker()).take_in())
                return False

            one.run(one.flows().take_in(), strike)
            check(one)


# -------------------------------------------------------------------------------------------- private, with a file


def enqueue(one: World, picture: Path) -> None:
    one.platform.streams["mentions"] = [{"id": "1", "text": "help"}]
    one.run(one.flows().poll())
    attachment = describe_file(picture)
    reply = one.flows().reply(
        ExternalId("whole", "post", "1"),
        "Your account is 4711.",
        key="k",
        mode="private",
        note="We have written to you.",
        attachments=(attachment,),
    )
    one.run(reply)


def settle(one: World) -> None:
    for _ in range(20):
        one.run(one.flows().drain())
        one.advance(30)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "box.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 50)
    return path


@EVERY
def test_a_crash_on_the_way_to_private_says_nothing_twice(picture: Path, step: int) -> None:
    def is_upload(effect: Any) -> bool:
        return isinstance(getattr(effect, "body", None), Multipart)

    with world() as one:
        enqueue(one, picture)
        flow = one.count_effects(one.flows().drain())
        assert any(map(is_upload, flow))
        assert not any(isinstance(effect, Call) and effect.name == "intend" for effect in flow), (
            "not ready yet"
        )
        settle(one)
        assert [post["mode"] for post in one.platform.posts] == ["private", "public"]
    for strike_number, when in itertools.product(range(0, 60, step), ("before", "after")):
        with world() as one:
            enqueue(one, picture)
            left = strike_number

            def strike(index: int, effect: Any, at: str, when: str = when) -> bool:
                nonlocal left
                left -= at == when
                return at == when and left < 0

            for _ in range(6):
                try:
                    one.run(one.flows().drain(), strike)
                except Struck:
                    one.restart()
                    break
                one.advance(30)
            settle(one)
            modes = [post["mode"] for post in one.platform.posts]
            states = one.part_states()
            assert modes in (["private", "public"], ["private"], []), (
                "said twice, or in public without the private text"
            )
            if modes != [
                "private",
                "public",
            ]:  # the platform cannot tell what became of it: a person is asked
                assert "needs_human" in states
                assert "sending" not in states
