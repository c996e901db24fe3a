"""Every plugin with its sandbox, through many faults at a time: nothing is said twice, and what is told is so."""

from __future__ import annotations

import pytest

from socialdesk.testing.simulation import Faults, Stage, simulate
from tests.platforms.lines import LISTINGS, PLATFORMS

WITHIN_GRACE = (1.0, 50.0)
CLOCKS = (-200.0, 0.0, 200.0)
"""By how many seconds the platform's clock is ahead: more than a plugin allows for by itself."""


UNSEEN = ("youtube-search",)
"""Listings of what stands on others' channels, where a comment may be held back and nobody of ours can look."""


def check(name: str, seeds: range) -> None:
    stage = Stage.of(LISTINGS.get(name) or PLATFORMS[name])
    report = simulate(stage, seeds=seeds, faults=Faults(late=WITHIN_GRACE, skew=CLOCKS))
    assert report.ok, report
    assert name in UNSEEN or report.asked <= len(seeds) // 20, report


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_plugin_says_nothing_twice_whatever_strikes(name: str) -> None:
    check(name, range(1))


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_plugin_says_nothing_twice_in_ten_plays(name: str) -> None:
    check(name, range(10))


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(LISTINGS)))
def test_every_listing_can_be_answered_whatever_strikes(name: str) -> None:
    check(name, range(1))
