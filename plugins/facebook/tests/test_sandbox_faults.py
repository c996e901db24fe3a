"""What goes wrong: lost and broken answers, errors of Facebook's own, and calls too many."""

from __future__ import annotations

import json

import pytest

from plugins.facebook.tests.sandbox_client import Caller, error_of
from socialdesk.testing import faults
from socialdesk.wire import TransportError
from socialdesk_facebook.sandbox import SENT_AND_FAILED, FacebookSandbox, GraphError


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


@pytest.fixture
def page(sandbox):
    return sandbox.account


@pytest.fixture
def ann(sandbox):
    return sandbox.user("ann")


@pytest.fixture
def call(sandbox) -> Caller:
    return Caller(sandbox)


def usage(answer, page):
    (told,) = json.loads(answer.headers["X-Business-Use-Case-Usage"])[page.id]
    return told


# ---------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    ("fault", "written"),
    [(faults.DropAnswer(), True), (faults.RefuseConnection(), False), (faults.SlowDrip(100), True)],
)
def test_an_answer_that_does_not_come(sandbox, page, call, fault, written):
    sandbox.fail(fault)
    with pytest.raises(TransportError) as caught:
        call.post("/me/feed", message="hello")
    assert caught.value.sent is written
    assert bool(page.wall) is written


@pytest.mark.parametrize(
    ("status", "code", "transient"), [(500, 1, False), (502, 2, True), (503, 2, True), (599, 1, False)]
)
@pytest.mark.parametrize("applied", [True, False])
def test_facebook_fails(sandbox, page, call, status, code, transient, applied):
    sandbox.fail(faults.ServerError(status, applied))
    answer = call.post("/me/feed", message="hello")
    assert (answer.status, *error_of(answer)) == (status, code, None)
    assert answer.json()["error"]["is_transient"] is transient
    assert bool(page.wall) is applied


def test_a_page_for_people_and_half_an_answer(sandbox, call):
    sandbox.fail(faults.HtmlPage())
    assert call("GET", "/me").headers["content-type"].startswith("text/html")
    sandbox.fail(faults.CutJson())
    with pytest.raises(ValueError):
        json.loads(call("GET", "/me").body)


@pytest.mark.parametrize("fault", [SENT_AND_FAILED, GraphError(1, 99, applied=True)])
def test_an_error_although_the_message_was_sent(sandbox, ann, call, fault):
    ann.message("hello?")
    sandbox.fail(fault)
    answer = call.send(ann, "Hello!")
    assert (answer.status, *error_of(answer)) == (400, 1, fault.subcode)
    assert [message.text for message in sandbox.messages(ann)] == ["hello?", "Hello!"]


def test_errors_on_demand(sandbox, ann, call):
    ann.message("hello?")
    for fault in (
        GraphError(368),
        GraphError(1200, status=500),
        GraphError(613, 1996),
        GraphError(2, transient=True),
    ):
        sandbox.fail(fault, when=faults.Matching(method="POST"))
        assert call("GET", "/me").status == 200
        answer = call.send(ann)
        assert (answer.status, *error_of(answer)) == (fault.status, fault.code, fault.subcode)
        assert answer.json()["error"].get("is_transient") == fault.transient
    assert len(sandbox.messages(ann)) == 1
    with pytest.raises(ValueError):
        GraphError(status=200)


# ----------------------------------------------------------------------------------------------------------- limits


def test_usage_moves_with_use(sandbox, page, call):
    sandbox.limits.set("pages", 10)
    told = [usage(call("GET", "/me"), page) for _ in range(4)]
    assert [one["call_count"] for one in told] == [10, 20, 30, 40]
    assert {one["type"] for one in told} == {"pages"}
    assert told[0]["estimated_time_to_regain_access"] == 0
    assert told[0].keys() == {
        "type",
        "call_count",
        "total_cputime",
        "total_time",
        "estimated_time_to_regain_access",
    }


