"""Who may ask what: tokens and how they end, proofs, permissions, tasks, access levels and versions."""

from __future__ import annotations

import pytest

from plugins.facebook.tests.sandbox_client import Caller, error_of, ids
from socialdesk.testing import faults
from socialdesk.wire import Form, Json, Request
from socialdesk_facebook.sandbox import FacebookSandbox


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


@pytest.fixture
def page(sandbox):
    return sandbox.account


@pytest.fixture
def call(sandbox) -> Caller:
    return Caller(sandbox)


# ----------------------------------------------------------------------------------------------------------- tokens


@pytest.mark.parametrize("where", ["header", "query"])
def test_a_token_is_taken_from_header_and_query(sandbox, page, where):
    assert Caller(sandbox, where=where).get("/me")["id"] == page.id


@pytest.mark.parametrize("where", ["header", "query", "form"])
def test_a_token_for_writing(sandbox, page, where):
    call = Caller(sandbox, where=where)
    assert call.post("/me/feed", message="hello").status == 200
    assert page.wall[-1].text == "hello"


def test_a_token_within_json(sandbox, page):
    told = {"message": "hello", "access_token": sandbox.credentials["page_token"]}
    answer = sandbox.send(Request("POST", sandbox.base_url + "/v26.0/me/feed", body=Json(told)), 10)
    assert answer.status == 200


def test_no_token_and_one_that_is_none(sandbox, call):
    assert error_of(Caller(sandbox, where="nowhere")("GET", "/me")) == (104, None)
    answer = Caller(sandbox, "EAAnonsense")("GET", "/me")
    assert (answer.status, *error_of(answer)) == (401, 190, None)
    assert answer.headers["WWW-Authenticate"] == (
        'OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token - Cannot parse access token"'
    )


@pytest.mark.parametrize("subcode", [458, 459, 460, 464, 467, 492])
def test_a_token_that_was_taken_back_says_why(sandbox, call, subcode):
    assert sandbox.invalidate(subcode) > 0
    assert error_of(call("GET", "/me")) == (190, subcode)
    assert Caller(sandbox, sandbox.reconnect()["page_token"]).get("/me")


def test_tokens_end_by_themselves(sandbox):
    alive = {
        0: {"user_token", "long_user_token", "page_token", "system_page_token", "system_user_token"},
        3: {"long_user_token", "page_token", "system_page_token", "system_user_token"},
        61 * 24: {"page_token", "system_page_token", "system_user_token"},
        91 * 24: {"system_page_token", "system_user_token"},
    }
    passed = 0
    for hours, good in alive.items():
        sandbox.advance(hours=hours - passed)
        passed = hours
        for name in alive[0]:
            answer = Caller(sandbox, name)("GET", "/me")
            if name in good:
                assert answer.status == 200, (hours, name)
            else:
                assert error_of(answer) == (190, 463), (hours, name)
                assert "Session has expired on " in answer.json()["error"]["message"]


def test_a_fault_ends_the_token_between_two_pages(sandbox, page, call):
    page.post("one"), page.post("two")
    sandbox.fail(faults.ExpireToken(page=2), when=faults.Matching(path="*/feed"))
    first = call.get("/me/feed", limit=1)
    answer = call("GET", "/me/feed", limit=1, after=first["paging"]["cursors"]["after"])
    assert error_of(answer) == (190, 463)


def test_losing_the_role_on_the_page(sandbox, page, call):
    sandbox.keyring.role(sandbox.admin(), page, ())
    assert error_of(call("GET", "/me")) == (190, 492)
    assert Caller(sandbox, "user_token").get("/me/accounts")["data"] == []


def test_a_short_token_becomes_a_long_one_and_gives_page_tokens(sandbox, page):
    given = sandbox.credentials
    url = sandbox.base_url + "/v26.0/oauth/access_token"
    params = {
        "grant_type": "fb_exchange_token",
        "client_id": given["app_id"],
        "client_secret": given["app_secret"],
        "fb_exchange_token": given["user_token"],
    }
    told = sandbox.send(Request("GET", url, params=params), 10).json()
    assert (told["token_type"], told["expires_in"]) == ("bearer", 5_184_000)
    (account,) = Caller(sandbox, told["access_token"]).get("/me/accounts")["data"]
    assert (account["id"], account["name"]) == (page.id, "Acme")
    assert {"MODERATE", "MESSAGING", "CREATE_CONTENT"} <= set(account["tasks"])
    sandbox.advance(days=61)
    assert Caller(sandbox, account["access_token"]).get("/me")["id"] == page.id
    for name, code in (("client_id", 101), ("client_secret", 1), ("fb_exchange_token", 190)):
        answer = sandbox.send(Request("GET", url, params={**params, name: "wrong"}), 10)
        assert error_of(answer)[0] == code
    for name in ("page_token", "system_user_token", "app_token"):
        answer = sandbox.send(Request("GET", url, params={**params, "fb_exchange_token": given[name]}), 10)
        assert error_of(answer) == (100, None)


