"""Clients that others wrote, pyfacebook and Meta's own SDK, against the sandbox on a real port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.unifiedthread import UnifiedThread
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from pyfacebook import FacebookApi, FacebookError, GraphAPI

from socialdesk.testing import faults
from socialdesk.testing.sandbox import served
from socialdesk_facebook.sandbox import FacebookSandbox


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[FacebookSandbox, str]]:
    sandbox = FacebookSandbox()
    with served(sandbox) as url:
        yield sandbox, url


@pytest.fixture
def sandbox(running) -> FacebookSandbox:
    running[0].reset()
    return running[0]


@pytest.fixture
def page(sandbox):
    return sandbox.account


@pytest.fixture
def ann(sandbox):
    return sandbox.user("ann")


@pytest.fixture
def connect(running, sandbox):
    """pyfacebook's clients, with the app's secret: each call is proved."""
    opened = []

    def make(kind=GraphAPI, token="page_token", **changed):
        given = {
            "app_id": sandbox.credentials["app_id"],
            "app_secret": sandbox.credentials["app_secret"],
            **changed,
        }
        client = kind(
            access_token=sandbox.credentials[token],
            version="v26.0",
            base_url=f"{running[1]}/",
            sleep_on_rate_limit=False,
            **given,
        )
        client.session.trust_env = False
        opened.append(client.session)
        return client

    yield make
    for session in opened:
        session.close()


@pytest.fixture
def sdk(running, sandbox):
    """Meta's SDK, with the app's secret."""
    given = sandbox.credentials
    session = FacebookSession(given["app_id"], given["app_secret"], given["page_token"], timeout=20)
    session.GRAPH = running[1]
    session.requests.trust_env = False
    yield FacebookAdsApi(session)
    session.requests.close()


# -------------------------------------------------------------------------------------------------------- pyfacebook


def test_a_page_and_its_feed(connect, sandbox, page, ann):
    posts = [page.post(f"News {number}") for number in range(7)]
    ann.comment(posts[0], "hello")
    client = connect(FacebookApi)
    told = client.page.get_info(page_id=page.id)
    assert (told.id, told.name, told.username) == (page.id, "Acme", "acme")
    feed = client.page.get_feed(object_id=page.id, count=None, limit=3)
    assert [post.id for post in feed.data] == [post.id for post in reversed(posts)]
    assert feed.data[-1].comments["summary"]["total_count"] == 1
    assert client.post.get_info(post_id=posts[3].id).message == "News 3"


def test_comments_page_by_page(connect, sandbox, page):
    post = page.post("News")
    crowd = sandbox.crowd(23, post=post)
    told = connect(FacebookApi).post.get_comments(object_id=post.id, summary=True, count=None, limit=5)
    assert [one.id for one in told.data] == [comment.id for comment in crowd]
    assert told.summary.total_count == 23
    full = connect().get_full_connections(
        post.id, "comments", count=None, limit=10, order="reverse_chronological"
    )
    assert [one["id"] for one in full["data"]] == [comment.id for comment in reversed(crowd)]


def test_comments_one_by_one(connect, page, ann):
    comment = ann.comment(page.post("News"), "hello")
    client = connect(FacebookApi)
    assert client.comment.get_info(comment_id=comment.id).message == "hello"
    batch = client.comment.get_batch(ids=[comment.id, page.comment(comment.root, "hi").id])
    assert {one.message for one in batch.values()} == {"hello", "hi"}


def test_writing(connect, sandbox, page, ann):
    post = page.post("News")
    comment = ann.comment(post, "lost")
    client = connect()
    made = client.post_object(object_id=comment.id, connection="comments", data={"message": "Sorry!"})
    assert sandbox.thread(post)[1].id == made["id"]
    assert client.post_object(object_id=comment.id, data={"is_hidden": "true"}) == {"success": True}
    assert client.delete_object(object_id=made["id"]) == {"success": True}
    assert [one.id for one in sandbox.thread(post)] == [comment.id]


def test_conversations_and_messages(connect, page, ann, sandbox):
    message = ann.message("hello?", photo=sandbox.photo(ann))
    client = connect(FacebookApi)
    there = client.get_connection(page.id, "conversations")["data"][0]
    told = client.conversation.get_info(conversation_id=there["id"])
    assert (told.snippet, told.message_count, told.unread_count) == ("hello?", 1, 1)
    assert list(client.conversation.get_batch(ids=[there["id"]])) == [there["id"]]
    said = client.message.get_info(message_id=message.id, return_json=True)
    assert (said["id"], said["from"]["name"]) == (message.id, "Ann Doe")
    assert said["to"]["data"][0]["id"] == page.id


def test_usage_is_read_from_the_headers(connect, sandbox, page):
    sandbox.limits.set("pages", 4)
    client = connect()
    for _ in range(3):
        client.get_object("me")
    told = client.rate_limit.get_limit(object_id=page.id, rate_limit_type="pages")
    assert (told.call_count, told.type) == (75, "pages")
    client.get_object("me")
    with pytest.raises(FacebookError) as caught:
        client.get_object("me")
    assert caught.value.code == 80001
    assert (
        client.rate_limit.get_limit(
            object_id=page.id, rate_limit_type="pages"
        ).estimated_time_to_regain_access
        > 0
    )
    user = connect(token="long_user_token")
    sandbox.limits.set("app", 10)
    user.get_object("me")
    assert user.rate_limit.get_limit().call_count == 10


def test_errors(connect, sandbox, page):
    client = connect()
    for does, code, subcode in (
        (lambda: client.get_object("1_2"), 100, 33),
        (lambda: client.get_object("me", fields="first_name"), 100, None),
        (lambda: client.get_connection("me", "shoes"), 100, None),
        (lambda: connect(app_secret="wrong").get_object("me"), 100, None),
    ):
        with pytest.raises(FacebookError) as caught:
            does()
        assert (caught.value.code, getattr(caught.value, "error_subcode", None)) == (code, subcode)
    sandbox.invalidate(460)
    with pytest.raises(FacebookError) as caught:
        client.get_object("me")
    assert (caught.value.code, caught.value.error_subcode) == (190, 460)


def test_tokens(connect, sandbox, page):
    client = connect(token="user_token")
    told = client.exchange_page_access_token(page_id=page.id, access_token=sandbox.credentials["user_token"])
    assert connect().get_object("me", access_token=told)["id"] == page.id
    described = client.debug_token(
        input_token=sandbox.credentials["page_token"], access_token=sandbox.credentials["app_token"]
    )
    assert described["data"]["type"] == "PAGE"


# ------------------------------------------------------------------------------------------------------- Meta's SDK


def test_the_sdk_reads(sdk, sandbox, page, ann):
    posts = [page.post(f"News {number}") for number in range(5)]
    visitor, tagging, review = ann.post("on your wall"), ann.tag("Acme!"), ann.rate("good")
    comment = ann.comment(posts[0], "hello")
    there = Page(page.id, api=sdk)
    told = there.get_feed(
        fields=["id", "message", "created_time", "updated_time", "from"], params={"limit": 2}
    )
    assert [one["id"] for one in told] == [visitor.id, *(post.id for post in reversed(posts))]
    assert [one["id"] for one in there.get_visitor_posts()] == [visitor.id]
    assert [one["id"] for one in there.get_tagged(fields=["message"])] == [tagging.id]
    (rating,) = there.get_ratings(fields=["recommendation_type", "review_text", "open_graph_story"])
    assert (rating["review_text"], rating["open_graph_story"]["id"]) == ("good", review.id)
    listed = PagePost(posts[0].id, api=sdk).get_comments(
        fields=["message", "from"], params={"filter": "stream"}
    )
    assert [(one["id"], one["from"]["name"]) for one in listed] == [(comment.id, "Ann Doe")]


def test_the_sdk_writes(sdk, sandbox, page, ann):
    comment = ann.comment(page.post("News"), "lost")
    reply = Comment(comment.id, api=sdk).create_comment(fields=["message"], params={"message": "Sorry!"})
    assert (reply["message"], sandbox.thread(comment.root)[1].id) == ("Sorry!", reply["id"])
    Comment(comment.id, api=sdk).api_update(params={"is_hidden": True})
    assert comment.hidden
    Comment(comment.id, api=sdk).create_like()
    assert page.id in comment.likes
    Comment(comment.id, api=sdk).delete_likes()
    assert comment.likes == {}
    Comment(reply["id"], api=sdk).api_delete()
    assert len(sandbox.thread(comment.root)) == 1
    post = Page(page.id, api=sdk).create_feed(params={"message": "Open on Sunday"})
    PagePost(post["id"], api=sdk).api_update(params={"message": "Open on Monday"})
    assert page.wall[-1].text == "Open on Monday"


def test_the_sdk_writes_messages(sdk, sandbox, page, ann):
    ann.message("hello?")
    there = Page(page.id, api=sdk)
    params = {"recipient": {"id": ann.id}, "messaging_type": "RESPONSE", "message": {"text": "Hello!"}}
    there.create_message(params=params)
    assert sandbox.messages(ann)[-1].text == "Hello!"
    (conversation,) = there.get_conversations(fields=["id", "snippet"], params={"user_id": ann.id})
    assert conversation["snippet"] == "Hello!"
    said = UnifiedThread(conversation["id"], api=sdk).get_messages(params={"fields": "message"})
    assert [one["message"] for one in said] == ["Hello!", "hello?"]
    there.create_moderate_conversation(params={"user_ids": [{"id": ann.id}], "actions": ["MOVE_TO_SPAM"]})
    assert sandbox.world.inbox.with_(ann, page).folder == "spam"


def test_the_sdk_subscribes(sdk, sandbox, page):
    there = Page(page.id, api=sdk)
    there.create_subscribed_app(params={"subscribed_fields": ["feed", "messages"]})
    (told,) = there.get_subscribed_apps()
    assert told["subscribed_fields"] == ["feed", "messages"]
    there.delete_subscribed_apps()
    assert list(there.get_subscribed_apps()) == []


def test_the_sdk_is_told_errors(sdk, sandbox, page, ann):
    ann.message("hello?")
    sandbox.advance(hours=25)
    params = {"recipient": {"id": ann.id}, "messaging_type": "RESPONSE", "message": {"text": "Hello!"}}
    with pytest.raises(FacebookRequestError) as caught:
        Page(page.id, api=sdk).create_message(params=params)
    assert (caught.value.api_error_code(), caught.value.api_error_subcode()) == (10, 2018278)
    sandbox.fail(faults.ServerError(503))
    with pytest.raises(FacebookRequestError) as caught:
        Page(page.id, api=sdk).get_feed()
    assert caught.value.api_transient_error() is True
    assert caught.value.http_status() == 503
