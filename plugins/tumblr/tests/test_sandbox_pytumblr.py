"""A client that others wrote, PyTumblr, against the sandbox on a real port: it is told the host and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytumblr import TumblrRestClient  # type: ignore[import-untyped]  # it has no types

from socialdesk.testing import faults
from socialdesk.testing.sandbox import served
from socialdesk_tumblr.sandbox import TumblrSandbox

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 200


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[TumblrSandbox, str]]:
    sandbox = TumblrSandbox()
    with served(sandbox) as url:
        yield sandbox, url


@pytest.fixture
def sandbox(running) -> TumblrSandbox:
    running[0].reset()
    return running[0]


@pytest.fixture
def client(running, sandbox) -> TumblrRestClient:
    keys = sandbox.credentials
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    return TumblrRestClient(*(keys[name] for name in names), host=running[1])


def test_who_am_i(client, sandbox):
    sandbox.account.side_blog("acme-careers")
    user = client.info()["user"]
    assert [(blog["name"], blog["primary"]) for blog in user["blogs"]] == [
        ("acme", True),
        ("acme-careers", False),
    ]
    assert user["name"] == "acme"


def test_keys_that_are_wrong(running, sandbox):
    keys = sandbox.credentials
    for changed in ({"consumer_secret": "x"}, {"oauth_token": "x"}, {"oauth_secret": "x"}):
        given = {
            "consumer_key": keys["consumer_key"],
            "consumer_secret": keys["consumer_secret"],
            "oauth_token": keys["access_token"],
            "oauth_secret": keys["access_token_secret"],
            **changed,
        }
        told = TumblrRestClient(**given, host=running[1]).info()
        assert told["meta"] == {"status": 401, "msg": "Unauthorized"}
        assert told["response"] == []


def test_the_app_alone_reads_what_is_public(running, sandbox):
    keys = sandbox.credentials
    app = TumblrRestClient(keys["consumer_key"], keys["consumer_secret"], host=running[1])
    sandbox.account.post("hello")
    assert app.blog_info("acme")["blog"]["uuid"] == sandbox.account.uuid
    assert app.posts("acme")["total_posts"] == 1
    assert app.info()["meta"]["status"] == 401


def test_a_text_is_written_and_read(client, sandbox):
    made = client.create_text(
        "acme", title="Hours", body="<p>We are <b>open</b>.</p><p>Come in!</p>", tags=["news", "shop hours"]
    )
    [post] = client.posts("acme")["posts"]
    assert (post["id"], post["state"]) == (made["id"], "published")
    assert (post["type"], post["title"]) == ("text", "Hours")
    assert post["body"] == "<p>We are <b>open</b>.</p><p>Come in!</p>"
    assert post["tags"] == ["news", "shop hours"]
    [blocks] = client.posts("acme", npf="true")["posts"]
    assert [block["text"] for block in blocks["content"]] == ["We are open.", "Come in!"]
    assert blocks["content"][0]["formatting"] == [{"start": 7, "end": 11, "type": "bold"}]
    [plain] = client.posts("acme", filter="text")["posts"]
    assert plain["body"] == "We are open.\nCome in!"


def test_posts_by_type_tag_and_page(client, sandbox):
    for index in range(25):
        client.create_text("acme", body=f"post {index}", tags=["even"] if index % 2 == 0 else [])
    client.create_quote("acme", quote="To be", source="Hamlet")
    client.create_link("acme", url="https://example.com/a", title="A page")
    client.create_chat("acme", conversation="A: hello\nB: hi")
    assert len(client.posts("acme")["posts"]) == 20
    assert len(client.posts("acme", offset=20)["posts"]) == 8
    assert client.posts("acme", tag="even")["total_posts"] == 13
    assert client.posts("acme", "quote")["posts"][0]["summary"] == "To be Hamlet"
    assert client.posts("acme", "link")["total_posts"] == 1
    assert client.posts("acme", "chat")["total_posts"] == 1
    assert client.posts("acme", limit=50)["meta"]["status"] == 400


def test_a_post_is_edited_queued_and_deleted(client, sandbox):
    made = client.create_text("acme", body="one", state="draft")
    [draft] = client.drafts("acme")["posts"]
    assert draft["id"] == made["id"]
    client.edit_post("acme", id=made["id"], type="text", body="two", state="queue")
    [queued] = client.queue("acme")["posts"]
    assert (queued["state"], queued["body"]) == ("queued", "<p>two</p>")
    assert client.posts("acme")["posts"] == []
    assert client.delete_post("acme", made["id"])["id"] == made["id"]
    assert client.queue("acme")["posts"] == []
    assert client.delete_post("acme", made["id"])["meta"]["status"] == 404


def test_a_reblog_and_its_key(client, sandbox):
    kim = sandbox.blog("customer-kim")
    post = kim.post("are you open?")
    made = client.reblog("acme", id=post.number, reblog_key=post.reblog_key, comment="<p>yes</p>", tags=["a"])
    [shown] = client.posts("acme", reblog_info=True)["posts"]
    assert (shown["id"], shown["reblogged_from_id"], shown["tags"]) == (made["id"], post.id, ["a"])
    assert shown["reblog"]["comment"] == "<p>yes</p>"
    assert "are you open?" in shown["body"]
    wrong = client.reblog("acme", id=post.number, reblog_key="x" * 8, comment="no")
    assert (wrong["meta"]["status"], wrong["response"]) == (404, [])
    assert [item.wire for item in kim.activity] == ["reblog"]


def test_notes_of_a_post(client, sandbox):
    post = sandbox.account.post("news")
    sandbox.blog("customer-kim").reply(post, "hello")
    sandbox.blog("customer-lee").like(post)
    told = client.notes("acme", post.id)
    assert [note["type"] for note in told["notes"]] == ["like", "reply"]
    assert client.notes("acme", post.id, mode="likes")["total_notes"] == 1


def test_the_inbox(client, sandbox):
    sandbox.blog("customer-kim").ask(sandbox.account, "where is it?")
    [post] = client.submission("acme")["posts"]
    assert (post["question"], post["asking_name"]) == ("where is it?", "customer-kim")
    [blocks] = client.submission("acme", npf="true")["posts"]
    assert blocks["layout"][0]["blocks"] == [0]


def test_likes_follows_and_followers(client, sandbox):
    kim = sandbox.blog("customer-kim")
    post = kim.post("hello")
    assert client.like(post.id, post.reblog_key) == []
    assert client.like(post.id, "wrong")["meta"]["status"] == 404
    assert client.follow("customer-kim")["blog"]["name"] == "customer-kim"
    assert client.follow("nobody-there")["meta"]["status"] == 404
    assert [item.wire for item in kim.activity] == ["like", "follower"]
    kim.follow(sandbox.account)
    told = client.followers("acme")
    assert (told["total_users"], told["users"][0]["following"]) == (1, True)
    client.unlike(post.id, post.reblog_key)
    client.unfollow("customer-kim")
    assert client.info()["user"]["following"] == 0


def test_tags(client, sandbox):
    sandbox.tag_lag = 0
    made = sandbox.blog("customer-kim").post("my new toy", tags=["Acme", "toys"])
    assert [post["id"] for post in client.tagged("acme")] == [made.number]


# the client leaves the files that it sends open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_picture_is_uploaded(client, sandbox, tmp_path):
    (tmp_path / "a.jpg").write_bytes(JPEG)
    made = client.create_photo("acme", caption="look", data=str(tmp_path / "a.jpg"))
    [post] = client.posts("acme", npf="true")["posts"]
    assert post["id"] == made["id"]
    assert sandbox.uploads[post["content"][0]["media"][0]["url"]] == JPEG
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    refused = client.create_photo("acme", data=str(tmp_path / "b.jpg"))
    assert refused["meta"]["status"] == 400


def test_errors_are_words_or_objects(client, sandbox):
    told = client.create_text("acme", body="")
    assert (told["meta"]["status"], told["response"]["errors"]) == (400, ["Post cannot be empty."])
    sandbox.legacy_errors = "objects"
    told = client.create_text("acme", body="")
    assert told["response"]["errors"][0]["detail"] == "Post cannot be empty."
    sandbox.legacy_errors = "strings"
    assert client.create_text("customer-nobody", body="x")["meta"]["status"] == 404
    sandbox.blog("customer-kim")
    assert client.create_text("customer-kim", body="x")["meta"]["status"] == 403


def test_limits_come_as_refusals(client, sandbox):
    sandbox.limits.set("posts", 1)
    client.create_text("acme", body="one")
    told = client.create_text("acme", body="two")
    assert told["meta"]["status"] == 403
    sandbox.limits.set("hour", 3)
    client.info()
    assert client.info()["meta"] == {"status": 429, "msg": "Limit Exceeded"}


def test_faults_reach_the_client(client, sandbox):
    sandbox.fail(faults.ServerError(status=503))
    assert client.info()["meta"] == {"status": 503, "msg": "Service Unavailable"}
    sandbox.fail(faults.HtmlPage())
    assert client.info()["meta"]["status"] == 500  # what the client makes of a page
    assert client.info()["user"]["name"] == "acme"
    assert sandbox.agents == ["pytumblr/0.1.2"]
