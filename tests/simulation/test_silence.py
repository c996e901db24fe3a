"""An account to which nobody writes any more is told of, with the number, while its polls go on without an error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.test_coverage import Timed, made, poll
from tests.simulation.test_drain import strike_at
from tests.simulation.world import Struck, World


@pytest.fixture(scope="module")
def heard() -> Iterator[World]:
    """A world in which somebody has written every two hours for nine days; the tests follow one another."""
    one = made(horizon=1000)
    one.platform.page_size = 10
    for number in range(9 * 12):
        one.advance(7200)
        one.platform.write()
        if number % 3 == 0:
            one.run(one.flows().poll())
    yield one
    one.close()


def told(one: World) -> list[str]:
    return [text for (text,) in one.rows("SELECT text FROM socialdesk_event WHERE kind='health' ORDER BY id")]


def test_a_stream_that_stops_is_told_of_once_and_so_is_its_return(heard: World) -> None:
    one = heard
    assert told(one) == []
    numbers = one.run(one.flows().health("acme")).numbers
    assert numbers["usual_per_day"] == pytest.approx(12, abs=0.2)
    hours = 0
    while one.run(one.flows().health("acme")).state == "ok":
        poll(one, 3600)
        hours += 1
        assert hours < 48
    poll(one, 3600)
    poll(one, 3600)
    (event,) = told(one)
    assert event.startswith("silent (hearing silent, answering ok): Usually 12 a day; nothing for ")
    assert "the chance of that is 1 in " in event
    health = one.run(one.flows().health("acme"))
    assert (health.inbound, health.outbound, health.reason) == ("silent", "ok", "nothing_heard")
    assert health.numbers["chance"] < 1 / (12 * 365)
    one.run(one.flows().check("acme"))
    assert one.run(one.flows().health("acme")).state == "silent", "that its credentials work ends no silence"
    one.platform.write()
    try:
        one.run(one.flows().poll(), strike_at(7, "after"))
    except Struck:
        one.restart()
    poll(one)
    assert [text.partition(":")[0] for text in told(one)] == ["silent (hearing silent, answering ok)", "ok"]


def test_what_was_not_polled_is_not_missed(heard: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one, before = heard, len(told(heard))
    one.advance(10 * 86_400)  # the desk was away, and people wrote
    for _ in range(3):
        one.platform.write()
    poll(one)
    poll(one, 3600)
    assert len(told(one)) == before


def test_an_account_that_is_polled_costs_no_store_call_more(heard: World) -> None:
    from socialdesk._engine.effects import Call

    poll(heard)
    heard.advance(60)
    calls = [effect for effect in heard.count_effects(heard.flows().poll()) if isinstance(effect, Call)]
    assert [call.name for call in calls] == ["survey", "open_account", "store_page"]


def test_what_was_fetched_of_the_past_says_nothing_of_the_present() -> None:
    one = made(Timed, horizon=1000)
    for number in range(60):
        one.platform.write(late=(60 - number) * 7200)
    poll(one)
    assert len(one.rows("SELECT key FROM socialdesk_mention")) == 60
    assert one.rows("SELECT sum(number) FROM socialdesk_arrival")[0][0] in (None, 1)
    one.close()
