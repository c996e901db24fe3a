"""Messenger: conversations, messages, the window, private replies, files, threads of other apps, moderation."""

from __future__ import annotations

import json

import pytest

from plugins.facebook.tests.sandbox_client import Caller, error_of, ids, upload
from socialdesk.testing import faults
from socialdesk.wire import Json
from socialdesk_facebook.sandbox import FacebookSandbox, StateError

WINDOW = (10, 2018278)


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


@pytest.fixture
def page(sandbox):
    return sandbox.account


@pytest.fixture
def ann(sandbox):
    return sandbox.user("ann")


@pytest.fixture
def call(sandbox) -> Caller:
    return Caller(sandbox)


def texts(sandbox, person):
    return [message.text for message in sandbox.messages(person)]


# ----------------------------------------------------------------------------------------------------------- reading


def test_conversations_newest_first(sandbox, page, ann, call):
    ann.message("first")
    sandbox.advance(minutes=1)
    sandbox.user("bob").message("second")
    sandbox.advance(minutes=1)
    ann.message("third")
    fields = "id,link,updated_time,snippet,unread_count,message_count,participants,senders,can_reply,scoped_thread_key"
    newest, older = call.get("/me/conversations", fields=fields)["data"]
    assert (newest["snippet"], newest["message_count"], newest["unread_count"]) == ("third", 2, 2)
    assert older["snippet"] == "second"
    people = newest["participants"]["data"]
    assert people[0] == {"name": "Ann Doe", "email": f"{ann.id}@facebook.com", "id": ann.id}
    assert people[1]["id"] == page.id
    assert newest["can_reply"] is True
    assert newest["updated_time"] == "2026-11-20T09:02:00+0000"


def test_a_conversation_by_person_platform_folder_and_time(sandbox, page, ann, call):
    ann.message("hello")
    sandbox.advance(minutes=1)
    sandbox.user("bob").message("hi")
    (one,) = call.get("/me/conversations", user_id=ann.id)["data"]
    assert one["id"].startswith("t_")
    assert call.get("/me/conversations", platform="instagram")["data"] == []
    assert len(call.get("/me/conversations", platform="MESSENGER", folder="inbox")["data"]) == 2
    at = sandbox.messages(ann)[0].key[0]
    assert len(call.get("/me/conversations", updated_after_ms=at)["data"]) == 1
    assert ids(call.get("/me/conversations", updated_before_ms=at + 1)) == [one["id"]]
    assert error_of(call("GET", "/me/conversations", platform="whatsapp")) == (100, None)


def test_a_messages_fields(sandbox, page, ann, call):
    first = ann.message("see this", photo=sandbox.photo(ann))
    page.message(ann, "thanks", reply_to=first)
    there = call.get("/me/conversations")["data"][0]["id"]
    fields = "id,created_time,from,to,message,attachments{id,mime_type,name,size,image_data},tags,reply_to"
    newer, older = call.get(f"/{there}/messages", fields=fields)["data"]
    assert (older["id"], older["message"], older["from"]["name"]) == (first.id, "see this", "Ann Doe")
    assert older["to"]["data"][0]["id"] == page.id
    (picture,) = older["attachments"]["data"]
    assert (picture["mime_type"], picture["image_data"]["width"]) == ("image/jpeg", 1080)
    assert newer["reply_to"]["mid"] == first.id
    assert call.get(f"/{first.id}", fields=fields) == older


def test_only_the_newest_twenty_messages_can_be_read(sandbox, ann, call):
    messages = []
    for number in range(23):
        messages.append(ann.message(f"number {number}"))
        sandbox.advance(seconds=1)
    there = call.get("/me/conversations", fields="messages.limit(25){id,message}")["data"][0]["messages"][
        "data"
    ]
    assert ids({"data": there}) == [message.id for message in reversed(messages)]
    assert [one.get("message") for one in there] == [f"number {n}" for n in range(22, 2, -1)] + [None] * 3
    assert error_of(call("GET", f"/{messages[2].id}", fields="message")) == (100, 33)
    assert call.get(f"/{messages[3].id}", fields="message")["message"] == "number 3"


