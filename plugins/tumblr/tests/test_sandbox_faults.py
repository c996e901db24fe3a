"""Faults on demand, the log, and the same things over HTTP."""

from __future__ import annotations

import json

import httpx
import pytest

from plugins.tumblr.tests.sandbox_client import Caller, words
from socialdesk.errors import Unavailable
from socialdesk.testing import faults
from socialdesk.testing.sandbox import served
from socialdesk.wire import Json, Request, TransportError
from socialdesk_tumblr.sandbox import TumblrSandbox

POST = faults.Matching("POST", "/v2/blog/*/posts")


@pytest.fixture
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


@pytest.fixture
def call(sandbox):
    return Caller(sandbox)


def own(sandbox):
    return [post.text for post in sandbox.world.posts.values() if post.blog is sandbox.account]


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("applied", [True, False])
def test_a_server_error_leaves_open_whether_it_was_done(sandbox, call, status, applied):
    sandbox.fail(faults.ServerError(status, applied=applied), when=POST)
    answer = call.write(words("hello"))
    assert (answer.status, answer.json()["meta"]["status"]) == (status, status)
    assert own(sandbox) == (["hello"] if applied else [])


def test_an_answer_that_is_lost_and_a_connection_that_is_none(sandbox, call):
    sandbox.fail(faults.DropAnswer(), when=POST)
    with pytest.raises(TransportError) as lost:
        call.write(words("one"))
    sandbox.fail(faults.RefuseConnection(), when=POST)
    with pytest.raises(TransportError) as refused:
        call.write(words("two"))
    assert (lost.value.sent, refused.value.sent) == (True, False)
    assert own(sandbox) == ["one"]


def test_json_that_ends_early_and_a_page_for_people(sandbox, call):
    sandbox.fail(faults.CutJson())
    with pytest.raises(Unavailable):
        call("GET", "/v2/user/info").json()
    sandbox.fail(faults.HtmlPage(applied=True), when=POST)
    assert call.write(words("hello")).body.startswith(b"<!DOCTYPE html>")
    assert own(sandbox) == ["hello"]


@pytest.mark.parametrize("kind", ["oauth1", "oauth2"])
def test_a_token_that_dies_on_page_two(sandbox, kind):
    sandbox.crowd(30)
    call, path = Caller(sandbox, kind), "/v2/blog/acme/notifications"
    sandbox.fail(faults.ExpireToken(page=2), when=faults.Matching("GET", path))
    first = call("GET", path, {"rollups": "false"})
    assert first.status == 200
    link = first.json()["response"]["_links"]["next"]["query_params"]
    assert call("GET", path, link).status == 401
    assert call("GET", path).status == 401


def test_faults_strike_together_after_some_and_so_often(sandbox, call):
    sandbox.fail(faults.SlowDrip(1), faults.ServerError(502, applied=True), times=2, after=1, when=POST)
    start = sandbox.clock.monotonic()
    assert [call.write(words(str(n))).status for n in range(4)] == [201, 502, 502, 201]
    assert sandbox.clock.monotonic() - start == 2
    assert own(sandbox) == ["0", "1", "2", "3"]


def test_the_log_tells_what_was_asked_and_answered_and_no_secret(sandbox, call):
    call("GET", "/v2/blog/acme/notifications", {"rollups": "false"})
    sandbox.fail(faults.DropAnswer(), when=POST)
    with pytest.raises(TransportError):
        call.write(words("hello"))
    first, second = sandbox.log
    assert (first.method, first.path) == ("GET", "/v2/blog/acme/notifications")
    assert (first.params, first.status, first.who) == ({"rollups": "false"}, 200, "acme (oauth1)")
    assert (second.status, second.applied, second.faults) == (None, True, ("drop_answer",))
    assert second.body == {"content": [words("hello")]}
    secrets = [value for name, value in sandbox.credentials.items() if "secret" in name or "token" in name]
    assert not any(secret in repr(sandbox.log) for secret in secrets)


def test_a_reset_brings_everything_back(sandbox, call):
    before = sandbox.credentials
    call.write(words("hello"))
    sandbox.blog("customer-kim").follow(sandbox.account)
    sandbox.advance(days=1)
    sandbox.reset()
    assert (own(sandbox), sandbox.account.followers, len(sandbox.log)) == ([], {}, 0)
    assert sandbox.credentials == before
    assert Caller(sandbox)("GET", "/v2/user/info").status == 200


# ------------------------------------------------------------------------------------------------- the control surface


def control(sandbox, method, path, body=None):
    url = f"{sandbox.base_url}/_sandbox/{path}"
    answer = sandbox.send(Request(method, url, body=Json(body) if body is not None else None), 5)
    return answer.status, json.loads(answer.body)


def made(sandbox, path, **body):
    status, told = control(sandbox, "POST", path, body)
    assert status == 200, told
    return told


