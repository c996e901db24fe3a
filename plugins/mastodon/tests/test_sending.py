"""A reply is seen by nobody who may not see what it answers, reaches its author, and keeps the content warning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.mastodon.tests.mastodon_pages import ME, NOW, answer, connector, post_id, status
from socialdesk.connector import Part, Prepared, Raw, Sent, Standing
from socialdesk.errors import Rejected
from socialdesk.models import Attachment, ExternalId, Mention, Mode, Reply, Visibility
from socialdesk.testing import replay
from socialdesk.wire import Json, Request
from socialdesk_mastodon import sending
from socialdesk_mastodon.connector import MastodonConnector
from socialdesk_mastodon.sandbox.rendering import length_of

WIDTHS = {"direct": 0, "private": 1, "unlisted": 2, "public": 3}
SEEN_BY: dict[str, int] = {"direct": 0, "followers": 1, "unlisted": 2, "public": 3, "unknown": 0}


def mention(**more: Any) -> Mention:
    item = connector().parse(Raw("status", {"status": status(**more)}))
    assert isinstance(item, Mention)
    return item


def planned(target: Mention | None, text: str, mode: Mode = "public", **more: Any) -> tuple[Part, ...]:
    by: MastodonConnector = more.pop("by", connector())
    reply = Reply(idempotency_key="k", target=target, text=text, mode=mode, **more)
    return by.plan(reply, Standing(now=NOW, target=target))


def body_of(part: Part, by: MastodonConnector | None = None) -> dict[str, Any]:
    """What is said for a part."""
    (asked,) = replay((by or connector()).send(replace(part, key="one")), [answer(status())]).requests
    assert isinstance(asked.body, Json)
    told: dict[str, Any] = asked.body.value
    return told


@given(
    st.sampled_from(sorted(SEEN_BY)),
    st.sampled_from(get_args(Mode)),
    st.sampled_from(["public", "unlisted", "private"]),
    st.booleans(),
    st.text(min_size=1, max_size=30).map(lambda text: text * 20).filter(str.strip),
)
def test_a_reply_is_never_wider_than_what_it_answers(
    seen_by: Visibility, mode: Mode, widest: str, own: bool, text: str
) -> None:
    by = connector(visibility=widest)
    target = mention(quote_approval={"current_user": "automatic"}).model_copy(update={"visibility": seen_by})
    if own:
        target = target.model_copy(update={"author": target.author.model_copy(update={"is_self": True})})
    try:
        parts = planned(target, text, mode, by=by)
    except Rejected:
        return
    done: tuple[Sent, ...] = ()
    for part in parts:
        said = body_of(replace(part, done=done), by)
        assert WIDTHS[said["visibility"]] <= min(SEEN_BY[seen_by], WIDTHS[widest])
        assert mode not in ("private", "direct") or said["visibility"] == "direct"
        done = (*done, Sent("5"))


@pytest.mark.parametrize("seen", ["public", "unlisted", "private", "direct"])
def test_a_reply_is_as_wide_as_what_it_answers(seen: str) -> None:
    (part,) = planned(mention(visibility=seen), "Sorry")
    assert body_of(part)["visibility"] == seen


def test_who_may_see_an_unknown_visibility_is_the_author_alone() -> None:
    (part,) = planned(mention(visibility="local"), "Sorry")
    assert body_of(part)["visibility"] == "direct"
    assert any("not told" in warning for warning in part.warnings)


def test_an_announcement_is_as_wide_as_the_settings_say() -> None:
    (part,) = planned(None, "We are back")
    assert body_of(part) == {"status": "We are back", "visibility": "public"}
    quiet = connector(visibility="unlisted")
    assert body_of(planned(None, "We are back", by=quiet)[0], quiet)["visibility"] == "unlisted"


def test_the_author_is_named_once_and_nobody_else() -> None:
    assert planned(mention(), "Sorry")[0].text == "@kim@other.example Sorry"
    assert planned(mention(), "Dear @kim@other.example, sorry")[0].text == "Dear @kim@other.example, sorry"
    named = [
        *status()["mentions"],
        {"id": "8", "username": "bob", "acct": "bob", "url": "https://x.example/@bob"},
    ]
    assert planned(mention(mentions=named), "Sorry")[0].text == "@kim@other.example Sorry"


def test_each_part_of_a_long_reply_names_the_author_and_fits_with_its_warning() -> None:
    title = "Billing, and so on " * 5
    parts = planned(mention(spoiler_text=title), "ab " * 400)
    assert len(parts) > 2
    for part in parts:
        assert part.text.startswith("@kim@other.example ")
        said = body_of(part)
        assert said["spoiler_text"] == title
        assert length_of(said["status"]) + len(title) <= 500


def test_a_content_warning_is_heard_as_the_title_and_repeated() -> None:
    target = mention(spoiler_text="Rant", sensitive=True)
    assert target.title == "Rant"
    assert body_of(planned(target, "Sorry")[0])["spoiler_text"] == "Rant"
    assert "spoiler_text" not in body_of(planned(mention(), "Sorry")[0])


def test_a_private_answer_is_a_direct_message_to_the_author() -> None:
    (part,) = planned(mention(), "Your number, please?", "private")
    said = body_of(part)
    assert (said["visibility"], said["in_reply_to_id"]) == ("direct", part.target.id.value)
    assert said["status"].startswith("@kim@other.example ")


def test_who_else_will_see_a_direct_message_is_told() -> None:
    (part,) = planned(mention(visibility="direct"), "My colleague @bob@other.example will call", "direct")
    assert part.warnings == ("Whoever is named in it will see this message: @bob@other.example.",)
    assert not planned(mention(visibility="direct"), "We will call", "direct")[0].warnings


def test_our_own_direct_message_is_gone_on_with_to_the_same_people() -> None:
    people = [
        {"id": "8", "username": "kim", "acct": "kim@other.example", "url": "https://other.example/@kim"}
    ]
    own = {"id": ME, "acct": "acme", "username": "acme"}
    target = mention(visibility="direct", account=own, mentions=people)
    assert planned(target, "And one more thing")[0].text == "@kim@other.example And one more thing"
    nobody = mention(visibility="direct", account=own, mentions=[])
    with pytest.raises(Rejected, match="nobody"):
        planned(nobody, "And one more thing")


@pytest.mark.parametrize(
    ("more", "mode", "reason"),
    [
        ({}, "direct", "not_permitted"),
        ({}, "quote", "not_permitted"),
        ({"account": {"id": ME, "acct": "acme"}}, "private", "not_permitted"),
        ({"account": {}}, "private", "not_permitted"),
        (
            {"visibility": "private", "quote_approval": {"current_user": "automatic"}},
            "quote",
            "not_permitted",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_reason(more: Any, mode: Mode, reason: str) -> None:
    with pytest.raises(Rejected) as refused:
        planned(mention(**more), "Sorry", mode)
    assert refused.value.reason == reason


def test_what_is_gone_cannot_be_answered() -> None:
    with pytest.raises(Rejected) as refused:
        planned(mention().model_copy(update={"state": "unavailable"}), "Sorry")
    assert refused.value.reason == "gone"
    with pytest.raises(Rejected, match="empty"):
        planned(mention(), "  ")
    with pytest.raises(Rejected, match="needs something"):
        planned(None, "Sorry", "private")


def test_a_quote_names_what_it_quotes_and_tells_where_the_author_has_to_agree() -> None:
    allowed = {"automatic": [], "manual": ["public"], "current_user": "manual"}
    (part,) = planned(mention(quote_approval=allowed), "Well said", "quote")
    said = body_of(part)
    assert said["quoted_status_id"] == part.target.id.value
    assert "in_reply_to_id" not in said
    assert "agree" in part.warnings[0]
    pending = answer(status(quote={"state": "pending", "quoted_status": None}))
    sent = replay(connector().send(part), [pending]).result
    assert isinstance(sent, Sent)
    assert sent.seen == "held"


def test_every_attempt_carries_the_key_that_was_made_once() -> None:
    part = replace(planned(mention(), "Sorry")[0], key="0197-made-once")
    asked = [replay(connector().send(part), [answer(status())]).requests[0] for _ in range(2)]
    assert {request.headers["Idempotency-Key"] for request in asked} == {"0197-made-once"}
    assert asked[0] == asked[1]
    assert Request.load(asked[0].dump()) == asked[0]


def test_actions_say_what_may_be_done_and_why_not() -> None:
    def actions(target: Mention | None) -> dict[str, tuple[bool, str | None]]:
        found = connector().actions(Standing(now=NOW, target=target))
        return {action.name: (action.allowed, action.reason) for action in found}

    of_others = actions(mention())
    assert of_others["reply"] == (True, None)
    assert of_others["delete"] == (False, "Only the account's own statuses can be deleted.")
    assert not of_others["direct"][0]
    own = actions(mention(account={"id": ME, "acct": "acme"}))
    assert own["delete"] == (True, None)
    assert not own["block"][0]
    direct = actions(mention(visibility="direct"))
    assert direct["reply"] == (True, "A direct message is answered in a direct message.")
    assert direct["direct"] == (True, None)
    assert not actions(None)["private"][0]
    gone = actions(mention().model_copy(update={"state": "deleted"}))
    assert not any(gone[name][0] for name in ("reply", "private", "quote"))


# ------------------------------------------------------------------------------------------------------------- files


def picture(**more: Any) -> Attachment:
    fields: dict[str, Any] = {"kind": "image", "media_type": "image/png", "size": 9, **more}
    return Attachment(id=ExternalId("desk", "media", "a"), **fields)


def test_a_film_is_waited_for_before_anything_is_said() -> None:
    film = picture(kind="video", media_type="video/mp4", alt_text="the box")
    part = planned(mention(), "See", attachments=(film,))[0]
    seen = replay(connector().send(part), [answer({"id": "5", "type": "video", "url": None}, 202)])
    assert isinstance(seen.result, Prepared)
    assert [request.does for request in seen.requests] == ["prepares"]
    part = replace(part, prepared=seen.result.data)
    seen = replay(connector().send(part), [answer({"id": "5", "url": None}, 206)])
    assert isinstance(seen.result, Prepared)
    assert seen.result.again_in > 0
    part = replace(part, prepared=seen.result.data)
    seen = replay(
        connector().send(part), [answer({"id": "5", "url": "https://x.example/5.mp4"}), answer(status())]
    )
    assert isinstance(seen.result, Sent)
    assert isinstance(seen.requests[1].body, Json)
    assert seen.requests[1].body.value["media_ids"] == ["5"]


@pytest.mark.parametrize(
    ("facts", "files", "words"),
    [
        ({"max_media": 1}, (picture(), picture()), "1 files"),
        ({"mime_types": ["image/jpeg"]}, (picture(),), "image/png"),
        ({"image_size": 8}, (picture(),), "9 bytes"),
        ({"video_size": 8}, (picture(kind="video"),), "9 bytes"),
        ({"description": 3}, (picture(alt_text="a box"),), "description"),
    ],
)
def test_a_file_that_the_server_would_not_take_is_refused_before_it_is_sent(
    facts: Any, files: tuple[Attachment, ...], words: str
) -> None:
    with pytest.raises(Rejected, match=words):
        planned(mention(), "See", by=connector({"server": facts}), attachments=files)


# ----------------------------------------------------------------------------------------------------- looking for it


def test_a_status_of_ours_is_known_by_what_it_answers_and_says() -> None:
    target = mention()
    part = replace(
        planned(target, "Sorry: see https://shop.example/a, @bob@other.example #fail")[0],
        started_at=NOW,
        key="k",
    )
    content = (
        '<p><a href="https://other.example/@kim" class="u-url mention">@<span>kim</span></a> '
        'Sorry: see <a href="https://shop.example/a"><span class="invisible">https://</span><span>shop.example/a</span>'
        '</a>, <span class="h-card"><a href="https://other.example/@bob" class="u-url mention">@<span>bob</span></a>'
        '</span> <a href="https://social.example/tags/fail" class="mention hashtag">#<span>fail</span></a></p>'
    )
    there = {"created_at": NOW.isoformat(), "in_reply_to_id": target.id.value, "content": content}
    ours, older = status("9", **there), status("1", created_at="2026-11-19T00:00:00Z")
    found = replay(connector().find_sent(part), [answer([ours, older])]).result
    assert ([sent.id for sent in found.found], found.reached) == (["9"], True)
    for changed in (
        {"in_reply_to_id": "4"},
        {"visibility": "direct"},
        {"created_at": "2026-11-20T11:50:00Z"},
    ):
        other = replay(connector().find_sent(part), [answer([{**ours, **changed}, older])]).result
        assert (other.found, other.reached) == ((), True)


def test_a_status_that_is_shown_otherwise_is_asked_for_what_was_written() -> None:
    part = replace(planned(mention(), "It costs *5* euros")[0], started_at=NOW)
    there = {"created_at": NOW.isoformat(), "in_reply_to_id": part.target.id.value}
    shown = status("9", content="<p>It costs <em>5</em> euros</p>", **there)
    source = {"id": "9", "text": "@kim@other.example It costs *5* euros"}
    found = replay(connector().find_sent(part), [answer([shown]), answer(source)]).result
    assert [sent.id for sent in found.found] == ["9"]
    source["text"] = "@kim@other.example Something else"
    found = replay(connector().find_sent(part), [answer([shown]), answer(source), answer([])]).result
    assert (found.found, found.reached) == ((), True)


def test_a_look_that_does_not_reach_far_enough_says_so() -> None:
    part = replace(planned(mention(), "Sorry")[0], started_at=NOW)
    late = "2026-11-20T12:30:00Z"
    pages = [answer([status(str(900 - page), created_at=late, in_reply_to_id="4")]) for page in range(5)]
    assert not replay(connector().find_sent(part), pages).result.reached


def test_widths_are_in_order() -> None:
    assert {name: index for index, name in enumerate(sending.WIDTHS)} == WIDTHS
    assert post_id("5").kind == "post"