def test_a_message_that_was_taken_away(sandbox, ann, call):
    message = ann.message("oops")
    ann.delete(message)
    assert error_of(call("GET", f"/{message.id}")) == (100, 33)
    assert texts(sandbox, ann) == []


def test_a_late_message_shows_in_lists_only_later(sandbox, ann, call):
    ann.message("one")
    sandbox.fail(faults.LateIndexing(seconds=30))
    sandbox.advance(minutes=1)
    ann.message("two")
    fields = "snippet,updated_time,messages{message}"

    def told():
        (there,) = call.get("/me/conversations", fields=fields)["data"]
        return there["snippet"], there["updated_time"][11:16], len(there["messages"]["data"])

    assert told() == ("one", "09:00", 1)
    sandbox.advance(seconds=30)
    assert told() == ("two", "09:01", 2)


def test_another_pages_conversation_is_not_there(sandbox, ann, call):
    sandbox.connect_account("second")
    message = ann.message("hello", page=sandbox.page("second"))
    for name in (message.id, message.conversation.id):
        assert error_of(call("GET", f"/{name}")) == (100, 33)
    assert call.get("/me/conversations")["data"] == []


def test_the_page_knows_who_wrote_to_it(sandbox, page, ann, call):
    page_less = sandbox.user("bob")
    ann.message("hello")
    told = call.get(f"/{ann.id}", fields="first_name,last_name,profile_pic")
    assert (told["first_name"], told["last_name"], told["id"]) == ("Ann", "Doe", ann.id)
    assert told["profile_pic"].startswith("https://")
    assert error_of(call("GET", f"/{page_less.id}")) == (100, 33)
    no_scope = Caller(sandbox, "read_only_page_token")
    assert error_of(no_scope("GET", f"/{ann.id}")) == (10, None)
    assert error_of(no_scope("GET", "/me/conversations")) == (10, None)


# ----------------------------------------------------------------------------------------------------------- sending


def test_a_message_within_the_window(sandbox, page, ann, call):
    ann.message("hello?")
    told = call.send(ann, "Hello!").json()
    assert told.keys() == {"recipient_id", "message_id"}
    assert (told["recipient_id"], texts(sandbox, ann)) == (ann.id, ["hello?", "Hello!"])
    form = call.post(
        "/me/messages",
        recipient=json.dumps({"id": ann.id}),
        message='{"text":"By form"}',
        messaging_type="RESPONSE",
    )
    assert form.status == 200
    assert sandbox.messages(ann)[-1].app == sandbox.credentials["app_id"]


def test_the_window_closes_after_a_day_and_opens_again(sandbox, ann, call):
    message = ann.message("hello?")
    sandbox.advance(hours=24)
    assert call.send(ann).status == 200
    sandbox.advance(seconds=1)
    for kind in ("RESPONSE", "UPDATE"):
        assert error_of(call.send(ann, messaging_type=kind)) == WINDOW
    ann.react(message, "LOVE")
    assert call.send(ann).status == 200
    sandbox.advance(hours=25)
    ann.postback("MORE")
    assert call.send(ann).status == 200
    assert call.get("/me/conversations", fields="can_reply")["data"][0]["can_reply"] is True


def test_an_advertisement_opens_the_window_for_a_week(sandbox, ann, call):
    ann.click_ad("23850000")
    sandbox.advance(days=6)
    assert call.send(ann).status == 200
    sandbox.advance(days=2)
    assert error_of(call.send(ann)) == WINDOW


def test_an_answer_to_one_message(sandbox, ann, call):
    first = ann.message("hello?")
    ann.message("anybody?")
    assert call.send(ann, "Here!", reply_to={"mid": first.id}).status == 200
    assert sandbox.messages(ann)[-1].reply_to is first


