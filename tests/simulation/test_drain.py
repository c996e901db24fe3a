"""Whatever strikes a worker while it sends, nothing is said twice, nothing is taken for said, and nothing is stuck."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from socialdesk._engine.effects import Call
from socialdesk.wire import Request
from tests.simulation.world import Struck, World

OUTCOMES = (
    "ok",
    "answer lost",
    "request lost",
    "applied late",
    "500 applied",
    "500 not applied",
    "unreadable",
    "refused connection",
    "429",
    "400",
    "401",
    "401 dead",
)
REFUSED = {"400"}
LONG = "We are sorry for this and will make it good today."


@contextmanager
def world(settle: str = "readback") -> Iterator[World]:
    made = World(settle)
    try:
        yield made
    finally:
        made.close()


def enqueue(one: World, text: str = LONG, key: str = "k") -> None:
    one.platform.streams["mentions"] = [{"id": "1", "is": "post", "text": "help"}]
    one.run(one.flows().poll())
    said = one.run(one.flows().mentions())[0]
    receipt = one.run(one.flows().reply(said, text, key=key))
    assert receipt.state == "pending"


def check_safe(one: World) -> set[str]:
    """What holds whatever happened, once nothing moves any more; gives the parts' states."""
    texts = [post["text"] for post in one.platform.posts]
    assert len(texts) == len(set(texts)), f"said twice: {texts}"
    by_id = {f"toy:post:{post['id']}": post["text"] for post in one.platform.posts}
    parts = one.rows("SELECT number, state, text, remote_id FROM socialdesk_part ORDER BY number")
    for _number, state, text, remote_id in parts:
        if state == "sent":
            assert by_id.get(remote_id) == text, "taken for said"
        if state in ("failed", "cancelled"):
            assert text not in texts, "said, and taken for not said"
    states = {state for _, state, _, _ in parts}
    assert not states & {"sending", "unknown"}, f"stuck: {parts}"
    if "pending" in states:  # only behind a part that a person has to settle first
        assert "needs_human" in states, f"stuck: {parts}"
    order = [
        text
        for (text,) in one.rows(
            "SELECT part.text FROM socialdesk_part part JOIN socialdesk_reply reply ON part.reply_key = reply.key"
            " ORDER BY reply.created_at, part.number"
        )
    ]
    # what a person has to settle holds up nobody: it may have come late, and then after those behind it
    unsettled = {text for _, state, text, _ in parts if state == "needs_human"}
    settled = [text for text in texts if text not in unsettled]
    assert [text for text in order if text in settled] == settled, "out of order"
    ahead = one.rows(
        "SELECT 1 FROM socialdesk_attempt JOIN socialdesk_part ON part_id = id"
        " WHERE socialdesk_attempt.epoch > socialdesk_part.epoch"
    )
    assert not ahead, "an epoch went back"
    return states


def check(one: World, *, outcome: str = "ok", settle: str = "readback") -> None:
    """The invariants, and that nobody was asked for what could be found out."""
    states = check_safe(one)
    # a key that ended while the credentials were dead proves nothing any more: then a person is asked, too; a crash
    # between a token's renewal and its saving leaves them dead
    if settle != "none" and not (settle == "key" and outcome.startswith("401")):
        assert "needs_human" not in states, "a person was asked for what could be found out"
        ends = {"sent", "failed", "cancelled"} if outcome in REFUSED else {"sent"}
        assert states <= ends, states


def revive(one: World) -> None:
    """The account's owner signs in again, where the credentials are dead."""
    if one.platform.dead:
        one.platform.dead = False
        one.platform.refreshes, one.platform.access = 0, "a0"
        one.run(one.flows().connect("toy", name="acme", settings={}))


def finish(one: World) -> None:
    one.settle()
    revive(one)
    one.settle()
    one.advance(700)  # what the platform applied late has landed by now
    one.settle()


def strike_at(point: int, when: str) -> Callable[[int, Any, str], bool]:
    return lambda index, effect, moment: index == point and moment == when


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_crash_before_or_after_any_effect_of_a_drain(outcome: str) -> None:
    """At some of the places; all of them, for every kind of platform, are struck where there is time for that."""
    strike_everywhere(outcome, "readback", step=7 if outcome == "answer lost" else 31)


@pytest.mark.parametrize("settle", ["key", "client_id", "none"])
@pytest.mark.parametrize("outcome", ["answer lost", "500 not applied"])
def test_a_crash_on_platforms_that_settle_in_other_ways(outcome: str, settle: str) -> None:
    strike_everywhere(outcome, settle, step=37)


