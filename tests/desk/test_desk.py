"""What a desk does, the same for Desk, and for AsyncDesk under asyncio and trio."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Any

import pytest

from socialdesk import ConfigError, Desk, Labels, Registry, Rejected, hookimpl
from socialdesk.models import Event, EventKind
from socialdesk.testing.sandbox import DropAnswer
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.desk.faces import Hand


def heard(desk: Hand, sandbox: TwitterSandbox, text: str = "@acme is anybody there?") -> Any:
    sandbox.user("ann").post(text)
    sandbox.advance(minutes=1)
    desk.poll()
    return desk.mentions()[0]


def test_a_mention_is_heard_once_and_answered_once(desk: Hand, sandbox: TwitterSandbox) -> None:
    mention = heard(desk, sandbox)
    assert (mention.kind, mention.account, mention.author.handle) == ("mention", "acme", "ann")
    assert desk.poll().new == 0
    assert desk.mention(mention.public_id).id == mention.id
    first = desk.reply(mention, "We are.", key="k")
    assert desk.reply(mention, "We are.", key="k") == first
    with pytest.raises(ConfigError, match="another reply"):
        desk.reply(mention, "We are not.", key="k")
    assert desk.drain().sent == 1
    assert desk.drain().sent == 0
    receipt = desk.receipt("k")
    assert receipt.state == "sent"
    assert receipt.parts[0].id is not None
    assert desk.mentions(answered=False) == ()
    assert [one.key for one in desk.receipts(state="sent")] == ["k"]
    sandbox.advance(minutes=1)
    conversation = desk.conversation(mention, refresh=True)
    assert [said.direction for said in conversation.mentions] == ["inbound", "outbound_socialdesk"]
    assert [one.key for one in conversation.receipts] == ["k"]


def test_a_chain_is_read_in_the_order_in_which_it_was_said(desk: Hand, sandbox: TwitterSandbox) -> None:
    mention = heard(desk, sandbox)
    desk.reply(mention, "word " * 150, key="k")
    desk.drain()
    sandbox.advance(minutes=1)
    said = desk.conversation(mention, refresh=True).mentions[1:]
    assert len({part.created_at for part in said}) == 1
    assert [part.text[-5:] for part in said] == ["(1/3)", "(2/3)", "(3/3)"]


def test_one_mention_is_caught_by_several_rules(desk: Hand, sandbox: TwitterSandbox) -> None:
    mention = heard(desk, sandbox, "Acme Cable cut me off")
    assert set(mention.matched_by) == {"brand", "cable"}
    assert len(desk.mentions()) == 1
    assert len(desk.mentions(rule="brand")) == 1
    assert desk.mentions(rule="other") == ()


def test_filters_and_pages(desk: Hand, sandbox: TwitterSandbox) -> None:
    for number in range(5):
        post = sandbox.user(f"u{number}").post(f"@acme question {number}")
        sandbox.repost_by_crowd(post, 10 - number)
        sandbox.advance(seconds=10)
    desk.poll()
    newest = [said.text[-1] for said in desk.mentions()]
    assert newest == ["4", "3", "2", "1", "0"]
    assert [said.text[-1] for said in desk.mentions(order="spread")] == ["0", "1", "2", "3", "4"]
    first = desk.mentions(limit=2)
    rest = desk.mentions(limit=9, before=first[-1].public_id)
    assert [said.text[-1] for said in (*first, *rest)] == newest
    assert [said.text[-1] for said in desk.mentions(text="QUESTION 3")] == ["3"]
    since = desk.mentions()[1].created_at
    assert len(desk.mentions(since=since)) == 2
    assert len(desk.mentions(until=since)) == 3


def test_an_edit_and_a_deletion_are_seen(desk: Hand, sandbox: TwitterSandbox) -> None:
    post = sandbox.user("ann").post("@acme helo")
    sandbox.advance(minutes=1)
    desk.poll()
    sandbox.user("ann").edit(post, "@acme hello")
    (edited,) = desk.refresh([desk.mentions()[0]])
    assert (edited.text, edited.state, edited.revision) == ("@acme hello", "edited", 1)
    with pytest.raises(Rejected, match="edited since"):
        desk.reply(edited, "Hello!", key="k", expected_revision=0)
    sandbox.user("ann").delete(sandbox.world.posts[post.history[-1]])
    (gone,) = desk.refresh([edited])
    assert gone.state == "deleted"


def test_an_answer_that_was_lost_is_found_and_not_repeated(desk: Hand, sandbox: TwitterSandbox) -> None:
    mention = heard(desk, sandbox)
    desk.reply(mention, "We are.", key="k")
    sandbox.fail(DropAnswer())
    assert desk.drain().unknown == 1
    sandbox.advance(minutes=10)
    assert desk.drain().sent == 1
    assert desk.receipt("k").parts[0].settled_by == "readback"
    assert len(sandbox.account.posts) == 1


def test_a_refused_answer_says_why(desk: Hand, sandbox: TwitterSandbox) -> None:
    mention = heard(desk, sandbox, "Acme Cable cut me off")
    assert any("refuse" in warning for warning in desk.plan(mention, "Sorry!").warnings)
    desk.reply(mention, "Sorry!", key="k")
    assert desk.drain().failed == 1
    assert "mention" in (desk.receipt("k").parts[0].error or "")


def test_a_reply_can_be_taken_back_until_it_is_sent(desk: Hand, sandbox: TwitterSandbox) -> None:
    mention = heard(desk, sandbox)
    desk.reply(mention, "We are.", key="k")
    assert desk.cancel("k").state == "cancelled"
    assert desk.drain().sent == 0
    with pytest.raises(ConfigError, match="cancelled"):
        desk.cancel("k")


def test_dead_credentials_wait_for_their_owner(desk: Hand, sandbox: TwitterSandbox) -> None:
    heard(desk, sandbox)
    wrong = {**sandbox.settings, "access_token_secret": "wrong"}
    desk.connect("twitter", name="acme", settings=wrong)
    report = desk.poll()
    assert not report.ok
    assert desk.account("acme").health.state == "reauth_required"
    desk.connect("twitter", name="acme", settings=sandbox.settings)
    assert desk.poll().ok
    assert desk.account("acme").health.state == "ok"


def test_settings_that_do_not_fit_are_all_named_and_none_is_shown(desk: Hand) -> None:
    with pytest.raises(ConfigError) as caught:
        desk.connect(
            "twitter", name="b", settings={"names": "CANARY", "max_length": "CANARY", "colour": "CANARY"}
        )
    assert {"names", "max_length", "colour"} <= {problem.split(":")[0] for problem in caught.value.problems}
    assert "CANARY" not in str(caught.value)


def test_tenants_see_their_own_accounts_only(sandbox: TwitterSandbox, tmp_path: Path) -> None:
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
        one, two = desk.scoped("one"), desk.scoped("two")
        one.connect("twitter", name="acme", settings=sandbox.settings)
        sandbox.user("ann").post("@acme hello?")
        sandbox.advance(minutes=1)
        one.poll()
        mention = one.mentions()[0]
        assert two.accounts() == ()
        assert two.mentions() == ()
        for ask in (
            lambda: two.mention(str(mention.id)),
            lambda: two.conversation(mention),
            lambda: two.reply(mention, "x", key="k"),
            lambda: two.poll("acme"),
        ):
            with pytest.raises(ConfigError):
                ask()
        with pytest.raises(ConfigError, match="scoped"):
            two.connect("twitter", name="x", settings=sandbox.settings, tenant="one")


def test_hooks_enrich_veto_and_watch(
    sandbox: TwitterSandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Any] = []

    class Plugin:
        @hookimpl
        def socialdesk_enrich(self, mention: Any) -> Labels:
            return Labels(priority=0.9, reasons=("loud",))

        @hookimpl
        def socialdesk_outgoing(self, reply: Any) -> None:
            if "4711" in reply.text:
                raise ValueError("no account numbers in public")

        @hookimpl
        def socialdesk_event(self, event: Any) -> None:
            told.append(event.kind.value)

        @hookimpl
        def socialdesk_exchange(self, platform: str, request: Any) -> None:
            told.append((platform, request.path, dict(request.headers)))

    class Broken:
        @hookimpl
        def socialdesk_enrich(self, mention: Any) -> Labels:
            raise RuntimeError("oops")

    registry = Registry()
    registry.register(Plugin(), "good")
    registry.register(Broken(), "broken")
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox, registry=registry) as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings)
        sandbox.user("ann").post("@acme hello?")
        sandbox.advance(minutes=1)
        desk.poll()
        mention = desk.mentions()[0]
        assert mention.labels.priority == 0.9
        assert "broken" in caplog.text
        assert desk.plan(mention, "about 4711").refusals == ("not_permitted: no account numbers in public",)
        with pytest.raises(Rejected, match="account numbers"):
            desk.reply(mention, "about 4711", key="k")
    assert "created" in told
    assert ("twitter", "/2/users/me", {}) in told


def test_the_garbage_collector_is_on_while_hooks_run_and_off_while_a_page_is_read(
    sandbox: TwitterSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, set[bool]] = {"enrich": set(), "event": set(), "exchange": set(), "parse": set()}
    events: list[Event] = []
    parse = TwitterConnector.parse

    def watched(self: TwitterConnector, raw: Any) -> Any:
        seen["parse"].add(gc.isenabled())
        return parse(self, raw)

    class Plugin:
        @hookimpl
        def socialdesk_enrich(self, mention: Any) -> None:
            seen["enrich"].add(gc.isenabled())

        @hookimpl
        def socialdesk_event(self, event: Event) -> None:
            seen["event"].add(gc.isenabled())
            events.append(event)

        @hookimpl
        def socialdesk_exchange(self, platform: str) -> None:
            seen["exchange"].add(gc.isenabled())

    monkeypatch.setattr(TwitterConnector, "parse", watched)
    registry = Registry()
    registry.register(Plugin(), "watching")
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox, registry=registry) as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings)
        sandbox.user("ann").post("@acme hello?")
        sandbox.advance(minutes=1)
        desk.poll()
        (mention,) = desk.mentions()
    assert seen == {"enrich": {True}, "event": {True}, "exchange": {True}, "parse": {False}}
    assert [(event.kind, event.account, event.mention) for event in events] == [
        (EventKind.CREATED, "acme", mention.id)
    ]


def test_a_desk_works_inside_a_running_loop(sandbox: TwitterSandbox, tmp_path: Path) -> None:
    async def notebook() -> int:
        with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
            desk.connect("twitter", name="acme", settings=sandbox.settings)
            sandbox.user("ann").post("@acme hello?")
            sandbox.advance(minutes=1)
            return desk.poll().new

    assert asyncio.run(notebook()) == 1
