"""Each change of an account's health is told once, whatever strikes, and hearing goes on where answering waits."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from socialdesk.errors import AuthError, PlatformError, Rejected
from socialdesk.wire import Request, Response
from tests.simulation.test_drain import strike_at
from tests.simulation.world import Platform, Struck, Toy, World

EVERY = pytest.mark.parametrize("step", [19, pytest.param(1, marks=pytest.mark.slow)])
"""Some of the places where it may happen, and all of them where there is time for that."""

REFUSALS: dict[str, Callable[[], PlatformError]] = {
    "scope": lambda: AuthError("Not granted.", reason="scope", code="scope"),
    "suspended": lambda: AuthError("Closed.", reason="suspended", code="suspended"),
    "odd": lambda: Rejected("unsupported", "What is this?", scope="stream", code="odd"),
}


class Choosy(Toy):
    """The toy with a platform that says why it refuses."""

    platform = "toy"

    def check(self, response: Response) -> PlatformError | None:
        if response.status != 403:
            return None
        return REFUSALS[response.body.decode()]()


@dataclass
class Refusing(Platform):
    """``refuse`` holds, by a path, the status and word with which it is refused."""

    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)

    def send(self, request: Request, timeout: float) -> Response:
        if request.path in self.refuse:
            status, word = self.refuse[request.path]
            return Response(status, {}, word.encode())
        return super().send(request, timeout)


def made(**refuse: tuple[int, str]) -> World:
    one = World(kind=Choosy, platform=Refusing())
    one.platform.refuse = {f"/{name}": told for name, told in refuse.items()}
    return one


def told(one: World, kind: str = "health") -> list[str]:
    rows = one.rows(f"SELECT text FROM socialdesk_event WHERE kind='{kind}' ORDER BY id")
    return [text.partition(":")[0] for (text,) in rows]


def health(one: World) -> Any:
    return one.run(one.flows().health("acme"))


def poll(one: World, times: int = 1, seconds: float = 400) -> None:
    for _ in range(times):
        one.advance(seconds)
        one.run(one.flows().poll())


def mend(one: World) -> None:
    """The account's owner signs in again."""
    one.platform.dead, one.platform.access, one.platform.refreshes = False, "a0", 0
    one.run(one.flows().connect("toy", name="acme", settings={}, hear_from=None))


def break_it(one: World) -> None:
    one.platform.dead, one.platform.access = True, "ended"


@EVERY
@pytest.mark.parametrize("struck", ["breaking", "mending", "working again"])
def test_each_change_is_told_once_wherever_a_worker_is_struck_down(struck: str, step: int) -> None:
    def story(one: World, strike: Any = None) -> None:
        def run(name: str, flow: Any) -> None:
            if name != struck or strike is None:
                one.run(flow)
                return
            try:
                one.run(flow, strike)
            except Struck:
                one.restart()

        poll(one)
        break_it(one)
        one.advance(400)
        run("breaking", one.flows().poll())
        poll(one, 4)  # the same error again and again
        one.platform.dead, one.platform.access, one.platform.refreshes = False, "a0", 0
        run("mending", one.flows().connect("toy", name="acme", settings={}, hear_from=None))
        one.run(one.flows().connect("toy", name="acme", settings={}, hear_from=None))
        one.advance(400)
        run("working again", one.flows().poll())
        poll(one, 2)

    one = made()
    points = [0]

    def count(index: int, effect: Any, when: str) -> bool:
        points[0] = max(points[0], index)
        return False

    story(one, count)
    assert told(one) == ["reauth_required", "ok"]
    one.close()
    for point, when in itertools.product(range(0, points[0] + 1, step), ("before", "after")):
        one = made()
        story(one, strike_at(point, when))
        assert told(one) == ["reauth_required", "ok"]
        assert health(one).state == "ok"
        one.close()


@EVERY
def test_two_workers_that_meet_the_same_refusal_tell_of_it_once(step: int) -> None:
    one = made()
    poll(one)
    break_it(one)
    one.advance(400)
    effects = len(one.count_effects(one.flows().poll()))
    one.close()
    for point in range(0, effects, step):
        one = made()
        poll(one)
        break_it(one)
        one.advance(400)
        first = one.worker

        def strike(index: int, effect: Any, when: str, one: World = one, at: int = point) -> bool:
            if index == at and when == "before":
                one.worker = one.new_worker()
                one.run(one.flows().poll())
                one.run(one.flows().drain())
            return False

        one.run(one.flows(first).poll(), strike)
        poll(one, 3)
        assert told(one) == ["reauth_required"]
        mend(one)
        poll(one, 2)
        assert told(one) == ["reauth_required", "ok"]
        one.close()


