"""Topics that pages tell of: what is said under an old post is heard, whatever strikes; quiet ones cost nothing."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from socialdesk.connector import Page, Raw, Stream, Topic, Window
from socialdesk.wire import Request
from tests.simulation.test_drain import strike_at
from tests.simulation.test_poll import EVERY, post
from tests.simulation.world import HOST, START, Struck, Toy, World

OPEN_FOR = timedelta(days=10)


class Blog(Toy):
    """Comments stand under posts; the listing of posts tells how many there are under each."""

    streams = (Stream("posts"), Stream("comments", batch=1, revisit=3600))

    async def fetch(self, window: Window) -> Page:
        if window.stream == "comments":
            (topic,) = window.topics
            return await self._page(f"comments-{topic.key}", window)
        body = (await Request("GET", f"{HOST}/posts", params={"page": window.page})).json()
        topics = [
            Topic(item["id"], {"comments": item["comments"]}, stream="comments", until=START + OPEN_FOR)
            for item in body["items"]
        ]
        return Page([], next=body["next"], topics=tuple(topics))

    async def _page(self, listing: str, window: Window) -> Page:
        params = {"since": window.since, "until": window.until, "page": window.page}
        body = (await Request("GET", f"{HOST}/{listing}", params=params)).json()
        ids = [item["id"] for item in body["items"]]
        return Page(
            [Raw("item", item) for item in body["items"]],
            next=body["next"],
            resume=ids[0] if ids else None,
            span=(ids[-1], ids[0]) if ids else None,
        )


def blog(posts: int = 3) -> World:
    one = World(kind=Blog)
    one.platform.streams = {"posts": [post(number, comments=0) for number in range(1, posts + 1)]}
    for number in range(1, posts + 1):
        one.platform.streams[f"comments-{number}"] = []
    return one


def comment(one: World, under: int, number: int, *, told: bool = True) -> None:
    """Somebody comments on a post; ``told`` is False where the listing of posts does not show it yet."""
    one.platform.streams[f"comments-{under}"].append(post(number))
    if told:
        one.platform.streams["posts"][under - 1]["comments"] += 1


def heard(one: World) -> list[str]:
    return sorted(key.rpartition(":")[2] for (key,) in one.rows("SELECT key FROM socialdesk_mention"))


def poll(one: World) -> int:
    """How many requests a poll made."""
    before = one.platform.requests
    one.run(one.flows().poll())
    return int(one.platform.requests - before)


def check(one: World, numbers: list[int]) -> None:
    assert heard(one) == sorted(map(str, numbers))
    created = one.rows("SELECT mention_key, count(*) FROM socialdesk_event WHERE kind='created' GROUP BY 1")
    assert [count for _, count in created] == [1] * len(numbers), "a ticket would be opened twice"
    assert one.rows("SELECT 1 FROM socialdesk_stream WHERE owner IS NOT NULL") == []


def test_a_comment_under_an_old_post_is_heard_and_quiet_posts_cost_nothing() -> None:
    one = blog()
    listing = 2  # pages of posts
    assert poll(one) == 3 + listing  # each post is new
    one.advance(60)
    assert poll(one) == listing
    comment(one, 1, 101)
    one.advance(60)
    assert poll(one) == 1 + listing
    check(one, [101])
    assert poll(one) == listing
    one.close()


def test_what_no_listing_told_of_is_heard_when_the_post_is_looked_at_again() -> None:
    one = blog()
    poll(one)
    comment(one, 2, 102, told=False)
    one.advance(1800)
    poll(one)
    check(one, [])
    one.advance(1801)
    poll(one)
    check(one, [102])
    one.close()


def test_a_post_that_is_over_is_forgotten_once_its_last_comments_were_read() -> None:
    one = blog()
    poll(one)
    comment(one, 3, 103)
    one.advance(OPEN_FOR.total_seconds() + 1)
    one.platform.streams["posts"][:2] = []
    poll(one)
    check(one, [103])
    assert one.rows("SELECT topic FROM socialdesk_stream WHERE stream = 'comments'") == [("3",)]
    one.close()


def test_an_account_that_has_nothing_else_due_wakes_for_a_topic() -> None:
    one = blog()
    one.run(one.flows().poll(due_only=True))
    one.run(one.flows().poll(due_only=True))
    due = one.run(one.flows().next_due())
    assert due > one.platform.now
    one.close()


def test_a_topic_for_no_stream_is_the_plugins_error() -> None:
    class Lost(Blog):
        streams = (Stream("posts"),)

    one = World(kind=Lost)
    one.platform.streams = {"posts": [post(1, comments=0)]}
    (report,) = one.run(one.flows().poll()).listings
    assert "names a topic for 'comments', which is no stream with topics" in report.waits
    one.close()


def story(one: World) -> None:
    for number in range(3):
        comment(one, 1, 101 + number)
    comment(one, 3, 301)


@EVERY
def test_a_crash_before_or_after_any_effect_loses_no_comment(step: int) -> None:
    one = blog()
    story(one)
    effects = len(one.count_effects(one.flows().poll()))
    one.close()
    assert effects > 20
    for point, when in itertools.product(range(0, effects, step), ("before", "after")):
        one = blog()
        story(one)
        with pytest.raises(Struck):
            one.run(one.flows().poll(), strike_at(point, when))
        one.restart()
        comment(one, 2, 201)
        for _ in range(2):
            one.advance(60)
            poll(one)
        check(one, [101, 102, 103, 301, 201])
        one.close()


@EVERY
def test_a_comment_that_comes_while_its_post_is_walked_is_heard_at_the_next_poll(step: int) -> None:
    one = blog()
    story(one)
    effects = len(one.count_effects(one.flows().poll()))
    one.close()
    for point in range(0, effects, step):
        one = blog()
        story(one)
        first = one.worker

        def strike(index: int, effect: Any, when: str, one: World = one, at: int = point) -> bool:
            if index == at and when == "before":
                comment(one, 1, 104)
                one.worker = one.new_worker()
                poll(one)
            return False

        one.run(one.flows(first).poll(), strike)
        one.advance(60)
        poll(one)
        check(one, [101, 102, 103, 104, 301])
        one.close()
