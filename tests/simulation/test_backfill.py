"""What was said before an account was heard is gone over once, whatever strikes, and never before what is new."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from socialdesk._engine.cursor import Cursor
from socialdesk._engine.effects import Call
from socialdesk.connector import Item, Limit, Page, Raw, Stream, Topic, Window
from socialdesk.desk import schema
from socialdesk.errors import ConfigError
from socialdesk.models import Mention
from socialdesk.wire import Request, Response
from tests.simulation.test_drain import strike_at
from tests.simulation.world import HOST, START, Struck, Toy, World

EVERY = pytest.mark.parametrize("step", [41, pytest.param(1, marks=pytest.mark.slow)])

DAY = timedelta(days=1)
BEFORE = START - 10 * DAY


class Old(Toy):
    """A toy whose posts were said at some time, and that looks no further back than it is asked to."""

    streams = (
        Stream("mentions"),
        Stream("replies"),
        Stream("comments", batch=1),
        Stream("watched", walks=("all",)),
        Stream("conversation", batch=1, polled=False),
    )

    spends: dict[str, int] = {}

    async def fetch(self, window: Window) -> Page:
        until, _, offset = (window.page or f"{window.until or ''}/").partition("/")
        bounds = {"since": window.since, "until": until or None, "page": offset or None}
        body = (await Request("GET", f"{HOST}/{window.stream}", params=bounds, spends=self.spends)).json()
        items = [Raw("item", item) for item in body["items"]]
        wanted = [raw for raw in items if window.back_to is None or _said(raw) >= window.back_to]
        more = body["next"] is not None and len(wanted) == len(items)
        return Page(
            wanted,
            next=f"{until}/{body['next']}" if more else None,
            resume=items[0].body["id"] if items else None,
            span=(items[-1].body["id"], items[0].body["id"]) if items else None,
        )

    def parse(self, raw: Raw) -> Item | None:
        item = super().parse(raw)
        if isinstance(item, Mention):
            return item.model_copy(update={"created_at": _said(raw)})
        return item


def _said(raw: Raw) -> datetime:
    said: str = raw.body.get("at", START.isoformat())
    return datetime.fromisoformat(said)


def post(number: int, said: datetime, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "is": "post", "text": f"post {number}", "at": said.isoformat(), **more}


class Later(World):
    """A world in which the account is heard from START on."""

    def connect(self, settings: Any = None) -> None:
        self.run(self.flows().connect("toy", name="acme", settings=settings or {}, hear_from=START))


def world(kind: type[Toy] = Old) -> World:
    """Nineteen old posts, one each day, with every kind of item among them."""
    one = Later(kind=kind)
    for stream in kind.streams:
        one.platform.streams.setdefault(stream.name, [])
    old = [post(number, START - (20 - number) * DAY) for number in range(1, 20)]
    old[14] = {"id": "15", "is": "post", "at": (START - 5 * DAY).isoformat()}  # it has no text
    old[16] = {"id": "17", "is": "stub", "of": "900", "at": (START - 3 * DAY).isoformat()}
    one.platform.things["900"] = post(900, START - 3 * DAY)
    one.platform.streams["mentions"] = old
    return one


HEARD = {"10", "11", "12", "13", "14", "16", "18", "19", "900"}
"""What was said in the ten days before, and can be read."""


def order(one: World, **more: Any) -> Any:
    return one.run(one.flows().backfill("acme", since=BEFORE, streams=["mentions"], **more))


def finish(one: World) -> None:
    """Poll until nothing of it is left."""
    for _ in range(10):
        one.run(one.flows().poll(due_only=True))
        one.advance(1)
        if all(each.waiting == 0 for each in one.run(one.flows().backfills())):
            return


def check(one: World, heard: set[str] = HEARD, live: frozenset[str] = frozenset()) -> None:
    mentions = [key for (key,) in one.rows("SELECT key FROM socialdesk_mention")]
    assert sorted(key.rpartition(":")[2] for key in mentions) == sorted(heard | live)
    told = one.rows("SELECT mention_key, backfilled FROM socialdesk_event WHERE kind = 'created'")
    assert sorted(key for key, _ in told) == sorted(mentions), "told of once each"
    assert {key.rpartition(":")[2] for key, old in told if not old} == live
    assert one.rows("SELECT count(*) FROM socialdesk_quarantine") == [(1,)]
    assert one.rows("SELECT state, owner FROM socialdesk_backfill") == [("done", None)]


def test_old_posts_are_heard_flagged_and_the_position_of_polling_stays() -> None:
    one = world()
    one.run(one.flows().poll())
    before = [Cursor.loads(cursor).resume for (cursor,) in one.rows("SELECT cursor FROM socialdesk_stream")]
    (asked,) = order(one)
    assert (asked.state, asked.new, asked.pages, asked.reached) == ("under_way", 0, 0, None)
    requests = one.platform.requests
    (again,) = order(one)
    assert again == asked
    assert one.platform.requests == requests, "the call asks the platform nothing"
    finish(one)
    (told,) = one.run(one.flows().backfills())
    assert (told.state, told.new, told.waiting, told.reached) == ("done", len(HEARD), 0, BEFORE)
    assert told.pages >= 5
    check(one)
    assert before == [
        Cursor.loads(cursor).resume for (cursor,) in one.rows("SELECT cursor FROM socialdesk_stream")
    ]
    one.close()


@EVERY
def test_a_crash_before_or_after_any_effect_of_a_backfill(step: int) -> None:
    one = world()
    one.run(one.flows().poll())
    order(one)
    effects = len(one.count_effects(one.flows().poll()))
    one.close()
    assert effects > 30
    for point, when in itertools.product(range(0, effects, step), ("before", "after")):
        one = world()
        one.run(one.flows().poll())
        order(one)
        with pytest.raises(Struck):
            one.run(one.flows().poll(), strike_at(point, when))
        one.restart()
        finish(one)
        check(one)
        one.close()


def test_a_crash_while_it_is_asked_for_leaves_it_asked_for_or_not() -> None:
    one = world()
    effects = len(one.count_effects(one.flows().backfill("acme", since=BEFORE, streams=["mentions"])))
    one.close()
    for point, when in itertools.product(range(effects), ("before", "after")):
        one = world()
        with pytest.raises(Struck):
            one.run(one.flows().backfill("acme", since=BEFORE, streams=["mentions"]), strike_at(point, when))
        one.restart()
        order(one)
        finish(one)
        check(one)
        one.close()


@EVERY
def test_two_workers_go_over_everything_once(step: int) -> None:
    one = world()
    one.run(one.flows().poll())
    order(one)
    effects = len(one.count_effects(one.flows().poll()))
    one.close()
    for point, dead in itertools.product(range(0, effects, step), (False, True)):
        one = world()
        one.run(one.flows().poll())
        order(one)
        first = one.worker

        def strike(
            index: int,
            effect: Any,
            when: str,
            one: World = one,
            at: int = point,
            old: Any = first,
            over: bool = dead,
        ) -> bool:
            if index == at and when == "before":
                if over:
                    old.die()
                one.worker = one.new_worker()
                one.run(one.flows().poll())
                one.run(one.flows().poll())
            return False

        one.run(one.flows(first).poll(), strike)
        finish(one)
        check(one)
        one.close()


def test_what_is_newer_than_hearing_began_is_never_flagged_though_the_backfill_meets_it_first() -> None:
    one = world()
    order(one)
    one.advance(60)
    new = [post(20, START + timedelta(seconds=1)), post(21, START + timedelta(seconds=40))]

    def publish(index: int, effect: Any, when: str) -> bool:
        if isinstance(effect, Call) and effect.name == "claim_backfills" and when == "before":
            one.platform.streams["mentions"] += [
                item for item in new if item not in one.platform.streams["mentions"]
            ]
        return False

    one.run(one.flows().poll(), publish)
    told = one.rows("SELECT mention_key FROM socialdesk_event WHERE kind = 'created' AND NOT backfilled")
    assert {key for (key,) in told} == {"toy:post:20", "toy:post:21"}, "the backfill heard them first"
    finish(one)
    check(one, live=frozenset({"20", "21"}))
    one.close()


def test_asking_again_does_nothing_and_asking_for_more_loses_nothing_at_the_seam() -> None:
    one = world()
    order(one)
    finish(one)
    events, requests = len(one.rows("SELECT 1 FROM socialdesk_event")), one.platform.requests
    order(one)
    assert one.run(one.flows().next_due()) > one.now()
    one.run(one.flows().poll(due_only=True))
    assert (len(one.rows("SELECT 1 FROM socialdesk_event")), one.platform.requests) == (events, requests)
    (told,) = one.run(one.flows().backfill("acme", since=START - 15 * DAY, streams=["mentions"]))
    assert told.state == "under_way"
    finish(one)
    check(one, HEARD | {"5", "6", "7", "8", "9"})
    one.close()


def test_only_what_was_said_in_between_is_kept() -> None:
    one = world()
    order(one, until=START - 6 * DAY)
    finish(one)
    heard = {key.rpartition(":")[2] for (key,) in one.rows("SELECT key FROM socialdesk_mention")}
    assert heard == {"10", "11", "12", "13", "14"}
    one.close()


def test_a_backfill_that_is_cancelled_stops_at_its_next_page_and_can_be_taken_up() -> None:
    one = world()
    order(one)

    def cancel(index: int, effect: Any, when: str) -> bool:
        stored = isinstance(effect, Call) and effect.name == "store_page" and when == "after"
        if stored and len(one.rows("SELECT 1 FROM socialdesk_mention")) == 2:
            one.run(one.flows(one.new_worker()).cancel_backfill("acme"))
        return False

    one.run(one.flows().poll(), cancel)
    (told,) = one.run(one.flows().backfills())
    assert (told.state, told.waiting) == ("cancelled", 0)
    pages = told.pages
    requests = one.platform.requests
    one.run(one.flows().poll())
    one.run(one.flows().poll())
    (told,) = one.run(one.flows().backfills())
    assert (told.state, told.pages) == ("cancelled", pages)
    assert one.platform.requests - requests <= 6, "live polling alone"
    order(one)
    finish(one)
    check(one)
    one.close()


@EVERY
def test_an_account_that_is_removed_meanwhile_ends_its_backfill(step: int) -> None:
    one = world()
    order(one)
    effects = len(one.count_effects(one.flows().poll()))
    one.close()
    for point in range(0, effects, step):
        one = world()
        order(one)

        def remove(index: int, effect: Any, when: str, one: World = one, at: int = point) -> bool:
            if index == at and when == "before":
                one.run(one.flows(one.new_worker()).remove("acme"))
            return False

        one.run(one.flows().poll(), remove)
        assert one.rows("SELECT 1 FROM socialdesk_backfill") == []
        assert one.run(one.flows().next_due()) is None
        one.close()


def test_a_stream_that_cannot_be_walked_back_says_so() -> None:
    one = world()
    for name, why in (
        ("watched", "cannot be walked back"),
        ("conversation", "when somebody looks"),
        ("comments", "comes along"),
        ("nothing", "no such stream"),
    ):
        with pytest.raises(ConfigError, match=why):
            one.run(one.flows().backfill("acme", since=BEFORE, streams=[name]))
    told = one.run(one.flows().backfill("acme", since=BEFORE))
    assert [each.stream for each in told] == ["mentions", "replies"]
    with pytest.raises(ConfigError, match="a time before"):
        one.run(one.flows().backfill("acme", since=START + DAY))
    one.close()


@pytest.mark.slow
def test_new_posts_are_heard_on_time_beside_a_long_backfill() -> None:
    """On the virtual clock, where a request takes half a second: with the backfill, or without it."""

    def lateness(old: int) -> list[float]:
        one = world()
        one.platform.streams["mentions"] = [
            post(n, START - DAY + timedelta(seconds=n)) for n in range(1, old)
        ]
        one.run(one.flows().poll())
        order(one)
        answer = one.platform.send

        def send(request: Request, timeout: float) -> Any:
            one.advance(0.5)
            return answer(request, timeout)

        one.platform.send = send
        said: dict[str, datetime] = {}
        began = one.now()
        while one.now() - began < timedelta(minutes=2):
            if len(said) < (one.now() - began) / timedelta(seconds=12):
                number = 10_000 + len(said)
                one.platform.streams["mentions"].append(post(number, one.now()))
                said[f"toy:post:{number}"] = one.now()
            due = one.run(one.flows().tick())
            if due is not None and due > one.now():
                one.advance(min(5.0, (due - one.now()).total_seconds()))
        heard = {
            key: schema.moment(at) for key, at in one.rows("SELECT key, heard_at FROM socialdesk_mention")
        }
        waits = [(heard[key] - at).total_seconds() for key, at in said.items() if key in heard]
        (told,) = one.run(one.flows().backfills())
        one.close()
        assert len(waits) >= 9
        assert told.pages > 80 if old > 1 else told.state == "done", "it goes on meanwhile"
        return waits

    alone, beside = lateness(1), lateness(500)
    # a turn of the backfill lasts two seconds and a page at most
    assert max(beside) <= max(alone) + 2 + 0.5 + 5


class Limited(Old):
    """A toy of which thirty requests in a quarter of an hour may be asked."""

    spends = {"reads": 1}

    @property
    def limits(self) -> tuple[Limit, ...]:
        return (Limit(30, per=900, bucket="reads"),)


def test_a_backfill_leaves_live_polling_and_replies_their_parts_and_goes_on_in_the_next_window() -> None:
    one = world(Limited)
    one.platform.streams["mentions"] = [post(n, START - DAY + timedelta(seconds=n)) for n in range(1, 200)]
    order(one)
    for _ in range(20):
        one.run(one.flows().tick())
    (told,) = one.run(one.flows().backfills())
    assert told.state == "under_way"
    assert told.again_at is not None
    assert told.problem
    first, pages = one.platform.requests, told.pages
    assert first <= 30 - 6 - 3, "a fifth is kept for replies, and a tenth for what is new"
    one.platform.streams["mentions"].append(post(1_000, START))
    one.advance(60)
    report = one.run(one.flows().poll())
    assert report.new == 1, "what is new is heard in the same window"
    assert one.run(one.flows().account("acme")).health.state == "ok", "waiting is no ailment"
    one.advance(900)
    for _ in range(5):
        one.run(one.flows().tick())
    (told,) = one.run(one.flows().backfills())
    assert told.pages > pages
    one.close()


def test_a_platform_that_refuses_is_left_alone_until_it_said() -> None:
    one = world()
    one.run(one.flows().poll())
    order(one)
    answer = one.platform.send
    refused: list[datetime] = []

    def send(request: Request, timeout: float) -> Any:
        if request.path == "/mentions" and len(refused) < 1:
            refused.append(one.now())
            return Response(429, {"retry-after": "120"}, b"{}")
        return answer(request, timeout)

    one.platform.send = send
    report = one.run(one.flows().poll(due_only=True))
    (waiting,) = [each for each in report.listings if each.backfill]
    assert waiting.waits
    assert waiting.again_at is not None
    assert 120 <= (waiting.again_at - one.now()).total_seconds() <= 123
    requests = one.platform.requests
    for _ in range(3):
        one.run(one.flows().tick())
    assert one.platform.requests == requests
    one.advance(125)
    finish(one)
    check(one)
    one.close()


class Threads(Old):
    """A toy whose old posts have comments, each post a listing of its own."""

    async def fetch(self, window: Window) -> Page:
        page = await super().fetch(window)
        if window.stream == "mentions":
            told = tuple(Topic(raw.body["id"], {}, stream="comments") for raw in page.items)
            return replace(page, topics=told)
        return page


def test_comments_under_old_posts_come_along_and_are_no_work_for_live_polling() -> None:
    one = world(Threads)
    one.platform.streams["comments"] = [post(n, START - timedelta(hours=n - 500)) for n in range(501, 504)]
    order(one)
    one.run(one.flows().poll())
    assert one.rows("SELECT 1 FROM socialdesk_stream WHERE stream = 'comments'") == []
    finish(one)
    told = {each.stream: each for each in one.run(one.flows().backfills())}
    assert (told["comments"].state, told["comments"].listings, told["comments"].new) == ("done", 10, 3)
    assert told["mentions"].state == "done"
    one.close()
