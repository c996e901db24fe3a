"""Having X deliver: what stands is left as it is, and what is missing is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plugins.twitter.tests.twitter_pages import ME, NOW, OAUTH1, OAUTH1_APP, answer, connector, shared_json
from socialdesk.connector import Push
from socialdesk.errors import AuthError, ConfigError, Rejected
from socialdesk.testing import replay
from socialdesk.wire import Json, Request, Response
from socialdesk_twitter.connector import TwitterConnector

URL = "https://yourdomain.com/webhooks/twitter"
WEBHOOK = {"id": "1234567890", "url": URL, "valid": True, "created_at": "2025-01-15T12:00:00.000Z"}
OF_POSTS = (
    "post.mention.create",
    "post.reply.create",
    "post.quote.create",
    "post.repost.create",
    "post.delete",
)
OF_MESSAGES = ("dm.received", "dm.sent", "dm.read", "chat.received")
NOTHING = answer({"meta": {"result_count": 0}})


def listed(*things: dict[str, Any], next_token: str | None = None) -> Response:
    return answer({"data": list(things), "meta": {"next_token": next_token} if next_token else {}})


def subscription(event: str, webhook: str = "1234567890", user: str = ME) -> dict[str, Any]:
    return {
        "subscription_id": f"s-{event}",
        "event_type": event,
        "filter": {"user_id": user},
        "webhook_id": webhook,
    }


def made(event: str, form: str = "object") -> Response:
    told = {"subscription_id": f"s-{event}", "event_type": event}
    data: Any = {"object": told, "array": [told], "nested": {"subscription": told}}[form]
    return answer({"data": data, "meta": {"total_subscriptions": 1}})


def subscribed(
    *answers: Response, twitter: TwitterConnector | None = None, **push: Any
) -> tuple[Push, list[Request]]:
    seen = replay((twitter or connector()).subscribe(Push(url=URL, **push)), answers)
    return seen.result, list(seen.requests)


def asked_for(requests: list[Request]) -> list[str]:
    return [request.body.value["event_type"] for request in requests if _is_subscribing(request)]  # type: ignore[union-attr]  # a Json, as is looked at there


def _is_subscribing(request: Request) -> bool:
    return isinstance(request.body, Json) and "event_type" in request.body.value


@pytest.mark.parametrize("form", ["object", "array", "nested"])
def test_a_webhook_and_its_subscriptions_are_made(form: str) -> None:
    new = answer(shared_json("recorded", "x", "webhook_create_200.json"))
    events = OF_POSTS + OF_MESSAGES
    push, requests = subscribed(NOTHING, new, NOTHING, *(made(event, form) for event in events))
    assert [f"{request.method} {request.path}" for request in requests[:3]] == [
        "GET /2/webhooks",
        "POST /2/webhooks",
        "GET /2/activity/subscriptions",
    ]
    assert requests[1].body == Json({"url": URL})
    assert asked_for(requests) == list(events)
    body = requests[3].body
    assert isinstance(body, Json)
    assert (body.value["filter"], body.value["webhook_id"]) == ({"user_id": ME}, "1234567890")
    assert {request.auth for request in requests} == {"app"}
    assert {request.does for request in requests} == {"reads", "prepares"}
    assert (push.url, push.events, push.renew_at) == (URL, events, NOW + timedelta(days=1))
    assert push.data["webhook"] == "1234567890"
    assert push.data["subscriptions"]["dm.read"] == "s-dm.read"


def test_what_stands_is_left_as_it_is() -> None:
    standing = [subscription(event) for event in OF_POSTS + OF_MESSAGES]
    first, second = listed(*standing[:5], next_token="t" * 16), listed(*standing[5:])
    push, requests = subscribed(listed(WEBHOOK), first, second)
    assert {request.method for request in requests} == {"GET"}
    assert requests[2].params["pagination_token"] == "t" * 16
    assert set(push.events) == set(OF_POSTS + OF_MESSAGES)


def test_what_is_anothers_does_not_count() -> None:
    others = [subscription("post.delete", user="1"), subscription("post.delete", webhook="77")]
    _, requests = subscribed(
        listed({**WEBHOOK, "id": "77", "url": "https://other.example"}, WEBHOOK),
        listed(*others),
        made("post.delete"),
        events=("post.delete",),
    )
    assert asked_for(requests) == ["post.delete"]


def test_a_webhook_that_became_invalid_is_made_valid_again() -> None:
    push, requests = subscribed(
        listed({**WEBHOOK, "valid": False}),
        answer({"data": {"valid": True}}),
        listed(subscription("post.delete")),
        events=("post.delete",),
    )
    assert (requests[1].method, requests[1].path) == ("PUT", "/2/webhooks/1234567890")
    assert push.events == ("post.delete",)
    with pytest.raises(Rejected, match="challenge"):
        subscribed(listed({**WEBHOOK, "valid": False}), answer({"data": {"valid": False}}))


def test_without_messages_none_are_subscribed_to() -> None:
    quiet = connector(messages=False)
    push, _ = subscribed(listed(WEBHOOK), NOTHING, *map(made, OF_POSTS), twitter=quiet)
    assert push.events == OF_POSTS


def refusing(
    twitter: TwitterConnector, answers: list[Response | Exception], **push: Any
) -> tuple[Push, list[Request]]:
    """What a subscribe gives where some of its requests are refused."""
    flow, requests = twitter.subscribe(Push(url=URL, **push)), []
    asked: Any = flow.send(None)
    try:
        for told in answers:
            requests.append(asked)
            if isinstance(told, Exception):
                asked = flow.throw(told)
            else:
                asked = flow.send(Response(200, body=told.body, request=asked, received_at=NOW))
    except StopIteration as ended:
        return ended.value, requests
    raise AssertionError(f"{asked!r} was not answered")


def forbidden(kind: type[AuthError] = AuthError) -> AuthError:
    error = kind("Not granted.")
    error.response = answer({}, 403)
    return error


def test_what_is_not_granted_to_the_app_is_asked_for_by_the_account() -> None:
    answers: list[Response | Exception] = [listed(WEBHOOK), NOTHING, forbidden(), made("dm.received")]
    push, requests = refusing(connector(), answers, events=("dm.received",))
    assert [request.auth for request in requests] == ["app", "app", "app", "account"]
    assert push.events == ("dm.received",)


def test_what_is_refused_is_told_and_the_rest_stands() -> None:
    answers: list[Response | Exception] = [
        listed(WEBHOOK),
        NOTHING,
        forbidden(),
        forbidden(),
        made("post.delete"),
    ]
    push, _ = refusing(connector(), answers, events=("dm.received", "post.delete"))
    assert push.events == ("post.delete",)
    assert push.data["refused"] == {"dm.received": "Not granted."}
    again: list[Response | Exception] = [
        listed(WEBHOOK),
        listed(subscription("post.delete")),
        made("dm.received"),
    ]
    push, _ = refusing(connector(), again, events=push.events, data=push.data)
    assert (set(push.events), push.data["refused"]) == ({"dm.received", "post.delete"}, {})
    with pytest.raises(Rejected, match="Not granted"):
        refusing(connector(), answers[:4], events=("dm.received",))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.com/x", "https"),
        ("https://example.com:8443/x", "port"),
        ("https://example.com/" + "x" * 200, "200 characters"),
    ],
)
def test_addresses_that_x_refuses_are_refused_at_once(url: str, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        replay(connector().subscribe(Push(url=url)), [])


def test_this_machine_is_left_to_a_sandbox() -> None:
    url = "http://127.0.0.1:8000/hooks"
    known = listed({**WEBHOOK, "url": url})
    push = Push(url=url, events=("post.delete",))
    assert replay(connector().subscribe(push), [known, listed(subscription("post.delete"))]).result.url == url


def test_it_has_to_be_known_whose_events_are_meant() -> None:
    unknown = TwitterConnector(
        TwitterConnector.Config.model_validate(OAUTH1), TwitterConnector.App.model_validate(OAUTH1_APP)
    )
    with pytest.raises(ConfigError, match="identify"):
        replay(unknown.subscribe(Push(url=URL)), [])
