"""Who may do what: signatures, keys, tokens, the name of the caller and the address."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from plugins.tumblr.tests.sandbox_client import Caller, in_form, words
from socialdesk.auth import OAuth1, Stamp
from socialdesk.testing.sandbox import served
from socialdesk.wire import Form, Headers, Json, Request
from socialdesk_tumblr.sandbox import TumblrSandbox


@pytest.fixture
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


def me(sandbox, token):
    headers = Headers({"Authorization": f"Bearer {token}"})
    return sandbox.send(Request("GET", f"{sandbox.base_url}/v2/user/info", headers=headers), 5).status


def tokens(sandbox, body=Form, **fields):
    keys = sandbox.credentials
    given = {"client_id": keys["client_id"], "client_secret": keys["client_secret"], **fields}
    return sandbox.send(Request("POST", f"{sandbox.base_url}/v2/oauth2/token", body=body(given)), 5)


def refresh(sandbox, token, **rest):
    return tokens(sandbox, grant_type="refresh_token", refresh_token=token, **rest)


@pytest.mark.parametrize("kind", ["oauth1", "oauth2"])
def test_user_credentials_say_who_one_is(sandbox, kind):
    answer = Caller(sandbox, kind)("GET", "/v2/user/info")
    assert answer.json()["response"]["user"]["name"] == "acme"


@pytest.mark.parametrize(
    "body", [None, Json({"content": [words("hello")]}), Form({"body": "hä & =", "type": "text"})]
)
def test_what_the_framework_signs_is_accepted(sandbox, body):
    keys = sandbox.credentials
    auth = OAuth1(
        keys["consumer_key"],
        SecretStr(keys["consumer_secret"]),
        keys["access_token"],
        SecretStr(keys["access_token_secret"]),
    )
    path = "/v2/blog/acme/notifications" if body is None else "/v2/blog/acme/posts"
    path = "/v2/blog/acme/post" if isinstance(body, Form) else path
    params = {"types[0]": "reply", "types[1]": "ask"} if body is None else {}
    request = Request("GET" if body is None else "POST", sandbox.base_url + path, params=params, body=body)
    signed = auth.sign(request, None, Stamp(sandbox.clock.now(), sandbox.clock.nonce()))
    assert sandbox.send(signed, 5).status in (200, 201)


@given(
    st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8), max_size=3),
    st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8), max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_any_query_and_form_that_oauthlib_signs_is_verified(query, fields):
    sandbox = TumblrSandbox()
    answer = Caller(sandbox)(
        "POST", "/v2/blog/acme/post", query, form={"body": "x", **fields, "type": "text"}
    )
    assert answer.status != 401


def test_json_and_multipart_bodies_are_no_part_of_the_signature(sandbox):
    call = Caller(sandbox)
    request = call.request("POST", "/v2/blog/acme/posts", json={"content": [words("one")]})
    other = replace(request, body=Json({"content": [words("two")]}))
    assert sandbox.send(other, 5).status == 201
    form = in_form({"content": [words("three")]})
    request = call.request("POST", "/v2/blog/acme/posts", **form)
    assert sandbox.send(request, 5).status == 201
    form_request = call.request("POST", "/v2/blog/acme/post", form={"body": "x"})
    assert sandbox.send(replace(form_request, body=Form({"body": "y"})), 5).status == 401


@pytest.mark.parametrize(
    "tamper",
    [
        lambda request: replace(request, params={**request.params, "offset": "1"}),
        lambda request: replace(request, url=request.url.replace("/draft", "/queue")),
        lambda request: replace(request, url=request.url.replace("https", "http").replace(".invalid", "")),
        lambda request: replace(
            request, headers=Headers({"Authorization": request.headers["Authorization"][:-6] + 'AAA%3D"'})
        ),
        lambda request: replace(request, headers=Headers()),
    ],
    ids=["query", "path", "host", "signature", "none"],
)
def test_a_request_that_is_not_what_was_signed_is_refused(sandbox, tamper):
    request = Caller(sandbox).request("GET", "/v2/blog/acme/posts/draft", {"before_id": "7"})
    assert sandbox.send(tamper(request), 5).status in (401, 404)
    assert sandbox.send(request, 5).status == 200


def test_a_nonce_is_good_once_and_a_timestamp_for_minutes(sandbox):
    call = Caller(sandbox)
    request, old = (call.request("GET", "/v2/user/info") for _ in range(2))
    assert [sandbox.send(request, 5).status for _ in range(2)] == [200, 401]
    sandbox.advance(minutes=6)
    answer = sandbox.send(old, 5)
    assert answer.status == 401
    told = answer.json()
    assert (told["meta"], told["response"]) == ({"status": 401, "msg": "Unauthorized"}, [])
    assert told["errors"][0]["code"] == 0


def test_the_key_alone_reads_what_is_public(sandbox):
    post = sandbox.account.post("hello")
    call = Caller(sandbox, "key")
    for path in ("info", "posts", f"notes?id={post.id}"):
        assert call("GET", f"/v2/blog/acme/{path}").status == 200
    for path in ("notifications", "posts/submission", "posts/queue", "posts/draft", f"posts/{post.id}"):
        assert call("GET", f"/v2/blog/acme/{path}").status == 401
    assert call("POST", "/v2/blog/acme/posts", json={"content": [words("x")]}).status == 401
    wrong = Caller(sandbox, "key", {**sandbox.credentials, "api_key": "x"})
    assert wrong("GET", "/v2/blog/acme/info").status == 401
    assert Caller(sandbox, "none")("GET", "/v2/blog/acme/info").status == 401


def test_access_tokens_end_after_42_minutes_and_are_renewed(sandbox):
    keys = sandbox.credentials
    sandbox.advance(minutes=41)
    assert me(sandbox, keys["oauth2_access_token"]) == 200
    sandbox.advance(minutes=2)
    assert me(sandbox, keys["oauth2_access_token"]) == 401
    answer = refresh(sandbox, keys["oauth2_refresh_token"])
    told = answer.json()
    assert answer.status == 200
    assert (told["expires_in"], told["id_token"], told["token_type"]) == (2520, False, "bearer")
    assert me(sandbox, told["access_token"]) == 200
    assert refresh(sandbox, keys["oauth2_refresh_token"]).status == 401  # another took its place
    assert refresh(sandbox, told["refresh_token"]).status == 200


def test_refresh_tokens_end_after_42_idle_days(sandbox):
    token = sandbox.credentials["oauth2_refresh_token"]
    for _ in range(3):
        sandbox.advance(days=41)
        token = refresh(sandbox, token).json()["refresh_token"]
    sandbox.advance(days=43)
    answer = refresh(sandbox, token)
    assert (answer.status, answer.json()["error"]) == (401, "invalid_grant")


def test_the_client_must_be_the_apps(sandbox):
    token = sandbox.credentials["oauth2_refresh_token"]
    assert refresh(sandbox, token, client_secret="x").status == 401
    assert refresh(sandbox, token, client_id="x").status == 401
    assert tokens(sandbox, grant_type="password").status == 400
    assert tokens(sandbox, Json, grant_type="refresh_token", refresh_token=token).status == 200


def test_a_code_is_good_once_and_for_its_address(sandbox):
    code = sandbox.authorize("acme", ("basic",), redirect_uri="https://desk.test/back")
    fields = {"grant_type": "authorization_code", "redirect_uri": "https://desk.test/back"}
    told = tokens(sandbox, code=code, **fields).json()
    assert (told["scope"], "refresh_token" in told) == ("basic", False)
    assert me(sandbox, told["access_token"]) == 200
    assert tokens(sandbox, code=code, **fields).status == 401
    other = sandbox.authorize("acme", redirect_uri="https://desk.test/back")
    assert tokens(sandbox, grant_type="authorization_code", code=other).status == 401
    late = sandbox.authorize("acme")
    sandbox.advance(minutes=11)
    assert tokens(sandbox, grant_type="authorization_code", code=late).status == 401


def test_scopes_are_kept_to(sandbox):
    reads = Caller(sandbox, "oauth2", {**sandbox.credentials, **sandbox.grant("acme", "basic")})
    assert reads("GET", "/v2/blog/acme/notifications").status == 200
    assert reads("POST", "/v2/blog/acme/posts", json={"content": [words("x")]}).status == 403
    writes = Caller(sandbox, "oauth2", {**sandbox.credentials, **sandbox.grant("acme", "write")})
    assert writes("POST", "/v2/blog/acme/posts", json={"content": [words("x")]}).status == 201
    assert writes("GET", "/v2/blog/acme/notifications").status == 200


def test_oauth1_is_exchanged_for_oauth2_and_ends(sandbox):
    call = Caller(sandbox)
    told = call("POST", "/v2/oauth2/exchange").json()
    assert told["scope"] == "basic write"
    assert told["refresh_token"]
    assert me(sandbox, told["access_token"]) == 200
    assert call("GET", "/v2/user/info").status == 401
    assert Caller(sandbox, "oauth2")("POST", "/v2/oauth2/exchange").status == 400


def test_what_is_revoked_is_dead_and_can_be_given_anew(sandbox):
    before = sandbox.credentials
    sandbox.revoke("acme")
    for kind in ("oauth1", "oauth2"):
        assert Caller(sandbox, kind, before)("GET", "/v2/user/info").status == 401
    after = sandbox.reconnect("acme")
    for kind in ("oauth1", "oauth2"):
        assert Caller(sandbox, kind, after)("GET", "/v2/user/info").status == 200
    assert after["consumer_key"] == before["consumer_key"]


def test_two_accounts_of_one_app(sandbox):
    keys = sandbox.connect_account("globex")
    call = Caller(sandbox, "oauth1", keys)
    assert call("GET", "/v2/user/info").json()["response"]["user"]["name"] == "globex"
    assert call("POST", "/v2/blog/acme/posts", json={"content": [words("x")]}).status == 403
    assert sandbox.settings_for("globex")["access_token"] != sandbox.settings["access_token"]


def test_plain_http_is_nowhere_but_on_this_machine(sandbox):
    sandbox.base_url = "http://api.tumblr.invalid"
    assert Caller(sandbox)("GET", "/v2/user/info").status == 404
    sandbox.base_url = "http://127.0.0.1:8080"
    assert Caller(sandbox)("GET", "/v2/user/info").status == 200


def test_the_user_agent_must_be_told_and_stay(sandbox):
    call = Caller(sandbox)

    def come_as(agent, **more):
        headers = {**({"User-Agent": agent} if agent else {}), **more}
        return call("GET", "/v2/user/info", headers=headers).status

    assert come_as("", Host="tumblr.invalid") == 403
    assert come_as("desk/1", Host="tumblr.invalid") == 200
    assert come_as("desk/2") == 200
    assert sandbox.agents == ["desk/1", "desk/2"]
    sandbox.agent_policy = "refuse"
    assert (come_as("desk/1"), come_as("desk/2"), come_as("")) == (200, 403, 200)
    sandbox.agent_policy = "strict"
    assert come_as("") == 403
    sandbox.reset()
    assert sandbox.agents == []


def test_a_callback_hides_the_status(sandbox):
    answer = Caller(sandbox, "key")("GET", "/v2/blog/nobody-there/info", {"callback": "show"})
    assert answer.status == 200
    assert answer.body.startswith(b'show({"meta":{"status":404,')
    assert answer.body.endswith(b");")


def test_blogs_are_found_by_name_host_and_uuid(sandbox):
    call, shop = Caller(sandbox, "key"), sandbox.blog("shop", host="www.shop.test")
    for identifier in ("shop", "shop.tumblr.com", "www.shop.test", shop.uuid):
        told = call("GET", f"/v2/blog/{identifier}/info").json()["response"]["blog"]
        assert (told["uuid"], told["url"]) == (shop.uuid, "https://www.shop.test/")
    shop.rename("store")
    assert call("GET", "/v2/blog/shop/info").status == 404
    assert call("GET", f"/v2/blog/{shop.uuid}/info").json()["response"]["blog"]["name"] == "store"


def test_what_is_asked_for_of_blogs_alone_is_told(sandbox):
    told = Caller(sandbox, "key").get("info", **{"fields[blogs]": "name,uuid"})
    assert told == {"blog": {"name": "acme", "uuid": sandbox.account.uuid}}


def test_two_sandboxes_of_one_seed_have_the_same_credentials(sandbox):
    assert TumblrSandbox().credentials == sandbox.credentials
    assert TumblrSandbox(seed=1).credentials["consumer_key"] != sandbox.credentials["consumer_key"]


def test_tokens_outlast_the_leap_to_real_time(sandbox):
    with served(sandbox):
        assert me(sandbox, sandbox.credentials["oauth2_access_token"]) == 200
