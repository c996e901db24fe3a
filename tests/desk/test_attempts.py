"""What a person sees who has to decide what became of an answer: each attempt, and what came of it."""

from __future__ import annotations

import pytest

from socialdesk.errors import ConfigError
from tests.simulation.test_drain import enqueue, finish, strike_at, world
from tests.simulation.world import Struck


def test_each_attempt_is_told_with_what_came_of_it() -> None:
    with world() as one:
        enqueue(one, "short")
        one.platform.outcomes = ["refused connection", "request lost"]
        one.run(one.flows().drain())
        finish(one)
        told = one.run(one.flows().attempts("k"))
        assert [attempt.outcome for attempt in told] == ["not_sent", "unknown", "sent"]
        assert [attempt.part for attempt in told] == [1, 1, 1]
        assert "request lost" in told[1].error
        assert all(attempt.started_at <= attempt.ended_at for attempt in told)


def test_an_attempt_whose_process_died_is_told_as_that() -> None:
    with world("none") as one:
        enqueue(one, "short")
        points = one.count_effects(one.flows().drain())
    speaks = next(index for index, effect in enumerate(points) if getattr(effect, "method", "") == "POST")
    with world("none") as one:
        enqueue(one, "short")
        with pytest.raises(Struck):
            one.run(one.flows().drain(), strike_at(speaks, "after"))
        assert [attempt.outcome for attempt in one.run(one.flows().attempts("k"))] == [None]
        one.restart()
        finish(one)
        assert [attempt.outcome for attempt in one.run(one.flows().attempts("k"))] == ["died"]
        assert one.run(one.flows().receipt("k")).state == "needs_human"


def test_a_reply_that_is_not_there_has_no_attempts() -> None:
    with world() as one, pytest.raises(ConfigError, match="'other'"):
        one.run(one.flows().attempts("other"))
