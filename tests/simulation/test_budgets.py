"""Workers that share a limit, on a platform that keeps it exactly."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from socialdesk._engine.effects import Call, Sleep
from socialdesk.connector import Limit, LimitReading, Page, Raw, Search, Sent, Stream, Window
from socialdesk.desk import schema
from socialdesk.desk.schema import micros
from socialdesk.wire import Json, Request, Response
from tests.simulation.test_drain import strike_at
from tests.simulation.test_poll import EVERY
from tests.simulation.world import HOST, START, Config, Platform, Struck, Toy, World, _json

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
    taken: Counter[int] = field(default_factory=Counter)

    def window(self, at: datetime) -> int:
        return int((at - START).total_seconds() // PER)

    def ends(self, window: int) -> datetime:
        return START + timedelta(seconds=PER * (window + 1))

    def used(self, window: int) -> int:
        return self.taken[window]

    @property
    def refused(self) -> int:
        return sum(refused for _, _, refused in self.asked)

    def send(self, request: Request, timeout: float) -> Response:
        if request.path == "/token":
            return super().send(request, timeout)
        window = self.window(self.now)
        used = self.used(window)
        ends = self.ends(window)
        over = used >= self.limit
        self.asked.append((self.now, request.path, over))
        self.taken[window] += not over
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
        one.platform.taken[0] = 12  # another program uses the same app
        one.run(one.flows().poll())
        (limit,) = one.run(one.flows().budget()).limits
        assert limit.blocked_until == START + timedelta(seconds=PER + 1)
        assert limit.why
        asked = len(one.platform.asked)
        one.advance(PER - 1)
        one.run(one.flows(one.new_worker()).poll())
        assert len(one.platform.asked) == asked, "before Retry-After had ended"


def test_accounts_that_are_refused_until_one_moment_start_again_at_different_ones() -> None:
    names = [f"brand {number}" for number in range(8)]
    with crowded(names, endless=names, limit=10_000) as one:
        one.platform.limit = 0  # it refuses everything, though it told of plenty
        one.run(one.flows().poll())
        until = one.platform.ends(0)
        told = sorted(
            m for (m,) in one.rows("SELECT next_at FROM socialdesk_stream WHERE problem IS NOT NULL")
        )
        again_at = [(moment - micros(until)) / 1e6 for moment in told]
        assert len(set(again_at)) == len(again_at) > len(names)
        assert again_at[0] >= 0, "before Retry-After had ended"
        assert again_at[-1] <= 4, "a second of the header's, and three of ours"


def test_a_worker_that_says_many_things_learns_after_each_that_others_were_refused() -> None:
    """What it had leased is spent no more, though it was leased a moment ago."""
    with metered(1000, pages=20) as one:
        one.run(one.flows().poll())
        for number, said in enumerate(one.run(one.flows().mentions(limit=10))):
            one.run(one.flows().reply(said, f"answer {number}", key=f"{number}"))
        one.run(one.flows().drain())
        assert len(one.platform.posts) == 10  # so that it leases for as many the next time
        for number, said in enumerate(one.run(one.flows().mentions(limit=10))):
            one.run(one.flows().reply(said, f"more {number}", key=f"more {number}"))
        until = one.now() + timedelta(seconds=60)

        def refused(post: dict[str, Any]) -> str:
            del one.platform._apply
            with one.store._get_engine().begin() as connection:
                connection.execute(
                    sa.update(schema.budget).values(blocked_until=micros(until), why="too many")
                )
            return one.platform._apply(post)

        one.platform._apply = refused  # another worker is refused while this one's first post is under way
        report = one.run(one.flows().drain())
        assert report.sent == 1
        assert len(one.platform.posts) == 11


# ------------------------------------------------------------------------------------- many workers at once

LATENCY = 0.2
"""Seconds from a request's first byte to its answer's last; the platform counts it half-way."""


class Crew:
    """Workers side by side on one clock: each effect takes its time, and whoever is ready first goes on first."""

    def __init__(self, one: World, workers: int) -> None:
        self.one = one
        self.began = one.now()
        self.hands = [_Hand(self, one.new_worker(), 0.01 * number) for number in range(workers)]

    def clock(self) -> float:
        return (self.one.now() - self.began).total_seconds()

    def work(self, seconds: float, also: Callable[[float], None] = lambda _: None) -> None:
        """Let all of them work until then; ``also`` is called with each moment."""
        while True:
            hand = min(self.hands, key=lambda each: each.ready_at)
            if hand.ready_at >= seconds:
                return
            ahead = hand.ready_at - self.clock()
            if ahead > 0:
                self.one.advance(ahead)
            also(self.clock())
            hand.go_on()


class _Hand:
    """One worker, from one round of its loop to the next."""

    def __init__(self, crew: Crew, worker: Any, ready_at: float) -> None:
        self.crew, self.worker, self.ready_at = crew, worker, ready_at
        self.flow: Any = None
        self.answer: Any = None
        self.error: Exception | None = None
        self.asked: Request | None = None

    def go_on(self) -> None:
        one = self.crew.one
        if self.asked is not None:  # it arrives; the answer is under way
            self._perform(self.asked)
            self.asked = None
            self.ready_at += LATENCY / 2
            return
        if self.flow is None:
            self.flow, self.answer = one.flows(self.worker).tick(), None
        if isinstance(self.answer, Response):
            self.answer = replace(self.answer, received_at=one.now())
        answer, error, self.answer, self.error = self.answer, self.error, None, None
        try:
            effect = self.flow.throw(error) if error is not None else self.flow.send(answer)
        except StopIteration as stop:
            self.flow = None
            due = 5.0 if stop.value is None else (stop.value - one.now()).total_seconds()
            self.ready_at = self.crew.clock() + min(5.0, max(0.5, due))  # nearly as the desk's own loop rests
            return
        match effect:
            case Request():
                self.asked = effect
                self.ready_at += LATENCY / 2
            case Sleep():
                self.ready_at += effect.seconds
            case _:
                self._perform(effect)
                self.ready_at += 0.002 if isinstance(effect, Call) else 0.0

    def _perform(self, effect: Any) -> None:
        try:
            self.answer = self.crew.one.perform(effect)
        except Exception as error:
            self.error = error


class CrowdConfig(Config):
    who: str = "acme"


class Crowd(Metered):
    """Every account of this machine draws on one limit."""

    Config = CrowdConfig
    per = 60.0
    replies = False

    @property
    def limits(self) -> tuple[Limit, ...]:
        return (Limit(self.amount, per=self.per, bucket="calls", shared_by="ip", replies=self.replies),)

    async def fetch(self, window: Window) -> Page:
        params = {"who": self.config.who, "since": window.since, "until": window.until, "page": window.page}
        body = (await Request("GET", f"{HOST}/mentions", params=params, spends=CALLS)).json()
        ids = [item["id"] for item in body["items"]]
        return Page(
            [Raw("item", item) for item in body["items"]],
            next=body["next"],
            resume=ids[0] if ids else window.since,
            span=(ids[-1], ids[0]) if ids else None,
        )


@dataclass
class Square(Meter):
    """``endless`` accounts have a past without end; the others have no mention, or one each where it ``greets``."""

    per: float = 60.0
    endless: frozenset[str] = frozenset()
    greets: bool = False
    looks: Counter[str] = field(default_factory=Counter)
    said: dict[str, datetime] = field(default_factory=dict)

    def window(self, at: datetime) -> int:
        return int((at - START).total_seconds() // self.per)

    def ends(self, window: int) -> datetime:
        return START + timedelta(seconds=self.per * (window + 1))

    def _listing(self, request: Request) -> Response:
        who = str(request.params["who"])
        self.looks[who] += 1
        if who not in self.endless:
            greeting = {"id": "1", "is": "post", "text": f"{who}, hello", "of": f"{who}-1"}
            return _json({"items": [greeting] if self.greets else [], "next": None})
        first = int(request.params.get("until") or 10**9)
        page = int(request.params.get("page") or 0)
        number = first - 1 - page
        item = {"id": f"{number}", "is": "post", "text": f"{who} {number}", "of": f"{who}-{number}"}
        return _json({"items": [item], "next": str(page + 1)})

    def _post(self, request: Request) -> Response:
        assert isinstance(request.body, Json)
        self.said[request.body.value["text"]] = self.now
        return super()._post(request)


@contextmanager
def crowded(
    names: Sequence[str], *, endless: Sequence[str], limit: int = 300, replies: bool = False
) -> Iterator[World]:
    platform = Square(limit=limit, endless=frozenset(endless))
    kind = type("CrowdHere", (Crowd,), {"amount": limit, "replies": replies})
    one = World(kind=kind, platform=platform)
    for name in names:
        one.run(one.flows().connect("toy", name=name, settings={"who": name}, hear_from=None))
    try:
        yield one
    finally:
        one.close()


NAMES = ("acme", "bolt", "cash", "dune")


@pytest.mark.slow
def test_four_workers_use_a_limit_to_its_end_and_are_never_refused() -> None:
    with crowded(NAMES, endless=NAMES) as one:
        Crew(one, 4).work(60)
        platform = one.platform
        assert platform.refused == 0
        assert platform.used(0) >= 0.99 * platform.limit
        drew = [platform.looks[name] for name in NAMES]
        assert max(drew) <= 1.1 * min(drew), "they did not take turns"


@pytest.mark.slow
def test_replies_go_at_once_while_polling_takes_all_that_it_may() -> None:
    with crowded(NAMES, endless=NAMES, replies=True) as one:
        said: dict[str, datetime] = {}
        target: list[Any] = []

        def speak(moment: float) -> None:
            if not target:
                target.extend(one.run(one.flows().mentions(limit=1)))
            elif moment >= 6 * (len(said) + 1):
                text = f"reply {len(said)}"
                said[text] = one.now()
                one.run(one.flows().reply(target[0], text, key=text))

        Crew(one, 4).work(70, speak)
        platform = one.platform
        assert platform.refused == 0
        waits = sorted(
            (platform.said[text] - at).total_seconds() for text, at in said.items() if text in platform.said
        )
        assert len(waits) >= len(said) - 1 >= 10
        assert waits[int(len(waits) * 0.95)] <= 5.0
        assert platform.used(0) >= 0.99 * (platform.limit - 60), "all but what is kept for replies"


@pytest.mark.slow
def test_an_account_ten_times_as_loud_costs_the_others_next_to_nothing() -> None:
    """It could use more than there is; the others look for news that never comes, as often as they would without it."""

    def looks(endless: Sequence[str]) -> Counter[str]:
        with crowded((*NAMES, "loud"), endless=endless, limit=40) as one:
            Crew(one, 4).work(125)
            assert one.platform.refused == 0
            return one.platform.looks

    calm, disturbed = looks(()), looks(("loud",))
    assert disturbed["loud"] >= 10 * calm["loud"]
    assert sum(disturbed[name] for name in NAMES) >= 0.9 * sum(calm[name] for name in NAMES)


@pytest.mark.slow
def test_an_account_that_says_ten_times_as_much_delays_the_others_answers_by_next_to_nothing() -> None:
    """It has more to hear and to say than the limit allows; the others say less than what is kept for answers."""

    def delays(*, loud: bool) -> list[float]:
        with crowded((*NAMES, "loud"), endless=("loud",) if loud else (), limit=100, replies=True) as one:
            one.platform.greets = True
            one.run(one.flows().poll())
            targets = {name: one.run(one.flows().mentions(account=name, limit=1))[0] for name in NAMES}
            if loud:
                targets["loud"] = one.run(one.flows().mentions(account="loud", limit=1))[0]
            wanted: dict[str, datetime] = {}
            begun = one.now()

            def speak(_: float) -> None:
                for place, (name, target) in enumerate(targets.items()):
                    every = 2.0 if name == "loud" else 20.0
                    number = int(((one.now() - begun).total_seconds() - 3 * place) // every)
                    text = f"{name} says {number}"
                    if number >= 0 and text not in wanted:
                        wanted[text] = one.now()
                        one.run(one.flows().reply(target, text, key=text))

            Crew(one, 4).work(200, speak)
            assert one.platform.refused == 0
            if loud:
                assert min(one.platform.used(1), one.platform.used(2)) >= 95, "nearly all is spent"
            settled = {
                text: at
                for text, at in wanted.items()
                if "loud" not in text and 60 <= (at - begun).total_seconds() < 180
            }
            ends = one.now()
            return [(one.platform.said.get(text, ends) - at).total_seconds() for text, at in settled.items()]

    calm, disturbed = delays(loud=False), delays(loud=True)
    assert len(calm) == len(disturbed) == 24
    assert max(disturbed) <= max(calm) + 1
    assert sum(disturbed) - sum(calm) <= 0.1 * 5 * len(calm), "a tenth of what an answer may take, on average"


@pytest.mark.slow
def test_after_a_refusal_no_worker_asks_before_its_end() -> None:
    with crowded(NAMES, endless=NAMES, limit=10_000) as one:
        crew = Crew(one, 4)
        crew.work(5)
        one.platform.limit = 0  # from now on it refuses everything, though it told of plenty
        at = len(one.platform.asked)
        crew.work(50)
        refusals = one.platform.asked[at:]
        assert 1 <= len(refusals) <= 4, "only what was under way"
        one.platform.limit = 10_000
        crew.work(90)
        (until,) = {one.platform.ends(0)}
        after = [moment for moment, _, _ in one.platform.asked[at + len(refusals) :]]
        assert after
        assert min(after) >= until
