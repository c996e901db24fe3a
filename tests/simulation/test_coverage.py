"""The ledger of what was heard never claims more than was stored, whatever strikes and in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.connector import Item, Notice, Page, Raw, Stream, Window
from socialdesk.desk.schema import micros
from socialdesk.models import Mention
from socialdesk.wire import Request, Response
from tests.simulation.test_drain import strike_at
from tests.simulation.world import HOST, START, Platform, Struck, Toy, World


class Timed(Toy):
    """The toy, whose posts tell when they were written, and whose listing says where it ends too early."""

    platform = "toy"
    streams = (Stream("mentions", late=0),)

    async def fetch(self, window: Window) -> Page:
        params = {"since": window.since, "until": window.until, "page": window.page}
        body = (await Request("GET", f"{HOST}/{window.stream}", params=params)).json()
        ids = [item["id"] for item in body["items"]]
        return Page(
            [Raw("item", item) for item in body["items"]],
            next=body["next"],
            resume=ids[0] if ids else None,
            span=(ids[-1], ids[0]) if ids else None,
            end="horizon" if body["cut"] and not body["next"] else None,
            notices=(Notice("odd", "Something is amiss.", scope="stream"),) if body["odd"] else (),
        )

    def parse(self, raw: Raw) -> Item | None:
        item = super().parse(raw)
        assert isinstance(item, Mention)
        return item.model_copy(update={"created_at": datetime.fromisoformat(raw.body["at"])})


@dataclass
class Forgetful(Platform):
    """It lists the newest ``horizon`` posts and no more. A post is listed in the order in which it shows."""

    horizon: int = 6
    odd: bool = False

    def write(self, late: float = 0.0) -> None:
        items = self.streams["mentions"]
        at = (self.now - timedelta(seconds=late)).isoformat()
        items.append({"id": str(len(items) + 1), "is": "post", "text": f"post {len(items) + 1}", "at": at})

    def _listing(self, request: Request) -> Response:
        items = sorted(self.streams["mentions"], key=lambda item: -int(item["id"]))
        shown = items[: self.horizon]
        since, until = request.params.get("since"), request.params.get("until")
        lost = [item for item in items[self.horizon :] if since is None or int(item["id"]) > int(since)]
        wanted = [item for item in shown if since is None or int(item["id"]) > int(since)]
        wanted = [item for item in wanted if until is None or int(item["id"]) < int(until)]
        start = int(request.params.get("page") or 0)
        end = start + self.page_size
        body = {
            "items": wanted[start:end],
            "next": str(end) if end < len(wanted) else None,
            "cut": bool(lost),
            "odd": self.odd,
        }
        return Response(200, {"content-type": "application/json"}, orjson.dumps(body))


def made(kind: type[Toy] = Timed, **more: Any) -> World:
    return World(kind=kind, platform=Forgetful(**more))


def spans(one: World) -> list[tuple[int, int, str, str | None]]:
    return one.rows(
        "SELECT start_at, end_at, state, reason FROM socialdesk_coverage WHERE stream='mentions' ORDER BY 1"
    )


def told(one: World) -> list[str]:
    rows = one.rows("SELECT text FROM socialdesk_event WHERE kind='coverage' ORDER BY id")
    return [text.partition(":")[0] for (text,) in rows]


def check(one: World) -> None:
    """Whatever lies within what is said to be complete is stored."""
    stored = {key for (key,) in one.rows("SELECT key FROM socialdesk_mention")}
    ledger = spans(one)
    for before, after in pairwise(ledger):
        assert before[1] <= after[0], f"spans lie over one another: {ledger}"
    for item in one.platform.streams["mentions"]:
        at = micros(datetime.fromisoformat(item["at"]))
        claimed = [span for span in ledger if span[0] <= at < span[1] and span[2] == "complete"]
        assert not claimed or f"toy:post:{item['id']}" in stored, f"{item} is claimed by {claimed}"


def poll(one: World, seconds: float = 60) -> None:
    one.advance(seconds)
    one.run(one.flows().poll())


STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(1, 5)),
    st.tuples(st.just("late"), st.integers(0, 30)),
    st.tuples(st.just("wait"), st.integers(1, 8000)),
    st.tuples(st.just("poll"), st.just(0)),
    st.tuples(st.just("strike"), st.integers(0, 40)),
    st.tuples(st.just("odd"), st.just(0)),
)


def play(one: World, steps: list[tuple[str, int]], judged: Callable[[World], None] = check) -> None:
    for what, number in steps:
        match what:
            case "write":
                for _ in range(number):
                    one.advance(1)
                    one.platform.write()
            case "late":
                one.platform.write(late=number)
            case "wait":
                one.advance(number)
            case "odd":
                one.platform.odd = not one.platform.odd
            case "poll":
                one.run(one.flows().poll())
            case "strike":
                try:
                    one.run(one.flows().poll(), strike_at(number // 2, ("before", "after")[number % 2]))
                except Struck:
                    one.restart()
        judged(one)


class Late(Timed):
    """What is written may show half a minute later."""

    streams = (Stream("mentions", overlap=30, late=90),)


@given(st.lists(STEPS, max_size=14), st.integers(1, 8))
def test_nothing_that_is_claimed_is_missing(steps: list[tuple[str, int]], horizon: int) -> None:
    one = made(Late, horizon=horizon)
    one.advance(60)
    try:
        play(one, steps)
        one.advance(120)
        poll(one)  # a walk that was cut off ends, and tells of the time at which it began
        poll(one)
        check(one)
        assert spans(one)[-1][1] == micros(one.platform.now) - 30_000_000, "the last walk is told of"
    finally:
        one.close()


def test_the_check_above_would_notice_a_claim_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a walk claims what it was cut off from."""
    monkeypatch.setattr(Timed, "fetch", _without_horizon(Timed.fetch))
    one = made(horizon=2)
    poll(one)
    with pytest.raises(AssertionError, match="is claimed by"):
        play(one, [("write", 5), ("poll", 0)])
    one.close()


