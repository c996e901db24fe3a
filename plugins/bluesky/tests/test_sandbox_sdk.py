"""A client that others wrote, the atproto SDK, against the sandbox on a real port: it is unmodified, and told the
address as it would be told anybody's own server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from atproto import Client, client_utils, models
from atproto.exceptions import BadRequestError, NetworkError, RequestException, UnauthorizedError

from plugins.bluesky.tests.lexicons import lexicons
from socialdesk.testing import faults
from socialdesk.testing.sandbox import served
from socialdesk_bluesky.sandbox import BlueskySandbox
from socialdesk_bluesky.sandbox.bluesky import ENDPOINTS


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[BlueskySandbox, str]]:
    sandbox = BlueskySandbox()
    with served(sandbox) as url:
        yield sandbox, url


@pytest.fixture
def sandbox(running: tuple[BlueskySandbox, str]) -> BlueskySandbox:
    running[0].reset()
    return running[0]


@pytest.fixture
def client(running: tuple[BlueskySandbox, str], sandbox: BlueskySandbox) -> Iterator[Client]:
    signed_in = Client(running[1])
    signed_in.login("acme.bsky.social", sandbox.credentials["app_password"])
    yield signed_in
    signed_in.request._client.close()


def notes(client: Client, **params: Any) -> list[Any]:
    return client.app.bsky.notification.list_notifications(params).notifications


def test_it_signs_in_and_finds_its_own_server(client: Client, running: tuple[BlueskySandbox, str]) -> None:
    assert client.me is not None
    assert (client.me.handle, client.me.did) == ("acme.bsky.social", running[0].account.did)
    assert client._session is not None
    assert client._session.pds_endpoint == running[1]


def test_a_wrong_password_is_refused(running: tuple[BlueskySandbox, str], sandbox: BlueskySandbox) -> None:
    stranger = Client(running[1])
    with pytest.raises(UnauthorizedError) as raised:
        stranger.login("acme.bsky.social", "wrong")
    assert raised.value.response is not None
    assert raised.value.response.content.error == "AuthenticationRequired"
    stranger.request._client.close()


def test_it_is_told_what_concerns_it(client: Client, sandbox: BlueskySandbox) -> None:
    ann, ours = sandbox.user("ann"), sandbox.account.post("News")
    ann.post("@acme help 🎉")
    ann.reply(ours, "me too")
    ann.quote(ours, "see")
    ann.like(ours)
    assert [(note.reason, note.author.handle) for note in notes(client)] == [
        (reason, "ann.bsky.social") for reason in ("like", "quote", "reply", "mention")
    ]
    assert [note.reason for note in notes(client, reasons=["mention", "reply"])] == ["reply", "mention"]
    assert notes(client)[3].record.text == "@acme help 🎉"
    client.app.bsky.notification.update_seen({"seen_at": client.get_current_time_iso()})
    assert client.app.bsky.notification.get_unread_count().count == 0


def test_it_searches(client: Client, sandbox: BlueskySandbox) -> None:
    ann = sandbox.user("ann")
    ann.post("Acme Cable is down")
    ann.post("acme cables")
    ann.post("Acme in german", langs=["de"])
    found = client.app.bsky.feed.search_posts({"q": '"acme cable"'})
    assert [post.record.text for post in found.posts] == ["Acme Cable is down"]
    assert [
        post.record.text for post in client.app.bsky.feed.search_posts({"q": "acme", "lang": "de"}).posts
    ] == ["Acme in german"]
    page = client.app.bsky.feed.search_posts({"q": "acme", "limit": 1})
    assert page.cursor == "1"
    assert page.hits_total == 3


def test_it_posts_with_facets_and_answers_in_a_thread(client: Client, sandbox: BlueskySandbox) -> None:
    ann = sandbox.user("ann")
    complaint = ann.post("@acme my order 🎉 is late")
    text = (
        client_utils.TextBuilder()
        .mention("@ann.bsky.social", ann.did)
        .text(" 🎉 sorry! ")
        .link("look", "https://acme.example/é")
        .tag(" #help", "help")
    )
    strong = models.create_strong_ref(notes(client)[0])
    sent = client.send_post(text, reply_to=models.AppBskyFeedPost.ReplyRef(parent=strong, root=strong))
    thread = client.get_post_thread(complaint.uri).thread
    assert [reply.post.uri for reply in thread.replies] == [sent.uri]
    record = thread.replies[0].post.record
    content = record.text.encode()
    shown = [content[one.index.byte_start : one.index.byte_end].decode() for one in record.facets]
    assert shown == ["@ann.bsky.social", "look", " #help"]
    (told,) = sandbox.world.notes[ann.did]
    assert (told.reason, told.record.uri) == ("mention", sent.uri)
    assert client.get_posts([sent.uri]).posts[0].cid == sent.cid


def test_facets_that_it_detects_itself(client: Client, sandbox: BlueskySandbox) -> None:
    sandbox.user("ann")
    text = "hi @ann.bsky.social and @nobody.example.com, see https://acme.example"
    client.send_post(text, facets=client.detect_facets(text))
    (post,) = sandbox.account.posts
    assert [facet["features"][0].get("did") for facet in post.value["facets"]] == [
        sandbox.user("ann").did,
        None,
    ]


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the SDK's own way of sending bytes
def test_it_sends_pictures(client: Client, sandbox: BlueskySandbox) -> None:
    sent = client.send_image("Look", b"\x89PNG\r\n\x1a\n", "a box")
    (image,) = client.get_posts([sent.uri]).posts[0].embed.images
    assert (image.alt, image.fullsize.startswith("https://")) == ("a box", True)
    assert list(sandbox.account.files.values()) == [("image/png", 8)]


def test_it_likes_reposts_and_deletes(client: Client, sandbox: BlueskySandbox) -> None:
    post = sandbox.user("ann").post("hello")
    like, repost = client.like(post.uri, post.cid), client.repost(post.uri, post.cid)
    (view,) = client.get_posts([post.uri]).posts
    assert (view.like_count, view.viewer.like, view.viewer.repost) == (1, like.uri, repost.uri)
    assert [one.actor.handle for one in client.get_likes(post.uri).likes] == ["acme.bsky.social"]
    assert client.unlike(like.uri)
    assert client.unrepost(repost.uri)
    sent = client.send_post("Bye")
    assert client.delete_post(sent.uri)
    assert client.delete_post(sent.uri)
    assert client.get_posts([sent.uri]).posts == []
    with pytest.raises(BadRequestError) as raised:
        client.get_post_thread(sent.uri)
    assert raised.value.response is not None
    assert raised.value.response.content.error == "NotFound"


def test_records_are_put_swapped_listed_and_read(client: Client, sandbox: BlueskySandbox) -> None:
    repo, collection = sandbox.account.did, "app.bsky.feed.post"
    record = {"$type": collection, "text": "hi", "createdAt": "2026-11-20T09:00:00.000Z"}
    given = {"repo": repo, "collection": collection, "rkey": "3lbx7k2q4zs2a", "record": record}
    first, again = client.com.atproto.repo.put_record(given), client.com.atproto.repo.put_record(given)
    assert (first.uri, first.cid) == (again.uri, again.cid)
    assert (first.commit is None, again.commit is None) == (False, True)
    read = client.com.atproto.repo.get_record(
        {"repo": repo, "collection": collection, "rkey": "3lbx7k2q4zs2a"}
    )
    assert (read.cid, read.value.text) == (first.cid, "hi")
    with pytest.raises(RequestException):  # a key that is taken makes the server fail
        client.com.atproto.repo.create_record(given)
    with pytest.raises(BadRequestError) as raised:
        client.com.atproto.repo.put_record(
            {**given, "record": {**record, "text": "ho"}, "swap_record": "bafyreia"}
        )
    assert raised.value.response is not None
    assert raised.value.response.content.error == "InvalidSwap"
    listed = client.com.atproto.repo.list_records({"repo": repo, "collection": collection})
    assert [one.uri for one in listed.records] == [first.uri]


def test_a_record_that_does_not_fit_is_refused(client: Client) -> None:
    with pytest.raises(BadRequestError) as raised:
        client.send_post("x" * 301)
    assert raised.value.response is not None
    assert "300 graphemes" in raised.value.response.content.message


def test_a_gate_that_it_writes_holds(client: Client, sandbox: BlueskySandbox) -> None:
    sent = client.send_post("News")
    rkey = sent.uri.rpartition("/")[2]
    gate = models.AppBskyFeedThreadgate.Record(
        post=sent.uri, created_at=client.get_current_time_iso(), allow=[]
    )
    client.app.bsky.feed.threadgate.create(sandbox.account.did, gate, rkey=rkey)
    assert sandbox.world.may_answer(sandbox.user("ann"), sent.uri) is False
    thread = client.get_post_thread(sent.uri)
    assert thread.threadgate is not None


def test_it_writes_in_private(client: Client, sandbox: BlueskySandbox) -> None:
    ann = sandbox.user("ann")
    sandbox.message(ann, sandbox.account, "it is number 4711")
    proxied = client.with_bsky_chat_proxy()
    chat = proxied.chat.bsky.convo
    (convo,) = chat.list_convos().convos
    assert [member.handle for member in convo.members] == ["ann.bsky.social", "acme.bsky.social"]
    assert chat.get_convo_for_members({"members": [ann.did]}).convo.id == convo.id
    sent = chat.send_message({"convo_id": convo.id, "message": {"text": "Thanks"}})
    told = chat.get_messages({"convo_id": convo.id}).messages
    assert [(one.id == sent.id, one.text) for one in told] == [(True, "Thanks"), (False, "it is number 4711")]
    ann.block(sandbox.account)
    with pytest.raises(BadRequestError) as raised:
        chat.send_message({"convo_id": convo.id, "message": {"text": "Hello?"}})
    assert raised.value.response is not None
    assert raised.value.response.content.error == "BlockedActor"
    proxied.request._client.close()


def test_a_token_that_ended_is_refused_and_renewed(client: Client, sandbox: BlueskySandbox) -> None:
    sandbox.fail(faults.ExpireToken())
    with pytest.raises(BadRequestError) as raised:
        notes(client)
    assert raised.value.response is not None
    assert raised.value.response.content.error == "ExpiredToken"
    assert client._session is not None
    before = client._session.refresh_jwt
    client._refresh_and_set_session()
    assert client._session.refresh_jwt != before
    assert notes(client) == []


def test_a_session_that_is_kept_goes_on(client: Client, running: tuple[BlueskySandbox, str]) -> None:
    other = Client(running[1])
    other.login(session_string=client.export_session_string())
    assert other.me is not None
    assert other.me.did == running[0].account.did
    other.request._client.close()


def test_limits_and_failures(client: Client, sandbox: BlueskySandbox) -> None:
    sandbox.fail(faults.TooManyRequests(seconds=60))
    with pytest.raises(RequestException) as raised:
        notes(client)
    assert raised.value.response is not None
    assert raised.value.response.status_code == 429
    assert raised.value.response.headers["ratelimit-policy"] == "3000;w=300"
    sandbox.fail(faults.ServerError(status=502))
    with pytest.raises(NetworkError):
        notes(client)
    sandbox.fail(faults.DropAnswer(), when=faults.Matching(method="POST"))
    with pytest.raises(httpx.RemoteProtocolError):
        client.send_post("once")
    assert [post.text for post in sandbox.account.posts] == ["once"]


def test_every_endpoint_is_one_of_the_lexicons() -> None:
    for name, endpoint in ENDPOINTS.items():
        kind = lexicons()[name]["defs"]["main"]["type"]
        assert endpoint.method == {"query": "GET", "procedure": "POST"}[kind]
