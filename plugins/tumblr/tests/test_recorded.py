"""What was recorded of the live platform, and what its documentation shows, is read as what it is."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from plugins.tumblr.tests.tumblr_pages import (
    APP,
    ME,
    NOW,
    OAUTH1,
    OURS,
    SHARED,
    answer,
    connector,
    shared_json,
    window,
)
from socialdesk.auth import OAuth2, Stamp, Tokens
from socialdesk.connector import Part, Prepared, Raw, Topic
from socialdesk.errors import AuthError, Rejected
from socialdesk.models import Attachment, ExternalId, Mention
from socialdesk.testing import replay
from socialdesk.wire import Multipart, Response
from socialdesk_tumblr import npf
from socialdesk_tumblr.connector import TumblrConnector
from socialdesk_tumblr.settings import App, Config

READ_HERE = {
    "notes_mode_all.json", "user_info.json", "oauth2_token_response.json",
    "npf_create_request_image_multipart_json_part.json", "npf_create_201.json", "npf_create_error_8001.json",
    "npf_text_mention.json", "npf_layout_ask.json", "legacy_answer_post.json", "post_npf_real_announcement.json",
    "posts_blog_recorded_legacy_text.json", "notifications_reply_partial_recorded.json", "error_404_recorded.json",
    "error_401_recorded.json",
}  # fmt: skip
# Nothing here asks for a person's remaining limits, which the headers tell, or for the list of those who are blocked.
NOT_HERE = {"user_limits.json", "blocks_list.json"}


LONG_AGO = datetime(2009, 1, 1, tzinfo=timezone.utc)


def recorded(name: str) -> Any:
    return shared_json("recorded", "tumblr", name)


def response(name: str) -> Response:
    body = recorded(name)
    return Response(int(body["meta"]["status"]), body=json.dumps(body).encode(), received_at=NOW)


def mention(raw: Raw) -> Mention:
    item = connector().parse(raw)
    assert isinstance(item, Mention)
    return item


def test_every_recording_is_read_here_or_left_out_on_purpose() -> None:
    folder = SHARED / "recorded" / "tumblr"
    if not folder.is_dir():
        pytest.skip("the shared material is not here: recorded/tumblr")
    assert {file.name for file in folder.glob("*.json")} == READ_HERE | NOT_HERE


def test_a_notification_without_an_id() -> None:
    told = response("notifications_reply_partial_recorded.json")
    page = replay(connector().fetch(window("notifications")), [told]).result
    assert (page.items, page.next, page.end) == ([], None, "reached")  # too old for a first look
    page = replay(connector().fetch(window("notifications", back_to=LONG_AGO)), [told]).result
    (raw,) = page.items
    with pytest.raises(KeyError, match="reply_text"):  # it was cut off there: such an item is set aside
        connector().parse(raw)
    item = {**raw.body["item"], "reply_text": "hello"}
    said = mention(Raw("notification", {"item": item}))
    assert said.id.value.startswith("769461483149115392/t:QAKqeCiOiHNWAaMcg6c6rA/1733815684.")
    assert (said.kind, said.author.handle, said.text) == ("mention", "testest1123", "hello")
    assert said.conversation == ExternalId("tumblr", "post", "t:AGF4tcUnbYHDSWSWKyYbFg/769461483149115392")


def test_notes_of_every_kind_hold_no_comment() -> None:
    topic = Topic(f"{ME}/{OURS}", {"root": f"{ME}/{OURS}"})
    page = replay(
        connector().fetch(window("notes", topics=(topic,))), [response("notes_mode_all.json")]
    ).result
    assert [raw.shape for raw in page.items] == ["note", "note", "counts"]
    assert [connector().parse(raw) for raw in page.items[:2]] == [None, None]


def test_who_am_i() -> None:
    fresh = TumblrConnector(Config.model_validate(OAUTH1), App.model_validate(APP))
    info = answer({"blog": {"name": "derekg", "uuid": "t:derek", "title": "Derek Gottfrid"}})
    done = replay(fresh.identify(), [response("user_info.json"), info])
    assert (done.result.id, done.result.handle) == ("t:derek", "derekg")
    assert [asked.path for asked in done.requests] == ["/v2/user/info", "/v2/blog/derekg/info"]
    other = TumblrConnector(Config.model_validate({**OAUTH1, "blog": "somebody"}), App.model_validate(APP))
    with pytest.raises(Rejected, match="no such blog"):
        replay(other.identify(), [response("user_info.json")])


def test_a_token_answer_whose_id_token_is_false() -> None:
    body = {**recorded("oauth2_token_response.json"), "access_token": "a2", "refresh_token": "r2"}
    auth = connector(APP, oauth2_access_token="a1", oauth2_refresh_token="r1").auth("account")
    assert isinstance(auth, OAuth2)
    stamp = Stamp(NOW, bytes(16))
    told = Response(200, body=json.dumps(body).encode())
    fresh = replay(auth.refresh(Tokens(access="a1", refresh="r1"), stamp), [told]).result
    assert (fresh.access, fresh.refresh) == ("a2", "r2")
    assert fresh.expires_at is not None
    assert (fresh.expires_at - NOW).total_seconds() == 42 * 60
    assert fresh.refresh_by is not None
    assert (fresh.refresh_by - NOW).days == 42


def test_a_picture_is_sent_as_the_documentation_shows() -> None:
    shown = recorded("npf_create_request_image_multipart_json_part.json")["content"][0]
    picture = Attachment(
        id=ExternalId("desk", "media", "a"),
        kind="image",
        media_type="image/jpeg",
        width=250,
        height=200,
        size=9,
    )
    done = replay(
        connector().send(Part(text="See", attachments=(picture,))), [response("npf_create_201.json")]
    )
    assert isinstance(done.result, Prepared)
    assert done.result.data["draft"] == "1234567891234567"
    body = done.requests[0].body
    assert isinstance(body, Multipart)
    described: Any = body.fields["json"]
    sent = described.value["content"][1]
    named = {"identifier": shown["media"][0]["identifier"]}
    assert [{**media, **named} for media in sent["media"]] == shown["media"]
    assert [file.name for file in body.files] == [sent["media"][0]["identifier"]]


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("npf_create_error_8001.json", Rejected, "400.8001"),
        ("error_401_recorded.json", AuthError, "401"),
        ("error_404_recorded.json", Rejected, "404"),
    ],
)
def test_errors(name: str, kind: type[Exception], code: str) -> None:
    error = connector().check(response(name))
    assert isinstance(error, kind)
    assert error.code == code  # type: ignore[attr-defined]  # every error of a platform has one


def test_a_mention_in_a_text_block() -> None:
    found = npf.read([recorded("npf_text_mention.json")])
    (entity,) = found.entities
    assert (entity["text"], entity["target"]) == ("@david", ExternalId("tumblr", "user", "t:123456abcdf"))


def test_the_layout_of_a_question() -> None:
    layout = recorded("npf_layout_ask.json")["layout"]
    layout[0]["attribution"]["blog"] = {"uuid": "t:cyle", "name": "cyle"}
    blocks = [npf.written(text)[0] for text in ("one", "two", "our answer")]
    told = {"id": 5, "blog": {"uuid": ME, "name": "acme-help"}, "content": blocks, "layout": layout}
    said = mention(Raw("post", {**told, "state": "published", "timestamp": 5}))
    assert (said.kind, said.text, said.author.handle) == ("ask", "one\n\ntwo", "cyle")
    assert (said.visibility, said.ext["tumblr"]["answer"]) == ("public", "our answer")


def test_an_answer_of_the_older_form() -> None:
    told = recorded("legacy_answer_post.json")["response"]["posts"][0]
    said = mention(Raw("post", told))
    assert said.text.startswith("I thought Tumblr started in 2007")
    assert "launched in February 2007" in said.text
    assert (said.id.value, said.visibility) == ("david/7504154594", "unknown")
    mine = connector()
    ours = mine.parse(Raw("post", {**told, "tumblelog_uuid": ME}))
    assert isinstance(ours, Mention)
    assert (ours.kind, ours.author.handle) == ("ask", "aperfectfacade")
    assert ours.text == "I thought Tumblr started in 2007, yet you have posts from 2006?"


def test_a_real_announcement() -> None:
    said = mention(Raw("post", recorded("post_npf_real_announcement.json")))
    assert said.id.value == "t:CwoihvyyOxn8Mk5TUS0KDg/179149527679"
    assert said.in_reply_to == ExternalId("tumblr", "post", "t:CwoihvyyOxn8Mk5TUS0KDg/179080448939")
    assert said.text.startswith("Heads up that we also added a new option")
    assert said.text.endswith("#tumblr themes #customize #npf #neue post format")
    tags = [entity.text for entity in said.entities if entity.kind == "hashtag"]
    assert tags == ["#tumblr themes", "#customize", "#npf", "#neue post format"]
    links = [entity.url for entity in said.entities if entity.kind == "url"]
    assert links
    assert not any("t.umblr.com" in str(link) for link in links)


def test_a_real_post_of_the_older_form() -> None:
    told = recorded("posts_blog_recorded_legacy_text.json")["response"]
    page = replay(connector().fetch(window("posts")), [answer(told)]).result
    (raw,) = page.items
    said = mention(raw)
    assert said.text.startswith("A snow day means...\n\nA surprise day off work today")
    assert "<" not in said.text
    assert (len(said.attachments) > 0, said.visibility, page.topics) == (True, "public", ())
