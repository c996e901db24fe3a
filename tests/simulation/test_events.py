"""Whatever strikes, a consumer is told of every event at least once, and under the same id."""

from __future__ import annotations

import itertools
from typing import Any

from socialdesk.desk.telling import Feed
from tests.simulation.test_drain import strike_at
from tests.simulation.test_poll import EVERY, post
from tests.simulation.world import Struck, World


async def consume(desk: Any, owner: str, seen: list[str]) -> None:
    """A helpdesk: it writes down what it is told, and then says that it has it."""
    feed = Feed(desk, "tickets", "all", owner)
    while batch := await feed.next_batch():
        for event, _account, _tries in batch:
            seen.append(event.id)
            await feed.ack(event)
    await feed.give_back()


def run(one: World, seen: list[str], strike: Any = lambda *_: False) -> None:
    with one.worker.run() as owner:
        one.run(consume(one.flows(), owner, seen), strike)


def check(one: World, seen: list[str]) -> None:
    kept = [identity for (identity,) in one.rows("SELECT id FROM socialdesk_event")]
    assert set(seen) == set(kept), "an event was lost"
    assert one.rows("SELECT 1 FROM socialdesk_delivery") == []


@EVERY
def test_a_crash_of_the_consumer_before_or_after_any_effect(step: int) -> None:
    def began() -> World:
        one = World()
        one.platform.streams["mentions"] = [post(number) for number in range(1, 5)]
        one.run(one.flows().poll())
        return one

    one = began()
    effects = len(one.count_effects(consume(one.flows(), "w1/1", [])))
    one.close()
    assert effects > 6
    for point, when in itertools.product(range(0, effects, step), ("before", "after")):
        one = began()
        seen: list[str] = []
        try:
            run(one, seen, strike_at(point, when))
        except Struck:
            one.restart()
        run(one, seen)
        check(one, seen)
        assert len(seen) <= 4 + 1, "only what was in hand at the crash may come twice"
        one.close()


@EVERY
def test_events_that_are_written_while_a_consumer_is_new(step: int) -> None:
    """Another worker hears at every moment of a consumer's first round: nothing falls between."""
    one = World()
    one.platform.streams["mentions"] = [post(1), post(2)]
    one.run(one.flows().poll())
    effects = len(one.count_effects(consume(one.flows(), "w1/1", [])))
    one.close()
    for point in range(0, effects, step):
        one = World()
        one.platform.streams["mentions"] = [post(1), post(2)]
        one.run(one.flows().poll())
        seen: list[str] = []

        def strike(index: int, effect: Any, when: str, one: World = one, at: int = point) -> bool:
            if index == at and when == "before":
                one.platform.streams["mentions"].append(post(3))
                one.run(one.flows(one.new_worker()).poll())
            return False

        run(one, seen, strike)
        run(one, seen)
        check(one, seen)
        one.close()