@pytest.mark.slow
@pytest.mark.parametrize("settle", ["readback", "key", "client_id", "none"])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_crash_with_every_outcome_on_every_kind_of_platform(outcome: str, settle: str) -> None:
    strike_everywhere(outcome, settle)


def strike_everywhere(outcome: str, settle: str, step: int = 1) -> None:
    with world(settle) as one:
        enqueue(one)
        one.platform.outcomes = ["ok", outcome]
        effects = len(one.count_effects(one.flows().drain()))
        finish(one)
        check(one, outcome=outcome, settle=settle)
    assert effects > 10
    for point, when in itertools.product(range(0, effects, step), ("before", "after")):
        with world(settle) as one:
            enqueue(one)
            one.platform.outcomes = ["ok", outcome]
            with pytest.raises(Struck):
                one.run(one.flows().drain(), strike_at(point, when))
            one.restart()
            finish(one)
            check(one, outcome=outcome, settle=settle)
            assert not one.unrecorded


@pytest.mark.slow
@pytest.mark.parametrize("outcome", ["answer lost", "applied late", "500 not applied", "401"])
def test_two_crashes_in_a_row(outcome: str) -> None:
    for first, second in itertools.product(range(0, 36, 2), range(0, 36, 3)):
        with world() as one:
            enqueue(one)
            one.platform.outcomes = ["ok", outcome, outcome]
            for point in (first, second):
                try:
                    one.run(one.flows().drain(), strike_at(point, "after"))
                except Struck:
                    one.restart()
                one.advance(400)
            finish(one)
            check(one, outcome=outcome)


def pause_at(one: World, point: int, meanwhile: Callable[[], None]) -> Any:
    """Drive a drain; right before its effect ``point`` its process sleeps, while others go on."""

    def strike(index: int, effect: Any, when: str) -> bool:
        if index == point and when == "before":
            meanwhile()
        return False

    return one.run(one.flows().drain(), strike)


def is_speaking(effect: Any) -> bool:
    return isinstance(effect, Request) and effect.does == "speaks"


def test_a_worker_that_was_given_up_for_dead_says_nothing_when_it_wakes() -> None:
    with world() as one:
        enqueue(one, "short")
        points = one.count_effects(one.flows().drain())
    for point, effect in enumerate(points):
        if is_speaking(effect):
            continue  # asleep between the last check and the wire: what nothing on this side can solve
        with world() as one:
            enqueue(one, "short")
            first = one.worker

            def others(one: World = one, first: Any = first) -> None:
                first.die()
                one.worker = one.new_worker()
                for _ in range(20):
                    one.run(one.flows().drain())
                    one.advance(120)

            pause_at(one, point, others)
            finish(one)
            check(one)


def slow_but_alive(one: World) -> None:
    """A worker that lives but is slow on the wire is not taken over, however long it takes."""
    enqueue(one, "short")
    slow = one.worker

    def others() -> None:
        one.worker = one.new_worker()
        for _ in range(20):
            one.run(one.flows().drain())
            one.advance(120)
        one.worker = slow

    def strike(index: int, effect: Any, when: str) -> bool:
        if when == "before" and is_speaking(effect) and one.worker is slow and not one.platform.posts:
            others()
        return False

    one.run(one.flows().drain(), strike)
    finish(one)
    check(one)


def test_a_slow_worker_that_lives_is_not_taken_over() -> None:
    with world() as one:
        slow_but_alive(one)


def test_a_process_that_slept_after_its_intent_gives_the_claim_back() -> None:
    with world() as one:
        enqueue(one, "short")

        def strike(index: int, effect: Any, when: str) -> bool:
            if when == "after" and isinstance(effect, Call) and effect.name == "intend" and index < 12:
                one.advance(60)
            return False

        one.run(one.flows().drain(), strike)
        outcomes = [row[0] for row in one.rows("SELECT outcome FROM socialdesk_attempt ORDER BY epoch")]
        assert outcomes[0] == "given_back"
        finish(one)
        check(one)


def test_replies_of_one_thread_go_out_in_order() -> None:
    with world() as one:
        enqueue(one, "first", "k1")
        said = one.run(one.flows().mentions())[0]
        one.advance(1)
        one.run(one.flows().reply(said, "second", key="k2"))
        one.platform.outcomes = ["applied late"]
        one.run(one.flows().drain())
        assert one.platform.posts == []  # the second waits for what became of the first
        finish(one)
        assert [post["text"] for post in one.platform.posts] == ["first", "second"]
