"""The sandbox is what the facts say a server is: who may see what, who is told, and how it refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plugins.mastodon.tests.mastodon_pages import shared_json
from socialdesk.testing import faults
from socialdesk.wire import Form, Headers, Json, Request, Response
from socialdesk_mastodon.sandbox import MastodonSandbox, StateError, User


class Caller:
    """Sends requests to a sandbox, with the account's token or another one."""

    def __init__(self, sandbox: MastodonSandbox, token: str | None = "") -> None:
        self.sandbox = sandbox
        self.token = sandbox.credentials["access_token"] if token == "" else token

    def __call__(self, method: str, path: str, body: Any = None, **params: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        request = Request(
            method, self.sandbox.base_url + path, params=params, headers=Headers(headers), body=body
        )
        return self.sandbox.send(request, 10)

    def get(self, path: str, **params: Any) -> Any:
        answer = self("GET", path, **params)
        assert answer.status == 200, answer.body
        return answer.json()


@pytest.fixture
def sandbox() -> MastodonSandbox:
    return MastodonSandbox()


@pytest.fixture
def call(sandbox: MastodonSandbox) -> Caller:
    return Caller(sandbox)


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        ("public", {"kim", "named", "follower", "stranger"}),
        ("unlisted", {"kim", "named", "follower", "stranger"}),
        ("private", {"kim", "named", "follower"}),
        ("direct", {"kim", "named"}),
    ],
)
def test_who_may_see_a_status(sandbox: MastodonSandbox, visibility: str, seen_by: set[str]) -> None:
    people = {name: sandbox.user(name) for name in ("kim", "named", "follower", "stranger")}
    people["follower"].follow(people["kim"])
    status = people["kim"].post("@named hello", visibility=visibility)
    assert {name for name, person in people.items() if person.sees(status)} == seen_by
    people["kim"].block(people["named"])
    assert not people["named"].sees(status)


def test_since_id_skips_the_middle_and_min_id_does_not(sandbox: MastodonSandbox, call: Caller) -> None:
    for number in range(10):
        sandbox.user("kim").post(f"@acme {number}")
    told = call.get("/api/v1/notifications")
    first = told[-1]["id"]
    skipping = call.get("/api/v1/notifications", since_id=first, limit=3)
    forward = call.get("/api/v1/notifications", min_id=first, limit=3)
    assert [note["id"] for note in skipping] == [note["id"] for note in told[:3]]
    assert [note["id"] for note in forward] == [note["id"] for note in told[-4:-1]]


def test_links_lead_on_and_an_empty_page_has_none(sandbox: MastodonSandbox, call: Caller) -> None:
    sandbox.user("kim").post("@acme one")
    answer = call("GET", "/api/v1/notifications", **{"types[]": "mention", "limit": "40"})
    note = answer.json()[0]["id"]
    place = f"{sandbox.base_url}/api/v1/notifications"
    assert f'<{place}?max_id={note}&types%5B%5D=mention&limit=40>; rel="next"' in answer.headers["link"]
    assert f'min_id={note}&types%5B%5D=mention&limit=40>; rel="prev"' in answer.headers["link"]
    empty = call("GET", "/api/v1/notifications", min_id=note)
    assert (empty.json(), "link" in empty.headers) == ([], False)


