"""The connector against a server that others wrote: mastodon_mock, which keeps what it is told, on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import requests
from mastodon import Mastodon
from mastodon_mock.testing import MockServer

from socialdesk import Desk
from socialdesk._httpx import HttpTransport
from socialdesk.client import Client
from socialdesk.connector import Gone, Topic
from socialdesk.errors import AuthError, RateLimited, Unavailable
from socialdesk.models import ExternalId, Mention, Reply, Rule
from socialdesk.registry import Registry
from socialdesk.testing.sandbox import VirtualClock

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.fixture
def server(running: MockServer) -> Iterator[MockServer]:
    """As new, and without faults."""
    controlled(running, "POST", "reset")
    yield running
    controlled(running, "DELETE", "faults")


def controlled(server: MockServer, method: str, path: str, **body: Any) -> None:
    """The server's own surface for tests, by requests: its helpers want a package that it does not bring along."""
    with requests.Session() as session:
        session.trust_env = False
        url = f"{server.base_url}/api/v1/_mock/{path}"
        session.request(method, url, json=body or None, timeout=10).raise_for_status()


class Ahead(HttpTransport):
    """Real connections, and a clock that goes with real time and can be moved on."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock(datetime.now(timezone.utc))
        self.clock.run()


@contextlib.contextmanager
def fault(server: MockServer, match: dict[str, Any], effect: dict[str, Any]) -> Iterator[None]:
    """Something that goes wrong with what fits."""
    controlled(server, "POST", "faults", match=match, effect=effect)
    yield
    controlled(server, "DELETE", "faults")


@pytest.fixture
def alice(server: MockServer) -> Iterator[Client]:
    """The brand's account."""
    with connected(server) as client:
        yield client


@pytest.fixture
def bob(server: MockServer) -> Iterator[Mastodon]:
    """A customer, by a client that others wrote."""
    client = server.client("bob")
    yield client
    client.session.close()


def connected(server: MockServer, **settings: Any) -> Client:
    given = {"base_url": server.base_url, "access_token": "alice_token", **settings}
    return Client(Registry().connect("mastodon", given), timeout=10)


def heard(client: Client, cursor: str | None = None, **what: Any) -> tuple[list[Any], str | None]:
    items: list[Any] = []
    for batch in client.fetch(cursor, **what):
        assert batch.unread == ()
        items += batch.items
        cursor = batch.cursor
    return items, cursor


def test_who_the_account_is_and_what_the_server_takes(alice: Client) -> None:
    profile = alice.identify()
    assert profile.handle == "alice"
    assert profile.facts["server"]["max_characters"] == 500
    assert profile.facts["server"]["link_length"] == 23


def test_a_complaint_is_heard_and_answered_as_widely(bob: Mastodon, alice: Client) -> None:
    posted = bob.status_post("@alice my parcel is lost & gone", visibility="unlisted", spoiler_text="Rant")
    (mention,), cursor = heard(alice)
    assert (mention.id.value, mention.text, mention.title) == (
        str(posted.id),
        "@alice my parcel is lost & gone",
        "Rant",
    )
    assert (mention.kind, mention.visibility, mention.author.handle) == ("mention", "unlisted", "bob")
    receipt = alice.send(
        Reply(idempotency_key="k", target=mention, text="Sorry! See https://acme.example/help")
    )
    answer = bob.status(receipt.parts[0].id.value)
    assert (answer.visibility, answer.spoiler_text) == ("unlisted", "Rant")
    assert str(answer.in_reply_to_id) == str(posted.id)
    assert bob.notifications()[0].type == "mention"
    bob.status_post("@alice thank you", in_reply_to_id=answer.id, visibility="unlisted")
    (second,), _ = heard(alice, cursor)
    assert (second.kind, second.conversation, second.in_reply_to.value) == (
        "reply",
        mention.id,
        str(answer.id),
    )


@pytest.mark.slow
def test_many_are_heard_without_a_gap(bob: Mastodon, alice: Client) -> None:
    bob.status_post("@alice first")
    _, cursor = heard(alice)
    said = [str(bob.status_post(f"@alice number {number}").id) for number in range(25)]
    items, cursor = heard(alice, cursor)
    assert [item.id.value for item in items] == said
    assert heard(alice, cursor)[0] == []


@pytest.mark.slow
def test_a_direct_message_is_answered_in_one(bob: Mastodon, alice: Client) -> None:
    bob.status_post("@alice my number is 4711", visibility="direct")
    (mention,), _ = heard(alice)
    assert (mention.kind, mention.visibility) == ("direct_message", "direct")
    receipt = alice.send(Reply(idempotency_key="k", target=mention, text="Thank you", mode="direct"))
    said = receipt.parts[0].id
    assert said is not None
    assert bob.status(said.value).visibility == "direct"


