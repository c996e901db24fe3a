"""What was recorded of Facebook, and of Instagram where it speaks the same protocol, is read as what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from plugins.facebook.tests.facebook_pages import (
    NOW,
    SHARED,
    answer,
    connector,
    delivery,
    judged,
    shared_json,
)
from socialdesk.connector import Gone, Notice, Part, Profile, Raw, Receipted, Sent, Stub, Window
from socialdesk.errors import AuthError, PlatformError, Rejected
from socialdesk.models import ExternalId, Mention
from socialdesk.wire import Response
from socialdesk_facebook.connector import FacebookConnector

FB, IG = "facebook", "instagram"
OF_MEDIA = {  # Instagram's own node of comments and media, which this plugin does not ask for
    *("comment.json", "comment_fields.json", "comment_replies.json", "media_comments_page1.json"),
    *("mentioned_comment.json", "mentioned_media.json", "tagged_medias.json"),
    *("wh_comments_2021.json", "wh_mentions.json"),
}
PLACEHOLDERS = {"conversation.json", "message.json"}  # the documentation's, with <...> for values


def page(me: str) -> FacebookConnector:
    made = connector()
    return FacebookConnector(made.config, made.app, Profile(id=me))


def body(name: str, platform: str = FB) -> Any:
    told = shared_json("recorded", platform, name)
    return told["response"]["body"] if "response" in told else told


def recorded(name: str, platform: str = FB) -> Response:
    told = shared_json("recorded", platform, name)
    response = told.get("response", {"status": 400, "headers": {}, "body": told})
    return answer(response["body"], response["status"], **response["headers"])


def delivered(name: str, me: str, platform: str = FB) -> list[Any]:
    told = body(name, platform)
    told["object"] = "page"  # Instagram's deliveries of messages differ in nothing else
    facebook = page(me)
    read = [facebook.parse(raw) for raw in facebook.parse_webhook(delivery(json.dumps(told).encode()))]
    return [item for item in read if item is not None]


def one(name: str, me: str, platform: str = FB) -> Any:
    (item,) = delivered(name, me, platform)
    return item


def user(value: str) -> ExternalId:
    return ExternalId("facebook", "user", value)


# ------------------------------------------------------------------------------------------------------- deliveries

PAGE, INBOX = "1234567890321", "12345654332"


def comment_add() -> None:
    heard = one("wh_feed_comment_add.json", PAGE)
    assert (heard.kind, heard.text, heard.direction) == ("comment", "and the next one", "outbound_native")
    assert (
        heard.conversation == heard.in_reply_to == ExternalId("facebook", "post", f"{PAGE}_901097836652708")
    )
    assert heard.created_at == datetime(2015, 12, 3, 9, 30, 3, tzinfo=timezone.utc)


def comment_edited() -> None:
    assert one("wh_feed_comment_edited.json", PAGE) == Stub(
        id=ExternalId("facebook", "comment", "900728623356296_900744590021366")
    )


def comment_hide() -> None:
    gone = one("wh_feed_comment_hide.json", PAGE)
    assert isinstance(gone, Gone)
    assert (gone.id.value, gone.state) == ("900728623356296_900744590021366", "hidden")


def comment_remove() -> None:
    gone = one("wh_feed_comment_remove.json", PAGE)
    assert isinstance(gone, Gone)
    assert (gone.id.value, gone.state) == ("905578656204626_905579239537901", "deleted")


def post_add() -> None:
    heard = one("wh_feed_post_add.json", PAGE)
    assert (heard.kind, heard.direction, heard.text) == ("mention", "inbound", "Let's check this")
    assert (heard.author.id, heard.author.display_name) == (user("8423678347823"), "John Doe")


def reaction_add() -> None:
    assert delivered("wh_feed_reaction_add.json", PAGE) == []


def two_entries() -> None:
    assert delivered("wh_feed_two_entries.json", PAGE) == []


def mention_post_add() -> None:
    heard, stub = delivered("wh_mention_post_add.json", PAGE)
    assert (heard.text, heard.author.id) == ("A test post message", None)
    assert stub == Stub(id=ExternalId("facebook", "post", f"{PAGE}_98722536423179"))


def ratings_add() -> None:
    heard = one("wh_ratings_add.json", PAGE)
    assert (heard.kind, heard.text, heard.id.value) == (
        "review",
        "Ja ziemlich coole Sache",
        "904801129604590",
    )
    assert (heard.author.id, heard.author.display_name) == (user("705955836155788"), "Tester")


def message_plain() -> None:
    heard = one("wh_message.json", INBOX)
    assert (heard.text, heard.direction) == ("hello, world!", "inbound")
    assert heard.author.id == user("987654321432")
    assert heard.conversation == ExternalId("facebook", "conversation", "psid:987654321432")


def message_echo() -> None:
    heard = one("wh_message_echo.json", INBOX)  # with sender and recipient not swapped
    assert (heard.direction, heard.echo_key) == ("outbound_native", "DEVELOPER_DEFINED_METADATA_STRING")
    assert heard.conversation == ExternalId("facebook", "conversation", "psid:987654321432")


def message_edits() -> None:
    heard = one("wh_message_edits.json", INBOX)
    assert (heard.text, heard.revision, heard.state) == ("hello, world!", 37, "edited")


def message_reply_to() -> None:
    heard = one("wh_message_reply_to.json", INBOX)
    assert heard.in_reply_to.value == "very_long_id_representing_the_original_message"


def read() -> None:
    told = one("wh_read.json", INBOX)
    assert isinstance(told, Receipted)
    assert (told.id.value, told.state) == ("psid:987654321432", "read")


def was_delivered() -> None:
    told = one("wh_delivery.json", INBOX)
    assert (told.id.value, told.state) == ("mid.1458668856218:ed81099e15d3f4f233", "delivered")


def policy_block() -> None:
    told = one("wh_policy_block.json", INBOX)
    assert isinstance(told, Notice)
    assert told.health == "suspended"
    assert "violated" in told.text


# ---------------------------------------------------------------------------------------------------------- answers


def feed_page() -> None:
    me = "19292868552"
    asked = page(me).fetch(Window(stream="feed", now=NOW.replace(year=2021, month=7, day=13)))
    told = judged(asked, [answer(body("feed_page1.json"))]).result
    posts = [page(me).parse(raw) for raw in told.items]
    assert len(posts) == 4
    for said in posts:
        assert isinstance(said, Mention)
        assert said.entities
        for entity in said.entities:
            assert said.text[entity.start : entity.end] == entity.text
        tags = {tag["name"] for item in body("feed_page1.json")["data"] for tag in item["message_tags"]}
        assert {entity.text for entity in said.entities} <= tags
        assert said.attachments[0].kind in ("image", "link")
        assert said.metrics.reposts is not None
    assert [topic.data["comments"] for topic in told.topics] == [
        item["comments"]["summary"]["total_count"] for item in body("feed_page1.json")["data"]
    ]
    assert told.next is not None
    assert "access_token" not in told.next
    assert [notice.code for notice in told.notices] == ["from_missing"]


def comments_page() -> None:
    """These were asked for without ids: each is set aside alone, and the page goes on."""
    facebook = page("19292868552")
    for item in body("comments_page1.json")["data"]:
        with pytest.raises(KeyError):
            facebook.parse(Raw("comment", {"comment": item}))
        said = facebook.parse(Raw("comment", {"comment": {**item, "id": "10158407654328553_1"}}))
        assert isinstance(said, Mention)
        assert said.provenance.missing == ("author",)
        assert said.metrics.replies == item["comment_count"]


def comment_create() -> None:
    target = ExternalId("facebook", "post", "245628824887810_245778718206154")
    part = Part(text="x", target=Mention(id=target, kind="other"))
    sent = judged(connector().send(part), [answer(body("comment_create_200.json"))]).result
    assert isinstance(sent, Sent)
    assert sent.id == "245778718206154_229887283291835"
    assert sent.url is not None
    assert sent.url.endswith("comment_id=229887283291835")


def conversations() -> None:
    """A map, since it was asked for by ids; of each what a walk looks at."""
    told = body("conversations.json")
    listed = {"data": list(told.values())}
    result = judged(connector().fetch(Window(stream="messages", now=NOW)), [answer(listed)]).result
    assert (result.items, result.end) == ([], "reached")
    assert result.resume == "1627032639 t_233782918546745"


def message_info() -> None:
    said = page("2121008874780932").parse(Raw("message", {"message": body("message_info.json")}))
    assert isinstance(said, Mention)
    assert said.author.id == user("2711636948859886")
    (picture,) = said.attachments
    assert (picture.kind, picture.width, picture.size, picture.media_type) == (
        "image",
        1920,
        54542,
        "image/jpeg",
    )
    assert said.conversation == ExternalId("facebook", "conversation", "psid:2711636948859886")


def debug_token() -> None:
    me = {"id": "1", "name": "x"}
    profile = judged(connector().identify(), [answer(me), answer(body("debug_token.json"))]).result
    assert profile.scopes is not None
    assert "manage_pages" in profile.scopes
    assert {notice.code for notice in profile.notices} == {"scope_missing", "access_ends"}


def user_accounts() -> None:
    """Where Page tokens come from: the id is what identify() tells of such a token."""
    (account,) = body("user_accounts_page_tokens.json")["data"]
    told = {"id": account["id"], "name": account["name"]}
    profile = judged(connector({}).identify(), [answer(told)], connector({})).result
    assert (profile.id, profile.display_name) == ("2121008874780932", "MyLife")


def refused(name: str, kind: type[PlatformError], platform: str = FB) -> Callable[[], PlatformError]:
    def check() -> PlatformError:
        error = connector().check(recorded(name, platform))
        assert type(error) is kind
        return error

    return check


def lacks_capability() -> None:
    error = refused("zammad_error_400_code3.json", Rejected)()
    assert isinstance(error, Rejected)
    assert (error.reason, error.scope) == ("not_permitted", "app")
    assert [notice.code for notice in connector().forced(recorded("zammad_error_400_code3.json"))] == [
        "other_version"
    ]


def usage() -> None:
    refused("zammad_error_400_code100_field.json", Rejected)()
    (reading,) = connector().read_limits(recorded("zammad_error_400_code100_field.json"))
    assert (reading.bucket, reading.limit, reading.used) == ("app", 100, 0)


# --------------------------------------------------------------------------------------------------------- Instagram


def unsend() -> None:
    told = body("chatwoot_message_unsend.json", IG)
    assert told["entry"][0]["messaging"][0]["timestamp"].startswith(
        "2021"
    )  # a text, where numbers come in truth
    assert one("chatwoot_message_unsend.json", "chatwoot-app-user-id-1", IG) == Gone(
        id=ExternalId("facebook", "message", "message-id-1"),
        at=datetime(2021, 9, 8, 6, 34, 4, tzinfo=timezone.utc),
    )


def story_reply() -> None:
    heard = one("chatwoot_message_story_reply.json", "chatwoot-app-user-id-1", IG)
    assert (heard.text, heard.in_reply_to) == ("Nice story", None)


def story_listed() -> None:
    said = page("1").parse(Raw("message", {"message": body("message_story_reply.json", IG)}))
    assert isinstance(said, Mention)
    assert said.text.startswith("Nice shot")


def unsupported() -> None:
    heard = one("wh_message_unsupported.json", "17841452691600098", IG)
    assert [item.kind for item in heard.attachments] == ["other"]


def seen() -> None:
    told = one("wh_messaging_seen.json", "17841452691600098", IG)
    assert (told.id.value, told.state) == ("MESSAGE-ID", "read")


CHECKS: dict[str, dict[str, Callable[[], Any]]] = {
    FB: {
        "comment_create_200.json": comment_create,
        "comments_page1.json": comments_page,
        "conversations.json": conversations,
        "debug_token.json": debug_token,
        "error_190_subcode_460.json": refused("error_190_subcode_460.json", AuthError),
        "error_data.json": refused("error_data.json", Rejected),
        "feed_page1.json": feed_page,
        "message_info.json": message_info,
        "user_accounts_page_tokens.json": user_accounts,
        "wh_delivery.json": was_delivered,
        "wh_feed_comment_add.json": comment_add,
        "wh_feed_comment_edited.json": comment_edited,
        "wh_feed_comment_hide.json": comment_hide,
        "wh_feed_comment_remove.json": comment_remove,
        "wh_feed_post_add.json": post_add,
        "wh_feed_reaction_add.json": reaction_add,
        "wh_feed_two_entries.json": two_entries,
        "wh_mention_post_add.json": mention_post_add,
        "wh_message.json": message_plain,
        "wh_message_echo.json": message_echo,
        "wh_message_edits.json": message_edits,
        "wh_message_reply_to.json": message_reply_to,
        "wh_policy_block.json": policy_block,
        "wh_ratings_add.json": ratings_add,
        "wh_read.json": read,
        "zammad_error_400_code100_field.json": usage,
        "zammad_error_400_code3.json": lacks_capability,
    },
    IG: {
        "chatwoot_message_story_reply.json": story_reply,
        "chatwoot_message_unsend.json": unsend,
        "error_ig_login.json": refused("error_ig_login.json", Rejected, IG),
        "message_story_reply.json": story_listed,
        "wh_message_unsupported.json": unsupported,
        "wh_messaging_seen.json": seen,
    },
}


@pytest.mark.parametrize(("platform", "name"), [(where, name) for where in CHECKS for name in CHECKS[where]])
def test_what_was_recorded_is_read_as_what_it_is(platform: str, name: str) -> None:
    CHECKS[platform][name]()


@pytest.mark.parametrize("platform", CHECKS)
def test_nothing_that_was_recorded_is_left_out(platform: str) -> None:
    folder = SHARED / "recorded" / platform
    if not folder.is_dir():
        pytest.skip(f"the shared material is not here: recorded/{platform}")
    there = {file.name for file in folder.glob("*.json")}
    assert there - set(CHECKS[platform]) == (set() if platform == FB else OF_MEDIA | PLACEHOLDERS)
