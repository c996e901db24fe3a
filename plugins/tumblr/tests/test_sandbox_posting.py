"""What is written through the API: blocks, reblogs, answers, and the rules for them."""

from __future__ import annotations

import pytest

from plugins.tumblr.tests.sandbox_client import Caller, in_form, words
from socialdesk_tumblr.sandbox import StateError, TumblrSandbox

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


@pytest.fixture
def call(sandbox):
    return Caller(sandbox)


def mention(start, end, blog):
    return {"start": start, "end": end, "type": "mention", "blog": {"uuid": blog.uuid}}


def problem(answer):
    told = answer.json()
    return answer.status, told["errors"][0]["code"]


def test_a_post_is_there_for_everyone(sandbox, call):
    answer = call.write(words("we are open on sunday"), tags="news, opening hours,#x")
    assert (answer.status, answer.json()["meta"]) == (201, {"status": 201, "msg": "Created"})
    made = answer.json()["response"]
    assert made["state"] == "published"
    assert made["display_text"]
    assert made["id"].isdigit()
    [post] = Caller(sandbox, "key").get("posts", npf="true")["posts"]
    assert (post["id_string"], post["id"]) == (made["id"], int(made["id"]))
    assert post["content"] == [{"type": "text", "text": "we are open on sunday"}]
    assert post["tags"] == ["news", "opening hours", "x"]


def test_a_mention_is_heard_where_the_text_is_marked_and_nowhere_else(sandbox, call):
    kim = sandbox.blog("customer-kim")
    sandbox.connect_account("customer-kim")
    call.write(words("@customer-kim yes", mention(0, 13, kim)))
    call.write(words("@customer-kim yes"))
    assert [item.wire for item in kim.activity] == ["user_mention"]


def test_a_reblog_hangs_under_its_parent_and_the_parents_owner_hears_of_it(sandbox, call):
    kim = sandbox.blog("customer-kim")
    asked = kim.post("@acme are you open?")
    answer = call.reblog(asked, words("@customer-kim yes", mention(0, 13, kim)), tags="support")
    assert answer.status == 201
    told = Caller(sandbox).get(f"posts/{answer.json()['response']['id']}", post_format="npf")
    assert told["id"] == answer.json()["response"]["id"]
    assert told["parent_post_id"] == asked.id
    assert told["parent_tumblelog_uuid"] == kim.uuid
    assert [item["content"][0]["text"] for item in told["trail"]] == ["@acme are you open?"]
    assert told["trail"][0]["post"]["id"] == asked.id
    assert [item.wire for item in kim.activity] == ["reblog", "user_mention"]
    assert [entry.text for entry in sandbox.thread(asked)] == ["@acme are you open?", "@customer-kim yes"]


def test_the_same_reblog_twice_lands_twice(sandbox, call):
    asked = sandbox.blog("customer-kim").post("@acme are you open?")
    ids = {call.reblog(asked, words("yes")).json()["response"]["id"] for _ in range(2)}
    assert len(ids) == 2
    assert len(sandbox.thread(asked)) == 3


def test_a_reblog_needs_its_parents_blog_id_and_key(sandbox, call):
    kim = sandbox.blog("customer-kim")
    root = kim.post("one")
    reblog = sandbox.blog("customer-lee").reblog(root, "two")
    assert problem(call.reblog(root, words("x"), reblog_key=reblog.reblog_key)) == (400, 8002)
    assert problem(call.reblog(root, words("x"), parent_tumblelog_uuid=reblog.blog.uuid)) == (400, 8002)
    assert problem(call.reblog(root, words("x"), parent_post_id=1)) == (400, 8002)
    assert problem(call.reblog(root, words("x"), reblog_key=None)) == (400, 8002)
    kim.delete(root)
    assert problem(call.reblog(root, words("x"))) == (400, 8002)
    assert call.reblog(reblog, words("x")).status == 201


def test_some_posts_must_not_be_reblogged(sandbox, call):
    closed = sandbox.blog("customer-kim").post("not to be passed on", interactability="noone")
    mine = sandbox.account.post("for me", interactability="noone")
    assert call.reblog(mine, words("again")).status == 201
    assert call.get(f"posts/{mine.id}")["interactability_reblog"] == "noone"
    assert call.reblog(closed, words("x")).status == 403
    sandbox.closed_posts_are = 400
    assert problem(call.reblog(closed, words("x"))) == (400, 8002)
    lee = sandbox.blog("customer-lee")
    post = lee.post("hello")
    lee.block(sandbox.account)
    assert call.reblog(post, words("x")).status == 403
    passed_on = sandbox.blog("customer-kim").reblog(post, "look")
    assert call.reblog(passed_on, words("x")).status == 403
    with pytest.raises(StateError):
        sandbox.account.reblog(passed_on)
    lee.unblock(sandbox.account)
    assert call.reblog(post, words("x")).status == 201


def test_a_parent_can_be_missing_for_a_moment(sandbox, call):
    post = sandbox.blog("customer-kim").post("hello")
    sandbox.parents_missing = 1
    assert problem(call.reblog(post, words("x"))) == (400, 8002)
    assert call.reblog(post, words("x")).status == 201


def test_the_trail_can_be_hidden_or_thinned(sandbox, call):
    kim = sandbox.blog("customer-kim")
    two = sandbox.blog("customer-lee").reblog(kim.post("one"), "two")
    trails = []
    for rest in ({}, {"hide_trail": True}, {"exclude_trail_items": [0]}):
        number = call.reblog(two, words("three"), **rest).json()["response"]["id"]
        trails.append([item["content"][0]["text"] for item in call.get(f"posts/{number}")["trail"]])
    assert trails == [["one", "two"], [], ["two"]]


@pytest.mark.parametrize("kind", ["oauth1", "oauth2"])
def test_pictures_come_in_a_form_whose_first_part_is_json(sandbox, kind):
    block = {"type": "image", "media": [{"type": "image/png", "identifier": "pic0"}], "alt_text": "a parcel"}
    form = in_form({"content": [block, words("look")]}, pic0=PNG)
    answer = Caller(sandbox, kind)("POST", "/v2/blog/acme/posts", **form)
    assert answer.status == 201, answer.body
    [post] = Caller(sandbox).get("posts", npf="true")["posts"]
    medium = post["content"][0]["media"][0]
    assert sandbox.uploads[medium["url"]] == PNG
    assert (medium["type"], "identifier" in medium) == ("image/png", False)
    assert post["content"][0]["alt_text"] == "a parcel"