def test_what_is_answered_has_the_fields_that_were_recorded(sandbox: MastodonSandbox, call: Caller) -> None:
    sandbox.user("kim").post("@acme one #fail")
    recorded = {
        "/api/v1/notifications": "notifications_mentions.json",
        "/api/v2/notifications/policy": "notifications_policy.json",
        "/api/v1/accounts/verify_credentials": "verify_credentials.json",
    }
    for path, name in recorded.items():
        wanted, told = shared_json("recorded", "mastodon", name)["response"]["body"], call.get(path)
        wanted, told = (body[0] if isinstance(body, list) else body for body in (wanted, told))
        assert set(wanted) == set(told), path
        for inner in ("account", "status", "summary", "source"):
            if inner in wanted:
                left_out = set(wanted[inner]) - set(told[inner])
                assert left_out <= {"application"}, f"{path}: {inner}"


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ({}, ["hello"]),
        ({"for_private_mentions": "accept"}, ["hello", "in private"]),
        ({"for_not_following": "filter"}, []),
        ({"for_not_following": "drop"}, []),
    ],
)
def test_the_filter_of_notifications(
    sandbox: MastodonSandbox, call: Caller, policy: dict[str, str], kept: list[str]
) -> None:
    assert call("PATCH", "/api/v2/notifications/policy", Json(policy)).status == 200
    kim = sandbox.user("kim@other.example")
    kim.post("@acme hello")
    kim.message(sandbox.account, "in private")

    def texts(**params: Any) -> list[str]:
        told = reversed(call.get("/api/v1/notifications", **params))
        found = [sandbox.world.statuses[int(note["status"]["id"])].text for note in told]
        return [text.removeprefix("@acme ") for text in found]

    assert texts() == kept
    everything = [] if "drop" in policy.values() else ["hello", "in private"]
    assert texts(include_filtered="true") == everything
    requests = call.get("/api/v1/notifications/requests")
    held = len(everything) - len(kept)
    assert [request["notifications_count"] for request in requests] == ([str(held)] if held else [])


def test_whom_the_account_follows_or_wrote_to_in_private_is_not_held_back(sandbox: MastodonSandbox) -> None:
    account, kim, bob = sandbox.account, sandbox.user("kim"), sandbox.user("bob")
    account.follow(kim)
    kim.message(account, "hello")
    asked = account.message(bob, "your number?")
    bob.reply(asked, "4711")
    assert [note.filtered for note in account.notifications] == [False, False]


def test_search_finds_texts_only_where_the_server_can(sandbox: MastodonSandbox, call: Caller) -> None:
    sandbox.user("kim").post("Acme Cable cut me off")
    sandbox.user("shy", indexable=False).post("Acme Cable again")
    sandbox.user("bob").post("cable of Acme", visibility="unlisted")

    def found(query: str) -> int:
        return len(call.get("/api/v2/search", q=query, type="statuses")["statuses"])

    assert (found("acme cable"), found('"acme cable"'), found("nothing")) == (1, 1, 0)
    sandbox.has_search = False
    assert found("acme cable") == 0


def test_a_foreign_link_becomes_a_local_status(sandbox: MastodonSandbox, call: Caller) -> None:
    status = sandbox.user("kim@other.example").post("hello")
    told = call.get("/api/v2/search", q=status.url, resolve="true")["statuses"]
    assert [one["id"] for one in told] == [status.id]


def test_what_comes_late_is_told_late_and_in_the_order_in_which_it_came(
    sandbox: MastodonSandbox, call: Caller
) -> None:
    sandbox.fail(faults.LateIndexing(seconds=60))
    late = sandbox.user("slow@slow.example").post("@acme late #fail")
    sandbox.advance(seconds=10)
    quick = sandbox.user("kim").post("@acme quick #fail")
    assert [note["status"]["id"] for note in call.get("/api/v1/notifications")] == [quick.id]
    assert [told["id"] for told in call.get("/api/v1/timelines/tag/fail")] == [quick.id]
    sandbox.advance(seconds=60)
    notes = call.get("/api/v1/notifications")
    assert [note["status"]["id"] for note in notes] == [late.id, quick.id]
    assert int(notes[0]["id"]) > int(notes[1]["id"])
    assert [told["id"] for told in call.get("/api/v1/timelines/tag/fail")] == [quick.id, late.id]


