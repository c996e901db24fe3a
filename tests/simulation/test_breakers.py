"""A host that is down is left alone, tried by one worker at a time, and asked for everything once it is back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from socialdesk.errors import Unavailable
from socialdesk.wire import Request, Response, TransportError
from tests.simulation.test_budgets import LATENCY, Crew
from tests.simulation.test_drain import strike_at
from tests.simulation.test_poll import EVERY
from tests.simulation.world import Platform, Struck, Toy, World

NAMES = ("acme", "bolt", "cash", "dune")


@dataclass
class Failing(Platform):
    """``down`` says how it fails now: it answers 503, refuses connections or is silent, or it refuses the account."""

    down: str = ""
    asked: list[datetime] = field(default_factory=list)
    """When it was asked anything while it was down."""

    def send(self, request: Request, timeout: float) -> Response:
        if not self.down:
            return super().send(request, timeout)
        self.asked.append(self.now)
        self.requests += 1
        if self.down.isdigit():
            return Response(int(self.down), {}, b"{}")
        raise TransportError(self.down, sent=self.down == "silence")


@contextmanager
def failing(names: tuple[str, ...] = NAMES) -> Iterator[World]:
    one = World(kind=Toy, platform=Failing())
    one.platform.streams["mentions"] = [{"id": "1", "is": "post", "text": "help"}]
    for name in names[1:]:
        one.run(one.flows().connect("toy", name=name, settings={}, hear_from=None))
    one.run(one.flows().poll())
    try:
        yield one
    finally:
        one.close()


def breakers(one: World) -> list[tuple[Any, ...]]:
    return one.rows("SELECT failures, opened_at IS NOT NULL, owner FROM socialdesk_breaker")


def poll(one: World, times: int = 1) -> None:
    for _ in range(times):
        one.advance(200)
        one.run(one.flows().poll())


@pytest.mark.slow
@pytest.mark.parametrize("down", ["503", "refused connection", "silence"])
def test_four_workers_leave_a_host_alone_that_is_down_and_lose_nothing(down: str) -> None:
    with failing() as one:
        target = one.run(one.flows().mentions(account="acme"))[0]
        crew = Crew(one, 4)
        crew.work(5)
        one.platform.down = down
        for number in range(8):
            one.run(one.flows().reply(target, f"reply {number}", key=f"r{number}"))
        one.platform.streams["mentions"].insert(0, {"id": "2", "is": "post", "text": "while it was down"})
        crew.work(605)
        asked = one.platform.asked
        assert len(asked) <= 35
        (breaker,) = one.run(one.flows().budget()).breakers
        assert breaker.opened_at is not None
        probes = [
            at for at in asked if at > breaker.opened_at + timedelta(seconds=1)
        ]  # the rest was under way
        assert 5 <= len(probes) <= 25
        apart = [(later - at).total_seconds() for at, later in itertools.pairwise(probes)]
        assert min(apart) > LATENCY, "two of them tried at once"
        assert breaker.host == "toy.test"
        assert breaker.probe_at is not None
        one.platform.down = ""
        for _ in range(12):  # what a probe said and nobody answered is looked for twice, a whole grace apart
            one.advance(150)
            for worker in crew.hands:
                one.run(one.flows(worker.worker).tick())
        assert breakers(one) == []
        texts = [post["text"] for post in one.platform.posts]
        assert sorted(texts) == [f"reply {number}" for number in range(8)]
        heard = one.rows("SELECT count(*) FROM socialdesk_mention WHERE data LIKE '%while it was down%'")
        assert heard == [(len(NAMES),)]
        assert one.unrecorded == []


def test_what_waits_says_why_and_until_when_and_nothing_is_asked_before() -> None:
    with failing() as one:
        target = one.run(one.flows().mentions(account="acme"))[0]
        one.platform.down = "503"
        poll(one, 3)
        (breaker,) = one.run(one.flows().budget()).breakers
        assert breaker.failures >= 5
        one.run(one.flows().reply(target, "sorry", key="k"))
        while breaker.probe_at is not None and breaker.probe_at <= one.now():
            one.run(one.flows().poll())
            (breaker,) = one.run(one.flows().budget()).breakers
        asked = one.platform.requests
        one.run(one.flows(one.new_worker()).drain())
        one.run(one.flows().poll())
        with pytest.raises(Unavailable) as caught:
            one.run(one.flows().refresh([target]))
        assert one.platform.requests == asked
        assert caught.value.held
        assert caught.value.retry_at == breaker.probe_at
        (waiting,) = [each for each in one.run(one.flows().budget()).waiting if each.what == "reply"]
        assert waiting.again_at == breaker.probe_at
        assert "toy.test does not answer" in (waiting.why or "")


@pytest.mark.parametrize("status", ["401", "403", "404", "429"])
def test_a_host_that_refuses_an_account_is_up(status: str) -> None:
    with failing() as one:
        one.platform.down = status
        poll(one, 8)
        assert breakers(one) == []


def test_an_answer_in_between_begins_the_count_anew() -> None:
    with failing(("acme",)) as one:
        for _ in range(4):
            one.platform.down = "503"
            flow = one.flows().poll()
            failed = 0
            try:
                effect = flow.send(None)
                while failed < 4:
                    failed += isinstance(effect, Request)
                    effect = flow.send(one.perform(effect))
                one.platform.down = ""
                while True:
                    effect = flow.send(one.perform(effect))
            except StopIteration:
                pass
            one.platform.down = ""
            poll(one)
        assert breakers(one) == []


def test_a_host_that_is_well_costs_no_store_call() -> None:
    with failing(("acme",)) as one:
        one.platform.down = "503"
        poll(one, 3)
        one.platform.down = ""
        poll(one, 3)
        assert breakers(one) == []
        one.advance(200)
        calls = [getattr(effect, "name", "") for effect in one.count_effects(one.flows().poll())]
        assert "consult" not in calls


@EVERY
def test_a_crash_while_a_host_is_tried_leaves_it_to_the_next(step: int) -> None:
    for answers in (False, True):
        with failing(("acme",)) as one:
            open_it(one, answers)
            effects = len(one.count_effects(one.flows().poll()))
        for point, when in itertools.product(range(0, effects, 3 * step), ("before", "after")):
            with failing(("acme",)) as one:
                open_it(one, answers)
                with pytest.raises(Struck):
                    one.run(one.flows().poll(), strike_at(point, when))
                one.restart()
                one.platform.down = ""
                one.advance(200)
                one.run(one.flows().poll())
                poll(one, 2)
                assert breakers(one) == [], f"stuck, struck {when} {point}"


def open_it(one: World, answers: bool) -> None:
    one.platform.down = "503"
    poll(one, 4)
    assert breakers(one)[0][1:] == (1, None)
    one.platform.down = "" if answers else "503"
    one.advance(200)


@dataclass
class Flaky(Platform):
    """It fails every other request."""

    asked: int = 0

    def send(self, request: Request, timeout: float) -> Response:
        self.asked += 1
        return Response(503, {}, b"{}") if self.asked % 2 else super().send(request, timeout)


def test_a_host_that_fails_now_and_then_is_not_asked_twice_as_often() -> None:
    """No breaker opens, since it answers in between: all that a desk does shares what may be repeated."""
    one = World(kind=Toy, platform=Flaky())
    try:
        polls = 0
        for _ in range(100):
            one.advance(1000)
            polls += len([report for report in one.run(one.flows().poll()).listings if report.stream])
        assert one.platform.asked - polls <= 10 + polls / 10
    finally:
        one.close()
