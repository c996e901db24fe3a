"""Facebook's errors by code and subcode, and its limits by the answers' headers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from plugins.facebook.tests.facebook_pages import ME, NOW, answer, connector, refusal
from socialdesk.errors import AuthError, DeliveryUnknown, PlatformError, RateLimited, Rejected, Unavailable
from socialdesk.wire import Request, Response

GET = Request("GET", f"https://graph.facebook.com/v26.0/{ME}/feed", spends={"pages": 1, "app": 1})
POST = Request("POST", f"https://graph.facebook.com/v26.0/{ME}/messages", spends={"messenger": 1, "app": 1})


def meaning(response: Response, request: Request = GET) -> PlatformError | None:
    asked = Response(response.status, response.headers, response.body, request=request, received_at=NOW)
    return connector().check(asked)


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        *[(code, None, Unavailable) for code in (1, 2, 1200)],
        *[(code, None, RateLimited) for code in (4, 17, 32, 341, 613, 80001, 80002, 80006)],
        (368, None, AuthError),
        (613, 1996, RateLimited),
        *[(190, subcode, AuthError) for subcode in (None, 458, 459, 460, 463, 464, 467, 492, 9999)],
        *[(code, None, AuthError) for code in (102, 104, 210)],
        *[(code, None, Rejected) for code in (3, 10, 100, 200, 230, 299, 551, 2500, 1609005)],
        (506, None, DeliveryUnknown),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
def test_the_code_decides_whatever_the_status(
    code: int, subcode: int | None, kind: type[PlatformError], status: int
) -> None:
    error = meaning(refusal(code, subcode, status))
    assert type(error) is kind


@pytest.mark.parametrize(
    ("code", "subcode", "reason"),
    [
        (10, 2018278, "window_closed"),
        (10, None, "not_permitted"),
        (3, None, "not_permitted"),
        (200, None, "not_permitted"),
        (200, 1545041, "blocked"),
        (551, None, "blocked"),
        (551, 1545041, "blocked"),
        (803, None, "gone"),
        (100, 33, "gone"),
        (100, 2018001, "gone"),
        (100, 2018109, "content"),
        (100, None, "unsupported"),
        (1609005, None, "content"),
    ],
)
def test_why_trying_again_does_not_help(code: int, subcode: int | None, reason: str) -> None:
    error = meaning(refusal(code, subcode), POST)
    assert isinstance(error, Rejected)
    assert error.reason == reason


@pytest.mark.parametrize("subcode", [99, 1357046])
def test_an_error_that_may_have_been_a_success_is_unknown_after_speaking(subcode: int) -> None:
    assert isinstance(meaning(refusal(1, subcode), POST), DeliveryUnknown)
    assert isinstance(meaning(refusal(1, subcode), GET), Unavailable)


def test_what_passes_passes_and_what_is_unknown_is_left_to_core() -> None:
    assert isinstance(meaning(refusal(987, is_transient=True)), Unavailable)
    assert meaning(refusal(987)) is None
    assert isinstance(meaning(refusal(1, is_transient=False)), Unavailable)
    assert isinstance(meaning(refusal(80001, is_transient=True)), RateLimited)


def test_an_error_with_status_200_is_one() -> None:
    assert isinstance(meaning(refusal(190, status=200)), AuthError)
    assert meaning(answer({"data": []})) is None


def test_a_dead_token_says_why() -> None:
    error = meaning(refusal(190, 460))
    assert "changed their password" in str(error)


def test_a_wrong_proof_is_a_wrong_secret() -> None:
    error = meaning(refusal(100, type="GraphMethodException"))
    assert isinstance(error, AuthError)
    assert "app_secret" in str(error)
    assert isinstance(meaning(refusal(100, 33, type="GraphMethodException")), Rejected)


def test_a_missing_permission_is_named() -> None:
    assert "pages_read_user_content" in str(meaning(refusal(200)))
    assert "pages_messaging" in str(meaning(refusal(10), POST))


def limited(code: int, headers: dict[str, Any]) -> RateLimited:
    told = refusal(code)
    fields = {name: json.dumps(value) for name, value in headers.items()}
    error = meaning(Response(told.status, fields, told.body))
    assert isinstance(error, RateLimited)
    return error


def business(**told: Any) -> dict[str, Any]:
    entry = {"type": "pages", "call_count": 100, "total_cputime": 20, "total_time": 20, **told}
    return {"X-Business-Use-Case-Usage": {ME: [entry]}}


def test_another_pages_limit_is_not_this_pages() -> None:
    headers = business(call_count=20)
    other = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 60}
    headers["X-Business-Use-Case-Usage"]["100002"] = [other]
    fields = {name: json.dumps(value) for name, value in headers.items()}
    (reading,) = connector().read_limits(Response(200, fields, b"{}", request=GET, received_at=NOW))
    assert (reading.used, reading.blocked_until) == (20, None)
    assert limited(80001, headers).retry_at == NOW + timedelta(minutes=5)


def test_a_limit_says_when_it_is_over() -> None:
    assert limited(80001, business(estimated_time_to_regain_access=19)).retry_at == NOW + timedelta(
        minutes=19
    )
    assert limited(80001, business(estimated_time_to_regain_access=0)).retry_at == NOW + timedelta(minutes=5)
    assert limited(4, {}).retry_at == NOW + timedelta(minutes=10)
    assert limited(4, {}).scope == "app"
    assert limited(32, {}).scope == "account"


def test_a_block_for_policy_needs_a_person() -> None:
    error = meaning(refusal(368), POST)
    assert isinstance(error, AuthError)
    assert error.reason == "suspended"


def readings(headers: dict[str, Any]) -> dict[str, Any]:
    fields = {name: json.dumps(value) for name, value in headers.items()}
    told = connector().read_limits(Response(200, fields, b"{}", received_at=NOW))
    return {reading.bucket: reading for reading in told}


def test_percents_are_read_and_the_highest_counts() -> None:
    told = readings(
        {"X-App-Usage": {"call_count": 28, "total_cputime": 25, "total_time": 31}, **business(call_count=95)}
    )
    assert (told["app"].limit, told["app"].used, told["app"].shared_by) == (100, 31, "app")
    assert (told["pages"].limit, told["pages"].used) == (100, 95)
    assert told["pages"].blocked_until is None
    several = {"X-Page-Usage": {"call_count": 97}, **business()}
    several["X-Business-Use-Case-Usage"]["2"] = [
        {"type": "messenger", "call_count": 7, "estimated_time_to_regain_access": 3}
    ]
    told = readings(several)
    assert told["pages"].used == 100
    assert told["messenger"].used == 7
    assert told["messenger"].blocked_until == NOW + timedelta(minutes=3)
