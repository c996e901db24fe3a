"""A listing longer than a turn is heard to its end, also where a platform can be asked for the newest items only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from socialdesk.connector import Item, Page, Raw, Stream, Window
from socialdesk.models import Mention
from socialdesk.wire import Request, Response
from tests.simulation.test_drain import strike_at
from tests.simulation.world import HOST, START, Platform, Struck, Toy, World

MANY = 60
PAGES = MANY // Platform.page_size


class Tokens(Toy):
    """A platform whose listing is led on by page tokens alone: it cannot be asked for what is older than an item."""

    streams = (Stream("mentions"),)

    async def fetch(self, window: Window) -> Page:
        body = (await Request("GET", f"{HOST}/{window.stream}", params={"page": window.page})).json()
        ids = [item["id"] for item in body["items"]]
        wanted = [item for item in body["items"] if _is_wanted(window, item)]
        reached = window.since is not None and int(ids[-1]) <= int(window.since)
        return Page(
            [Raw("item", item) for item in wanted],
            next=None if reached else body["next"],
            resume=ids[0] if ids else None,
            span=(ids[-1], ids[0]) if ids else None,
        )

    def parse(self, raw: Raw) -> Item | None:
        item = super().parse(raw)
        assert isinstance(item, Mention)
        return item.model_copy(update={"created_at": START - timedelta(minutes=MANY - int(raw.body["id"]))})


class TokensLeft(Tokens):
    """The same, which leaves out itself what stands above the place that the walk had come to."""

    async def fetch(self, window: Window) -> Page:
        page = await super().fetch(window)
        low, _, token = (window.page or f"{window.until or ''}/").rpartition("/")
        del token
        if not low:
            return page
        kept = [raw for raw in page.items if int(raw.body["id"]) < int(low)]
        return Page(kept, next=page.next, resume=page.resume, span=page.span)


def _is_wanted(window: Window, item: dict[str, Any]) -> bool:
    said = START - timedelta(minutes=MANY - int(item["id"]))
    new = window.since is None or int(item["id"]) > int(window.since)
    return new and (window.back_to is None or said >= window.back_to)


class Counting(Platform):
    """Counts what is asked; ``answers`` are given in place of a page, by the number of the request."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.asked: list[str | None] = []
        self.answers: dict[int, int] = {}
        self.streams["mentions"] = [
            {"id": str(number + 1), "is": "post", "text": f"post {number + 1}"} for number in range(MANY)
        ]

    def _listing(self, request: Request) -> Response:
        token = request.params.get("page")
        self.asked.append(None if token is None else str(token))
        status = self.answers.pop(len(self.asked), 200)
        if status != 200:
            return Response(status, {"retry-after": "600"}, orjson.dumps({}))
        return super()._listing(request)


@pytest.fixture(params=[Tokens, TokensLeft])
def one(request: pytest.FixtureRequest) -> Any:
    world = World(kind=request.param, platform=Counting())
    yield world
    world.close()


def heard(one: World) -> int:
    return int(one.rows("SELECT count(*) FROM socialdesk_mention")[0][0])


def poll(one: World, **how: Any) -> Any:
    one.advance(60)
    return one.run(one.flows().poll(**how))


def test_every_page_is_asked_for_once(one: World) -> None:
    assert poll(one).ok
    assert heard(one) == MANY
    assert len(one.platform.asked) == PAGES
    poll(one)
    assert len(one.platform.asked) == PAGES + 1, "what is new is on the first page"


@pytest.mark.parametrize("at", [1, 7, 11, 15, PAGES])
def test_after_a_pause_the_walk_goes_on_with_the_page_that_was_refused(one: World, at: int) -> None:
    one.platform.answers[at] = 429
    assert not poll(one).ok
    one.advance(660)
    assert poll(one).ok
    assert heard(one) == MANY
    assert len(one.platform.asked) == PAGES + 1


@pytest.mark.parametrize("at", [7, 15])
def test_a_token_that_expired_meanwhile_makes_the_walk_begin_anew(one: World, at: int) -> None:
    one.platform.answers.update({at: 429, at + 1: 400})
    assert not poll(one).ok
    one.advance(660)
    assert poll(one).ok
    assert heard(one) == MANY
    assert one.platform.asked[at + 1] is None


def test_a_token_is_not_kept_for_long(one: World) -> None:
    one.platform.answers[15] = 429
    poll(one)
    one.advance(3600)
    assert poll(one).ok
    assert one.platform.asked[15] is None
    assert heard(one) == MANY


@pytest.mark.parametrize("step", [61, pytest.param(3, marks=pytest.mark.slow)])
def test_a_crash_anywhere_loses_nothing(step: int) -> None:
    """A worker without the token begins at the newest post, and comes to the end all the same."""
    for index in range(0, 400, step):
        one = World(kind=TokensLeft, platform=Counting())
        one.advance(60)
        try:
            one.run(one.flows().poll(), strike_at(index, "after"))
        except Struck:
            one.restart()
        one.advance(60)
        assert one.run(one.flows().poll()).ok
        assert heard(one) == MANY, index
        one.close()


def test_a_backfill_comes_to_its_end_with_a_new_process_for_each_turn(one: World) -> None:
    one.run(one.flows().connect("toy", name="later", settings={}, hear_from=START))
    one.run(one.flows().backfill("later", since=START - timedelta(days=1)))
    turns = 0
    while any(each.state == "under_way" for each in one.run(one.flows().backfills("later"))):
        turns += 1
        assert turns < PAGES, "it comes no further"
        poll(one, account="later")
        one.restart()
    numbers = one.rows(
        "SELECT count(DISTINCT mention.key) FROM socialdesk_mention mention JOIN socialdesk_account account"
        " ON account.id = mention.account_id WHERE account.name = 'later'"
    )
    assert numbers == [(MANY,)]