def enqueue(one: World, key: str = "k") -> None:
    one.platform.streams["mentions"].append({"id": "1", "is": "post", "text": "help"})
    poll(one)
    said = one.run(one.flows().mentions())[0]
    one.run(one.flows().reply(said, "We help.", key=key))


@pytest.mark.parametrize(("word", "state"), [("scope", "scope_missing"), ("suspended", "suspended")])
def test_hearing_goes_on_while_answering_waits_and_what_waits_goes_out_later(word: str, state: str) -> None:
    one = made()
    enqueue(one)
    one.platform.refuse = {"/posts": (403, word)}
    for number in range(2, 6):
        one.run(one.flows().drain())
        one.platform.streams["mentions"].append({"id": str(number), "is": "post", "text": "more"})
        poll(one)
        now = health(one)
        assert (now.state, now.inbound, now.outbound) == (state, "ok", state)
        assert len(one.rows("SELECT key FROM socialdesk_mention")) == number, "hearing has stopped"
    assert told(one) == [f"{state} (hearing ok, answering {state})"]
    one.platform.refuse = {}
    one.advance(6 * 3600 + 900)
    one.run(one.flows().drain())
    assert one.part_states() == ["sent"]
    assert told(one) == [f"{state} (hearing ok, answering {state})", "ok"]
    assert health(one).text == ""
    one.close()


def test_answering_goes_on_while_hearing_waits() -> None:
    one = made()
    enqueue(one)
    one.platform.refuse = {"/mentions": (403, "scope"), "/replies": (403, "scope")}
    poll(one)
    now = health(one)
    assert (now.state, now.reason) == ("scope_missing", "scope_missing")
    assert (now.inbound, now.outbound) == ("scope_missing", "ok")
    one.run(one.flows().drain())
    assert one.part_states() == ["sent"]
    one.platform.refuse = {}
    poll(one, seconds=3600)
    assert health(one).state == "ok"
    one.close()


def test_one_listing_that_was_not_granted_leaves_the_others_alone() -> None:
    one = made(mentions=(403, "scope"))
    one.platform.streams["replies"] = [{"id": "11", "is": "post", "text": "reply"}]
    poll(one)
    assert [key for (key,) in one.rows("SELECT key FROM socialdesk_mention")] == ["toy:post:11"]
    assert health(one).inbound == "scope_missing"
    one.close()


def test_what_nobody_knows_disables_nothing() -> None:
    one = made(mentions=(403, "odd"))
    one.platform.streams["replies"] = [{"id": "11", "is": "post", "text": "reply"}]
    poll(one, 5, seconds=3600)
    now = health(one)
    assert (now.state, now.reason, now.outbound) == ("degraded", "refused", "ok")
    assert now.numbers["listings_failing"] == 1
    one.platform.refuse = {}
    poll(one, 2, seconds=3600)
    assert told(one) == ["degraded (hearing degraded, answering ok)", "ok"]
    one.close()


def test_a_limit_on_every_listing_is_the_accounts_state_until_one_is_read_again() -> None:
    one = made(mentions=(429, ""))
    poll(one)
    assert health(one).state == "ok", "one listing that waits is nothing to tell of"
    one.platform.refuse["/replies"] = (429, "")
    poll(one)
    assert health(one).inbound == "rate_limited"
    one.platform.refuse = {}
    poll(one, 2, seconds=3600)
    assert told(one) == ["rate_limited (hearing rate_limited, answering ok)", "ok"]
    one.close()


def test_a_platform_that_is_away_for_long_is_told_of_and_so_is_its_return() -> None:
    one = made(mentions=(503, ""), replies=(503, ""))
    poll(one, 2, seconds=1000)
    assert told(one) == []
    poll(one, 6, seconds=1000)
    assert health(one).reason == "unreachable"
    one.platform.refuse = {}
    poll(one, 3, seconds=1000)
    assert told(one) == ["degraded (hearing degraded, answering ok)", "ok"]
    one.close()


def test_a_page_of_which_most_cannot_be_read_is_told_of() -> None:
    one = made()
    one.platform.page_size = 10
    one.platform.streams["mentions"] = [{"id": str(number), "is": "post"} for number in range(1, 9)]
    poll(one)
    assert health(one).reason == "unreadable"
    assert health(one).numbers["unread_items"] == 8
    for item in one.platform.streams["mentions"]:
        item["text"] = "as before"
    poll(one, seconds=4000)  # the listing waits for an hour: it did not pass what it could not read
    assert told(one) == ["degraded (hearing degraded, answering ok)", "ok"]
    one.close()