def test_a_short_tokens_page_token_ends_with_it(sandbox):
    (account,) = Caller(sandbox, "user_token").get("/me/accounts", fields="access_token")["data"]
    assert Caller(sandbox, account["access_token"]).get("/me")
    sandbox.advance(hours=3)
    assert error_of(Caller(sandbox, account["access_token"])("GET", "/me")) == (190, 463)


def test_what_a_token_is(sandbox, page):
    given, app = sandbox.credentials, Caller(sandbox, "app_token")
    told = app.get("/debug_token", input_token=given["page_token"])["data"]
    assert (told["type"], told["is_valid"], told["expires_at"]) == ("PAGE", True, 0)
    assert (told["app_id"], told["profile_id"], told["user_id"]) == (
        given["app_id"],
        page.id,
        given["user_id"],
    )
    assert {"scope": "pages_messaging", "target_ids": [page.id]} in told["granular_scopes"]
    assert app.get("/debug_token", input_token="x")["data"]["is_valid"] is False
    sandbox.invalidate(460)
    told = app.get("/debug_token", input_token=given["page_token"])["data"]
    assert (told["is_valid"], told["error"]["subcode"]) == (False, 460)


# ---------------------------------------------------------------------------------------------------------- proofs


def test_the_proof_agrees_with_a_known_one(sandbox):
    sandbox.keyring.app_secret = "testsecret"
    known = "0fe0290d1eaeba982539270ab00e88ad52373b2ff4248f08f896b36979233d2d"
    assert sandbox.keyring.proof("EAAtoken") == known


def test_a_proof_is_checked_where_it_is_given(sandbox, call):
    right = sandbox.keyring.proof(call.token)
    assert call.get("/me", appsecret_proof=right)
    answer = call("GET", "/me", appsecret_proof=right[:-1] + "x")
    assert error_of(answer) == (100, None)
    assert answer.json()["error"]["message"] == "Invalid appsecret_proof provided in the API argument"


def test_a_proof_may_be_demanded(sandbox, page, call):
    sandbox.keyring.require_proof = True
    assert error_of(call("GET", "/me")) == (100, None)
    assert call.get("/me", appsecret_proof=sandbox.keyring.proof(call.token))
    form = Form({"message": "hello", "appsecret_proof": sandbox.keyring.proof(call.token)})
    assert call("POST", "/me/feed", body=form).status == 200
    page.post("two")
    proof = sandbox.keyring.proof(call.token)
    following = call.get("/me/feed", limit=1, appsecret_proof=proof)["paging"]["next"]
    assert error_of(sandbox.send(Request("GET", following), 10)) == (100, None)  # the link has no proof


# ------------------------------------------------------------------------------------------------- access and scopes


def test_without_advanced_access_nobody_is_named_but_testers_and_pages(sandbox, page, call):
    post = page.post("News")
    sandbox.user("ann").comment(post, "lost")
    sandbox.user("tess", tester=True).comment(post, "a test")
    page.comment(post, "ours")
    sandbox.user("ann").rate("bad", positive=False)
    sandbox.advanced_access = False
    told = call.get(f"/{post.id}/comments")["data"]
    assert [one.get("from", {}).get("name") for one in told] == [None, "Tess Doe", "Acme"]
    assert all("message" in one for one in told)
    assert "reviewer" not in call.get("/me/ratings")["data"][0]


def test_without_the_permission_for_what_people_write(sandbox, page):
    post = page.post("News")
    sandbox.user("ann").comment(post, "lost")
    call = Caller(sandbox, sandbox.token("pages_read_engagement"))
    assert "from" not in call.get(f"/{post.id}/comments")["data"][0]
    for edge in ("visitor_posts", "tagged", "ratings"):
        assert error_of(call("GET", f"/me/{edge}")) == (10, None)


