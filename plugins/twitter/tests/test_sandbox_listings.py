"""What the sandbox lists, how it pages and what it tells of a post."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.twitter.tests.sandbox_client import Caller
from socialdesk.testing import faults
from socialdesk_twitter.sandbox import Media, StateError, TwitterSandbox


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


def mentions(sandbox: TwitterSandbox, **params: object) -> dict:
    return Caller(sandbox, "app").get(f"/2/users/{sandbox.account.id}/mentions", **params)


def pages(sandbox: TwitterSandbox, **params: object) -> list[list[str]]:
    found, token = [], None
    while True:
        body = mentions(sandbox, pagination_token=token, **params)
        found.append([post["id"] for post in body.get("data", [])])
        token = body["meta"].get("next_token")
        if token is None:
            return found


def flat(listed: list[list[str]]) -> list[str]:
    return list(itertools.chain.from_iterable(listed))


def test_nothing_heard_has_no_data_key(sandbox):
    assert mentions(sandbox) == {"meta": {"result_count": 0}}


def test_pages_run_from_new_to_old_and_hold_every_post_once(sandbox):
    posts = sandbox.crowd(23)
    listed = pages(sandbox, max_results=5)
    assert [len(page) for page in listed] == [5, 5, 5, 5, 3]
    assert flat(listed) == [post.id for post in reversed(posts)]


def test_what_arrives_in_between_moves_no_page(sandbox):
    old = sandbox.crowd(10)
    first = mentions(sandbox, max_results=5)
    sandbox.advance(seconds=1)
    sandbox.crowd(3, over=timedelta(0))
    second = mentions(sandbox, max_results=5, pagination_token=first["meta"]["next_token"])
    assert [post["id"] for post in second["data"]] == [post.id for post in reversed(old[:5])]
    back = mentions(sandbox, max_results=5, pagination_token=second["meta"]["previous_token"])
    assert [post["id"] for post in back["data"]] == [post.id for post in reversed(old[5:])]


def test_page_tokens_belong_to_one_query_and_end(sandbox):
    sandbox.crowd(10)
    token = mentions(sandbox, max_results=5)["meta"]["next_token"]
    other = mentions(sandbox, max_results=5, pagination_token=token, since_id="1")
    assert other["title"] == "Invalid Request"
    assert "is not valid" in other["errors"][0]["message"]
    sandbox.advance(hours=1)
    assert mentions(sandbox, max_results=5, pagination_token=token)["title"] == "Invalid Request"


def test_since_id_is_exclusive_and_times_bound_the_listing(sandbox):
    posts = sandbox.crowd(6, over=timedelta(minutes=6))
    ids = [post.id for post in posts]
    assert flat(pages(sandbox, since_id=ids[2])) == ids[:2:-1]
    assert flat(pages(sandbox, until_id=ids[2])) == [ids[1], ids[0]]
    start = posts[3].created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert flat(pages(sandbox, start_time=start)) == ids[:2:-1]
    assert flat(pages(sandbox, end_time=start)) == [ids[2], ids[1], ids[0]]


def test_mentions_reach_back_800_posts(sandbox):
    posts = sandbox.crowd(850)
    listed = flat(pages(sandbox, max_results=100))
    assert len(listed) == 800
    assert listed[-1] == posts[50].id


@pytest.mark.parametrize("kind", ["protected", "deleted", "edited"])
def test_what_listings_leave_out_without_a_word(sandbox, kind):
    ann = sandbox.user("ann", premium=True)
    kept, other = ann.post("@acme one"), sandbox.user("bob").post("@acme two")
    expected = [kept.id]
    if kind == "protected":
        sandbox.user("bob", protected=True)
    elif kind == "deleted":
        other.author.delete(other)
    else:
        expected.insert(0, other.author.edit(other, "@acme two, mended").id)
    body = mentions(sandbox)
    assert [post["id"] for post in body["data"]] == expected
    assert "errors" not in body


def test_a_follower_sees_a_protected_author(sandbox):
    sandbox.user("bob", protected=True).post("@acme psst")
    caller = Caller(sandbox, "oauth1")
    assert "data" not in caller.get(f"/2/users/{sandbox.account.id}/mentions")
    sandbox.account.follow(sandbox.user("bob"))
    assert caller.get(f"/2/users/{sandbox.account.id}/mentions")["data"][0]["text"] == "@acme psst"


def test_late_indexing_lets_an_older_post_show_up_after_a_newer_one(sandbox):
    ann = sandbox.user("ann")
    sandbox.fail(faults.LateIndexing(seconds=60), times=1)
    late = ann.post("@acme first")
    sandbox.advance(seconds=1)
    prompt = ann.post("@acme second")
    assert [post["id"] for post in mentions(sandbox)["data"]] == [prompt.id]
    sandbox.advance(seconds=60)
    assert [post["id"] for post in mentions(sandbox)["data"]] == [prompt.id, late.id]
    # A poller that goes by since_id alone never hears of it.
    assert mentions(sandbox, since_id=prompt.id)["meta"]["result_count"] == 0


def test_defaults_and_fields_are_as_asked(sandbox):
    post = sandbox.user("ann").post("@acme hello", lang="de")
    assert mentions(sandbox)["data"] == [
        {"id": post.id, "text": "@acme hello", "edit_history_tweet_ids": [post.id]}
    ]
    told = mentions(sandbox, tweet__fields="lang,conversation_id", expansions="author_id")
    assert set(told["data"][0]) == {
        "id",
        "text",
        "edit_history_tweet_ids",
        "lang",
        "conversation_id",
        "author_id",
    }
    assert told["includes"] == {"users": [{"id": post.author.id, "name": "ann", "username": "ann"}]}


def test_both_generations_of_names(sandbox):
    root = sandbox.account.post("New boxes!")
    reply = sandbox.user("ann").reply(root, "nice")
    asked = {
        "expansions": "author_id,referenced_tweets.id",
        "tweet__fields": "public_metrics,referenced_tweets",
    }
    old = mentions(sandbox, **asked)
    assert old["includes"]["tweets"][0]["id"] == root.id
    sandbox.names = "post"
    new = mentions(sandbox, expansions="author_id,referenced_posts", post__fields="public_metrics")
    assert new["includes"]["posts"][0]["id"] == root.id
    assert new["data"][0]["edit_history_post_ids"] == [reply.id]
    assert new["data"][0]["referenced_posts"] == [{"type": "replied_to", "id": root.id}]
    assert "repost_count" in new["data"][0]["public_metrics"]


def test_an_edit_is_a_new_post_with_the_old_ids_in_its_history(sandbox):
    ann = sandbox.user("ann")
    first = ann.post("@acme helo")
    sandbox.advance(minutes=5)
    second = ann.edit(first, "@acme hello")
    told = mentions(sandbox, tweet__fields="edit_controls")["data"]
    assert [post["id"] for post in told] == [second.id]
    assert told[0]["edit_history_tweet_ids"] == [first.id, second.id]
    assert told[0]["edit_controls"]["edits_remaining"] == 4
    old = Caller(sandbox, "app").get(f"/2/tweets/{first.id}")["data"]
    assert (old["text"], old["edit_history_tweet_ids"]) == ("@acme helo", [first.id, second.id])


def test_edits_end_after_thirty_minutes_or_five(sandbox):
    ann = sandbox.user("ann")
    post = ann.post("@acme 0")
    for turn in range(1, 6):
        post = ann.edit(post, f"@acme {turn}")
    with pytest.raises(StateError, match="5 times"):
        ann.edit(post, "@acme 6")
    late = ann.post("@acme late")
    sandbox.advance(minutes=31)
    with pytest.raises(StateError, match="30 minutes"):
        ann.edit(late, "@acme later")


def test_text_is_escaped_links_are_wrapped_and_offsets_fit(sandbox):
    sandbox.user("ann").post("👩‍🚀 <b> @acme & see (https://shop.example.com/a?b=1&c=2). #lost $ACM")
    post = mentions(sandbox, tweet__fields="entities")["data"][0]
    text, said = post["text"], post["entities"]
    assert "&lt;b&gt;" in text
    assert "&amp;" in text

    def at(item):
        return text[item["start"] : item["end"]]

    assert at(said["mentions"][0]) == "@acme"
    assert at(said["hashtags"][0]) == "#lost"
    assert at(said["cashtags"][0]) == "$ACM"
    url = said["urls"][0]
    assert at(url) == url["url"]
    assert url["url"].startswith("https://t.co/")
    assert url["expanded_url"] == "https://shop.example.com/a?b=1&c=2"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["@acme", "#öl", "https://a.example.com/x(y)", "$AB", "a.com", "<&>", "\n", "👍🏽"]
            ),
            st.text(max_size=8),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_entity_stands_where_it_says(pieces):
    sandbox = TwitterSandbox()
    post = sandbox.user("ann").post(" ".join(["@acme", *pieces]))
    said = post.full.entities
    text = post.full.text
    marks = {
        "mentions": ("@", "username"),
        "hashtags": ("#", "tag"),
        "cashtags": ("$", "tag"),
        "urls": ("", "url"),
    }
    for kind, items in said.items():
        sign, name = marks[kind]
        for item in items:
            assert text[item["start"] : item["end"]].replace("\uff03", "#") == sign + item[name]
    assert said["mentions"][0]["username"] == "acme"


def test_long_posts_are_cut_and_told_in_full_beside(sandbox):
    text = "@acme " + "very " * 80 + "#end"
    sandbox.user("ann", premium=True).post(text)
    post = mentions(sandbox, tweet__fields="note_tweet")["data"][0]
    assert len(post["text"]) < 310
    assert "#end" not in post["text"]
    assert post["note_tweet"]["text"] == text
    assert post["note_tweet"]["entities"]["hashtags"][0]["tag"] == "end"


def test_pictures_come_with_a_link_and_an_expansion(sandbox):
    photo = Media("3_2090000000000000099", url="https://pbs.twimg.com/media/x.jpg", alt_text="torn box")
    sandbox.user("ann").post("@acme look", media=(photo,))
    body = mentions(
        sandbox, tweet__fields="entities", media__fields="url,alt_text", expansions="attachments.media_keys"
    )
    assert body["data"][0]["attachments"] == {"media_keys": [photo.key]}
    assert body["data"][0]["entities"]["urls"][0]["media_key"] == photo.key
    assert body["includes"]["media"] == [
        {"media_key": photo.key, "type": "photo", "url": photo.url, "alt_text": "torn box"}
    ]


def test_what_a_post_refers_to_may_be_gone_or_unseen(sandbox):
    ann, bob, cat = (sandbox.user(name) for name in ("ann", "bob", "cat"))
    gone, unseen = ann.post("one"), bob.post("two")
    cat.reply(gone, "@acme look at that")
    cat.quote(unseen, "@acme and that")
    ann.delete(gone)
    sandbox.user("bob", protected=True)
    body = mentions(sandbox, expansions="referenced_tweets.id")
    assert len(body["data"]) == 2
    problems = {problem["resource_id"]: problem["type"].rpartition("/")[2] for problem in body["errors"]}
    assert problems == {gone.id: "resource-not-found", unseen.id: "not-authorized-for-resource"}
    assert "includes" not in body


def test_withheld_posts_tell_where_and_no_text(sandbox):
    post = sandbox.user("ann").post("@acme rude words")
    sandbox.withhold(post, ["DE", "FR"])
    told = mentions(sandbox, tweet__fields="withheld")["data"][0]
    assert told["text"] == ""
    assert told["withheld"] == {"copyright": False, "country_codes": ["DE", "FR"], "scope": "tweet"}


def test_replies_carry_the_handles_that_x_puts_before_them(sandbox):
    ann = sandbox.user("ann")
    complaint = ann.post("@acme where is it?")
    answer = sandbox.account.reply(complaint, "On its way")
    assert answer.text == "@ann On its way"
    follow_up = ann.reply(answer, "@acme thanks")
    assert follow_up.text == "@acme thanks"
    assert [post.id for post in sandbox.thread(complaint)] == [complaint.id, answer.id, follow_up.id]
    told = mentions(
        sandbox, tweet__fields="in_reply_to_user_id,referenced_tweets,conversation_id,display_text_range"
    )
    newest = told["data"][0]
    assert newest["conversation_id"] == complaint.id
    assert newest["in_reply_to_user_id"] == sandbox.account.id
    assert newest["referenced_tweets"] == [{"type": "replied_to", "id": answer.id}]
    start, end = newest["display_text_range"]
    assert newest["text"][start:end] == "thanks"


def test_reposts_are_cut_and_counted(sandbox):
    star = sandbox.user("star", followers=1_000_000)
    post = star.post("@acme you cut me off over one cent " + "and I tell everyone " * 8)
    made = sandbox.repost_by_crowd(post, 50)
    assert made[0].text.startswith("RT @star: @acme you cut me off")
    assert len(made[0].text) == 140
    told = mentions(sandbox, tweet__fields="public_metrics")["data"]
    assert [item["id"] for item in told] == [post.id]
    assert told[0]["public_metrics"]["retweet_count"] == 50
    with pytest.raises(StateError, match="already"):
        made[0].author.repost(post)


def test_lookups_say_what_is_missing(sandbox):
    ann = sandbox.user("ann")
    there, gone = ann.post("one"), ann.post("two")
    ann.delete(gone)
    caller = Caller(sandbox, "app")
    body = caller.get("/2/tweets", ids=f"{there.id},{gone.id}")
    assert [post["id"] for post in body["data"]] == [there.id]
    assert body["errors"][0]["resource_id"] == gone.id
    single = caller("GET", f"/2/tweets/{gone.id}")
    assert (single.status, single.json()["type"].rpartition("/")[2]) == (404, "resource-not-found")
    sandbox.missing_is = 200
    single = caller("GET", f"/2/tweets/{gone.id}")
    assert (single.status, set(single.json())) == (200, {"errors"})


def test_own_posts_quotes_and_users(sandbox):
    caller, ann = Caller(sandbox, "app"), sandbox.user("ann", name="Ann", followers=7)
    root = sandbox.account.post("news")
    complaint = ann.post("@acme hm")
    answer = sandbox.account.reply(complaint, "sorry")
    passed = sandbox.account.repost(complaint)
    path = f"/2/users/{sandbox.account.id}/tweets"

    def ids(**params):
        return [post["id"] for post in caller.get(path, **params).get("data", [])]

    assert ids() == [passed.id, answer.id, root.id]
    assert ids(exclude="replies,retweets") == [root.id]
    quoting = ann.quote(root, "old news")
    assert caller.get(f"/2/tweets/{root.id}/quote_tweets")["data"][0]["id"] == quoting.id
    told = caller.get("/2/users/by/username/Ann", user__fields="public_metrics")["data"]
    assert (told["id"], told["public_metrics"]["followers_count"]) == (ann.id, 7)
    assert caller.get("/2/users", ids=f"{ann.id},12")["errors"][0]["resource_id"] == "12"
    assert Caller(sandbox, "oauth1").get("/2/users/me")["data"]["username"] == "acme"


@pytest.mark.parametrize(
    ("path", "params", "name"),
    [
        ("mentions", {"max_results": 4}, "max_results"),
        ("mentions", {"max_results": 101}, "max_results"),
        ("mentions", {"colour": "red"}, "colour"),
        ("mentions", {"tweet__fields": "author"}, "tweet.fields"),
        ("mentions", {"post__fields": "author_id"}, "post.fields"),
        ("mentions", {"expansions": "nobody"}, "expansions"),
        ("mentions", {"since_id": "abc"}, "since_id"),
        ("mentions", {"start_time": "yesterday"}, "start_time"),
        ("mentions", {"start_time": "2026-13-45T00:00:00Z"}, "start_time"),
        ("tweets", {"exclude": "quotes"}, "exclude"),
    ],
)
def test_parameters_that_are_not_taken(sandbox, path, params, name):
    response = Caller(sandbox, "app")("GET", f"/2/users/{sandbox.account.id}/{path}", **params)
    body = response.json()
    assert response.status == 400
    assert body["type"].endswith("/invalid-request")
    assert [*body["errors"][0]["parameters"]] == [name]


def test_a_crowd_is_quick_and_its_pages_are_too(sandbox):
    start = time.perf_counter()
    sandbox.crowd(20_000)
    made = time.perf_counter() - start
    start = time.perf_counter()
    for _ in range(50):
        assert mentions(sandbox, max_results=100)["meta"]["result_count"] == 100
    paged = (time.perf_counter() - start) / 50
    assert made < 10
    assert paged < 0.1
