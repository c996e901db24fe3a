"""A client that others wrote, tweepy, against the sandbox on a real port: all that it changes is the host."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import pytest
import requests
import tweepy

from plugins.twitter.tests.media_client import Uploader
from socialdesk.testing import faults
from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import TwitterSandbox


class Redirected(requests.Session):
    """A session that calls the sandbox where tweepy names X, before anything is signed."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url
        self.trust_env = False

    def request(self, method, url, *args, **rest):
        return super().request(method, url.replace("https://api.twitter.com", self.base_url), *args, **rest)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[TwitterSandbox, str]]:
    sandbox = TwitterSandbox()
    with served(sandbox) as url:
        yield sandbox, url


@pytest.fixture
def sandbox(running) -> TwitterSandbox:
    running[0].reset()
    return running[0]


@pytest.fixture
def connect(running, sandbox):
    opened = []

    def make(kind, **changed):
        keys = {**sandbox.credentials, **changed}
        if kind == "oauth1":
            names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
            client = tweepy.Client(**{name: keys[name] for name in names})
        else:
            client = tweepy.Client(keys["bearer_token" if kind == "app" else "oauth2_access_token"])
        client.session.close()
        client.session = Redirected(running[1])
        opened.append(client.session)
        return client

    yield make
    for session in opened:
        session.close()


USER_KINDS = pytest.mark.parametrize("kind", ["oauth1", "oauth2"])
ALL_KINDS = pytest.mark.parametrize("kind", ["oauth1", "oauth2", "app"])


@USER_KINDS
def test_who_am_i(connect, sandbox, kind):
    me = connect(kind).get_me(user_auth=kind == "oauth1", user_fields=["public_metrics"])
    assert (me.data.id, me.data.username) == (int(sandbox.account.id), "acme")
    assert me.data.public_metrics["followers_count"] == 12_000


@ALL_KINDS
def test_mentions_page_by_page(connect, sandbox, kind):
    posts = sandbox.crowd(23)
    client = connect(kind)
    pages = tweepy.Paginator(
        client.get_users_mentions, sandbox.account.id, max_results=5, user_auth=kind == "oauth1"
    )
    listed = list(pages)
    assert [page.meta["result_count"] for page in listed] == [5, 5, 5, 5, 3]
    assert [post.id for page in listed for post in page.data] == [post.number for post in reversed(posts)]


@ALL_KINDS
def test_search(connect, sandbox, kind):
    sandbox.search_lag = 0
    hit = sandbox.user("ann").post('a "torn box" from acme & sons, über alles', lang="de")
    sandbox.user("bob").post("a box, torn")
    found = connect(kind).search_recent_tweets(
        '"torn box" (acme OR @acme) lang:de -is:retweet', tweet_fields=["lang"], user_auth=kind == "oauth1"
    )
    assert [post.id for post in found.data] == [hit.number]
    assert found.data[0].text == 'a "torn box" from acme &amp; sons, über alles'
    sandbox.search_lag = 30.0


@ALL_KINDS
def test_lookup_with_expansions(connect, sandbox, kind):
    root = sandbox.account.post("New boxes!")
    reply = sandbox.user("ann", name="Ann").reply(root, "torn")
    told = connect(kind).get_tweets(
        [reply.id, 12],
        expansions=["author_id", "referenced_tweets.id", "in_reply_to_user_id"],
        tweet_fields=["conversation_id", "created_at", "public_metrics"],
        user_auth=kind == "oauth1",
    )
    assert told.data[0].conversation_id == root.number
    assert told.data[0].created_at == reply.created_at
    assert {user.username for user in told.includes["users"]} == {"ann", "acme"}
    assert told.includes["tweets"][0].text == "New boxes!"
    assert told.errors[0]["resource_id"] == "12"