def test_limits_are_told_as_dates_and_the_closest_one_is_shown(
    sandbox: MastodonSandbox, call: Caller
) -> None:
    first = call("GET", "/api/v1/accounts/verify_credentials").headers
    assert (first["x-ratelimit-limit"], first["x-ratelimit-remaining"]) == ("300", "299")
    assert first["x-ratelimit-reset"].endswith("Z")
    assert "." in first["x-ratelimit-reset"]
    sandbox.limits.allowed["paged"] = 2
    left = [call("GET", "/api/v1/notifications", min_id="0") for _ in range(3)]
    assert [answer.headers["x-ratelimit-remaining"] for answer in left] == ["1", "0", "0"]
    assert [answer.status for answer in left] == [200, 200, 429]
    assert call("GET", "/api/v1/notifications").status == 200
    sandbox.advance(minutes=15)
    assert call("GET", "/api/v1/notifications", min_id="0").status == 200


def test_who_may_ask_for_what(sandbox: MastodonSandbox) -> None:
    status = sandbox.user("kim").post("hello")
    nobody = Caller(sandbox, None)
    assert nobody("GET", f"/api/v1/statuses/{status.id}").status == 200
    refused = nobody("GET", "/api/v1/notifications")
    assert (refused.status, 'error="invalid_token"' in refused.headers["www-authenticate"]) == (401, True)
    narrow = Caller(sandbox, sandbox.grant("acme", "read:statuses"))
    assert narrow("GET", f"/api/v1/statuses/{status.id}").status == 200
    assert narrow("GET", "/api/v1/notifications").status == 403
    assert narrow("POST", "/api/v1/statuses", Form({"status": "hello"})).status == 403
    profile = Caller(sandbox, sandbox.grant("acme", "profile"))
    assert profile("GET", "/api/v1/accounts/verify_credentials").status == 200


def test_refusals_speak_the_servers_language(sandbox: MastodonSandbox, call: Caller) -> None:
    texts = set()
    for sandbox.language in ("en", "ja"):
        refused = call("POST", "/api/v1/statuses", Form({"status": ""}))
        assert refused.status == 422
        texts.add(refused.json()["error"])
    assert len(texts) == 2


