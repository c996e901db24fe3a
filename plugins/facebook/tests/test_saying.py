"""What the Page says: where it goes, until when it may be said, and whether it was said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plugins.facebook.tests.facebook_pages import (
    ACME,
    COMMENT,
    JO,
    ME,
    NOW,
    POST,
    PSID,
    answer,
    comment,
    connector,
    judged,
    listing,
    message,
    post,
    refusal,
    stamp,
    thread,
)
from socialdesk.connector import Part, Prepared, Raw, Search, Sent, Standing
from socialdesk.errors import DeliveryUnknown, PlatformError, Rejected
from socialdesk.models import Action, Attachment, ExternalId, Mention, Mode, Reply, Sender
from socialdesk.wire import Form, Json, Multipart, Request, Response

PICTURE = Attachment(id=ExternalId("desk", "media", "a"), kind="image", media_type="image/png", size=9)
PAPER = Attachment(id=ExternalId("desk", "media", "b"), kind="file", media_type="application/pdf", size=9)


def heard(shape: str, told: dict[str, Any], **more: Any) -> Mention:
    item = connector().parse(Raw(shape, {shape: told, **more}))
    assert isinstance(item, Mention)
    return item


ASKED = heard("comment", comment(), post_id=POST)
NESTED = heard("comment", comment("200001_300002", parent={"id": COMMENT}), post_id=POST)
VISITOR = heard("post", post(**{"from": JO}))
WRITTEN = heard("message", message())
SAID_AT = datetime.fromisoformat(stamp("10:15:30"))


def standing(target: Mention | None, after: timedelta = timedelta(0), **more: Any) -> Standing:
    return Standing(now=SAID_AT + after, target=target, **more)


def planned(
    target: Mention | None, mode: Mode = "public", text: str = "hello", **more: Any
) -> tuple[Part, ...]:
    names = ("attachments", "sender", "overflow")
    of_reply = {name: more.pop(name) for name in names if name in more}
    reply = Reply(idempotency_key="k", target=target, mode=mode, text=text, **of_reply)
    facebook = connector(**more.pop("settings", {}))
    return facebook.plan(reply, more.pop("standing", None) or standing(target, **more))


def sent(part: Part, *answers: Response) -> tuple[Sent | Prepared, Sequence[Request]]:
    done = judged(connector().send(replace(part, key="our-key")), answers)
    return done.result, done.requests


# -------------------------------------------------------------------------------------------------------- in public


@pytest.mark.parametrize("target", [ASKED, NESTED, VISITOR])
def test_an_answer_is_a_comment_on_what_it_answers(target: Mention) -> None:
    (part,) = planned(target)
    done, (request,) = sent(part, answer({"id": "200001_9", "permalink_url": "https://www.facebook.com/x"}))
    assert isinstance(done, Sent)
    assert (done.id, done.kind, done.url) == ("200001_9", "comment", "https://www.facebook.com/x")
    assert request.path == f"/v26.0/{target.id.value}/comments"
    assert isinstance(request.body, Form)
    assert request.body.fields["message"] == "hello"


def test_an_announcement_is_a_post_and_what_follows_stands_under_it() -> None:
    first, second = planned(None, text="word " * 2000)
    done, (request,) = sent(first, answer({"id": POST}))
    assert isinstance(done, Sent)
    assert (done.id, done.kind) == (POST, "post")
    assert request.path == f"/v26.0/{ME}/feed"
    _, (request,) = sent(replace(second, done=(done,)), answer({"id": "200001_9"}))
    assert request.path == f"/v26.0/{POST}/comments"


def test_an_answer_without_an_id_is_unknown() -> None:
    with pytest.raises(DeliveryUnknown):
        sent(planned(ASKED)[0], answer({"success": True}))


def test_a_picture_is_uploaded_unseen_and_goes_along() -> None:
    (part,) = planned(ASKED, attachments=(PICTURE,))
    _, (upload, speaking) = sent(part, answer({"id": "77"}), answer({"id": "200001_9"}))
    assert (upload.path, upload.does) == (f"/v26.0/{ME}/photos", "prepares")
    assert isinstance(upload.body, Multipart)
    assert upload.body.fields == {"published": "false"}
    assert isinstance(speaking.body, Form)
    assert speaking.body.fields["attachment_id"] == "77"
    (part,) = planned(None, attachments=(PICTURE, PICTURE))
    _, requests = sent(part, answer({"id": "77"}), answer({"id": "78"}), answer({"id": POST}))
    assert isinstance(requests[-1].body, Form)
    assert json.loads(requests[-1].body.fields["attached_media"]) == [
        {"media_fbid": "77"},
        {"media_fbid": "78"},
    ]


@pytest.mark.parametrize(
    ("target", "mode", "files"),
    [
        (ASKED, "public", (PICTURE, PICTURE)),
        (ASKED, "public", (PAPER,)),
        (ASKED, "private", (PICTURE,)),
        (WRITTEN, "direct", (PAPER.model_copy(update={"size": 26_000_000}),)),
        (WRITTEN, "direct", (PICTURE.model_copy(update={"id": ExternalId("facebook", "media", "m_1/0")}),)),
    ],
)
def test_files_that_facebook_would_not_take_are_refused_before(
    target: Mention, mode: Mode, files: tuple[Attachment, ...]
) -> None:
    with pytest.raises(Rejected) as caught:
        planned(target, mode, attachments=files)
    assert caught.value.reason == "content"


@given(st.integers(7900, 8100), st.sampled_from(["a", "é", "\N{PARTY POPPER}"]))
def test_a_comment_has_eight_thousand_characters(length: int, character: str) -> None:
    text = character * length
    if length > 8000:
        with pytest.raises(Rejected) as caught:
            planned(ASKED, text=text, overflow="reject")
        assert caught.value.reason == "too_long"
    else:
        assert planned(ASKED, text=text, overflow="reject")[0].text == text


def test_long_messages_are_cut_and_files_are_messages_of_their_own() -> None:
    parts = planned(WRITTEN, "direct", text="word " * 900, attachments=(PICTURE, PAPER))
    assert [len(part.text) <= 2000 for part in parts] == [True] * len(parts)
    assert [bool(part.attachments) for part in parts] == [False] * 3 + [True] * 2
    assert [part.text for part in parts[3:]] == ["", ""]
    with pytest.raises(Rejected) as caught:
        planned(ASKED, "private", text="word " * 900)
    assert caught.value.reason == "too_long"


# -------------------------------------------------------------------------------------------------------- Messenger


def test_a_message_goes_to_its_person_with_our_key() -> None:
    (part,) = planned(WRITTEN)  # a plain answer to a message never leaves its conversation
    assert part.mode == "direct"
    done, (request,) = sent(part, answer({"recipient_id": PSID, "message_id": "m_9"}))
    assert isinstance(done, Sent)
    assert (done.id, done.kind) == ("m_9", "message")
    assert done.conversation == WRITTEN.conversation
    assert isinstance(request.body, Json)
    assert request.body.value == {
        "recipient": {"id": PSID},
        "messaging_type": "RESPONSE",
        "message": {"text": "hello", "metadata": "our-key"},
    }


def test_a_file_is_uploaded_and_then_sent() -> None:
    (part,) = planned(WRITTEN, "direct", text="", attachments=(PAPER,))
    done, (upload, speaking) = sent(
        part, answer({"attachment_id": "88"}), answer({"recipient_id": PSID, "message_id": "m_9"})
    )
    assert isinstance(done, Sent)
    assert (upload.path, upload.does) == (f"/v26.0/{ME}/message_attachments", "prepares")
    assert isinstance(speaking.body, Json)
    assert speaking.body.value["message"] == {
        "attachment": {"type": "file", "payload": {"attachment_id": "88"}},
        "metadata": "our-key",
    }


HOURS = st.integers(0, 24 * 9)


@given(hours=HOURS, sender=st.sampled_from(["human", "bot", "automation"]), human_agent=st.booleans())
def test_the_window_closes_after_a_day_or_for_a_person_after_a_week(
    hours: int, sender: Sender, human_agent: bool
) -> None:
    assume(hours not in (24, 168))
    now = standing(WRITTEN, timedelta(hours=hours), sender=sender)
    open_for = 168 if human_agent and sender == "human" else 24
    settings = {"human_agent": human_agent}
    action = next(a for a in connector(**settings).actions(now) if a.name == "direct")
    assert action.allowed is (hours <= open_for)
    assert action.until == SAID_AT + timedelta(hours=open_for)
    if hours > open_for:
        assert action.reason
        with pytest.raises(Rejected) as caught:
            planned(WRITTEN, "direct", sender=sender, standing=now, settings=settings)
        assert caught.value.reason == "window_closed"
        return
    (part,) = planned(WRITTEN, "direct", standing=now, settings=settings)
    done = judged(connector(**settings).send(part), [answer({"recipient_id": PSID, "message_id": "m_9"})])
    body = done.requests[0].body
    assert isinstance(body, Json)
    assert (body.value.get("tag") == "HUMAN_AGENT") is (hours > 24)
    assert body.value["messaging_type"] == ("MESSAGE_TAG" if hours > 24 else "RESPONSE")


def test_the_persons_last_message_counts_not_the_one_that_is_answered() -> None:
    late = standing(WRITTEN, timedelta(days=9), last_inbound_at=SAID_AT + timedelta(days=8, hours=12))
    assert len(planned(WRITTEN, "direct", standing=late)) == 1


def test_a_window_that_closed_while_the_reply_waited_stops_it() -> None:
    (part,) = planned(WRITTEN, "direct")
    with pytest.raises(Rejected) as caught:
        sent(replace(part, standing=standing(WRITTEN, timedelta(days=8))))
    assert caught.value.reason == "window_closed"


# --------------------------------------------------------------------------------------------------- private replies


@pytest.mark.parametrize(("target", "name"), [(ASKED, "comment_id"), (VISITOR, "post_id")])
def test_a_comment_and_a_visitors_post_are_answered_in_private(target: Mention, name: str) -> None:
    (part,) = planned(target, "private")
    done, (request,) = sent(part, answer({"recipient_id": PSID, "message_id": "m_9"}))
    assert isinstance(done, Sent)
    assert done.conversation == ExternalId("facebook", "conversation", f"psid:{PSID}")
    assert isinstance(request.body, Json)
    assert request.body.value["recipient"] == {name: target.id.value}


@given(days=st.floats(0, 14), used=st.booleans(), flag=st.sampled_from([True, False, None]))
def test_there_is_one_private_reply_within_seven_days(days: float, used: bool, flag: bool | None) -> None:
    assume(abs(days - 7) > 0.001)
    target = heard("comment", comment(can_reply_privately=flag), post_id=POST)
    now = standing(target, timedelta(days=days), used=("private_reply",) if used else ())
    action = next(a for a in connector().actions(now) if a.name == "private")
    assert action.allowed is (days <= 7 and not used and flag is not False)
    if action.allowed:
        assert len(planned(target, "private", standing=now)) == 1
        return
    with pytest.raises(Rejected) as caught:
        planned(target, "private", standing=now)
    assert caught.value.reason == ("window_closed" if days > 7 else "not_permitted")


def test_a_page_is_not_answered_in_private() -> None:
    own = heard("comment", comment(**{"from": ACME}), post_id=POST)
    with pytest.raises(Rejected) as caught:
        planned(own, "private")
    assert caught.value.reason == "not_permitted"


@pytest.mark.parametrize(
    ("target", "mode"),
    [(ASKED, "direct"), (None, "private"), (None, "direct"), (ASKED, "quote")],
)
def test_what_facebook_does_not_know_is_refused(target: Mention | None, mode: Mode) -> None:
    with pytest.raises(Rejected) as caught:
        planned(target, mode)
    assert caught.value.reason == "unsupported"


def test_what_is_gone_or_empty_is_not_answered() -> None:
    for target, text in ((ASKED.model_copy(update={"state": "deleted"}), "hello"), (ASKED, "  ")):
        with pytest.raises(Rejected):
            planned(target, text=text)


def actions(target: Mention) -> dict[str, Action]:
    return {action.name: action for action in connector().actions(standing(target))}


def test_what_may_be_done_says_why_not() -> None:
    asked = actions(ASKED)
    assert asked["hide"].allowed
    assert asked["private"].until == SAID_AT + timedelta(days=7)
    assert not asked["edit"].allowed
    assert not asked["direct"].allowed
    fixed = actions(heard("comment", comment(can_hide=False, can_comment=False), post_id=POST))
    assert not fixed["hide"].allowed
    assert not fixed["reply"].allowed
    own = actions(heard("comment", comment(**{"from": ACME}), post_id=POST))
    assert own["edit"].allowed
    assert not own["hide"].allowed
    assert not own["block"].allowed
    written = actions(WRITTEN)
    assert written["reply"].allowed
    assert written["reply"].until == written["direct"].until
    assert not written["delete"].allowed
    assert all(action.reason for action in (*asked.values(), *own.values()) if not action.allowed)


# ----------------------------------------------------------------------------------------------------- did it land?


def part_of(target: Mention | None, mode: Mode = "public", **more: Any) -> Part:
    return Part(text="Yes, 10 to 4", key="k", mode=mode, target=target, started_at=NOW, **more)


def said(comment_id: str = "200001_9", **more: Any) -> dict[str, Any]:
    told = {"id": comment_id, "message": "Yes, 10 to 4", "created_time": stamp("12:00:01"), "from": ACME}
    return {**told, **more}


def looked_for(part: Part, *bodies: Any) -> tuple[Search, Sequence[Request]]:
    done = judged(connector().find_sent(part), [answer(body) for body in bodies])
    return done.result, done.requests


def test_our_comment_is_found_by_what_it_says() -> None:
    found, (request,) = looked_for(part_of(NESTED), listing(said()))
    assert [item.id for item in found.found] == ["200001_9"]
    assert request.path == f"/v26.0/{POST}/comments"  # an answer to an answer may stand beside it
    assert request.params["order"] == "reverse_chronological"


@pytest.mark.parametrize(
    "other",
    [
        said(**{"from": JO}),
        said(message="Yes, 10 to 5"),
        said(created_time=stamp("11:50:00")),
    ],
)
def test_what_is_not_ours_is_not_taken_for_it(other: dict[str, Any]) -> None:
    found, _ = looked_for(part_of(ASKED), listing(other))
    assert (found.found, found.reached) == ((), True)


def test_an_earlier_part_of_the_same_words_is_not_taken_for_this_one() -> None:
    found, _ = looked_for(part_of(ASKED, done=(Sent("200001_9"),)), listing(said()))
    assert found.found == ()


def test_a_look_that_does_not_reach_far_enough_proves_nothing() -> None:
    pages = [listing(said(message="x"), after=f"C{number}") for number in range(4)]
    found, _ = looked_for(part_of(ASKED), *pages)
    assert (found.found, found.reached) == ((), False)
    found, _ = looked_for(
        part_of(ASKED), listing(said(message="x", created_time=stamp("11:00:00")), after="C")
    )
    assert found.reached is True


def test_the_same_words_of_somebody_withheld_prove_nothing() -> None:
    nameless = said()
    del nameless["from"]
    found, _ = looked_for(part_of(ASKED), listing(nameless))
    assert (found.found, found.reached) == ((), False)


def test_an_announcement_is_looked_for_among_the_pages_posts() -> None:
    found, (request,) = looked_for(part_of(None), listing(said(POST)))
    assert request.path == f"/v26.0/{ME}/posts"
    assert [(item.id, item.kind) for item in found.found] == [(POST, "post")]


@pytest.mark.parametrize("target", [ASKED, None])
def test_a_picture_without_words_is_found_by_being_one(target: Mention | None) -> None:
    part = replace(part_of(target, attachments=(PICTURE,)), text="")
    bare = said(message="")
    carried = {"attachment": {"type": "photo"}} if target else {"attachments": {"data": [{"type": "photo"}]}}
    found, _ = looked_for(part, listing(said("200001_8", message=""), {**bare, **carried}))
    assert [item.id for item in found.found] == ["200001_9"]


def test_a_message_is_looked_for_in_its_conversation() -> None:
    ours = {**said("m_9"), "to": {"data": [JO]}}
    found, (request,) = looked_for(part_of(WRITTEN, "direct"), listing(thread(ours, message())))
    assert request.params["user_id"] == PSID
    assert [(item.id, item.conversation) for item in found.found] == [("m_9", WRITTEN.conversation)]
    found, _ = looked_for(part_of(WRITTEN, "direct"), listing(thread(message())))
    assert (found.found, found.reached) == ((), True)


def test_a_private_reply_is_told_of_by_its_comment() -> None:
    found, _ = looked_for(part_of(ASKED, "private"), {"id": COMMENT, "can_reply_privately": True})
    assert (found.found, found.reached) == ((), True)
    found, _ = looked_for(part_of(ASKED, "private"), {"id": COMMENT, "can_reply_privately": False})
    assert (found.found, found.reached) == ((), False)
    told = {"id": COMMENT, "can_reply_privately": False, "private_reply_conversation": {"id": "t_1"}}
    found, requests = looked_for(part_of(ASKED, "private"), told, thread(said("m_9")))
    assert [item.id for item in found.found] == ["m_9"]
    assert requests[1].path == "/v26.0/t_1"


@pytest.mark.parametrize("empty", [{}, {"id": "t_1"}, {"id": "t_1", "messages": None}])
def test_a_conversation_without_its_messages_proves_nothing(empty: dict[str, Any]) -> None:
    told = {"id": COMMENT, "can_reply_privately": False, "private_reply_conversation": {"id": "t_1"}}
    for part, bodies in (
        (part_of(ASKED, "private"), (told, empty)),
        (part_of(WRITTEN, "direct"), (listing(empty),)),
    ):
        found, _ = looked_for(part, *bodies)
        assert (found.found, found.reached) == ((), False), "it would be said a second time"


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        (refusal(506), DeliveryUnknown),
        (refusal(1, 1357046), DeliveryUnknown),
        (refusal(2), DeliveryUnknown),
        (refusal(10, 2018278), Rejected),
    ],
)
def test_what_a_refusal_of_a_send_means(refused: Response, kind: type[PlatformError]) -> None:
    with pytest.raises(kind):
        sent(planned(WRITTEN)[0], refused)
