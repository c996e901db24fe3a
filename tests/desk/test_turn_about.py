"""Nobody waits until somebody else has said everything: accounts take turns, and so do hearing and saying."""

from __future__ import annotations

from pathlib import Path

import pytest

from socialdesk import Desk
from socialdesk.desk import flows
from socialdesk.desk.sending import PARTS_IN_TURN
from socialdesk_mastodon.sandbox import MastodonSandbox

MANY = 3 * PARTS_IN_TURN


@pytest.fixture
def desk(tmp_path: Path):
    """A desk with much to say for one account, and a little for another."""
    sandbox = MastodonSandbox()
    sandbox.connect_account("other")
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as made:
        for name, handle, answers in (("busy", "acme", MANY), ("calm", "other", 2)):
            made.connect("mastodon", name=name, settings=sandbox.settings_for(handle), hear_from=None)
            sandbox.user("ann").post(f"@{handle} hello?")
            sandbox.advance(minutes=5)
            made.poll(name)
            (mention,) = made.mentions(account=name)
            for number in range(answers):
                made.reply(mention, f"{name} {number}", key=f"{name} {number}")
        made.sandbox = sandbox
        yield made


def spoken(desk: Desk) -> list[str]:
    return [
        status.text.split()[-2]
        for status in desk.sandbox.world.statuses.values()
        if "hello" not in status.text
    ]


def test_one_account_with_much_to_say_keeps_no_other_waiting(desk: Desk) -> None:
    assert desk.drain().sent == MANY + 2
    order = spoken(desk)
    assert len(order) == MANY + 2
    assert order.index("calm") <= PARTS_IN_TURN


def test_what_is_to_be_heard_waits_for_no_end_of_what_is_to_be_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "ROUND", 0.0)
    desk.sandbox.user("bob").post("@acme and me?")
    desk.sandbox.advance(minutes=5)
    desk._run(desk._flows.tick())
    assert len(desk.mentions(account="busy")) == 2, "heard"
    assert 0 < len(spoken(desk)) < MANY, "and not all is said"
    assert desk._run(desk._flows.next_due()) <= desk._clock.now(), "the rest is due at once"


def test_a_limit_that_is_reached_is_not_run_into_by_every_reply_that_waits(desk: Desk) -> None:
    desk.sandbox.limits.allowed["statuses"] = 5
    report = desk.drain("busy")
    assert (report.sent, report.put_off) == (5, MANY - 5)
    with desk._store._get_engine().connect() as connection:
        rows = connection.exec_driver_sql("SELECT state, epoch, next_at, error FROM socialdesk_part").all()
    waiting = [row for row in rows if row.state == "pending" and row.error]
    assert len(waiting) == MANY - 5
    assert len({(row.next_at, row.error) for row in waiting}) == 1, "all of them wait for the same"
    assert sum(row.epoch for row in waiting) == 1, "one of them tried"
    desk.sandbox.limits.allowed["statuses"] = 300
    desk.sandbox.advance(hours=3)
    assert desk.drain("busy").sent == MANY - 5
