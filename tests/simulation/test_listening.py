"""A busy account, late items, broken ones, and crashes: all of it is heard, at a price that is known."""

from __future__ import annotations

import pytest

from benchmarks.listening import WAYS, listen

ways = {way.name: way for way in WAYS}


@pytest.mark.parametrize("items", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_everything_that_shows_late_is_heard_for_at_most_three_times_the_requests(items: int) -> None:
    plain, ours = listen(ways["plain"], items, 1), listen(ways["sweep"], items, 1)
    assert ours.lost == 0
    assert plain.lost > 0, "nothing came late, so that this shows nothing"
    assert ours.calls <= 3 * plain.calls
    assert ours.doubled == 0, "told twice"


@pytest.mark.slow
def test_each_of_the_simpler_ways_loses_something() -> None:
    for name in ("newest", "before", "poison", "plain"):
        assert listen(ways[name], 5_000, 2).lost > 0, name
