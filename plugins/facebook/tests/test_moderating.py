"""What is done to comments, posts and people, and having Facebook deliver."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.facebook.tests.facebook_pages import (
    ACME,
    APP,
    COMMENT,
    JO,
    ME,
    POST,
    PSID,
    answer,
    connector,
    judged,
    refusal,
)
from socialdesk.connector import Command, Push
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId
from socialdesk.wire import Form, Json, Request
from socialdesk_facebook.deliveries import EVENTS

DONE = answer({"success": True})


def command(name: str, kind: str = "comment", value: str = COMMENT, text: str | None = None) -> Command:
    return Command(name=name, target=ExternalId("facebook", kind, value), text=text)


def asked(told: Command, *answers: Any) -> tuple[Request, ...]:
    return judged(connector().moderate(told), answers).requests


@pytest.mark.parametrize(
    ("name", "method", "edge", "fields"),
    [
        ("hide", "POST", "", {"is_hidden": "true"}),
        ("unhide", "POST", "", {"is_hidden": "false"}),
        ("delete", "DELETE", "", None),
        ("like", "POST", "/likes", {}),
        ("unlike", "DELETE", "/likes", None),
        ("edit", "POST", "", {"message": "better"}),
    ],
)
def test_what_is_done_to_a_comment(name: str, method: str, edge: str, fields: dict[str, str] | None) -> None:
    (request,) = asked(command(name, text="better"), DONE)
    assert (request.method, request.path, request.does) == (method, f"/v26.0/{COMMENT}{edge}", "speaks")
    if fields is not None:
        assert isinstance(request.body, Form)
        assert request.body.fields == fields


def test_what_is_deleted_already_is_as_was_asked() -> None:
    assert len(asked(command("delete"), refusal(100, 33))) == 1
    with pytest.raises(Rejected):
        asked(command("hide"), refusal(100, 33))


def test_what_facebook_did_not_do_is_told() -> None:
    with pytest.raises(Rejected):
        asked(command("hide"), answer({"success": False}))


@pytest.mark.parametrize(
    ("told", "action"),
    [
        (command("block"), "BAN_USER"),
        (command("unblock"), "UNBAN_USER"),
        (command("block", "message", "m_1"), "BLOCK_USER"),
        (command("unblock", "message", "m_1"), "UNBLOCK_USER"),
    ],
)
def test_who_wrote_it_is_blocked(told: Command, action: str) -> None:
    who, blocking = asked(told, answer({"from": JO}), DONE)
    assert who.does == "reads"
    assert blocking.path == f"/v26.0/{ME}/moderate_conversations"
    assert isinstance(blocking.body, Json)
    assert blocking.body.value == {"user_ids": [{"id": PSID}], "actions": [action]}


def test_a_person_is_blocked_by_their_own_id_and_the_page_never() -> None:
    (request,) = asked(command("block", "user", PSID), DONE)
    assert request.path.endswith("/moderate_conversations")
    for told in ({"from": ACME}, {"id": COMMENT}):
        with pytest.raises(Rejected) as caught:
            asked(command("block"), answer(told))
        assert caught.value.reason == "gone"


@pytest.mark.parametrize(
    "told", [command("praise"), command("hide", "message", "m_1"), command("edit", text=" ")]
)
def test_what_cannot_be_done_is_refused(told: Command) -> None:
    with pytest.raises(Rejected):
        asked(told)


# ----------------------------------------------------------------------------------------------- having it delivered

URL = "https://desk.example.com/facebook"
STANDS = answer(
    {
        "data": [
            {"object": "page", "callback_url": URL, "active": True, "fields": [{"name": n} for n in EVENTS]}
        ]
    }
)
OF_PAGE = answer({"data": [{"id": APP["app_id"], "subscribed_fields": list(EVENTS)}]})
NOTHING = answer({"data": []})


def subscribed(
    *answers: Any, app: dict[str, str] | None = None, url: str = URL
) -> tuple[Push, list[Request]]:
    done = judged(connector(app).subscribe(Push(url=url)), answers)
    return done.result, list(done.requests)


def test_the_app_and_the_page_are_subscribed() -> None:
    push, requests = subscribed(NOTHING, DONE, NOTHING, DONE)
    assert [(request.method, request.auth) for request in requests] == [
        ("GET", "app"),
        ("POST", "app"),
        ("GET", "account"),
        ("POST", "account"),
    ]
    assert all(request.does != "speaks" for request in requests)
    assert isinstance(requests[1].body, Form)
    assert requests[1].body.fields["callback_url"] == URL
    assert requests[1].body.fields["verify_token"] == "agreed"
    assert isinstance(requests[3].body, Form)
    assert set(requests[3].body.fields["subscribed_fields"].split(",")) == set(EVENTS)
    assert set(push.events) == set(EVENTS)
    assert push.renew_at is not None


def test_what_stands_is_left_as_it_is() -> None:
    _, requests = subscribed(STANDS, OF_PAGE)
    assert {request.method for request in requests} == {"GET"}


def test_what_is_subscribed_beside_stays() -> None:
    beside = answer({"data": [{"id": APP["app_id"], "subscribed_fields": ["leadgen"]}]})
    _, requests = subscribed(STANDS, beside, DONE)
    assert isinstance(requests[-1].body, Form)
    assert requests[-1].body.fields["subscribed_fields"].startswith("leadgen,feed,")


def test_without_the_apps_credentials_its_webhook_is_set_up_in_the_dashboard() -> None:
    push, requests = subscribed(OF_PAGE, app={"app_secret": "testsecret"})
    assert [request.auth for request in requests] == ["account"]
    assert push.data == {"app": "in the dashboard"}


def test_what_other_apps_have_subscribed_is_not_taken_for_ours() -> None:
    others = answer({"data": [{"id": "1", "subscribed_fields": list(EVENTS)}, {"id": "2"}]})
    _, requests = subscribed(others, DONE, app={"app_secret": "testsecret"})
    assert [request.method for request in requests] == ["GET", "POST"]
    _, requests = subscribed(STANDS, others, DONE)
    assert [request.method for request in requests] == ["GET", "GET", "POST"]


def test_an_address_that_facebook_does_not_take_is_refused() -> None:
    with pytest.raises(Rejected):
        subscribed(url="http://desk.example.com/x")
    with pytest.raises(Rejected) as caught:
        subscribed(NOTHING, app={"app_id": "55", "app_secret": "s"})
    assert "verify_token" in str(caught.value)
    assert POST
