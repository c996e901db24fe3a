"""What happens is told to whoever asks under a name: at least once, in order, until they say that they have it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import anyio
import pytest

from socialdesk import ConfigError
from tests.desk.faces import Hand
from tests.simulation.test_poll import post
from tests.simulation.world import Platform


def taken(hand: Hand, do: Callable[[Any], str], name: str = "tickets", **options: Any) -> list[Any]:
    """Go through a consumer's events: ``do`` says what becomes of each: "ack", "nack", "nothing", or "stop"."""
    seen: list[Any] = []
    if hand.face == "sync":
        for event in hand.desk.events(name, **options):
            seen.append(event)
            answer = do(event)
            if answer == "stop":
                break
            if answer != "nothing":
                event.ack() if answer == "ack" else event.nack("no room")
        return seen

    async def go() -> None:
        events = hand.desk.events(name, **options)
        async for event in events:
            seen.append(event)
            answer = do(event)
            if answer == "stop":
                break
            if answer != "nothing":
                await (event.ack() if answer == "ack" else event.nack("no room"))
        await events.aclose()

    anyio.run(go, backend=hand.face)
    return seen


def ack(_: Any) -> str:
    return "ack"


def hear(toys: Hand, toy: Platform, *numbers: int) -> None:
    toy.streams["mentions"] += [post(number) for number in numbers]
    toys.poll()


def told(events: list[Any]) -> list[str]:
    return [f"{event.kind.value} {event.mention.value}" for event in events]


def test_each_event_is_told_once_it_is_taken(toys: Hand, toy: Platform) -> None:
    assert taken(toys, ack) == []
    hear(toys, toy, 1, 2)
    events = taken(toys, ack)
    assert told(events) == ["created 2", "created 1"]  # as they were listed, the newest first
    assert {event.account for event in events} == {"acme"}
    assert [toys.mention(event.mention).text for event in events] == ["post 2", "post 1"]
    assert taken(toys, ack) == []
    hear(toys, toy, 3)
    assert told(taken(toys, ack)) == ["created 3"]


def test_a_new_consumer_hears_from_now_on_or_of_all_that_is_kept(toys: Hand, toy: Platform) -> None:
    hear(toys, toy, 1)
    assert taken(toys, ack, "late") == []
    assert told(taken(toys, ack, "curious", since="all")) == ["created 1"]
    hear(toys, toy, 2)
    assert told(taken(toys, ack, "late")) == ["created 2"]
    assert told(taken(toys, ack, "curious", since="all")) == ["created 2"]


def test_what_is_not_taken_comes_again_with_the_same_id(toys: Hand, toy: Platform) -> None:
    taken(toys, ack)
    hear(toys, toy, 1, 2)
    first = taken(toys, lambda _: "nothing")
    again = taken(toys, lambda event: "stop")
    assert [event.id for event in again] == [first[0].id]
    last = taken(toys, ack)
    assert [event.id for event in last] == [event.id for event in first]
    assert {event.tries for event in last} == {0}  # what was merely looked at was not tried


def test_what_is_refused_comes_later_and_later_and_then_lies_dead(toys: Hand, toy: Platform) -> None:
    taken(toys, ack)
    hear(toys, toy, 1, 2)
    refuse: Callable[[Any], str] = lambda event: "nack" if event.mention.value == "2" else "ack"  # noqa: E731 - short
    assert told(taken(toys, refuse)) == ["created 2", "created 1"]  # one that is refused holds up no other
    assert taken(toys, refuse) == []  # not at once
    for tries, pause in enumerate((5, 10, 20, 40, 80, 160, 320, 640, 900), 1):
        toy.advance(timedelta(seconds=pause - 1))
        assert taken(toys, refuse) == []
        toy.advance(timedelta(seconds=1))
        assert [event.tries for event in taken(toys, refuse)] == [tries]
    toy.advance(timedelta(days=1))
    assert taken(toys, ack) == []
    (dead,) = toys.dead_events("tickets")
    assert (dead.event.mention.value, dead.event.account, dead.problem) == ("2", "acme", "no room")
    assert toys.revive_events("tickets") == 1
    assert told(taken(toys, ack)) == ["created 2"]
    assert toys.dead_events("tickets") == ()


