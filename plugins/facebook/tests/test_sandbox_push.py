"""What Facebook delivers by itself: the handshake, subscriptions, signatures, and what becomes of a delivery."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from plugins.facebook.tests.sandbox_client import Caller, error_of
from socialdesk.testing import faults
from socialdesk.testing.sandbox import served
from socialdesk.wire import Json, WebhookAnswer
from socialdesk_facebook.sandbox import FacebookSandbox

URL = "https://desk.example.com/facebook"


def mac(secret: str, content: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


class Desk:
    """A webhook: answers the challenge, checks signatures, and keeps what it is told."""

    def __init__(self, sandbox) -> None:
        self.secret, self.word = sandbox.credentials["app_secret"], sandbox.credentials["verify_token"]
        self.entries: list[dict] = []
        self.bodies: list[bytes] = []
        self.calls = 0
        self.status = 200
        self.echo = True

    def __call__(self, request):
        if request.method == "GET":
            right = (
                request.query["hub.mode"] == "subscribe" and request.query["hub.verify_token"] == self.word
            )
            challenge = request.query["hub.challenge"] if self.echo else "no"
            return WebhookAnswer(self.status if right else 403, challenge.encode())
        self.calls += 1
        if request.headers["X-Hub-Signature-256"] != mac(self.secret, request.body):
            return WebhookAnswer(403)
        if self.status == 200:
            self.bodies.append(request.body)
            self.entries += request.json()["entry"]
        return WebhookAnswer(self.status)

    @property
    def changes(self):
        return [change["value"] for entry in self.entries for change in entry.get("changes", ())]

    @property
    def events(self):
        return [event for entry in self.entries for event in entry.get("messaging", ())]


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


@pytest.fixture
def desk(sandbox):
    desk = Desk(sandbox)
    sandbox.deliver_to(desk)
    return desk


@pytest.fixture
def heard(sandbox, desk):
    """A desk that is told everything."""
    sandbox.subscribe()
    return desk


@pytest.fixture
def page(sandbox):
    return sandbox.account


@pytest.fixture
def ann(sandbox):
    return sandbox.user("ann")


@pytest.fixture
def call(sandbox):
    return Caller(sandbox)


@pytest.fixture
def app(sandbox):
    return Caller(sandbox, "app_token")


def register(app, sandbox, **changed):
    form = {
        "object": "page",
        "callback_url": URL,
        "verify_token": sandbox.credentials["verify_token"],
        "fields": "feed,mention,ratings,messages",
        **changed,
    }
    path = f"/{sandbox.credentials['app_id']}/subscriptions"
    return app.post(path, **{name: value for name, value in form.items() if value is not None})


# ------------------------------------------------------------------------------------------------------ subscribing


def test_the_handshake_and_the_list_of_subscriptions(sandbox, desk, app):
    assert register(app, sandbox).json() == {"success": True}
    (told,) = app.get(f"/{sandbox.credentials['app_id']}/subscriptions")["data"]
    assert (told["object"], told["callback_url"], told["active"]) == ("page", URL, True)
    assert [one["name"] for one in told["fields"]] == ["feed", "mention", "ratings", "messages"]
    assert app("DELETE", "/app/subscriptions", object="page", fields="feed").json() == {"success": True}
    (told,) = app.get("/app/subscriptions")["data"]
    assert [one["name"] for one in told["fields"]] == ["mention", "ratings", "messages"]
    assert app("DELETE", "/app/subscriptions", object="page").json() == {"success": True}
    assert app.get("/app/subscriptions")["data"] == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"status": 500}, "HTTP Status Code = 500"),
        ({"word": "another"}, "HTTP Status Code = 403"),
        ({"echo": False}, "Response does not match challenge"),
    ],
)
def test_a_handshake_that_fails(sandbox, desk, app, wrong, words):
    vars(desk).update(wrong)
    answer = register(app, sandbox)
    assert error_of(answer) == (2200, None)
    assert words in answer.json()["error"]["message"]
    assert app.get("/app/subscriptions")["data"] == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"callback_url": "http://desk.example.com/"}, 2200),
        ({"callback_url": "https://127.0.0.1/"}, 2200),
        ({"callback_url": None}, 100),
        ({"fields": "feed,shoes"}, 100),
        ({"fields": None}, 100),
        ({"object": "planet"}, 100),
        ({"object": None}, 100),
    ],
)
def test_subscriptions_that_are_refused(sandbox, desk, app, changed, code):
    assert error_of(register(app, sandbox, **changed)) == (code, None)


def test_only_the_app_itself_subscribes(sandbox, desk, call):
    assert error_of(register(call, sandbox)) == (15, None)


def test_a_page_says_which_fields_it_sends(sandbox, desk, page, ann, app, call):
    register(app, sandbox)
    ann.post("one")
    assert desk.changes == []
    assert call.post("/me/subscribed_apps", subscribed_fields="feed").json() == {"success": True}
    (told,) = call.get("/me/subscribed_apps")["data"]
    assert (told["id"], told["subscribed_fields"]) == (sandbox.credentials["app_id"], ["feed"])
    ann.post("two")
    ann.rate("good")
    assert [value["message"] for value in desk.changes] == ["two"]
    assert call("DELETE", "/me/subscribed_apps").json() == {"success": True}
    ann.post("three")
    assert len(desk.changes) == 1
    assert error_of(call.post("/me/subscribed_apps", subscribed_fields="shoes")) == (100, None)


def test_messages_are_subscribed_to_with_their_permission(sandbox, page):
    call = Caller(sandbox, sandbox.token("pages_manage_metadata"))
    assert error_of(call.post("/me/subscribed_apps", subscribed_fields="feed,messages")) == (200, None)
    assert page.subscribed == {}
    assert call.post("/me/subscribed_apps", subscribed_fields="feed").status == 200


# ------------------------------------------------------------------------------------------------------- signatures


def test_signatures_agree_with_known_ones(sandbox):
    body = rb'{"object":"page","entry":[{"id":"1","time":1,"changes":[{"field":"feed","value":{"message":"\u00e4"}}]}]}'
    assert sandbox.push.sign(body, "testsecret") == {
        "X-Hub-Signature": "sha1=37c2862dff7366cad1a40879775a792e254776af",
        "X-Hub-Signature-256": "sha256=3ac38bb0c108931ee6e1c541d15df709c8bf0cdbe774a68267c68c333bce8c91",
    }


def test_bytes_are_escaped_and_signed_as_they_are(heard, ann):
    ann.post("schön/👻 é")
    (body,) = heard.bodies
    assert rb"sch\u00f6n\/\ud83d\udc7b \u00e9" in body
    assert body.isascii()
    assert heard.changes[0]["message"] == "schön/👻 é"


# ------------------------------------------------------------------------------------------------------ what is told


def test_a_comment_from_beginning_to_end(sandbox, heard, page, ann):
    post = page.post("News")
    comment = ann.comment(post, "helo")
    ann.edit(comment, "hello")
    page.hide(comment)
    page.unhide(comment)
    ann.delete(comment)
    told = heard.changes[1:]
    assert [(value["item"], value["verb"]) for value in told] == [
        ("comment", verb) for verb in ("add", "edited", "hide", "unhide", "remove")
    ]
    added = told[0]
    assert added.pop("post")["id"] == post.id
    assert added == {
        "from": {"id": ann.id, "name": "Ann Doe"},
        "item": "comment",
        "verb": "add",
        "comment_id": f"{post.number}_{comment.number}",
        "post_id": f"{page.id}_{post.number}",
        "parent_id": f"{page.id}_{post.number}",
        "created_time": 1795165200,
        "message": "helo",
    }
    assert told[1]["message"] == "hello"
    assert told[2]["from"]["id"] == page.id
    assert "message" not in told[4]
    entry = heard.entries[0]
    assert (entry["id"], entry["time"], entry["changes"][0]["field"]) == (page.id, 1795165200, "feed")


def test_an_answer_names_the_comment_that_it_answers(heard, page, ann, sandbox):
    post = page.post("News")
    comment = ann.comment(post, "lost", photo=sandbox.photo(ann))
    reply = page.reply(comment, "sorry")
    first, second = heard.changes[1:]
    assert first["photo"].startswith("https://")
    assert (second["comment_id"], second["parent_id"], second["from"]["id"]) == (
        reply.id,
        comment.id,
        page.id,
    )


@pytest.mark.parametrize(
    ("make", "item"),
    [
        (lambda sandbox, ann: sandbox.account.post("News"), "status"),
        (lambda sandbox, ann: sandbox.account.post("News", link="https://example.com"), "share"),
        (lambda sandbox, ann: sandbox.account.post("News", photo=sandbox.photo()), "photo"),
        (lambda sandbox, ann: sandbox.account.post("News", video="https://example.com/a.mp4"), "video"),
        (lambda sandbox, ann: ann.post("News"), "post"),
    ],
)
def test_kinds_of_posts(sandbox, heard, ann, make, item):
    post = make(sandbox, ann)
    post.author.edit(post, "Newer")
    post.author.delete(post)
    assert [(value["item"], value["verb"]) for value in heard.changes] == [
        (item, "add"),
        (item, "edited"),
        (item, "remove"),
    ]
    assert {value["post_id"] for value in heard.changes} == {post.id}


def test_a_draft_is_not_told(heard, page):
    page.post("Draft", published=False)
    assert heard.changes == []


def test_reactions(heard, page, ann):
    post = page.post("News")
    comment = ann.comment(post, "hello")
    ann.react(post, "LOVE")
    ann.react(post, "LOVE")
    ann.react(post, "HAHA")
    ann.unreact(post)
    ann.react(comment)
    told = heard.changes[2:]
    assert [(value["verb"], value["reaction_type"]) for value in told] == [
        ("add", "love"),
        ("edit", "haha"),
        ("remove", "haha"),
        ("add", "like"),
    ]
    assert told[3]["comment_id"] == comment.id


def test_a_mention_does_not_say_who(heard, ann, sandbox):
    post = ann.tag("Acme is late")
    comment = sandbox.user("bob").tag("Acme, look", on=post)
    first, second = heard.changes
    assert first == {
        "message": "Acme is late",
        "created_time": 1795165200,
        "verb": "add",
        "item": "post",
        "post_id": post.id,
    }
    assert (second["item"], second["comment_id"], second["post_id"]) == ("comment", comment.id, post.id)
    assert {entry["changes"][0]["field"] for entry in heard.entries} == {"mention"}


def test_ratings(heard, ann):
    review = ann.rate("never again", positive=False)
    ann.edit(review, "once more")
    ann.delete(review)
    assert [value["verb"] for value in heard.changes] == ["add", "edit", "remove"]
    told = heard.changes[0]
    assert (told["recommendation_type"], told["review_text"]) == ("NEGATIVE", "never again")
    assert (told["reviewer_id"], told["open_graph_story_id"]) == (ann.id, review.id)


def test_without_advanced_access_deliveries_do_not_say_who(sandbox, heard, page, ann):
    sandbox.advanced_access = False
    ann.comment(page.post("News"), "hello")
    assert ["from" in value for value in heard.changes] == [True, False]


def test_messages_echoes_and_the_rest(sandbox, heard, page, ann, call):
    message = ann.message("hello?")
    sent = call.send(ann, "Hello!", message={"metadata": "outbox 7"}).json()["message_id"]
    ann.read()
    ann.react(message, "LOVE")
    ann.unreact(message)
    ann.edit(message, "hello!")
    ann.postback("MORE", "More")
    ann.delete(message)
    said, echo, delivery, read, react, unreact, edit, postback, gone = heard.events
    at = 1795165200000
    assert said == {
        "sender": {"id": ann.id},
        "recipient": {"id": page.id},
        "timestamp": at,
        "message": {"mid": message.id, "text": "hello?"},
    }
    assert echo["sender"] == {"id": page.id}
    assert echo["recipient"] == {"id": ann.id}
    assert echo["message"] == {
        "mid": sent,
        "text": "Hello!",
        "is_echo": True,
        "app_id": int(sandbox.credentials["app_id"]),
        "metadata": "outbox 7",
    }
    assert delivery["delivery"] == {"mids": [sent], "watermark": at}
    assert read["read"] == {"watermark": at}
    assert (react["reaction"]["action"], unreact["reaction"]["action"]) == ("react", "unreact")
    assert edit["message_edit"] == {"mid": message.id, "text": "hello!", "num_edit": "1"}
    assert (postback["postback"]["payload"], postback["postback"]["title"]) == ("MORE", "More")
    assert gone["message"] == {"mid": message.id, "is_deleted": True}
    assert all(entry["time"] == at for entry in heard.entries)


def test_odd_messages_and_advertisements(heard, ann):
    link = {"type": "fallback", "title": "Offer", "url": "https://example.com/", "payload": None}
    ann.message("look", attachments=(link,))
    ann.message("", unsupported=True)
    ann.click_ad("23850000")
    shared, poll, clicked = heard.events
    assert shared["message"]["attachments"] == [link]
    assert poll["message"].keys() == {"mid", "is_unsupported"}
    assert clicked["referral"] == {"ad_id": "23850000", "source": "ADS", "type": "OPEN_THREAD"}


def test_what_the_page_types_in_its_inbox_comes_as_an_echo(heard, page, ann):
    ann.message("hello?")
    page.message(ann, "by hand")
    assert heard.events[1]["message"]["app_id"] == 263902037430900


def test_another_apps_threads_are_only_stood_by(sandbox, heard, page, ann):
    ann.message("one")
    sandbox.inbox_takes(ann)
    ann.message("two")
    sandbox.inbox_passes(ann)
    ann.message("three")
    assert [event["message"]["text"] for event in heard.events if "message" in event] == ["one", "three"]
    (stood_by,) = [entry["standby"][0] for entry in heard.entries if "standby" in entry]
    assert stood_by["message"]["text"] == "two"
    passed = [event["pass_thread_control"] for event in heard.events if "pass_thread_control" in event]
    assert passed == [
        {
            "previous_owner_app_id": "263902037430900",
            "new_owner_app_id": sandbox.credentials["app_id"],
        }
    ]


def test_what_this_app_does_with_a_thread_is_not_told_to_it(heard, ann, call):
    ann.message("one")
    for edge in ("take_thread_control", "pass_thread_control"):
        assert call("POST", f"/me/{edge}", body=Json({"recipient": {"id": ann.id}})).status == 200
    assert [list(event.keys() - {"sender", "recipient", "timestamp"}) for event in heard.events] == [
        ["message"]
    ]


def test_facebook_enforces_its_policies(sandbox, heard, page):
    sandbox.enforce_policy("block", "spam")
    (told,) = heard.events
    assert told["policy-enforcement"] == {"action": "block", "reason": "spam"}
    assert told["recipient"] == {"id": page.id}


def test_what_the_api_does_is_told_when_it_has_answered(sandbox, heard, page, ann, call):
    comment = ann.comment(page.post("News"), "hello")
    seen = []
    sandbox.deliver_to(lambda request: seen.append(sandbox.answering) or WebhookAnswer(200), URL)
    call.post(f"/{comment.id}/comments", message="Hi")
    call("DELETE", f"/{comment.id}")
    assert seen == [0, 0]


def test_what_is_said_to_have_happened_long_ago_is_not_told(sandbox, heard, page, ann):
    at = sandbox.clock.now()
    sandbox.advance(hours=1)
    ann.comment(page.post("News", at=at), "old", at=at)
    assert heard.changes == []


# ----------------------------------------------------------------------------------------------- several, and tests


def test_many_changes_in_one_delivery(sandbox, heard, page, ann):
    post = page.post("News")
    with sandbox.batched():
        for number in range(3):
            ann.comment(post, str(number))
        ann.message("hello")
        ann.message("again")
    assert heard.calls == 2
    assert len(json.loads(heard.bodies[1])["entry"]) == 3
    assert [value["message"] for value in heard.changes[1:]] == ["0", "1", "2"]
    assert len(heard.events) == 2


def test_no_more_than_a_thousand_in_one(sandbox, heard, page, ann):
    post = page.post("News")
    with sandbox.batched():
        for number in range(1_001):
            ann.comment(post, str(number))
    assert [len(made.entries[0]["changes"]) for made in sandbox.deliveries[1:]] == [1_000, 1]


def test_an_app_in_development_is_sent_test_events_only(sandbox, heard, page, ann):
    sandbox.live = False
    ann.post("hello")
    sandbox.send_test_event("feed")
    (entry,) = heard.entries
    assert entry["id"] == "0"
    assert entry["changes"][0]["value"]["comment_id"] == "44444444_444444444"


# ----------------------------------------------------------------------------------------------------------- retries


def test_a_failed_delivery_comes_again_at_once_and_then_ever_later(sandbox, heard, ann):
    heard.status = 500
    ann.post("hello")
    assert heard.calls == 2
    due, waits = sandbox.clock.now(), []
    while (made := sandbox.deliveries[0]).due is not None:
        waits.append((made.due - due).total_seconds())
        due = made.due
        sandbox.advance(seconds=waits[-1])
    assert waits == sorted(waits)
    assert 34 <= sum(waits) / 3600 <= 38
    assert made.statuses == [500] * (len(waits) + 2)


def test_a_delivery_is_had_as_soon_as_the_desk_is_well(sandbox, heard, ann):
    heard.status = 503
    ann.post("hello")
    heard.status = 200
    sandbox.advance(seconds=30)
    assert [value["message"] for value in heard.changes] == ["hello"]
    assert sandbox.deliveries[0].statuses == [503, 503, 200]


def test_failing_for_too_long_ends_the_subscription(sandbox, heard, ann, app, call):
    heard.status = 500
    for _ in range(12):
        ann.post("hello")
        sandbox.advance(hours=4)
    heard.status = 200
    assert app.get("/app/subscriptions")["data"][0]["active"] is False
    assert call.get("/me/subscribed_apps")["data"] == []
    made = len(sandbox.deliveries)
    ann.post("nobody hears this")
    assert len(sandbox.deliveries) == made


@pytest.mark.parametrize(
    ("fault", "calls"), [(faults.PushTwice(), 2), (faults.PushLost(), 0), (faults.PushLate(60), 0)]
)
def test_deliveries_that_go_astray(sandbox, heard, ann, fault, calls):
    sandbox.fail(fault)
    ann.post("hello")
    assert heard.calls == calls
    sandbox.advance(seconds=60)
    assert heard.calls == {faults.PushTwice: 2, faults.PushLost: 0, faults.PushLate: 1}[type(fault)]


def test_deliveries_out_of_order(sandbox, heard, ann):
    sandbox.fail(faults.PushSwapped())
    ann.post("one")
    ann.post("two")
    assert [value["message"] for value in heard.changes] == ["two", "one"]


def test_a_forged_delivery_has_another_signature(sandbox, heard, ann):
    sandbox.fail(faults.PushForged())
    ann.post("hello")
    assert heard.changes == []
    assert set(sandbox.deliveries[0].statuses) == {403}


def test_a_desk_that_raises_is_a_server_that_fails(sandbox, ann):
    sandbox.subscribe()

    def broken(request):
        raise KeyError("oops")

    sandbox.deliver_to(broken)
    ann.post("hello")
    assert sandbox.deliveries[0].statuses == [500, 500]


def test_a_desk_that_is_awaited(sandbox, ann):
    desk = Desk(sandbox)
    sandbox.subscribe("feed")
    ann.post("hello")

    async def receive(request):
        return desk(request)

    assert asyncio.run(sandbox.adeliver(receive)) == 1
    assert len(desk.changes) == 1


def test_a_webhook_on_a_real_port(sandbox, ann, app):
    desk = Desk(sandbox)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            self.reply(desk(type("Asked", (), {"method": "GET", "query": query})))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = {
                "method": "POST",
                "headers": self.headers,
                "body": body,
                "json": staticmethod(lambda: json.loads(body)),
            }
            self.reply(desk(type("Asked", (), told)))

        def reply(self, answer) -> None:
            self.send_response(answer.status)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *args) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with served(sandbox):
            url = f"http://127.0.0.1:{server.server_port}/hook"
            assert register(app, sandbox, callback_url=url).json() == {"success": True}
            Caller(sandbox)("POST", "/me/subscribed_apps", body=Json({"subscribed_fields": ["feed"]}))
            ann.post("over the wire")
            until = time.monotonic() + 10
            while not desk.changes and time.monotonic() < until:
                time.sleep(0.02)
            assert [value["message"] for value in desk.changes] == ["over the wire"]
    finally:
        sandbox.push.close()
        server.shutdown()
        server.server_close()
        thread.join(10)
