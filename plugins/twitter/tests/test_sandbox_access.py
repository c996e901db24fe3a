"""Who may do what: signatures, tokens, windows and credit."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from plugins.twitter.tests.sandbox_client import Caller
from socialdesk.auth import OAuth1, Stamp
from socialdesk.wire import Form, Headers, Request
from socialdesk_twitter.sandbox import TwitterSandbox


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


def refresh(sandbox, token, *, client=None, **form):
    client = client or (sandbox.credentials["client_id"], sandbox.credentials["client_secret"])
    headers = {}
    if client != "public":
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(client).encode()).decode()
    fields = {"grant_type": "refresh_token", "refresh_token": token, **form}
    url = f"{sandbox.base_url}/2/oauth2/token"
    return sandbox.send(Request("POST", url, headers=Headers(headers), body=Form(fields)), 5)


def me(sandbox, token):
    request = Request(
        "GET", f"{sandbox.base_url}/2/users/me", headers=Headers({"Authorization": f"Bearer {token}"})
    )
    return sandbox.send(request, 5).status


@pytest.mark.parametrize("kind", ["oauth1", "oauth2"])
def test_user_credentials_say_who_one_is(sandbox, kind):
    assert Caller(sandbox, kind).get("/2/users/me")["data"]["username"] == "acme"


def test_what_the_framework_signs_is_accepted(sandbox):
    keys = sandbox.credentials
    auth = OAuth1(
        keys["consumer_key"],
        SecretStr(keys["consumer_secret"]),
        keys["access_token"],
        SecretStr(keys["access_token_secret"]),
    )
    request = Request("GET", f"{sandbox.base_url}/2/users/me", params={"user.fields": "name,verified"})
    signed = auth.sign(request, None, Stamp(sandbox.clock.now(), sandbox.clock.nonce()))
    assert sandbox.send(signed, 5).status == 200


@pytest.mark.parametrize(
    "tamper",
    [
        lambda request: replace(request, params={**request.params, "user.fields": "name"}),
        lambda request: replace(request, url=request.url.replace("/me", "/by"), params={"usernames": "acme"}),
        lambda request: replace(request, method="POST"),
        lambda request: replace(request, url=request.url.replace("https", "http")),
        lambda request: replace(
            request,
            headers=Headers(
                {"Authorization": request.headers["Authorization"].replace("acme", "x")[:-3] + 'A"'}
            ),
        ),
        lambda request: replace(request, headers=Headers()),
    ],
    ids=["query", "path", "method", "scheme", "signature", "none"],
)
def test_a_request_that_is_not_what_was_signed_is_refused(sandbox, tamper):
    request = Caller(sandbox).request("GET", "/2/users/me", user__fields="verified")
    response = sandbox.send(tamper(request), 5)
    assert response.status in ((401,) if request.method == tamper(request).method else (401, 404, 405))
    assert sandbox.send(request, 5).status == 200


def test_a_nonce_is_good_once_and_a_timestamp_for_minutes(sandbox):
    caller = Caller(sandbox)
    request = caller.request("GET", "/2/users/me")
    old = caller.request("GET", "/2/users/me")
    assert [sandbox.send(request, 5).status for _ in range(2)] == [200, 401]
    sandbox.advance(minutes=6)
    answer = sandbox.send(old, 5)
    assert answer.status == 401
    assert answer.json() == {
        "title": "Unauthorized",
        "detail": "Unauthorized",
        "type": "about:blank",
        "status": 401,
    }


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [("app", "GET", "/2/users/me"), ("app", "POST", "/2/tweets"), ("oauth1", "GET", "/2/usage/tweets")],
)
def test_credentials_of_the_wrong_kind(sandbox, kind, method, path):
    response = Caller(sandbox, kind)(method, path)
    assert response.status == 403
    assert response.json()["title"] == "Unsupported Authentication"


def test_read_only_credentials_cannot_post(sandbox):
    keys = sandbox.credentials
    narrow = {name.removeprefix("read_only_"): value for name, value in keys.items() if "read_only" in name}
    one = Caller(sandbox, "oauth1", {**keys, **narrow}).post("hello")
    assert (one.status, one.json()["type"].rpartition("/")[2]) == (403, "oauth1-permissions")
    two = Caller(sandbox, "oauth2", {**keys, **narrow}).post("hello")
    assert (two.status, two.json()["title"]) == (403, "Forbidden")
    assert Caller(sandbox, "oauth2", {**keys, **narrow}).get("/2/users/me")["data"]["username"] == "acme"


def test_access_tokens_end_after_two_hours_and_are_renewed(sandbox):
    token = sandbox.credentials["oauth2_access_token"]
    sandbox.advance(hours=1, minutes=59)
    assert me(sandbox, token) == 200
    sandbox.advance(minutes=1)
    assert me(sandbox, token) == 401
    told = refresh(sandbox, sandbox.credentials["oauth2_refresh_token"]).json()
    assert (told["token_type"], told["expires_in"]) == ("bearer", 7200)
    assert "tweet.write" in told["scope"].split()
    assert me(sandbox, told["access_token"]) == 200


def test_a_refresh_token_that_is_used_twice_ends_the_grant(sandbox):
    first = sandbox.credentials["oauth2_refresh_token"]
    told = refresh(sandbox, first).json()
    assert me(sandbox, told["access_token"]) == 200
    again = refresh(sandbox, first)
    assert again.status == 400
    assert again.json() == {
        "error": "invalid_request",
        "error_description": "Value passed for the token was invalid.",
    }
    assert me(sandbox, told["access_token"]) == 401
    assert refresh(sandbox, told["refresh_token"]).status == 400


def test_clients_are_told_apart(sandbox):
    keys = sandbox.credentials
    assert refresh(sandbox, keys["oauth2_refresh_token"], client=(keys["client_id"], "wrong")).status == 401
    assert refresh(sandbox, keys["oauth2_refresh_token"], client="public").status == 401
    public = {"client": "public", "client_id": keys["public_client_id"]}
    assert refresh(sandbox, keys["oauth2_refresh_token"], **public).status == 400
    assert refresh(sandbox, keys["public_oauth2_refresh_token"], **public).status == 200


def test_revoking_a_refresh_token_ends_the_grant(sandbox):
    keys = sandbox.credentials
    url = f"{sandbox.base_url}/2/oauth2/revoke"
    form = {"token": keys["public_oauth2_refresh_token"], "client_id": keys["public_client_id"]}
    assert sandbox.send(Request("POST", url, body=Form(form)), 5).status == 200
    assert me(sandbox, keys["public_oauth2_access_token"]) == 401


@pytest.mark.parametrize(("right", "status"), [(True, 200), (False, 403)])
def test_the_app_fetches_its_own_token(sandbox, right, status):
    keys = sandbox.credentials
    basic = f"{keys['consumer_key']}:{keys['consumer_secret'] if right else 'no'}".encode()
    headers = Headers({"Authorization": "Basic " + base64.b64encode(basic).decode()})
    form = Form({"grant_type": "client_credentials"})
    answer = sandbox.send(Request("POST", f"{sandbox.base_url}/oauth2/token", headers=headers, body=form), 5)
    assert answer.status == status
    if right:
        assert answer.json() == {"token_type": "bearer", "access_token": keys["bearer_token"]}
    else:
        assert answer.json()["errors"][0]["code"] == 99


def test_a_second_account_of_the_same_app(sandbox):
    second = sandbox.connect_account("acme2")
    caller = Caller(sandbox, "oauth1", second)
    assert caller.get("/2/users/me")["data"]["username"] == "acme2"
    assert second["consumer_key"] == sandbox.credentials["consumer_key"]
    assert second["access_token"] != sandbox.credentials["access_token"]
    settings = sandbox.settings_for("acme2")
    assert (settings["handle"], settings["access_token"]) == ("acme2", second["access_token"])


def test_windows_are_fifteen_minutes_per_user_or_per_app(sandbox):
    sandbox.limits.set("GET /2/users/{id}/mentions", app=3, user=2)
    path = f"/2/users/{sandbox.account.id}/mentions"
    first = Caller(sandbox, "oauth1")
    second = Caller(sandbox, "oauth1", sandbox.connect_account("acme2"))
    seen = [first("GET", path) for _ in range(3)]
    assert [answer.status for answer in seen] == [200, 200, 429]
    assert [answer.headers["x-rate-limit-remaining"] for answer in seen] == ["1", "0", "0"]
    reset = int(seen[2].headers["x-rate-limit-reset"])
    assert reset == int((sandbox.clock.now() + timedelta(minutes=15)).timestamp())
    assert seen[2].json()["title"] == "Too Many Requests"
    assert second("GET", path).status == 200
    app = [Caller(sandbox, "app")("GET", path) for _ in range(4)]
    assert [answer.status for answer in app] == [200, 200, 200, 429]
    sandbox.advance(minutes=15)
    assert first("GET", path).status == 200


def test_a_days_limit_has_headers_of_its_own(sandbox):
    sandbox.limits.set("POST /2/tweets", app_day=2)
    caller = Caller(sandbox)
    answers = [caller.post(f"news {number}") for number in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    last = answers[2].headers
    assert (last["x-app-limit-24hour-remaining"], last["x-rate-limit-remaining"]) == ("0", "98")
    sandbox.advance(minutes=15)
    assert caller.post("news 3").status == 429
    sandbox.advance(hours=24)
    assert caller.post("news 3").status == 201


def test_out_of_credit_and_beyond_the_months_reading(sandbox):
    sandbox.crowd(12)
    caller = Caller(sandbox, "app")
    path = f"/2/users/{sandbox.account.id}/mentions"
    sandbox.usage_cap = 10
    assert caller("GET", path, max_results=10).status == 200
    assert caller.get("/2/usage/tweets")["data"]["project_usage"] == 10
    capped = caller("GET", path, max_results=10)
    assert (capped.status, capped.json()["title"]) == (429, "UsageCapExceeded")
    assert capped.headers["x-rate-limit-remaining"] != "0"
    sandbox.credit = False
    broke = Caller(sandbox).post("hello")
    assert (broke.status, broke.json()["title"]) == (402, "CreditsDepleted")


def test_a_post_that_is_read_twice_a_day_counts_once(sandbox):
    sandbox.crowd(3)
    caller, path = Caller(sandbox, "app"), f"/2/users/{sandbox.account.id}/mentions"
    caller.get(path)
    caller.get(path)
    assert sandbox.used() == 3
    sandbox.advance(days=1)
    caller.get(path)
    assert sandbox.used() == 6


SHARED = TwitterSandbox()


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), st.sampled_from(["acme", "a+b c%20&=~*"])
)
def test_signatures_agree_with_another_implementation(query, more):
    SHARED.limits.set("GET /2/tweets/search/recent", user=1_000_000)
    request = Caller(SHARED).request("GET", "/2/tweets/search/recent", query=query, next_token=more)
    assert SHARED.send(request, 5).status != 401
    changed = replace(request, params={**request.params, "query": query + "x"})
    assert SHARED.send(changed, 5).status == 401
