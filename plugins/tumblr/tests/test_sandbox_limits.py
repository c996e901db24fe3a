"""How much of what: windows, days, and what says so."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from plugins.tumblr.tests.sandbox_client import Caller, in_form, words
from socialdesk.testing import faults
from socialdesk_tumblr.sandbox import TumblrSandbox

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"0" * 40


@pytest.fixture
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


@pytest.fixture
def call(sandbox):
    return Caller(sandbox)


def windows(answer):
    return {
        name.removeprefix("X-Ratelimit-"): int(value)
        for name, value in answer.headers.items()
        if name.startswith("X-Ratelimit-")
    }


def test_answers_tell_two_windows_in_seconds_left(sandbox, call):
    call("GET", "/v2/user/info")
    sandbox.advance(seconds=100)
    assert windows(call("GET", "/v2/user/info")) == {
        "Perday-Limit": 5000,
        "Perday-Remaining": 4998,
        "Perday-Reset": 86300,
        "Perhour-Limit": 1000,
        "Perhour-Remaining": 998,
        "Perhour-Reset": 3500,
    }


def test_the_hour_is_the_apps_whoever_asks(sandbox, call):
    sandbox.limits.set("hour", 3)
    other = Caller(sandbox, "oauth1", sandbox.connect_account("globex"))
    statuses = [caller("GET", "/v2/user/info").status for caller in (call, other, call, other)]
    assert statuses == [200, 200, 200, 429]
    answer = Caller(sandbox, "key")("GET", "/v2/blog/acme/info")
    assert (answer.status, windows(answer)["Perhour-Remaining"]) == (429, 0)
    assert answer.json()["meta"] == {"status": 429, "msg": "Limit Exceeded"}
    assert "Retry-After" not in answer.headers
    sandbox.advance(seconds=windows(answer)["Perhour-Reset"] + 1)
    assert call("GET", "/v2/user/info").status == 200


def test_a_real_hour_has_a_thousand_calls(sandbox):
    sandbox.limits.set("address_minute", 10_000)
    call = Caller(sandbox, "key")
    answers = [call("GET", "/v2/blog/acme/info").status for _ in range(1_001)]
    assert answers == [200] * 1_000 + [429]


def test_the_day_outlasts_the_hour(sandbox, call):
    sandbox.limits.set("day", 2)
    for expected in (200, 200, 429):
        sandbox.advance(hours=2)
        assert call("GET", "/v2/user/info").status == expected
    sandbox.advance(hours=21)
    assert call("GET", "/v2/user/info").status == 200


def test_an_address_has_limits_that_no_header_tells(sandbox):
    call = Caller(sandbox, "key")
    answers = [call("GET", "/v2/blog/acme/info") for _ in range(301)]
    assert [answer.status for answer in answers] == [200] * 300 + [429]
    assert windows(answers[-1]) == {}
    sandbox.advance(minutes=1)
    assert call("GET", "/v2/blog/acme/info").status == 200


def test_blocks_have_a_window_of_their_own(sandbox, call):
    assert [call("GET", "/v2/blog/acme/blocks").status for _ in range(61)] == [200] * 60 + [429]
    assert call("GET", "/v2/user/info").status == 200


@pytest.mark.parametrize(("tells", "left"), [("nothing", 999), ("reset", 0)])
def test_429_comes_on_demand_with_quota_left_or_without(sandbox, call, tells, left):
    call("GET", "/v2/user/info")
    sandbox.fail(faults.TooManyRequests(tells=tells, seconds=753))
    answer = call("GET", "/v2/user/info")
    assert (answer.status, windows(answer)["Perhour-Remaining"]) == (429, left)
    assert windows(answer)["Perhour-Reset"] == (3600 if tells == "nothing" else 753)
    sandbox.fail(faults.TooManyRequests(seconds=76_341))
    assert windows(call("GET", "/v2/user/info"))["Perday-Reset"] == 76_341


def test_posts_of_a_day_end_at_midnight_in_new_york(sandbox, call):
    sandbox.limits.set("posts", 2)
    kim = sandbox.blog("customer-kim").post("hello")
    assert call.write(words("one")).status == 201
    assert call.form("post/reblog", id=kim.id, reblog_key=kim.reblog_key).status == 201
    for answer in (call.write(words("three")), call.reblog(kim, words("four"))):
        assert (answer.status, answer.json()["errors"][0]["code"]) == (403, 8023)
    assert call.write(words("later"), state="draft").status == 201
    side = sandbox.account.side_blog("acme-careers")
    beside = call("POST", f"/v2/blog/{side.name}/posts", json={"content": [words("x")]})
    assert beside.status == 403  # the limit is the person's
    limits = call("GET", "/v2/user/limits").json()["response"]["user"]["posts"]
    assert (limits["limit"], limits["remaining"]) == (2, 0)
    midnight = datetime.fromtimestamp(limits["reset_at"], timezone.utc)
    assert (midnight.hour, midnight.minute) == (5, 0)
    sandbox.advance(seconds=(midnight - sandbox.clock.now()).total_seconds() - 1)
    assert call.write(words("five")).status == 403
    sandbox.advance(seconds=1)
    assert call.write(words("five")).status == 201


def test_midnight_in_summer_is_an_hour_earlier():
    sandbox = TumblrSandbox(start=datetime(2026, 7, 1, 3, 30, tzinfo=timezone.utc))
    limits = Caller(sandbox)("GET", "/v2/user/limits").json()["response"]["user"]
    assert limits["likes"]["reset_at"] == int(datetime(2026, 7, 1, 4, tzinfo=timezone.utc).timestamp())


def test_pictures_and_films_of_a_day(sandbox, call):
    sandbox.limits.set("photos", 1)
    sandbox.limits.set("videos", 1)

    def upload(kind, content, status, code=0):
        medium = {"identifier": "file0"}
        block = {"type": kind, "media": [medium] if kind == "image" else medium}
        answer = call("POST", "/v2/blog/acme/posts", **in_form({"content": [block]}, file0=content))
        assert answer.status == status, answer.body
        assert code == (answer.json()["errors"][0]["code"] if code else 0)

    upload("image", PNG, 201)
    upload("image", PNG, 403, 8004)
    upload("image", b"no picture", 400, 8005)
    upload("image", PNG + b"0" * 10_000_000, 400, 8005)
    upload("video", PNG, 400, 8005)
    upload("video", MP4, 201)
    upload("video", MP4, 403, 8011)
    sandbox.advance(days=1)
    sandbox.transcoding = True
    upload("video", MP4, 403, 8010)
    sandbox.transcoding = False
    sandbox.uploads_fail = True
    upload("image", PNG, 500, 8006)
    upload("video", MP4, 500, 8009)
    sandbox.uploads_fail = False
    upload("video", MP4, 201)


def test_follows_and_likes_of_a_day(sandbox, call):
    sandbox.limits.set("follows", 1)
    sandbox.limits.set("likes", 0)
    post = sandbox.blog("customer-kim").post("hello")
    sandbox.blog("customer-lee")
    follow = [
        call("POST", "/v2/user/follow", form={"url": name}).status
        for name in ("customer-kim", "customer-lee")
    ]
    assert follow == [200, 429]
    like = call("POST", "/v2/user/like", form={"id": post.id, "reblog_key": post.reblog_key})
    assert like.status == 429


def test_a_queue_has_an_end(sandbox, call):
    for index in range(1_000):
        sandbox.account.post(f"post {index}", state="queued")
    answer = call.write(words("one more"), state="queue")
    assert (answer.status, answer.json()["errors"][0]["code"]) == (403, 8022)


def test_posting_can_be_switched_off(sandbox, call):
    sandbox.posting_off = True
    assert call.write(words("x")).status == 503
    assert call("GET", "/v2/user/info").status == 200