def test_a_call_too_many_on_a_page(sandbox, page, call):
    sandbox.limits.set("pages", 3)
    for _ in range(3):
        assert call("GET", "/me/feed").status == 200
        sandbox.advance(hours=1)
    answer = call("GET", "/me/feed")
    assert error_of(answer) == (80001, None)
    told = usage(answer, page)
    assert told["call_count"] == 133
    assert told["estimated_time_to_regain_access"] == (24 - 2) * 60
    assert "Retry-After" not in answer.headers
    sandbox.advance(minutes=told["estimated_time_to_regain_access"])
    assert call("GET", "/me/feed").status == 200


def test_calling_on_prolongs_the_block(sandbox, page, call):
    sandbox.limits.set("pages", 1)
    call("GET", "/me")
    sandbox.advance(hours=23)
    first = usage(call("GET", "/me"), page)["estimated_time_to_regain_access"]
    assert first == 24 * 60
    sandbox.advance(hours=2)
    assert error_of(call("GET", "/me")) == (80001, None)


def test_messenger_is_counted_apart(sandbox, page, ann, call):
    ann.message("hello?")
    sandbox.limits.set("messenger", 1)
    answer = call.send(ann)
    assert (answer.status, usage(answer, page)["type"]) == (200, "messenger")
    for path in ("/me/conversations", f"/{sandbox.messages(ann)[0].id}"):
        assert error_of(call("GET", path)) == (80006, None)
    assert error_of(call.send(ann)) == (80006, None)
    assert call("GET", "/me/feed").status == 200


@pytest.mark.parametrize(
    ("token", "path", "code"),
    [
        ("app_token", "/app", 4),
        ("long_user_token", "/me/accounts", 17),
        ("long_user_token", "/{page}/feed", 32),
    ],
)
def test_people_and_apps_have_an_hour(sandbox, page, token, path, code):
    sandbox.limits.set("app", 2)
    call, path = Caller(sandbox, token), path.format(page=page.id)
    answers = [call("GET", path) for _ in range(3)]
    assert [json.loads(one.headers["X-App-Usage"])["call_count"] for one in answers] == [50, 100, 150]
    assert [one.status for one in answers[:2]] == [200, 200]
    assert error_of(answers[2]) == (code, None)
    sandbox.advance(hours=1)
    assert call("GET", path).status == 200


def test_private_replies_and_conversations_have_limits_of_their_own(sandbox, page, ann, call):
    sandbox.limits.set("private_replies", 1)
    sandbox.limits.set("conversations", 2)
    post = page.post("News")
    told = []
    for text in ("one", "two"):
        comment = ann.comment(post, text)
        told.append(call.send(ann, recipient={"comment_id": comment.id}))
    assert told[0].status == 200
    assert error_of(told[1]) == (613, None)
    answers = [call("GET", "/me/conversations") for _ in range(3)]
    assert [one.status for one in answers] == [200, 200, 400]
    assert error_of(answers[2]) == (613, None)
    sandbox.advance(seconds=1)
    assert call("GET", "/me/conversations").status == 200


def test_limits_follow_from_users(sandbox):
    assert sandbox.limits.meter("pages", "1").limit == 480_000
    assert sandbox.limits.meter("messenger", "1").limit == 20_000
    with pytest.raises(KeyError):
        sandbox.limits.set("shoes", 1)


def test_a_limit_on_demand_is_told_in_facebooks_way(sandbox, page, call):
    sandbox.fail(faults.TooManyRequests(seconds=600))
    answer = call("GET", "/me")
    assert (answer.status, *error_of(answer)) == (400, 80001, None)
    assert usage(answer, page)["estimated_time_to_regain_access"] == 10


def test_faults_are_of_this_time_and_the_log_says_so(sandbox, call):
    sandbox.fail(GraphError(2))
    call("GET", "/me")
    call("GET", "/me")
    first, second = sandbox.log
    assert (first.faults, first.status, first.applied) == (("graph_error",), 400, False)
    assert (second.faults, second.status, second.who) == ((), 200, "acme (page)")
    assert call.token not in repr(sandbox.log)