def _without_horizon(original: Any) -> Any:
    async def fetch(self: Timed, window: Window) -> Page:
        page = await original(self, window)
        return Page(page.items, next=page.next, resume=page.resume, span=page.span)

    return fetch


def test_being_away_for_longer_than_the_platform_remembers_is_a_gap_that_is_told_of_once() -> None:
    one = made(horizon=4)
    one.platform.write()
    poll(one)
    for _ in range(9):
        one.advance(3600)
        one.platform.write()
    poll(one)
    ledger = spans(one)
    assert [(state, reason) for _, _, state, reason in ledger][-2:] == [
        ("gap", "downtime"),
        ("complete", None),
    ]
    assert told(one) == ["gap opened"]
    poll(one)
    poll(one)
    assert told(one) == ["gap opened"]
    (listing,) = one.run(one.flows().coverage("acme"))
    (gap,) = listing.gaps
    assert gap.reason == "downtime"
    assert gap.start == START + timedelta(seconds=60)
    one.close()


def test_a_walk_that_is_cut_off_claims_no_more_than_when_it_began() -> None:
    one = made(horizon=50)
    poll(one)
    for _ in range(6):
        one.advance(10)
        one.platform.write()
    began = one.platform.now
    effects = one.count_effects(one.flows().poll())
    one.close()
    for point in range(len(effects)):
        one = made(horizon=50)
        poll(one)
        for _ in range(6):
            one.advance(10)
            one.platform.write()
        with pytest.raises(Struck):
            one.run(one.flows().poll(), strike_at(point, "before"))
        one.restart()
        check(one)
        one.advance(500)
        one.platform.write()  # it shows above the page with which the walk began
        resumed = one.rows("SELECT walking FROM socialdesk_stream") != [(None,)]
        one.run(one.flows().poll())
        check(one)
        if resumed:
            assert spans(one)[-1][1] == micros(began)
        poll(one)
        assert spans(one)[-1][1] == micros(one.platform.now)
        assert told(one) == []
        one.close()


def test_what_may_show_late_is_complete_once_a_sweep_has_looked_for_it() -> None:
    one = made(Late, horizon=100)
    for _ in range(9):
        one.platform.write()
        poll(one, 200)
    assert [span[2:] for span in spans(one)][-2:] == [("complete", None), ("best_effort", "late")]
    before = spans(one)[-1][0]
    for _ in range(11):
        poll(one, 200)
    swept = spans(one)[-1][0]
    assert swept - before >= 1_000_000_000, "the sweep has settled what was best effort"
    assert micros(one.platform.now) - swept <= 10 * 200_000_000 + 90_000_000
    one.close()


def test_what_is_known_to_be_left_out_is_best_effort_and_says_why() -> None:
    class Partial(Timed):
        streams = (Stream("mentions", complete=False, late=0),)

    one = made(Partial)
    poll(one)
    poll(one)
    assert [(state, reason) for _, _, state, reason in spans(one)][-1] == ("best_effort", "incomplete")
    one.close()
    one = made()
    one.platform.write()
    poll(one)
    one.platform.odd = True
    poll(one)
    poll(one)
    one.platform.odd = False
    poll(one)
    assert [(state, reason) for _, _, state, reason in spans(one)][-3:] == [
        ("complete", None),
        ("best_effort", "noticed"),
        ("complete", None),
    ]
    assert told(one) == ["odd"], "the notice is told of once"
    one.close()
