"""A post, comment, recommendation or message becomes a Mention, and says what could not be told."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.facebook.tests.facebook_pages import (
    ACME,
    COMMENT,
    JO,
    ME,
    POST,
    PSID,
    comment,
    connector,
    message,
    post,
)
from socialdesk.connector import Raw
from socialdesk.errors import PluginError
from socialdesk.models import ExternalId, Mention


def read(shape: str, body: dict[str, Any], **more: Any) -> Mention:
    item = connector().parse(Raw(shape, {shape: body, **more}))
    assert isinstance(item, Mention)
    return item


def test_a_post_of_the_page_is_its_own() -> None:
    said = read("post", post(shares={"count": 3}))
    assert said.id == ExternalId("facebook", "post", POST)
    assert (said.kind, said.direction, said.visibility) == ("other", "outbound_native", "public")
    assert said.author.is_self is True
    assert said.conversation == said.id
    assert (said.metrics.replies, said.metrics.reposts, said.metrics.likes) == (1, 3, None)
    assert said.created_at == datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
    assert said.provenance.missing == ()


def test_a_visitors_post_is_a_mention_and_a_post_elsewhere_may_not_be_public() -> None:
    visitor = read("post", post(**{"from": JO}))
    assert (visitor.kind, visitor.direction, visitor.visibility) == ("mention", "inbound", "public")
    tagged = read("post", post("8001_1", **{"from": JO}))
    assert (tagged.kind, tagged.visibility) == ("mention", "unknown")


def test_a_post_without_text_keeps_its_pictures() -> None:
    album = {
        "type": "album",
        "subattachments": {
            "data": [
                {"type": "photo", "media": {"image": {"src": "https://a/1.jpg", "width": 7, "height": 5}}},
                {
                    "type": "video",
                    "media": {"image": {"src": "https://a/2.jpg"}, "source": "https://a/2.mp4"},
                },
            ]
        },
    }
    said = read("post", post(message=None, attachments={"data": [album]}))
    assert said.text == ""
    assert [(item.kind, item.url) for item in said.attachments] == [
        ("image", "https://a/1.jpg"),
        ("video", "https://a/2.mp4"),
    ]
    assert said.attachments[0].width == 7
    assert len({item.id for item in said.attachments}) == 2


def test_a_picture_signed_anew_is_the_same_picture() -> None:
    first, second = (
        read("comment", comment(attachment={"type": "photo", "media": {"image": {"src": url}}}))
        for url in ("https://a/1.jpg?oh=1", "https://a/1.jpg?oh=2")
    )
    assert first.attachments[0].id == second.attachments[0].id


def test_a_comment_stands_under_its_post_and_an_answer_under_its_comment() -> None:
    said = read("comment", comment(), post_id=POST)
    root = ExternalId("facebook", "post", POST)
    assert (said.conversation, said.in_reply_to, said.subject) == (root, root, root)
    assert (said.metrics.likes, said.metrics.replies) == (2, 0)
    nested = read("comment", comment("200001_300002", parent={"id": COMMENT}), post_id=POST)
    assert nested.in_reply_to == ExternalId("facebook", "comment", COMMENT)
    assert nested.conversation == root


@pytest.mark.parametrize("more", [{}, {"object": {"id": POST}}, {"object": {"id": "555"}}])
def test_a_comment_that_is_looked_up_finds_the_same_post(more: dict[str, Any]) -> None:
    """A photo's comments name the photo, and a comment's own id the post."""
    assert read("comment", comment(**more)).conversation == ExternalId("facebook", "post", POST)


def test_a_hidden_and_a_private_comment_say_so() -> None:
    assert read("comment", comment(is_hidden=True)).state == "hidden"
    assert read("comment", comment(is_private=True)).visibility == "direct"


def test_who_is_withheld_is_nobody_and_it_is_said() -> None:
    nameless = comment()
    del nameless["from"]
    said = read("comment", nameless)
    assert said.author.id is None
    assert said.author.is_self is None
    assert said.provenance.missing == ("author",)
    assert said.direction == "inbound"


def test_a_recommendation_has_the_id_of_its_story() -> None:
    told = {
        "created_time": "2026-11-20T09:00:00+0000",
        "recommendation_type": "negative",
        "review_text": "Never again",
        "reviewer": JO,
        "open_graph_story": {"id": "9001"},
    }
    said = read("review", told)
    assert said.id == ExternalId("facebook", "review", "9001")
    assert (said.kind, said.text) == ("review", "Never again")
    assert said.author.id == ExternalId("facebook", "user", PSID)
    assert said.ext["facebook"]["recommendation_type"] == "negative"
    with pytest.raises(KeyError):
        read("review", {name: value for name, value in told.items() if name != "open_graph_story"})


@pytest.mark.parametrize("own", [False, True])
def test_a_message_stands_in_the_conversation_with_its_person(own: bool) -> None:
    told = message(**({"from": ACME, "to": {"data": [JO]}} if own else {}))
    said = read("message", told)
    assert said.conversation == ExternalId("facebook", "conversation", f"psid:{PSID}")
    assert said.direction == ("outbound_native" if own else "inbound")
    assert (said.kind, said.visibility) == ("direct_message", "direct")


def test_the_page_is_never_the_person_of_a_conversation() -> None:
    said = read("message", message(**{"from": ACME, "to": {"data": [ACME, JO]}}))
    assert said.conversation == ExternalId("facebook", "conversation", f"psid:{PSID}")
    nameless = message(to={"data": [ACME, JO]})
    del nameless["from"]
    said = read("message", nameless)
    assert said.conversation == ExternalId("facebook", "conversation", f"psid:{PSID}")


def test_what_a_message_carries_is_read() -> None:
    attached = [
        {"id": "1", "mime_type": "image/jpeg", "size": 9, "image_data": {"url": "https://a/i", "width": 3}},
        {
            "id": "2",
            "mime_type": "video/mp4",
            "video_data": {"url": "https://a/v", "preview_url": "https://a/p"},
        },
        {"id": "3", "mime_type": "application/pdf", "name": "x.pdf", "file_url": "https://a/f"},
    ]
    said = read(
        "message", message(attachments={"data": attached}, sticker="https://a/s", is_unsupported="true")
    )
    assert [(item.kind, item.url) for item in said.attachments] == [
        ("image", "https://a/i"),
        ("video", "https://a/v"),
        ("file", "https://a/f"),
        ("image", "https://a/s"),
    ]
    assert said.ext["facebook"]["unsupported"] is True


SPOKEN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(before=SPOKEN, name=SPOKEN.filter(bool), after=SPOKEN)
def test_tags_are_counted_in_utf16_and_read_in_code_points(before: str, name: str, after: str) -> None:
    tag = {
        "id": "5",
        "name": name,
        "type": "page",
        "offset": len(before.encode("utf-16-le")) // 2,
        "length": len(name.encode("utf-16-le")) // 2,
    }
    text = before + name + after
    (entity,) = read("comment", comment(message=text, message_tags=[tag])).entities
    assert (entity.start, entity.end) == (len(before), len(before) + len(name))
    assert entity.text == name == text[entity.start : entity.end]
    assert entity.target == ExternalId("facebook", "user", "5")


@given(offset=st.integers(-3, 40), length=st.integers(-3, 40))
def test_a_tag_that_fits_nothing_disturbs_nothing(offset: int, length: int) -> None:
    tag = {"id": "5", "name": "x", "offset": offset, "length": length}
    said = read("comment", comment(message="hello \N{PARTY POPPER}", message_tags=[tag, None, 7, {}]))
    for entity in said.entities:
        assert said.text[entity.start : entity.end] == entity.text


def test_an_unknown_shape_is_a_fault_of_ours() -> None:
    with pytest.raises(PluginError):
        connector().parse(Raw("poem", {}))


def test_the_page_is_known_by_its_setting_before_it_is_asked() -> None:
    page = connector(page_id=ME)
    unasked = type(page)(page.config, page.app, None)
    said = unasked.parse(Raw("post", {"post": post()}))
    assert isinstance(said, Mention)
    assert said.author.is_self is True