def test_without_the_permission_to_read(sandbox, page):
    post = page.post("News")
    call = Caller(sandbox, sandbox.token("pages_show_list"))
    for path in ("/me/feed", f"/{post.id}", f"/{post.id}/comments"):
        answer = call("GET", path)
        assert error_of(answer) == (10, None)
        assert "'pages_read_engagement'" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("scope", "task", "path"),
    [
        ("pages_manage_engagement", "MODERATE", "/{post}/comments"),
        ("pages_manage_engagement", "MODERATE", "/{post}/likes"),
        ("pages_manage_posts", "CREATE_CONTENT", "/me/feed"),
        ("pages_messaging", "MESSAGING", "/me/messages"),
        ("pages_manage_metadata", "MODERATE", "/me/subscribed_apps"),
    ],
)
def test_writing_takes_a_permission_and_a_task(sandbox, page, scope, task, path):
    path = path.format(post=page.post("News").id)
    reads = ("pages_read_engagement", "pages_read_user_content")
    form = {"message": "{}", "subscribed_fields": "feed"}
    without_scope = Caller(sandbox, sandbox.token(*reads)).post(path, **form)
    assert error_of(without_scope) == (200, None)
    assert scope in without_scope.json()["error"]["message"]
    without_task = Caller(sandbox, sandbox.token(*reads, scope, tasks=("ANALYZE",))).post(path, **form)
    assert error_of(without_task) == (200, None)
    assert task in without_task.json()["error"]["message"]
    allowed = Caller(sandbox, sandbox.token(*reads, scope, tasks=(task,))).post(path, **form)
    assert allowed.status == 200 or error_of(allowed)[0] != 200


def test_another_page_is_seen_and_not_read(sandbox, call):
    rival = sandbox.page("rival", "Rival & Sons")
    post = rival.post("Cheaper!")
    assert call.get(f"/{rival.id}")["name"] == "Rival & Sons"
    for path in (f"/{rival.id}/feed", f"/{post.id}", f"/{post.id}/comments"):
        assert error_of(call("GET", path)) == (100, None)
    assert error_of(call.post(f"/{post.id}/comments", message="no")) == (100, None)
    assert error_of(call.post(f"/{rival.id}/feed", message="no")) == (100, None)


def test_a_page_token_is_for_one_page_whatever_else_its_person_has(sandbox, page, call):
    second = sandbox.page("second")
    second.post("by the second")
    sandbox.keyring.role(sandbox.admin(), second, ("MODERATE",))
    assert error_of(call("GET", f"/{second.id}/feed")) == (100, None)
    assert Caller(sandbox, "long_user_token").get(f"/{second.id}/feed")["data"]


def test_two_pages_of_one_app(sandbox, page, call):
    given = sandbox.connect_account("second")
    other = Caller(sandbox, given["page_token"])
    sandbox.page("second").post("by the second")
    page.post("by the first")
    assert other.get("/me/feed")["data"][0]["message"] == "by the second"
    assert call.get("/me/feed")["data"][0]["message"] == "by the first"
    assert sandbox.settings_for("second")["page_id"] == sandbox.page("second").id != page.id


def test_a_users_token_reads_where_the_user_has_a_role(sandbox, page):
    post = page.post("News")
    call = Caller(sandbox, "long_user_token")
    assert ids(call.get(f"/{page.id}/feed")) == [post.id]
    assert error_of(call("GET", f"/{page.id}/conversations")) == (210, None)
    assert error_of(call.post(f"/{post.id}/comments", message="no")) == (210, None)
    assert call.get(f"/{page.id}", fields="access_token")["access_token"].startswith("EAA")


def test_the_apps_own_token_reads_no_page(sandbox, page):
    post = page.post("News")
    app = Caller(sandbox, "app_token")
    for path in (f"/{page.id}", f"/{page.id}/feed", f"/{post.id}"):
        assert error_of(app("GET", path)) == (100, None)
    assert app.get("/app")["id"] == sandbox.credentials["app_id"]


# --------------------------------------------------------------------------------------------------------- versions


@pytest.mark.parametrize(
    ("asked", "told"),
    [("/v26.0", "v26.0"), ("/v24.0", "v24.0"), ("/v9.0", "v22.0"), ("", "v22.0"), ("/v22.0", "v22.0")],
)
def test_an_old_version_or_none_is_the_oldest_that_lives(call, asked, told):
    call.version = asked
    assert call("GET", "/me").headers["facebook-api-version"] == told


def test_a_version_that_is_yet_to_come(call):
    call.version = "/v27.0"
    assert error_of(call("GET", "/me")) == (2500, None)


def test_time_that_begins_to_run_ends_no_token(sandbox, call):
    sandbox.run()
    assert Caller(sandbox, "user_token").get("/me")


def test_being_as_new_keeps_the_credentials(sandbox, page):
    before = sandbox.credentials
    page.post("News")
    sandbox.reset()
    assert sandbox.credentials == before
    assert Caller(sandbox).get("/me/feed") == {"data": []}
    assert FacebookSandbox(seed=1).credentials["page_token"] != before["page_token"]