def test_consumers_do_not_know_each_other_and_callers_of_one_name_share(toys: Hand, toy: Platform) -> None:
    for name in ("tickets", "wall"):
        taken(toys, ack, name)
    hear(toys, toy, 1, 2, 3)
    inner: list[Any] = []

    def split(event: Any) -> str:
        if not inner and toys.face == "sync":  # a second caller while the first has a batch in hand
            inner.extend([None, *taken(toys, ack)])
        return "ack"

    assert len(taken(toys, split)) == 3
    assert inner in ([], [None])
    assert len(taken(toys, ack, "wall")) == 3


def test_a_tenant_is_told_of_its_own_accounts_alone(toys: Hand, toy: Platform) -> None:
    toys.connect("toy", name="other", tenant="b", settings={}, hear_from=None)
    b = toys.scoped("b")
    assert taken(b, ack) == taken(toys, ack) == []
    hear(toys, toy, 1)
    assert {event.account for event in taken(b, ack)} == {"other"}
    assert {event.account for event in taken(toys, ack)} == {"acme", "other"}


def test_it_is_seen_how_far_each_consumer_is_and_one_that_is_no_more_is_forgotten(
    toys: Hand, toy: Platform
) -> None:
    assert toys.consumers() == ()
    for name in ("tickets", "wall", "idle"):
        taken(toys, ack, name)
    at = toy.now
    hear(toys, toy, 1, 2, 3)
    taken(toys, ack, "idle")
    for _ in range(10):
        taken(toys, lambda event: "ack" if event.mention.value == "1" else "nack")
        toy.advance(timedelta(hours=1))
    told = {one.name: (one.waiting, one.dead, one.oldest) for one in toys.consumers()}
    assert told == {"idle": (0, 0, None), "tickets": (0, 2, at), "wall": (3, 0, at)}
    assert toys.scoped("").consumers() == ()
    toys.forget_consumer("wall")
    assert [one.name for one in toys.consumers()] == ["idle", "tickets"]
    assert taken(toys, ack, "wall") == []  # known anew, and told of what happens from now on
    with pytest.raises(ConfigError, match="no consumer 'nobody'"):
        toys.forget_consumer("nobody")


def test_events_are_kept_until_they_are_removed_and_those_that_wait_are_not_removed(
    toys: Hand, toy: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socialdesk.desk.telling.REMOVED_AT_A_TIME", 2)
    taken(toys, ack)
    hear(toys, toy, 1, 2, 3, 4)
    taken(toys, lambda event: "ack" if event.mention.value != "2" else "nothing")
    toy.advance(timedelta(days=90))
    hear(toys, toy, 5)
    assert toys.remove_events(before=toy.now - timedelta(days=90)) == 0
    assert toys.remove_events(before=toy.now - timedelta(days=30)) == 3
    assert told(taken(toys, ack)) == ["created 2", "created 5"]
    assert told(taken(toys, ack, "curious", since="all")) == ["created 2", "created 5"]
    assert toys.scoped("other").remove_events(before=toy.now + timedelta(days=1)) == 0
    assert toys.remove_events(before=toy.now + timedelta(days=1)) == 2
    with pytest.raises(ConfigError, match="zone"):
        toys.remove_events(before=toy.now.replace(tzinfo=None))


def test_what_became_of_a_reply_is_told(toys: Hand, toy: Platform) -> None:
    hear(toys, toy, 1)
    taken(toys, ack)
    toys.reply("toy:post:1", "Hello", key="k")
    toys.drain()
    (event,) = taken(toys, ack)
    assert (event.kind.value, event.reply, event.text) == ("receipt", "k", "sent")


def test_a_removed_account_is_told_of_no_more(toys: Hand, toy: Platform) -> None:
    taken(toys, ack)
    hear(toys, toy, 1)
    toys.remove("acme")
    assert taken(toys, ack) == []


@pytest.mark.parametrize(("name", "since"), [("", "now"), ("a/b", "now"), ("tickets", "yesterday")])
def test_what_makes_no_sense_is_refused(toys: Hand, name: str, since: str) -> None:
    with pytest.raises(ConfigError):
        taken(toys, ack, name, since=since)