def test_everything_can_be_done_over_the_control_surface(sandbox, call):
    kim = made(sandbox, "blogs", name="customer-kim", title="Kim")
    assert control(sandbox, "GET", "blogs/customer-kim") == (200, kim)
    news = made(sandbox, "posts", by="acme", text="news", tags=["a"])
    post = made(sandbox, "posts", by="customer-kim", text="@acme hello", at="2026-11-20T08:00:00Z")
    assert post["created_at"] == "2026-11-20T08:00:00+00:00"
    reblog = made(sandbox, "posts", by="customer-kim", text="and?", reblog=news["id"])
    assert reblog["parent"] == news["id"]
    made(sandbox, "replies", by="customer-kim", post=news["id"], text="hi")
    made(sandbox, "likes", by="customer-lee", post=news["id"])
    made(sandbox, "follows", by="customer-lee", who="acme")
    asked = made(sandbox, "asks", by="customer-kim", text="why?", anonymous=True)
    assert (asked["kind"], asked["question"]) == ("ask", "why?")
    made(sandbox, "submissions", by="customer-kim", text="my photo")
    told = call.get("notifications", rollups="false")["notifications"]
    assert {item["type"] for item in told} == {"user_mention", "reblog", "reply", "like", "follower", "ask"}
    _, thread = control(sandbox, "GET", f"threads/{news['id']}")
    assert [entry["kind"] for entry in thread["thread"]] == ["post", "reblog", "reply"]
    made(sandbox, "edits", post=post["id"], text="@acme never mind")
    made(sandbox, "deletes", post=news["id"], reply=0)
    made(sandbox, "deletes", post=post["id"])
    assert made(sandbox, "renames", blog="customer-kim", name="kim")["name"] == "kim"
    made(sandbox, "blocks", by="acme", who="customer-lee")
    made(sandbox, "deactivations", blog="kim")
    assert {item["type"] for item in call.get("notifications")["notifications"]} == {"like", "follower"}
    assert made(sandbox, "crowd", n=3, people=2)["made"] == 3
    account = made(sandbox, "accounts", name="globex")
    other = Caller(sandbox, "oauth1", account["credentials"])
    assert other("GET", "/v2/user/info").json()["response"]["user"]["name"] == "globex"
    _, state = control(sandbox, "GET", "state")
    assert (state["platform"], state["inbox"], state["account"]["name"]) == ("tumblr", 0, "acme")


def test_switches_and_limits_over_the_control_surface(sandbox, call):
    told = made(sandbox, "switches", replies_vanish=True, tag_lag=0, closed_posts_are=400)
    assert (told["replies_vanish"], told["tag_lag"], sandbox.closed_posts_are) == (True, 0, 400)
    made(sandbox, "limits", name="hour", limit=0)
    assert call("GET", "/v2/user/info").status == 429


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("posts", {"by": "kim"}, "text: missing"),
        ("posts", {"by": "kim", "text": ""}, "content"),
        ("posts", {"by": "no name", "text": "x"}, "no name"),
        ("posts", {"by": "kim", "text": "x", "reblog": "1"}, "no post 1"),
        ("posts", {"by": "kim", "text": "x", "state": "loud"}, "state"),
        ("posts", {"by": "kim", "text": "x", "tags": [1]}, "tags"),
        ("asks", {"by": "kim", "text": "x", "to": "nobody"}, "nobody"),
        ("replies", {"by": "kim", "text": "x", "post": "x"}, "no post x"),
        ("renames", {"blog": "acme", "name": "a b"}, "a b"),
        ("switches", {"agent_policy": "kind"}, "agent_policy"),
        ("limits", {"name": "week", "limit": 1}, "hour"),
        ("crowd", {"n": 0}, "n: must"),
        ("crowd", {"n": 1, "text": "{what}"}, "text: may hold"),
    ],
)
def test_what_the_control_surface_does_not_understand(sandbox, path, body, words):
    status, told = control(sandbox, "POST", path, body)
    assert status == 400
    assert words in told["error"]


def test_a_served_sandbox_wants_to_know_who_asks(sandbox):
    with served(sandbox) as url, httpx.Client(base_url=url, trust_env=False) as client:
        key = sandbox.credentials["api_key"]
        answer = client.get("/v2/blog/acme/info", params={"api_key": key}, headers={"User-Agent": "desk/1"})
        assert (answer.status_code, answer.headers["X-Ratelimit-Perhour-Remaining"]) == (200, "999")
        client.headers.pop("user-agent")
        assert client.get("/v2/blog/acme/info", params={"api_key": key}).status_code == 403
        introduction = client.get("/_sandbox/introduction").json()
    assert introduction["settings"]["base_url"] == url
    assert introduction["account"]["uuid"] == sandbox.account.uuid
