"""What X delivers by itself: webhooks, the challenge, subscriptions, signatures, and what becomes of a delivery."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from plugins.twitter.tests.sandbox_client import Caller
from plugins.twitter.tests.twitter_pages import shared_json
from socialdesk.testing import faults
from socialdesk.testing.sandbox import served
from socialdesk.wire import Json, Request, WebhookAnswer, WebhookRequest
from socialdesk_twitter.sandbox import TwitterSandbox

URL = "https://desk.example.com/twitter"


def mac(secret: str, content: bytes) -> str:
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


class Desk:
    """A webhook: answers the challenge, checks signatures, and keeps what it is told."""

    def __init__(self, sandbox) -> None:
        self.secret = sandbox.credentials["consumer_secret"]
        self.heard: list[dict] = []
        self.calls = 0
        self.status = 200
        self.token = None

    def __call__(self, request):
        if request.method == "GET":
            token = self.token or mac(self.secret, request.query["crc_token"].encode())
            return WebhookAnswer(
                self.status, json.dumps({"response_token": token}).encode(), "application/json"
            )
        self.calls += 1
        if request.headers["X-Twitter-Webhooks-Signature"] != mac(self.secret, request.body):
            return WebhookAnswer(403)
        if self.status == 200:
            self.heard.append(request.json()["data"])
        return WebhookAnswer(self.status)

    @property
    def types(self):
        return [event["event_type"] for event in self.heard]


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


@pytest.fixture
def desk(sandbox):
    desk = Desk(sandbox)
    sandbox.deliver_to(desk)
    return desk


@pytest.fixture
def app(sandbox):
    return Caller(sandbox, "app")


@pytest.fixture
def webhook(sandbox):
    return sandbox.add_webhook(URL)


def register(app, url=URL):
    return app("POST", "/2/webhooks", json={"url": url})


def message_of(answer):
    assert answer.status == 400
    assert answer.json()["type"].rpartition("/")[2] == "invalid-request"
    return answer.json()["errors"][0]["message"].partition(":")[0]


# --------------------------------------------------------------------------------------------------------- webhooks


def test_a_webhook_passes_the_challenge(sandbox, desk, app):
    recorded = shared_json("recorded", "x", "webhook_create_200.json")["data"]
    told = register(app).json()["data"]
    assert told.keys() == recorded.keys()
    assert (told["url"], told["valid"]) == (URL, True)
    assert app.get("/2/webhooks") == {"data": [told], "meta": {"result_count": 1}}


def test_signatures_agree_with_known_ones(sandbox):
    body = rb'{"object":"page","entry":[{"id":"1","time":1,"changes":[{"field":"feed","value":{"message":"\u00e4"}}]}]}'
    known = {
        b"challenge123": "12bDO7eYAqOD2oDOQv/AWEGoUWaqlkpLQae/tXPIkJg=",
        body: "OsOLsMEIkx7m4cVB0V33Cci/DNvndKaCZ8aMMzvOjJE=",
    }
    for content, digest in known.items():
        assert sandbox.push.sign(content, "testsecret") == f"sha256={digest}"


@pytest.mark.parametrize(
    "wrong",
    [{"status": 500}, {"status": 302}, {"status": 404}, {"token": "sha256=AAAA"}, {"token": "ümlaut"}],
)
def test_a_wrong_answer_to_the_challenge(sandbox, desk, app, wrong):
    vars(desk).update(wrong)
    assert message_of(register(app)) == "CrcValidationFailed"
    assert app.get("/2/webhooks") == {"meta": {"result_count": 0}}


def test_nobody_there(app):
    assert message_of(register(app)) == "CrcValidationFailed"


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.example.com/a",
        "https://desk.example.com:8443/a",
        "https://desk",
        "https://127.0.0.1/a",
        "ftp://desk.example.com",
        "https://desk.example.com/" + "a" * 200,
        "https://desk.example.com:port/",
        "nonsense",
    ],
)
def test_addresses_that_are_refused(desk, app, url):
    assert message_of(register(app, url)) == "UrlValidationFailed"


def test_this_machine_is_taken_unless_told_otherwise(sandbox, desk, app):
    assert register(app, "http://127.0.0.1:8000/a").status == 200
    sandbox.loopback_webhooks = False
    assert message_of(register(app, "http://127.0.0.1:8001/a")) == "UrlValidationFailed"


def test_the_same_address_twice_and_too_many(sandbox, desk, app):
    register(app)
    assert message_of(register(app)) == "DuplicateUrlFailed"
    sandbox.webhook_limit = 1
    assert message_of(register(app, URL + "2")) == "WebhookLimitExceeded"


def test_checking_again_and_deleting(sandbox, desk, app):
    number = register(app).json()["data"]["id"]
    path = f"/2/webhooks/{number}"
    desk.token = "wrong"
    assert message_of(app("PUT", path)) == "CrcValidationFailed"
    assert app.get("/2/webhooks")["data"][0]["valid"] is False
    desk.token = None
    assert app("PUT", path).json()["data"]["valid"] is True
    assert app("DELETE", path).json() == {"data": {"deleted": True}}
    assert app("PUT", path).status == app("DELETE", path).status == 404
    assert app("PUT", "/2/webhooks/x").status == 400


def test_the_challenge_comes_again_every_hour(sandbox, desk, app):
    register(app)
    desk.token = "wrong"
    sandbox.advance(minutes=59)
    assert app.get("/2/webhooks")["data"][0]["valid"] is True
    sandbox.advance(minutes=1)
    assert app.get("/2/webhooks")["data"][0]["valid"] is False


def test_webhooks_are_the_apps(sandbox, desk):
    assert Caller(sandbox, "oauth2")("GET", "/2/webhooks").status == 403
    assert register(Caller(sandbox, "oauth2")).status == 403
    answer = register(Caller(sandbox, "app"))
    assert (answer.status, answer.headers["x-rate-limit-limit"]) == (200, "450")
    assert register(Caller(sandbox, "oauth1"), URL + "2").status == 200


# ------------------------------------------------------------------------------------------------------ subscriptions


def subscription(sandbox, webhook, event_type="post.mention.create", **more):
    return {
        "event_type": event_type,
        "filter": {"user_id": sandbox.account.id},
        "webhook_id": webhook.id,
        **more,
    }


def subscribe(app, body):
    return app("POST", "/2/activity/subscriptions", json=body)


@pytest.mark.parametrize("shape", ["object", "flat", "list"])
def test_a_subscription_is_told_in_three_shapes(sandbox, webhook, app, shape):
    sandbox.subscription_shape = shape
    told = subscribe(app, subscription(sandbox, webhook, tag="t")).json()
    data = {"object": lambda d: d["subscription"], "flat": lambda d: d, "list": lambda d: d[0]}[shape](
        told["data"]
    )
    assert (data["event_type"], data["tag"], data["webhook_id"]) == ("post.mention.create", "t", webhook.id)
    assert data["subscription_id"].isdigit()
    assert told["meta"] == {"total_subscriptions": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"event_type": "post.shout"},
        {"filter": {}},
        {"filter": {"user_id": "1", "who": "a"}},
        {"filter": {"user_id": "1", "direction": "up"}},
        {"tag": "x" * 201},
        {"name": "a"},
    ],
)
def test_what_a_subscription_must_be(sandbox, webhook, app, change):
    assert subscribe(app, {**subscription(sandbox, webhook), **change}).status == 400


def test_the_same_subscription_twice_and_too_many(sandbox, webhook, app):
    assert subscribe(app, subscription(sandbox, webhook)).status == 200
    assert subscribe(app, subscription(sandbox, webhook)).status == 409
    sandbox.subscription_limit = 1
    assert subscribe(app, subscription(sandbox, webhook, "dm.received")).status == 403
    assert subscribe(app, {**subscription(sandbox, webhook, "dm.sent"), "webhook_id": "12"}).status == 404


def test_a_user_must_have_allowed_it(sandbox, webhook, app):
    stranger = sandbox.user("ann")
    for kind, status in (("dm.received", 403), ("post.mention.create", 403), ("post.create", 200)):
        body = {**subscription(sandbox, webhook, kind), "filter": {"user_id": stranger.id}}
        assert subscribe(app, body).status == status
    sandbox.connect_account("ann")
    body = {**subscription(sandbox, webhook, "dm.received"), "filter": {"user_id": stranger.id}}
    assert subscribe(app, body).status == 200


def test_a_users_token_follows_that_user_within_its_scopes(sandbox, webhook):
    keys = sandbox.credentials | sandbox.grant("acme", "tweet.read", "users.read")
    narrow, wide = Caller(sandbox, "oauth2", keys), Caller(sandbox, "oauth2")
    assert subscribe(narrow, subscription(sandbox, webhook, "dm.received")).status == 403
    assert subscribe(wide, subscription(sandbox, webhook, "dm.received")).status == 200
    assert subscribe(narrow, subscription(sandbox, webhook)).status == 200
    sandbox.connect_account("acme2")
    other = {**subscription(sandbox, webhook), "filter": {"user_id": sandbox.user("acme2").id}}
    assert subscribe(wide, other).status == 403


def test_listing_changing_and_ending(sandbox, webhook, app):
    made = [
        subscribe(app, subscription(sandbox, webhook, kind)).json()["data"]["subscription"]["subscription_id"]
        for kind in ("post.mention.create", "post.reply.create", "dm.received")
    ]
    path = "/2/activity/subscriptions"
    first = app.get(path, max_results=2)
    second = app.get(path, max_results=2, pagination_token=first["meta"]["next_token"])
    assert [one["subscription_id"] for one in first["data"] + second["data"]] == made
    assert "next_token" not in second["meta"]
    changed = app("PUT", f"{path}/{made[0]}", json={"tag": "new"}).json()["data"]["subscription"]
    assert changed["tag"] == "new"
    assert app("PUT", f"{path}/{made[0]}", json={"event_type": "dm.sent"}).status == 400
    assert app("PUT", f"{path}/12", json={"tag": "new"}).status == 404
    assert app("DELETE", f"{path}/{made[0]}").json()["data"] == {"deleted": True}
    assert app("DELETE", f"{path}/{made[0]}").status == 404
    assert app("DELETE", path, ids=f"{made[1]},{made[2]},12").json()["meta"] == {"total_subscriptions": 0}
    assert "data" not in app.get(path)
    assert app("GET", path).headers["x-rate-limit-limit"] == "500"


# ------------------------------------------------------------------------------------------------------- what is told

ALL = ("post.mention.create", "post.reply.create", "post.quote.create", "post.repost.create", "post.delete")
DMS = ("dm.received", "dm.sent", "dm.read", "chat.received", "chat.sent")


def test_what_happens_to_posts(sandbox, webhook, desk):
    sandbox.subscribe(webhook, *ALL, tag="posts")
    ann = sandbox.user("ann")
    mention = ann.post("@acme my parcel is lost")
    own = sandbox.account.post("New boxes!")
    reply = ann.reply(own, "torn")
    quote = ann.quote(own, "look")
    repost = ann.repost(own)
    sandbox.account.delete(own)
    ann.post("nothing for acme")
    told = [(event["event_type"], event["payload"]["id"]) for event in desk.heard]
    assert told == [
        ("post.mention.create", mention.id),
        ("post.mention.create", reply.id),  # X puts the handle before a reply: it comes as both
        ("post.reply.create", reply.id),
        ("post.quote.create", quote.id),
        ("post.repost.create", repost.id),
        ("post.delete", own.id),
    ]
    assert {event["tag"] for event in desk.heard} == {"posts"}
    assert desk.heard[2]["payload"]["in_reply_to_tweet_id"] == own.id
    assert [event["event_uuid"] == event["payload"]["id"] for event in desk.heard[:4]] == [True] * 4


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("post_mention_create", lambda sandbox, ann: ann.post("hey @acme")),
        ("post_create", lambda sandbox, ann: sandbox.account.post("Hello from the Activity API")),
        ("post_repost_create", lambda sandbox, ann: ann.repost(sandbox.account.post("Hello"))),
        ("post_delete", lambda sandbox, ann: sandbox.account.delete(sandbox.account.post("gone"))),
        ("like_create", lambda sandbox, ann: sandbox.account.like(ann.post("nice"))),
        ("chat_received", lambda sandbox, ann: ann.message(sandbox.account, "psst", encrypted=True)),
        ("oauth_revoke", lambda sandbox, ann: sandbox.revoke("acme")),
    ],
)
def test_every_event_has_the_shape_that_x_shows(sandbox, webhook, desk, name, act):
    shown = shared_json("recorded", "x", f"xaa_{name}.json")["data"]
    kind = shown["event_type"]
    if kind != "oauth.revoke":
        sandbox.subscribe(webhook, kind, tag="t")
    act(sandbox, sandbox.user("ann"))
    told = next(event for event in desk.heard if event["event_type"] == kind)
    assert set(told) == set(shown)
    optional = {"entities", "referenced_tweets", "conversation_key_change_event", "message_event_signature"}
    assert set(shown["payload"]) - optional <= set(told["payload"])
    assert set(told.get("includes", {})) == set(shown.get("includes", {}))
    for name in ("users", "tweets"):
        theirs = shown.get("includes", {}).get(name, [{}])[0]
        mine = told.get("includes", {}).get(name, [{}])[0]
        assert ("data" in mine) == ("data" in theirs)  # wrapped in a deletion
    assert isinstance(told["event_uuid"], str)


def numbers_without_twin(value):
    if isinstance(value, list):
        return [found for item in value for found in numbers_without_twin(item)]
    if not isinstance(value, dict):
        return []
    here = [
        name
        for name, inner in value.items()
        if isinstance(inner, int) and not isinstance(inner, bool) and value.get(f"{name}_str") != str(inner)
    ]
    return here + [found for inner in value.values() for found in numbers_without_twin(inner)]


def test_every_number_has_a_twin(sandbox, webhook, desk):
    sandbox.subscribe(webhook, *ALL, *DMS)
    ann = sandbox.user("ann", followers=12)
    post = ann.post("hey @acme")
    ann.message(sandbox.account, "help")
    assert desk.heard[0]["payload"]["public_metrics"]["reply_count_str"] == "0"
    assert desk.heard[0]["includes"]["users"][0]["public_metrics"]["followers_count_str"] == "12"
    assert numbers_without_twin(desk.heard) == []
    assert post.id == desk.heard[0]["payload"]["id"]


def test_direct_messages_have_the_older_shape(sandbox, webhook, desk):
    shown = shared_json("recorded", "x", "aaa_direct_message_events.json")
    sandbox.subscribe(webhook, *DMS)
    ann, account = sandbox.user("ann"), sandbox.account
    said = ann.message(account, "help #now https://acme.example.com", media=(sandbox.media(),))
    payload = desk.heard[0]["payload"]
    event, example = payload["direct_message_events"][0], shown["direct_message_events"][0]
    assert (event["type"], event["id"]) == (example["type"], said.id)
    assert event["created_timestamp"] == str(int(said.created_at.timestamp() * 1000))
    create = event["message_create"]
    assert (create["sender_id"], create["target"]) == (ann.id, {"recipient_id": account.id})
    data = create["message_data"]
    assert set(data["entities"]) == set(example["message_create"]["message_data"]["entities"])
    assert data["attachment"]["type"] == "media"
    assert set(payload["users"]) == {ann.id, account.id}
    needed = set(shown["users"]["4337869213"])
    assert needed <= set(payload["users"][ann.id])
    Caller(sandbox)("POST", f"/2/dm_conversations/with/{ann.id}/messages", json={"text": "At once"})
    sandbox.messages(ann, account)[-1].read(ann)
    ann.message(account, "secret", encrypted=True)
    assert desk.types == ["dm.received", "dm.sent", "dm.read", "chat.received"]
    read = desk.heard[2]["payload"]["direct_message_mark_read_events"][0]
    assert (read["sender_id"], read["last_read_event_id"]) == (ann.id, sandbox.messages(ann, account)[1].id)
    assert "secret" not in json.dumps(desk.heard[3])


def test_protected_people_and_old_times_are_not_told(sandbox, webhook, desk):
    sandbox.subscribe(webhook, *ALL)
    sandbox.user("shy", protected=True).post("@acme psst")
    sandbox.crowd(5)
    assert desk.heard == []
    sandbox.user("ann").post("@acme hello")
    assert desk.types == ["post.mention.create"]


def test_a_direction_may_be_asked_for(sandbox, webhook, desk, app):
    body = subscription(sandbox, webhook, "like.create")
    subscribe(app, {**body, "filter": {**body["filter"], "direction": "inbound"}})
    ann = sandbox.user("ann")
    sandbox.account.like(ann.post("nice"))
    ann.like(sandbox.account.post("Hello"))
    assert [event["includes"]["users"][0]["username"] for event in desk.heard] == ["acme"]


def test_what_the_api_does_is_told_as_well(sandbox, webhook, desk):
    sandbox.subscribe(webhook, "post.create", "post.delete")
    caller = Caller(sandbox)
    number = caller.post("Hello").json()["data"]["id"]
    caller("DELETE", f"/2/tweets/{number}")
    assert desk.types == ["post.create", "post.delete"]


def test_a_revoked_grant(sandbox, webhook, desk):
    sandbox.subscribe(webhook, "dm.received", "post.create")
    keys = sandbox.credentials
    sandbox.revoke("acme")
    assert [event["payload"]["user_id"] for event in desk.heard] == [sandbox.account.id]
    for kind in ("oauth1", "oauth2"):
        assert Caller(sandbox, kind, keys)("GET", "/2/users/me").status == 401
    form = {"grant_type": "refresh_token", "refresh_token": keys["public_oauth2_refresh_token"]}
    form["client_id"] = keys["public_client_id"]
    assert Caller(sandbox, "none")("POST", "/2/oauth2/token", form=form).status == 400
    assert Caller(sandbox, "app", keys)("GET", "/2/webhooks").status == 200
    sandbox.user("ann").message(sandbox.account, "help")
    assert desk.types == ["oauth.revoke"]  # no consent, no messages
    fresh = sandbox.reconnect("acme")
    assert fresh["access_token"] != keys["access_token"]
    assert Caller(sandbox, "oauth1", fresh)("GET", "/2/users/me").status == 200
    assert Caller(sandbox, "oauth1", keys)("GET", "/2/users/me").status == 401


# -------------------------------------------------------------------------------------------- what becomes of them


def test_what_fails_is_tried_again_later_and_later(sandbox, webhook, desk):
    sandbox.subscribe(webhook, "post.mention.create")
    desk.status = 503
    sandbox.user("ann").post("@acme hello")
    made = sandbox.deliveries[0]
    assert (made.statuses, desk.calls) == ([503], 1)
    sandbox.advance(seconds=4)
    assert desk.calls == 1
    sandbox.advance(seconds=1)
    assert desk.calls == 2
    desk.status = 200
    sandbox.advance(seconds=30)
    assert (made.statuses, desk.types) == ([503, 503, 200], ["post.mention.create"])
    assert made.delivered_at == sandbox.clock.now()
    sandbox.advance(hours=1)
    assert desk.calls == 3


def test_in_the_end_it_is_given_up_and_can_be_replayed(sandbox, webhook, desk, app):
    sandbox.subscribe(webhook, "post.mention.create")
    desk.status = 500
    sandbox.user("ann").post("@acme hello")
    for _ in range(40):
        sandbox.advance(minutes=5)
    assert (len(sandbox.deliveries[0].statuses), sandbox.deliveries[0].due) == (6, None)
    desk.status = 200
    now = sandbox.clock.now()
    span = {"from_date": "202611200900", "to_date": now.strftime("%Y%m%d%H%M"), "webhook_id": webhook.id}
    answer = app("POST", "/2/webhooks/replay", json=span)
    assert answer.json()["data"]["job_id"].isdigit()
    assert desk.types == ["post.mention.create"]
    for change in ({"from_date": "20261120"}, {"from_date": "202611180900"}, {"to_date": "202611210900"}):
        assert app("POST", "/2/webhooks/replay", json={**span, **change}).status == 400
    assert app("POST", "/2/webhooks/replay", json={**span, "webhook_id": "12"}).status == 404


def test_a_redirect_ends_a_webhook(sandbox, webhook, desk):
    sandbox.subscribe(webhook, "post.mention.create")
    desk.status = 302
    ann = sandbox.user("ann")
    ann.post("@acme one")
    assert webhook.valid is False
    ann.post("@acme two")
    assert [made.statuses for made in sandbox.deliveries] == [[302], []]


def test_failing_for_more_than_a_day_ends_a_webhook(sandbox, webhook):
    def broken(request):
        raise RuntimeError("no")

    sandbox.deliver_to(broken)
    sandbox.subscribe(webhook, "post.mention.create")
    ann = sandbox.user("ann")
    for _ in range(28):
        ann.post(f"@acme {sandbox.clock.now()}")
        sandbox.advance(hours=1)
    assert webhook.valid
    sandbox.advance(minutes=1)
    ann.post("@acme again")
    assert not webhook.valid


def test_faults_of_deliveries(sandbox, webhook, desk):
    sandbox.subscribe(webhook, "post.mention.create")
    ann = sandbox.user("ann")

    def heard(*kinds):
        desk.heard.clear()
        sandbox.fail(*kinds)
        texts = [ann.post(f"@acme {sandbox.clock.nonce().hex()}") for _ in range(3)]
        numbers = {post.id: place for place, post in enumerate(texts)}
        return [numbers[event["payload"]["id"]] for event in desk.heard if event["payload"]["id"] in numbers]

    assert heard(faults.PushTwice()) == [0, 0, 1, 2]
    assert heard(faults.PushLost()) == [1, 2]
    assert heard(faults.PushSwapped()) == [1, 0, 2]
    assert heard(faults.PushLate(30)) == [1, 2]
    sandbox.advance(seconds=30)
    assert len(desk.heard) == 3
    before = desk.calls
    assert heard(faults.PushForged()) == [1, 2]
    assert desk.calls == before + 3  # it came, and was refused for its signature


def test_functions_that_are_awaited(sandbox, webhook):
    desk = Desk(sandbox)
    sandbox.subscribe(webhook, "post.mention.create")
    sandbox.user("ann").post("@acme hello")

    async def hear(request):
        await asyncio.sleep(0)
        return desk(request)

    assert asyncio.run(sandbox.adeliver(hear)) == 1
    assert desk.types == ["post.mention.create"]


def test_two_webhooks_may_have_a_function_each(sandbox):
    one, two = Desk(sandbox), Desk(sandbox)
    sandbox.deliver_to(one, URL)
    sandbox.deliver_to(two, URL + "2")
    sandbox.subscribe(sandbox.add_webhook(URL), "post.mention.create")
    sandbox.subscribe(sandbox.add_webhook(URL + "2"), "post.reply.create")
    sandbox.user("ann").reply(sandbox.account.post("news"), "torn")
    assert (one.types, two.types) == (["post.mention.create"], ["post.reply.create"])


# ---------------------------------------------------------------------------------------------------------- over HTTP


@pytest.fixture
def listening(sandbox):
    """A webhook on a port of this machine."""
    desk = Desk(sandbox)

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            told = desk(
                WebhookRequest(method=self.command, query=query, headers=dict(self.headers), body=body)
            )
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_GET = do_POST = answer

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    desk.url = f"http://127.0.0.1:{server.server_port}/twitter?a=b"
    yield desk
    server.shutdown()
    server.server_close()
    thread.join(10)


def wait_for(what, seconds=10.0):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)


def test_a_served_sandbox_delivers_over_http(sandbox, listening):
    with served(sandbox):
        app = Caller(sandbox, "app")
        told = register(app, listening.url)
        assert told.status == 200
        body = subscription(sandbox, sandbox.push.registry.webhooks[told.json()["data"]["id"]])
        assert subscribe(app, body).status == 200
        ann = sandbox.user("ann")
        ann.post("@acme hello")
        wait_for(lambda: listening.types == ["post.mention.create"])
        listening.status = 500
        ann.post("@acme hello again")
        wait_for(lambda: listening.calls == 2)
        listening.status = 200
        sandbox.advance(seconds=5)
        wait_for(lambda: len(listening.heard) == 2)
        listening.token = "wrong"
        sandbox.advance(hours=1)
        ann.post("@acme once more")
        wait_for(lambda: not app.get("/2/webhooks")["data"][0]["valid"])
    assert [bool(made.delivered_at) for made in sandbox.deliveries] == [True, True, False]


def test_the_control_surface(sandbox, desk):
    def control(method, path, body=None):
        request = Request(method, f"{sandbox.base_url}/_sandbox{path}", body=Json(body) if body else None)
        answer = sandbox.send(request, 5)
        return answer.status, answer.json()

    _, webhook = control("POST", "/webhooks", {"url": URL})
    made = {"event_type": "dm.received", "handle": "acme", "webhook_id": webhook["id"]}
    assert control("POST", "/subscriptions", made)[1]["event_type"] == "dm.received"
    assert control("POST", "/subscriptions", {**made, "event_type": "dm.shout"})[0] == 400
    control("POST", "/faults", {"fault": "push_twice"})
    control("POST", "/messages", {"by": "ann", "to": "acme", "text": "help"})
    control("POST", "/revokes", {"handle": "acme"})
    assert desk.types == ["dm.received", "dm.received", "oauth.revoke"]
    told = control("GET", "/deliveries")[1]["deliveries"]
    assert [item["statuses"] for item in told] == [[200], [200], [200]]
    assert control("POST", "/switches", {"subscription_shape": "list"})[0] == 200
    assert control("POST", "/switches", {"subscription_shape": "round"})[0] == 400