@USER_KINDS
def test_post_reply_and_delete(connect, sandbox, kind):
    client, own = connect(kind), kind == "oauth1"
    complaint = sandbox.user("ann").post("@acme where is my parcel?")
    said = client.create_tweet(text="On its way!", in_reply_to_tweet_id=complaint.id, user_auth=own)
    assert [post.id for post in sandbox.thread(complaint)] == [complaint.id, said.data["id"]]
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        client.create_tweet(text="On its way!", in_reply_to_tweet_id=complaint.id, user_auth=own)
    assert client.delete_tweet(said.data["id"], user_auth=own).data == {"deleted": True}
    assert [post.id for post in sandbox.thread(complaint)] == [complaint.id]
    rant = sandbox.user("bob").post("never again")
    with pytest.raises(tweepy.Forbidden, match="not been mentioned or otherwise engaged"):
        client.create_tweet(text="Can we help?", in_reply_to_tweet_id=rant.id, user_auth=own)


def test_hiding_a_reply(connect, sandbox):
    reply = sandbox.user("ann").reply(sandbox.account.post("news"), "rude")
    assert connect("oauth1").hide_reply(reply.id).data == {"hidden": True}
    assert reply.hidden


@ALL_KINDS
def test_too_many_requests(connect, sandbox, kind):
    sandbox.limits.set("GET /2/users/{id}/mentions", app=2, user=2)
    client = connect(kind)
    for _ in range(2):
        client.get_users_mentions(sandbox.account.id, user_auth=kind == "oauth1")
    with pytest.raises(tweepy.TooManyRequests) as caught:
        client.get_users_mentions(sandbox.account.id, user_auth=kind == "oauth1")
    headers = caught.value.response.headers
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]) == ("2", "0")
    assert 0 < int(headers["x-rate-limit-reset"]) - sandbox.clock.now().timestamp() <= 900


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("oauth1", {"access_token_secret": "wrong"}),
        ("oauth1", {"consumer_key": "wrong"}),
        ("oauth2", {"oauth2_access_token": "wrong"}),
    ],
)
def test_bad_credentials(connect, sandbox, kind, changed):
    with pytest.raises(tweepy.Unauthorized):
        connect(kind, **changed).get_me(user_auth=kind == "oauth1")
    with pytest.raises(tweepy.Unauthorized):
        connect(kind, **changed).create_tweet(text="hello", user_auth=kind == "oauth1")
    assert sandbox.account.posts == []


def test_the_apps_token_is_not_a_users(connect, sandbox):
    with pytest.raises(tweepy.Forbidden, match="Application-Only is forbidden"):
        connect("app").get_me(user_auth=False)


def test_a_dropped_answer_is_a_broken_connection(connect, sandbox):
    sandbox.fail(faults.DropAnswer(), when=faults.Matching("POST"))
    with pytest.raises(requests.ConnectionError):
        connect("oauth1").create_tweet(text="hello")
    assert len(sandbox.account.posts) == 1


@pytest.mark.parametrize(("status", "error"), [(503, tweepy.TwitterServerError), (401, tweepy.Unauthorized)])
def test_faults_look_like_xs_own(connect, sandbox, status, error):
    sandbox.fail(faults.ServerError(503) if status == 503 else faults.ExpireToken())
    with pytest.raises(error):
        connect("oauth1").get_me()


def test_real_time_and_the_offset(connect, sandbox):
    sandbox.advance(days=2)
    assert connect("oauth1").get_me().data.username == "acme"  # its clock knows nothing of the offset
    with pytest.raises(tweepy.Unauthorized):
        connect("oauth2").get_me(user_auth=False)  # two hours are over


