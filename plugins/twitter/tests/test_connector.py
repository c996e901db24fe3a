"""What the connector asks, and what it makes of the answers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from plugins.twitter.tests.twitter_pages import (
    ME,
    NOW,
    OAUTH1,
    OAUTH1_APP,
    answer,
    connector,
    page,
    post,
    user,
)
from socialdesk.auth import Bearer, ClientCredentials, OAuth1, OAuth2
from socialdesk.connector import Command, Part, Raw, Sent, Standing, Topic, Window
from socialdesk.errors import (
    AuthError,
    ConfigError,
    DeliveryUnknown,
    PlatformError,
    PluginError,
    RateLimited,
    Rejected,
    Unavailable,
)
from socialdesk.models import Attachment, ExternalId, Mention, Reply, Rule
from socialdesk.registry import Registry
from socialdesk.testing import replay
from socialdesk.wire import Json, Request, Response
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.ids import id_at, moment_of
from socialdesk_twitter.length import weighted_length

RECENT = id_at(NOW - timedelta(hours=1))


def pid(value: str) -> ExternalId:
    return ExternalId("twitter", "post", value)


def heard(text: str = "@acme help", **more: Any) -> Mention:
    calls = {"mentions": [{"start": 0, "end": 5, "username": "acme", "id": ME}]} if "@acme" in text else {}
    body = {"post": post("50", text, entities=calls, **more), "users": {"111": user("111", "jo_doe")}}
    item = connector().parse(Raw("post", body))
    assert isinstance(item, Mention)
    return item


# ----------------------------------------------------------------------------------------------------- settings


def test_it_is_found_by_its_name() -> None:
    assert isinstance(Registry().connect("twitter", {**OAUTH1, **OAUTH1_APP}), TwitterConnector)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, ["access_token"]),
        ({"access_token": "S3CRET"}, ["access_token_secret", "consumer_key"]),
        (
            {"consumer_key": "k", "access_token": "S3CRET", "access_token_secret": "S3CRET"},
            ["consumer_secret"],
        ),
        ({"oauth2_access_token": "S3CRET"}, ["client_id"]),
        ({"bearer_token": "S3CRET"}, ["handle"]),
        ({"bearer_token": "S3CRET", "handle": "no spaces"}, ["handle"]),
        ({"base_url": "http://api.example.com", "bearer_token": "S3CRET", "handle": "acme"}, ["base_url"]),
        (
            {"base_url": "nonsense", "access_token": "S3CRET"},
            ["base_url", "access_token_secret", "consumer_key"],
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once_and_no_secret(given: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        Registry().connect("twitter", given)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == named
    assert "S3CRET" not in str(caught.value)


def test_a_loopback_address_may_be_plain_http() -> None:
    twitter = connector(base_url="http://127.0.0.1:8000/")
    assert twitter.hosts == ("127.0.0.1:8000",)
    asked = replay(twitter.identify(), [answer({"data": user(ME, "acme")})]).requests[0]
    assert asked.url == "http://127.0.0.1:8000/2/users/me"


def test_secrets_are_in_no_repr() -> None:
    twitter = connector(access_token="S3CRET", access_token_secret="S3CRET")
    assert "S3CRET" not in repr((twitter.config, twitter.app, twitter.auth("account")))


def test_an_unknown_name_of_field_names_is_refused() -> None:
    with pytest.raises(ValidationError):
        connector(names="toot")


@pytest.mark.parametrize(
    ("app", "own", "account", "of_app"),
    [
        ({**OAUTH1_APP, "bearer_token": "b"}, OAUTH1, OAuth1, Bearer),
        ({**OAUTH1_APP}, OAUTH1, OAuth1, ClientCredentials),
        ({"client_id": "c", "bearer_token": "b"}, {"oauth2_access_token": "t"}, OAuth2, Bearer),
        ({"bearer_token": "b"}, {"handle": "acme"}, Bearer, Bearer),
        ({**OAUTH1_APP}, {"handle": "acme"}, ClientCredentials, ClientCredentials),
    ],
)
def test_which_credentials_sign(
    app: dict[str, str], own: dict[str, str], account: type, of_app: type
) -> None:
    twitter = connector(app, **own)
    assert isinstance(twitter.auth("account"), account)
    assert isinstance(twitter.auth("app"), of_app)


def test_a_missing_app_token_is_named_when_it_is_needed() -> None:
    with pytest.raises(ConfigError, match="bearer_token"):
        connector({"client_id": "c"}, oauth2_access_token="t").auth("app")


# ----------------------------------------------------------------------------------------------------- identify


def test_who_am_i() -> None:
    seen = replay(connector().identify(), [answer({"data": user(ME, "acme", verified=True)})])
    assert (seen.result.id, seen.result.handle, seen.result.facts["verified"]) == (ME, "acme", True)
    assert seen.requests[0].spends == {"me:user": 1}


def test_who_am_i_with_the_apps_own_token() -> None:
    twitter = connector({"bearer_token": "b"}, handle="@acme")
    seen = replay(twitter.identify(), [answer({"data": user(ME, "acme")})])
    assert seen.requests[0].path == "/2/users/by/username/acme"
    assert twitter.capabilities.abilities == {"conversation", "lookup", "search"}
    assert twitter.capabilities.settle == "none"


def test_an_unknown_handle_is_told() -> None:
    with pytest.raises(Rejected):
        replay(connector({"bearer_token": "b"}, handle="acme").identify(), [answer({"errors": []})])


def test_credentials_of_another_account_are_noticed() -> None:
    seen = replay(connector(handle="acme").identify(), [answer({"data": user("5", "other")})])
    assert [notice.code for notice in seen.result.notices] == ["other_account"]


# --------------------------------------------------------------------------------------------------------- fetch


def fetched(window: Window, body: Any, **own: Any) -> Any:
    return replay(connector(**own).fetch(window), [answer(body)])


def test_a_first_page_of_mentions() -> None:
    seen = fetched(Window(stream="mentions", now=NOW, size=3), page(post("9", "b"), post("8", "a")))
    (asked,) = seen.requests
    assert (asked.method, asked.path, asked.params["max_results"]) == ("GET", f"/2/users/{ME}/mentions", "5")
    assert not {"since_id", "start_time", "until_id", "pagination_token"} & set(asked.params)
    assert asked.spends == {"mentions:user": 1}
    assert (seen.result.resume, seen.result.span, seen.result.end) == ("9", ("8", "9"), "reached")


def test_the_walk_goes_on_with_the_same_bounds() -> None:
    first = fetched(
        Window(stream="mentions", now=NOW, since="7", until="12", back_to=NOW),
        page(post("9", "b"), next_token="t0"),
    )
    asked = first.requests[0].params
    assert (asked["since_id"], asked["until_id"]) == ("7", "12")
    assert "start_time" not in asked
    later = Window(stream="mentions", now=NOW + timedelta(minutes=5), since="7", page=first.result.next)
    second = fetched(later, page(post("8", "a")))
    asked = second.requests[0].params
    assert (asked["since_id"], asked["until_id"], asked["pagination_token"]) == ("7", "12", "t0")
    assert (first.result.end, second.result.next, second.result.end) == (None, None, "reached")


def test_a_moment_to_go_back_to() -> None:
    back_to = datetime(2026, 11, 19, tzinfo=timezone.utc)
    seen = fetched(Window(stream="mentions", now=NOW, back_to=back_to), page())
    assert seen.requests[0].params["start_time"] == "2026-11-19T00:00:00Z"
    assert (seen.result.items, seen.result.resume, seen.result.span) == ([], None, None)


def test_the_horizon_of_mentions_is_told() -> None:
    posts = [post(id_at(NOW - timedelta(seconds=number)), "x") for number in range(100)]
    result = fetched(Window(stream="mentions", now=NOW, since=RECENT), page(*posts, next_token="t7")).result
    for left in range(6, -1, -1):
        assert (result.end, result.notices) == (None, ())
        window = Window(stream="mentions", now=NOW, since=RECENT, page=result.next)
        result = fetched(window, page(*posts, next_token=f"t{left}" if left else None)).result
    assert result.end == "horizon"
    assert [notice.code for notice in result.notices] == ["horizon"]


def test_search_asks_for_a_topic() -> None:
    (topic,) = connector().queries(Rule(name="brand", phrase="acme cable"))
    seen = fetched(Window(stream="search", now=NOW, topics=(topic,), size=1), page(post("9", "b")))
    asked = seen.requests[0]
    assert (asked.path, asked.params["query"]) == ("/2/tweets/search/recent", '"acme cable" -is:retweet')
    assert asked.params["max_results"] == "10"
    assert asked.spends == {"search:user": 1}


def test_a_search_from_too_far_back_begins_where_the_platform_does() -> None:
    topic = Topic("k", {"query": "acme"})
    old = id_at(NOW - timedelta(days=9))
    seen = fetched(Window(stream="search", now=NOW, topics=(topic,), since=old), page())
    asked = seen.requests[0].params
    assert "since_id" not in asked
    assert asked["start_time"] == "2026-11-13T12:01:00Z"
    assert (seen.result.end, [notice.code for notice in seen.result.notices]) == ("horizon", ["horizon"])
    again = fetched(Window(stream="search", now=NOW, topics=(topic,), since=seen.result.resume), page())
    assert again.requests[0].params["since_id"] == seen.result.resume
    assert again.result.end == "reached"


def test_a_quiet_search_keeps_its_position_within_reach() -> None:
    topic = Topic("k", {"query": "acme"})
    since, now = id_at(NOW), NOW
    for _ in range(40):
        now += timedelta(hours=12)
        seen = fetched(Window(stream="search", now=now, topics=(topic,), since=since), page())
        assert seen.requests[0].params["since_id"] == since
        assert seen.result.end == "reached"
        since = seen.result.resume or since
        assert now - moment_of(since) >= timedelta(hours=12)


def test_a_walk_cut_off_too_long_ago_is_not_taken_up_in_vain() -> None:
    topic, low = Topic("k", {"query": "acme"}), id_at(NOW - timedelta(days=8))
    seen = replay(connector().fetch(Window(stream="search", now=NOW, topics=(topic,), until=low)), [])
    assert (seen.requests, seen.result.end) == ((), "horizon")


def test_replies_are_heard_though_they_do_not_mention_us() -> None:
    reply = post(
        "9", "still broken", in_reply_to_user_id=ME, referenced_tweets=[{"type": "replied_to", "id": "5"}]
    )
    seen = fetched(Window(stream="replies", now=NOW), page(reply))
    assert seen.requests[0].params["query"] == "to:acme is:reply -from:acme"
    item = connector().parse(seen.result.items[0])
    assert isinstance(item, Mention)
    assert (item.kind, item.in_reply_to) == ("reply", pid("5"))


def test_a_conversation_ends_with_its_root() -> None:
    root = id_at(NOW - timedelta(days=30))
    topic = Topic(f"twitter:post:{root}")
    first = fetched(Window(stream="conversation", now=NOW, topics=(topic,)), page(post(RECENT, "b")))
    assert first.requests[0].params["query"] == f"conversation_id:{root}"
    assert (first.result.resume, first.result.end) == (RECENT, None)
    window = Window(stream="conversation", now=NOW, topics=(topic,), page=first.result.next)
    second = fetched(window, page(post(root, "the beginning")))
    assert second.requests[0].params["ids"] == root
    assert (len(second.result.items), second.result.end, second.result.next) == (1, "reached", None)
    later = fetched(Window(stream="conversation", now=NOW, topics=(topic,), since=RECENT), page())
    assert later.result.next is None


def test_nothing_is_asked_before_it_is_known_who_we_are() -> None:
    unknown = TwitterConnector(connector().config, connector().app)
    with pytest.raises(ConfigError, match="identify"):
        replay(unknown.fetch(Window(stream="mentions", now=NOW)), [])


def test_an_unknown_raw_shape_is_the_plugins_mistake() -> None:
    with pytest.raises(PluginError):
        connector().parse(Raw("toot", {}))


def test_a_lookup_gives_the_latest_version() -> None:
    old = post("50", "before", edit_history_tweet_ids=["50", "51"])
    new = post("51", "after", edit_history_tweet_ids=["50", "51"])
    seen = replay(connector().lookup([pid("50")]), [answer(page(old)), answer(page(new))])
    assert seen.requests[1].params["ids"] == "51"
    (item,) = [connector().parse(raw) for raw in seen.result]
    assert isinstance(item, Mention)
    assert (item.id, item.text, item.revision) == (pid("50"), "after", 1)


# ------------------------------------------------------------------------------------------------------- queries


@pytest.mark.parametrize(
    ("rule", "query", "exact"),
    [
        (Rule(name="r", phrase="Acme"), "Acme -is:retweet", True),
        (Rule(name="r", any_of=("acme", "or")), '(acme OR "or") -is:retweet', True),
        (Rule(name="r", any_of=("acme",), none_of=("anvil",)), "acme -anvil -is:retweet", True),
        (Rule(name="r", phrase="acme", none_of=("a&b",)), "acme -is:retweet", False),
        (Rule(name="r", hashtags=("#down",), language="de-AT"), "#down lang:de -is:retweet", True),
        (Rule(name="r", phrase="acme", language="he"), "acme lang:iw -is:retweet", True),
        (Rule(name="r", phrase="acme", language="tlh"), "acme -is:retweet", False),
        (Rule(name="r", urls=("example.com",)), 'url:"example.com" -is:retweet', False),
        (Rule(name="r", phrase="AT&T"), '"AT&T" -is:retweet', False),
        (Rule(name="r", phrase="acme", hashtags=("a-b",)), "acme -is:retweet", False),
        (Rule(name="r", any_of=("@acme",)), "@acme -is:retweet", True),
    ],
)
def test_rules_in_the_platforms_words(rule: Rule, query: str, exact: bool) -> None:
    (topic,) = connector().queries(rule)
    assert (topic.data["query"], topic.exact) == (query, exact)


@pytest.mark.parametrize(
    "rule", [Rule(name="r", language="de"), Rule(name="r", none_of=("acme",)), Rule(name="r")]
)
def test_a_rule_with_nothing_to_look_for_is_refused(rule: Rule) -> None:
    with pytest.raises(Rejected):
        connector().queries(rule)


@given(st.sets(st.text("abcdefghij", min_size=1, max_size=60), min_size=1, max_size=60), st.booleans())
def test_long_rules_are_split_and_lose_no_word(words: set[str], enterprise: bool) -> None:
    topics = connector(enterprise=enterprise).queries(
        Rule(name="r", any_of=tuple(words), none_of=("x" * 30,))
    )
    queries = [str(topic.data["query"]) for topic in topics]
    assert all(len(query) <= (4096 if enterprise else 512) for query in queries)
    assert {word for query in queries for word in query.replace("(", " ").replace(")", " ").split()} >= words
    assert len({topic.key for topic in topics}) == len(topics)


# ------------------------------------------------------------------------------------------------------- sending


def test_a_reply_is_posted_under_its_target() -> None:
    part = Part(text="We look into it.", target=heard())
    made = answer({"data": {"id": "77", "text": "We look into it."}}, 201)
    seen = replay(connector().send(part), [made])
    (asked,) = seen.requests
    assert asked.body == Json({"text": "We look into it.", "reply": {"in_reply_to_tweet_id": "50"}})
    assert asked.does == "speaks"
    assert asked.spends == {"post:user": 1, "post:app-day": 1}
    assert (seen.result.id, seen.result.url) == ("77", "https://x.com/acme/status/77")


def test_the_latest_version_is_answered_and_later_parts_answer_the_one_before() -> None:
    edited = heard(edit_history_tweet_ids=["49", "50"])
    assert _body(Part(text="a", target=edited))["reply"] == {"in_reply_to_tweet_id": "50"}
    assert _body(Part(text="b", target=edited, done=(Sent("70"), Sent("71"))))["reply"] == {
        "in_reply_to_tweet_id": "71"
    }
    assert _body(Part(text="news")) == {"text": "news"}
    assert _body(Part(text="q", target=edited, mode="quote")) == {"text": "q", "quote_tweet_id": "50"}


def _body(part: Part) -> Any:
    seen = replay(connector().send(part), [answer({"data": {"id": "77"}}, 201)])
    assert isinstance(seen.requests[0].body, Json)
    return seen.requests[0].body.value


def test_an_answer_without_an_id_leaves_the_outcome_open() -> None:
    with pytest.raises(DeliveryUnknown):
        replay(connector().send(Part(text="a")), [answer({}, 201)])


def test_reading_credentials_cannot_post() -> None:
    with pytest.raises(Rejected):
        replay(connector({"bearer_token": "b"}, handle="acme").send(Part(text="a")), [])


def planned(text: str, target: Mention | None = None, **more: Any) -> tuple[Part, ...]:
    own = more.pop("own", {})
    reply = Reply(idempotency_key="k", text=text, target=target, **more)
    return connector(**own).plan(reply, Standing(now=NOW, target=target))


def test_a_plan_warns_of_what_an_agent_should_know() -> None:
    assert planned("fine", heard())[0].warnings == ()
    (part,) = planned("see example.com", heard("not addressed"))
    assert [word in warning for word, warning in zip(("13 times", "refuse"), part.warnings, strict=True)] == [
        True,
        True,
    ]
    assert planned("fine", heard("not addressed"), own={"enterprise": True})[0].warnings == ()


@pytest.mark.parametrize(
    ("text", "more", "reason"),
    [
        ("  ", {}, "content"),
        ("a\ufffe", {}, "content"),
        ("a", {"mode": "direct"}, "unsupported"),
        ("a", {"mode": "quote"}, "unsupported"),
        ("a", {"attachments": (Attachment(id=pid("1"), kind="image"),)}, "content"),
        ("a" * 300, {"overflow": "reject"}, "too_long"),
        ("https://example.com/" + "a" * 5000, {}, "too_long"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_once(text: str, more: dict[str, Any], reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        planned(text, **more)
    assert caught.value.reason == reason


def test_targets_that_cannot_be_answered_are_refused() -> None:
    gone = heard().model_copy(update={"state": "deleted"})
    hidden = heard().model_copy(update={"author": heard().author.model_copy(update={"protected": True})})
    for target, reason in ((gone, "gone"), (hidden, "not_permitted")):
        with pytest.raises(Rejected) as caught:
            planned("a", target)
        assert caught.value.reason == reason
        verdict = {action.name: action for action in connector().actions(Standing(now=NOW, target=target))}
        assert not verdict["reply"].allowed
        assert verdict["reply"].reason == str(caught.value)


def test_actions_say_why() -> None:
    verdict = {
        action.name: action for action in connector().actions(Standing(now=NOW, target=heard("no name")))
    }
    assert verdict["reply"].allowed
    assert "neither mentions nor quotes" in str(verdict["reply"].reason)
    assert not verdict["delete"].allowed
    called = {action.name: action for action in connector().actions(Standing(now=NOW, target=heard()))}
    assert called["reply"].reason is None


WORDS = st.lists(
    st.one_of(
        st.text("abcdé日\U0001f44d", min_size=1, max_size=30),
        st.sampled_from(
            [
                "https://example.com/a/long/path?x=1",
                "@jo_doe",
                "example.org",
                "\U0001f468\u200d\U0001f469\u200d\U0001f467",
                "end.",
                "\U0001f1e9\U0001f1ea",
            ]
        ),
    ),
    min_size=1,
    max_size=120,
)


@settings(deadline=None, max_examples=60)
@given(WORDS, st.sampled_from([" ", "\n", "\n\n", "  "]))
def test_cuts_lose_nothing_and_split_nothing(words: list[str], space: str) -> None:
    text = space.join(words)
    parts = [part.text for part in planned(text)]
    assert all(weighted_length(part) <= 280 for part in parts)
    if len(parts) > 1:
        parts = [part.removesuffix(f" ({number}/{len(parts)})") for number, part in enumerate(parts, 1)]
    assert "".join("".join(parts).split()) == "".join(text.split())
    whole = [word for part in parts for word in part.split()]
    for word in words:
        if word.startswith(("http", "@", "example", "\U0001f468")):
            assert word in whole


# ----------------------------------------------------------------------------------------------------- find_sent


def ours(post_id: str, text: str, answers: str | None = "50", **more: Any) -> dict[str, Any]:
    references = [{"type": "replied_to", "id": answers}] if answers else []
    return post(post_id, text, ME, referenced_tweets=references, **more)


PART = Part(text="Fish & chips: see example.com/menu", target=heard(), started_at=NOW)


def test_a_part_that_landed_is_found_whatever_x_made_of_its_text() -> None:
    link = "https://t.co/abcdefghij"
    text = f"@jo_doe Fish &amp; chips: see {link}"
    told = {
        "urls": [
            {
                "start": text.index(link),
                "end": len(text),
                "url": link,
                "expanded_url": "http://example.com/menu",
            }
        ]
    }
    pages = page(
        ours("72", "Fish &amp; chips: see", "51"), ours("71", text, entities=told), ours("70", "other")
    )
    seen = replay(connector().find_sent(PART), [answer(pages)])
    asked = seen.requests[0]
    assert asked.path == f"/2/users/{ME}/tweets"
    assert asked.params["start_time"] == "2026-11-20T11:58:00Z"
    assert asked.does == "reads"
    assert ([sent.id for sent in seen.result.found], seen.result.reached) == (["71"], True)


def test_what_is_not_there_is_said_so_only_after_looking_at_all() -> None:
    seen = replay(
        connector().find_sent(PART), [answer(page(ours("72", "x"), next_token="t")), answer(page())]
    )
    assert (seen.result.found, seen.result.reached) == ((), True)
    endless = [answer(page(ours("72", "x"), next_token=f"t{number}")) for number in range(5)]
    assert not replay(connector().find_sent(PART), endless).result.reached


def test_nothing_can_be_looked_for_without_a_users_credentials_or_a_time() -> None:
    assert not replay(connector().find_sent(Part(text="a")), []).result.reached
    assert not replay(connector({"bearer_token": "b"}, handle="acme").find_sent(PART), []).result.reached


# ------------------------------------------------------------------------------------------------------ moderate


def test_deleting_and_hiding() -> None:
    seen = replay(
        connector().moderate(Command(name="delete", target=pid("7"))), [answer({"data": {"deleted": True}})]
    )
    assert (seen.requests[0].method, seen.requests[0].path) == ("DELETE", "/2/tweets/7")
    seen = replay(
        connector().moderate(Command(name="unhide", target=pid("7"))), [answer({"data": {"hidden": False}})]
    )
    assert (seen.requests[0].method, seen.requests[0].path) == ("PUT", "/2/tweets/7/hidden")
    assert seen.requests[0].body == Json({"hidden": False})
    with pytest.raises(Rejected):
        replay(
            connector().moderate(Command(name="hide", target=pid("7"))), [answer({"data": {"hidden": False}})]
        )
    with pytest.raises(Rejected):
        replay(connector().moderate(Command(name="dance", target=pid("7"))), [])


# ------------------------------------------------------------------------------------------------ errors, limits

PROBLEMS = "https://api.twitter.com/2/problems/"
RESET = {"x_rate_limit_remaining": "0", "x_rate_limit_reset": "1795176000"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, {"title": "Unauthorized", "type": "about:blank"}, AuthError, "401"),
        (401, {"errors": [{"code": 89, "message": "Invalid or expired token."}]}, AuthError, "89"),
        (402, {"title": "CreditsDepleted"}, RateLimited, "CreditsDepleted"),
        (403, {"detail": "... a Tweet with duplicate content.", "type": "about:blank"}, DeliveryUnknown, "duplicate"),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, DeliveryUnknown, "187"),
        (403, {"errors": [{"code": 433}]}, Rejected, "433"),
        (403, {"errors": [{"code": 385}]}, Rejected, "385"),
        (403, {"errors": [{"code": 136}]}, Rejected, "136"),
        (403, {"errors": [{"code": 453}]}, AuthError, "453"),
        (403, {"type": PROBLEMS + "client-forbidden", "reason": "client-not-enrolled"}, AuthError, "client-forbidden"),
        (403, {"type": PROBLEMS + "oauth1-permissions"}, AuthError, "oauth1-permissions"),
        (404, {"type": PROBLEMS + "resource-not-found"}, Rejected, "resource-not-found"),
        (429, {"type": PROBLEMS + "usage-capped", "title": "UsageCapExceeded"}, RateLimited, "usage-capped"),
        (429, {"type": PROBLEMS + "rate-limit-exceeded"}, RateLimited, "rate-limit-exceeded"),
        (429, {"errors": [{"code": 88}]}, RateLimited, "88"),
        (503, {}, Unavailable, "503"),
        (400, {"type": PROBLEMS + "invalid-request"}, Rejected, "invalid-request"),
    ],
)  # fmt: skip
def test_errors_mean(status: int, body: Any, kind: type[PlatformError], code: str) -> None:
    error = connector().check(answer(body, status, **RESET))
    assert isinstance(error, kind)
    assert error.code == code


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (418, b"{}"),
        (403, b"<html>no</html>"),
        (404, b"upstream"),
        (400, b"[1]"),
        (422, b'{"errors": "x"}'),
        (429, b"slow"),
        (200, b""),
    ],
)
def test_what_is_not_in_the_table_is_left_to_the_status(status: int, body: bytes) -> None:
    assert connector().check(Response(status, body=body)) is None


def test_the_reasons_of_refusals() -> None:
    def reason(body: Any, status: int = 403) -> str:
        error = connector().check(answer(body, status))
        assert isinstance(error, Rejected)
        return error.reason

    assert reason({"errors": [{"code": 385}]}) == "gone"
    assert reason({"errors": [{"code": 136}]}) == "blocked"
    assert (
        reason({"detail": "... you have not been mentioned or otherwise engaged by ..."}) == "not_permitted"
    )
    assert reason({"type": PROBLEMS + "resource-not-found"}, 404) == "gone"


def test_how_long_to_wait() -> None:
    def limited(body: Any, headers: dict[str, str], status: int = 429) -> RateLimited:
        error = connector().check(answer(body, status, **headers))
        assert isinstance(error, RateLimited)
        return error

    assert limited({}, RESET).retry_at == datetime.fromtimestamp(1795176000, timezone.utc)
    day = {"x_user_limit_24hour_remaining": "0", "x_user_limit_24hour_reset": "1795260000"}
    assert limited({}, RESET | day).retry_at == datetime.fromtimestamp(1795260000, timezone.utc)
    capped = limited({"title": "UsageCapExceeded"}, RESET | {"x_rate_limit_remaining": "299"})
    assert (capped.retry_at, capped.needs_human) == (datetime(2026, 12, 1, tzinfo=timezone.utc), True)
    broke = limited({"title": "CreditsDepleted"}, {}, 402)
    assert (broke.retry_at, broke.needs_human, broke.scope) == (None, True, "account")
    busy = limited({"title": "ConnectionException"}, {})
    assert (busy.scope, busy.retry_at) == ("stream", NOW + timedelta(seconds=60))


def test_a_dead_refresh_token_asks_to_sign_in_again() -> None:
    asked = Request("POST", "https://api.x.com/2/oauth2/token", auth="none")
    dead = Response(400, body=b'{"error": "invalid_request"}', request=asked)
    assert isinstance(connector().check(dead), AuthError)
    elsewhere = Response(
        400, body=b'{"error": "invalid_request"}', request=Request("GET", "https://api.x.com/2/x")
    )
    assert connector().check(elsewhere) is None


def test_limits_are_read_from_any_answer() -> None:
    asked = Request("POST", "https://api.x.com/2/tweets", spends={"post:user": 1, "post:app-day": 1})
    headers = {
        "x-rate-limit-limit": "100",
        "x-rate-limit-remaining": "99",
        "x-rate-limit-reset": "1795176000",
        "x-app-limit-24hour-limit": "10000",
        "x-app-limit-24hour-remaining": "9000",
        "x-app-limit-24hour-reset": "soon",
    }
    told = list(connector().read_limits(Response(403, headers, request=asked)))
    assert [(reading.bucket, reading.limit, reading.remaining) for reading in told] == [
        ("post:user", 100, 99),
        ("post:app-day", 10000, 9000),
    ]
    assert told[0].resets_at == datetime.fromtimestamp(1795176000, timezone.utc)
    assert told[1].resets_at is None
    assert list(connector().read_limits(Response(200, headers))) == []


def test_every_bucket_that_is_spent_is_declared() -> None:
    twitter, app = connector(), connector({"bearer_token": "b"}, handle="acme")
    declared = {limit.bucket: limit for limit in twitter.limits}
    reading = [
        replay(client.fetch(Window(stream="mentions", now=NOW)), [answer(page())]).requests[0]
        for client in (twitter, app)
    ]
    assert {bucket for request in reading for bucket in request.spends} == {"mentions:user", "mentions:app"}
    assert (declared["mentions:user"].amount, declared["mentions:user"].shared_by) == (300, "account")
    assert (declared["mentions:app"].amount, declared["mentions:app"].shared_by) == (450, "app")
    assert {"post:user", "post:app-day", "search:app", "timeline:user", "delete:user"} <= set(declared)
