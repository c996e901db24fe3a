"""X's own client, xdk, against the sandbox on a real port: all that it is told is the host.

It is made from OpenAPI document 2.167, asks for the newer names of fields, and is answered in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests
import xdk
from xdk.oauth1_auth import OAuth1

from plugins.twitter.tests.media_client import base64_of, picture
from socialdesk.testing.sandbox import served
from socialdesk.wire import WebhookAnswer
from socialdesk_twitter.sandbox import TwitterSandbox

URL = "https://desk.example.com/twitter"


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[TwitterSandbox, str]]:
    sandbox = TwitterSandbox(names="post")
    with served(sandbox) as url:
        yield sandbox, url


@pytest.fixture
def sandbox(running) -> TwitterSandbox:
    running[0].reset()
    return running[0]


@pytest.fixture
def connect(running, sandbox):
    opened = []

    def make(kind, **more):
        keys = sandbox.credentials
        own = {
            "app": {"bearer_token": keys["bearer_token"]},
            "oauth2": {"access_token": keys["oauth2_access_token"]},
            "oauth1": {
                "auth": OAuth1(
                    keys["consumer_key"],
                    keys["consumer_secret"],
                    "https://desk.example.com/back",
                    keys["access_token"],
                    keys["access_token_secret"],
                )
            },
        }[kind]
        client = xdk.Client(base_url=running[1], **{**own, **more})
        client.session.trust_env = False
        opened.append(client.session)
        return client

    yield make
    for session in opened:
        session.close()


USER_KINDS = pytest.mark.parametrize("kind", ["oauth1", "oauth2"])


def refused(caught):
    return caught.value.response.status_code, caught.value.response.json()


@USER_KINDS
def test_who_am_i(connect, sandbox, kind):
    me = connect(kind).users.get_me(user_fields=["public_metrics", "verified"])
    assert (me.data.id, me.data.username) == (sandbox.account.id, "acme")
    assert me.data.public_metrics.followers_count == 12_000


@pytest.mark.parametrize("kind", ["oauth1", "oauth2", "app"])
def test_mentions_page_by_page(connect, sandbox, kind):
    posts = sandbox.crowd(13)
    pages = list(
        connect(kind).users.get_mentions(
            sandbox.account.id,
            max_results=5,
            post_fields=["created_at", "conversation_id"],
            expansions=["author_id", "referenced_posts"],
        )
    )
    assert [page.meta.result_count for page in pages] == [5, 5, 3]
    assert [post.id for page in pages for post in page.data] == [post.id for post in reversed(posts)]
    assert pages[0].includes.users[0].username.startswith("crowd_")


@USER_KINDS
def test_post_reply_hide_and_delete(connect, sandbox, kind):
    client = connect(kind)
    root = client.posts.create({"text": "New boxes!"}).data
    assert root.edit_history_post_ids == [root.id]
    torn = sandbox.user("ann").reply(sandbox.world.posts[int(root.id)], "@acme mine is torn")
    answer = client.posts.create({"text": "Oh no", "reply": {"in_reply_to_tweet_id": torn.id}})
    assert [post.id for post in sandbox.thread(torn)] == [root.id, torn.id, answer.data.id]
    assert client.posts.hide_reply(torn.id, {"hidden": True}).data.hidden is True
    assert torn.hidden
    assert client.posts.delete(answer.data.id).data.deleted is True
    assert [post.id for post in sandbox.thread(torn)] == [root.id, torn.id]
    rant = sandbox.user("bob").post("never again")
    with pytest.raises(requests.HTTPError) as caught:
        client.posts.create({"text": "Can we help?", "reply": {"in_reply_to_tweet_id": rant.id}})
    status, problem = refused(caught)
    assert (status, "not been mentioned" in problem["detail"]) == (403, True)


@USER_KINDS
def test_direct_messages(connect, sandbox, kind):
    client, ann = connect(kind), sandbox.user("ann")
    ann.message(sandbox.account, "help")
    sent = client.direct_messages.create_by_participant_id(ann.id, {"text": "At once"}).data
    client.direct_messages.create_by_conversation_id(sent.dm_conversation_id, {"text": "Really"})
    # the client goes on for as long as there is a next_token: X gives one with the last results too, so that the
    # last page is empty
    pages = list(
        client.direct_messages.get_events_by_participant_id(
            ann.id,
            max_results=2,
            dm_event_fields=["created_at", "dm_conversation_id"],
            expansions=["sender_id"],
        )
    )
    assert [page.meta.result_count for page in pages] == [2, 1, 0]
    events = [event for page in pages for event in page.data or []]
    assert [event.text for event in events] == ["Really", "At once", "help"]
    assert events[2].sender_id == ann.id
    assert pages[0].includes.users[0].username == "acme"
    everything = [event for page in client.direct_messages.get_events() for event in page.data or []]
    assert [event.id for event in everything] == [event.id for event in events]
    assert client.direct_messages.delete_events(sent.dm_event_id).data.deleted is True
    with pytest.raises(requests.HTTPError) as caught:
        client.direct_messages.create_by_participant_id(sandbox.user("bob").id, {"text": "Hi"})
    assert refused(caught)[1]["detail"] == "You do not have permission to DM one or more participants."


@USER_KINDS
def test_media_in_one_piece_and_in_segments(connect, sandbox, kind):
    client = connect(kind)
    still = client.media.upload({"media": base64_of(picture()), "media_category": "tweet_image"}).data
    assert (still.image.w, still.image.h) == (3, 2)
    client.media.create_metadata({"id": still.id, "metadata": {"alt_text": {"text": "a torn box"}}})
    begin = {"media_type": "video/mp4", "total_bytes": 6, "media_category": "tweet_video"}
    film = client.media.initialize_upload(begin).data
    for index, piece in enumerate((b"abc", b"def")):
        client.media.append_upload(film.id, {"segment_index": index, "media": base64_of(piece)})
    assert client.media.finalize_upload(film.id).data.processing_info.state == "pending"
    sandbox.advance(seconds=5)
    state = client.media.get_upload_status(film.id, command="STATUS").data.processing_info
    assert (state.state, state.progress_percent) == ("succeeded", 100)
    for number in (still.id, film.id):
        assert client.posts.create({"media": {"media_ids": [number]}}).data.id
    first = sandbox.world.posts[sandbox.account.posts[0]]
    assert first.media[0].alt_text == "a torn box"


def test_media_of_a_message_are_fetched_with_the_users_token(connect, sandbox):
    said = sandbox.user("ann").message(sandbox.account, "see", media=(sandbox.media(content=b"bytes"),))
    number = said.media[0].key.partition("_")[2]
    fetched = connect("oauth2").direct_messages.dm_conversations_media_download(said.id, number, "a")
    assert fetched == b"bytes"


def test_a_token_is_renewed(connect, sandbox, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the sandbox speaks plain http
    keys = sandbox.credentials
    token = {
        "access_token": keys["oauth2_access_token"],
        "refresh_token": keys["oauth2_refresh_token"],
        "token_type": "bearer",
        "expires_at": 1,
    }
    names = ("client_id", "client_secret")
    client = connect("oauth2", token=token, **{name: keys[name] for name in names})
    sandbox.advance(hours=3)
    assert client.users.get_me().data.username == "acme"  # it renews by itself what it takes to have ended
    assert client.access_token != keys["oauth2_access_token"]
    client.oauth2_session.close()


def test_webhooks_and_subscriptions(connect, sandbox):
    heard = []

    def desk(request):
        if request.method == "GET":
            token = sandbox.push.sign(request.query["crc_token"].encode())
            return WebhookAnswer(200, json.dumps({"response_token": token}).encode())
        heard.append(request.json()["data"]["event_type"])
        return WebhookAnswer()

    sandbox.deliver_to(desk)
    client = connect("app")
    webhook = client.webhooks.create({"url": URL}).data
    assert webhook.valid is True
    assert [one.id for one in client.webhooks.get().data] == [webhook.id]
    assert client.webhooks.validate(webhook.id).data.valid is True
    about = {"user_id": sandbox.account.id}
    body = {"event_type": "post.mention.create", "filter": about, "webhook_id": webhook.id}
    made = client.activity.create_subscription(body).data.subscription
    sandbox.user("ann").post("@acme hello")
    assert heard == ["post.mention.create"]
    listed = list(client.activity.get_subscriptions())
    assert [one.subscription_id for page in listed for one in page.data] == [made.subscription_id]
    changed = client.activity.update_subscription(made.subscription_id, {"tag": "new"})
    assert changed.data.subscription.tag == "new"
    now = sandbox.clock.now()
    span = {"from_date": now.strftime("%Y%m%d0000"), "to_date": now.strftime("%Y%m%d%H%M")}
    if span["from_date"] < span["to_date"]:
        assert client.webhooks.create_webhook_replay_job({**span, "webhook_id": webhook.id}).data.job_id
    assert client.activity.delete_subscription(made.subscription_id).data.deleted is True
    again = client.activity.create_subscription(body).data.subscription.subscription_id
    assert client.activity.delete_subscriptions_by_ids([again]).data[0].deleted is True
    assert client.webhooks.delete(webhook.id).data.deleted is True
    with pytest.raises(requests.HTTPError) as caught:
        client.webhooks.create({"url": "http://desk.example.com"})
    assert "UrlValidationFailed" in refused(caught)[1]["errors"][0]["message"]
