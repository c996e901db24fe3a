"""A backfill closes the gaps that it reads through, and claims nothing that it did not read, whatever strikes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk._engine.effects import Call
from socialdesk.connector import Item, Page, Raw, Stream, Window
from socialdesk.desk.schema import micros, moment
from socialdesk.wire import Request, Response
from tests.simulation import test_coverage
from tests.simulation.test_coverage import Forgetful, Timed, poll, spans
from tests.simulation.test_drain import strike_at
from tests.simulation.world import HOST, START, Struck, Toy, World

EVERY = pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.slow)])


class Dated(Timed):
    """What is written may show up to 90 seconds later; a walk ends at the first post that is older than asked for."""

    streams = (Stream("mentions", overlap=30, late=90),)

    async def fetch(self, window: Window) -> Page:
        page = await super().fetch(window)
        for number, raw in enumerate(page.items):
            if window.back_to is not None and datetime.fromisoformat(raw.body["at"]) < window.back_to:
                wanted = page.items[:number]
                return Page(wanted, resume=page.resume, span=page.span, end="reached", notices=page.notices)
        return page

    def parse(self, raw: Raw) -> Item | None:
        if raw.body.get("garbled"):
            raise ValueError("nobody can read this")
        return super().parse(raw)


class Upward(Dated):
    """The same from old to new: the first page is the oldest that there is of what was asked for."""

    streams = (Stream("mentions", order="oldest", overlap=30, late=90),)

    async def fetch(self, window: Window) -> Page:
        begins = window.back_to.isoformat() if window.back_to is not None else None
        page, _, cut = (window.page or "").partition("/")
        params = {"since": page or window.since, "from": begins, "up": "1"}
        body = (await Request("GET", f"{HOST}/{window.stream}", params=params)).json()
        ids = [item["id"] for item in body["items"]]
        cut = cut or ("cut" if body["cut"] else "")
        return Page(
            [Raw("item", item) for item in body["items"]],
            next=f"{ids[-1]}/{cut}" if body["next"] else None,
            resume=ids[-1] if ids else None,
            span=(ids[0], ids[-1]) if ids else None,
            end="horizon" if cut and not body["next"] else None,
        )


@dataclass
class Shelf(Forgetful):
    """It can be asked from old to new as well."""

    def _listing(self, request: Request) -> Response:
        if "up" not in request.params:
            return super()._listing(request)
        items = sorted(self.streams["mentions"], key=lambda item: int(item["id"]))
        since, begins = request.params.get("since"), request.params.get("from")
        if since is not None:
            wanted = [item for item in items if int(item["id"]) > int(since)]
        else:
            old = [n for n, item in enumerate(items) if begins is not None and item["at"] < begins]
            wanted = items[old[-1] + 1 :] if old else items
        shown = [item for item in wanted if item in items[-self.horizon :]]
        body = {
            "items": shown[: self.page_size],
            "next": len(shown) > self.page_size,
            "cut": len(shown) < len(wanted),
        }
        return Response(200, {"content-type": "application/json"}, orjson.dumps(body))


BOTH = pytest.mark.parametrize("kind", [Dated, Upward])


def made(kind: type[Toy] = Dated, **more: Any) -> World:
    return World(kind=kind, platform=Shelf(**more))


def check(one: World) -> None:
    """Whatever lies within what is said to be complete is stored, or lies aside."""
    stored = {key for (key,) in one.rows("SELECT key FROM socialdesk_mention")}
    aside = {orjson.loads(body)["id"] for (body,) in one.rows("SELECT body FROM socialdesk_quarantine")}
    ledger = spans(one)
    for before, after in itertools.pairwise(ledger):
        assert before[1] <= after[0], f"spans lie over one another: {ledger}"
    for item in one.platform.streams["mentions"]:
        at = micros(datetime.fromisoformat(item["at"]))
        claimed = [span for span in ledger if span[0] <= at < span[1] and span[2] == "complete"]
        heard = f"toy:post:{item['id']}" in stored or item["id"] in aside
        assert not claimed or heard, f"{item} is claimed by {claimed}"


def with_gap(kind: type[Toy] = Dated) -> World:
    """Twelve hours of being away, of which the platform showed the last posts alone, and shows all by now."""
    one = made(kind, horizon=3)
    one.platform.write()
    poll(one)
    for _ in range(12):
        one.advance(3600)
        one.platform.write()
    poll(one, 200)
    one.platform.horizon = 100
    assert gaps(one)
    return one


def gaps(one: World) -> list[tuple[int, int]]:
    return [
        (start, end) for start, end, state, why in spans(one) if state == "gap" and why != "first_connect"
    ]


def order(one: World, since: datetime, **more: Any) -> None:
    one.run(one.flows().backfill("acme", since=since, streams=["mentions"], **more))


def finish(one: World) -> None:
    for _ in range(40):
        if all(each.waiting == 0 for each in one.run(one.flows().backfills())):
            return
        poll(one, 1)
    raise AssertionError("the backfill does not end")


def between(one: World, start: datetime, end: datetime) -> set[tuple[str, str | None]]:
    low, high = micros(start), micros(end)
    return {(state, why) for first, last, state, why in spans(one) if first < high and last > low}


@BOTH
def test_a_gap_that_was_read_through_closes(kind: type[Toy]) -> None:
    one = with_gap(kind)
    ((start, end),) = gaps(one)
    order(one, moment(start))
    finish(one)
    assert gaps(one) == []
    assert between(one, moment(start), moment(end)) == {("complete", None)}
    assert one.run(one.flows().coverage("acme"))[0].gaps == ()
    check(one)
    one.close()


@BOTH
def test_a_gap_of_which_a_part_was_read_is_shortened(kind: type[Toy]) -> None:
    one = with_gap(kind)
    ((start, end),) = gaps(one)
    first, last = moment(start) + timedelta(hours=2), moment(start) + timedelta(hours=5)
    order(one, first, until=last)
    finish(one)
    assert gaps(one) == [(start, micros(first)), (micros(last) + 1, end)]
    assert between(one, first, last) == {("complete", None)}
    check(one)
    one.close()


@BOTH
def test_what_is_not_asked_for_closes_nothing(kind: type[Toy]) -> None:
    one = with_gap(kind)
    before = gaps(one)
    order(one, moment(before[0][1]) + timedelta(seconds=1))
    finish(one)
    assert gaps(one) == before
    one.close()


@BOTH
def test_nothing_is_claimed_before_the_walk_is_whole(kind: type[Toy]) -> None:
    one = with_gap(kind)
    before = gaps(one)
    order(one, moment(before[0][0]))
    poll(one, 1)
    (told,) = one.run(one.flows().backfills())
    assert told.pages > 0
    assert told.waiting
    assert gaps(one) == before
    one.run(one.flows().cancel_backfill("acme"))
    one.restart()
    poll(one)
    assert gaps(one) == before
    order(one, moment(before[0][0]))
    finish(one)
    assert gaps(one) == []
    one.close()


@BOTH
def test_a_gap_that_opens_while_a_backfill_is_under_way_is_not_closed_by_it(kind: type[Toy]) -> None:
    one = with_gap(kind)
    ((start, end),) = gaps(one)
    order(one, moment(start))
    poll(one, 1)
    one.restart()
    began = micros(one.platform.now)
    for _ in range(12):
        one.advance(3600)
        one.platform.write()
    one.platform.horizon = 3
    poll(one, 1)  # what the backfill has not read yet is gone by now
    one.platform.horizon = 100
    finish(one)
    later = [gap for gap in gaps(one) if gap[0] >= end]
    assert later
    assert later[0][0] <= began
    check(one)
    one.close()


@BOTH
def test_up_to_the_horizon_it_is_best_effort_and_the_gap_below_stays(kind: type[Toy]) -> None:
    one = with_gap(kind)
    ((start, end),) = gaps(one)
    one.platform.horizon = 7
    order(one, moment(start))
    finish(one)
    ((low, high),) = gaps(one)
    assert low == start
    assert start < high < end
    assert between(one, moment(high), moment(end)) == {("best_effort", "horizon")}
    check(one)
    one.close()


def test_what_lies_aside_and_what_was_said_to_be_amiss_make_it_best_effort() -> None:
    for reason in ("aside", "noticed"):
        one = with_gap()
        ((start, end),) = gaps(one)
        one.platform.odd = reason == "noticed"
        one.platform.streams["mentions"][4]["garbled"] = reason == "aside"
        order(one, moment(start))
        finish(one)
        assert gaps(one) == []
        assert between(one, moment(start), moment(end)) == {("best_effort", reason)}
        one.close()


def test_where_things_are_left_out_the_gap_becomes_best_effort() -> None:
    class Partial(Dated):
        streams = (Stream("mentions", overlap=30, late=90, complete=False),)

    one = with_gap(Partial)
    ((start, end),) = gaps(one)
    order(one, moment(start))
    finish(one)
    assert between(one, moment(start), moment(end)) == {("best_effort", "incomplete")}
    one.close()


def test_a_gap_that_opened_after_a_backfill_is_gone_over_when_it_is_asked_for_again() -> None:
    one = with_gap()
    ((start, _),) = gaps(one)
    order(one, moment(start))
    finish(one)
    requests = one.platform.requests
    order(one, moment(start))
    assert one.run(one.flows().backfills())[0].state == "done"
    away(one)
    assert one.platform.requests - requests <= 6, "live polling alone"
    order(one, moment(start))
    finish(one)
    assert gaps(one) == []
    check(one)
    order(one, moment(start))
    assert one.run(one.flows().backfills())[0].state == "done"
    one.close()


def away(one: World) -> None:
    """Hours in which the platform forgets all but the last posts, until it shows all again."""
    one.platform.horizon = 3
    for _ in range(12):
        one.advance(3600)
        one.platform.write()
    poll(one, 200)
    one.platform.horizon = 100
    assert gaps(one)


def heard(one: World, number: int) -> bool:
    return bool(one.rows("SELECT 1 FROM socialdesk_mention WHERE key = ?", f"toy:post:{number}"))


def test_what_showed_before_something_older_did_is_read_where_a_backfill_begins() -> None:
    one = made()
    one.platform.write()
    poll(one)
    one.advance(3600)
    since = one.platform.now
    one.advance(5)
    one.platform.write()
    number = len(one.platform.streams["mentions"])
    one.advance(5)
    one.platform.write(late=20)  # written before, and listed above
    away(one)
    order(one, since)
    finish(one)
    assert heard(one, number)
    assert gaps(one)[0][1] == micros(since)
    check(one)
    one.close()


def test_what_showed_after_something_newer_did_is_read_where_a_backfill_ends() -> None:
    one = made(Upward)
    one.platform.write()
    poll(one)
    one.advance(3600)
    since = one.platform.now
    one.platform.write()
    one.platform.write()
    one.advance(5)
    until = one.platform.now
    for _ in range(4):
        one.advance(5)
        one.platform.write()
    one.platform.write(late=25)
    number = len(one.platform.streams["mentions"])
    away(one)
    order(one, since, until=until)
    finish(one)
    assert heard(one, number)
    assert gaps(one)[-1][0] == micros(until) + 1
    check(one)
    one.close()


@BOTH
def test_what_may_still_show_is_not_said_to_be_complete(kind: type[Toy]) -> None:
    one = with_gap(kind)
    one.platform.page_size = 100
    order(one, moment(gaps(one)[0][0]))
    poll(one, 100)
    assert one.run(one.flows().backfills())[0].state == "done"
    one.advance(20)
    one.platform.write(late=80)
    check(one)
    one.close()


def test_a_walk_of_which_nobody_knows_when_it_began_closes_nothing_and_can_be_asked_for_again() -> None:
    """As of one that an earlier version began."""
    one = with_gap()
    before = gaps(one)
    order(one, moment(before[0][0]))
    poll(one, 1)
    one.restart()
    one.rows("UPDATE socialdesk_backfill SET walking = NULL")
    finish(one)
    assert gaps(one) == before
    order(one, moment(before[0][0]))
    finish(one)
    assert gaps(one) == []
    one.close()


def test_one_that_is_cancelled_while_its_last_page_is_stored_closes_nothing() -> None:
    one = with_gap()
    before = gaps(one)
    one.platform.page_size = 100
    order(one, moment(before[0][0]))

    def cancel(index: int, effect: Any, when: str) -> bool:
        stores = isinstance(effect, Call) and effect.name == "store_page" and when == "before"
        if stores and one.rows("SELECT owner FROM socialdesk_backfill") != [(None,)]:
            one.run(one.flows(one.new_worker()).cancel_backfill("acme"))
        return False

    one.run(one.flows().poll(), cancel)
    assert one.run(one.flows().backfills())[0].state == "cancelled"
    assert gaps(one) == before
    order(one, moment(before[0][0]))
    finish(one)
    assert gaps(one) == []
    one.close()


@BOTH
@EVERY
def test_a_crash_at_any_effect_claims_nothing_that_is_missing_and_the_gap_closes_after(
    kind: type[Toy], step: int
) -> None:
    one = with_gap(kind)
    order(one, moment(gaps(one)[0][0]))
    effects = len(one.count_effects(one.flows().poll()))
    one.close()
    for point, when in itertools.product(range(0, effects, step), ("before", "after")):
        one = with_gap(kind)
        order(one, moment(gaps(one)[0][0]))
        with pytest.raises(Struck):
            one.run(one.flows().poll(), strike_at(point, when))
        one.restart()
        check(one)
        finish(one)
        assert gaps(one) == []
        check(one)
        one.close()


STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(1, 5)),
    st.tuples(st.just("late"), st.integers(0, 90)),
    st.tuples(st.just("garbled"), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 8000)),
    st.tuples(st.just("poll"), st.just(0)),
    st.tuples(st.just("strike"), st.integers(0, 80)),
    st.tuples(st.just("horizon"), st.integers(1, 30)),
    st.tuples(st.just("backfill"), st.integers(1, 20_000)),
    st.tuples(st.just("window"), st.integers(1, 20_000)),
    st.tuples(st.just("cancel"), st.just(0)),
    st.tuples(st.just("odd"), st.just(0)),
    st.tuples(st.just("restart"), st.just(0)),
)


def play(one: World, steps: list[tuple[str, int]]) -> None:
    for what, number in steps:
        match what:
            case "garbled":
                one.platform.write()
                one.platform.streams["mentions"][-1]["garbled"] = True
            case "horizon":
                one.platform.horizon = number
            case "backfill":
                order(one, one.platform.now - timedelta(seconds=number))
            case "window":
                since = one.platform.now - timedelta(seconds=number)
                order(one, since, until=since + timedelta(seconds=number / 2))
            case "cancel":
                one.run(one.flows().cancel_backfill("acme"))
            case "restart":
                one.restart()
            case _:
                test_coverage.play(one, [(what, number)], check)
        check(one)


@BOTH
@given(steps=st.lists(STEPS, max_size=16), horizon=st.integers(1, 8))
def test_nothing_that_is_claimed_is_missing(
    kind: type[Toy], steps: list[tuple[str, int]], horizon: int
) -> None:
    one = made(kind, horizon=horizon)
    one.advance(60)
    try:
        play(one, steps)
        poll(one)
        poll(one)
        one.platform.horizon = 1000
        order(one, START - timedelta(days=1))
        finish(one)
        check(one)
        assert gaps(one) == []
    finally:
        one.close()
