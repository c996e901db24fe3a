"""Private threads, files, moderation, announcements, costs, and looking again: on each face of a desk."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Client, ConfigError, ExternalId, Labels, Registry, Rejected, hookimpl
from socialdesk.models import Mention, Reply
from tests.desk.faces import Hand, ToyWire
from tests.desk.whole import MB, SECRET, START, Whole, WholePlatform

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 100


@pytest.fixture
def platform() -> WholePlatform:
    return WholePlatform()


@pytest.fixture
def registry() -> Registry:
    return Registry(extra=[Whole])


@pytest.fixture
def hand(face: str, platform: WholePlatform, url: str, registry: Registry, tmp_path: Path) -> Iterator[Hand]:
    wire = ToyWire(platform)  # type: ignore[arg-type]  # has what is used
    made = Hand(face, url, transport=wire, registry=registry, triage=False, media=tmp_path / "media")
    settings = {"secret": SECRET}
    prices = {"read": "0.005", "post": "0.015", "message": "0.01"}
    made.connect("whole", name="acme", settings=settings, hear_from=None, prices=prices)
    yield made
    made.shut()


def heard(hand: Hand, platform: WholePlatform, text: str = "help", **item: Any) -> Mention:
    number = str(len(platform.streams["mentions"]) + 1)
    platform.streams["mentions"].append({"id": number, "text": text, "at": platform.now.isoformat(), **item})
    hand.poll()
    (said,) = (said for said in hand.mentions() if said.id.value == number)
    return said


# ---------------------------------------------------------------------------------------------------- private


def test_a_thread_is_taken_to_private_as_one_act_and_both_are_linked(
    hand: Hand, platform: WholePlatform
) -> None:
    said = heard(hand, platform)
    receipt = hand.take_private(said, "Your account is 4711.", key="k", note="We have written to you.")
    assert [(part.mode, part.state) for part in receipt.parts] == [
        ("private", "pending"),
        ("public", "pending"),
    ]
    hand.drain()
    assert [(post["mode"], post["to"]) for post in platform.posts] == [("private", "1"), ("public", "1")]
    assert hand.receipt("k").state == "sent"
    assert hand.receipt("k").parts[0].id == ExternalId("whole", "message", "90")
    platform.streams["messages"] = [
        {"id": "90", "text": "Your account is 4711.", "conversation": "us-1", "by": "us"},
        {"id": "91", "text": "Thank you!", "conversation": "us-1", "by": "ann"},
    ]
    hand.poll()
    public = hand.conversation(said)
    private = hand.conversation(public.linked)
    assert private.linked == public.key
    assert [each.text for each in private.mentions] == ["Your account is 4711.", "Thank you!"]
    assert [each.direction for each in private.mentions] == ["outbound_socialdesk", "inbound"]


def test_where_the_private_text_is_refused_nothing_is_said_in_public(
    hand: Hand, platform: WholePlatform
) -> None:
    said = heard(hand, platform)
    platform.refuse = {"private"}
    hand.take_private(said, "Your account is 4711.", key="k", note="We have written to you.")
    hand.drain()
    assert platform.posts == []
    assert [part.state for part in hand.receipt("k").parts] == ["failed", "cancelled"]
    assert hand.conversation(said).linked is None


def test_who_cannot_be_written_to_is_known_before_anything_is_sent(
    hand: Hand, platform: WholePlatform
) -> None:
    said = heard(hand, platform, "closed to messages")
    plan = hand.plan(said, "Hello", mode="private")
    assert plan.refusals == ("blocked: The person takes no messages.",)
    with pytest.raises(Rejected, match="takes no messages"):
        hand.take_private(said, "Hello", key="k")


def test_a_post_is_answered_in_private_once_and_a_failed_try_is_none(
    hand: Hand, platform: WholePlatform
) -> None:
    said, other = heard(hand, platform), heard(hand, platform, "help me too")
    platform.refuse = {"private"}
    hand.take_private(said, "Hello", key="refused")
    hand.drain()
    platform.refuse = set()
    hand.take_private(said, "Hello", key="k")
    for _ in ("pending", "sent"):
        assert hand.plan(said, "Hello again", mode="private").refusals == (
            "not_permitted: A post may be answered in private once.",
        )
        assert hand.take_private(said, "Hello", key="k").key == "k"  # the same answer again is no second one
        hand.drain()
    assert hand.plan(other, "Hello", mode="private").refusals == ()
    assert [post["text"] for post in platform.posts] == ["Hello"]


def test_a_window_runs_from_the_last_that_they_said_in_private(hand: Hand, platform: WholePlatform) -> None:
    talk: list[Mention] = []
    for number, by in (("81", "ann"), ("82", "us"), ("83", "ann")):
        platform.streams["messages"].append(
            {"id": number, "text": number, "conversation": "us-1", "by": by, "at": platform.now.isoformat()}
        )
        hand.poll()
        talk.append(next(each for each in hand.mentions() if each.id.value == number))
        platform.advance(timedelta(hours=20))
    assert hand.plan(talk[0], "Hello").refusals == ()  # said 60 hours ago, but the last was 20 hours ago
    platform.advance(timedelta(hours=5))
    assert hand.plan(talk[2], "Hello").refusals == ("window_closed: They have not spoken for a day.",)


def test_a_note_belongs_to_a_private_text(hand: Hand, platform: WholePlatform) -> None:
    said = heard(hand, platform)
    with pytest.raises(ConfigError, match="note"):
        hand.reply(said, "Hello", key="k", note="We have written to you.")


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("Your account 4711-0815-99 is open again.", "number"),
        ("Write to ann.b@mail.example, please.", "e-mail"),
        ("Refunded to DE89 3704 0044 0532 0130 00.", "bank"),
        ("Call +49 30 1234567 now", "number"),
        ("Back on 2026-11-25 at 10:30, see https://acme.example/status/20261125001", None),
        ("The tariff has 1000 minutes and costs 29.99.", None),
    ],
)
def test_what_belongs_to_one_customer_is_warned_of_before_it_stands_in_public(
    hand: Hand, platform: WholePlatform, text: str, matter: str | None
) -> None:
    said = heard(hand, platform)
    warned = [warning for warning in hand.plan(said, text).warnings if warning.startswith("In public")]
    assert [matter in warning for warning in warned] == ([] if matter is None else [True])
    assert all(char not in "".join(warned) for char in "4738")
    assert not hand.plan(said, text, mode="private").warnings


# ------------------------------------------------------------------------------------------------------ files


def test_a_file_is_sent_with_the_reply_also_if_it_is_gone_meanwhile(
    hand: Hand, platform: WholePlatform, tmp_path: Path
) -> None:
    said = heard(hand, platform)
    picture = tmp_path / "box.png"
    picture.write_bytes(PNG)
    attachment = hand.attach(picture, alt_text="A box")
    assert (attachment.kind, attachment.media_type, attachment.size) == ("image", "image/png", len(PNG))
    assert hand.attach(picture).id == attachment.id, "the same bytes are kept once"
    picture.unlink()
    hand.reply(said, "See here", key="k", attachments=(attachment,))
    for _ in range(6):
        hand.drain()
        platform.advance(timedelta(seconds=6))
    assert hand.receipt("k").state == "sent"
    assert [post["media"] for post in platform.posts] == ["m0"]
    assert platform.asked == {"m0": 3}, "it was asked until it was ready, and not uploaded again"
    body = b"".join(platform.media["m0"])
    assert PNG in body
    assert b'filename="a %22name%22%0D%0Aof odd characters"' in body
    with pytest.raises(ConfigError, match="another reply"):
        hand.reply(said, "See here", key="k")


def test_a_file_that_cannot_be_read_is_told_of(hand: Hand, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        hand.attach(tmp_path / "no.png")
    (tmp_path / "empty.png").touch()
    with pytest.raises(ConfigError, match="is empty"):
        hand.attach(tmp_path / "empty.png")


def test_a_client_sends_files_from_where_they_are(platform: WholePlatform, tmp_path: Path) -> None:
    picture = tmp_path / "box.png"
    picture.write_bytes(PNG)
    connector = Registry(extra=[Whole]).connect("whole", {"secret": SECRET})
    with Client(connector, transport=ToyWire(platform)) as client:  # type: ignore[arg-type]  # has what is used
        reply = Reply(idempotency_key="k", text="See here", attachments=(client.attach(picture),))
        assert client.send(reply).state == "sent"
        picture.write_bytes(PNG[:100])
        with pytest.raises(ConfigError, match="shorter than it was"):
            client.send(reply)
    assert len(platform.posts) == 1


def test_a_large_file_is_never_held_whole(hand: Hand, platform: WholePlatform, tmp_path: Path) -> None:
    said = heard(hand, platform)
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.write(b"\0\0\0\x18ftypmp42")
        file.truncate(200 * MB)
    platform.keep_bytes = False
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    attachment = hand.attach(film)
    hand.reply(said, "See here", key="k", attachments=(attachment,))
    for _ in range(6):
        hand.drain()
        platform.advance(timedelta(seconds=6))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert hand.receipt("k").state == "sent"
    assert platform.sizes["m0"] > 200 * MB
    assert grown < 20 * MB // (1 if sys.platform == "darwin" else 1024)


# ------------------------------------------------------------------------------------------------- moderation


def test_a_reply_is_hidden_and_shown_again(hand: Hand, platform: WholePlatform) -> None:
    said = heard(hand, platform)
    assert hand.moderate(said, "hide").state == "hidden"
    assert hand.moderate(said, "hide").state == "hidden"
    assert hand.moderate(said, "unhide").state == "active"
    assert hand.moderate(said, "block").state == "active"
    assert hand.moderate(said, "reject").state == "hidden"
    assert [done["do"] for done in platform.moderated] == ["hide", "hide", "unhide", "block", "reject"]
    with pytest.raises(Rejected, match="cannot like; it can block, delete"):
        hand.moderate(said, "like")


def test_a_post_of_ours_is_edited_with_its_new_text_and_nothing_else_takes_one(
    hand: Hand, platform: WholePlatform
) -> None:
    said = heard(hand, platform)
    edited = hand.moderate(said, "edit", text="Until nine, not eight.")
    assert (edited.text, edited.state) == ("Until nine, not eight.", "edited")
    assert platform.moderated == [{"do": "edit", "what": said.id.value, "text": "Until nine, not eight."}]
    for action, text in (("edit", None), ("hide", "Until nine.")):
        with pytest.raises(ConfigError, match="new text"):
            hand.moderate(said, action, text=text)


def test_what_was_said_is_taken_back(hand: Hand, platform: WholePlatform) -> None:
    said = heard(hand, platform)
    hand.reply(said, "A long answer that does not fit into one post of this platform.", key="k")
    with pytest.raises(ConfigError, match="cancel"):
        hand.withdraw("k")
    hand.drain()
    assert len(platform.posts) == 2
    hand.withdraw("k")
    assert platform.moderated == [{"do": "delete", "what": "91"}, {"do": "delete", "what": "90"}]
    assert hand.receipt("k").state == "sent"
    assert hand.mention("whole:post:90").state == "deleted"


# ------------------------------------------------------------------------------------------------ announcements


def test_a_notice_is_said_everywhere_once(hand: Hand, platform: WholePlatform) -> None:
    hand.connect("whole", name="other", settings={"me": "them", "secret": SECRET})
    text = "The line is down in the north. We are on it."
    plans = hand.plan_announcement(text)
    assert {name: len(plan.parts) for name, plan in plans.items()} == {"acme": 2, "other": 2}
    assert plans["acme"].price == Decimal("0.03")
    assert plans["other"].price is None, "its prices are not set"
    for _ in range(2):
        told = hand.announce(text, key="outage")
        assert [receipt.account for receipt in told.receipts] == ["acme", "other"]
        hand.drain()
    assert [post["to"] for post in platform.posts] == [None, "90", None, "92"]
    assert hand.receipt("outage", account="other").state == "sent"


def test_an_account_that_cannot_say_it_holds_up_no_other(
    hand: Hand, platform: WholePlatform, registry: Registry
) -> None:
    class Careful:
        @hookimpl
        def socialdesk_outgoing(self, reply: Reply, mention: Mention | None) -> None:
            if reply.account == "other":
                raise Rejected("content", "not in this country")

    registry.register(Careful())
    hand.connect("whole", name="other", settings={"me": "them", "secret": SECRET})
    told = hand.announce("Down.", key="outage", accounts=["acme", "other"])
    assert [receipt.account for receipt in told.receipts] == ["acme"]
    assert dict(told.refusals) == {"other": "not in this country"}


# ------------------------------------------------------------------------------------------------------- costs


def test_what_is_billed_is_tallied_by_month_and_priced(hand: Hand, platform: WholePlatform) -> None:
    said = heard(hand, platform)
    heard(hand, platform)
    assert hand.plan(said, "We are on it.").price == Decimal("0.015")
    hand.reply(said, "We are on it.", key="k")
    hand.drain()
    tally = {charge.unit: (charge.amount, charge.price) for charge in hand.tally()}
    assert tally == {"read": (2, Decimal("0.010")), "post": (1, Decimal("0.015"))}
    assert hand.tally(month="2026-10") == ()
    platform.advance(timedelta(days=20))
    assert hand.tally() == ()
    assert len(hand.tally("acme", month=f"{START:%Y-%m}")) == 2


def test_what_is_no_price_is_refused(hand: Hand) -> None:
    prices = {"read": "cheap", "post": "-1"}
    with pytest.raises(ConfigError, match="read: a number") as error:
        hand.connect("whole", name="new", settings={"secret": SECRET}, prices=prices)
    assert "post: not below 0" in str(error.value)


# ------------------------------------------------------------------------------------------------ looking again


class Judge:
    """Judges by how fast a post spreads between two readings."""

    @hookimpl
    def socialdesk_enrich(self, mention: Mention, before: Mention | None) -> Labels:
        now, then = mention.metrics.reposts or 0, (before.metrics.reposts or 0) if before else 0
        return Labels(priority=min(1.0, (now - then) / 1000), reasons=(f"{now - then} more",))


@pytest.mark.parametrize("face", ["sync", pytest.param("asyncio", marks=pytest.mark.slow)])
def test_what_spreads_comes_first(hand: Hand, platform: WholePlatform, registry: Registry) -> None:
    registry.register(Judge())
    heard(hand, platform, "quiet", reposts=0)
    heard(hand, platform, "an actor", reposts=0)
    platform.streams["mentions"][1]["reposts"] = 900
    platform.advance(timedelta(minutes=1))
    hand.poll()
    assert platform.looked == [], "it is too soon"
    platform.advance(timedelta(minutes=2))
    hand.poll()
    assert sorted(platform.looked) == ["1", "2"]
    first, second = hand.mentions(order="priority")
    assert (first.text, first.labels.priority, first.labels.reasons) == ("an actor", 0.9, ("900 more",))
    assert hand.mentions(order="priority", before=first.public_id) == (second,)
    hand.poll()
    assert len(platform.looked) == 2, "each is looked at again when it is twice as old"
    for _ in range(200):
        platform.advance(timedelta(hours=1))
        hand.poll()
    assert 16 <= len(platform.looked) <= 30, "and not for ever"
    assert hand.mentions(order="priority")[0].labels.priority == 0, "what has come to rest is urgent no more"
