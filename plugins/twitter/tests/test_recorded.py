"""What was recorded of the live platform is read as what it is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from plugins.twitter.tests.twitter_pages import NOW, SHARED, connector, shared_json
from socialdesk.connector import Command, Part, Prepared, Push, Sent, Window
from socialdesk.errors import AuthError, DeliveryUnknown, RateLimited, Rejected
from socialdesk.models import Attachment, Author, ExternalId, Mention, Mode
from socialdesk.testing import replay
from socialdesk.wire import Json, Request, Response
from socialdesk_twitter.joining import raws
from socialdesk_twitter.translate import to_mention

READ_HERE = {
    "mentions_200.json", "quote_tweets_200.json", "tweet_lookup_one_200.json", "me_200.json",
    "user_by_username_200.json", "create_tweet_201.json", "delete_tweet_200.json", "hide_reply_200.json",
    "error_400_invalid_request.json", "error_400_refresh_invalid.json", "error_403_duplicate.json",
    "error_403_reply_not_summoned.json", "error_403_v11_453.json", "stream_429_connection_exception.json",
    "dm_send_to_participant_201.json", "dm_create_group_201.json", "dm_events_empty_200.json",
    "media_finalize_processing_200.json", "webhook_create_200.json",
}  # fmt: skip
# Read in test_webhooks.py and test_moderating.py.
READ_BESIDE = {
    "aaa_direct_message_events.json", "aaa_tweet_delete_events.json", "like_200.json",
    "xaa_chat_received.json", "xaa_like_create.json", "xaa_oauth_revoke.json", "xaa_post_create.json",
    "xaa_post_delete.json", "xaa_post_mention_create.json", "xaa_post_repost_create.json",
}  # fmt: skip
# A line within a stream, and the plugin holds none open.
NOT_HERE = {"stream_operational_disconnect.json"}


def recorded(name: str) -> Response:
    told = shared_json("recorded", "x", name)
    told = told.get("response", {"body": told})
    headers = {field: str(value) for field, value in told.get("headers", {}).items()}
    status = told.get("status") or int(next(part for part in name.split("_") if part[:3].isdigit())[:3])
    return Response(status, headers, json.dumps(told["body"]).encode(), received_at=NOW)


def test_every_recording_is_read_here_or_left_out_on_purpose() -> None:
    folder = SHARED / "recorded" / "x"
    if not folder.is_dir():
        pytest.skip("the shared material is not here: recorded/x")
    names = {file.name for file in folder.glob("*.json")}
    assert names == READ_HERE | READ_BESIDE | NOT_HERE


def test_mentions_of_2022() -> None:
    response = recorded("mentions_200.json")
    seen = replay(connector().fetch(Window(stream="mentions", now=NOW)), [response])
    items = [connector().parse(raw) for raw in seen.result.items]
    assert len(items) == 10
    first = items[0]
    assert isinstance(first, Mention)
    assert first.id == ExternalId("twitter", "post", "1578516295611748353")
    assert first.text.startswith("@Twitter @TwitterSupport this is my ENTIRE feed")
    assert (first.visibility, first.metrics.likes) == ("unknown", None)
    assert "author" in first.provenance.missing
    assert seen.result.resume == "1578516295611748353"
    assert seen.result.next is not None


def test_what_its_headers_tell() -> None:
    asked = Request("GET", "https://api.x.com/2/users/1/mentions", spends={"mentions:app": 1})
    response = Response(200, recorded("mentions_200.json").headers, request=asked)
    (reading,) = connector().read_limits(response)
    assert (reading.bucket, reading.limit, reading.remaining) == ("mentions:app", 450, 448)
    assert reading.resets_at is not None


def test_quotes_and_a_single_post_of_2022() -> None:
    quotes = [to_mention(raw.body, None) for raw in raws(recorded("quote_tweets_200.json").json())]
    assert len(quotes) == 9
    assert all(quote.text for quote in quotes)
    (one,) = [to_mention(raw.body, None) for raw in raws(recorded("tweet_lookup_one_200.json").json())]
    assert one.text.startswith("It’s finally here!")


@pytest.mark.parametrize(
    ("name", "account_id"), [("me_200.json", "1072250532645998596"), ("user_by_username_200.json", "783214")]
)
def test_who_am_i(name: str, account_id: str) -> None:
    assert replay(connector().identify(), [recorded(name)]).result.id == account_id


def test_a_post_was_made_and_deleted() -> None:
    sent = replay(connector().send(Part(text="Test Tweet")), [recorded("create_tweet_201.json")]).result
    assert isinstance(sent, Sent)
    assert sent.id == "1456012973835788293"
    command = Command(name="delete", target=ExternalId("twitter", "post", sent.id))
    assert len(replay(connector().moderate(command), [recorded("delete_tweet_200.json")]).requests) == 1
    command = Command(name="hide", target=ExternalId("twitter", "post", sent.id))
    assert len(replay(connector().moderate(command), [recorded("hide_reply_200.json")]).requests) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("error_400_invalid_request.json", Rejected),
        ("error_403_duplicate.json", DeliveryUnknown),
        ("error_403_reply_not_summoned.json", Rejected),
        ("error_403_v11_453.json", AuthError),
        ("stream_429_connection_exception.json", RateLimited),
    ],
)
def test_errors(name: str, kind: type[Exception]) -> None:
    assert isinstance(connector().check(recorded(name)), kind)


def test_an_agent_is_told_why_a_reply_was_refused() -> None:
    error = connector().check(recorded("error_403_reply_not_summoned.json"))
    assert isinstance(error, Rejected)
    assert error.reason == "not_permitted"
    assert "mention" in str(error)


def test_a_dead_refresh_token() -> None:
    asked = Request("POST", "https://api.x.com/2/oauth2/token", auth="none")
    body = recorded("error_400_refresh_invalid.json").body
    assert isinstance(connector().check(Response(400, body=body, request=asked)), AuthError)


@pytest.mark.parametrize(
    ("name", "mode", "conversation"),
    [
        ("dm_send_to_participant_201.json", "private", "750362064426721281-1072250532645998596"),
        ("dm_create_group_201.json", "direct", "1585800614365339648"),
    ],
)
def test_messages_that_were_sent(name: str, mode: Mode, conversation: str) -> None:
    place = ExternalId("twitter", "conversation", conversation)
    author = Author(id=ExternalId("twitter", "user", "750362064426721281"))
    kind: Any = "direct_message" if mode == "direct" else "mention"
    target = Mention(id=ExternalId("twitter", "post", "1"), kind=kind, author=author, conversation=place)
    told = shared_json("recorded", "x", name)
    seen = replay(connector().send(Part(text="Testing 1", mode=mode, target=target)), [recorded(name)])
    (asked,) = seen.requests
    assert isinstance(asked.body, Json)
    if mode == "private":
        assert (asked.path, asked.body.value) == (
            told["request"]["uri"].removeprefix("https://api.twitter.com"),
            told["request"]["body"],
        )
    sent = seen.result
    assert isinstance(sent, Sent)
    assert (sent.id, sent.kind, sent.conversation) == (
        told["response"]["body"]["data"]["dm_event_id"],
        "message",
        place,
    )
    (reading,) = connector().read_limits(replace(recorded(name), request=asked))
    assert (reading.bucket, reading.limit) == ("send_message:user", 200)


def test_no_messages_at_all() -> None:
    window = Window(stream="messages", now=NOW)
    page = replay(connector().fetch(window), [recorded("dm_events_empty_200.json")]).result
    assert (list(page.items), page.next, page.end) == ([], None, "reached")


def test_a_film_that_x_works_on() -> None:
    film = Attachment(id=ExternalId("desk", "media", "a"), kind="video", media_type="video/mp4", size=9)
    finalized = recorded("media_finalize_processing_200.json")
    begun = Response(200, body=finalized.body, received_at=NOW)
    part = Part(text="See", attachments=(film,))
    prepared = replay(
        connector().send(part), [begun, Response(200, body=b"{}", received_at=NOW), finalized]
    ).result
    assert isinstance(prepared, Prepared)
    assert (prepared.again_in, prepared.data["files"][0]["id"]) == (1, "1880028106020515840")


def test_a_webhook_that_was_made() -> None:
    push = Push(url="https://yourdomain.com/webhooks/twitter", events=("post.delete",))
    none = Response(200, body=b"{}", received_at=NOW)
    made = Response(200, body=b'{"data": [{"subscription_id": "5"}]}', received_at=NOW)
    seen = replay(connector().subscribe(push), [none, recorded("webhook_create_200.json"), none, made])
    assert seen.result.data["webhook"] == "1234567890"
