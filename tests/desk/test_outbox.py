"""What is said, and what a person decides of it: the same for Desk, and for AsyncDesk under asyncio and trio."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import anyio
import pytest

from socialdesk import AsyncDesk, ConfigError, Desk, ExternalId, Registry, Rejected
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.desk.faces import Hand, ToyWire
from tests.simulation.world import Platform, Toy


class Mute(Toy):
    """A platform that offers no way to find out what became of a post."""

    settle = "none"


@contextlib.contextmanager
def toy_desk(face: str, toy: Platform, url: str, kind: type[Toy]) -> Iterator[Hand]:
    hand = Hand(face, url, transport=ToyWire(toy), registry=Registry(extra=[kind]))
    hand.connect("toy", name="acme", settings={}, hear_from=None)
    yield hand
    hand.shut()


def heard(hand: Hand, toy: Platform) -> Any:
    toy.streams["mentions"] = [{"id": "1", "is": "post", "text": "help"}]
    hand.poll()
    return hand.mentions()[0]


def posted(toy: Platform) -> list[str]:
    return [post["text"] for post in toy.posts]


def test_a_plan_says_what_would_be_sent_and_keeps_nothing(toys: Hand, toy: Platform) -> None:
    said = heard(toys, toy)
    plan = toys.plan(said, "We are sorry for this and will make it good today.", overflow="split")
    assert len(plan.parts) == 2
    assert all(part.used <= part.limit for part in plan.parts)
    assert plan.refusals == ()
    assert toys.receipts() == ()
    assert toys.drain().sent == 0
    assert toy.posts == []


def test_a_key_names_one_content(toys: Hand, toy: Platform) -> None:
    said = heard(toys, toy)
    first = toys.reply(said, "one", key="k")
    assert toys.reply(said, "one", key="k") == first
    for text, options in (("two", {}), ("one", {"sender": "bot"}), ("one", {"mode": "quote"})):
        with pytest.raises((ConfigError, Rejected)):
            toys.reply(said, text, key="k", **options)
    toys.drain()
    assert toys.reply(said, "one", key="k").state == "sent"
    assert toys.drain().sent == 0
    assert posted(toy) == ["one"]
    with pytest.raises(ConfigError, match="no reply"):
        toys.receipt("other")


def test_a_person_settles_what_nothing_else_can(face: str, toy: Platform, url: str) -> None:
    with toy_desk(face, toy, url, Mute) as hand:
        said = heard(hand, toy)
        toy.outcomes = ["ok"]
        hand.reply(said, "zero", key="sent before")
        hand.drain()
        bound = hand.receipt("sent before").parts[0].id
        assert bound is not None
        decisions: list[tuple[str, dict[str, Any], str, int]] = [
            (
                "answer lost",
                {"sent": ExternalId("toy", "post", "p9"), "url": "https://toy.test/9"},
                "sent",
                0,
            ),
            ("request lost", {}, "pending", 1),
        ]
        for number, (outcome, decision, becomes, more) in enumerate(decisions):
            toy.outcomes, toy.now = [outcome], toy.now + timedelta(minutes=1)
            hand.reply(said, f"text {number}", key=f"k{number}")
            assert hand.drain().needs_human == 1
            for _ in range(3):
                toy.advance(timedelta(hours=1))
                assert hand.drain().sent == 0  # nobody but a person goes on from here
            with pytest.raises(ConfigError, match="another post of ours"):
                hand.settle(f"k{number}", sent=bound)
            settled = hand.settle(f"k{number}", **decision)
            assert settled.state == becomes
            before = len(toy.posts)
            hand.drain()
            assert len(toy.posts) == before + more
            assert hand.receipt(f"k{number}").state == "sent"
            with pytest.raises(ConfigError, match="sent"):
                hand.settle(f"k{number}")
        assert hand.receipt("k0").parts[0].settled_by == "human"
        assert str(hand.receipt("k0").parts[0].id) == "toy:post:p9"
        toy.outcomes = ["request lost"]
        toy.advance(timedelta(minutes=1))
        hand.reply(said, "never mind", key="taken back")
        hand.drain()
        assert hand.cancel("taken back").state == "cancelled"
        assert hand.drain().sent == 0
        assert "never mind" not in posted(toy)


def test_a_platform_that_names_another_post_of_ours_is_doubted(toys: Hand, toy: Platform) -> None:
    said = heard(toys, toy)
    toys.reply(said, "one", key="1")
    toys.drain()
    first = toy.posts[0]["id"]
    toy.advance(timedelta(minutes=1))
    toys.reply(said, "two", key="2")
    toy._apply = lambda post: first  # type: ignore[method-assign]  # it takes the two for the same
    report = toys.drain()
    assert (report.sent, report.needs_human) == (0, 1)
    assert "another post of ours" in (toys.receipt("2").parts[0].error or "")
    assert toys.receipt("1").state == "sent"
    assert toys.drain().needs_human == 0


def test_a_removed_account_says_nothing_more(toys: Hand, toy: Platform) -> None:
    said = heard(toys, toy)
    toys.reply(said, "one", key="1")
    toys.remove("acme")
    assert toys.accounts() == ()
    assert toys.drain().sent == 0
    assert toy.posts == []
    with toys.desk._store._get_engine().connect() as connection:
        rows = connection.exec_driver_sql("SELECT state FROM socialdesk_part").all()
        assert rows == [("cancelled",)]
        assert connection.exec_driver_sql("SELECT state FROM socialdesk_reply").all() == [("cancelled",)]
        assert connection.exec_driver_sql("SELECT count(*) FROM socialdesk_app").all() == [(0,)]


def test_actions_are_those_of_now(desk: Hand, sandbox: TwitterSandbox) -> None:
    sandbox.user("ann").post("@acme hello?")
    sandbox.user("bob").post("Acme Cable is slow")
    sandbox.advance(minutes=1)
    desk.poll()
    (asked,) = desk.mentions(kind="mention")
    (cut,) = desk.mentions(kind="search_match")
    may = {action.name: action for action in desk.actions(asked)}
    assert may["reply"].allowed
    doubtful = {action.name: action for action in desk.actions(cut)}["reply"]
    assert "refuse" in (doubtful.reason or "")
    assert may["reply"].reason != doubtful.reason


# --------------------------------------------------------------------------------------------- running, closing


def until(true: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.02)


@pytest.mark.parametrize("workers", [1, 3])
def test_run_sends_and_hears_until_it_is_stopped(sandbox: TwitterSandbox, url: str, workers: int) -> None:
    desk = Desk(url, transport=sandbox)
    desk.connect("twitter", name="acme", settings=sandbox.settings)
    for round_ in range(2):  # closed, and used again
        thread = threading.Thread(target=lambda: desk.run(workers=workers))
        thread.start()
        sandbox.user("ann").post(f"@acme question {round_}")
        sandbox.advance(minutes=2)
        until(lambda: desk.mentions(text=f"question {round_}"))  # noqa: B023 - called at once
        (said,) = desk.mentions(text=f"question {round_}")
        desk.reply(said, f"answer {round_}", key=str(round_))
        until(lambda: desk.receipt(str(round_)).state == "sent")  # noqa: B023 - called at once
        desk.stop()
        thread.join(20)
        assert not thread.is_alive()
        desk.close()
    assert len(sandbox.account.posts) == 2
    assert len(desk.mentions(direction="inbound")) == 2
    desk.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_desk_runs_until_it_is_stopped(sandbox: TwitterSandbox, url: str, backend: str) -> None:
    async def main() -> None:
        async with AsyncDesk(url, transport=sandbox) as desk:
            await desk.connect("twitter", name="acme", settings=sandbox.settings)
            with anyio.fail_after(30):
                async with anyio.create_task_group() as group:
                    group.start_soon(desk.run)
                    sandbox.user("ann").post("@acme hello?")
                    sandbox.advance(minutes=2)
                    while not (found := await desk.mentions()):  # noqa: ASYNC110 - it is the desk that is tried
                        await anyio.sleep(0.02)
                    await desk.reply(found[0], "Hello.", key="k")
                    while (await desk.receipt("k")).state != "sent":  # noqa: ASYNC110 - the same
                        await anyio.sleep(0.02)
                    desk.stop()
            assert not desk._worker._live

    anyio.run(main, backend=backend)
    assert len(sandbox.account.posts) == 1
