"""Listings are walked without gaps, threads are put together, and what cannot be read keeps nothing back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.mastodon.tests.mastodon_pages import ME, NOW, answer, connector, notification, post_id, status
from socialdesk.client import Client
from socialdesk.connector import Gone, Page, Raw, Topic, Window
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId, Mention, Rule
from socialdesk.registry import Registry
from socialdesk.testing import faults, replay
from socialdesk.wire import Request, Response
from socialdesk_mastodon import queries
from socialdesk_mastodon.ids import id_at
from socialdesk_mastodon.sandbox import MastodonSandbox


def asked(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(request.full_url).query):
        found.setdefault(name, []).append(value)
    return found


def fetched(*answers: Response, **window: Any) -> tuple[Page, list[Request]]:
    """A page of ``stream`` (mentions), and what was asked for it."""
    given = {"stream": "mentions", "now": NOW, **window}
    seen = replay(connector().fetch(Window(**given)), answers)
    return seen.result, list(seen.requests)


def parsed(raw: Raw) -> Mention:
    item = connector().parse(raw)
    assert isinstance(item, Mention)
    return item


def client(sandbox: MastodonSandbox, **settings: Any) -> Client:
    return Client(Registry().connect("mastodon", {**sandbox.settings, **settings}), transport=sandbox)


# ----------------------------------------------------------------------------------------------------- notifications


def test_notifications_are_walked_forward_from_the_last_that_was_stored() -> None:
    newest_first = [notification(str(number)) for number in range(30, 5, -1)]
    page, (request,) = fetched(answer(newest_first), since="5")
    assert asked(request) == {
        "types[]": ["mention", "quote", "update"],
        "include_filtered": ["true"],
        "limit": ["80"],
        "min_id": ["5"],
    }
    assert [raw.body["id"] for raw in page.items] == [str(number) for number in range(6, 31)]
    assert (page.resume, page.next) == ("30", "up:30")
    page, (request,) = fetched(answer([]), since="5", page=page.next)
    assert asked(request)["min_id"] == ["30"]
    assert (page.next, page.end) == (None, "reached")


def test_the_position_is_a_notifications_id_and_not_a_statuss() -> None:
    page, _ = fetched(answer([notification("7")]), since="5")
    assert (page.resume, parsed(page.items[0]).id) == ("7", post_id("117020577157693556"))


def test_ids_of_unequal_length_are_in_order() -> None:
    page, _ = fetched(answer([notification("100"), notification("99")]), since="5")
    assert page.resume == "100"


def test_hearing_begins_where_the_desk_wants_it_to() -> None:
    old = {**notification("8"), "created_at": "2026-11-19T00:00:00.000Z"}
    page, (request,) = fetched(answer([notification("9"), old]), back_to=NOW - timedelta(hours=12))
    assert not {"min_id", "max_id"} & set(asked(request))
    assert (list(page.items), page.resume, page.next) == ([], "8", "up:8")
    page, (request,) = fetched(answer([notification("9")]), back_to=NOW - timedelta(hours=12))
    assert page.next == "down:9"
    page, (request,) = fetched(answer([]), back_to=NOW - timedelta(hours=12), page=page.next)
    assert asked(request)["max_id"] == ["9"]
    assert (page.resume, page.next) == ("0", "up:0")


def test_no_notification_is_lost_however_many_come_between_two_looks() -> None:
    sandbox = MastodonSandbox()
    sandbox.user("kim").post("@acme first")
    with client(sandbox) as own:
        *_, last = own.fetch()
        for number in range(250):
            sandbox.user("kim").post(f"@acme number {number}")
        heard = [item.text for batch in own.fetch(last.cursor) for item in batch.items]
    assert heard == [f"@acme number {number}" for number in range(250)]


@given(
    st.lists(st.one_of(st.integers(1, 30), st.just(0), st.just(-1)), min_size=1, max_size=8),
    st.sampled_from(["mastodon", "other"]),
)
@settings(max_examples=25)
def test_whatever_comes_between_looks_is_heard_once_and_in_order(steps: list[int], make: str) -> None:
    """A step is so many new mentions, 0 a look, -1 a look that is cut off after its first page."""
    sandbox = MastodonSandbox()
    sandbox.make = make
    kim, said, heard = sandbox.user("kim"), 0, list[str]()
    cursor: str | None = None
    with client(sandbox) as own:
        for step in (*steps, 0):
            for _ in range(step):
                kim.post(f"@acme {said}")
                said += 1
            if step > 0:
                continue
            for batch in own.fetch(cursor):
                heard += [item.text for item in batch.items]
                cursor = batch.cursor
                if step < 0:
                    break
    assert heard == [f"@acme {number}" for number in range(said)]


def test_an_edit_is_heard_where_it_concerns_the_account_alone() -> None:
    edited = notification("7", "update", edited_at="2026-11-20T10:00:00.000Z")
    history = [status(), status(), status()]
    page, requests = fetched(answer([edited]), answer(history), since="5")
    assert requests[1].path.endswith("/history")
    mention = parsed(page.items[0])
    assert (mention.state, mention.revision) == ("edited", 2)
    assert mention.edited_at is not None
    boosted = notification("8", "update", mentions=[], content="<p>their news</p>")
    assert connector().parse(Raw("notification", boosted)) is None


def test_a_filter_that_hides_people_is_told_at_the_first_look_and_not_at_every_one() -> None:
    facts = {"filters": {"for_private_mentions": "filter", "for_bots": "drop"}}
    window = Window(stream="mentions", now=NOW)
    page = replay(connector(facts).fetch(window), [answer([])]).result
    assert [notice.code for notice in page.notices] == ["notifications_dropped", "notifications_filtered"]
    page = replay(connector(facts, include_filtered=False).fetch(window), [answer([])]).result
    assert [notice.code for notice in page.notices] == ["notifications_dropped", "notifications_hidden"]
    assert "direct messages" in page.notices[1].text
    later = replay(connector(facts).fetch(replace(window, since="5")), [answer([])]).result
    assert later.notices == ()


# ----------------------------------------------------------------------------------------------------------- threads


def test_an_answer_stands_in_the_conversation_of_the_status_that_began_the_thread() -> None:
    reply = notification("7", in_reply_to_id="4", in_reply_to_account_id=ME)
    root, middle = status("1"), status("4")
    page, requests = fetched(
        answer([reply]), answer({"ancestors": [root, middle], "descendants": []}), since="5"
    )
    assert requests[1].path == f"/api/v1/statuses/{reply['status']['id']}/context"
    mention = parsed(page.items[0])
    assert (mention.kind, mention.conversation) == ("reply", post_id("1"))
    assert (mention.in_reply_to, mention.subject) == (post_id("4"), post_id("4"))
    assert "conversation" not in mention.provenance.missing


def test_what_answers_in_one_thread_is_asked_for_it_once() -> None:
    replies = [notification(str(number), in_reply_to_id="4") for number in (9, 8, 7)]
    context = answer({"ancestors": [status("1"), status("4")], "descendants": []})
    page, requests = fetched(answer(replies), context, since="5")
    assert len(requests) == 2
    assert {parsed(raw).conversation for raw in page.items} == {post_id("1")}


def test_a_storm_is_heard_without_asking_for_every_thread() -> None:
    replies = [notification(str(900 - number), in_reply_to_id=str(1000 + number)) for number in range(15)]
    contexts = [answer({"ancestors": [status(str(number + 1))], "descendants": []}) for number in range(10)]
    page, requests = fetched(answer(replies), *contexts, since="5")
    assert (len(page.items), len(requests)) == (15, 11)
    known = [parsed(raw).conversation is not None for raw in page.items]
    assert (known.count(True), known.count(False)) == (10, 5)
    assert "conversation" in parsed(page.items[-1]).provenance.missing


def test_what_was_heard_is_not_kept_back_by_a_thread_that_cannot_be_asked_for() -> None:
    sandbox = MastodonSandbox()
    ours = sandbox.account.post("News")
    sandbox.user("kim").reply(ours, "mine is torn")
    sandbox.fail(faults.ServerError(), times=None, when=lambda request: request.path.endswith("/context"))
    with client(sandbox) as own:
        (mention,) = [item for batch in own.fetch() for item in batch.items]
    assert (mention.kind, mention.conversation) == ("reply", None)


def test_strange_items_keep_neither_answers_nor_threads_back() -> None:
    strange = {"unexpected": {"shape": True}}
    reply = notification("7", in_reply_to_id="4")
    context = answer({"ancestors": [strange, status("1"), status("4")], "descendants": [strange]})
    page, _ = fetched(answer([strange, reply, None]), context, since="5")
    assert len(page.items) == 3
    assert parsed(page.items[1]).conversation == post_id("1")
    for index in (0, 2):
        with pytest.raises((KeyError, TypeError)):
            connector().parse(page.items[index])


def test_a_whole_thread_is_told_with_its_root() -> None:
    topic = Topic("mastodon:post:4")
    thread = {"ancestors": [status("1")], "descendants": [status("9", in_reply_to_id="4")]}
    told = answer(thread, mastodon_async_refresh='id="abc", retry=5, result_count=0')
    page, requests = fetched(
        answer(status("4", in_reply_to_id="1")), told, stream="conversation", topics=(topic,)
    )
    assert [request.path for request in requests] == ["/api/v1/statuses/4", "/api/v1/statuses/4/context"]
    assert [(parsed(raw).id.value, parsed(raw).conversation) for raw in page.items] == [
        ("1", post_id("1")),
        ("4", post_id("1")),
        ("9", post_id("1")),
    ]
    assert (page.end, page.again_in) == ("reached", 5.0)


def test_a_thread_whose_status_is_gone_says_so() -> None:
    sandbox = MastodonSandbox()
    complaint = sandbox.user("kim").post("@acme hello")
    sandbox.user("kim").delete(complaint)
    with client(sandbox) as own:
        (batch,) = own.fetch(stream="conversation", topics=[Topic(f"mastodon:post:{complaint.id}")])
    assert [(type(item), item.id.value) for item in batch.items] == [(Gone, complaint.id)]


def test_a_single_status_that_is_not_there_is_unavailable_and_one_that_the_server_calls_gone_is_deleted() -> (
    None
):
    states = {}
    for code in (404, 410):
        item = connector().parse(Raw("gone", {"id": "5", "http": code}))
        assert isinstance(item, Gone)
        states[code] = item.state
    assert states == {404: "unavailable", 410: "deleted"}


# --------------------------------------------------------------------------------------------- hashtags and searches


@pytest.mark.parametrize(
    ("rule", "data", "exact"),
    [
        (Rule(name="r", hashtags=("#Fail", "acme")), [{"tags": ["fail", "acme"]}], True),
        (Rule(name="r", hashtags=("fail",), phrase="acme"), [{"tags": ["fail"]}], False),
        (Rule(name="r", hashtags=tuple("abcdefg")), [{"tags": list("abcde")}, {"tags": ["f", "g"]}], True),
        (Rule(name="r", phrase="one cent", language="en"), [{"query": '"one cent"'}], False),
        (Rule(name="r", any_of=("acme", "A B")), [{"query": "acme"}, {"query": '"A B"'}], False),
        (Rule(name="r", urls=("acme.example",)), [{"query": '"acme.example"'}], False),
    ],
)  # fmt: skip
def test_a_rule_becomes_timelines_of_hashtags_or_searches(rule: Rule, data: Any, exact: bool) -> None:
    topics = queries.topics(rule)
    assert [topic.data for topic in topics] == data
    assert {topic.exact for topic in topics} == {exact}
    assert len({topic.key for topic in topics}) == len(topics)


@pytest.mark.parametrize(
    "rule", [Rule(name="r", language="en"), Rule(name="r", none_of=("a",)), Rule(name="r", hashtags=("1",))]
)
def test_a_rule_that_asks_for_no_word_or_hashtag_is_refused(rule: Rule) -> None:
    with pytest.raises(Rejected):
        queries.topics(rule)


TAGS = Topic("k", {"tags": ["fail", "acme"]})


def test_a_timeline_is_walked_down_to_what_is_known() -> None:
    told = [status(identity) for identity in ("900", "800")]
    page, (request,) = fetched(answer(told), stream="search", topics=(TAGS,), since="700")
    assert request.path == "/api/v1/timelines/tag/fail"
    assert asked(request) == {"any[]": ["acme"], "limit": ["40"], "since_id": ["700"]}
    assert (page.next, page.resume, page.span) == ("800", "900", ("800", "900"))
    page, (request,) = fetched(answer([]), stream="search", topics=(TAGS,), since="700", page="800")
    assert asked(request)["max_id"] == ["800"]
    assert (page.next, page.end) == (None, "reached")
    page, (request,) = fetched(answer([]), stream="search", topics=(TAGS,), since="700", until="800")
    assert asked(request)["max_id"] == ["800"]


def test_a_server_that_sends_links_ends_the_walk_by_sending_none() -> None:
    last = answer([status("900")], link='<https://social.example/x?min_id=900>; rel="prev"')
    page, _ = fetched(last, stream="search", topics=(TAGS,))
    assert page.next is None
    more = answer([status("900")], link='<https://social.example/x?max_id=900>; rel="next"')
    assert fetched(more, stream="search", topics=(TAGS,))[0].next == "900"


def test_a_status_that_comes_late_from_another_server_is_heard() -> None:
    """Its id tells when it was written, and that is before others which came in time."""
    sandbox = MastodonSandbox()
    rules = [Rule(name="r", hashtags=("fail",))]
    heard: list[str] = []
    with client(sandbox) as own:
        cursor = None
        for step in range(20):
            sandbox.user("kim").post(f"in time {step} #fail")
            if step == 10:
                written = sandbox.clock.now() - timedelta(minutes=5)
                sandbox.user("bob@slow.example").post("late #fail", at=written)
            sandbox.advance(minutes=1)
            for batch in own.fetch(cursor, "search", rules=rules):
                heard += [item.text for item in batch.items if item.text not in heard]
                cursor = batch.cursor
    assert "late #fail" in heard
    assert len(heard) == 21


def test_the_position_of_a_timeline_stays_behind_only_where_ids_hold_a_time() -> None:
    fresh = id_at(NOW - timedelta(minutes=1))
    page, _ = fetched(answer([status(fresh)]), stream="search", topics=(TAGS,))
    assert page.resume == id_at(NOW - timedelta(minutes=10))
    page, _ = fetched(answer([status("01JD5B8Z6QX3R0000000000000")]), stream="search", topics=(TAGS,))
    assert page.resume == "01JD5B8Z6QX3R0000000000000"


def test_a_search_that_finds_nothing_says_what_that_may_mean() -> None:
    sandbox = MastodonSandbox()
    sandbox.has_search = False
    sandbox.user("kim").post("acme cable cut me off")
    with client(sandbox) as own:
        (batch,) = own.fetch(stream="search", rules=[Rule(name="r", phrase="acme cable")])
        assert [notice.code for notice in batch.notices] == ["nothing_found"]
        sandbox.has_search = True
        (first, *_) = own.fetch(batch.cursor, "search", rules=[Rule(name="r", phrase="acme cable")])
    assert [item.text for item in first.items] == ["acme cable cut me off"]
    assert first.notices == ()


# ------------------------------------------------------------------------------------------------------ translation


def test_the_same_status_by_every_way_is_the_same_mention() -> None:
    sandbox = MastodonSandbox()
    kim = sandbox.user("kim@other.example", followers=9)
    root = sandbox.account.post("News")
    kim.reply(
        root, "it is <torn> & #fail", spoiler_text="Rant", media=(sandbox.picture(kim, description="a box"),)
    )
    sandbox.advance(minutes=30)
    with client(sandbox) as own:
        (by_poll,) = [item for batch in own.fetch() for item in batch.items]
        rules = [Rule(name="r", hashtags=("fail",))]
        (by_tag,) = [item for batch in own.fetch(stream="search", rules=rules) for item in batch.items]
        (by_lookup,) = own.lookup([by_poll.id])
        topic = Topic(str(post_id(root.id)))
        thread = [item for batch in own.fetch(stream="conversation", topics=[topic]) for item in batch.items]
    about = {"provenance", "observed_at", "matched_by"}
    for item in (by_tag, by_lookup, thread[1]):
        untold = about | set(item.provenance.missing)
        assert item.model_dump(exclude=untold) == by_poll.model_dump(exclude=untold)
    assert by_tag.provenance.missing == ("conversation",)
    assert by_lookup.provenance.missing == thread[1].provenance.missing == ()
    assert by_poll.conversation == post_id(root.id)
    assert (by_poll.title, by_poll.author.followers) == ("Rant", 9)
    assert [(item.kind, item.alt_text) for item in by_poll.attachments] == [("image", "a box")]


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, "mention"),
        ({"in_reply_to_id": "4", "in_reply_to_account_id": ME}, "reply"),
        ({"visibility": "direct"}, "direct_message"),
        ({"mentions": []}, "search_match"),
        ({"mentions": [], "in_reply_to_id": "4"}, "reply"),
        ({"mentions": [], "account": {"id": ME, "acct": "acme"}}, "other"),
        ({"mentions": [], "quote": {"quoted_status": {"id": "4", "account": {"id": ME}}}}, "quote"),
        ({"reblog": status("4")}, "repost"),
    ],
)  # fmt: skip
def test_what_a_status_is_to_the_account(more: Any, kind: str) -> None:
    assert parsed(Raw("status", {"status": status(**more)})).kind == kind


def test_a_server_that_tells_little_is_not_taken_for_more_than_it_told() -> None:
    mention = parsed(
        Raw("status", {"status": {"id": "01JD5B8Z6QX3R0000000000000", "content": "<p>hello</p>"}})
    )
    assert (mention.visibility, mention.author.id, mention.metrics.likes) == ("unknown", None, None)
    assert set(mention.provenance.missing) == {"author", "visibility", "created_at", "metrics"}
    assert mention.id == ExternalId("mastodon", "post", "01JD5B8Z6QX3R0000000000000")


def test_a_picture_on_another_server_is_told_with_its_sizes() -> None:
    media = {
        "id": "5",
        "type": "gifv",
        "url": None,
        "remote_url": "https://other.example/a.mp4",
        "preview_url": "https://social.example/a.png",
        "description": "a box",
        "meta": {"original": {"width": 640, "height": 480, "duration": 6.13}},
    }
    (attachment,) = parsed(Raw("status", {"status": status(media_attachments=[media])})).attachments
    assert (attachment.kind, attachment.url, attachment.alt_text) == (
        "animation",
        "https://other.example/a.mp4",
        "a box",
    )
    assert (attachment.width, attachment.height, attachment.duration) == (640, 480, 6.13)
