"""A desk and a server that answers: what is said to the brand is heard, answered once, and seen by whom it is for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Desk
from socialdesk.errors import Rejected
from socialdesk.models import Mention, Receipt, Rule
from socialdesk.testing import faults
from socialdesk.wire import Request
from socialdesk_mastodon.sandbox import MastodonSandbox, Status

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
MP4 = b"\x00\x00\x00\x18ftypisom" + b"0" * 40


@pytest.fixture(params=["mastodon", "other"])
def sandbox(request: pytest.FixtureRequest) -> MastodonSandbox:
    made = MastodonSandbox()
    made.make = request.param
    return made


@pytest.fixture
def desk(sandbox: MastodonSandbox, tmp_path: Path) -> Iterator[Desk]:
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as made:
        made.connect("mastodon", name="acme", settings=sandbox.settings)
        made.poll()
        yield made


def heard(desk: Desk) -> list[Mention]:
    """What is new, oldest first."""
    known = {mention.id for mention in desk.mentions(limit=200)}
    desk.poll()
    return [mention for mention in reversed(desk.mentions(limit=200)) if mention.id not in known]


def speaks(request: Request) -> bool:
    return request.method == "POST" and request.path == "/api/v1/statuses"


def said(sandbox: MastodonSandbox) -> list[Status]:
    """What the brand has said, oldest first."""
    return [sandbox.world.statuses[number] for number in sandbox.account.statuses]


def settled(desk: Desk, sandbox: MastodonSandbox, key: str) -> Receipt:
    """What became of a reply once everything that can be found out was."""
    for _ in range(12):
        desk.drain()
        receipt = desk.receipt(key)
        if receipt.state not in ("pending", "unknown", "sending"):
            return receipt
        sandbox.advance(seconds=90)
    return desk.receipt(key)


def test_a_complaint_is_heard_answered_and_seen(sandbox: MastodonSandbox, desk: Desk) -> None:
    kim = sandbox.user("kim@other.example")
    complaint = kim.post(
        "@acme my parcel & <box> is lost, see https://kim.example/a #fail", visibility="unlisted"
    )
    (mention,) = heard(desk)
    assert mention.text == "@acme my parcel & <box> is lost, see https://kim.example/a #fail"
    assert (mention.kind, mention.visibility, mention.author.handle) == (
        "mention",
        "unlisted",
        "kim@other.example",
    )
    assert [entity.kind for entity in mention.entities] == ["mention", "url", "hashtag"]
    desk.reply(mention, "Sorry! We look into it.", key="one")
    assert settled(desk, sandbox, "one").state == "sent"
    (answer,) = said(sandbox)
    assert answer.text == "@kim@other.example Sorry! We look into it."
    assert (answer.reply_to, answer.visibility, answer.mentions) == (complaint, "unlisted", (kim,))
    follow_up = kim.reply(answer, "Thank you")
    (second,) = heard(desk)
    assert (second.kind, second.conversation) == ("reply", mention.conversation)
    texts = [item.text for item in desk.conversation(mention, refresh=True).mentions]
    assert len(texts) == 3
    assert texts[1] == "@kim Sorry! We look into it."  # as the server shows it: names without hosts
    assert second.id.value == follow_up.id


LOST = (
    ("mastodon", "honoured", faults.DropAnswer()),
    ("mastodon", "ignored", faults.ServerError(applied=True)),
    ("mastodon", "breaks", faults.CutJson()),
    ("other", "ignored", faults.DropAnswer()),
)


@pytest.mark.parametrize(("sandbox", "idempotency", "fault"), LOST, indirect=["sandbox"])
def test_a_lost_answer_is_found_and_nothing_is_said_twice(
    desk: Desk, sandbox: MastodonSandbox, idempotency: Any, fault: faults.Fault
) -> None:
    sandbox.idempotency = idempotency
    sandbox.user("kim@other.example").post("@acme help", visibility="direct")
    (mention,) = heard(desk)
    sandbox.fail(fault, when=speaks)
    desk.reply(mention, "Sorry about that: https://acme.example/help", key="one")
    receipt = settled(desk, sandbox, "one")
    assert (receipt.state, receipt.parts[0].settled_by) == ("sent", "readback")
    assert [status.id for status in said(sandbox)] == [receipt.parts[0].id.value]


@pytest.mark.parametrize(
    ("sandbox", "idempotency"), [("mastodon", "honoured"), ("other", "ignored")], indirect=["sandbox"]
)
def test_what_never_arrived_is_sent_again_with_the_same_key(
    desk: Desk, sandbox: MastodonSandbox, idempotency: Any
) -> None:
    sandbox.idempotency = idempotency
    sandbox.user("kim").post("@acme help")
    (mention,) = heard(desk)
    sandbox.fail(faults.ServerError(status=503), when=speaks)
    desk.reply(mention, "Sorry", key="one")
    assert settled(desk, sandbox, "one").state == "sent"
    assert [status.text for status in said(sandbox)] == ["@kim Sorry"]


def test_a_repetition_that_is_answered_with_an_error_leaves_one_status(tmp_path: Path) -> None:
    """The look comes too early, the status is sent again by its key, and the server answers that with a 500."""
    sandbox = MastodonSandbox()
    sandbox.idempotency = "breaks"
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
        desk.connect("mastodon", name="acme", settings=sandbox.settings)
        desk.poll()
        sandbox.user("kim").post("@acme help")
        (mention,) = heard(desk)
        sandbox.fail(faults.DropAnswer(), when=speaks)
        desk.reply(mention, "Sorry", key="one")
        desk.drain()
        (status,) = said(sandbox)
        sandbox.account.statuses.remove(status.number)  # not listed yet
        sandbox.world.order.remove(status.number)
        sandbox.advance(seconds=90)
        desk.drain()
        desk.drain()
        assert [entry.status for entry in sandbox.log if entry.method == "POST"] == [None, 500]
        sandbox.account.statuses.append(status.number)
        sandbox.world.order.append(status.number)
        receipt = settled(desk, sandbox, "one")
        assert (receipt.state, receipt.parts[0].id.value) == ("sent", status.id)
        assert len(said(sandbox)) == 1


def test_a_strangers_direct_message_is_heard_through_the_filter(tmp_path: Path) -> None:
    sandbox = MastodonSandbox()
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
        desk.connect("mastodon", name="acme", settings=sandbox.settings)
        kim = sandbox.user("kim@other.example")
        message = kim.message(sandbox.account, "my number is 4711")
        assert [told.filtered for told in sandbox.account.notifications] == [True]
        (mention,) = heard(desk)
        assert (mention.kind, mention.visibility) == ("direct_message", "direct")
        problem = " ".join(desk.account("acme").health.notes)
        assert problem.startswith("notifications_filtered")
        assert "direct messages" in problem
        desk.reply(mention, "Thank you, we call you", key="one")
        assert settled(desk, sandbox, "one").state == "sent"
        (answer,) = said(sandbox)
        assert (answer.visibility, answer.mentions, answer.reply_to) == ("direct", (kim,), message)
        assert not sandbox.user("bob").sees(answer)


def test_where_filtered_ones_are_not_wanted_a_person_is_told_that_they_are_not_heard(tmp_path: Path) -> None:
    sandbox = MastodonSandbox()
    sandbox.account.policy["for_bots"] = "drop"
    settings = {**sandbox.settings, "include_filtered": False}
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
        desk.connect("mastodon", name="acme", settings=settings)
        sandbox.user("kim").message(sandbox.account, "hello?")
        assert heard(desk) == []
        assert "notifications_hidden" in (" ".join(desk.account("acme").health.notes))


def test_a_public_complaint_is_taken_into_private(desk: Desk, sandbox: MastodonSandbox) -> None:
    kim = sandbox.user("kim")
    kim.post("@acme my contract was ended over one cent", spoiler_text="Rant")
    (mention,) = heard(desk)
    desk.take_private(mention, "Which number is it?", note="We wrote to you in private.", key="one")
    assert settled(desk, sandbox, "one").state == "sent"
    private, note = said(sandbox)
    assert (private.visibility, note.visibility) == ("direct", "public")
    assert (private.spoiler_text, note.spoiler_text) == ("Rant", "Rant")
    assert private.mentions == note.mentions == (kim,)


def test_a_long_answer_becomes_a_thread(desk: Desk, sandbox: MastodonSandbox) -> None:
    complaint = sandbox.user("kim").post("@acme why?")
    (mention,) = heard(desk)
    desk.reply(mention, "Your bill of page seven is right, as we see it. " * 25, key="one")
    receipt = settled(desk, sandbox, "one")
    assert receipt.state == "sent"
    posted = said(sandbox)
    assert len(posted) == len(receipt.parts) > 2
    assert sandbox.thread(complaint) == [complaint, *posted]
    assert [status.reply_to for status in posted] == [complaint, *posted[:-1]]


def test_pictures_and_films_go_along(desk: Desk, sandbox: MastodonSandbox, tmp_path: Path) -> None:
    sandbox.user("kim").post("@acme how do I open it?")
    (mention,) = heard(desk)
    (tmp_path / "box.png").write_bytes(PNG)
    (tmp_path / "box.mp4").write_bytes(MP4)
    files = [desk.attach(tmp_path / "box.png", alt_text="the box"), desk.attach(tmp_path / "box.mp4")]
    desk.reply(mention, "Like so", key="one", attachments=files)
    assert settled(desk, sandbox, "one").state == "sent"
    (answer,) = said(sandbox)
    assert [(media.kind, media.size, media.description) for media in answer.media] == [
        ("image", len(PNG), "the box"),
        ("video", len(MP4), None),
    ]
    assert len(sandbox.media) == 2


def test_a_notice_to_all_is_a_status_of_its_own(desk: Desk, sandbox: MastodonSandbox) -> None:
    desk.announce("The network is down in Bonn. We are on it.", key="outage")
    assert settled(desk, sandbox, "outage").state == "sent"
    (status,) = said(sandbox)
    assert (status.reply_to, status.visibility, status.mentions) == (None, "public", ())


@pytest.mark.parametrize("sandbox", ["mastodon"], indirect=True)  # others do not tell of edits
def test_an_edit_of_what_was_answered_is_heard(desk: Desk, sandbox: MastodonSandbox) -> None:
    kim = sandbox.user("kim")
    complaint = kim.post("@acme it is lsot")
    (mention,) = heard(desk)
    desk.reply(mention, "Sorry", key="one")
    assert settled(desk, sandbox, "one").state == "sent"
    for text in ("@acme it is lost", "@acme it is lost, and my cat too"):
        sandbox.advance(minutes=1)
        kim.edit(complaint, text)
        desk.poll()
    edited = desk.mention(mention.id)
    assert (edited.text, edited.state) == ("@acme it is lost, and my cat too", "edited")
    assert (edited.revision, edited.edited_at is not None) == (2, True)
    with pytest.raises(Rejected, match="edited"):
        desk.reply(mention, "So it is", key="two", expected_revision=1)


def test_what_was_deleted_is_gone_and_cannot_be_answered(desk: Desk, sandbox: MastodonSandbox) -> None:
    kim = sandbox.user("kim")
    complaint = kim.post("@acme never mind")
    (mention,) = heard(desk)
    kim.delete(complaint)
    desk.reply(mention, "Sorry", key="one")
    receipt = settled(desk, sandbox, "one")
    assert receipt.state == "failed"
    assert (receipt.parts[0].error or "").startswith("gone")
    desk.refresh([mention])
    assert desk.mention(mention.id).state == "unavailable"
    assert said(sandbox) == []


def test_an_answer_is_withdrawn_and_a_person_blocked(desk: Desk, sandbox: MastodonSandbox) -> None:
    spammer = sandbox.user("spammer")
    spammer.post("@acme buy this")
    (mention,) = heard(desk)
    desk.moderate(mention, "like")
    assert len(sandbox.world.statuses[spammer.statuses[0]].favourites) == 1
    desk.moderate(mention, "block")
    assert spammer.number in sandbox.account.blocks
    desk.reply(mention, "No", key="one")
    assert settled(desk, sandbox, "one").state == "sent"
    desk.withdraw("one")
    assert said(sandbox) == []


def test_hashtags_and_words_are_heard_once_for_all_that_ask_for_them(
    desk: Desk, sandbox: MastodonSandbox
) -> None:
    desk.listen("acme", [Rule(name="tag", hashtags=("AcmeCable",)), Rule(name="words", phrase="acme cable")])
    desk.poll()
    sandbox.advance(minutes=2)
    sandbox.user("kim@other.example").post("Acme Cable cut me off #acmecable")
    sandbox.user("bob").post("acme sells cable")
    found = heard(desk)
    sandbox.advance(minutes=30)
    found += heard(desk)
    assert [mention.text for mention in found] == ["Acme Cable cut me off #acmecable"]
    assert set(found[0].matched_by) <= {"tag", "words"}


@pytest.mark.slow
def test_a_storm_is_heard_to_the_last(desk: Desk, sandbox: MastodonSandbox) -> None:
    sandbox.crowd(400)
    ours = sandbox.account.post("News")
    for number in range(30):
        sandbox.user(f"fan_{number}").reply(ours, f"mine too {number}")
    for _ in range(8):
        desk.poll()
        sandbox.advance(seconds=timedelta(minutes=6).total_seconds())
    texts = {mention.text for mention in desk.mentions(limit=1000)}
    assert len([text for text in texts if "parcel" in text]) == 400
    assert len([text for text in texts if "mine too" in text]) == 30
