"""Many faults at a time, on a platform of each kind: nothing is said twice, and nobody is told what is not so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from socialdesk._engine.effects import Call
from socialdesk.connector import Part, Search
from socialdesk.testing.simulation import Faults, Play, Scene, simulate
from socialdesk.testing.simulation.model import KINDS, LATE, Kind, ModelConnector, model_stage
from socialdesk.wire import Request

SEEDS = {"readback": 1000, "key": 334, "key ignored": 333, "key raced": 333, "client_id": 1000, "none": 1000}
"""How many plays there are where there is time: a thousand for each way to settle what nobody knows."""


def check(kind: Kind, seeds: range, skew: tuple[float, ...] = (0.0,)) -> None:
    report = simulate(model_stage(kind), seeds=seeds, faults=Faults(late=LATE[kind], skew=skew))
    assert report.ok, report
    if kind == "none":
        assert report.asked > 0
        assert report.states["unknown"] == 0, "what nobody knows was left to nobody"
    else:
        # a few replies in a thousand plays meet five faults in a row, and nothing is tried a sixth time by itself
        assert report.asked <= report.runs // 80, report


@pytest.mark.parametrize("kind", KINDS)
def test_many_faults_at_a_time_and_nothing_is_said_twice(kind: Kind) -> None:
    check(kind, range(3))


def test_a_seed_gives_the_same_play_alone_and_after_others() -> None:
    """What was found in a thousand plays can be looked at in one."""
    plays = [(4,), (9,), (4, 9)]
    first, second, both = (simulate(model_stage("key raced"), seeds=seeds) for seeds in plays)
    assert (both.requests, both.struck) == (first.requests + second.requests, first.struck + second.struck)
    assert both.states == first.states + second.states
    assert both.seconds == pytest.approx(first.seconds + second.seconds)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("slice_", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_storms_on_each_kind_of_platform(kind: Kind, slice_: int) -> None:
    check(kind, range(slice_, SEEDS[kind], 4))


def play_with_reads(kind: Kind, fate: Any, connector: Any = None) -> Play:
    """One reply whose first answer is lost, with all that is read meeting ``fate(play)``."""
    stage = model_stage(kind)
    if connector is not None:
        stage = replace(stage, connector=connector)
    lost = ["answer lost"]
    world = Scene(stage).open(1)
    play = Play(world)

    def of(_task: Any, request: Request) -> Any:
        if request.does == "speaks":
            return lost.pop() if lost else "ok"
        return fate(play)

    play.fate = of
    play.run()
    play.watch.ended(play.settled())
    world.close()
    return play


@pytest.mark.parametrize("kind", ["readback", "key", "client_id"])
def test_too_many_requests_while_it_is_looked_for_are_no_proof(kind: Kind) -> None:
    """Ten minutes of 429: nothing is sent again meanwhile, and then it is found."""
    play = play_with_reads(kind, lambda play: "429" if play.now - play.began_at < 600 else "ok")
    assert play.watch.broken == []
    assert play.world.part_states() == ["sent"]


@pytest.mark.parametrize("fate", ["500 not applied", "connection refused", "unreadable", "400"])
def test_a_look_that_fails_for_ever_is_no_proof_and_a_person_is_asked(fate: str) -> None:
    play = play_with_reads("readback", lambda _play: fate)
    assert play.watch.broken == []
    assert play.world.part_states() == ["needs_human"]
    assert len(play.world.platform.posts) == 1


class NearSighted(ModelConnector):
    """Reads one page, and says so."""

    kind = "readback"

    async def find_sent(self, part: Part) -> Search:
        return replace(await super().find_sent(part), found=(), reached=False)


def test_a_look_that_did_not_reach_far_enough_is_no_proof_and_a_person_is_asked() -> None:
    play = play_with_reads("readback", lambda _play: "ok", NearSighted)
    assert play.watch.broken == []
    assert play.world.part_states() == ["needs_human"]
    assert len(play.world.platform.posts) == 1


def test_what_a_host_rolls_back_is_never_said() -> None:
    """The reply is written in the transaction of somebody whose own work fails then."""
    world = Scene(model_stage("readback"), replies=0).open(1)
    mention = world.run(world.flows().mentions())[0]

    def roll_back(call: Call[Any]) -> Call[Any]:
        def operation(connection: Any) -> None:
            call.operation(connection)
            raise LookupError("the ticket could not be written")

        return Call(operation, True, call.name)

    original = world.store.perform
    perform = lambda call: original(roll_back(call) if call.name == "enqueue" else call)  # noqa: E731 - one use
    world.store.perform = perform  # type: ignore[method-assign]  # the host's transaction
    try:
        with pytest.raises(LookupError):
            world.run(world.flows().reply(mention, "We are sorry.", key="k"))
    finally:
        del world.store.perform
    Play(world).run()
    assert world.rows("SELECT * FROM socialdesk_reply") == []
    assert world.platform.posts == []
    world.close()