def test_what_is_no_text(sandbox, ann, call):
    link = {"type": "fallback", "title": "Offer", "url": "https://example.com/", "payload": None}
    shared = ann.message("look", attachments=(link,))
    poll = ann.message("", unsupported=True)
    told = call.get(f"/{shared.id}", fields="shares,attachments")
    assert told == {"shares": {"data": [{"link": "https://example.com/", "name": "Offer"}]}, "id": shared.id}
    assert call.get(f"/{poll.id}", fields="is_unsupported,message")["is_unsupported"] is True


def test_a_person_answers_within_seven_days(sandbox, ann, call):
    ann.message("hello?")
    sandbox.advance(days=6)
    tagged = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    assert call.send(ann, **tagged).status == 200
    sandbox.human_agent = False
    assert error_of(call.send(ann, **tagged)) == (10, None)
    sandbox.human_agent = True
    sandbox.advance(days=2)
    assert error_of(call.send(ann, **tagged)) == WINDOW


@pytest.mark.parametrize(
    "tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE", "SHOUTING", None]
)
def test_tags_that_are_no_more(sandbox, ann, call, tag):
    ann.message("hello?")
    more = {"tag": tag} if tag else {}
    answer = call.send(ann, messaging_type="MESSAGE_TAG", **more)
    assert error_of(answer) == (100, None)
    ended = tag is not None and tag.endswith("UPDATE")
    assert ("no longer supported" in answer.json()["error"]["message"]) is ended


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"message": {"text": ""}}, (100, 2018006)),
        ({"message": {"text": "x" * 2_001}}, (100, None)),
        ({"message": {}}, (100, None)),
        ({"message": {"text": "x", "metadata": "m" * 1_001}}, (100, None)),
        (
            {"message": {"text": "x", "attachment": {"type": "image", "payload": {"url": "https://a.b/c"}}}},
            (100, None),
        ),
        ({"message": {"attachment": {"type": "smell", "payload": {"url": "https://a.b/c"}}}}, (100, None)),
        ({"message": {"attachment": {"type": "image", "payload": {}}}}, (100, 2018005)),
        ({"message": {"attachment": {"type": "image", "payload": {"attachment_id": "1"}}}}, (100, 2018008)),
        ({"message": {"text": "x"}, "messaging_type": "SHOUT"}, (100, None)),
        ({"message": {"text": "x"}, "notification_type": "LOUD"}, (100, None)),
        ({"message": {"text": "x"}, "sender_action": "TYPING_ON"}, (100, None)),
        ({"message": {"text": "x"}, "recipient": {"id": "1"}}, (100, 2018001)),
        ({"message": {"text": "x"}, "recipient": {}}, (100, None)),
        ({"message": {"text": "x"}, "recipient": "nonsense"}, (100, None)),
        ({"message": {"text": "x"}, "reply_to": {"mid": "m_1"}}, (100, None)),
    ],
)
def test_messages_that_are_refused(sandbox, ann, call, told, error):
    ann.message("hello?")
    body = {"recipient": {"id": ann.id}, "messaging_type": "RESPONSE", **told}
    assert error_of(call("POST", "/me/messages", body=Json(body))) == error
    assert texts(sandbox, ann) == ["hello?"]


def test_the_longest_message(ann, call):
    ann.message("hello?")
    assert call.send(ann, "é" * 2_000).status == 200


def test_who_never_wrote_or_takes_nothing(sandbox, ann, call):
    assert error_of(call.send(ann)) == (100, 2018001)
    ann.message("hello?")
    ann.block()
    assert error_of(call.send(ann)) == (551, 1545041)
    ann.unblock()
    assert call.send(ann).status == 200


