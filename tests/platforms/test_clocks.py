"""A machine whose clock is wrong by minutes hears and answers all the same, where the platform tells its own time."""

from __future__ import annotations

import pytest

from socialdesk.testing.simulation import Faults, Scene, Stage, simulate
from tests.platforms.lines import PLATFORMS


@pytest.mark.parametrize("ahead", [-900.0, 900.0])
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_clock_that_is_wrong_keeps_nothing_back(name: str, ahead: float) -> None:
    report = simulate(Stage.of(PLATFORMS[name]), seeds=range(1), faults=Faults(skew=(ahead,)))
    assert report.ok, report


@pytest.mark.parametrize("ahead", [-900.0, 900.0])
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_new_process_whose_first_act_is_an_answer_says_it_once_and_at_once(name: str, ahead: float) -> None:
    """It learns the platform's time by the refusal of that answer, where a signature holds the time."""
    stage = Stage.of(PLATFORMS[name])
    world = Scene(stage).open(0, skew=ahead)
    world.restart()
    world.run(world.flows().drain())
    world.run(world.flows().drain())
    assert set(world.part_states()) == {"sent"}
    assert len([text for text in stage.spoken(world.platform) if "somebody looks into it" in text]) == 1
    world.close()
