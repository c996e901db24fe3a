"""How often a listing is polled."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from socialdesk._engine.limits import Budget, kept_back
from socialdesk._engine.pacing import (
    LONGEST,
    PUSHED,
    SHORTEST,
    USUAL,
    Arrivals,
    Outlay,
    affordable,
    smoothed,
    worth,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)


@given(
    st.integers(1, 10_000), st.integers(0, 10_000), st.floats(1, 86_400), st.integers(1, 200), st.booleans()
)
def test_polls_so_far_apart_never_draw_more_than_is_left_for_them(
    limit: int, remaining: int, seconds: float, amount: int, replies: bool
) -> None:
    remaining = min(limit, remaining)
    window = timedelta(seconds=seconds)  # in whole microseconds
    budget = Budget(limit=limit, remaining=remaining, resets_at=NOW + window)
    pause = affordable([Outlay(budget=budget, amount=amount, replies=replies)], NOW)
    assert pause > 0
    rounds = int(window.total_seconds() / pause * (1 - 1e-9))  # those that end before the window does
    assert rounds * amount <= max(0, remaining - kept_back(limit, "poll", replies=replies))


def test_a_blocked_budget_is_waited_for() -> None:
    budget = Budget(blocked_until=NOW + timedelta(seconds=90))
    assert affordable([Outlay(budget=budget, amount=1)], NOW) == 90
    assert affordable([Outlay(budget=Budget(), amount=1)], NOW) == 0


@given(st.none() | st.floats(0, 100), st.integers(0, 1000), st.floats(1, 10_000))
def test_a_burst_shortens_the_pause_and_a_lull_lengthens_it(
    rate: float | None, new: int, seconds: float
) -> None:
    before = worth(Arrivals(rate=rate))
    calm = worth(Arrivals(rate=smoothed(rate, 0, seconds)))
    burst = worth(Arrivals(rate=smoothed(rate, new + 1, seconds)))
    more = worth(Arrivals(rate=smoothed(rate, 2 * new + 2, seconds)))
    assert SHORTEST <= more <= burst <= calm <= LONGEST
    assert rate is None or calm >= before - 1e-9


def test_the_pause_follows_what_comes() -> None:
    assert worth(Arrivals()) == USUAL
    rate: float | None = None
    for _ in range(10):
        rate = smoothed(rate, 0, 60)
    assert worth(Arrivals(rate=rate)) == LONGEST
    rate = smoothed(rate, 30, 60)
    assert worth(Arrivals(rate=rate)) == SHORTEST
    for _ in range(20):
        rate = smoothed(rate, 0, 60)
    assert worth(Arrivals(rate=rate)) == LONGEST


def test_where_the_platform_delivers_polling_is_the_safety_net() -> None:
    assert worth(Arrivals(rate=0.0, pushed=True)) == PUSHED