@pytest.mark.slow
def test_hashtags_threads_edits_and_deletions(bob: Mastodon, alice: Client) -> None:
    first = bob.status_post("a #brandnew box, @alice")
    reply = bob.status_post("and a torn one", in_reply_to_id=first.id)
    (tagged,), _ = heard(alice, stream="search", rules=[Rule(name="r", hashtags=("brandnew",))])
    assert (tagged.id.value, tagged.matched_by) == (str(first.id), ("r",))
    thread, _ = heard(alice, stream="conversation", topics=[Topic(f"mastodon:post:{first.id}")])
    assert [item.id.value for item in thread] == [str(first.id), str(reply.id)]
    assert {item.conversation for item in thread} == {tagged.id}
    bob.status_update(first.id, "a #brandnew crate, @alice")
    (edited,) = alice.lookup([tagged.id])
    assert isinstance(edited, Mention)
    assert (edited.state, edited.revision, edited.edited_at is not None) == ("edited", 1, True)
    bob.status_delete(first.id)
    (gone,) = alice.lookup([tagged.id])
    assert isinstance(gone, Gone)


@pytest.mark.slow
def test_a_picture_goes_along_and_a_person_is_blocked(bob: Mastodon, alice: Client, tmp_path: Path) -> None:
    bob.status_post("@alice how?")
    (mention,), _ = heard(alice)
    (tmp_path / "box.png").write_bytes(PNG)
    picture = alice.attach(tmp_path / "box.png", alt_text="the box")
    receipt = alice.send(Reply(idempotency_key="k", target=mention, text="So", attachments=(picture,)))
    (media,) = bob.status(receipt.parts[0].id.value).media_attachments
    assert (media.type, media.description) == ("image", "the box")


@pytest.mark.slow
def test_what_goes_wrong_is_what_it_is(server: MockServer, alice: Client) -> None:
    alice.identify()
    listing = {"path": "/api/v1/notifications"}
    with fault(server, listing, {"type": "ratelimit"}), pytest.raises(RateLimited) as limited:
        heard(alice)
    assert limited.value.retry_at is not None
    for effect in ({"type": "malformed"}, {"type": "status", "status": 502}):
        with fault(server, listing, effect), connected(server) as other, pytest.raises(Unavailable):
            heard(other)
    with connected(server, access_token="nobody's") as other, pytest.raises(AuthError):
        other.identify()
    assert alice.lookup([ExternalId("mastodon", "post", "1")])[0].state == "unavailable"


@pytest.mark.slow
@pytest.mark.parametrize("effect", [{"type": "status", "status": 500}, {"type": "malformed"}])
def test_what_did_not_get_through_is_said_once_in_the_end(
    server: MockServer, bob: Mastodon, tmp_path: Path, effect: dict[str, Any]
) -> None:
    with contextlib.closing(Ahead()) as ahead, Desk(f"sqlite:///{tmp_path}/desk.db", transport=ahead) as desk:
        settings = {"base_url": server.base_url, "access_token": "alice_token"}
        desk.connect("mastodon", name="acme", settings=settings)
        desk.poll()
        bob.status_post("@alice help")
        desk.poll()
        (mention,) = desk.mentions()
        with fault(server, {"path": "/api/v1/statuses", "methods": ["POST"]}, effect):
            desk.reply(mention, "Sorry", key="one")
            desk.drain()
        assert desk.receipt("one").state == "unknown"
        for _ in range(3):  # it is looked for twice, and then sent again
            ahead.clock.advance(seconds=95)
            desk.drain()
        assert desk.receipt("one").state == "sent"
        answers = bob.status_context(mention.id.value).descendants
        assert [answer.content for answer in answers] == ["<p>@bob Sorry</p>"]


def test_a_repetition_with_the_same_key_is_one_status(bob: Mastodon, alice: Client) -> None:
    """The server honours keys, though the plugin, which knows it for another make, does not rely on it."""
    bob.status_post("@alice help")
    (mention,), _ = heard(alice)
    reply = Reply(idempotency_key="k", target=mention, text="Sorry")
    plan = alice.plan(reply)
    keys = [part.key for part in plan.parts]
    receipts = [alice.send(plan) for _ in range(2)]
    assert [part.key for part in receipts[0].parts] == keys
    assert receipts[0].parts[0].id == receipts[1].parts[0].id
    assert len(bob.status_context(mention.id.value).descendants) == 1
