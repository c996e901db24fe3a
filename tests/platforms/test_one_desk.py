"""One desk for all platforms: one inbox, a notice everywhere, and a private word where a platform has one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Desk, Mention, Rejected
from socialdesk.testing import ConnectorSuite
from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Request, Response
from tests.platforms.lines import PLATFORMS

NOTICE = "Internet is down in the north. We are digging, and expect to be done by two."
ANSWER = "We are sorry, and somebody is looking into it."


class OneClock:
    """The clocks of several sandboxes, which go together."""

    def __init__(self, sandboxes: dict[str, Sandbox]) -> None:
        self._clocks = [sandbox.clock for sandbox in sandboxes.values()]
        self.nonce = self._clocks[0].nonce

    def now(self) -> datetime:
        return max(clock.now() for clock in self._clocks)

    def monotonic(self) -> float:
        return max(clock.monotonic() for clock in self._clocks)

    def sleep(self, seconds: float) -> None:
        for clock in self._clocks:
            clock.sleep(seconds)


@dataclass
class World:
    """Every platform's sandbox, behind one transport."""

    sandboxes: dict[str, Sandbox]

    def __post_init__(self) -> None:
        self.clock = OneClock(self.sandboxes)

    def send(self, request: Request, timeout: float) -> Response:
        for name, sandbox in self.sandboxes.items():
            if request.host.endswith(f"{name}.invalid"):  # a platform may have several hosts
                return sandbox.send(request, timeout)
        raise AssertionError(f"{request.url} belongs to no platform")

    def advance(self, minutes: float) -> None:
        for sandbox in self.sandboxes.values():
            sandbox.advance(minutes=minutes)


@pytest.fixture
def world() -> World:
    return World({name: suite().new_sandbox() for name, suite in PLATFORMS.items()})


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Iterator[Desk]:
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=world) as made:
        for name, suite in PLATFORMS.items():
            settings = {**suite.settings, **world.sandboxes[name].settings}
            made.connect(name, name=f"acme-{name}", settings=settings, hear_from=None)
        yield made


def complaints(world: World, desk: Desk, text: str = "my parcel is lost") -> dict[str, Mention]:
    """Somebody complains on each platform; what the one inbox holds of that."""
    said = {name: suite().complain(world.sandboxes[name], text) for name, suite in PLATFORMS.items()}
    world.advance(minutes=5)
    assert desk.poll().ok
    inbox = {(mention.id.platform, mention.id.value): mention for mention in desk.mentions(limit=500)}
    return {name: inbox[name, identity] for name, identity in said.items()}


def suite_of(name: str) -> ConnectorSuite:
    return PLATFORMS[name]()


def spoken(world: World, name: str) -> list[str]:
    return list(suite_of(name).spoken(world.sandboxes[name]))


def test_one_inbox_holds_all_and_each_is_answered_where_it_was_said(world: World, desk: Desk) -> None:
    heard = complaints(world, desk)
    assert {mention.account for mention in heard.values()} == {f"acme-{name}" for name in PLATFORMS}
    for name, mention in heard.items():
        desk.reply(mention, ANSWER, key=name)
    for _ in range(3):
        desk.drain()
        world.advance(minutes=1)
    for name, mention in heard.items():
        assert desk.receipt(name).state == "sent", name
        assert [ANSWER in text for text in spoken(world, name)].count(True) == 1
        thread = desk.conversation(mention)
        assert mention.id in [said.id for said in thread.mentions]
        assert [receipt.key for receipt in thread.receipts] == [name]
    desk.poll()
    again = [mention for mention in desk.mentions(limit=500) if ANSWER in mention.text]
    assert all(mention.direction != "inbound" for mention in again), "our own answer came in as a complaint"


def test_what_is_said_in_the_second_of_connecting_is_heard(world: World, tmp_path: Path) -> None:
    world.clock.sleep(0.6)
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=world) as desk:
        for name, suite in PLATFORMS.items():
            settings = {**suite.settings, **world.sandboxes[name].settings}
            desk.connect(name, name=f"acme-{name}", settings=settings)
        complaints(world, desk)


def test_a_notice_is_said_once_on_every_account_in_its_own_form(world: World, desk: Desk) -> None:
    plans = desk.plan_announcement(NOTICE)
    assert set(plans) == {f"acme-{name}" for name in PLATFORMS}
    before = {name: len(spoken(world, name)) for name in PLATFORMS}
    told = desk.announce(NOTICE, key="outage")
    assert desk.announce(NOTICE, key="outage").refusals == told.refusals
    for _ in range(3):
        desk.drain()
        world.advance(minutes=1)
    for name in PLATFORMS:
        account = f"acme-{name}"
        if plans[account].refusals:
            assert told.refusals[account], "a refusal says why"
            assert len(spoken(world, name)) == before[name]
        else:
            assert desk.receipt("outage", account=account).state == "sent", account
            said = [text for text in spoken(world, name)[before[name] :] if NOTICE in text]
            assert len(said) == len(plans[account].parts) == 1


def test_what_is_for_one_person_never_stands_in_public(world: World, desk: Desk) -> None:
    secret = "Your account is 40178842."
    for name, mention in complaints(world, desk).items():
        plan: Any = desk.plan(mention, secret, mode="private")
        if plan.refusals:
            reason, _, words = plan.refusals[0].partition(": ")
            assert reason in Rejected.REASONS
            assert len(words.split()) > 3, f"{name}: why is it refused?"
            with pytest.raises(Rejected):
                desk.take_private(mention, secret, key=name)
        else:
            desk.take_private(mention, secret, key=name)
            desk.drain()
            assert desk.receipt(name).state == "sent", name
            assert {part.mode for part in desk.receipt(name).parts} == {"private"}
            linked = desk.conversation(mention).linked
            assert linked is None or desk.conversation(linked).key != desk.conversation(mention).key
        public = suite_of(name).shown(world.sandboxes[name])
        assert [text for text in public if secret in text] == []
