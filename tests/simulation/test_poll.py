"""Whatever strikes a worker while it polls, nothing heard is lost, and nothing is heard twice."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from socialdesk._engine.effects import Call, Work
from socialdesk.connector import Page
from tests.simulation.test_drain import strike_at, world
from tests.simulation.world import Struck, Toy, World

EVERY = pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.slow)])
"""Some of the places where it may happen, and all of them where there is time for that."""


def post(number: int, text: str = "", **more: Any) -> dict[str, Any]:
    return {"id": str(number), "is": "post", "text": text or f"post {number}", **more}


def publish(one: World) -> None:
    """Three pages of mentions with every kind of item among them, and replies."""
    one.platform.things["9"] = post(9, "only its id was told")
    one.platform.streams["mentions"] = [
        post(1),
        {"id": "2", "is": "post"},  # it has no text, so that it cannot be read
        post(3),
        {"id": "4", "is": "stub", "of": "9"},
        post(5),
    ]
    one.platform.streams["replies"] = [post(11), post(12)]


def publish_later(one: World) -> None:
    """What comes after the crash: one is edited, one is gone, one is new."""
    one.platform.streams["mentions"] += [
        post(6, "post 3, edited", of="3", revision=1),
        {"id": "7", "is": "gone", "of": "5"},
        post(8),
    ]


HEARD = {"1", "3", "5", "8", "9", "11", "12"}


def check(one: World) -> None:
    mentions = dict(one.rows("SELECT key, state FROM socialdesk_mention"))
    assert {key.rpartition(":")[2] for key in mentions} == HEARD
    assert mentions["toy:post:5"] == "deleted"
    texts = dict(one.rows("SELECT key, json_extract(data, '$.text') FROM socialdesk_mention"))
    assert texts["toy:post:3"] == "post 3, edited"
    assert one.rows("SELECT count(*) FROM socialdesk_quarantine") == [(1,)]
    created = one.rows("SELECT mention_key, count(*) FROM socialdesk_event WHERE kind='created' GROUP BY 1")
    assert {count for _, count in created} == {1}, "a ticket would be opened twice"
    # the fifth may have been gone before it was read: what is gone is not brought back
    assert {key.rpartition(":")[2] for key, _ in created} | {"5"} == HEARD
    edits = one.rows("SELECT mention_key, count(*) FROM socialdesk_event WHERE kind='edited' GROUP BY 1")
    assert edits in ([("toy:post:3", 1)], [])  # none where the edited version was heard first
    assert not [owner for (owner,) in one.rows("SELECT owner FROM socialdesk_stream") if owner is not None]


def poll_all(one: World, times: int = 3) -> None:
    for _ in range(times):
        one.run(one.flows().poll())
        one.advance(400)


@EVERY
def test_a_crash_before_or_after_any_effect_of_a_poll(step: int) -> None:
    with world() as one:
        publish(one)
        effects = len(one.count_effects(one.flows().poll()))
        publish_later(one)
        poll_all(one)
        check(one)
    assert effects > 20
    for point, when in itertools.product(range(0, effects, step), ("before", "after")):
        with world() as one:
            publish(one)
            with pytest.raises(Struck):
                one.run(one.flows().poll(), strike_at(point, when))
            one.restart()
            publish_later(one)
            poll_all(one)
            check(one)


@EVERY
def test_a_crash_in_each_of_two_polls(step: int) -> None:
    for first, second in itertools.product(range(0, 30, 4 * step), range(1, 30, 5)):
        with world() as one:
            publish(one)
            for point in (first, second):
                try:
                    one.run(one.flows().poll(), strike_at(point, "after"))
                except Struck:
                    one.restart()
                one.advance(30)
            publish_later(one)
            poll_all(one)
            check(one)


@EVERY
def test_two_workers_that_poll_at_once_hear_everything_once(step: int) -> None:
    with world() as one:
        publish(one)
        effects = len(one.count_effects(one.flows().poll()))
    for point in range(0, effects, step):
        with world() as one:
            publish(one)
            first = one.worker

            def strike(index: int, effect: Any, when: str, one: World = one, at: int = point) -> bool:
                if index == at and when == "before":
                    one.worker = one.new_worker()
                    one.run(one.flows().poll())
                return False

            one.run(one.flows(first).poll(), strike)
            publish_later(one)
            poll_all(one)
            check(one)


@EVERY
def test_a_worker_given_up_for_dead_does_not_turn_the_position_back(step: int) -> None:
    with world() as one:
        publish(one)
        effects = len(one.count_effects(one.flows().poll()))
    for point in range(0, effects, step):
        with world() as one:
            publish(one)
            first = one.worker

            def strike(
                index: int, effect: Any, when: str, one: World = one, at: int = point, old: Any = first
            ) -> bool:
                if index == at and when == "before":
                    old.die()
                    one.worker = one.new_worker()
                    publish_later(one)
                    poll_all(one, 2)
                return False

            one.run(one.flows(first).poll(), strike)
            poll_all(one)
            check(one)


def test_an_empty_poll_makes_two_store_calls_for_a_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toy, "streams", Toy.streams[:1])
    with world() as one:
        poll_all(one, 1)
        calls = [effect for effect in one.count_effects(one.flows().poll()) if isinstance(effect, Call)]
    assert [call.name for call in calls] == ["survey", "open_account", "store_page"]


def test_a_position_saved_before_its_page_loses_what_a_crash_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks above would notice: here the cursor runs ahead of what is stored."""

    async def fetch(self: Toy, window: Any) -> Page:
        page = await original(self, window)
        return Page(page.items[1:], next=page.next, resume=page.resume, span=page.span)

    original = Toy.fetch
    with world() as one:
        publish(one)
        monkeypatch.setattr(Toy, "fetch", fetch)
        one.run(one.flows().poll())
        monkeypatch.undo()
        publish_later(one)
        poll_all(one)
        with pytest.raises(AssertionError):
            check(one)


def test_reading_is_done_off_the_loop() -> None:
    with world() as one:
        publish(one)
        effects = one.count_effects(one.flows().poll())
    assert any(isinstance(effect, Work) for effect in effects)
