"""An account that only a person can help is left alone: no retry of minutes touches it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from socialdesk import Desk
from socialdesk_twitter.sandbox import TwitterSandbox


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


@pytest.fixture
def desk(sandbox: TwitterSandbox, tmp_path: Path) -> Iterator[Desk]:
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings)
        desk.check("acme")
        yield desk


def _requests_within(desk: Desk, sandbox: TwitterSandbox, *, hours: int) -> int:
    """How many requests a desk makes that is polled and drained every quarter of an hour."""
    before = len(sandbox.log)
    for _ in range(hours * 4):
        sandbox.advance(minutes=15)
        desk.poll()
        desk.drain()
    return len(sandbox.log) - before


def test_an_account_out_of_credit_is_asked_again_only_after_hours(
    desk: Desk, sandbox: TwitterSandbox
) -> None:
    sandbox.user("ann").post("@acme is anybody there?")
    sandbox.advance(minutes=1)
    desk.poll()
    mention = desk.mentions()[0]
    desk.reply(mention, "We are.", key="answer")
    sandbox.credit = False

    report = desk.poll()

    assert not report.ok
    assert "credit" in (report.listings[0].waits or "")
    assert desk.account("acme").health.state == "out_of_credit"
    desk.drain()
    assert _requests_within(desk, sandbox, hours=5) == 0


def test_what_waited_for_credit_goes_out_once_the_account_is_checked(
    desk: Desk, sandbox: TwitterSandbox
) -> None:
    post = sandbox.user("ann").post("@acme is anybody there?")
    sandbox.advance(minutes=1)
    desk.poll()
    desk.reply(desk.mentions()[0], "We are.", key="answer")
    sandbox.credit = False
    desk.drain()
    assert desk.receipt("answer").state == "pending"

    sandbox.credit = True
    desk.check("acme")

    assert desk.drain().sent == 1
    assert desk.account("acme").health.state == "ok"
    assert len(sandbox.thread(post)) == 2


def test_a_reached_monthly_cap_waits_for_the_next_month(desk: Desk, sandbox: TwitterSandbox) -> None:
    sandbox.usage_cap = 0
    sandbox.user("ann").post("@acme hello?")
    sandbox.advance(minutes=1)

    report = desk.poll()

    assert report.again_at is not None
    assert report.again_at.day == 1
    assert _requests_within(desk, sandbox, hours=24) == 0
