"""The control surface: the same over HTTP that the Python face can do."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.facebook.tests.sandbox_client import Caller, error_of
from socialdesk.wire import Json, Request, WebhookAnswer
from socialdesk_facebook.sandbox import FacebookSandbox


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


@pytest.fixture
def control(sandbox):
    def ask(method: str, path: str, status: int = 200, /, **body: Any) -> Any:
        request = Request(method, f"{sandbox.base_url}/_sandbox/{path}", body=Json(body) if body else None)
        answer = sandbox.send(request, 10)
        assert answer.status == status, answer.json()
        return answer.json()

    return ask


def test_the_introduction_says_what_a_client_needs(sandbox, control):
    told = control("GET", "introduction")
    assert told["platform"] == "facebook"
    assert told["account"]["name"] == "Acme"
    assert told["settings"].keys() == {
        "base_url",
        "page_token",
        "page_id",
        "app_id",
        "app_secret",
        "verify_token",
    }
    assert Caller(sandbox, told["credentials"]["page_token"]).get("/me")["id"] == told["settings"]["page_id"]


def test_posts_comments_tags_and_ratings(sandbox, control):
    post = control("POST", "posts", by="acme", text="News")
    visitor = control("POST", "posts", by="ann", text="on your wall", photo=True, at="2026-11-20T08:00:00Z")
    comment = control("POST", "comments", by="ann", on=post["id"], text="helo")
    control("POST", "comments", by="acme", on=comment["id"], text="hi")
    tagging = control("POST", "tags", by="bob", text="Acme!")
    control("POST", "tags", by="eve", text="Acme too", on=tagging["id"])
    control("POST", "ratings", by="ann", text="good")
    control("POST", "edits", id=comment["id"], text="hello")
    control("POST", "hides", id=comment["id"])
    control("POST", "reactions", id=comment["id"], by="bob", kind="LOVE")
    thread = control("GET", f"threads/{post['id']}")["thread"]
    assert [(one["by"], one["text"]) for one in thread] == [("ann", "hello"), ("acme", "hi")]
    assert thread[0]["hidden"] is True
    assert thread[0]["reactions"] == {sandbox.user("bob").id: "LOVE"}
    assert thread[1]["parent"] == comment["id"]
    assert sandbox.world.find(visitor["id"]).photos
    assert control("POST", "deletes", id=comment["id"], by="acme") == {"deleted": True}
    state = control("GET", "state")
    assert (state["posts"], state["comments"], state["tagged"], state["ratings"]) == (4, 3, 2, 1)


def test_messages(sandbox, control):
    said = control("POST", "messages", by="ann", text="helo", photo=True)
    control("POST", "messages", by="ann", text="and", reply_to=said["id"], at="2026-11-20T09:00:00Z")
    control("POST", "page_messages", to="ann", text="by hand")
    control("POST", "message_edits", message=said["id"], text="hello")
    control("POST", "message_reactions", message=said["id"], kind="WOW")
    control("POST", "reads", by="ann")
    control("POST", "postbacks", by="ann", payload="MORE")
    told = control("GET", "messages/ann")["messages"]
    assert [one["text"] for one in told] == ["hello", "and", "by hand"]
    control("POST", "message_deletes", message=said["id"])
    assert len(control("GET", "messages/ann")["messages"]) == 2
    control("POST", "handovers", of="ann", to="inbox")
    call = Caller(sandbox)
    assert error_of(call.send(sandbox.user("ann"))) == (10, 2018300)
    control("POST", "handovers", of="ann", to="app")
    control("POST", "refusals", by="ann")
    assert error_of(call.send(sandbox.user("ann"))) == (551, 1545041)
    control("POST", "refusals", by="ann", refused=False)
    assert call.send(sandbox.user("ann")).status == 200


def test_switches_limits_tokens_and_errors(sandbox, control):
    call = Caller(sandbox)
    told = control("POST", "switches", advanced_access=False, require_proof=True, short_pages=2)
    assert (told["advanced_access"], told["require_proof"], told["short_pages"]) == (False, True, 2)
    assert error_of(call("GET", "/me")) == (100, None)
    control("POST", "switches", require_proof=False)
    control("POST", "errors", code=1, subcode=1357046, applied=True, path="*/messages")
    assert call("GET", "/me").status == 200
    sandbox.user("ann").message("hello?")
    assert error_of(call.send(sandbox.user("ann"))) == (1, 1357046)
    control("POST", "limits", name="pages", calls=1)
    assert error_of(call("GET", "/me")) == (80001, None)
    control("POST", "limits", name="pages")
    assert control("POST", "invalidates", subcode=458)["ended"] > 0
    assert error_of(call("GET", "/me")) == (190, 458)


def test_accounts_users_and_crowds(sandbox, control):
    made = control("POST", "accounts", handle="second")
    assert Caller(sandbox, made["credentials"]["page_token"]).get("/me")["name"] == "Second"
    assert control("POST", "users", handle="ann", name="Ann Other", tester=True)["name"] == "Ann Other"
    assert control("GET", "users/ann")["kind"] == "person"
    assert control("GET", "users/acme")["kind"] == "page"
    crowd = control("POST", "crowd", n=5, text="{brand} {i}", people=2)
    assert sandbox.world.find(crowd["last"]).text == "Acme 4"


def test_deliveries(sandbox, control):
    sandbox.deliver_to(lambda request: WebhookAnswer(200))
    control("POST", "test_events", 400)
    assert (
        control("POST", "subscriptions", url="https://desk.example.com/", fields=["feed"])["active"] is True
    )
    control("POST", "posts", by="ann", text="hello")
    control("POST", "test_events", field="mention")
    first, second = control("GET", "deliveries")["deliveries"]
    assert first["statuses"] == second["statuses"] == [200]
    assert first["entry"][0]["changes"][0]["value"]["message"] == "hello"
    control("POST", "policies", action="block")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("posts", {"by": "ann"}),
        ("posts", {"by": "ann", "text": "x", "at": "yesterday"}),
        ("comments", {"by": "ann", "on": "1_2", "text": "x"}),
        ("tags", {"by": "acme", "text": "x"}),
        ("tags", {"by": "ann", "text": "x", "on": "104000000000001"}),
        ("crowd", {"n": 0}),
        ("crowd", {"n": 1, "text": "{who}"}),
        ("edits", {"id": "104000000000001", "text": "x"}),
        ("reactions", {"id": "1", "by": "ann"}),
        ("switches", {"shoes": True}),
        ("limits", {"name": "shoes"}),
        ("invalidates", {"subcode": 1}),
        ("errors", {"code": 1, "status": 200}),
        ("errors", {"code": 1, "times": 0}),
        ("messages", {"by": "acme", "text": "x"}),
        ("message_edits", {"message": "m_1", "text": "x"}),
        ("handovers", {"of": "ann", "to": "nobody"}),
        ("subscriptions", {"url": "https://a.b/", "fields": ["shoes"]}),
        ("users", {"handle": "acme"}),
        ("accounts", {"handle": "acme_admin"}),
    ],
)
def test_what_cannot_be_understood(control, path, body):
    assert control("POST", path, 400, **body)["error"]


def test_nobody_and_nothing(control):
    for path in ("users/nobody", "threads/1_2", "threads/104000000000001", "messages/nobody"):
        assert control("GET", path, 400)["error"]
