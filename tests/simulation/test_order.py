"""In whatever order and by whichever way things come, the same is known in the end, and each is news once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialdesk.connector import Gone, Item, Patch, Raw, Stream
from socialdesk.models import ExternalId, Mention
from tests.simulation.test_echoes import Echoing, created, hear
from tests.simulation.world import START, World

WAYS = ("poll", "push", "lookup", "backfill")
SELDOM = ("lookup", "backfill")
"""Ways of which all orders are tried where there is time for it."""

SLICE = pytest.param(8, id="some")
WHOLE = pytest.param(2_000, id="all", marks=[pytest.mark.slow, pytest.mark.long])


class Changing(Echoing):
    """A toy that tells of edits by whole posts, by the fields that changed, and of what it hides or deletes."""

    streams = (*Echoing.streams, Stream("old"))

    def parse(self, raw: Raw) -> Item | None:
        body = raw.body
        identity = ExternalId("toy", "post", body.get("of") or body["id"])
        if body["is"] == "patch":
            return Patch(id=identity, changes={"text": body["text"], "revision": body["revision"]})
        if body["is"] == "gone" and "state" in body:
            return Gone(id=identity, state=body["state"])
        return super().parse(raw)


WHOLE_POSTS = (
    {"is": "post", "of": "7", "text": "one"},
    {"is": "post", "of": "7", "text": "two", "revision": 1},
    {"is": "post", "of": "7", "text": "three", "revision": 2},
    {"is": "gone", "of": "7"},
)
PATCHES = (
    WHOLE_POSTS[0],
    {"is": "patch", "of": "7", "text": "two", "revision": 1},
    {"is": "patch", "of": "7", "text": "three", "revision": 2},
    WHOLE_POSTS[3],
)


def fill(one: World, item: dict[str, Any]) -> None:
    """A backfill meets the item, which no poll has met. It is asked for more each time, so that it begins anew."""
    day = one.platform.fills = getattr(one.platform, "fills", 0) + 1
    flows = one.flows(one.new_worker())
    one.run(flows.poll())  # so that no listing is due
    one.run(flows.backfill("acme", since=START - timedelta(days=day), streams=["old"]))
    one.platform.streams["old"] = [item]
    one.run(flows.poll(due_only=True))
    one.platform.streams["old"] = []
    assert one.rows("SELECT state FROM socialdesk_backfill") == [("done",)]


def play(told: Sequence[dict[str, Any]], ways: Sequence[str]) -> tuple[Any, list[str]]:
    """What is known of the post after these were told, one after the other, and what was news."""
    one = World(kind=Changing, settings={"secret": "s"})
    one.platform.streams["old"] = []
    for number, (item, way) in enumerate(zip(told, ways, strict=True), 1):
        here = {"id": str(number), **item}
        if way == "backfill":
            fill(one, here)
        elif way == "lookup":
            one.platform.things["7"] = here
            hear(one, "push", {"id": str(number), "is": "stub", "of": "7"})
        else:
            hear(one, way, here)
        one.advance(30)
    rows = one.rows("SELECT data FROM socialdesk_mention")
    assert len(rows) == 1
    (said,) = one.run(one.flows().mentions())
    news = created(one)
    assert one.rows("SELECT 1 FROM socialdesk_parked") == []
    one.close()
    known = (said.text, said.state, said.revision, said.kind, said.conversation, said.created_at)
    return known, news


@pytest.mark.parametrize(
    "way", [way if way not in SELDOM else pytest.param(way, marks=pytest.mark.slow) for way in WAYS]
)
@pytest.mark.parametrize(
    "told",
    [pytest.param(WHOLE_POSTS, id="posts", marks=pytest.mark.slow), pytest.param(PATCHES, id="patches")],
)
def test_a_post_and_its_edits_and_its_end_come_to_the_same_in_all_24_orders(told: Any, way: str) -> None:
    known = {}
    for order in itertools.permutations(range(4)):
        state, news = play([told[index] for index in order], [way] * 4)
        known[state] = order
        assert len(news) <= 1
        if order[0] == 3 or (told is PATCHES and order.index(3) < order.index(0)):
            assert news == [], "what is gone is no news"
    expected = ("three", "deleted", 2, "mention", ExternalId("toy", "post", "7"), START)
    assert set(known) == {expected}, known


@pytest.mark.parametrize("way", WAYS)
def test_an_edit_that_comes_before_its_post_is_kept_for_it(way: str) -> None:
    for order in itertools.permutations(range(3)):
        state, news = play([PATCHES[index] for index in order], [way] * 3)
        assert (state[:3], news) == (("three", "active", 2), ["toy:post:7"])


@pytest.mark.parametrize("examples", [SLICE, WHOLE])
def test_the_same_post_by_every_way_and_in_every_order_is_one_mention_and_one_piece_of_news(
    examples: int,
) -> None:
    ways = ["push"] * 5 + ["poll"] * 3 + ["backfill"]

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.permutations(ways), st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=9, max_size=9))
    def check(order: list[str], versions: list[int]) -> None:
        told = [{**WHOLE_POSTS[version], "delivery": n} for n, version in enumerate(versions)]
        state, news = play(told, order)
        newest = WHOLE_POSTS[max(versions)]
        assert (state[0], state[1]) == (newest["text"], "active")
        assert news == ["toy:post:7"]

    check()


def test_a_post_from_the_year_2999_keeps_nothing_back() -> None:
    """Neither a position nor a time that the platform made up stands in the way of what comes later."""

    class Dreaming(Changing):
        def parse(self, raw: Raw) -> Item | None:
            item = super().parse(raw)
            if isinstance(item, Mention) and "at" in raw.body:
                return item.model_copy(update={"created_at": datetime.fromisoformat(raw.body["at"])})
            return item

    one = World(kind=Dreaming, settings={"secret": "s"})
    one.platform.streams["old"] = []
    far = START.replace(year=2999)
    for number in range(1, 13):
        more = {"at": far.isoformat(), "revision": 1} if number == 3 else {}
        hear(one, "poll", {"id": str(number), "is": "post", "text": f"{number}", **more})
        one.advance(60)
    assert len(created(one)) == 12
    one.close()
