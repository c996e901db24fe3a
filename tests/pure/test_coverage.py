"""Spans of what was heard: laid over one another they say no more than each of them knows, and no less."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from socialdesk._engine.coverage import (
    MOST_SPANS,
    Covered,
    Filled,
    Span,
    Trail,
    extended,
    filled,
    opened,
    paint,
)

RANK = {None: -1, "gap": 0, "best_effort": 1, "complete": 2}
layers = st.lists(
    st.builds(
        lambda start, length, state: Span(start, start + length, state, None),
        st.integers(0, 30),
        st.integers(0, 12),
        st.sampled_from(["gap", "best_effort", "complete"]),
    ),
    max_size=12,
)


def known(spans: tuple[Span, ...] | list[Span], moment: int) -> str | None:
    over = [span.state for span in spans if span.start <= moment < span.end]
    return max(over, key=lambda state: RANK[state], default=None)


@given(layers)
def test_each_moment_is_as_well_known_as_the_best_of_what_lies_over_it(given_: list[Span]) -> None:
    spans: tuple[Span, ...] = ()
    for span in given_:
        spans = paint(spans, span)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(span.start < span.end for span in spans)
    for moment in range(45):
        assert known(spans, moment) == known(given_, moment)


@given(layers, layers)
def test_the_order_of_walks_and_sweeps_changes_nothing(first: list[Span], second: list[Span]) -> None:
    ledgers = []
    for order in (first + second, second + first):
        spans: tuple[Span, ...] = ()
        for span in order:
            spans = paint(spans, span)
        ledgers.append(spans)
    assert ledgers[0] == ledgers[1]


def test_a_gap_opens_once_and_not_again_where_it_only_grows_or_shrinks() -> None:
    whole = (Span(0, 300, "complete"),)
    short, long = Span(100, 150, "gap", "downtime"), Span(100, 200, "gap", "downtime")
    assert opened(whole, (Span(0, 100, "complete"), long)) == (long,)
    assert opened((short,), (long,)) == opened((long,), (short,)) == opened((long,), whole) == ()


def test_a_first_walk_begins_where_hearing_was_asked_to_begin() -> None:
    assert extended((), Covered(until=500, start=100)) == (
        Span(0, 100, "gap", "first_connect"),
        Span(100, 500, "complete"),
    )
    assert opened((), extended((), Covered(until=500, start=100))) == ()


def test_a_first_walk_that_asked_for_everything_claims_no_more_than_it_saw() -> None:
    spans = extended((), Covered(until=500, low=300))
    assert spans == (Span(0, 300, "best_effort", "first_connect"), Span(300, 500, "complete"))


def test_a_walk_that_met_the_horizon_without_an_item_proves_nothing() -> None:
    spans = extended((Span(0, 100, "complete"),), Covered(until=500, horizon=True))
    assert spans[-1] == Span(100, 500, "gap", "horizon")


def test_a_ledger_does_not_grow_without_end_and_forgets_only_to_its_disadvantage() -> None:
    spans: tuple[Span, ...] = ()
    for number in range(1, 3 * MOST_SPANS):
        flaw = "noticed" if number % 2 else None
        spans = extended(spans, Covered(until=number * 100, start=1, flaw=flaw))
    assert len(spans) == MOST_SPANS
    assert spans[0].state == "gap"
    assert all(one.end == other.start for one, other in pairwise(spans))


def test_a_trail_is_read_back_as_it_was_kept() -> None:
    trail = Trail(begun=7, low=3, flaw="noticed")
    assert Trail.loads(trail.dumps()) == trail
    assert Trail.loads(None) is None


def test_a_backfill_claims_nothing_beyond_what_live_polling_heard() -> None:
    """Else the next walk would be taken to have begun where the backfill ended."""
    walk = Filled(start=100, end=900, settled=800)
    assert filled((), walk) == ()
    assert filled((Span(0, 500, "gap", "downtime"),), walk) == (
        Span(0, 100, "gap", "downtime"),
        Span(100, 500, "complete"),
    )


def test_what_may_show_late_after_a_backfill_is_best_effort() -> None:
    spans = filled((Span(0, 500, "gap", "downtime"),), Filled(start=100, end=450, settled=400))
    assert [(span.start, span.state, span.reason) for span in spans] == [
        (0, "gap", "downtime"),
        (100, "complete", None),
        (400, "best_effort", "late"),
        (450, "gap", "downtime"),
    ]


@given(layers, st.integers(0, 40), st.integers(0, 20), st.sampled_from([None, "aside", "horizon"]))
def test_a_backfill_makes_nothing_less_known(spans: list[Span], start: int, length: int, flaw: Any) -> None:
    before: tuple[Span, ...] = ()
    for span in spans:
        before = paint(before, span)
    after = filled(before, Filled(start=start, end=start + length, settled=start + length // 2, flaw=flaw))
    for moment in range(65):
        assert RANK[known(after, moment)] >= RANK[known(before, moment)]
    assert max((span.end for span in after), default=0) == max((span.end for span in before), default=0)
