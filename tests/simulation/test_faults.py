"""Several things at once: workers side by side, processes that sleep, tasks that are cancelled, and chance."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from socialdesk.wire import Flow
from tests.simulation import test_poll as polls
from tests.simulation.test_drain import OUTCOMES, check, check_safe, enqueue, finish, is_speaking, world
from tests.simulation.test_poll import EVERY
from tests.simulation.world import Struck, World

QUICK = ("answer lost", "applied late", "500 not applied", "401")


def effects_of_drain(outcome: str) -> int:
    with world() as one:
        enqueue(one)
        one.platform.outcomes = ["ok", outcome]
        return len(one.count_effects(one.flows().drain()))


def settled(one: World, outcome: str) -> None:
    finish(one)
    check(one, outcome=outcome)
    assert not one.unrecorded
    assert not one.living


# ------------------------------------------------------------------------------------------- side by side


def drains_between(outcome: str, step: int) -> None:
    """Before each effect of one worker's drain, another worker drains as well; both live."""
    for point in range(0, effects_of_drain(outcome), step):
        with world() as one:
            enqueue(one)
            one.platform.outcomes = ["ok", outcome]
            first = one.worker

            def strike(index: int, effect: Any, when: str, one: World = one, at: int = point) -> bool:
                if index == at and when == "before":
                    one.run(one.flows(one.new_worker()).drain())
                return False

            one.run(one.flows(first).drain(), strike)
            settled(one, outcome)


@pytest.mark.parametrize("outcome", QUICK)
def test_two_workers_that_drain_at_once_say_everything_once(outcome: str) -> None:
    drains_between(outcome, step=9)


@pytest.mark.slow
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_two_workers_at_every_point_with_every_outcome(outcome: str) -> None:
    drains_between(outcome, step=1)


# --------------------------------------------------------------------------------------------------- pauses


def sleeps(outcome: str, seconds: float, step: int) -> None:
    """Before each effect the process sleeps, as when a machine is suspended."""
    for point in range(0, effects_of_drain(outcome), step):
        with world() as one:
            enqueue(one)
            one.platform.outcomes = ["ok", outcome]

            def strike(index: int, effect: Any, when: str, one: World = one, at: int = point) -> bool:
                if index == at and when == "before":
                    one.advance(seconds)
                return False

            one.run(one.flows().drain(), strike)
            settled(one, outcome)


@pytest.mark.parametrize("seconds", [5.5, 400.0])
@pytest.mark.parametrize("outcome", QUICK)
def test_a_process_that_sleeps_anywhere_in_a_drain(outcome: str, seconds: float) -> None:
    sleeps(outcome, seconds, step=11)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [5.5, 400.0])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_process_that_sleeps_at_every_point_with_every_outcome(outcome: str, seconds: float) -> None:
    sleeps(outcome, seconds, step=1)


# ------------------------------------------------------------------------------------------------ cancelled


def cancelled(one: World, flow: Flow[Any], point: int, when: str) -> bool:
    was = one.cancel(flow, point, when)
    assert not one.living, "a run that ended is taken for living"
    return was


def cancels(outcome: str, step: int) -> None:
    for point, when in itertools.product(range(0, effects_of_drain(outcome), step), ("before", "after")):
        with world() as one:
            enqueue(one)
            one.platform.outcomes = ["ok", outcome]
            assert cancelled(one, one.flows().drain(), point, when)
            settled(one, outcome)


@pytest.mark.parametrize("outcome", QUICK)
def test_a_drain_that_is_cancelled_anywhere_in_the_same_process(outcome: str) -> None:
    cancels(outcome, step=11)


@pytest.mark.slow
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_drain_that_is_cancelled_at_every_effect(outcome: str) -> None:
    cancels(outcome, step=1)


@EVERY
def test_a_poll_that_is_cancelled_at_any_effect(step: int) -> None:
    with world() as one:
        polls.publish(one)
        effects = len(one.count_effects(one.flows().poll()))
    for point, when in itertools.product(range(0, effects, step), ("before", "after")):
        with world() as one:
            polls.publish(one)
            assert cancelled(one, one.flows().poll(), point, when)
            polls.publish_later(one)
            polls.poll_all(one)
            polls.check(one)


# --------------------------------------------------------------------------------------------------- chance

REPLIES = 3
FAULTS = tuple(outcome for outcome in OUTCOMES if outcome not in ("ok", "401 dead"))


def by_chance(seed: int, settle: str) -> set[str]:
    """Three replies in one thread; half of the posts go wrong, and at each effect the worker may die or sleep, or
    another may drain as well."""
    dice = random.Random(seed)
    with world(settle) as one:
        enqueue(one, "reply 0", "k0")
        said = one.run(one.flows().mentions())[0]
        for number in range(1, REPLIES):
            one.advance(1)
            text = f"reply {number} " + "xyz"[number] * dice.choice([0, 40])  # no two parts say the same
            one.run(one.flows().reply(said, text, key=f"k{number}"))
        one.platform.outcomes = [dice.choice(FAULTS) if dice.random() < 0.5 else "ok" for _ in range(30)]

        def strike(index: int, effect: Any, when: str) -> bool:
            if is_speaking(effect) and when == "before":
                return (
                    dice.random() < 0.03
                )  # asleep right before the wire: what nothing on this side can solve
            roll = dice.random()
            if roll < 0.03:
                one.advance(dice.uniform(5, 400))
            elif roll < 0.04:
                one.run(one.flows(one.new_worker()).drain())
            return 0.04 <= roll < 0.07

        for _ in range(12):
            try:
                one.run(one.flows().drain(), strike)
            except Struck:
                one.restart()
            one.advance(dice.choice([1, 30, 200, 900]))
        one.platform.outcomes = []
        finish(one)
        one.settle(60)
        states = check_safe(one)
        assert not one.unrecorded
        return states


@pytest.mark.parametrize("settle", ["readback", "key", "client_id", "none"])
def test_chance_finds_nothing_said_twice_and_nothing_stuck(settle: str) -> None:
    for seed in range(2):
        by_chance(seed, settle)


@pytest.mark.slow
@pytest.mark.parametrize("settle", ["readback", "key", "client_id", "none"])
def test_many_worlds_of_chance(settle: str) -> None:
    for seed in range(1000, 1060):
        by_chance(seed, settle)
