"""A machine whose clock is wrong by minutes hears and answers all the same, where the platform tells its own time."""

from __future__ import annotations

import pytest

from socialdesk.testing.simulation import Faults, Stage, simulate
from tests.platforms.lines import PLATFORMS


@pytest.mark.parametrize("ahead", [-900.0, 900.0])
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_clock_that_is_wrong_keeps_nothing_back(name: str, ahead: float) -> None:
    report = simulate(Stage.of(PLATFORMS[name]), seeds=range(1), faults=Faults(skew=(ahead,)))
    assert report.ok, report
