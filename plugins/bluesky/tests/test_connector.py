"""What is peculiar to Bluesky: settings, sessions, searches, errors, limits, keys, plans."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.bluesky.tests.bluesky_pages import (
    CID,
    KIM,
    ME,
    NOW,
    SERVER,
    answer,
    author,
    connector,
    mention_of_me,
    notification,
    record,
    refusal,
    reply_to,
    uri,
    view,
)
from socialdesk.auth import Stamp, Tokens
from socialdesk.connector import Command, Part, Raw, Standing, Topic, Window
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
from socialdesk_bluesky.ids import owner_of, place_of, tid
from socialdesk_bluesky.sandbox.names import TID

STAMP = Stamp(NOW, bytes(16))
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def heard(written: dict[str, Any], me: str = ME, **more: Any) -> Mention:
    mention = connector(me).parse(Raw("post", {"post": view(written, **more)}))
    assert isinstance(mention, Mention)
    return mention


# -------------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"base_url": "http://bsky.example"}, "base_url"),
        ({"base_url": "https://user:word@bsky.example"}, "base_url"),
        ({"base_url": "bsky.social"}, "base_url"),
        ({"handle": "acme"}, "handle"),
        ({"app_password": " "}, "app_password"),
        ({"languages": ("english!",)}, "languages"),
        ({"languages": ("en", "de", "fr", "it")}, "languages"),
    ],
)
def test_settings_that_do_not_fit_are_named(changed: dict[str, Any], problem: str) -> None:
    given = {"handle": "acme.example", "app_password": "abcd-efgh-ijkl-mnop", **changed}
    with pytest.raises(ConfigError) as raised:
        Registry().connect("bluesky", given)
    assert any(one.startswith(problem) for one in raised.value.problems)


def test_a_server_of_this_machine_may_be_plain() -> None:
    given = {"handle": "@acme.test", "app_password": "x", "base_url": "http://localhost:2583/"}
    connected = Registry().connect("bluesky", given)
    assert connected.hosts == ("localhost:2583",)
    assert connected.config.handle == "acme.test"


def test_credentials_go_where_the_account_is_at_home_and_nowhere_else() -> None:
    assert set(connector().hosts) == {"bsky.social", "morel.us-east.host.bsky.network"}
    for endpoint in (
        "http://morel.example",
        "https://evil@host.example",
        "nonsense",
        "https://x.example/path",
    ):
        service = [{"id": "#atproto_pds", "type": "x", "serviceEndpoint": endpoint}]
        told = {"did": ME, "handle": "acme.example", "didDoc": {"service": service}}
        assert replay(connector().identify(), [answer(told)]).result.host is None


def test_an_account_that_is_not_active_is_told_to_a_person() -> None:
    told = {"did": ME, "handle": "acme.example", "active": False, "status": "takendown"}
    (notice,) = replay(connector().identify(), [answer(told)]).result.notices
    assert (notice.scope, notice.health) == ("account", "suspended")


# -------------------------------------------------------------------------------------------------------- sessions


def session(access: str = "a.eyJleHAiOjE3OTUwMDAwMDB9.c", renewal: str = "r") -> Response:
    return answer({"did": ME, "handle": "acme.example", "accessJwt": access, "refreshJwt": renewal})


def test_a_session_is_begun_with_the_app_password_and_renewed_without_it() -> None:
    auth = connector().auth("account")
    begun = replay(auth.refresh(None, STAMP), [session()])
    (asked,) = begun.requests
    assert isinstance(asked.body, Json)
    assert asked.url == "https://bsky.social/xrpc/com.atproto.server.createSession"
    assert asked.body.value == {"identifier": "acme.example", "password": "abcd-efgh-ijkl-mnop"}
    assert begun.result.expires_at is not None
    assert begun.result.expires_at.year == 2026
    renewed = replay(auth.refresh(begun.result, STAMP), [session("b", "r2")])
    (asked,) = renewed.requests
    assert (asked.path, asked.headers["authorization"], asked.body) == (
        "/xrpc/com.atproto.server.refreshSession", "Bearer r", None,
    )  # fmt: skip
    assert (renewed.result.access, renewed.result.refresh, renewed.result.expires_at) == ("b", "r2", None)


@pytest.mark.parametrize(
    "refused", [refusal(400, "ExpiredToken"), refusal(400, "InvalidToken"), refusal(401, "x")]
)
def test_a_session_that_cannot_be_renewed_is_begun_anew(refused: Response) -> None:
    old = Tokens(access="a", refresh="r")
    done = replay(connector().auth("account").refresh(old, STAMP), [refused, session()])
    assert [request.path.rpartition(".")[2] for request in done.requests] == [
        "refreshSession",
        "createSession",
    ]


def test_a_renewal_token_that_ended_is_not_tried() -> None:
    old = Tokens(access="a", refresh="r", refresh_by=NOW - timedelta(days=1))
    done = replay(connector().auth("account").refresh(old, STAMP), [session()])
    assert len(done.requests) == 1


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        (refusal(401, "AuthenticationRequired"), AuthError),
        (refusal(401, "AuthFactorTokenRequired"), AuthError),
        (refusal(401, "AccountTakedown"), AuthError),
        (refusal(429, "RateLimitExceeded"), RateLimited),
        (refusal(502, "UpstreamFailure"), Unavailable),
        (Response(403, {}, b"<html>", received_at=NOW), Rejected),
        (answer({"did": ME}), Unavailable),
        (Response(418, {}, b"", received_at=NOW), Unavailable),
    ],
)
def test_a_sign_in_that_is_refused(refused: Response, kind: type[PlatformError]) -> None:
    with pytest.raises(kind) as raised:
        replay(connector().auth("account").refresh(None, STAMP), [refused])
    assert raised.value.scope == "account"
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_at == NOW + timedelta(minutes=5)


def test_a_refused_renewal_does_not_use_up_a_sign_in() -> None:
    old = Tokens(access="a", refresh="r")
    with pytest.raises(Unavailable):
        replay(connector().auth("account").refresh(old, STAMP), [refusal(503, "NotEnoughResources")])


# ------------------------------------------------------------------------------------------------------------ keys


MOMENTS = st.integers(0, 9 * 10**15 - 1).map(lambda number: EPOCH + timedelta(microseconds=number))


@given(st.text(max_size=40), MOMENTS)
def test_a_key_is_a_tid_and_the_same_each_time(key: str, at: datetime) -> None:
    made = tid(key, at)
    assert TID.fullmatch(made)
    assert made == tid(key, at)
    assert made < tid(f"{key}.", at + timedelta(seconds=2))


def test_what_is_said_at_one_moment_has_keys_of_its_own() -> None:
    assert len({tid(f"0197f1d2-0000-7000-8000-{number:012d}", NOW) for number in range(5000)}) == 5000


def test_uris() -> None:
    assert place_of("at://did:web:a.example/app.bsky.feed.post/self~x:1.2_-") == (
        "did:web:a.example", "app.bsky.feed.post", "self~x:1.2_-",
    )  # fmt: skip
    for bad in ("https://bsky.app", "at://did:plc:a", "at://did:plc:a/app.bsky.feed.post", "", None, 7):
        assert owner_of(bad) is None


# --------------------------------------------------------------------------------------------------------- hearing


def test_the_account_is_asked_for_what_concerns_it() -> None:
    window = Window(stream="mentions", now=NOW)
    for heard_too, reasons in (
        (True, ["mention", "reply", "quote", "repost"]),
        (False, ["mention", "reply", "quote"]),
    ):
        bluesky = connector(reposts=heard_too)
        (asked,) = replay(bluesky.fetch(window), [answer({"notifications": []})]).requests
        assert asked.full_url.startswith(f"{SERVER}/xrpc/app.bsky.notification.listNotifications?")
        assert [pair.partition("=")[2] for pair in asked.full_url.partition("?")[2].split("&")][
            :-1
        ] == reasons


def test_a_walk_goes_on_over_empty_pages_and_ends_where_all_is_known() -> None:
    bluesky = connector()
    empty = answer({"notifications": [], "cursor": "c1"})
    page = replay(bluesky.fetch(Window(stream="mentions", now=NOW)), [empty]).result
    assert (page.items, page.end) == ([], None)
    one = answer({"notifications": [notification()], "cursor": "c2"})
    views = answer({"posts": [view()]})
    done = replay(bluesky.fetch(Window(stream="mentions", now=NOW, page=page.next)), [one, views])
    assert "cursor=c1" in done.requests[0].full_url
    assert done.result.span == ("c2", "2026-11-20T09:15:43.102Z")
    later = Window(stream="mentions", now=NOW, since="2026-11-20T11:00:00.000Z")
    assert replay(bluesky.fetch(later), [one, views]).result.end == "reached"
    soon = Window(stream="mentions", now=NOW, since="2026-11-20T09:20:00.000Z")
    assert replay(bluesky.fetch(soon), [one, views]).result.next is not None
    cut = Window(stream="mentions", now=NOW, until="c2")
    assert "cursor=c2" in replay(bluesky.fetch(cut), [one, views]).requests[0].full_url


def test_at_most_a_page_of_what_is_known_is_read_again() -> None:
    many = [notification(uri=uri(f"3lbkimpost{number:03d}")) for number in range(50)]
    window = Window(stream="mentions", now=NOW, since="2026-11-20T09:16:00.000Z")
    done = replay(
        connector().fetch(window),
        [answer({"notifications": many, "cursor": "c"}), *[answer({"posts": []})] * 2],
    )
    assert (done.result.next, done.result.end) == (None, "reached")
    assert [len(request.full_url.split("uris=")) - 1 for request in done.requests[1:]] == [25, 25]


def test_a_search_looks_a_little_further_back_than_what_is_known() -> None:
    (topic,) = connector().queries(Rule(name="r", phrase="acme cable", language="pt-BR"))
    window = Window(
        stream="search",
        now=NOW,
        topics=(topic,),
        since="2026-11-20T11:00:00.000Z",
        until="2026-11-20T11:30:00.000Z",
    )
    done = replay(connector().fetch(window), [answer({"posts": [view()], "cursor": "25"})])
    asked = done.requests[0].full_url
    for part in (
        "q=%22acme+cable%22",
        "lang=pt&",
        "sort=latest",
        "since=2026-11-20T10%3A55",
        "until=2026-11-20T11%3A30%3A00.001Z",
    ):
        assert part in asked
    again = Window(stream="search", now=NOW + timedelta(hours=1), topics=(topic,), page=done.result.next)
    more = replay(connector().fetch(again), [answer({"posts": []})])
    assert more.requests[0].full_url == asked + "&cursor=25"
    assert (more.result.next, more.result.end) == (None, "reached")


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        (Rule(name="r", phrase="acme"), [{"q": "acme"}]),
        (Rule(name="r", phrase='say "hi"'), [{"q": '"say hi"'}]),
        (Rule(name="r", any_of=("acme", "acme-cable")), [{"q": "acme"}, {"q": '"acme-cable"'}]),
        (Rule(name="r", phrase="a b", any_of=("c",), hashtags=("#d",)), [{"q": '"a b" c', "tag": ["d"]}]),
        (Rule(name="r", hashtags=("a", "b")), [{"q": "#a", "tag": ["a"]}, {"q": "#b", "tag": ["b"]}]),
        (Rule(name="r", urls=("https://www.acme.example/x",)), [{"q": "*", "domain": "acme.example"}]),
        (
            Rule(name="r", phrase="acme", none_of=("road runner",), language="en"),
            [{"q": "acme", "lang": "en"}],
        ),
        (Rule(name="r", phrase="acme", urls=("not a host",)), [{"q": "acme"}]),
    ],
)
def test_rules_in_the_words_of_the_search(rule: Rule, asked: list[dict[str, Any]]) -> None:
    topics = connector().queries(rule)
    assert [dict(topic.data) for topic in topics] == asked
    assert not any(topic.exact for topic in topics)
    assert len({topic.key for topic in topics}) == len(topics)


@pytest.mark.parametrize(
    "rule", [Rule(name="r", language="en"), Rule(name="r", none_of=("a",)), Rule(name="r", urls=("x",))]
)
def test_rules_that_cannot_be_searched_for(rule: Rule) -> None:
    with pytest.raises(Rejected, match="Rule r"):
        connector().queries(rule)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (mention_of_me(), "mention"),
        (record(reply=reply_to(uri(did=ME))), "reply"),
        ({**mention_of_me(), "reply": reply_to(uri(did=ME))}, "reply"),
        ({**mention_of_me(), "reply": reply_to(uri())}, "mention"),
        (record(reply=reply_to(uri(), uri(did=ME))), "reply"),
        (
            record(embed={"$type": "app.bsky.embed.record", "record": {"uri": uri(did=ME), "cid": CID}}),
            "quote",
        ),
        (record("acme cut me off"), "search_match"),
        (record(text=None), "search_match"),
    ],
)
def test_kinds(written: dict[str, Any], kind: str) -> None:
    assert heard(written).kind == kind


def test_times_handles_and_people_who_are_not_told() -> None:
    odd = heard(record(createdAt="2031-01-01T00:00:00Z"), author=author(handle="handle.invalid"))
    assert odd.created_at is not None
    assert (
        odd.created_at.isoformat() == "2026-11-20T09:15:44+00:00"
    )  # a claim from the future counts for nothing
    assert (odd.author.handle, odd.author.verified) == (None, None)
    assert odd.author.id == ExternalId("bluesky", "user", KIM)
    assert heard(record(createdAt="once upon a time")).created_at == odd.created_at
    assert odd.url == f"https://bsky.app/profile/{KIM}/post/3lbkimpost22a"
    trusted = {"verifications": [], "verifiedStatus": "none", "trustedVerifierStatus": "valid"}
    assert heard(record(), author=author(verification=trusted)).author.verified is True
    unsure = {"verifications": [], "verifiedStatus": "invalid", "trustedVerifierStatus": "none"}
    assert heard(record(), author=author(verification=unsure)).author.verified is False


def test_whether_we_hid_an_answer_only_its_thread_tells() -> None:
    assert "state" in heard(record(reply=reply_to(uri(did=ME)))).provenance.missing
    assert heard(record(reply=reply_to(uri()))).provenance.missing == ()
    assert heard(mention_of_me()).provenance.missing == ()


def test_a_film_a_card_and_an_old_picture() -> None:
    blob = {"$type": "blob", "ref": {"$link": "bafkreia"}, "mimeType": "video/mp4", "size": 9}
    film = record(
        embed={"$type": "app.bsky.embed.video", "video": blob, "alt": "a flood", "presentation": "gif"}
    )
    shown = {"$type": "app.bsky.embed.video#view", "cid": "bafkreia", "playlist": "https://v.example/p.m3u8"}
    (one,) = heard(film, embed=shown).attachments
    assert (one.kind, one.url, one.alt_text, one.size) == (
        "animation",
        "https://v.example/p.m3u8",
        "a flood",
        9,
    )
    old = {"cid": "bafkreib", "mimeType": "image/jpeg"}
    picture = record(embed={"$type": "app.bsky.embed.images", "images": [{"image": old, "alt": ""}]})
    (one,) = heard(picture).attachments
    assert (one.id.value, one.alt_text, one.size, one.width) == ("bafkreib", None, None, None)


def test_one_topic_at_a_time() -> None:
    for stream in ("search", "conversation"):
        with pytest.raises(PluginError, match="one topic"):
            replay(connector().fetch(Window(stream=stream, now=NOW)), [])
    topic = Topic(f"bluesky:post:{uri()}")
    done = replay(
        connector().fetch(Window(stream="conversation", now=NOW, topics=(topic,))), [answer({"thread": None})]
    )
    assert f"uri={uri().replace(':', '%3A').replace('/', '%2F')}" in done.requests[0].full_url


# ---------------------------------------------------------------------------------------------------------- errors


READING = Request("GET", f"{SERVER}/xrpc/app.bsky.feed.getPosts", spends={"requests": 1})
WRITING = Request("POST", f"{SERVER}/xrpc/com.atproto.repo.putRecord", spends={"requests": 1, "points": 2})


@pytest.mark.parametrize(
    ("status", "name", "meaning"),
    [
        (400, "ExpiredToken", AuthError),
        (400, "InvalidToken", AuthError),
        (401, "AuthMissing", AuthError),
        (401, "AuthenticationRequired", AuthError),
        (401, "AccountTakedown", AuthError),
        (401, "AccountDeactivated", AuthError),
        (400, "InvalidSwap", DeliveryUnknown),
        (400, "NotFound", "gone"),
        (400, "RecordNotFound", "gone"),
        (400, "BlobTooLarge", "too_long"),
        (400, "InvalidMimeType", "content"),
        (400, "InvalidRequest", "content"),
        (400, "BlockedActor", "blocked"),
        (400, "BadQueryString", "unsupported"),
        (413, "PayloadTooLarge", "too_long"),
        (429, "RateLimitExceeded", RateLimited),
        (500, "InternalServerError", Unavailable),
        (502, "UpstreamFailure", Unavailable),
        (503, "NotEnoughResources", Unavailable),
        (504, "UpstreamTimeout", Unavailable),
    ],
)
def test_errors(status: int, name: str, meaning: Any) -> None:
    told = refusal(status, name)
    error = connector().check(
        Response(told.status, told.headers, told.body, request=WRITING, received_at=NOW)
    )
    if isinstance(meaning, str):
        assert isinstance(error, Rejected)
        assert error.reason == meaning
    else:
        assert type(error) is meaning
    assert error is not None
    assert error.code == name


def test_errors_without_a_name() -> None:
    page = Response(403, {"Content-Type": "text/html"}, b"<html>403</html>", request=READING, received_at=NOW)
    error = connector().check(page)
    assert isinstance(error, Rejected)
    assert (error.reason, error.scope) == ("not_permitted", "stream")
    assert connector().check(Response(500, {}, b'{"error": "ExpiredToken"}')) is None
    assert connector().check(Response(404, {}, b"")) is None


def test_a_file_that_was_dropped_is_sent_again() -> None:
    told = refusal(400, "InvalidRequest", "Could not find blob: bafkreia")
    error = connector().check(
        Response(told.status, told.headers, told.body, request=WRITING, received_at=NOW)
    )
    assert isinstance(error, Unavailable)
    too_long = "Invalid app.bsky.feed.post record: Record/text must not be longer than 300 graphemes"
    told = refusal(400, "InvalidRequest", too_long)
    assert "300 graphemes" in str(connector().check(Response(400, {}, told.body, request=WRITING)))


def test_limits_are_read_from_every_answer() -> None:
    reset = int((NOW + timedelta(seconds=90)).timestamp())
    fields = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "0", "RateLimit-Reset": str(reset)}
    for policy, request, bucket in (
        ("3000;w=300", READING, "requests"),
        ("5000;w=3600", WRITING, "points"),
        ("30;w=300", Request("POST", SERVER, spends={"requests": 1, "sign-ins": 1}), "sign-ins"),
        ("", READING, "requests"),
    ):
        response = Response(
            429, {**fields, "RateLimit-Policy": policy}, b"{}", request=request, received_at=NOW
        )
        (reading,) = connector().read_limits(response)
        assert (reading.bucket, reading.limit, reading.remaining) == (bucket, 3000, 0)
        error = connector().check(response)
        assert isinstance(error, RateLimited)
        assert error.retry_at == NOW + timedelta(seconds=90)
    later = Response(429, {**fields, "Retry-After": "120"}, b"{}", request=READING, received_at=NOW)
    error = connector().check(later)
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + timedelta(seconds=120)
    assert list(connector().read_limits(Response(200, {"RateLimit-Policy": "7;w=1"}, request=READING))) == []


# ---------------------------------------------------------------------------------------------------------- saying


def planned(text: str = "Sorry!", **more: Any) -> tuple[Part, ...]:
    target = more.pop("target", heard(mention_of_me()))
    reply = Reply(idempotency_key="k", target=target, text=text, **more)
    return connector().plan(reply, Standing(now=NOW, target=target))


def picture(**more: Any) -> Attachment:
    return Attachment(
        id=ExternalId("desk", "media", "a"),
        kind="image",
        **{"media_type": "image/png", "size": 9, "alt_text": "a box", **more},
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"mode": "direct"}, "Direct messages"),
        ({"mode": "quote", "target": None}, "A quote needs"),
        ({"text": "  "}, "nothing to say"),
        ({"attachments": (picture(),) * 5}, "4 pictures"),
        ({"attachments": (picture(media_type="video/mp4"),)}, "no other files"),
        ({"attachments": (picture(size=2_000_001),)}, "2,000,000 bytes"),
    ],
)
def test_what_cannot_be_said(more: dict[str, Any], words: str) -> None:
    with pytest.raises(Rejected, match=words):
        planned(**{"text": "Sorry!", **more})


def test_what_an_agent_should_know_first() -> None:
    (part,) = planned("", attachments=(picture(alt_text=None, media_type="image/gif", size=1_500_000),))
    for words in ("no description", "does not move", "1,000,000"):
        assert any(words in one for one in part.warnings)
    assert planned(attachments=(picture(),))[0].warnings == ()


def test_a_repost_is_not_answered() -> None:
    told = {**notification(reason="repost"), "uri": uri(collection="app.bsky.feed.repost")}
    told["record"] = {"subject": {"uri": uri(did=ME), "cid": CID}, "createdAt": "2026-11-20T09:15:43.102Z"}
    repost = connector().parse(Raw("notification", {"notification": told}))
    assert isinstance(repost, Mention)
    assert (repost.kind, repost.text, repost.subject) == (
        "repost",
        "",
        ExternalId("bluesky", "post", uri(did=ME)),
    )
    with pytest.raises(Rejected, match="repost"):
        planned(target=repost)
    allowed = {
        action.name for action in connector().actions(Standing(now=NOW, target=repost)) if action.allowed
    }
    assert {"reply", "quote", "hide", "like"} & allowed == set()
    assert "block" in allowed


def test_a_command_for_which_there_is_no_key() -> None:
    command = Command(name="like", target=ExternalId("bluesky", "post", uri()))
    with pytest.raises(PluginError, match="time"):
        replay(connector().moderate(command), [answer({"posts": [view()]})])
    with pytest.raises(Rejected, match="user"):
        replay(connector().moderate(Command(name="like", target=ExternalId("bluesky", "user", KIM))), [])


def test_no_more_than_300_answers_are_hidden() -> None:
    answered = view(record(reply=reply_to(uri(did=ME))))
    gate = {
        "$type": "app.bsky.feed.threadgate",
        "post": uri(did=ME),
        "createdAt": "x",
        "hiddenReplies": ["at://x"] * 300,
    }
    command = Command(name="hide", target=ExternalId("bluesky", "post", uri()), key="k", at=NOW)
    with pytest.raises(Rejected, match="300"):
        replay(
            connector().moderate(command),
            [answer({"posts": [answered]}), answer({"uri": uri(did=ME), "cid": CID, "value": gate})],
        )


def test_what_stands_there_and_is_not_ours_is_left_to_a_person() -> None:
    (part,) = planned()
    part = Part(text=part.text, key="k", at=NOW, target=part.target)
    told = {"uri": uri(did=ME), "cid": CID, "value": record("something else")}
    search = replay(connector().find_sent(part), [answer(told)]).result
    assert (search.found, search.reached) == ((), False)
    assert replay(connector().find_sent(Part(text="x")), []).result.reached is False