def test_typing_reading_and_reacting_are_no_messages(sandbox, page, ann, call):
    message = ann.message("hello?")

    def act(action, **more):
        told = {"recipient": {"id": ann.id}, "sender_action": action, **more}
        return call("POST", "/me/messages", body=Json(told))

    assert act("TYPING_ON").json() == {"recipient_id": ann.id}
    assert act("mark_seen").status == 200
    assert call.get("/me/conversations", fields="unread_count")["data"][0]["unread_count"] == 0
    assert act("REACT", payload={"message_id": message.id, "reaction": "love"}).status == 200
    assert message.reactions == {page.id: "love"}
    assert act("UNREACT", payload={"message_id": message.id}).status == 200
    assert (message.reactions, texts(sandbox, ann)) == ({}, ["hello?"])
    assert error_of(act("WAVE")) == (100, None)


def test_files_are_sent_by_address_by_number_and_along(sandbox, ann, call):
    ann.message("hello?")
    by_address = {
        "attachment": {"type": "image", "payload": {"url": "https://example.com/a.jpg", "is_reusable": True}}
    }
    held = call("POST", "/me/message_attachments", body=Json({"message": by_address})).json()["attachment_id"]
    for payload in ({"url": "https://example.com/a.jpg"}, {"attachment_id": held}):
        told = {"recipient": {"id": ann.id}, "message": {"attachment": {"type": "image", "payload": payload}}}
        assert call("POST", "/me/messages", body=Json(told)).status == 200
    along = upload(
        b"%PDF",
        "application/pdf",
        name="filedata",
        recipient=json.dumps({"id": ann.id}),
        message='{"attachment":{"type":"file","payload":{}}}',
    )
    assert call("POST", "/me/messages", body=along).status == 200
    kinds = [message.attachments[0]["type"] for message in sandbox.messages(ann)[1:]]
    assert kinds == ["image", "image", "file"]


def test_another_pages_file_is_not_sent(sandbox, ann, call):
    ann.message("hello?")
    other = Caller(sandbox, sandbox.connect_account("second")["page_token"])
    attachment = {"type": "image", "payload": {"url": "https://example.com/a.jpg"}}
    held = other("POST", "/me/message_attachments", body=Json({"message": {"attachment": attachment}})).json()
    told = {"recipient": {"id": ann.id}, "message": {"attachment": {"type": "image", "payload": held}}}
    assert error_of(call("POST", "/me/messages", body=Json(told))) == (100, 2018008)


def test_a_file_that_is_too_large(sandbox, ann, call):
    ann.message("hello?")
    large = upload(
        b"x" * (25 * 2**20 + 1),
        "video/mp4",
        name="filedata",
        message='{"attachment":{"type":"video","payload":{}}}',
    )
    assert error_of(call("POST", "/me/message_attachments", body=large)) == (100, 2018109)


# ---------------------------------------------------------------------------------------------------- private replies


def private(call, name, text="In private", key="comment_id"):
    return call("POST", "/me/messages", body=Json({"recipient": {key: name}, "message": {"text": text}}))


def test_a_private_reply_to_a_comment(sandbox, page, ann, call):
    comment = ann.comment(page.post("News"), "lost")
    told = private(call, comment.id).json()
    assert (told["recipient_id"], texts(sandbox, ann)) == (ann.id, ["In private"])
    after = call.get(f"/{comment.id}", fields="can_reply_privately,private_reply_conversation")
    assert after["can_reply_privately"] is False
    assert after["private_reply_conversation"]["id"] == call.get("/me/conversations")["data"][0]["id"]
    assert error_of(private(call, comment.id)) == (10900, None)
    assert error_of(call.send(ann)) == WINDOW
    ann.message("thank you")
    assert call.send(ann).status == 200


def test_a_private_reply_to_a_visitor_post(sandbox, ann, call):
    post = ann.post("lost")
    assert private(call, post.id, key="post_id").status == 200
    assert call.get(f"/{post.id}", fields="can_reply_privately")["can_reply_privately"] is False


def test_private_replies_that_are_refused(sandbox, page, ann, call):
    post = page.post("News")
    late, own = ann.comment(post, "lost"), page.comment(post, "ours")
    assert error_of(private(call, own.id)) == (10903, None)
    assert error_of(private(call, post.id + "0")) == (100, 33)
    sandbox.advance(days=7, seconds=1)
    assert error_of(private(call, late.id)) == (10901, None)
    assert call.get(f"/{late.id}", fields="can_reply_privately")["can_reply_privately"] is False
    ann.block()
    fresh = ann.comment(post, "again")
    assert error_of(private(call, fresh.id)) == (551, 1545041)
    assert fresh.private_reply is None


