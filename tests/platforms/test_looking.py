"""A look for what may have been said takes only that for it: not what was said long ago, nor under another post."""

from __future__ import annotations

from typing import Any

import pytest

from socialdesk.testing.simulation import Play, Stage, World
from socialdesk.wire import Request
from tests.platforms.lines import PLATFORMS

ANSWER = "We are sorry, and somebody looks into it."
COMPLAINTS = ("my parcel is lost", "my bill is wrong")


def hear(world: World, text: str) -> Any:
    world.connect()
    world.advance(600)
    world.run(world.flows().poll())
    return next(one for one in world.run(world.flows().mentions(limit=100)) if text in one.text)


def answer(world: World, complaint: str, fate: str = "ok") -> list[str]:
    """Answer a complaint, and see to it until nothing is open; gives the part's states."""
    mention = hear(world, complaint)
    world.run(world.flows().reply(mention, ANSWER, key="k"))
    fates: list[Any] = [fate]

    def of(_task: Any, request: Request) -> Any:
        return fates.pop() if fates and request.does == "speaks" else "ok"

    play = Play(world, fate=of)
    play.run()
    states = world.part_states()
    world.close()
    return states


def check(states: list[str], stage: Stage, sandbox: Any) -> None:
    """It was said anew; where the platform takes no text twice, a person is asked."""
    said = sum(ANSWER in text for text in stage.spoken(sandbox))
    assert (states, said) in ((["sent"], 2), (["needs_human"], 1))


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_was_said_hours_ago_is_not_taken_for_what_was_lost(name: str) -> None:
    """Another desk, which shares nothing with ours, gave the very same answer to the same complaint this morning."""
    stage = Stage.of(PLATFORMS[name])
    sandbox = stage.platform()
    stage.complain(sandbox, COMPLAINTS[0])
    earlier = World(stage, platform=sandbox)
    assert answer(earlier, COMPLAINTS[0]) == ["sent"]
    sandbox.advance(hours=5)
    world = World(stage, platform=sandbox, seed=1)
    check(answer(world, COMPLAINTS[0], "request lost"), stage, sandbox)


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_was_said_under_another_post_is_not_taken_for_what_was_lost(name: str) -> None:
    stage = Stage.of(PLATFORMS[name])
    sandbox = stage.platform()
    for complaint in COMPLAINTS:
        stage.complain(sandbox, complaint)
        sandbox.advance(minutes=2)
    world = World(stage, platform=sandbox, seed=1)
    mention = hear(world, COMPLAINTS[0])
    world.run(world.flows().reply(mention, ANSWER, key="k"))
    kept = world.store.keep()
    assert answer(World(stage, platform=sandbox, seed=2), COMPLAINTS[1]) == ["sent"]
    world.store.put_back(kept)
    fates: list[Any] = ["request lost"]
    play = Play(
        world, fate=lambda _task, request: fates.pop() if fates and request.does == "speaks" else "ok"
    )
    play.run()
    check(world.part_states(), stage, sandbox)
    world.close()
