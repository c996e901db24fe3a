"""Faults on demand, the log, the clock and the control surface: directly, over ASGI and over real connections."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import anyio
import httpx
import orjson
import pytest

from plugins.twitter.tests.sandbox_client import Caller
from socialdesk.errors import Unavailable
from socialdesk.testing import faults
from socialdesk.testing.sandbox import VirtualClock, served
from socialdesk.wire import Headers, Request, TransportError
from socialdesk_twitter.sandbox import TwitterSandbox


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


@pytest.fixture
def caller(sandbox) -> Caller:
    return Caller(sandbox)


POST = faults.Matching("POST", "/2/tweets")


def own(sandbox):
    return [post.written for post in map(sandbox.world.posts.get, sandbox.account.posts)]


@pytest.mark.parametrize(
    ("fault", "sent", "applied"),
    [(faults.DropAnswer(), True, True), (faults.RefuseConnection(), False, False)],
)
def test_no_answer_comes(sandbox, caller, fault, sent, applied):
    armed = sandbox.fail(fault, when=POST)
    with pytest.raises(TransportError) as caught:
        caller.post("hello")
    assert caught.value.sent is sent
    assert own(sandbox) == (["hello"] if applied else [])
    assert (armed.struck, armed.left) == (1, 0)
    assert caller.post("hello again").status == 201


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("applied", [True, False])
def test_server_errors_with_and_without_effect(sandbox, caller, status, applied):
    sandbox.fail(faults.ServerError(status, applied=applied))
    assert caller.post("hello").status == status
    assert own(sandbox) == (["hello"] if applied else [])
    assert caller.post("hello").status == (403 if applied else 201)


@pytest.mark.parametrize(
    ("tells", "there", "absent"),
    [
        ("reset", "x-rate-limit-reset", "retry-after"),
        ("retry_after", "retry-after", "x-rate-limit-reset"),
        ("nothing", "date", "x-rate-limit-reset"),
    ],
)
def test_too_many_requests_in_three_manners(sandbox, caller, tells, there, absent):
    sandbox.fail(faults.TooManyRequests(tells, seconds=60))
    answer = caller.post("hello")
    assert answer.status == 429
    assert there in answer.headers
    assert absent not in answer.headers
    if tells == "reset":
        assert int(answer.headers["x-rate-limit-reset"]) == int(sandbox.clock.now().timestamp()) + 60
        assert answer.headers["x-rate-limit-remaining"] == "0"
    assert own(sandbox) == []


@pytest.mark.parametrize(
    ("fault", "posted"), [(faults.HtmlPage(), 0), (faults.HtmlPage(applied=True), 1), (faults.CutJson(), 1)]
)
def test_answers_that_are_no_json(sandbox, caller, fault, posted):
    sandbox.fail(fault)
    answer = caller.post("hello")
    assert answer.ok
    with pytest.raises(Unavailable):
        answer.json()
    assert len(own(sandbox)) == posted


@pytest.mark.parametrize("kind", ["oauth1", "oauth2", "app"])
def test_a_token_that_dies_on_page_two(sandbox, kind):
    sandbox.crowd(12)
    caller, path = Caller(sandbox, kind), f"/2/users/{sandbox.account.id}/mentions"
    sandbox.fail(faults.ExpireToken(page=2), when=faults.Matching("GET", "/2/users/*/mentions"))
    first = caller("GET", path, max_results=5)
    assert first.status == 200
    token = first.json()["meta"]["next_token"]
    assert caller("GET", path, max_results=5, pagination_token=token).status == 401
    assert caller("GET", path, max_results=5).status == 401


def test_an_answer_that_drips_uses_up_the_time(sandbox, caller):
    sandbox.fail(faults.SlowDrip(seconds=5), times=2)
    start = sandbox.clock.monotonic()
    assert sandbox.send(caller.request("GET", "/2/users/me"), 6).status == 200
    assert sandbox.clock.monotonic() - start == 5
    with pytest.raises(TransportError) as caught:
        sandbox.send(caller.request("GET", "/2/users/me"), 2)
    assert caught.value.sent
    assert sandbox.clock.monotonic() - start == 7


def test_faults_strike_together_after_some_and_so_often(sandbox, caller):
    sandbox.fail(faults.SlowDrip(1), faults.ServerError(502, applied=True), times=2, after=1, when=POST)
    start = sandbox.clock.monotonic()
    assert [caller.post(str(n)).status for n in range(4)] == [201, 502, 502, 201]
    assert sandbox.clock.monotonic() - start == 2
    assert own(sandbox) == ["0", "1", "2", "3"]


def test_the_log_tells_what_was_asked_and_answered(sandbox, caller):
    sandbox.fail(faults.DropAnswer(), when=POST)
    caller("GET", "/2/users/me", user__fields="name")
    with pytest.raises(TransportError):
        caller.post("hello")
    first, second = sandbox.log
    assert (first.method, first.path, first.params) == ("GET", "/2/users/me", {"user.fields": "name"})
    assert (first.status, first.who, first.applied, first.faults) == (200, "@acme (oauth1)", True, ())
    assert (second.status, second.body, second.applied) == (None, {"text": "hello"}, True)
    assert second.faults == ("drop_answer",)
    secrets = [value for name, value in sandbox.credentials.items() if "id" not in name]
    assert not any(secret in repr(sandbox.log) for secret in secrets)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_transport_can_be_awaited_under_any_loop(sandbox, caller, backend):
    async def ask():
        return await sandbox.asend(caller.request("GET", "/2/users/me"), 5)

    assert anyio.run(ask, backend=backend).json()["data"]["username"] == "acme"


def test_the_clock_is_ones_own():
    one, two = VirtualClock(seed=3), VirtualClock(seed=3)
    before = one.now()
    one.sleep(2.5)
    assert (one.now() - before).total_seconds() == one.monotonic() == 2.5
    assert one.nonce() == two.nonce() != one.nonce()
    assert len(two.nonce()) == 16
    with pytest.raises(ValueError, match="backwards"):
        one.advance(seconds=-1)
    two.run()
    moved = two.advance(hours=8)
    assert 0 <= (two.now() - moved).total_seconds() < 60


def test_reset_is_as_new_with_the_same_credentials(sandbox, caller):
    keys = sandbox.credentials
    sandbox.fail(faults.DropAnswer())
    sandbox.user("ann").post("@acme hi")
    sandbox.advance(days=3)
    sandbox.reset()
    assert sandbox.credentials == keys
    assert Caller(sandbox).get(f"/2/users/{sandbox.account.id}/mentions") == {"meta": {"result_count": 0}}
    assert sandbox.snapshot()["users"] == 1


# ------------------------------------------------------------------------------------------------- control surface


def told(sandbox, method, path, body=None):
    content = orjson.dumps(body) if body is not None else None
    answer = sandbox.send(
        Request(
            method,
            f"{sandbox.base_url}/_sandbox/{path}",
            body=content,
            headers=Headers({"Content-Type": "application/json"}),
        ),
        5,
    )
    return answer.status, answer.json()


def test_a_conversation_told_over_the_control_surface(sandbox, caller):
    assert told(sandbox, "POST", "users", {"handle": "ann", "name": "Ann", "followers": 9})[0] == 200
    _, post = told(sandbox, "POST", "posts", {"by": "ann", "text": "@acme helo", "lang": "en"})
    _, reply = told(sandbox, "POST", "posts", {"by": "bob", "text": "same here", "reply_to": post["id"]})
    _, edited = told(sandbox, "POST", "edits", {"post": post["id"], "text": "@acme hello"})
    assert edited["versions"] == [post["id"], edited["id"]]
    assert told(sandbox, "POST", "reposts", {"post": edited["id"], "n": 4}) == (200, {"made": 4})
    assert told(sandbox, "POST", "likes", {"by": "bob", "post": edited["id"]})[0] == 200
    _, thread = told(sandbox, "GET", f"threads/{reply['id']}")
    assert [item["text"] for item in thread["thread"]] == ["@ann @acme same here", "@acme hello"]
    assert told(sandbox, "POST", "deletes", {"post": reply["id"]}) == (200, {"deleted": True})
    _, state = told(sandbox, "GET", "state")
    assert (state["posts"], state["account"]["handle"]) == (5, "acme")
    metrics = caller.get(f"/2/tweets/{edited['id']}", tweet__fields="public_metrics")["data"][
        "public_metrics"
    ]
    assert (metrics["retweet_count"], metrics["like_count"], metrics["reply_count"]) == (4, 1, 0)
    before = sandbox.clock.now()
    told(sandbox, "POST", "advance", {"hours": 1, "seconds": 2})
    assert (sandbox.clock.now() - before).total_seconds() == 3602
    told(sandbox, "POST", "switches", {"enterprise": True, "names": "post"})
    assert (sandbox.enterprise, sandbox.names) == (True, "post")
    told(sandbox, "POST", "limits", {"route": "GET /2/users/me", "user": 0})
    assert caller("GET", "/2/users/me").status == 429
    _, second = told(sandbox, "POST", "accounts", {"handle": "acme2"})
    assert second["settings"]["handle"] == "acme2"
    _, log = told(sandbox, "GET", "log?last=1")
    assert [entry["path"] for entry in log["log"]] == ["/2/users/me"]
    assert told(sandbox, "GET", "reset")[0] == 200
    assert told(sandbox, "GET", "state")[1]["posts"] == 0


def test_faults_over_the_control_surface(sandbox, caller):
    rule = {"when": {"method": "POST", "path": "/2/*"}, "times": 2, "after": 0}
    status, armed = told(
        sandbox, "POST", "faults", {"fault": "server_error", "status": 503, "applied": True, **rule}
    )
    assert (status, armed["left"]) == (200, 2)
    assert caller.get("/2/users/me")["data"]["username"] == "acme"
    assert caller.post("hello").status == 503
    assert told(sandbox, "GET", "state")[1]["armed"][0]["struck"] == 1
    assert told(sandbox, "DELETE", "faults") == (200, {"disarmed": 1})
    assert caller.post("bye").status == 201
    both = {"faults": [{"fault": "slow_drip", "seconds": 3}, {"fault": "cut_json"}], "times": None}
    assert told(sandbox, "POST", "faults", both)[1]["left"] is None


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("faults", {"fault": "earthquake"}, "fault: must be one of"),
        ("faults", {"fault": "server_error", "status": 200}, "status"),
        ("faults", {"fault": "server_error", "status": "x"}, "status: must be a whole number"),
        ("faults", {"fault": "drop_answer", "colour": 1}, "colour: not known"),
        ("faults", {"fault": "drop_answer", "times": 0}, "times"),
        ("faults", {"fault": "drop_answer", "when": {"host": "x"}}, "host: not known"),
        ("advance", {"hours": -1}, "backwards"),
        ("advance", {"hours": "one"}, "hours: must be a number"),
        ("users", {"name": "Ann"}, "handle: missing"),
        ("users", {"handle": "a b"}, "is no handle"),
        ("users", {"handle": "ann", "followers": True}, "followers: must be a whole number"),
        ("posts", {"by": "ann", "text": "hi", "at": "noon"}, "at: must be a moment"),
        ("posts", {"by": "ann", "text": "hi", "at": "2026-11-20T09:00:00"}, "time zone"),
        ("posts", {"by": "ann", "text": "hi", "reply_to": "12"}, "reply_to: there is no post 12"),
        ("edits", {"post": "12", "text": "x"}, "there is no post 12"),
        ("reposts", {"post": "12"}, "one of by and n"),
        ("switches", {"names": "toot"}, "names: must be one of tweet, post"),
        ("limits", {"route": "GET /nowhere", "user": 1}, "route: must be one of"),
        ("crowd", {"n": 2, "text": "{nobody}"}, "text: may hold"),
        ("posts", [], "must be a JSON object"),
    ],
)
def test_control_requests_that_make_no_sense(sandbox, path, body, says):
    status, answer = told(sandbox, "POST", path, body)
    assert status == 400
    assert says in answer["error"]


def test_control_routes_that_are_not_there(sandbox):
    assert told(sandbox, "GET", "nothing")[0] == 404
    status, answer = told(sandbox, "GET", "advance")
    assert (status, answer["error"]) == (405, "/_sandbox/advance takes POST")


# --------------------------------------------------------------------------------------------------- ASGI and served


def test_the_asgi_app_through_httpx(sandbox):
    sandbox.user("ann").post("@acme ünïcode & <more>")
    keys = sandbox.credentials

    async def talk():
        transport = httpx.ASGITransport(sandbox.asgi())
        headers = {"Authorization": f"Bearer {keys['oauth2_access_token']}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sandbox.test", headers=headers
        ) as client:
            heard = await client.get(f"/2/users/{sandbox.account.id}/mentions", params={"max_results": 5})
            said = await client.post(
                "/2/tweets",
                json={"text": "Hi", "reply": {"in_reply_to_tweet_id": heard.json()["data"][0]["id"]}},
            )
            made = await client.post("/_sandbox/posts", json={"by": "bob", "text": "@acme two"})
            sandbox.fail(faults.SlowDrip(0.2))
            start = time.perf_counter()
            slow = await client.get("/2/users/me")
            took = time.perf_counter() - start
            sandbox.fail(faults.DropAnswer())
            with pytest.raises(ConnectionResetError):
                await client.get("/2/users/me")
            return heard, said, made, slow, took

    heard, said, made, slow, took = anyio.run(talk)
    assert heard.json()["data"][0]["text"] == "@acme ünïcode &amp; &lt;more&gt;"
    assert heard.headers["date"] == "Fri, 20 Nov 2026 09:00:00 GMT"
    assert (said.status_code, said.json()["data"]["text"]) == (201, "@ann Hi")
    assert made.json()["by"] == "bob"
    assert slow.json()["data"]["username"] == "acme"
    assert took >= 0.2


def test_oauth1_is_verified_for_the_address_that_was_called(sandbox):
    class Elsewhere(Caller):
        def request(self, *args, **rest):
            self.sandbox.base_url = "http://127.0.0.1:8080"
            return super().request(*args, **rest)

    request = Elsewhere(sandbox).request("GET", "/2/users/me")

    async def talk(url):
        transport = httpx.ASGITransport(sandbox.asgi())
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.get(url, headers=dict(request.headers))

    assert anyio.run(talk, "http://localhost:8080/2/users/me").status_code == 401
    assert anyio.run(talk, "http://127.0.0.1:8080/2/users/me").status_code == 200


def test_faults_are_real_over_a_real_connection(sandbox):
    headers = {"Authorization": f"Bearer {sandbox.credentials['oauth2_access_token']}"}
    with served(sandbox) as url, httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
        assert client.get("/2/users/me").json()["data"]["username"] == "acme"
        sandbox.fail(faults.DropAnswer())
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.post("/2/tweets", json={"text": "hello"})
        assert own(sandbox) == ["hello"]
        assert client.post("/2/tweets", json={"text": "hello"}).status_code == 403
        sandbox.fail(faults.SlowDrip(0.3))
        start = time.perf_counter()
        with client.stream("GET", "/2/users/me") as answer:
            pieces = list(answer.iter_raw())
        assert time.perf_counter() - start >= 0.3
        assert len(pieces) > 1
        assert json.loads(b"".join(pieces))["data"]["username"] == "acme"
        now = client.get("/2/users/me").headers["date"]
        client.post("/_sandbox/advance", json={"days": 1})
        assert client.get("/2/users/me").headers["date"] != now
        assert client.get("/2/users/me").status_code == 401  # two hours are over


SERVING = """
from socialdesk.testing.sandbox import serve
from socialdesk_twitter.sandbox import TwitterSandbox
serve(TwitterSandbox(), 0)
"""


def test_the_first_line_of_a_served_sandbox_says_all_that_a_client_needs():
    with subprocess.Popen([sys.executable, "-c", SERVING], stdout=subprocess.PIPE, text=True) as process:
        try:
            told = json.loads(process.stdout.readline())
            headers = {"Authorization": f"Bearer {told['settings']['bearer_token']}"}
            with httpx.Client(base_url=told["base_url"], headers=headers, trust_env=False) as client:
                found = client.get(f"/2/users/by/username/{told['account']['handle']}").json()["data"]
        finally:
            process.terminate()
    assert found["id"] == told["account"]["id"]
    assert told["platform"] == "twitter"
    assert told["settings"]["base_url"] == told["base_url"]
    assert told["settings"]["handle"] == "acme"
    assert {"consumer_key", "access_token", "oauth2_access_token", "client_id"} <= set(told["settings"])
