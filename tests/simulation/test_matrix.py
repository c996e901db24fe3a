"""The posting matrix: one thing goes wrong at one place, in every combination, and nothing is said twice."""

from __future__ import annotations

import random
from itertools import chain

import pytest

from socialdesk.testing.simulation.matrix import CAPABILITIES, Cell, cells, further_cells, play_cells

SHARDS = 6


def whole(capability: str) -> list[Cell]:
    return [*cells(capability), *further_cells(capability)]


def check(capability: str, chosen: list[tuple[Cell, int]]) -> None:
    report = play_cells(chosen)
    assert report.ok, report
    assert report.stuck == 0
    if capability != "none":
        assert report.asked == 0, "a person was asked for what could be found out"
    ends = {"sent", "failed"} if capability != "none" else {"sent", "failed", "needs_human"}
    assert set(report.states) <= ends, report


def test_the_matrix_has_every_combination() -> None:
    assert sum(1 for capability in CAPABILITIES for _ in cells(capability)) == 12_960
    assert len(set(chain.from_iterable(whole(capability) for capability in CAPABILITIES))) == 25_056


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_some_of_the_matrix_and_nothing_is_said_twice(capability: str) -> None:
    dice = random.Random(1)
    check(capability, [(cell, dice.randrange(5)) for cell in dice.sample(whole(capability), 12)])


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("capability", CAPABILITIES)
def test_the_whole_matrix_and_nothing_is_said_twice(capability: str, shard: int) -> None:
    """Each cell with one of five seeds; ``python -m socialdesk.testing.simulation matrix --seeds 5`` plays all five."""
    numbered = list(enumerate(whole(capability)))
    check(capability, [(cell, number % 5) for number, cell in numbered[shard::SHARDS]])
