"""Many faults at a time, on a platform of each kind: nothing is said twice, and nobody is told what is not so."""

from __future__ import annotations

import pytest

from socialdesk.testing.simulation import Faults, simulate
from socialdesk.testing.simulation.model import KINDS, LATE, Kind, model_stage

SEEDS = {"readback": 1000, "key": 334, "key ignored": 333, "key raced": 333, "client_id": 1000, "none": 1000}
"""How many plays there are where there is time: a thousand for each way to settle what nobody knows."""


def check(kind: Kind, seeds: range, skew: tuple[float, ...] = (0.0,)) -> None:
    report = simulate(model_stage(kind), seeds=seeds, faults=Faults(late=LATE[kind], skew=skew))
    assert report.ok, report
    if kind == "none":
        assert report.asked > 0
        assert report.states["unknown"] == 0, "what nobody knows was left to nobody"
    else:
        assert report.asked <= report.runs // 500, report


@pytest.mark.parametrize("kind", KINDS)
def test_many_faults_at_a_time_and_nothing_is_said_twice(kind: Kind) -> None:
    check(kind, range(3))


@pytest.mark.slow
@pytest.mark.parametrize("slice_", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_storms_on_each_kind_of_platform(kind: Kind, slice_: int) -> None:
    check(kind, range(slice_, SEEDS[kind], 4))
