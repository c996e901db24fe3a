"""What X delivers, all the way: signed by the sandbox, received by a desk, and the same as by poll."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plugins.twitter.tests.media_client import picture
from socialdesk import Desk
from socialdesk.errors import ConfigError, Rejected
from socialdesk.models import Mention
from socialdesk.wire import WebhookAnswer, WebhookRequest
from socialdesk_twitter.sandbox import TwitterSandbox

URL = "https://desk.example.com/twitter"


@pytest.fixture(params=["tweet", "post"])
def sandbox(request: pytest.FixtureRequest) -> TwitterSandbox:
    made = TwitterSandbox(names=request.param)
    made.search_lag = 0
    return made


def connected(sandbox: TwitterSandbox, folder: Path, *, pushed: bool) -> Desk:
    settings: dict[str, Any] = {**sandbox.settings, "names": sandbox.names}
    desk = Desk(f"sqlite:///{folder}/{'pushed' if pushed else 'polled'}.db", transport=sandbox)
    desk.connect("twitter", name="acme", settings=settings)
    desk.check("acme")
    if pushed:
        sandbox.deliver_to(lambda request: desk.receive("acme", request))
        desk.subscribe("acme", URL)
    return desk


@pytest.fixture
def desk(sandbox: TwitterSandbox, tmp_path: Path) -> Iterator[Desk]:
    with connected(sandbox, tmp_path, pushed=True) as made:
        yield made


def taken(desk: Desk) -> dict[str, Mention]:
    desk.take_in()
    return {mention.id.value: mention for mention in desk.mentions(limit=100)}


def bare(mention: Mention, untold: set[str]) -> dict[str, Any]:
    """A mention without what the way that it came decides."""
    about = {"public_id", "account", "observed_at", "provenance", "labels", "matched_by"}
    return mention.model_dump(exclude=about | untold)


def test_the_same_by_push_and_by_poll(sandbox: TwitterSandbox, desk: Desk, tmp_path: Path) -> None:
    ann = sandbox.user("ann", followers=7)
    own = sandbox.account.post("New boxes & bags!")
    ann.post("@acme my parcel & box are lost, see https://acme.example.com/4711 #fail")
    ann.reply(own, "mine is torn")
    ann.quote(own, "@acme look at this")
    ann.post("@acme see", media=(sandbox.media("video"),))
    ann.message(sandbox.account, "in private: 4711 <1> https://acme.example.com/a #help @acme")
    ann.message(sandbox.account, "and this", media=(sandbox.media(),))
    pushed = taken(desk)
    assert len(pushed) == 6
    assert [len(mention.attachments) for mention in pushed.values()].count(1) == 2
    assert {mention.provenance.via for mention in pushed.values()} == {"webhook"}
    with connected(sandbox, tmp_path, pushed=False) as other:
        other.poll()
        polled = {mention.id.value: mention for mention in other.mentions(limit=100)}
    assert set(pushed) <= set(polled)
    for key, mention in pushed.items():
        assert bare(mention, set(mention.provenance.missing)) == bare(
            polled[key], set(mention.provenance.missing)
        )
        assert [item.id for item in mention.attachments] == [item.id for item in polled[key].attachments]
        assert (mention.kind, mention.text, mention.conversation) == (
            polled[key].kind,
            polled[key].text,
            polled[key].conversation,
        )


def test_a_poll_after_a_push_finds_nothing_new(sandbox: TwitterSandbox, desk: Desk) -> None:
    said = sandbox.user("ann").post("@acme hello")
    sandbox.user("ann").message(sandbox.account, "hello")
    before = taken(desk)
    sandbox.user("bob").like(said)
    sandbox.advance(minutes=2)
    report = desk.poll()
    assert report.ok
    after = {mention.id.value: mention for mention in desk.mentions(limit=100)}
    assert set(after) == set(before)
    (post,) = [mention for mention in after.values() if mention.kind == "mention"]
    assert "author" in post.ext["twitter"]  # what a push cannot tell came by poll


def test_messages_come_and_are_answered(sandbox: TwitterSandbox, desk: Desk) -> None:
    ann = sandbox.user("ann")
    ann.message(sandbox.account, "is anybody there?")
    (mention,) = taken(desk).values()
    desk.reply(mention, "We are.", key="k", mode="direct")
    assert desk.drain().sent == 1
    assert [told.text for told in sandbox.messages(ann, sandbox.account)] == ["is anybody there?", "We are."]
    taken(desk)
    sandbox.advance(minutes=2)
    desk.poll()
    said = {told.text: told.direction for told in desk.conversation(mention).mentions}
    assert said == {"is anybody there?": "inbound", "We are.": "outbound_socialdesk"}
    conversation = desk.conversation(mention)
    assert [receipt.state for receipt in conversation.receipts] == ["sent"]


def test_a_conversation_of_messages_is_read_again_as_what_it_is(sandbox: TwitterSandbox, desk: Desk) -> None:
    ann = sandbox.user("ann")
    ann.message(sandbox.account, "is anybody there?")
    (mention,) = taken(desk).values()
    sandbox.deliver_to(lambda _: WebhookAnswer(500))  # what follows is not delivered
    ann.message(sandbox.account, "hello?")
    sandbox.advance(minutes=1)
    told = [said.text for said in desk.conversation(mention, refresh=True).mentions]
    assert told == ["is anybody there?", "hello?"]


def test_a_thread_is_taken_to_private(sandbox: TwitterSandbox, desk: Desk) -> None:
    ann = sandbox.user("ann")
    ann.follow(sandbox.account)
    post = ann.post("@acme my number is 4711")
    (mention,) = taken(desk).values()
    desk.take_private(mention, "Your address, please?", key="k", note="@ann we wrote to you.")
    assert desk.drain().sent == 2
    assert [told.text for told in sandbox.messages(ann, sandbox.account)] == ["Your address, please?"]
    assert [said.text for said in sandbox.thread(post)][1:] == ["@ann we wrote to you."]


def test_a_deleted_post_of_ours_is_gone(sandbox: TwitterSandbox, desk: Desk) -> None:
    own = sandbox.account.post("New boxes!")
    sandbox.user("ann").reply(own, "torn")
    taken(desk)
    sandbox.account.delete(own)
    taken(desk)
    desk.poll()
    assert desk.account("acme").health.state == "ok"


def test_a_revoked_grant_asks_for_a_person(sandbox: TwitterSandbox, desk: Desk) -> None:
    sandbox.revoke("acme")
    taken(desk)
    assert desk.account("acme").health.state == "reauth_required"


def test_an_encrypted_message_disturbs_nothing(sandbox: TwitterSandbox, desk: Desk) -> None:
    sandbox.user("ann").message(sandbox.account, "psst", encrypted=True)
    sandbox.user("ann").post("@acme hello")
    assert [mention.text for mention in taken(desk).values()] == ["@acme hello"]
    assert desk.account("acme").health.state == "ok"


def test_forged_and_changed_deliveries_are_left_alone(sandbox: TwitterSandbox, desk: Desk) -> None:
    seen: list[WebhookRequest] = []

    def keep(request: WebhookRequest) -> Any:
        seen.append(request)
        return desk.receive("acme", request)

    sandbox.deliver_to(keep)
    sandbox.user("ann").post("@acme hello")
    (true,) = [request for request in seen if request.method == "POST"]
    assert desk.receive("acme", replace(true, body=true.body + b" ")).status == 403
    assert desk.receive("acme", replace(true, headers={})).status == 403
    assert desk.receive("acme", true).status == 200
    assert len(taken(desk)) == 1


def test_subscribing_again_changes_nothing(sandbox: TwitterSandbox, desk: Desk) -> None:
    before = len(sandbox.log)
    push = desk.subscribe("acme", URL)
    assert {entry.method for entry in list(sandbox.log)[before:]} == {"GET"}
    assert {"post.mention.create", "dm.received"} <= set(push.events)
    assert push.data["refused"] == {}


def test_a_picture_goes_along_in_private(sandbox: TwitterSandbox, desk: Desk, tmp_path: Path) -> None:
    ann = sandbox.user("ann")
    ann.message(sandbox.account, "which one is it?")
    (mention,) = taken(desk).values()
    file = tmp_path / "box.png"
    file.write_bytes(picture())
    desk.reply(mention, "This one.", key="k", mode="direct", attachments=(desk.attach(file),))
    while desk.receipt("k").state != "sent":
        assert desk.receipt("k").state in ("pending", "sending")
        sandbox.advance(seconds=1)
        desk.drain()
    (said,) = [told for told in sandbox.messages(ann, sandbox.account) if told.sender is sandbox.account]
    assert len(said.media) == 1


def test_a_stranger_is_blocked_and_a_reply_hidden(sandbox: TwitterSandbox, desk: Desk) -> None:
    bob = sandbox.user("bob")
    own = sandbox.account.post("New boxes!")
    bob.reply(own, "buy my coins")
    (mention,) = taken(desk).values()
    assert desk.moderate(mention, "hide").state == "hidden"
    assert desk.moderate(mention, "unhide").state == "active"
    desk.moderate(mention, "block")
    desk.moderate(mention, "unblock")
    with pytest.raises(Rejected):
        desk.moderate(mention, "like")


def test_a_delivery_for_nobody_is_refused_without_an_app(sandbox: TwitterSandbox, desk: Desk) -> None:
    with pytest.raises(ConfigError):
        desk.receive("nobody", WebhookRequest(body=b"{}"))


def test_an_announcement_is_made_once_and_found(sandbox: TwitterSandbox, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "box.png"
    file.write_bytes(picture())
    desk.announce(
        "We are down until noon. " * 20, key="down", accounts=["acme"], attachments=(desk.attach(file),)
    )
    for _ in range(5):
        desk.drain()
        sandbox.advance(seconds=1)
    said = [sandbox.world.posts[number] for number in sandbox.account.posts]
    assert [len(post.media) for post in said] == [1, 0]
    assert desk.receipt("down", account="acme").state == "sent"
