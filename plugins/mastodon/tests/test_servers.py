"""Servers differ: what one tells of itself is heeded, and what another make leaves out is not relied upon."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from plugins.mastodon.tests.mastodon_pages import ME, NOW, account, answer, connector
from socialdesk.client import Client
from socialdesk.connector import Command
from socialdesk.errors import AuthError, ConfigError, PlatformError, RateLimited, Rejected, Unavailable
from socialdesk.models import ExternalId, Reply, Rule
from socialdesk.registry import Registry
from socialdesk.testing import faults, replay
from socialdesk.wire import Request, Response
from socialdesk_mastodon import budgets
from socialdesk_mastodon.sandbox import MastodonSandbox
from socialdesk_mastodon.server import facts_of

PAGE = Response(404, {"Content-Type": "text/html"}, b"<!DOCTYPE html><h1>404</h1>", received_at=NOW)
PLAIN = Response(400, {"Content-Type": "text/plain"}, b"Invalid request", received_at=NOW)


def client(sandbox: MastodonSandbox, **settings: Any) -> Client:
    return Client(Registry().connect("mastodon", {**sandbox.settings, **settings}), transport=sandbox)


@pytest.mark.parametrize(
    ("body", "keyed"),
    [
        ({"version": "4.6.4", "source_url": "https://github.com/mastodon/mastodon"}, True),
        ({"version": "4.4.0+glitch", "source_url": "https://github.com/glitch-soc/mastodon"}, True),
        ({"version": "3.5.3"}, True),
        ({"version": "2.7.2 (compatible; Pleroma 2.6.0)"}, False),
        ({"version": "3.5.3 (compatible; Pixelfed 0.12.4)"}, False),
        ({"version": "0.17.3", "source_url": "https://github.com/superseriousbusiness/gotosocial"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_only_mastodon_is_trusted_to_know_a_repetition_by_its_key(body: Any, keyed: bool) -> None:
    settle = connector({"server": facts_of(body)}).capabilities.settle
    assert settle == ("key" if keyed else "readback")


def test_an_older_or_other_server_tells_its_limits_in_the_older_form() -> None:
    described = answer({"version": "2.7.2 (compatible; Pleroma 2.6)", "max_toot_chars": 5000})
    profile = replay(connector().identify(), [answer(account(ME)), PAGE, described, PLAIN]).result
    assert profile.facts["server"]["max_characters"] == 5000
    assert profile.facts["filters"] == {}
    html = Response(200, {"Content-Type": "text/html"}, b"<!DOCTYPE html>", received_at=NOW)
    profile = replay(connector().identify(), [answer(account(ME)), html, PLAIN, html]).result
    assert profile.facts["server"] == {"keyed": False}


def test_a_server_that_is_down_is_not_taken_for_one_of_another_make() -> None:
    sandbox = MastodonSandbox()
    for path in ("/api/v2/instance", "/api/v2/notifications/policy"):
        sandbox.fail(faults.ServerError(status=503), times=None, when=faults.Matching(path=path))
        with client(sandbox) as own, pytest.raises(Unavailable):
            own.identify()
        sandbox.reset()


def test_a_server_of_another_make_is_told_apart_and_works() -> None:
    sandbox = MastodonSandbox()
    sandbox.make, sandbox.max_characters = "other", 1_500
    with client(sandbox) as own:
        profile = own.identify()
        assert not profile.id.isdigit()
        assert own.connector.count("a", "public").limit == 1_500
        assert own.connector.capabilities.settle == "readback"
        sandbox.user("kim").post("@acme help #fail")
        sandbox.advance(minutes=20)
        (mention,) = [item for batch in own.fetch() for item in batch.items]
        rules = [Rule(name="r", hashtags=("fail",))]
        (tagged,) = [item for batch in own.fetch(stream="search", rules=rules) for item in batch.items]
        assert tagged.id == mention.id
        assert own.lookup([mention.id])[0].text == "@acme help #fail"


@pytest.mark.parametrize(
    ("reset", "moment"),
    [
        ("2026-08-01T13:55:00.940463Z", datetime(2026, 8, 1, 13, 55, 0, 940463, tzinfo=timezone.utc)),
        ("1785592500", datetime(2026, 8, 1, 13, 55, tzinfo=timezone.utc)),
        ("soon", None),
        ("2026-08-01T13:55:00", None),
        ("9" * 40, None),
    ],
)
def test_the_end_of_a_window_is_read_as_a_date_or_as_seconds(reset: str, moment: datetime | None) -> None:
    request = Request("GET", "https://social.example/api/v1/x", spends={"api": 1})
    headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    (reading,) = budgets.readings(Response(429, headers, request=request, received_at=NOW))
    assert (reading.limit, reading.remaining, reading.resets_at) == (300, 0, moment)


@pytest.mark.parametrize("make", ["mastodon", "other"])
def test_a_used_up_limit_says_until_when_and_posting_stops_no_reading(make: str) -> None:
    sandbox = MastodonSandbox()
    sandbox.make = make
    sandbox.limits.allowed["statuses"] = 0
    sandbox.user("kim").post("@acme help")
    with client(sandbox) as own:
        (mention,) = [item for batch in own.fetch() for item in batch.items]
        with pytest.raises(RateLimited) as limited:
            own.send(Reply(idempotency_key="k", target=mention, text="Sorry"))
        now = sandbox.clock.now()
        assert limited.value.retry_at is not None
        assert 0 < (limited.value.retry_at - now).total_seconds() <= 10_801
        assert own.lookup([mention.id])


def test_errors_in_another_language_mean_the_same() -> None:
    sandbox = MastodonSandbox()
    sandbox.language = "ja"
    with client(sandbox) as own:
        own.identify()
        (gone,) = own.lookup([ExternalId("mastodon", "post", "5")])
        assert getattr(gone, "state", "") == "unavailable"
        sandbox.revoke("acme")
        with pytest.raises(AuthError, match="make a new one"):
            list(own.fetch())


def test_a_token_that_was_not_granted_enough_stops_its_stream_alone_and_says_so() -> None:
    sandbox = MastodonSandbox()
    token = sandbox.grant("acme", "profile", "write:statuses")
    with client(sandbox, access_token=token) as own:
        assert own.identify().handle == "acme"
        with pytest.raises(Rejected) as refused:
            list(own.fetch())
    assert (refused.value.reason, refused.value.scope) == ("not_permitted", "stream")
    header = 'Bearer realm="Doorkeeper", error="insufficient_scope", error_description="..."'
    error = connector().check(Response(403, {"WWW-Authenticate": header}))
    assert isinstance(error, PlatformError)
    assert "scopes" in str(error)


def test_an_account_that_is_let_in_no_more_needs_a_person() -> None:
    asked = Request("GET", "https://social.example/api/v1/accounts/verify_credentials")
    assert isinstance(connector().check(Response(403, request=asked)), AuthError)
    assert isinstance(connector().check(Response(403)), Rejected)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"base_url": "http://social.example"}, "must be https"),
        ({"base_url": "social.example"}, "must begin with https"),
        ({"base_url": "https://a@social.example"}, "no user"),
        ({"access_token": " "}, "is empty"),
        ({"visibility": "direct"}, "visibility"),
    ],
)
def test_settings_that_do_not_fit_are_named(settings: Any, words: str) -> None:
    given = {"base_url": "https://social.example", "access_token": "secret-canary", **settings}
    with pytest.raises(ConfigError, match=words) as refused:
        Registry().connect("mastodon", given)
    assert "secret-canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        ("like", "post", "/api/v1/statuses/4/favourite"),
        ("unlike", "post", "/api/v1/statuses/4/unfavourite"),
        ("mute", "user", "/api/v1/accounts/4/mute"),
        ("unmute", "user", "/api/v1/accounts/4/unmute"),
        ("unblock", "user", "/api/v1/accounts/4/unblock"),
    ],
)
def test_what_is_done_to_statuses_and_people(name: str, kind: str, path: str) -> None:
    command = Command(name=name, target=ExternalId("mastodon", kind, "4"))
    (request,) = replay(connector().moderate(command), [answer({})]).requests
    assert (request.method, request.path, request.does) == ("POST", path, "speaks")


def test_what_cannot_be_done_is_refused() -> None:
    for name, kind in (("hide", "post"), ("like", "user"), ("delete", "user")):
        with pytest.raises(Rejected):
            replay(connector().moderate(Command(name=name, target=ExternalId("mastodon", kind, "4"))), [])
    nobody = Command(name="block", target=ExternalId("mastodon", "post", "4"))
    with pytest.raises(Rejected, match="who wrote"):
        replay(connector().moderate(nobody), [answer({"id": "4"})])


def test_a_server_that_refuses_kinds_which_it_does_not_know_is_asked_for_mentions_alone() -> None:
    sandbox = MastodonSandbox()
    sandbox.make = "other"
    sandbox.user("kim").post("@acme help")
    with client(sandbox) as own:
        (mention,) = [item for batch in own.fetch() for item in batch.items]
    assert mention.text == "@acme help"
    listed = [entry.status for entry in sandbox.log if entry.path == "/api/v1/notifications"]
    assert listed == [400, 200]
