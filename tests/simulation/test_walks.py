"""Where a walk begins, how it goes on when its page token is worth nothing any more, and what a crash leaves of it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from socialdesk.connector import Page, Window
from socialdesk.errors import ConfigError, Rejected
from tests.simulation.test_poll import post
from tests.simulation.world import Struck, Toy, World


class Forgetful(Toy):
    """Its page tokens are good for a number of requests only."""

    lives = 3

    async def fetch(self, window: Window) -> Page:
        until, page = window.until, None
        if window.page is not None:  # as where the token holds what was asked for
            until, page = (part or None for part in window.page.split("|"))
            if int(page or 0) > 2 * type(self).lives:
                raise Rejected("stale_page", "This page token has expired.", scope="stream")
        told = await super().fetch(replace(window, until=until, page=page))
        return told if told.next is None else replace(told, next=f"{until or ''}|{told.next}")


def heard(one: World, account: str = "acme") -> list[int]:
    mentions = one.run(one.flows().mentions(account=account, limit=2000))
    return sorted(int(said.id.value) for said in mentions)


def poll(one: World) -> Any:
    return one.run(one.flows().poll())


def test_a_walk_goes_on_where_it_was_when_its_page_token_has_expired() -> None:
    one = World(kind=Forgetful)
    one.platform.streams["mentions"] = [post(number) for number in range(1, 41)]
    assert poll(one).ok
    assert heard(one) == list(range(1, 41))
    one.close()


@pytest.mark.parametrize("pages", [60, pytest.param(500, marks=pytest.mark.slow)])
def test_a_long_catch_up_with_crashes_reads_each_page_about_once(pages: int) -> None:
    one = World(kind=Forgetful)
    one.platform.streams["mentions"] = [post(number) for number in range(1, 2 * pages + 1)]
    before = one.platform.requests
    for crash in itertools.count(1):
        try:
            one.run(one.flows().poll(), lambda index, _effect, _when, at=37 * crash: index == at)
            break
        except Struck:
            one.restart()
            one.platform.streams["mentions"].append(post(2 * pages + crash))  # life goes on
            one.advance(30)
    poll(one)
    assert heard(one) == list(range(1, 2 * pages + crash))
    assert one.platform.requests - before <= pages * 1.5 + 10 * crash
    one.close()


def test_the_last_so_many_of_each_listing_are_heard_at_first_and_everything_from_then_on() -> None:
    one = World()
    for name in ("mentions", "replies"):
        one.platform.streams[name] = [post(100 * (name == "replies") + number) for number in range(1, 12)]
    one.run(one.flows().connect("toy", name="few", settings={}, hear_last=3))
    poll(one)
    assert heard(one, "few") == [9, 10, 11, 109, 110, 111]
    one.platform.streams["mentions"] += [post(number) for number in range(12, 20)]
    one.advance(60)
    poll(one)
    assert heard(one, "few") == [*range(9, 20), 109, 110, 111]
    one.close()


def test_what_cannot_be_asked_for_at_first_is_refused_at_once() -> None:
    one = World()
    with pytest.raises(ConfigError, match="not together with hear_from"):
        one.run(one.flows().connect("toy", name="few", settings={}, hear_last=3, hear_from=None))
    with pytest.raises(ConfigError, match="at least 1"):
        one.run(one.flows().connect("toy", name="few", settings={}, hear_last=0))
    one.close()
