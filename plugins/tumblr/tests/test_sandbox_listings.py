"""Posts, one after the other: pages, tags, trails, drafts and queues."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from plugins.tumblr.tests.sandbox_client import Caller, words
from socialdesk_tumblr.sandbox import StateError, TumblrSandbox


@pytest.fixture
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


@pytest.fixture
def call(sandbox):
    return Caller(sandbox)


def many(sandbox, count, **options):
    made = []
    for index in range(count):
        sandbox.advance(seconds=1)
        made.append(sandbox.account.post(f"post {index}", **options))
    return made


def texts(page):
    posts = page["posts"] if isinstance(page, dict) else page
    return [post["content"][0]["text"] for post in posts]


def numbers(page):
    return [int(text.split()[1]) for text in texts(page)]


def next_page(call, page):
    link = page["_links"]["next"]
    return call("GET", link["href"].partition("?")[0], link["query_params"]).json()["response"]


def all_pages(call, page):
    told = numbers(page)
    while "_links" in page:
        page = next_page(call, page)
        told += numbers(page)
    return told


def test_pages_by_offset_by_time_and_by_link(sandbox, call):
    many(sandbox, 45)
    assert numbers(call.get("posts", npf="true", limit=3)) == [44, 43, 42]
    assert numbers(call.get("posts", npf="true", limit=3, offset=3)) == [41, 40, 39]
    page = call.get("posts", npf="true", limit=3)
    before = page["posts"][-1]["timestamp"]
    assert numbers(call.get("posts", npf="true", limit=3, before=before)) == [41, 40, 39]
    assert numbers(call.get("posts", npf="true", limit=3, after=before, sort="asc")) == [43, 44]
    assert all_pages(call, call.get("posts", npf="true")) == list(reversed(range(45)))
    assert call("GET", "/v2/blog/acme/posts", {"before": "1", "offset": "1"}).status == 400
    for wrong in ({"limit": "0"}, {"limit": "21"}, {"limit": "x"}, {"offset": "-1"}):
        assert call("GET", "/v2/blog/acme/posts", wrong).status == 400


def test_deep_pages_are_for_those_who_follow_links(sandbox, call):
    many(sandbox, 50)
    sandbox.deep_from = 40
    assert numbers(call.get("posts", npf="true", offset=39, limit=2)) == [10, 9]
    assert texts(call.get("posts", npf="true", offset=40)) == []
    assert texts(call.get("posts", npf="true", offset=40, page_number="2", tumblelog="acme")) == []
    page = call.get("posts", npf="true")
    assert {"page_number", "tumblelog", "offset", "npf"} == set(page["_links"]["next"]["query_params"])
    assert all_pages(call, page) == list(reversed(range(50)))


def test_one_post_by_its_id(sandbox, call):
    post, other = many(sandbox, 2)
    assert numbers(call.get("posts", npf="true", id=post.id)) == [0]
    assert call("GET", "/v2/blog/acme/posts", {"id": "1"}).status == 404
    kim = sandbox.blog("customer-kim").post("hello")
    assert call("GET", "/v2/blog/acme/posts", {"id": kim.id}).status == 404
    sandbox.account.delete(other)
    assert call("GET", "/v2/blog/acme/posts", {"id": other.id}).status == 404


def test_posts_with_all_of_up_to_four_tags(sandbox, call):
    sandbox.account.post("post 0", tags=["Shop", "news"])
    sandbox.account.post("post 1", tags=["shop"])
    assert numbers(call.get("posts", npf="true", tag="SHOP")) == [1, 0]
    assert numbers(call.get("posts", npf="true", **{"tag[0]": "shop", "tag[1]": "news"})) == [0]
    five = {f"tag[{index}]": "shop" for index in range(5)}
    assert call("GET", "/v2/blog/acme/posts", five).status == 400


def test_where_a_reblog_came_from_is_told_when_asked_for(sandbox, call):
    kim, lee = sandbox.blog("customer-kim"), sandbox.blog("customer-lee")
    root = kim.post("hello")
    middle = lee.reblog(root, "and?")
    sandbox.account.reblog(middle, "yes")
    [post] = call.get("posts", npf="true", reblog_info="true")["posts"]
    assert (post["reblogged_from_id"], post["reblogged_from_uuid"]) == (middle.id, lee.uuid)
    assert (post["reblogged_root_id"], post["reblogged_root_name"]) == (root.id, "customer-kim")
    [plain] = call.get("posts", npf="true")["posts"]
    assert not any(name.startswith("reblogged_") for name in plain)
    assert plain["parent_post_url"].startswith("https://customer-lee.tumblr.com/post/")


def test_the_notes_of_a_post_are_told_when_asked_for(sandbox, call):
    [post] = many(sandbox, 1)
    sandbox.blog("customer-kim").reply(post, "hello")
    sandbox.advance(seconds=1)
    [told] = call.get("posts", notes_info="true")["posts"]
    assert (told["note_count"], told["notes"][0]["reply_text"]) == (1, "hello")


def test_what_the_caller_did_is_told_to_those_who_signed(sandbox, call):
    kim = sandbox.blog("customer-kim")
    post = kim.post("hello")
    sandbox.account.like(post)
    sandbox.account.follow(kim)
    told = call("GET", "/v2/blog/customer-kim/posts").json()["response"]["posts"][0]
    assert (told["liked"], told["followed"], told["can_reblog"]) == (True, True, True)
    told = Caller(sandbox, "key")("GET", "/v2/blog/customer-kim/posts").json()["response"]["posts"][0]
    assert ("liked" in told, told["can_reblog"]) == (False, False)


def test_a_trail_keeps_what_was_reblogged_and_the_names_of_those_who_left(sandbox, call):
    kim, lee = sandbox.blog("customer-kim"), sandbox.blog("customer-lee")
    root = kim.post("my parcel is lost")
    middle = lee.reblog(root, "mine, too")
    ours = sandbox.account.reblog(middle, "sorry!")
    lee.edit(middle, "never mind")
    items = call.get(f"posts/{ours.id}")["trail"]
    assert [item["content"][0]["text"] for item in items] == ["my parcel is lost", "mine, too"]
    assert [item["post"]["id"] for item in items] == [root.id, middle.id]
    kim.deactivate()
    broken, whole = call.get(f"posts/{ours.id}")["trail"]
    assert broken["broken_blog_name"] == "customer-kim"
    assert "post" not in broken
    assert "blog" not in broken
    assert whole["blog"]["uuid"] == lee.uuid
    assert call("GET", f"/v2/blog/customer-lee/posts/{middle.id}").status == 200


def test_a_reblog_without_words_leaves_no_item_in_the_trail(sandbox, call):
    kim, lee = sandbox.blog("customer-kim"), sandbox.blog("customer-lee")
    silent = lee.reblog(kim.post("hello"))
    ours = sandbox.account.reblog(silent, "hi")
    told = call.get(f"posts/{ours.id}")
    assert [item["blog"]["name"] for item in told["trail"]] == ["customer-kim"]
    assert told["parent_post_id"] == silent.id


def test_private_posts_and_others_drafts_are_for_their_owner(sandbox, call):
    kim = sandbox.blog("customer-kim")
    for state in ("private", "draft", "queued"):
        mine, theirs = sandbox.account.post("x", state=state), kim.post("x", state=state)
        assert call.get(f"posts/{mine.id}")["state"] == state
        assert call("GET", f"/v2/blog/customer-kim/posts/{theirs.id}").status == 404
    assert [post["state"] for post in call.get("posts")["posts"]] == ["private"]
    assert Caller(sandbox, "key").get("posts")["posts"] == []


# ------------------------------------------------------------------------------------------------- drafts and queues


def test_a_draft_that_is_published_is_found_by_another_id(sandbox, call):
    kim = sandbox.blog("customer-kim")
    post = kim.post("@acme hello")
    draft = call.reblog(post, words("yes"), state="draft").json()["response"]
    assert draft["state"] == "draft"
    assert kim.activity == []
    [listed] = call.get("posts/draft", npf="true")["posts"]
    assert listed["id_string"] == draft["id"]
    put = {"content": [words("yes")], "state": "published"}
    answer = call("PUT", f"/v2/blog/acme/posts/{draft['id']}", json=put)
    made = answer.json()["response"]
    assert (answer.status, made["state"]) == (200, "published")
    assert made["id"] != draft["id"]
    assert call("GET", f"/v2/blog/acme/posts/{draft['id']}").status == 404
    assert call("PUT", f"/v2/blog/acme/posts/{draft['id']}", json=put).status == 404
    told = call.get(f"posts/{made['id']}")
    assert told["genesis_post_id"] == draft["id"]
    assert told["reblog_key"] != listed["reblog_key"]
    assert [item.wire for item in kim.activity] == ["reblog"]
    assert call.get("posts/draft")["posts"] == []


def test_a_draft_can_keep_its_id(sandbox, call):
    sandbox.genesis_ids = False
    draft = call.write(words("one"), state="draft").json()["response"]["id"]
    for _ in range(2):
        answer = call("PUT", f"/v2/blog/acme/posts/{draft}", json={"content": [words("two")]})
        assert answer.json()["response"]["id"] == draft
    assert texts(call.get("posts", npf="true")) == ["two"]


def test_a_queue_is_published_in_its_order(sandbox, call):
    for text in ("one", "two"):
        assert call.write(words(text), state="queue").json()["response"]["state"] == "queued"
    later = (sandbox.clock.now() + timedelta(hours=1)).isoformat()
    call.write(words("three"), state="queue", publish_on=later)
    told = call.get("posts/queue", npf="true")["posts"]
    assert texts(told) == ["three", "one", "two"]
    assert [post["queued_state"] for post in told] == ["scheduled", "queued", "queued"]
    assert told[0]["publish_on"] == later
    sandbox.advance(hours=2)
    assert texts(call.get("posts", npf="true")) == ["three"]
    due = told[1]["scheduled_publish_time"] - sandbox.clock.now().timestamp()
    sandbox.advance(seconds=due)
    assert texts(call.get("posts", npf="true")) == ["one", "three"]
    assert texts(call.get("posts/queue", npf="true")) == ["two"]


def test_publish_on_is_nothing_without_the_queue(sandbox, call):
    later = (sandbox.clock.now() + timedelta(hours=1)).isoformat()
    assert call.write(words("now"), publish_on=later).json()["response"]["state"] == "published"


def test_a_post_can_be_dated_back(sandbox, call):
    call.write(words("post 1"))
    call.write(words("post 0"), date="2026-01-01T00:00:00Z")
    assert numbers(call.get("posts", npf="true")) == [1, 0]
    assert call.get("posts")["posts"][1]["date"] == "2026-01-01 00:00:00 GMT"


def test_an_edited_post_keeps_its_id_and_mentions_whom_it_names_anew(sandbox, call):
    kim, lee = sandbox.blog("customer-kim"), sandbox.blog("customer-lee")
    number = call.write(words("@customer-kim hi", mark(0, 13, kim))).json()["response"]["id"]
    body = {"content": [words("@customer-kim @customer-lee", mark(0, 13, kim), mark(14, 27, lee))]}
    answer = call("PUT", f"/v2/blog/acme/posts/{number}", json=body)
    assert (answer.status, answer.json()["response"]["id"]) == (200, number)
    assert (len(kim.activity), len(lee.activity)) == (1, 1)
    assert call("PUT", "/v2/blog/acme/posts/1", json=body).status == 404
    theirs = kim.post("x")
    assert call("PUT", f"/v2/blog/customer-kim/posts/{theirs.id}", json=body).status == 403


def test_an_edited_reblog_keeps_its_parent_and_thins_its_trail(sandbox, call):
    kim, lee = sandbox.blog("customer-kim"), sandbox.blog("customer-lee")
    root = kim.post("one")
    two = lee.reblog(root, "two")
    number = call.reblog(two, words("three")).json()["response"]["id"]

    def put(**rest):
        return call("PUT", f"/v2/blog/acme/posts/{number}", json={"content": [words("3")], **rest})

    def trail():
        return texts(call.get(f"posts/{number}")["trail"])

    assert put(parent_post_id=root.number).json()["errors"][0]["code"] == 8002
    assert put(parent_post_id=two.number).status == 200
    assert trail() == ["one", "two"]
    assert put(exclude_trail_items=[0]).status == 200
    assert trail() == ["two"]
    assert put(hide_trail=True).status == 200
    assert trail() == []


def test_an_older_post_is_edited_in_blocks_where_it_is_a_text(sandbox, call):
    text = call.form("post", type="text", body="<p>one</p>").json()["response"]["id"]
    chat = call.form("post", type="chat", conversation="A: hi\nB: hello").json()["response"]["id"]
    body = {"content": [words("two")]}
    assert call("PUT", f"/v2/blog/acme/posts/{text}", json=body).status == 200
    refused = call("PUT", f"/v2/blog/acme/posts/{chat}", json=body)
    assert (refused.status, refused.json()["errors"][0]["code"]) == (400, 8001)
    legacy = call("GET", f"/v2/blog/acme/posts/{chat}", {"post_format": "legacy"})
    assert legacy.json()["response"]["body"].startswith("<p")
    assert call("GET", f"/v2/blog/acme/posts/{text}", {"post_format": "legacy"}).status == 400


def test_what_is_scheduled_can_be_moved(sandbox, call):
    soon, later = ((sandbox.clock.now() + timedelta(hours=hours)).isoformat() for hours in (1, 3))
    number = call.write(words("post 0"), state="queue", publish_on=soon).json()["response"]["id"]
    body = {"content": [words("post 0")], "state": "queue", "publish_on": later}
    assert call("PUT", f"/v2/blog/acme/posts/{number}", json=body).status == 200
    sandbox.advance(hours=2)
    assert texts(call.get("posts", npf="true")) == []
    sandbox.advance(hours=1)
    assert texts(call.get("posts", npf="true")) == ["post 0"]


def mark(start, end, blog):
    return {"start": start, "end": end, "type": "mention", "blog": {"uuid": blog.uuid}}


def test_what_is_deleted_is_gone_once(sandbox, call):
    number = call.write(words("x")).json()["response"]["id"]
    assert call.form("post/delete", id=number).status == 200
    again = call.form("post/delete", id=number)
    assert (again.status, again.json()["response"]) == (404, [])
    sandbox.empty_response = "text"
    assert call.form("post/delete", id=number).json()["response"] == ""
    theirs = sandbox.blog("customer-kim").post("x")
    assert call.form("post/delete", id=theirs.id).status == 404


# ---------------------------------------------------------------------------------------------------------------- tags


def tagged(sandbox, **params):
    answer = Caller(sandbox, "key")("GET", "/v2/tagged", {"npf": "true", **params})
    assert answer.status == 200
    told = answer.json()["response"]
    assert isinstance(told, list)
    return told


def test_tags_are_searched_over_all_blogs_and_come_in_late(sandbox):
    kim = sandbox.blog("customer-kim")
    kim.post("post 0", tags=["Acme"])
    kim.post("post 9", tags=["other"])
    assert tagged(sandbox, tag="acme") == []
    sandbox.advance(seconds=31)
    assert numbers(tagged(sandbox, tag="#ACME")) == [0]
    assert Caller(sandbox, "key")("GET", "/v2/tagged").status == 400
    assert Caller(sandbox, "key")("GET", "/v2/tagged", {"tag": "acme", "limit": "21"}).status == 400


def test_pages_of_a_tag_go_back_in_time(sandbox):
    kim = sandbox.blog("customer-kim")
    sandbox.tag_lag = 0
    for index in range(25):
        sandbox.advance(seconds=1)
        kim.post(f"post {index}", tags=["acme"])
    page = tagged(sandbox, tag="acme")
    assert numbers(page) == list(reversed(range(5, 25)))
    assert "featured_timestamp" not in page[0]
    assert numbers(tagged(sandbox, tag="acme", before=str(page[-1]["timestamp"]))) == [4, 3, 2, 1, 0]
    sandbox.featured_tags = {"acme"}
    page = tagged(sandbox, tag="acme")
    featured = page[-1]["featured_timestamp"]
    assert featured != page[-1]["timestamp"]
    assert numbers(tagged(sandbox, tag="acme", before=str(featured))) == [4, 3, 2, 1, 0]


def test_only_the_first_tags_are_looked_at_and_the_order_is_loose(sandbox):
    kim = sandbox.blog("customer-kim")
    sandbox.tag_lag, sandbox.indexed_tags = 0, 5
    kim.post("post 0", tags=["a", "b", "c", "d", "acme"])
    kim.post("post 1", tags=["a", "b", "c", "d", "e", "acme"])
    sandbox.advance(seconds=1)
    kim.post("post 2", tags=["acme"])
    assert numbers(tagged(sandbox, tag="acme")) == [2, 0]
    sandbox.tags_disordered = True
    assert numbers(tagged(sandbox, tag="acme")) == [0, 2]
    kim.shadow_ban()
    assert tagged(sandbox, tag="acme") == []


# ----------------------------------------------------------------------------------------------------- the Python face


def test_ids_tell_when_they_were_given_out(sandbox):
    before = sandbox.account.post("x").number
    sandbox.advance(seconds=1)
    after = sandbox.account.post("x").number
    assert (after >> 20) - (before >> 20) == 1_000
    # a post of 10 December 2024, whose id is known
    recorded = datetime.fromtimestamp(((769461483149115392 >> 20) + 10**12) / 1000, timezone.utc)
    assert (recorded.year, recorded.month, recorded.day) == (2024, 12, 10)


def test_what_tumblr_would_not_let_a_person_do(sandbox):
    kim, lee = sandbox.blog("customer-kim"), sandbox.blog("customer-lee")
    post = kim.post("hello")
    for deed in (
        lambda: kim.post(""),
        lambda: lee.reply(post, ""),
        lambda: lee.reply(post, "x" * 476),
        lambda: lee.delete(post),
        lambda: lee.edit(post, "mine"),
        lambda: lee.rename("customer-kim"),
        lambda: sandbox.blog("no name"),
        lambda: lee.answer(post, "x"),
        lambda: kim.post("hello", at=datetime(1999, 1, 1, tzinfo=timezone.utc)),
        lambda: kim.side_blog("customer-lee-", title="x"),
    ):
        with pytest.raises(StateError):
            deed()
    kim.delete(post)
    for deed in (lambda: lee.reply(post, "x"), lambda: lee.reblog(post), lambda: kim.edit(post, "x")):
        with pytest.raises(StateError):
            deed()


def test_a_question_is_answered_in_the_app(sandbox):
    kim = sandbox.blog("customer-kim")
    ask = kim.ask(sandbox.account, "why?")
    assert sandbox.account.answer(ask, "because") is ask
    assert (ask.question, ask.text, ask.state) == ("why?", "because", "published")
    with pytest.raises(StateError):
        sandbox.account.answer(ask, "again")


def test_a_crowd_is_spread_over_time(sandbox, call):
    posts = sandbox.crowd(30, people=7)
    assert len({post.blog for post in posts}) == 7
    assert posts == sorted(posts, key=lambda post: post.number)
    told = call.get("notifications", rollups="false")["notifications"]
    assert [item["target_post_id"] for item in told] == [post.id for post in reversed(posts)][:20]


# ------------------------------------------------------------------------------------------- what a person lined up


def test_the_queue_is_put_into_another_order(sandbox, call):
    ids = [call.write(words(f"post {n}"), state="queue").json()["response"]["id"] for n in range(4)]
    dues = [post["scheduled_publish_time"] for post in call.get("posts/queue")["posts"]]
    assert call.form("posts/queue/reorder", post_id=ids[3], insert_after=ids[0]).status == 200
    assert numbers(call.get("posts/queue", npf="true")) == [0, 3, 1, 2]
    assert call.form("posts/queue/reorder", post_id=ids[2]).status == 200
    queue = call.get("posts/queue", npf="true")
    assert numbers(queue) == [2, 0, 3, 1]
    assert [post["scheduled_publish_time"] for post in queue["posts"]] == dues
    assert call.form("posts/queue/reorder", post_id="1").status == 404
    assert call.form("posts/queue/shuffle").status == 200
    assert sorted(numbers(call.get("posts/queue", npf="true"))) == [0, 1, 2, 3]


def test_whom_one_follows_and_what_one_likes(sandbox, call):
    liked = []
    for index in range(3):
        sandbox.advance(seconds=10)
        blog = sandbox.blog(f"friend-{index}")
        sandbox.account.follow(blog)
        liked.append(blog.post(f"post {index}"))
        sandbox.account.like(liked[-1])
    told = call("GET", "/v2/user/following", {"limit": "2"}).json()["response"]
    assert (told["total_blogs"], [blog["name"] for blog in told["blogs"]]) == (3, ["friend-2", "friend-1"])
    likes = call("GET", "/v2/user/likes", {"npf": "true"}).json()["response"]
    assert (likes["liked_count"], numbers(likes["liked_posts"])) == (3, [2, 1, 0])
    before = str(likes["liked_posts"][0]["liked_timestamp"])
    older = call("GET", "/v2/user/likes", {"npf": "true", "before": before}).json()["response"]
    assert numbers(older["liked_posts"]) == [1, 0]
    assert call("GET", "/v2/user/likes", {"before": before, "offset": "1"}).status == 400


def test_blogs_are_blocked_one_by_one_and_together(sandbox, call):
    kim, lee = sandbox.blog("customer-kim"), sandbox.blog("customer-lee")
    block = "/v2/blog/acme/blocks"
    assert call("POST", f"{block}/bulk", form={"blocked_tumblelogs": "customer-kim,nobody"}).status == 404
    assert sandbox.account.blocks == {}
    assert call("POST", f"{block}/bulk", form={"blocked_tumblelogs": f"{kim.uuid},{lee.name}"}).status == 200
    told = call("GET", block).json()["response"]["blocked_tumblelogs"]
    assert {blog["name"] for blog in told} == {"customer-kim", "customer-lee"}
    assert call("DELETE", block, {"blocked_tumblelog": "customer-kim"}).status == 200
    assert call("DELETE", block, {"blocked_tumblelog": "customer-kim"}).status == 404
    assert list(sandbox.account.blocks) == [lee.uuid]
    for form in ({}, {"blocked_tumblelog": "acme"}):
        assert call("POST", block, form=form).status == 400
    assert call("DELETE", block).status == 404
    ask = kim.ask(sandbox.account, "who am I?", anonymous=True)
    assert call("POST", block, form={"post_id": ask.id}).status == 201
    assert call("DELETE", block, {"anonymous_only": "true"}).status == 200
    assert kim.ask(sandbox.account, "again", anonymous=True).state == "submission"