@USER_KINDS
def test_direct_messages(connect, sandbox, kind):
    client, own = connect(kind), kind == "oauth1"
    ann = sandbox.user("ann")
    ann.message(sandbox.account, "help")
    sent = client.create_direct_message(participant_id=ann.id, text="At once", user_auth=own)
    low, high = sorted((ann.id, sandbox.account.id), key=int)
    assert sent.data["dm_conversation_id"] == f"{low}-{high}"
    for place in ({"participant_id": ann.id}, {"dm_conversation_id": f"{low}-{high}"}, {}):
        told = client.get_direct_message_events(
            **place,
            dm_event_fields=["sender_id", "created_at", "dm_conversation_id"],
            expansions=["sender_id"],
            user_auth=own,
        )
        assert [event.text for event in told.data] == ["At once", "help"]
        assert [event.sender_id for event in told.data] == [int(sandbox.account.id), int(ann.id)]
    client.create_direct_message(dm_conversation_id=f"{low}-{high}", text="Really", user_auth=own)
    assert [event.written for event in sandbox.messages(ann, sandbox.account)] == [
        "help",
        "At once",
        "Really",
    ]
    with pytest.raises(tweepy.Forbidden, match="do not have permission to DM"):
        client.create_direct_message(participant_id=sandbox.user("bob").id, text="Hi", user_auth=own)


def test_a_group(connect, sandbox):
    people = [sandbox.user(name, dms_open=True).id for name in ("ann", "bob")]
    begun = connect("oauth1").create_direct_message_conversation(text="You two", participant_ids=people)
    assert begun.data["dm_conversation_id"].isdigit()


def test_direct_messages_page_by_page(connect, sandbox):
    for number in range(5):
        sandbox.user("ann").message(sandbox.account, f"m{number}")
        sandbox.advance(seconds=1)
    pages = list(tweepy.Paginator(connect("oauth1").get_direct_message_events, max_results=2, user_auth=True))
    assert [page.meta["result_count"] for page in pages] == [2, 2, 1, 0]


def test_a_hidden_reply_is_shown_again(connect, sandbox):
    reply = sandbox.user("ann").reply(sandbox.account.post("news"), "rude")
    client = connect("oauth1")
    client.hide_reply(reply.id)
    assert client.unhide_reply(reply.id).data == {"hidden": False}
    assert not reply.hidden


def test_media_are_posted_by_their_ids(connect, sandbox):
    # tweepy uploads only to the API before this one, which X has closed: the file is sent by other means
    number = Uploader(sandbox).image()
    said = connect("oauth1").create_tweet(text="Look", media_ids=[number])
    told = connect("oauth1").get_tweet(
        said.data["id"], expansions=["attachments.media_keys"], media_fields=["url"], user_auth=True
    )
    assert told.includes["media"][0].media_key == f"3_{number}"
    with pytest.raises(tweepy.BadRequest, match="media IDs are invalid"):
        connect("oauth1").create_tweet(text="Look", media_ids=["12"])


def test_the_older_api_is_closed(running, sandbox):
    keys = sandbox.credentials
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    api = tweepy.API(tweepy.OAuth1UserHandler(*(keys[name] for name in names)))
    api.session.close()
    with Redirected(running[1]) as session:
        session.base_url = running[1]
        api.session = session
        api.host = api.upload_host = "api.twitter.com"
        with pytest.raises(tweepy.Forbidden, match="453"):
            api.simple_upload("a.png", file=io.BytesIO(b"picture"))


def test_a_token_is_renewed(running, sandbox, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the sandbox speaks plain http
    scopes = ["tweet.read", "users.read", "offline.access"]
    keys = sandbox.credentials | sandbox.grant("acme", *scopes)
    handler = tweepy.OAuth2UserHandler(
        client_id=keys["client_id"],
        redirect_uri="https://desk.example.com/back",
        scope=scopes,
        client_secret=keys["client_secret"],
    )
    with contextlib.closing(handler):
        told = handler.refresh_token(
            f"{running[1]}/2/oauth2/token",
            refresh_token=keys["oauth2_refresh_token"],
            auth=(keys["client_id"], keys["client_secret"]),
        )
    assert told["access_token"] != keys["oauth2_access_token"]
    assert told["expires_in"] == 7200