def test_another_make_differs_where_others_do(sandbox: MastodonSandbox, call: Caller) -> None:
    sandbox.make = "other"
    status = sandbox.user("kim").post("@acme hello", at=sandbox.clock.now() - timedelta(minutes=1))
    later = sandbox.user("kim").post("@acme again")
    assert not status.id.isdigit()
    assert (status.id < later.id, len(status.id)) == (True, len(later.id))
    told = call.get(f"/api/v1/statuses/{status.id}")
    assert not {"edited_at", "quote", "quote_approval", "filtered"} & set(told)
    missing = call("GET", "/api/v1/statuses/5")
    assert (missing.status, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")
    broken = call("POST", "/api/v1/statuses", Form({"status": ""}))
    assert (broken.status, broken.headers["content-type"]) == (400, "text/plain")
    assert call("GET", "/api/v2/instance").status == 404
    assert call("GET", "/api/v2/notifications/policy").status == 404
    assert call.get("/api/v1/instance")["max_toot_chars"] == 500
    assert call("GET", "/api/v1/instance").headers["x-ratelimit-reset"].isdigit()


def test_scheduled_statuses_are_answered_without_a_text(sandbox: MastodonSandbox, call: Caller) -> None:
    at = (sandbox.clock.now() + timedelta(minutes=6)).isoformat()
    told = call("POST", "/api/v1/statuses", Form({"status": "later", "scheduled_at": at})).json()
    assert "content" not in told
    soon = (sandbox.clock.now() + timedelta(minutes=1)).isoformat()
    assert call("POST", "/api/v1/statuses", Form({"status": "now", "scheduled_at": soon})).status == 422


def test_what_a_person_cannot_do_in_an_app_is_an_error_here_too(sandbox: MastodonSandbox) -> None:
    kim, bob = sandbox.user("kim"), sandbox.user("bob")
    status = kim.post("between us", visibility="direct")
    for attempt in (
        lambda: bob.boost(status),
        lambda: bob.edit(status, "mine"),
        lambda: bob.delete(status),
        lambda: kim.post("hello", visibility="nobody"),
        lambda: sandbox.user("no name"),
    ):
        with pytest.raises(StateError):
            attempt()
    kim.delete(status)
    with pytest.raises(StateError):
        bob.reply(status, "hello?")


def test_a_thread_loses_a_status_that_is_deleted_and_keeps_its_answers(
    sandbox: MastodonSandbox, call: Caller
) -> None:
    kim, bob = sandbox.user("kim"), sandbox.user("bob")
    root = kim.post("hello")
    answer = bob.reply(root, "yes?")
    last = kim.reply(answer, "no")
    assert sandbox.thread(last) == [root, answer, last]
    bob.delete(answer)
    told = call.get(f"/api/v1/statuses/{last.id}")
    assert (told["in_reply_to_id"], sandbox.thread(last)) == (None, [last])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users", {"acct": "kim@other.example", "followers": 9, "bot": True}),
        ("accounts", {"acct": "second"}),
        ("crowd", {"n": 3}),
        ("follows", {"by": "kim", "who": "acme"}),
        ("blocks", {"by": "kim", "who": "bob"}),
        ("switches", {"make": "other", "idempotency": "breaks", "has_search": False}),
        ("limits", {"window": "paged", "allowed": 5}),
    ],
)
def test_the_same_by_the_control_surface(
    sandbox: MastodonSandbox, call: Caller, path: str, body: Any
) -> None:
    assert call("POST", f"/_sandbox/{path}", Json(body)).status == 200
    assert call("POST", f"/_sandbox/{path}", Json({**body, "unknown": 1})).status == 400
    state = call.get("/_sandbox/state")
    assert state["platform"] == "mastodon"
    if path == "switches":
        assert (sandbox.make, sandbox.idempotency, sandbox.has_search) == ("other", "breaks", False)
    if path == "users":
        assert isinstance(sandbox.world.find("kim", "other.example"), User)


def test_a_talk_by_the_control_surface(sandbox: MastodonSandbox, call: Caller) -> None:
    def made(path: str, **body: Any) -> Any:
        answer = call("POST", f"/_sandbox/{path}", Json(body))
        assert answer.status == 200, answer.body
        return answer.json()

    first = made("statuses", by="kim", text="@acme help", visibility="unlisted", spoiler_text="Rant")
    second = made("statuses", by="acme", text="Sorry", reply_to=first["id"])
    assert second["visibility"] == "unlisted"
    made("favourites", by="kim", status=second["id"])
    made("boosts", by="kim", status=second["id"])
    edited = made("edits", status=first["id"], text="@acme help me")
    assert edited["edited_at"] is not None
    thread = call.get(f"/_sandbox/threads/{second['id']}")["thread"]
    assert [told["id"] for told in thread] == [first["id"], second["id"]]
    assert call.get("/_sandbox/users/kim")["acct"] == "kim"
    made("deletes", status=first["id"])
    assert call("GET", f"/_sandbox/threads/{first['id']}").status == 400
    code = made("codes", client_id=sandbox.credentials["client_id"], acct="kim")["code"]
    keys = {name: sandbox.credentials[name] for name in ("client_id", "client_secret")}
    form = Form({**keys, "grant_type": "authorization_code", "code": code})
    told = call("POST", "/oauth/token", form).json()
    assert (told["token_type"], "expires_in" in told) == ("Bearer", False)
    assert call("POST", "/oauth/token", form).json()["error"] == "invalid_grant"


def test_it_is_as_new_after_a_reset_with_the_same_token(sandbox: MastodonSandbox, call: Caller) -> None:
    sandbox.user("kim").post("@acme help")
    before = sandbox.credentials
    sandbox.reset()
    assert sandbox.credentials == before
    assert call.get("/api/v1/notifications") == []
