"""The connector by itself: its settings, walks, sayings and refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from plugins.youtube.tests.youtube_pages import (
    ME,
    NOW,
    REPLY,
    THREAD,
    VIDEO,
    answer,
    comment,
    connector,
    listed,
    refused,
    thread,
)
from socialdesk.auth import Stamp
from socialdesk.connector import Command, Part, Raw, Sent, Standing, Topic, Window
from socialdesk.errors import AuthError, ConfigError, PlatformError, RateLimited, Rejected, Unavailable
from socialdesk.models import ExternalId, Mention, Reply, Rule
from socialdesk.registry import Registry
from socialdesk.testing import replay
from socialdesk.wire import Json, Request, Response
from socialdesk_youtube.connector import YouTubeConnector

GET = Request("GET", "https://youtube.googleapis.com/youtube/v3/comments", spends={"units": 1})
SEARCH = Request("GET", "https://youtube.googleapis.com/youtube/v3/search", spends={"searches": 1})
POST = Request("POST", "https://youtube.googleapis.com/youtube/v3/comments", spends={"units": 50})


def mention(name: str = THREAD, **more: Any) -> Mention:
    context = {"channelId": ME, "videoId": VIDEO, "isPublic": True, "canReply": True}
    found = connector().parse(Raw("comment", {"comment": comment(name, **more), "thread": context}))
    assert isinstance(found, Mention)
    return found


# -------------------------------------------------------------------------------------------------------- settings


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = {
        "base_url": "http://example.com",
        "token_url": "https://a:b@example.com/token",
        "channel_id": "acme",
        "announce_on": "a video",
        "costs": {"search": 100},
    }
    with pytest.raises(ConfigError) as error:
        Registry().connect("youtube", wrong)
    named = {problem.partition(":")[0] for problem in error.value.problems}
    assert named == {"base_url", "token_url", "channel_id", "announce_on", "costs", "refresh_token"}


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"api_key": "k"}, "channel_id"),
        ({"refresh_token": "r"}, "client_id"),
        ({}, "refresh_token"),
    ],
)
def test_settings_that_lack_something_say_what(settings: dict[str, str], names: str) -> None:
    with pytest.raises(ConfigError, match=names):
        Registry().connect("youtube", settings)


def test_the_key_goes_into_the_query_and_is_not_shown() -> None:
    reader = Registry().connect("youtube", {"api_key": "AIza-secret", "channel_id": f"UC{'x' * 22}"})
    stamp = Stamp(NOW, bytes(16))
    signed = reader.auth("app").sign(GET, None, stamp)
    assert signed.params["key"] == "AIza-secret"
    assert "AIza-secret" not in f"{signed!r} {reader.auth('app')!r}"
    assert "held" not in {stream.name for stream in reader.streams}
    assert "reply" not in reader.capabilities.abilities


def test_the_quota_is_the_projects_and_its_figures_can_be_set() -> None:
    limits = {limit.bucket: limit for limit in connector().limits}
    assert {limit.shared_by for limit in limits.values()} == {"app"}
    assert (limits["units"].amount, limits["searches"].amount) == (10_000, 100)
    assert {(limit.per, limit.tz) for limit in limits.values()} == {("day", "America/Los_Angeles")}
    youtube = connector({"units_per_day": 50_000, "costs": {"search.list": 100}})
    assert youtube.limits[0].amount == 50_000
    (topic,) = youtube.queries(Rule(name="r", phrase="acme"))
    empty = answer(listed())
    (asked,) = replay(youtube.fetch(Window(stream="search", now=NOW, topics=(topic,))), [empty]).requests
    assert dict(asked.spends) == {"units": 100, "searches": 1}


# ------------------------------------------------------------------------------------------------------- refusals


def told(request: Request, response: Response, at: datetime = NOW) -> PlatformError | None:
    return connector().check(replace(response, request=request, received_at=at))


@pytest.mark.parametrize(
    ("now", "tomorrow"),
    [
        ("2026-11-20T12:00:00+00:00", "2026-11-21T08:00:00+00:00"),
        ("2026-11-20T07:59:59+00:00", "2026-11-20T08:00:00+00:00"),
        ("2026-07-01T12:00:00+00:00", "2026-07-02T07:00:00+00:00"),
        ("2026-10-31T20:00:00+00:00", "2026-11-01T07:00:00+00:00"),  # the clocks go back on the day after
        ("2026-11-01T12:00:00+00:00", "2026-11-02T08:00:00+00:00"),
        ("2027-03-14T12:00:00+00:00", "2027-03-15T07:00:00+00:00"),
    ],
)
def test_a_day_ends_at_midnight_pacific(now: str, tomorrow: str) -> None:
    error = told(GET, refused(403, "quotaExceeded"), datetime.fromisoformat(now))
    assert isinstance(error, RateLimited)
    assert (error.retry_at, error.scope) == (datetime.fromisoformat(tomorrow), "app")


def test_the_same_status_means_a_minute_or_a_day() -> None:
    words = "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service"
    searched_out = told(SEARCH, refused(429, "rateLimitExceeded", words))
    assert isinstance(searched_out, RateLimited)
    assert (searched_out.retry_at, searched_out.scope, searched_out.bucket) == (
        datetime(2026, 11, 21, 8, tzinfo=timezone.utc),
        "stream",
        "searches",
    )
    bare = told(
        SEARCH, answer({"error": {"code": 429, "message": words, "status": "RESOURCE_EXHAUSTED"}}, 429)
    )
    assert isinstance(bare, RateLimited)
    assert bare.retry_at == searched_out.retry_at
    hasty = told(GET, refused(403, "rateLimitExceeded"))
    assert isinstance(hasty, RateLimited)
    assert hasty.retry_at is None  # core waits for as long as the answer says, or a minute


def test_a_missing_scope_is_told_by_name() -> None:
    error = told(POST, refused(403, "insufficientPermissions"))
    assert isinstance(error, AuthError)
    assert "force-ssl" in str(error)


def test_the_newer_form_of_an_error_is_read_too() -> None:
    """It tells of a bad key beside a reason that says nothing."""
    error = {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "errors": [{"message": "API key not valid.", "domain": "global", "reason": "badRequest"}],
        "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}],
    }
    found = told(GET, answer({"error": error}, 400))
    assert isinstance(found, AuthError)
    assert found.scope == "app"


def test_what_could_not_be_processed_is_read_again_in_a_minute() -> None:
    error = told(GET, refused(400, "processingFailure"))
    assert isinstance(error, Unavailable)
    assert error.retry_at == NOW + timedelta(minutes=1)


# --------------------------------------------------------------------------------------------------------- hearing


def test_a_walk_ends_where_what_comes_is_known() -> None:
    youtube = connector()
    since = "2026-11-20T09:30:00Z"
    old = thread(name="UgOld", publishedAt="2026-11-20T08:00:00Z", updatedAt="2026-11-20T08:00:00Z")
    new = thread(name="UgNew", publishedAt="2026-11-20T09:40:00.000Z", updatedAt="2026-11-20T09:40:00.000Z")
    window = Window(stream="comments", now=NOW, since=since)
    page = replay(youtube.fetch(window), [answer(listed(new, token="t"))]).result
    assert (page.next is not None, page.resume, page.end) == (True, "2026-11-20T09:40:00Z", None)
    page = replay(youtube.fetch(window), [answer(listed(new, old, token="t"))]).result
    assert (page.next, page.end) == (None, "reached")
    assert [raw.body["comment"]["id"] for raw in page.items] == ["UgNew"]


def test_an_old_thread_that_stands_above_newer_ones_does_not_end_the_walk() -> None:
    """As one would that the channel pinned."""
    window = Window(stream="comments", now=NOW, since="2026-11-20T09:30:00Z")
    old = {"publishedAt": "2026-11-01T08:00:00Z", "updatedAt": "2026-11-01T08:00:00Z"}
    new = {"publishedAt": "2026-11-20T09:40:00Z", "updatedAt": "2026-11-20T09:40:00Z"}
    body = listed(thread(name="UgPinned", **old), thread(name="UgNew", **new), token="t")
    page = replay(connector().fetch(window), [answer(body)]).result
    assert (page.next is not None, page.resume) == (True, "2026-11-20T09:40:00Z")


def test_of_known_threads_what_was_edited_is_heard_again() -> None:
    window = Window(stream="comments", now=NOW, since="2026-11-20T11:00:00Z")
    edited = thread(name="UgEdited", updatedAt="2026-11-20T11:30:00Z")
    page = replay(connector().fetch(window), [answer(listed(edited, thread()))]).result
    assert [raw.body["comment"]["id"] for raw in page.items] == ["UgEdited"]


def test_a_walk_that_was_cut_off_goes_on_below_what_was_stored() -> None:
    stored = {"publishedAt": "2026-11-20T10:00:00Z", "updatedAt": "2026-11-20T10:00:00Z"}
    window = Window(stream="comments", now=NOW, until="2026-11-20T09:15:44Z")
    body = listed(thread(name="UgStored", **stored), thread(name="UgLow"))
    page = replay(connector().fetch(window), [answer(body)]).result
    assert [raw.body["comment"]["id"] for raw in page.items] == ["UgLow"]


def test_a_search_that_was_cut_off_goes_on_at_the_moment_where_it_stopped() -> None:
    """YouTube gives what was published before the bound, and not what was at it."""
    youtube = connector()
    topics = youtube.queries(Rule(name="r", phrase="acme"))
    window = Window(
        stream="search", now=NOW, topics=topics, until="2026-11-20T09:00:00Z", since="2026-11-19T09:00:00Z"
    )
    (asked,) = replay(youtube.fetch(window), [answer(listed())]).requests
    assert asked.params["publishedBefore"] == "2026-11-20T09:00:01Z"
    assert asked.params["publishedAfter"] == "2026-11-19T08:00:00Z"


def test_replies_from_before_the_channel_was_connected_are_not_heard() -> None:
    old = {"publishedAt": "2026-11-01T08:00:00Z", "updatedAt": "2026-11-01T08:00:00Z"}
    topic = Topic(THREAD, {"replies": 2}, stream="replies")
    since = datetime(2026, 11, 10, tzinfo=timezone.utc)
    window = Window(stream="replies", now=NOW, topics=(topic,), back_to=since)
    body = listed(comment(f"{THREAD}.old", **old), comment(f"{THREAD}.new"))
    page = replay(connector().fetch(window), [answer(body)]).result
    assert [raw.body["comment"]["id"] for raw in page.items] == [f"{THREAD}.new"]


def test_a_page_that_comes_again_ends_the_walk() -> None:
    youtube, body = connector(), answer(listed(thread(), token="t1"))
    first = replay(youtube.fetch(Window(stream="comments", now=NOW)), [body]).result
    again = answer(listed(thread(), token="t2"))
    second = replay(youtube.fetch(Window(stream="comments", now=NOW, page=first.next)), [again]).result
    assert (second.next, second.end) == (None, "reached")


def test_a_page_deep_down_that_is_not_given_is_the_end_of_what_is_told() -> None:
    youtube, failure = connector(), refused(400, "processingFailure")
    page: str | None = None
    for number in range(10):
        body = answer(listed(thread(name=f"Ug{number}"), token=f"t{number}"))
        page = replay(youtube.fetch(Window(stream="comments", now=NOW, page=page)), [body]).result.next

    def asked(token: str | None) -> Any:
        walk = youtube.fetch(Window(stream="comments", now=NOW, page=token))
        walk.send(None)
        error = youtube.check(replace(failure, request=GET))
        assert error is not None
        try:
            walk.throw(error)
        except StopIteration as stop:
            return stop.value

    end = asked(page)
    assert (end.items, end.end, end.notices[0].code) == ([], "horizon", "horizon")
    with pytest.raises(Unavailable):
        asked(None)


def test_only_a_thread_whose_replies_did_not_all_come_along_is_walked() -> None:
    whole = thread(comment(f"{THREAD}.a"), count=1)
    partial = thread(comment("UgMore.a", text="x"), count=6, name="UgMore")
    youtube = connector()
    window = Window(stream="comments", now=NOW)
    page = replay(youtube.fetch(window), [answer(listed(whole, partial))]).result
    (topic,) = page.topics
    assert (topic.key, topic.stream, topic.data["replies"]) == ("UgMore", "replies", 6)
    assert topic.until == datetime(2026, 12, 20, 9, 15, 44, tzinfo=timezone.utc)
    again = replay(youtube.fetch(window), [answer(listed(whole, thread(count=7, name="UgMore")))]).result
    assert again.topics[0].data != topic.data


def test_walks_cost_the_same_however_many_pages_they_have() -> None:
    youtube = connector()
    for stream, pauses in (("comments", (None, None)), ("watched", (600, 1200)), ("held", (600, 1200))):
        first = replay(
            youtube.fetch(Window(stream=stream, now=NOW)), [answer(listed(thread(name="Ug1"), token="t"))]
        ).result
        window = Window(stream=stream, now=NOW, page=first.next)
        second = replay(youtube.fetch(window), [answer(listed(thread(name="Ug2")))]).result
        assert (first.again_in, second.again_in) == pauses


def test_a_thread_that_is_gone_says_so_and_one_without_comments_nothing() -> None:
    youtube = connector()
    window = Window(stream="replies", now=NOW, topics=(Topic(THREAD, {}, stream="replies"),))
    for reason, found in (("commentNotFound", ["gone"]), ("commentsDisabled", [])):
        walk: Any = youtube.fetch(window)
        walk.send(None)
        error = youtube.check(replace(refused(404, reason), request=GET))
        assert error is not None
        with pytest.raises(StopIteration) as stop:
            walk.throw(error)
        assert [raw.shape for raw in stop.value.value.items] == found


def test_a_lookup_of_fifty_costs_two_units_at_most() -> None:
    ids = [ExternalId("youtube", "comment", f"Ug{number}" + ".a" * (number % 2)) for number in range(50)]
    threads = listed(*(thread(name=f"Ug{number}") for number in range(50)))
    replies = listed(*(comment(f"Ug{number}.a", videoId=None) for number in range(1, 50, 2)))
    done = replay(connector().lookup(ids), [answer(threads), answer(replies)])
    assert sum(request.spends["units"] for request in done.requests) == 2
    found = [connector().parse(raw) for raw in done.result]
    assert {item.id for item in found if isinstance(item, Mention)} == set(ids)
    assert all(isinstance(item, Mention) and item.subject and item.visibility == "public" for item in found)


def test_a_conversation_has_its_top_and_all_its_replies() -> None:
    youtube = connector()
    topic = Topic(f"youtube:comment:{THREAD}")
    top = answer(listed(thread(comment(f"{THREAD}.a"), count=7)))
    first = replay(youtube.fetch(Window(stream="conversation", now=NOW, topics=(topic,))), [top]).result
    rest = answer(listed(*(comment(f"{THREAD}.{number}", videoId=None) for number in range(7))))
    window = Window(stream="conversation", now=NOW, topics=(topic,), page=first.next)
    second = replay(youtube.fetch(window), [rest]).result
    found = [youtube.parse(raw) for raw in (*first.items, *second.items)]
    assert len({item.id for item in found if isinstance(item, Mention)}) == 9
    subjects = {item.subject for item in found if isinstance(item, Mention)}
    assert subjects == {ExternalId("youtube", "video", VIDEO)}


@pytest.mark.parametrize(
    ("rule", "query"),
    [
        (Rule(name="r", phrase="acme cable"), '"acme cable"'),
        (Rule(name="r", phrase='say "acme"'), '"say acme"'),
        (
            Rule(name="r", any_of=("acme", "acme cable"), none_of=("wire", "two words")),
            'acme|"acme cable" -wire',
        ),
        (Rule(name="r", phrase="acme", any_of=("late", "lost")), "acme"),
        (Rule(name="r", hashtags=("acmefail",)), "#acmefail"),
        (Rule(name="r", phrase="acme", hashtags=("fail",)), "acme #fail"),
    ],
)
def test_a_rule_is_one_search_that_asks_for_no_less(rule: Rule, query: str) -> None:
    (topic,) = connector().queries(rule)
    assert (topic.data["q"], topic.exact) == (query, False)


def test_a_rule_without_words_cannot_be_searched_for() -> None:
    with pytest.raises(Rejected, match="words"):
        connector().queries(Rule(name="r", language="de", none_of=("x",)))


# ----------------------------------------------------------------------------------------------------- translating


def test_an_edit_a_picture_and_a_writer_without_a_channel() -> None:
    body = {
        "comment": comment(
            updatedAt="2026-11-20T10:00:00.000Z",
            imageUrl="https://yt3.example/p?expire=1",
            authorChannelId=None,
        ),
        "read_at": "2026-11-20T12:00:00Z",
    }
    found = connector().parse(Raw("comment", body))
    assert isinstance(found, Mention)
    assert (found.state, found.revision) == ("edited", 1)
    assert found.edited_at == datetime(2026, 11, 20, 10, tzinfo=timezone.utc)
    assert (found.author.id, found.author.is_self, found.author.handle) == (None, None, "kim-1234")
    assert found.attachments[0].expires_at == datetime(2026, 11, 20, 18, tzinfo=timezone.utc)


def test_what_is_held_is_hidden_and_not_public() -> None:
    body = {"comment": comment(), "thread": {"isPublic": False}, "status": "heldForReview"}
    found = connector().parse(Raw("comment", body))
    assert isinstance(found, Mention)
    assert (found.state, found.visibility) == ("hidden", "unknown")


def test_a_comment_that_was_never_changed_is_no_edit() -> None:
    assert (mention().state, mention().revision, mention().edited_at) == ("active", 0, None)


def test_our_own_comment_is_known_for_ours() -> None:
    found = mention(authorChannelId={"value": ME})
    assert (found.author.is_self, found.direction) == (True, "outbound_native")


# ---------------------------------------------------------------------------------------------------------- saying


def plan(youtube: YouTubeConnector, text: str, target: Mention | None, **more: Any) -> tuple[Part, ...]:
    reply = Reply(idempotency_key="k", target=target, text=text, **more)
    return youtube.plan(reply, Standing(now=NOW, target=target))


def test_a_reply_to_a_reply_goes_into_the_thread_and_names_its_author_once() -> None:
    youtube, target = connector(), mention(REPLY)
    (part,) = plan(youtube, "Sorry!", target)
    assert part.text == "@kim-1234 Sorry!"
    (part,) = plan(youtube, "@Kim-1234 sorry!", target)
    assert part.text == "@Kim-1234 sorry!"
    (asked,) = replay(youtube.send(part), [answer(comment(REPLY))]).requests
    assert isinstance(asked.body, Json)
    assert asked.body.value == {"snippet": {"parentId": THREAD, "textOriginal": "@Kim-1234 sorry!"}}


def test_a_long_answer_is_cut_and_each_part_stands_in_the_thread() -> None:
    youtube = connector()
    parts = plan(youtube, "All is well. " * 1200, mention())
    assert len(parts) == 2
    for part in parts:
        assert youtube.count(part.text, "public").used <= 10_000
        (asked,) = replay(youtube.send(part), [answer(comment(REPLY))]).requests
        assert isinstance(asked.body, Json)
        assert asked.body.value["snippet"]["parentId"] == THREAD


@pytest.mark.parametrize("mode", ["private", "direct", "quote"])
def test_what_youtube_does_not_have_is_refused_in_words(mode: Any) -> None:
    with pytest.raises(Rejected, match="YouTube") as error:
        plan(connector(), "hi", mention(), mode=mode)
    assert error.value.reason == "unsupported"
    actions = {action.name: action for action in connector().actions(Standing(now=NOW, target=mention()))}
    assert (actions[mode].allowed, actions[mode].reason) == (False, str(error.value))


def test_an_announcement_needs_a_video() -> None:
    with pytest.raises(Rejected, match="announce_on"):
        plan(connector(), "No service today", None)
    youtube = connector(announce_on=VIDEO)
    (part,) = plan(youtube, "No service today", None)
    (asked,) = replay(youtube.send(part), [answer(thread())]).requests
    assert isinstance(asked.body, Json)
    top = {"snippet": {"textOriginal": "No service today"}}
    assert asked.body.value == {"snippet": {"channelId": ME, "videoId": VIDEO, "topLevelComment": top}}


def test_a_plan_warns_of_what_may_keep_an_answer_from_being_seen() -> None:
    held = mention().model_copy(update={"state": "hidden"})
    (part,) = plan(connector(), "See https://acme.example.com", held)
    assert [("review" in warning, "link" in warning) for warning in part.warnings] == [
        (True, False),
        (True, True),
    ]
    (part,) = plan(connector(), "Hold the button.", mention())
    assert part.warnings == ()


def test_a_thread_that_takes_no_replies_is_not_answered() -> None:
    body = {"comment": comment(), "thread": {"canReply": False}}
    closed = connector().parse(Raw("comment", body))
    assert isinstance(closed, Mention)
    with pytest.raises(Rejected, match="thread"):
        plan(connector(), "hi", closed)


def actions(target: Mention) -> dict[str, bool]:
    found = connector().actions(Standing(now=NOW, target=target))
    return {action.name: action.allowed for action in found}


def test_credentials_for_another_channel_are_noticed() -> None:
    youtube = connector(channel_id=f"UC{'o' * 22}")
    own = answer(listed({"id": ME, "snippet": {"title": "Acme", "customUrl": "@acme"}}))
    profile = replay(youtube.identify(), [own]).result
    assert (profile.id, profile.handle, profile.display_name) == (ME, "acme", "Acme")
    assert [notice.code for notice in profile.notices] == ["other_account"]
    with pytest.raises(AuthError, match="channel"):
        replay(youtube.identify(), [answer({"kind": "youtube#channelListResponse"})])


def test_what_may_be_done_depends_on_whose_it_is_and_how_it_stands() -> None:
    ours, theirs = actions(mention(authorChannelId={"value": ME})), actions(mention())
    assert (ours["edit"], ours["delete"], ours["hide"], ours["block"]) == (True, True, False, False)
    assert (theirs["edit"], theirs["delete"], theirs["hide"], theirs["reject"], theirs["block"]) == (
        *(False, False),
        *(True, True, True),
    )
    hidden = actions(mention().model_copy(update={"state": "hidden"}))
    assert (theirs["unhide"], hidden["unhide"], hidden["hide"]) == (False, True, False)
    elsewhere = actions(mention(channelId="UCother000000000000000001"))
    assert (elsewhere["reply"], elsewhere["hide"], elsewhere["reject"]) == (True, False, False)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("hide", {"id": THREAD, "moderationStatus": "heldForReview"}),
        ("unhide", {"id": THREAD, "moderationStatus": "published"}),
        ("reject", {"id": THREAD, "moderationStatus": "rejected"}),
        ("block", {"id": THREAD, "moderationStatus": "rejected", "banAuthor": "true"}),
    ],
)
def test_moderation_says_what_is_to_become_of_a_comment(name: str, sent: dict[str, str]) -> None:
    command = Command(name=name, target=ExternalId("youtube", "comment", THREAD))
    (asked,) = replay(connector().moderate(command), [Response(204)]).requests
    assert (asked.method, asked.path) == ("POST", "/youtube/v3/comments/setModerationStatus")
    assert dict(asked.params) == sent


def test_an_own_comment_is_edited() -> None:
    target = ExternalId("youtube", "comment", REPLY)
    command = Command(name="edit", target=target, text="Hold it for 10 s.")
    (asked,) = replay(connector().moderate(command), [answer(comment(REPLY))]).requests
    assert isinstance(asked.body, Json)
    assert (asked.method, asked.body.value) == (
        "PUT",
        {"id": REPLY, "snippet": {"textOriginal": "Hold it for 10 s."}},
    )
    with pytest.raises(Rejected, match="empty"):
        replay(connector().moderate(Command(name="edit", target=target, text=" ")), [])


@pytest.mark.parametrize(("reason", "raises"), [("commentNotFound", False), ("forbidden", True)])
def test_deleting_what_is_gone_is_as_was_asked(reason: str, raises: bool) -> None:
    youtube = connector()
    act: Any = youtube.moderate(Command(name="delete", target=ExternalId("youtube", "comment", REPLY)))
    asked = act.send(None)
    error = youtube.check(replace(refused(404, reason), request=asked))
    assert error is not None
    with pytest.raises(Rejected if raises else StopIteration):
        act.throw(error)


@pytest.mark.parametrize("name", ["like", "mute"])
def test_what_cannot_be_done_is_refused(name: str) -> None:
    with pytest.raises(Rejected, match=name):
        replay(connector().moderate(Command(name=name, target=ExternalId("youtube", "comment", THREAD))), [])
    with pytest.raises(Rejected, match="comment"):
        replay(connector().moderate(Command(name="hide", target=ExternalId("youtube", "video", VIDEO))), [])


def part_sent(**more: Any) -> Part:
    return Part(text="Hold  it.", target=mention(), started_at=NOW, **more)


def ours(at: str = "2026-11-20T12:00:01Z", text: str = "Hold it.", **more: Any) -> dict[str, Any]:
    own = {"value": ME}
    return comment(REPLY, text=text, publishedAt=at, updatedAt=at, authorChannelId=own, **more)


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (ours(), True),
        (ours(at="2026-11-20T11:59:30Z"), True),  # the clocks differ
        (ours(at="2026-11-20T11:58:00Z"), False),  # said before, in the same words
        (ours(text="Hold it!"), False),
        (comment(REPLY, text="Hold it.", publishedAt="2026-11-20T12:00:01Z"), False),  # by somebody else
    ],
)
def test_a_sent_reply_is_told_by_its_author_words_and_time(reply: dict[str, Any], found: bool) -> None:
    answers = [answer(listed(reply)), *([] if found else [answer(listed())] * 2)]
    search = replay(connector().find_sent(part_sent()), answers).result
    assert ([sent.id for sent in search.found], search.reached) == ([REPLY] if found else [], True)


def test_a_reply_under_another_channels_video_cannot_be_proved_absent() -> None:
    """What YouTube takes for spam there, only that channel sees."""
    part = replace(part_sent(), target=mention(channelId="UCother000000000000000001"))
    search = replay(connector().find_sent(part), [answer(listed())] * 3).result
    assert (search.found, search.reached) == ((), False)


def test_a_part_that_was_found_before_is_not_found_again_for_the_next() -> None:
    part = replace(part_sent(), done=(Sent(REPLY, kind="comment"),))
    search = replay(connector().find_sent(part), [answer(listed(ours()))] + [answer(listed())] * 2).result
    assert (search.found, search.reached) == ((), True)


def test_a_comment_of_ours_in_another_thread_is_not_the_reply() -> None:
    elsewhere = thread(
        comment(
            "UgOther.a", text="Hold it.", authorChannelId={"value": ME}, publishedAt="2026-11-20T12:00:01Z"
        )
    )
    answers = [answer(listed()), answer(listed(elsewhere)), answer(listed())]
    assert replay(connector().find_sent(part_sent()), answers).result.found == ()


def test_a_look_that_did_not_come_to_the_end_proves_nothing() -> None:
    endless = [answer(listed(comment(f"{THREAD}.{number}"), token=f"t{number}")) for number in range(10)]
    search = replay(connector().find_sent(part_sent()), [*endless, *[answer(listed())] * 2]).result
    assert not search.reached
