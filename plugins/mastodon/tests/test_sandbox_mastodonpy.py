"""A client that others wrote, Mastodon.py, against the sandbox on a real port: all that it is told is the address."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from mastodon import Mastodon
from mastodon.errors import (
    MastodonAPIError,
    MastodonNotFoundError,
    MastodonRatelimitError,
    MastodonServerError,
    MastodonUnauthorizedError,
)

from socialdesk.testing import faults
from socialdesk.testing.sandbox import served
from socialdesk_mastodon.sandbox import MastodonSandbox

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[MastodonSandbox, str]]:
    sandbox = MastodonSandbox()
    with served(sandbox) as url:
        yield sandbox, url


@pytest.fixture
def sandbox(running: tuple[MastodonSandbox, str]) -> MastodonSandbox:
    running[0].make, running[0].idempotency = "mastodon", "honoured"
    running[0].reset()
    return running[0]


Connect = Callable[..., Mastodon]


@pytest.fixture
def connect(running: tuple[MastodonSandbox, str], sandbox: MastodonSandbox) -> Iterator[Connect]:
    opened: list[requests.Session] = []

    def make(acct: str = "acme", token: str | None = None, **more: Any) -> Mastodon:
        session = requests.Session()
        session.trust_env = False
        opened.append(session)
        given = token or sandbox.connect_account(acct)["access_token"]
        more.setdefault("access_token", given)
        return Mastodon(api_base_url=running[1], session=session, request_timeout=10, **more)

    yield make
    for session in opened:
        session.close()


def test_who_and_where(sandbox: MastodonSandbox, connect: Connect) -> None:
    own = connect()
    me = own.me()
    assert (me.username, str(me.id), me.followers_count) == ("acme", sandbox.account.id, 12_000)
    assert own.instance_v2().configuration.statuses.max_characters == 500
    assert own.instance_v1().version == own.instance().version == "4.6.4"
    assert str(own.account_lookup("acme").id) == sandbox.account.id
    with pytest.raises(MastodonNotFoundError):
        own.account_lookup("nobody")


def test_a_reply_names_the_author_and_keeps_visibility_and_warning(
    sandbox: MastodonSandbox, connect: Connect
) -> None:
    kim = sandbox.user("kim@other.example")
    complaint = kim.post("@acme my parcel is lost", visibility="unlisted", spoiler_text="Rant")
    own = connect()
    (note,) = own.notifications(mentions_only=True)
    assert (note.type, str(note.status.id), note.account.acct) == (
        "mention",
        complaint.id,
        "kim@other.example",
    )
    answer = own.status_reply(note.status, "Sorry!")
    assert (answer.visibility, answer.spoiler_text) == ("unlisted", "Rant")
    assert str(answer.in_reply_to_id) == complaint.id
    assert [mention.acct for mention in answer.mentions] == ["kim@other.example"]
    assert str(own.status_context(answer.id).ancestors[0].id) == complaint.id
    assert own.status_source(answer.id).text == "@kim@other.example Sorry!"
    assert '<span class="h-card"' in answer.content


def test_pages_are_walked_by_their_links(sandbox: MastodonSandbox, connect: Connect) -> None:
    sandbox.crowd(95)
    own = connect()
    first = own.notifications(limit=40)
    everything = own.fetch_remaining(first)
    assert len({str(note.id) for note in everything}) == 95
    oldest = own.notifications(min_id="0", limit=30)
    assert str(oldest[-1].id) == str(min(int(note.id) for note in everything))
    newer = own.fetch_previous(oldest)
    assert {str(note.id) for note in newer}.isdisjoint({str(note.id) for note in oldest})
    (newest,) = own.notifications(since_id="0", limit=1)
    assert str(newest.id) == str(first[0].id)


def test_the_filter_holds_back_strangers_direct_messages(sandbox: MastodonSandbox, connect: Connect) -> None:
    kim = sandbox.user("kim")
    kim.message(sandbox.account, "hello?")
    kim.message(sandbox.account, "anybody?")
    own = connect()
    assert own.notifications() == []
    policy = own.notifications_policy()
    assert (policy.for_private_mentions, policy.summary.pending_requests_count) == ("filter", 1)
    (request,) = own.notification_requests()
    assert (str(request.account.acct), str(request.notifications_count)) == ("kim", "2")
    own.accept_notification_request(request.id)
    assert len(own.notifications()) == 2
    own.update_notifications_policy(for_private_mentions="accept")
    sandbox.user("bob").message(sandbox.account, "me too")
    assert len(own.notifications()) == 3
    assert len(own.conversations()) == 3


def test_a_repetition_with_the_same_key(sandbox: MastodonSandbox, connect: Connect) -> None:
    own = connect()
    first = own.status_post("once", idempotency_key="a")
    assert own.status_post("once", idempotency_key="a").id == first.id
    assert own.status_post("once", idempotency_key="b").id != first.id
    sandbox.advance(minutes=61)
    assert own.status_post("once", idempotency_key="a").id != first.id
    sandbox.idempotency = "breaks"
    own.status_post("twice", idempotency_key="c")
    with pytest.raises(MastodonServerError):
        own.status_post("twice", idempotency_key="c")
    sandbox.idempotency = "ignored"
    assert own.status_post("more", idempotency_key="d").id != own.status_post("more", idempotency_key="d").id


def test_media_that_is_worked_on(sandbox: MastodonSandbox, connect: Connect) -> None:
    own = connect()
    picture = own.media_post(io.BytesIO(PNG), mime_type="image/png", description="the box")
    assert (picture.type, picture.description) == ("image", "the box")
    film = own.media_post(io.BytesIO(b"0" * 99), mime_type="video/mp4")
    assert film.url is None
    with pytest.raises(MastodonAPIError, match="422"):
        own.status_post("see", media_ids=[film])
    sandbox.advance(seconds=6)
    assert own.media(film.id).url is not None
    posted = own.status_post("see", media_ids=[picture, film])
    assert [media.type for media in posted.media_attachments] == ["image", "video"]
    with pytest.raises(MastodonAPIError):
        own.media_post(io.BytesIO(b"MZ"), mime_type="application/x-msdownload")


def test_edits_deletions_and_what_people_do(sandbox: MastodonSandbox, connect: Connect) -> None:
    own, kim = connect(), connect("kim")
    status = own.status_post("News #acme")
    own.status_update(status.id, "Old news #acme")
    assert own.status_history(status.id)[0].content.startswith("<p>News")
    assert own.status(status.id).edited_at is not None
    assert kim.status_favourite(status.id).favourites_count == 1
    kim.status_reblog(status.id)
    assert sorted(note.type for note in own.notifications()) == ["favourite", "reblog"]
    assert [str(told.id) for told in own.timeline_hashtag("acme")] == [str(status.id)]
    assert own.search_v2("news", result_type="statuses").statuses[0].id == status.id
    assert own.account_block(sandbox.user("kim").id).blocking is True
    with pytest.raises(MastodonNotFoundError):
        kim.status(status.id)
    assert own.account_unblock(sandbox.user("kim").id).blocking is False
    assert own.account_mute(sandbox.user("kim").id).muting is True
    with pytest.raises(MastodonNotFoundError):
        kim.status_delete(status.id)
    assert own.status_delete(status.id).text == "Old news #acme"
    with pytest.raises(MastodonNotFoundError):
        own.status(status.id)


def test_refusals_of_what_is_said(sandbox: MastodonSandbox, connect: Connect) -> None:
    own = connect()
    for text, more in (("", {}), ("a" * 501, {}), ("a" * 499, {"spoiler_text": "ab"})):
        with pytest.raises(MastodonAPIError, match="422"):
            own.status_post(text, **more)
    with pytest.raises(MastodonNotFoundError):
        own.status_post("hello", in_reply_to_id="5")
    direct = sandbox.user("kim").message(sandbox.user("bob"), "between us")
    with pytest.raises(MastodonNotFoundError):
        own.status(direct.id)


def test_an_app_is_registered_and_a_user_agrees(
    running: tuple[MastodonSandbox, str], sandbox: MastodonSandbox, connect: Connect
) -> None:
    with requests.Session() as session:
        session.trust_env = False
        client_id, secret = Mastodon.create_app(
            "desk", scopes=["read"], api_base_url=running[1], session=session
        )
    own = connect(access_token=None, client_id=client_id, client_secret=secret)
    code = sandbox.authorize(client_id, "kim", "read")
    own.log_in(code=code, scopes=["read"], allow_http=True)
    assert own.me().username == "kim"
    with pytest.raises(MastodonAPIError, match="403"):
        own.status_post("hello")
    own.revoke_access_token(allow_http=True)
    again = connect(token=sandbox.credentials["access_token"])
    sandbox.revoke("acme")
    with pytest.raises(MastodonUnauthorizedError):
        again.me()


def test_limits_and_faults_reach_the_client(sandbox: MastodonSandbox, connect: Connect) -> None:
    own = connect(ratelimit_method="throw")
    own.me()
    assert own.ratelimit_remaining < own.ratelimit_limit == 300
    sandbox.limits.allowed["statuses"] = 0
    with pytest.raises(MastodonRatelimitError):
        own.status_post("hello")
    sandbox.fail(faults.ServerError(status=503))
    with pytest.raises(MastodonServerError):
        own.me()
