"""What was recorded of the live platform is read as what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugins.twitter.tests.twitter_pages import NOW, SHARED, connector, shared_json
from socialdesk.connector import Command, Part, Raw, Window
from socialdesk.errors import AuthError, DeliveryUnknown, RateLimited, Rejected
from socialdesk.models import ExternalId, Mention
from socialdesk.testing import replay
from socialdesk.wire import Request, Response
from socialdesk_twitter.joining import raws
from socialdesk_twitter.translate import to_mention

READ_HERE = {
    "mentions_200.json", "quote_tweets_200.json", "tweet_lookup_one_200.json", "me_200.json",
    "user_by_username_200.json", "create_tweet_201.json", "delete_tweet_200.json", "hide_reply_200.json",
    "error_400_invalid_request.json", "error_400_refresh_invalid.json", "error_403_duplicate.json",
    "error_403_reply_not_summoned.json", "error_403_v11_453.json", "stream_429_connection_exception.json",
    "xaa_post_mention_create.json", "xaa_post_create.json",
}  # fmt: skip
# Direct messages, uploads, likes and what is pushed belong to no listing, lookup or send.
NOT_HERE = ("aaa_", "dm_", "like_", "media_", "stream_operational", "webhook_", "xaa_")


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
    assert {name for name in names - READ_HERE if not name.startswith(NOT_HERE)} == set()
    assert names >= READ_HERE


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


def digits(value: Any) -> Any:
    """The same payload with the X's that hide digits in the published samples replaced."""
    return json.loads(json.dumps(value).replace("XXXX", "1111"))


def test_a_pushed_mention_has_the_form_of_a_listed_one() -> None:
    data = digits(shared_json("recorded", "x", "xaa_post_mention_create.json"))["data"]
    (raw,) = raws({"data": [data["payload"]], "includes": data["includes"]})
    mention = to_mention(raw.body, data["filter"]["user_id"])
    assert (mention.kind, mention.text, mention.visibility) == ("mention", "hey @ExampleUser", "public")
    assert mention.entities[0].text == "@ExampleUser"
    assert mention.author.handle == "OtherUser"
    assert mention.provenance.missing == ()


def test_a_pushed_post_of_our_own_is_outbound() -> None:
    data = digits(shared_json("recorded", "x", "xaa_post_create.json"))["data"]
    (raw,) = raws({"data": [data["payload"]], "includes": data["includes"]})
    mention = connector().parse(Raw("post", raw.body))
    assert isinstance(mention, Mention)
    assert mention.direction == "inbound"
    assert to_mention(raw.body, data["payload"]["author_id"]).direction == "outbound_native"
