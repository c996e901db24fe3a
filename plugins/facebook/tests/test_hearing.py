"""What the Page hears by asking: new posts, new comments under old ones, messages, and what is looked up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from plugins.facebook.tests.facebook_pages import (
    ACME,
    APP,
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
from socialdesk.connector import Gone, Page, Topic, Window
from socialdesk.errors import AuthError, ConfigError, Rejected
from socialdesk.models import ExternalId, Mention
from socialdesk.testing import replay
from socialdesk.wire import Request, Response
from socialdesk_facebook.connector import FacebookConnector

TOPIC = (Topic(POST, stream="comments"),)


def window(stream: str, **more: Any) -> Window:
    return Window(stream=stream, now=NOW, **more)


def fetched(
    asked: Window, *bodies: Any, facebook: FacebookConnector | None = None
) -> tuple[Page, list[Request]]:
    answers = [body if isinstance(body, Response) else answer(body) for body in bodies]
    done = replay((facebook or connector()).fetch(asked), answers)
    return done.result, list(done.requests)


def ids(page: Page) -> list[str]:
    found = [connector().parse(raw) for raw in page.items]
    return [item.id.value for item in found if isinstance(item, Mention)]


# ----------------------------------------------------------------------------------------------------------- the feed


def test_the_feed_tells_of_posts_and_of_the_comments_under_them() -> None:
    page, (request,) = fetched(window("feed"), listing(post(), post("100001_2", "Hi", **{"from": JO})))
    assert request.path == f"/v26.0/{ME}/feed"
    assert ids(page) == [POST, "100001_2"]
    assert {topic.key for topic in page.topics} == {POST, "100001_2"}
    topic = page.topics[0]
    assert topic.stream == "comments"
    assert topic.data == {"updated": stamp("09:00:00"), "comments": 1}
    assert topic.until == datetime(2026, 12, 4, 9, 0, tzinfo=timezone.utc)


def test_a_comment_under_an_old_post_changes_what_is_told_of_its_topic() -> None:
    told = post(created_time="2026-11-10T09:00:00+0000")
    first, _ = fetched(window("feed"), listing(told))
    told = {**told, "updated_time": stamp("11:59:00")}
    second, _ = fetched(window("feed", since=first.resume), listing(told))
    assert second.topics[0].data != first.topics[0].data
    third, _ = fetched(
        window("feed", since=first.resume), listing({**told, "comments": {"summary": {"total_count": 9}}})
    )
    assert third.topics[0].data != second.topics[0].data


def test_posts_that_nobody_may_comment_any_more_or_has_not_are_not_walked() -> None:
    silent = post("100001_3", comments={"summary": {"total_count": 0}})
    old = post("100001_4", created_time="2026-11-01T09:00:00+0000")
    page, _ = fetched(window("feed"), listing(silent, old))
    assert page.topics == ()
    page, _ = fetched(window("feed"), listing(silent, old), facebook=connector(watch_days=30))
    assert [topic.key for topic in page.topics] == ["100001_4"]


def test_what_is_known_is_not_told_again_but_what_changed_is() -> None:
    first, _ = fetched(window("feed"), listing(post("100001_5", created_time=stamp("11:00:00")), post()))
    again, _ = fetched(
        window("feed", since=first.resume), listing(post("100001_5", created_time=stamp("11:00:00")), post())
    )
    assert ids(again) == []
    assert again.next is None
    edited = post(message="New hours!", updated_time=stamp("12:04:00"))
    later, _ = fetched(
        replace(window("feed", since=first.resume), now=NOW + timedelta(minutes=5)),
        listing(post("100001_5", created_time=stamp("11:00:00")), edited),
    )
    assert ids(later) == [POST]


def test_the_feed_is_read_down_to_where_comments_are_followed() -> None:
    first, _ = fetched(window("feed"), listing(post()))
    page, _ = fetched(window("feed", since=first.resume), listing(post(), after="C2"))
    assert page.next is not None
    onward, (request,) = fetched(window("feed", since=first.resume, page=page.next), listing())
    assert request.params["after"] == "C2"
    old = post("100001_1", created_time="2026-10-01T09:00:00+0000")
    page, _ = fetched(window("feed", since=first.resume), listing(post(), old, after="C2"))
    assert page.next is None
    assert onward.next is None


def test_the_link_to_the_next_page_is_never_followed_or_kept() -> None:
    page, _ = fetched(window("feed"), listing(post(), after="C2"))
    assert "EAAtoken" not in repr(page)
    assert page.next is not None
    _, (request,) = fetched(window("feed", page=page.next), listing())
    assert request.url == f"https://graph.facebook.com/v26.0/{ME}/feed"
    assert "access_token" not in request.params


def test_a_page_without_items_is_not_the_last_while_there_is_a_next() -> None:
    page, _ = fetched(window("tagged"), listing(after="C2"))
    assert (list(page.items), page.end) == ([], None)
    assert page.next is not None


def test_a_walk_that_was_cut_off_is_taken_up_below() -> None:
    newer, older = (post(f"100001_{n}", created_time=stamp(f"0{n}:00:00")) for n in (9, 8))
    first, _ = fetched(window("visitor_posts"), listing(newer, after="C2"))
    assert first.span is not None
    page, _ = fetched(
        window("visitor_posts", until=first.span[0]),
        listing(newer, post("100001_7", created_time=stamp("09:00:00")), older),
    )
    assert ids(page) == ["100001_9", "100001_7", "100001_8"]  # of the same second, any may be new
    later = post("100001_10", created_time=stamp("10:00:00"))
    page, _ = fetched(window("visitor_posts", until=first.span[0]), listing(later, newer, older))
    assert ids(page) == ["100001_9", "100001_8"]


def test_what_is_older_than_wanted_ends_the_walk() -> None:
    page, _ = fetched(
        window("tagged", back_to=datetime(2026, 11, 20, 8, 0, tzinfo=timezone.utc)),
        listing(post(), post("100001_1", created_time="2026-11-19T09:00:00+0000"), after="C2"),
    )
    assert ids(page) == [POST]
    assert page.next is None


def test_withheld_authors_are_told_of_once_there_is_somebody_to_see_to_it() -> None:
    nameless = post()
    del nameless["from"]
    page, _ = fetched(window("tagged"), listing(nameless))
    (notice,) = page.notices
    assert (notice.code, notice.scope, notice.health) == ("from_missing", "account", "scope_missing")
    assert "pages_read_user_content" in notice.text
    assert "Advanced Access" in notice.text
    page, _ = fetched(window("tagged"), listing(post()))
    assert page.notices == ()
    page, _ = fetched(window("tagged"), listing(nameless, post("8001_1", **{"from": JO})))
    assert page.notices == ()  # one of several may have left Facebook


def test_another_version_in_the_answer_is_told_of() -> None:
    page, _ = fetched(window("feed"), answer(listing(post()), facebook_api_version="v28.0"))
    assert [notice.code for notice in page.notices] == ["other_version"]
    page, _ = fetched(window("feed"), answer(listing(post()), facebook_api_version="v26.0"))
    assert page.notices == ()


# ----------------------------------------------------------------------------------------------------------- comments


def test_comments_are_asked_for_newest_first_and_read_to_the_first_known() -> None:
    new = comment("200001_300002", "Hello?", created_time=stamp("11:00:00"))
    first, (request,) = fetched(window("comments", topics=TOPIC), listing(comment()))
    assert request.path == f"/v26.0/{POST}/comments"
    assert (request.params["filter"], request.params["order"]) == ("stream", "reverse_chronological")
    page, _ = fetched(
        window("comments", topics=TOPIC, since=first.resume), listing(new, comment(), after="C2")
    )
    assert ids(page) == ["200001_300002"]
    assert page.next is None


def test_of_two_comments_in_one_second_the_later_told_one_is_heard() -> None:
    first, _ = fetched(window("comments", topics=TOPIC), listing(comment()))
    beside = comment("200001_300000", "And on Monday?")
    page, _ = fetched(window("comments", topics=TOPIC, since=first.resume), listing(comment(), beside))
    assert ids(page) == ["200001_300000"]


def test_the_comments_of_a_post_that_is_gone_end() -> None:
    done = judged(connector().fetch(window("comments", topics=TOPIC)), [refusal(100, 33)])
    (raw,) = done.result.items
    assert connector().parse(raw) == Gone(id=external("post", POST), state="unavailable")
    assert (done.result.next, done.result.end) == (None, "reached")
    with pytest.raises(Rejected):
        judged(connector().fetch(window("comments", topics=TOPIC)), [refusal(10)])


def test_a_conversation_has_its_post_at_the_end() -> None:
    page, requests = fetched(window("conversation", topics=(Topic(POST),)), listing(comment()), post())
    assert ids(page) == [COMMENT, POST]
    assert requests[1].path == f"/v26.0/{POST}"


def test_a_conversation_in_messenger_is_asked_for_by_its_person() -> None:
    page, (request,) = fetched(
        window("conversation", topics=(Topic(f"psid:{PSID}"),)), listing(thread(message()))
    )
    assert request.params["user_id"] == PSID
    assert ids(page) == ["m_1"]


# ----------------------------------------------------------------------------------------------------------- messages


def test_conversations_give_the_new_messages_of_both_sides() -> None:
    own = message("m_2", "hello", created_time=stamp("10:16:00"), **{"from": ACME, "to": {"data": [JO]}})
    page, (request,) = fetched(window("messages"), listing(thread(own, message(), updated="10:16:00")))
    assert ids(page) == ["m_2", "m_1"]
    assert request.params["platform"] == "MESSENGER"
    again, (request,) = fetched(
        window("messages", since=page.resume),
        listing(
            thread(message("m_3", created_time=stamp("11:00:00")), own, message(), updated="11:00:00"),
            thread(message("m_0", created_time=stamp("08:00:00")), updated="08:00:00", person="7002"),
            after="C2",
        ),
    )
    assert ids(again) == ["m_3", "m_2"]
    assert again.next is None
    assert int(request.params["updated_after_ms"]) < 1795169760000


def test_more_new_messages_than_facebook_shows_are_told_of() -> None:
    first, _ = fetched(window("messages"), listing(thread(message())))
    many = [message(f"m_{n}", created_time=stamp(f"11:00:{n:02}")) for n in range(40, 20, -1)]
    told = thread(*many, updated="11:00:40")
    told["messages"]["paging"] = {"cursors": {"after": "x"}, "next": "https://graph.facebook.com/x"}
    page, _ = fetched(window("messages", since=first.resume), listing(told))
    assert len(page.items) == 20
    assert page.end == "horizon"
    assert "20 newest" in page.notices[0].text
    page, _ = fetched(window("messages"), listing(told))
    assert page.notices == ()  # a beginning loses nothing that it was to hear


# ------------------------------------------------------------------------------------------------------- ratings


def test_recommendations_go_on_from_the_last_known() -> None:
    def told(story: str, time: str) -> dict[str, Any]:
        return {
            "created_time": stamp(time),
            "reviewer": JO,
            "review_text": "x",
            "open_graph_story": {"id": story},
        }

    first, _ = fetched(window("ratings"), listing(told("1", "09:00:00")))
    page, _ = fetched(
        window("ratings", since=first.resume), listing(told("2", "10:00:00"), told("1", "09:00:00"))
    )
    assert ids(page) == ["2"]


# ----------------------------------------------------------------------------------------------------------- lookup


def external(kind: str, value: str) -> ExternalId:
    return ExternalId("facebook", kind, value)


def looked_up(*answers: Response, ids: list[ExternalId]) -> tuple[list[Any], list[Request]]:
    done = judged(connector().lookup(ids), answers)
    return [connector().parse(raw) for raw in done.result], list(done.requests)


def test_many_are_asked_for_at_once_and_one_by_one_where_one_is_bad() -> None:
    wanted = [external("comment", COMMENT), external("comment", "200001_300009"), external("post", POST)]
    both = {COMMENT: comment(), "200001_300009": comment("200001_300009")}
    found, requests = looked_up(answer(post()), answer(both), ids=wanted)
    assert {item.id for item in found} == set(wanted)
    assert requests[1].params["ids"] == f"{COMMENT},200001_300009"
    found, _ = looked_up(answer(post()), refusal(100, 33), answer(comment()), refusal(100, 33), ids=wanted)
    gone = [item for item in found if isinstance(item, Gone)]
    assert [item.id for item in gone] == [wanted[1]]
    assert gone[0].state == "unavailable"
    assert len(found) == 3


def test_a_missing_permission_makes_nothing_gone() -> None:
    with pytest.raises(Rejected) as caught:
        looked_up(refusal(10), ids=[external("comment", COMMENT)])
    assert caught.value.reason == "not_permitted"


def test_a_recommendation_is_looked_for_among_the_newest() -> None:
    told = {"created_time": stamp("09:00:00"), "reviewer": JO, "open_graph_story": {"id": "9001"}}
    found, _ = looked_up(answer(listing(told)), ids=[external("review", "9001"), external("review", "9002")])
    assert [item.id.value for item in found] == ["9001"]


# ------------------------------------------------------------------------------------------------------ who it is


TOLD = {"id": ME, "name": "Acme", "username": "acme", "link": "https://www.facebook.com/acme"}
SCOPES = [
    *("pages_read_engagement", "pages_read_user_content", "pages_manage_engagement"),
    *("pages_messaging", "pages_manage_metadata", "pages_manage_posts"),
]


def test_the_token_tells_which_page_it_is_and_what_it_may() -> None:
    debug = {"data": {"scopes": SCOPES, "expires_at": 0, "data_access_expires_at": 1900000000}}
    done = replay(connector().identify(), [answer(TOLD), answer(debug)])
    assert done.result.id == ME
    assert done.result.scopes == frozenset(SCOPES)
    assert done.result.notices == ()
    assert done.requests[1].auth == "app"
    assert "EAAtoken" not in repr(done.requests[1])


def test_what_is_missing_and_what_ends_is_told() -> None:
    ends = int((NOW + timedelta(days=3)).timestamp())
    debug = {"data": {"scopes": SCOPES[:3], "data_access_expires_at": ends}}
    profile = replay(connector(page_id="100009").identify(), [answer(TOLD), answer(debug)]).result
    told = {notice.code: notice for notice in profile.notices}
    assert set(told) == {"other_account", "scope_missing", "access_ends"}
    assert "pages_messaging" in told["scope_missing"].text
    assert "pages_manage_engagement" not in told["scope_missing"].text
    assert told["access_ends"].until == datetime.fromtimestamp(ends, timezone.utc)


def test_a_persons_token_is_told_from_a_pages() -> None:
    with pytest.raises(AuthError) as caught:
        judged(connector().identify(), [refusal(100)])
    assert "page_token" in str(caught.value)
    unread = judged(connector().identify(), [answer(TOLD), refusal(100)]).result
    assert (unread.id, unread.scopes) == (ME, None)


def test_without_the_apps_credentials_the_page_alone_is_asked() -> None:
    done = replay(connector({}).identify(), [answer(TOLD)])
    assert done.result.scopes is None


def test_settings_that_do_not_fit_are_all_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        connector({"app_id": "55"}, base_url="http://graph.example.com", page_token=" ")
    text = str(caught.value)
    assert all(name in text for name in ("app_secret", "base_url", "page_token"))
    with pytest.raises(ConfigError):
        connector({}).auth("app")
    assert json.dumps(sorted(APP))  # the usual ones fit
    assert connector().auth("app")
