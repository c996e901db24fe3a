"""What was recorded of a real Mastodon 4.6.4 is read as what it is."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from plugins.mastodon.tests.mastodon_pages import (
    ME,
    NOW,
    SHARED,
    answer,
    connector,
    post_id,
    shared_json,
    status,
)
from socialdesk.connector import Command, Part, Prepared, Raw, Sent, Topic, Window
from socialdesk.errors import AuthError, Rejected
from socialdesk.models import Attachment, ExternalId, Mention
from socialdesk.testing import replay
from socialdesk.wire import Request, Response
from socialdesk_mastodon import budgets
from socialdesk_mastodon.server import facts_of, filters_of
from socialdesk_mastodon.translate import to_mention

READ_HERE = {
    "account_lookup.json", "error_400_oauth_invalid_grant.json", "error_401_home_anonymous.json",
    "error_404_status.json", "error_422_empty_status.json", "granary_media_status.json",
    "granary_mention_notification.json", "granary_reply_status.json", "instance_v2.json", "media_post.json",
    "notification_requests.json", "notifications_mentions.json", "notifications_policy.json",
    "notifications_v2_grouped.json", "relationship_block.json", "search_v2.json", "status_context.json",
    "status_delete_200.json", "status_edit_put_200.json", "status_get.json", "status_post_200_mention.json",
    "status_reply_200.json", "timeline_tag.json", "verify_credentials.json", "conversations.json",
}  # fmt: skip
# The plugin schedules nothing, and has no use for a token of its own: an account's is pasted from the server.
NOT_HERE = {"scheduled_status_200.json", "oauth_token_200.json"}


def recorded(name: str, spends: str = "api") -> Response:
    """What was recorded, as an answer to what was asked."""
    told = shared_json("recorded", "mastodon", name)
    if "response" not in told:  # a datum alone
        return Response(200, {}, json.dumps(told).encode(), received_at=NOW)
    asked = told["request"]
    request = Request(asked["method"], asked["uri"].partition("?")[0], spends={spends: 1})
    heard = told["response"]
    body = json.dumps(heard["body"]).encode()
    return Response(heard["status"], heard["headers"], body, request=request, received_at=NOW)


def mention_of(told: Any) -> Mention:
    return to_mention({"status": told}, ME)


def test_every_recording_is_read_here_or_left_out_on_purpose() -> None:
    folder = SHARED / "recorded" / "mastodon"
    if not folder.is_dir():
        pytest.skip("the shared material is not here: recorded/mastodon")
    assert {file.name for file in folder.glob("*.json")} == READ_HERE | NOT_HERE


def test_mentions() -> None:
    window = Window(stream="mentions", now=NOW, since="0")
    page = replay(connector().fetch(window), [recorded("notifications_mentions.json")]).result
    (mention,) = [connector().parse(raw) for raw in page.items]
    assert isinstance(mention, Mention)
    told = recorded("notifications_mentions.json").json()[0]
    assert (mention.id.value, mention.visibility) == (told["status"]["id"], "public")
    assert page.resume == told["id"] != told["status"]["id"]
    assert mention.text.startswith("@")
    assert mention.provenance.missing == ()


def test_grouped_notifications_hold_statuses_in_the_same_form() -> None:
    told = recorded("notifications_v2_grouped.json").json()
    assert told["statuses"]
    for one in told["statuses"]:
        assert mention_of(one).text == mention_of(one).text.strip() != ""


def test_the_filter_of_a_fresh_account_hides_strangers_direct_messages() -> None:
    policy = recorded("notifications_policy.json").json()
    assert filters_of(policy) == {"for_private_mentions": "filter", "for_limited_accounts": "filter"}
    held = recorded("notification_requests.json").json()
    assert held[0]["notifications_count"] == "5"
    assert mention_of(held[0]["last_status"]).kind == "direct_message"


def test_direct_messages_of_a_conversation() -> None:
    told, *_ = recorded("conversations.json").json()
    mention = mention_of(told["last_status"])
    assert (mention.kind, mention.visibility, mention.text) == (
        "direct_message",
        "direct",
        "@admin ilu bby ;3",
    )
    assert mention.ext["mastodon"]["names"] == ["admin"]


def test_what_a_server_tells_of_itself() -> None:
    facts = facts_of(recorded("instance_v2.json").json())
    assert (facts["version"], facts["keyed"]) == ("4.6.4", True)
    assert (facts["max_characters"], facts["link_length"], facts["max_media"]) == (500, 23, 4)
    assert (facts["image_size"], facts["video_size"], facts["description"]) == (16777216, 103809024, 10000)
    assert "image/png" in facts["mime_types"]


def test_who_am_i() -> None:
    answers = [
        recorded("verify_credentials.json"),
        recorded("instance_v2.json"),
        recorded("notifications_policy.json"),
    ]
    profile = replay(connector().identify(), answers).result
    assert (profile.id, profile.handle) == ("117020457910412882", "mastodonpy_test")
    assert "http://localhost:3000/ap/users/117020457910412882" in profile.also
    assert [notice.code for notice in profile.notices] == ["notifications_filtered"]


def test_a_hashtags_timeline_and_a_search() -> None:
    topic = Topic("k", {"tags": ["mastodonpytesttag"]})
    window = Window(stream="search", now=NOW, topics=(topic,))
    page = replay(connector().fetch(window), [recorded("timeline_tag.json")]).result
    for raw in page.items:
        item = connector().parse(raw)
        assert isinstance(item, Mention)
        assert [entity.kind for entity in item.entities] == ["hashtag"]
    assert page.items
    window = Window(stream="search", now=NOW, topics=(Topic("k", {"query": "mastodonpy"}),))
    page = replay(connector().fetch(window), [recorded("search_v2.json")]).result
    assert len(page.items) == len(recorded("search_v2.json").json()["statuses"])


def test_a_status_by_itself_and_its_thread() -> None:
    found = replay(connector().lookup([post_id("1")]), [recorded("status_get.json")]).result
    item = connector().parse(found[0])
    assert isinstance(item, Mention)
    told = recorded("status_get.json").json()
    assert (item.id.value, item.url) == (told["id"], told["url"])
    topic = Topic(f"mastodon:post:{told['id']}")
    window = Window(stream="conversation", now=NOW, topics=(topic,))
    answers = [recorded("status_get.json"), recorded("status_context.json")]
    assert len(replay(connector().fetch(window), answers).result.items) == 1


@pytest.mark.parametrize("name", ["status_post_200_mention.json", "status_reply_200.json"])
def test_what_was_said_has_its_id_and_address(name: str) -> None:
    sent = replay(connector().send(Part(text="same!", key="k")), [recorded(name)]).result
    assert isinstance(sent, Sent)
    told = recorded(name).json()
    assert (sent.id, sent.url) == (told["id"], told["url"])


def test_a_reply_is_found_again_among_the_accounts_own() -> None:
    told = recorded("status_reply_200.json").json()
    began = datetime(2026, 8, 1, 13, 53, 15, tzinfo=timezone.utc)
    other = {"id": "9", "acct": "mastodonpy_test_2", "username": "mastodonpy_test_2"}
    target = mention_of(status(told["in_reply_to_id"], account=other))
    part = Part(text="@mastodonpy_test_2 same!", target=target, key="k", started_at=began)
    found = replay(connector().find_sent(part), [answer([told])]).result
    assert [sent.id for sent in found.found] == [told["id"]]


def test_an_edit_is_told_with_its_moment() -> None:
    told = recorded("status_edit_put_200.json").json()
    mention = mention_of(told)
    assert (mention.state, mention.revision) == ("edited", 1)
    assert mention.edited_at == datetime.fromisoformat(told["edited_at"])


def test_a_deletion_has_what_was_written() -> None:
    command = Command(name="delete", target=post_id("117020606035908211"))
    assert (
        len(replay(connector().moderate(command), [recorded("status_delete_200.json", "delete")]).requests)
        == 1
    )
    assert mention_of(recorded("status_delete_200.json").json()).text == "Status with media"


def test_a_person_is_blocked() -> None:
    command = Command(name="block", target=ExternalId("mastodon", "user", "117020457624302809"))
    seen = replay(connector().moderate(command), [recorded("relationship_block.json")])
    assert seen.requests[0].path == "/api/v1/accounts/117020457624302809/block"
    unblock = Command(name="unblock", target=command.target)
    with pytest.raises(Rejected):
        replay(connector().moderate(unblock), [recorded("relationship_block.json")])


def test_a_picture_that_was_uploaded() -> None:
    picture = Attachment(id=ExternalId("desk", "media", "a"), kind="image", media_type="image/jpeg", size=9)
    seen = replay(
        connector().send(Part(text="See", attachments=(picture,))), [recorded("media_post.json", "media")]
    )
    assert isinstance(seen.result, Prepared)
    assert seen.result.data["uploads"][0]["id"] == "117020576894251992"
    assert seen.result.data["uploads"][0]["ready"] is True


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("error_400_oauth_invalid_grant.json", AuthError, "sign_in"),
        ("error_401_home_anonymous.json", AuthError, "sign_in"),
        ("error_404_status.json", Rejected, "gone"),
        ("account_lookup.json", Rejected, "gone"),
        ("error_422_empty_status.json", Rejected, "content"),
    ],
)
def test_errors_mean_what_their_status_says_in_any_language(
    name: str, kind: type[Exception], reason: str
) -> None:
    error = connector().check(recorded(name))
    assert isinstance(error, kind)
    assert getattr(error, "reason", None) == reason


@pytest.mark.parametrize(
    ("name", "bucket", "limit", "remaining", "reset"),
    [
        ("instance_v2.json", "api", 300, 299, "2026-08-01T13:55:00.441909+00:00"),
        ("status_reply_200.json", "statuses", 300, 278, "2026-08-01T15:00:00.949067+00:00"),
        ("media_post.json", "media", 30, 29, "2026-08-01T14:00:00.732549+00:00"),
        ("status_delete_200.json", "delete", 30, 29, "2026-08-01T14:00:00.581704+00:00"),
    ],
)
def test_what_the_headers_tell_of_limits(
    name: str, bucket: str, limit: int, remaining: int, reset: str
) -> None:
    (reading,) = budgets.readings(recorded(name, bucket))
    assert (reading.bucket, reading.limit, reading.remaining) == (bucket, limit, remaining)
    assert reading.resets_at == datetime.fromisoformat(reset)


def test_what_others_trimmed_by_hand() -> None:
    told = recorded("granary_mention_notification.json").json()
    mention = connector().parse(Raw("notification", told))
    assert isinstance(mention, Mention)
    assert (mention.text, mention.author.handle) == ("foo ☕ bar", "snarfed")
    media = mention_of(recorded("granary_media_status.json").json())
    assert [(item.kind, item.alt_text, item.duration) for item in media.attachments] == [
        ("image", "a fun image", None),
        ("animation", "a fun video", 6.134),
    ]
    reply = mention_of(recorded("granary_reply_status.json").json())
    assert reply.in_reply_to is not None
    assert reply.conversation is None