# ----------------------------------------------------------------------------------------- threads and moderation


def recipient(person):
    return {"recipient": {"id": person.id}}


def test_another_app_has_the_thread(sandbox, page, ann, call):
    ann.message("hello?")

    def thread_owner():
        return call.get("/me/thread_owner", recipient=ann.id)["data"]

    assert thread_owner() == []
    sandbox.inbox_takes(ann)
    assert thread_owner() == [{"thread_owner": {"app_id": "263902037430900"}}]
    assert error_of(call.send(ann)) == (10, 2018300)
    for edge in ("release_thread_control", "pass_thread_control"):
        assert error_of(call("POST", f"/me/{edge}", body=Json(recipient(ann)))) == (10, 2018300)
    assert call("POST", "/me/request_thread_control", body=Json(recipient(ann))).json() == {"success": True}
    assert call("POST", "/me/take_thread_control", body=Json(recipient(ann))).json() == {"success": True}
    assert call.send(ann).status == 200
    assert (
        call("POST", "/me/extend_thread_control", body=Json({**recipient(ann), "duration": 60})).status == 200
    )
    sandbox.advance(seconds=60)
    assert thread_owner() == []


def test_passing_a_thread_on(sandbox, ann, call):
    ann.message("hello?")
    told = {**recipient(ann), "target_app_id": "99", "metadata": "sorry"}
    assert call("POST", "/me/pass_thread_control", body=Json(told)).json() == {"success": True}
    assert call.get("/me/thread_owner", recipient=ann.id)["data"][0]["thread_owner"]["app_id"] == "99"
    assert error_of(
        call("POST", "/me/extend_thread_control", body=Json({**recipient(ann), "duration": 9}))
    ) == (
        10,
        2018300,
    )
    sandbox.inbox_passes(ann)
    assert call("POST", "/me/release_thread_control", body=Json(recipient(ann))).json() == {"success": True}


def test_writing_from_the_inbox_takes_the_thread_where_that_is_on(sandbox, page, ann, call):
    ann.message("hello?")
    page.message(ann, "by hand")
    assert call.send(ann).status == 200
    sandbox.world.inbox.routing = True
    page.message(ann, "by hand again")
    assert error_of(call.send(ann)) == (10, 2018300)


def test_moderation(sandbox, page, ann, call):
    ann.message("spam")

    def moderate(*actions, who=ann.id):
        told = {"actions": list(actions), "user_ids": [{"id": who}]}
        return call("POST", "/me/moderate_conversations", body=Json(told))

    assert moderate("MOVE_TO_SPAM").json() == {"success": True}
    assert call.get("/me/conversations")["data"] == []
    assert len(call.get("/me/conversations", folder="spam")["data"]) == 1
    assert moderate("BLOCK_USER").status == 200
    with pytest.raises(StateError):
        ann.message("more")
    assert error_of(call.send(ann)) == (551, 1545041)
    assert moderate("UNBLOCK_USER").status == 200
    assert moderate("BAN_USER").status == 200
    assert ids(call.get("/me/blocked")) == [ann.id]
    assert moderate("UNBAN_USER").status == 200
    assert error_of(moderate("TICKLE_USER")) == (100, None)
    assert error_of(moderate("BLOCK_USER", who="1")) == (100, 2018001)


def test_people_change_and_take_back_what_they_wrote(sandbox, ann):
    message = ann.message("helo")
    for number in range(5):
        ann.edit(message, f"hello {number}")
    assert (message.text, message.edits) == ("hello 4", 5)
    with pytest.raises(StateError):
        ann.edit(message, "once more")
    with pytest.raises(StateError):
        sandbox.user("bob").delete(message)
