"""Workers that share a limit, on a platform that keeps it exactly."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from socialdesk._engine.effects import Call
from socialdesk.connector import Limit, LimitReading, Page, Raw, Search, Sent, Stream, Window
from socialdesk.wire import Json, Request, Response
from tests.simulation.test_drain import strike_at
from tests.simulation.test_poll import EVERY
from tests.simulation.world import HOST, START, Platform, Struck, Toy, World

PER = 900.0
CALLS = {"calls": 1}


class Metered(Toy):
    """Every request draws on one limit, which every answer tells of."""

    streams = (Stream("mentions"),)
    amount = 30

    @property
    def limits(self) -> tuple[Limit, ...]:
        return (Limit(self.amount, per=PER, bucket="calls", shared_by="app"),)

    def read_limits(self, response: Response) -> Iterator[LimitReading]:
        if "x-left" in response.headers:
            yield LimitReading(
                bucket="calls",
                limit=int(response.headers["x-limit"]),
                remaining=int(response.headers["x-left"]),
                resets_at=datetime.fromisoformat(response.headers["x-reset"]),
            )

    async def fetch(self, window: Window) -> Page:
        params = {"since": window.since, "until": window.until, "page": window.page}
        body = (await Request("GET", f"{HOST}/{window.stream}", params=params, spends=CALLS)).json()
        ids = [item["id"] for item in body["items"]]
        return Page(
            [Raw("item", item) for item in body["items"]],
            next=body["next"],
            resume=ids[0] if ids else None,
            span=(ids[-1], ids[0]) if ids else None,
        )

    async def send(self, part: Any) -> Sent:
        target = part.target.id.value if part.target else None
        body = {"text": part.text, "to": target, "key": part.key}
        answer = (await Request("POST", f"{HOST}/posts", body=Json(body), spends=CALLS)).json()
        return Sent(answer["id"])

    async def find_sent(self, part: Any) -> Search:
        posts = (await Request("GET", f"{HOST}/own", spends=CALLS)).json()["posts"]
        found = [Sent(post["id"]) for post in posts if post["text"] == part.text]
        return Search(found=tuple(found), reached=True)


@dataclass
class Meter(Platform):
    """It counts what it is asked in windows of its own, and refuses what is over the limit."""

    limit: int = 30
    asked: list[tuple[datetime, str, bool]] = field(default_factory=list)
    """When it was asked what, and whether it refused that for its limit."""

    def window(self, at: datetime) -> int:
        return int((at - START).total_seconds() // PER)

    def used(self, window: int) -> int:
        return sum(not refused and self.window(at) == window for at, _, refused in self.asked)

    @property
    def refused(self) -> int:
        return sum(refused for _, _, refused in self.asked)

    def send(self, request: Request, timeout: float) -> Response:
        if request.path == "/token":
            return super().send(request, timeout)
        window = self.window(self.now)
        used = self.used(window)
        ends = START + timedelta(seconds=PER * (window + 1))
        over = used >= self.limit
        self.asked.append((self.now, request.path, over))
        told = {
            "x-limit": str(self.limit),
            "x-left": str(max(0, self.limit - used - 1)),
            "x-reset": ends.isoformat(),
        }
        if over:
            seconds = int((ends - self.now).total_seconds()) + 1
            return Response(429, {**told, "retry-after": str(seconds)}, b"{}")
        answer = super().send(request, timeout)
        return Response(answer.status, {**answer.headers, **told}, answer.body)


@contextmanager
def metered(limit: int = 30, pages: int = 100) -> Iterator[World]:
    platform = Meter(limit=limit, page_size=1)
    kind = type("MeteredHere", (Metered,), {"amount": limit})
    one = World(kind=kind, platform=platform)
    platform.streams["mentions"] = [
        {"id": str(number), "is": "post", "text": f"post {number}"} for number in range(1, pages + 1)
    ]
    try:
        yield one
    finally:
        one.close()


def test_an_empty_poll_under_a_limit_makes_two_store_calls_as_well() -> None:
    with metered(pages=0) as one:
        for _ in range(2):
            one.run(one.flows().poll())
            one.advance(200)
        calls = [effect for effect in one.count_effects(one.flows().poll()) if isinstance(effect, Call)]
        assert [call.name for call in calls] == ["survey", "open_account", "store_page"]
        assert one.rows("SELECT leased, remaining FROM socialdesk_budget") == [(0, 27)]


@EVERY
def test_a_crash_at_any_effect_wastes_some_calls_and_never_makes_one_too_many(step: int) -> None:
    with metered(12) as one:
        effects = len(one.count_effects(one.flows().poll()))
    for point, when in itertools.product(range(0, effects, 2 * step), ("before", "after")):
        with metered(12) as one:
            for _ in range(2):  # struck, and struck again
                with pytest.raises(Struck):
                    one.run(one.flows().poll(), strike_at(point % 25, when))
                one.restart()
            one.run(one.flows().poll())
            assert one.platform.refused == 0
            assert one.platform.used(0) <= 12 - 5, "what is kept for replies was spent"
            one.advance(PER)
            one.run(one.flows().poll())
            assert one.platform.refused == 0
            assert one.platform.used(1) == 12 - 5, "wasted for longer than a window"


def test_what_polling_leaves_is_there_for_a_reply() -> None:
    with metered(12) as one:
        one.run(one.flows().poll())
        said = one.run(one.flows().mentions())[0]
        report = one.run(one.flows().poll())
        assert not report.ok
        one.run(one.flows().reply(said, "we are looking into it", key="k"))
        assert one.run(one.flows().drain()).sent == 1
        assert one.platform.refused == 0


def test_what_is_left_who_spent_it_and_what_waits_are_told() -> None:
    with metered(12) as one:
        one.run(one.flows().poll())
        said = one.run(one.flows().mentions())[0]
        one.run(one.flows().reply(said, "we are looking into it", key="k"))
        report = one.run(one.flows().budget())
        (limit,) = report.limits
        assert (limit.platform, limit.shared_by, limit.bucket, limit.limit) == ("toy", "app", "calls", 12)
        assert (limit.remaining, limit.leased, limit.reserve) == (5, 0, 5)
        assert limit.resets_at == START + timedelta(seconds=PER)
        assert limit.blocked_until is None
        (spent,) = limit.spent
        assert (spent.account, spent.lane, spent.amount) == ("acme", "poll", 7)
        reply, poll = report.waiting
        assert (reply.what, reply.name, reply.again_at) == ("reply", "k", one.now())
        assert (poll.what, poll.name, poll.again_at) == ("poll", "mentions", limit.resets_at)
        assert "used up" in (poll.why or "")
        one.run(one.flows().drain())
        (limit,) = one.run(one.flows().budget("acme")).limits
        assert {(each.lane, each.amount) for each in limit.spent} == {("poll", 7), ("reply", 1)}
        one.advance(PER)
        (limit,) = one.run(one.flows().budget()).limits
        assert (limit.remaining, limit.spent) == (12, ())


def test_a_refusal_for_a_limit_is_told_with_its_reason_and_its_end() -> None:
    with metered(12) as one:
        one.platform.asked = [(one.now(), "elsewhere", False)] * 12  # another program uses the same app
        one.run(one.flows().poll())
        (limit,) = one.run(one.flows().budget()).limits
        assert limit.blocked_until == START + timedelta(seconds=PER + 1)
        assert limit.why
        asked = len(one.platform.asked)
        one.advance(PER - 1)
        one.run(one.flows(one.new_worker()).poll())
        assert len(one.platform.asked) == asked, "before Retry-After had ended"
