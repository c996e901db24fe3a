"""What the activity feed and notes tell, and that they tell the same."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from plugins.tumblr.tests.sandbox_client import Caller, words
from socialdesk.testing import faults
from socialdesk_tumblr.sandbox import StateError, TumblrSandbox


@pytest.fixture
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


@pytest.fixture
def call(sandbox):
    return Caller(sandbox)


@pytest.fixture
def kim(sandbox):
    return sandbox.blog("customer-kim")


def feed(call, **params):
    return call.get("notifications", **{"rollups": "false", **params})["notifications"]


def follow(call, link):
    """The answer to a link of ``_links``, asked for as it is told."""
    parts = urlsplit(link["href"])
    assert dict(parse_qsl(parts.query)) == link["query_params"]
    return call(link["method"], parts.path, link["query_params"]).json()["response"]


def everything(sandbox, kim):
    """One of each thing that a feed tells; the types on the wire, oldest first."""
    news, lee = sandbox.account.post("Our opening hours"), sandbox.blog("customer-lee")
    deeds = [
        lambda: kim.reply(news, "on sunday, too?"),
        lambda: kim.post("@acme my parcel is lost"),
        lambda: kim.reblog(news, "and holidays?", tags=["acme"]),
        lambda: kim.reblog(news),
        lambda: kim.like(news),
        lambda: kim.follow(sandbox.account),
        lambda: kim.ask(sandbox.account, "where is my parcel?"),
        lambda: kim.reply(lee.post("hello"), "ask @acme"),
    ]
    for deed in deeds:
        sandbox.advance(minutes=1)
        deed()
    return "reply user_mention reblog reblog_naked like follower ask note_mention".split()


def test_every_kind_of_activity_has_its_name_on_the_wire(sandbox, call, kim):
    expected = everything(sandbox, kim)
    told = feed(call)
    assert [item["type"] for item in reversed(told)] == expected
    assert {item["from_tumblelog_uuid"] for item in told} == {kim.uuid}
    assert not any("id" in item for item in told)


@pytest.mark.parametrize(
    ("filtered", "wire"),
    [
        ("mention_in_post", "user_mention"),
        ("mention_in_reply", "note_mention"),
        ("reply", "reply"),
        ("reblog_with_content", "reblog"),
        ("reblog_naked", "reblog_naked"),
        ("like", "like"),
        ("follow", "follower"),
        ("ask", "ask"),
    ],
)
def test_the_feed_is_filtered_by_other_names(sandbox, call, kim, filtered, wire):
    everything(sandbox, kim)
    assert [item["type"] for item in feed(call, **{"types[0]": filtered})] == [wire]
    if wire != filtered:
        answer = call("GET", "/v2/blog/acme/notifications", {"types[0]": wire})
        assert answer.status == 400


def test_two_filters_and_posts_left_out(sandbox, call, kim):
    everything(sandbox, kim)
    told = feed(call, **{"types[0]": "reply", "types[1]": "ask"})
    assert [item["type"] for item in told] == ["ask", "reply"]
    news = told[1]["target_post_id"]
    left = [item["type"] for item in feed(call, **{"omit_post_ids[0]": news})]
    assert left == ["note_mention", "ask", "follower", "user_mention"]


def test_a_reply_tells_whose_and_where(sandbox, call, kim):
    news = sandbox.account.post("Our opening hours")
    kim.reply(news, "on sunday, too?")
    [item] = feed(call)
    assert item["reply_text"] == "on sunday, too?"
    assert (item["target_post_id"], item["target_tumblelog_name"]) == (news.id, "acme")
    assert item["target_root_post_id"] is None
    assert item["from_tumblelog_name"] == "customer-kim"


def test_an_answer_to_a_reply_goes_to_who_wrote_it(sandbox, call, kim):
    post = sandbox.blog("customer-lee").post("hello")
    ours = sandbox.account.reply(post, "welcome")
    kim.reply(post, "thanks", to=ours)
    [item] = feed(call, **{"types[0]": "reply"})
    assert (item["type"], item["target_post_id"]) == ("reply_to_comment", post.id)


def test_an_answer_to_a_reply_under_ones_own_post_is_told_once(sandbox, call, kim):
    news = sandbox.account.post("news")
    ours = sandbox.account.reply(news, "welcome")
    sandbox.advance(seconds=1)
    kim.reply(news, "thanks", to=ours)
    assert [item["type"] for item in feed(call)] == ["reply_to_comment"]


def test_a_reblog_of_a_reblog_is_told_to_the_owner_of_the_root(sandbox, call, kim):
    news = sandbox.account.post("Our opening hours")
    lee = sandbox.blog("customer-lee").reblog(news, "good")
    sandbox.advance(minutes=1)
    third = kim.reblog(lee, "very good")
    item = feed(call)[0]
    assert (item["type"], item["post_id"], item["added_text"]) == ("reblog", third.id, "very good")
    assert item["target_post_id"] == news.id
    assert item["reblog_key"] == third.reblog_key


def test_pages_of_the_feed_hang_together(sandbox, call, kim):
    news = sandbox.account.post("news")
    for index in range(45):
        sandbox.advance(seconds=1)
        kim.reply(news, f"reply {index}")
    page, told = call.get("notifications", rollups="false"), []
    while True:
        told += [item["reply_text"] for item in page["notifications"]]
        if "_links" not in page:
            break
        page = follow(call, page["_links"]["next"])
    assert told == [f"reply {index}" for index in reversed(range(45))]


@pytest.mark.parametrize(("edge", "expected"), [("lost", 20), ("repeated", 45)])
def test_a_page_that_ends_within_a_second_loses_or_repeats(sandbox, call, kim, edge, expected):
    sandbox.notifications_edge = edge
    news = sandbox.account.post("news")
    for index in range(25):
        kim.reply(news, f"reply {index}")
    sandbox.advance(seconds=5)
    page = call.get("notifications", rollups="false")
    told = [item["reply_text"] for item in page["notifications"]]
    told += [item["reply_text"] for item in follow(call, page["_links"]["next"])["notifications"]]
    assert len(told) == (20 if edge == "lost" else 40)
    assert len(set(told)) == 20
    assert expected >= len(told)


def test_rolled_up_likes_hide_behind_the_newest(sandbox, call):
    news = sandbox.account.post("news")
    for index in range(3):
        sandbox.advance(seconds=1)
        sandbox.blog(f"fan-{index}").like(news)
        sandbox.blog(f"fan-{index}").reply(news, "nice")
    assert [item["type"] for item in call.get("notifications")["notifications"]].count("like") == 1
    assert [item["type"] for item in feed(call)].count("like") == 3
    assert [item["type"] for item in call.get("notifications")["notifications"]].count("reply") == 3


def test_replies_can_vanish_from_the_feed_and_stay_in_the_notes(sandbox, call, kim):
    news = sandbox.account.post("news")
    kim.reply(news, "hello?")
    sandbox.replies_vanish = True
    assert feed(call) == []
    [note] = call.get("notes", id=news.id, mode="conversation")["notes"]
    assert note["reply_text"] == "hello?"


def test_what_is_taken_back_is_told_nowhere(sandbox, call, kim):
    news = sandbox.account.post("news")
    reply, reblog, post = kim.reply(news, "a"), kim.reblog(news, "b"), kim.post("@acme c")
    kim.like(news)
    assert len(feed(call)) == 4
    for thing in (reply, reblog, post):
        kim.delete(thing)
    kim.unlike(news)
    assert feed(call) == []
    assert call.get("notes", id=news.id)["notes"] == []


def test_the_owner_of_a_post_can_take_away_a_reply_under_it(sandbox, call, kim):
    news = sandbox.account.post("news")
    reply = kim.reply(news, "spam")
    with pytest.raises(StateError):
        sandbox.blog("customer-lee").delete(reply)
    sandbox.account.delete(reply)
    assert feed(call) == []


def test_a_blog_that_leaves_takes_everything_along(sandbox, call, kim):
    news = sandbox.account.post("news")
    kim.reply(news, "a")
    kim.like(news)
    kim.ask(sandbox.account, "b")
    kim.deactivate()
    assert feed(call) == []
    assert call.get("notes", id=news.id)["notes"] == []
    assert call.get("posts/submission")["posts"] == []
    assert call("GET", "/v2/blog/customer-kim/info").status == 404


def test_blocked_blogs_are_not_heard_of(sandbox, call, kim):
    news = sandbox.account.post("news")
    assert call("POST", "/v2/blog/acme/blocks", form={"blocked_tumblelog": kim.uuid}).status == 201
    for deed in (
        lambda: kim.reply(news, "a"),
        lambda: kim.reblog(news, "b"),
        lambda: kim.ask(sandbox.account, "c"),
        lambda: kim.like(news),
        lambda: kim.follow(sandbox.account),
    ):
        with pytest.raises(StateError):
            deed()
    kim.post("@acme hello")
    kim.reply(sandbox.blog("customer-lee").reblog(news), "through the back door")
    assert [item["type"] for item in feed(call)] == ["reblog_naked"]


def test_nobody_is_told_of_their_own_doings(sandbox, call):
    news, side = sandbox.account.post("news"), sandbox.account.side_blog("acme-careers")
    for blog in (sandbox.account, side):
        blog.reply(news, "by the way, @acme")
        blog.reblog(news, "again")
    assert feed(call) == []


def test_a_reblog_that_is_made_private_is_no_note(sandbox, call, kim):
    post = kim.post("hello")
    number = call.reblog(post, words("yes")).json()["response"]["id"]
    assert len(kim.activity) == 1
    put = {"content": [words("yes")], "state": "private"}
    assert call("PUT", f"/v2/blog/acme/posts/{number}", json=put).status == 200
    assert call("GET", "/v2/blog/customer-kim/notes", {"id": post.id}).json()["response"]["notes"] == []
    assert not kim.activity[0].there


def test_a_muted_post_is_not_heard_of_until_that_ends(sandbox, call, kim):
    news = sandbox.account.post("news")
    mute = f"/v2/blog/acme/posts/{news.id}/mute"
    assert call("POST", mute, form={"mute_length_seconds": "60"}).status == 200
    kim.reply(news, "one")
    sandbox.advance(seconds=61)
    kim.reply(news, "two")
    assert call("POST", mute, json={}).status == 200
    kim.reply(news, "three")
    assert call("DELETE", mute).status == 200
    kim.reply(news, "four")
    assert [item["reply_text"] for item in feed(call)] == ["four", "two"]
    assert call("POST", mute, form={"mute_length_seconds": "-1"}).status == 400
    assert call.get("notes", id=news.id)["total_notes"] == 4


def test_a_watched_post_tells_of_its_conversation(sandbox, call, kim):
    post = sandbox.blog("customer-lee").post("hello")
    sandbox.account.watch(post)
    kim.reply(post, "hi")
    kim.like(post)
    [item] = feed(call)
    assert (item["type"], item["reply_text"]) == ("conversational_note", "hi")


def test_items_of_types_that_nobody_wrote_down(sandbox, call):
    sandbox.announce("generic", subtype="anniversary", title="Happy birthday")
    [item] = feed(call)
    assert (item["type"], item["subtype"]) == ("generic", "anniversary")


def test_someone_elses_feed_is_closed(sandbox, call, kim):
    assert call("GET", "/v2/blog/customer-kim/notifications").status == 403
    assert Caller(sandbox, "key")("GET", "/v2/blog/acme/notifications").status == 401


# -------------------------------------------------------------------------------------------------------------- notes


def busy(sandbox, kim):
    news = sandbox.account.post("news")
    lee = sandbox.blog("customer-lee")
    for deed in (
        lambda: kim.like(news),
        lambda: kim.reply(news, "hello @acme"),
        lambda: lee.reblog(news, tags=["later"]),
        lambda: lee.reblog(news, "what about sundays?", tags=["shop", "question"]),
        lambda: lee.like(news),
    ):
        sandbox.advance(seconds=10)
        deed()
    return news


@pytest.mark.parametrize(
    ("mode", "kinds"),
    [
        ("all", "like reblog reblog reply like"),
        ("likes", "like like"),
        ("conversation", "reblog reply"),
        ("rollup", "like reblog reblog like"),
        ("reblogs_with_tags", "reblog reblog"),
    ],
)
def test_every_mode_tells_its_kinds(sandbox, kim, mode, kinds):
    news = busy(sandbox, kim)
    told = Caller(sandbox, "key").get("notes", id=news.id, mode=mode)
    assert [note["type"] for note in told["notes"]] == kinds.split()
    assert told["total_notes"] == (5 if mode in ("all", "conversation") else len(kinds.split()))
    if mode == "reblogs_with_tags":
        assert [note["tags"] for note in told["notes"]] == [["shop", "question"], ["later"]]
    if mode == "conversation":
        assert [note["type"] for note in told["rollup_notes"]] == ["like", "reblog", "like"]
        assert (told["total_likes"], told["total_reblogs"]) == (2, 2)
        assert told["notes"][1]["formatting"][0]["blog"]["uuid"] == sandbox.account.uuid


def test_a_conversation_has_exact_times_and_pages_by_the_microsecond(sandbox, call, kim):
    news = sandbox.account.post("news")
    for index in range(120):
        kim.reply(news, f"reply {index}")  # all of them within one second
    sandbox.advance(seconds=5)
    page, told = call.get("notes", id=news.id, mode="conversation"), []
    assert isinstance(page["notes"][0]["timestamp"], float)
    link = page["_links"]["next"]["query_params"]
    assert int(link["before_timestamp"]) > 10**15
    while True:
        told += [note["reply_text"] for note in page["notes"]]
        if "_links" not in page:
            break
        page = follow(call, page["_links"]["next"])
    assert told == [f"reply {index}" for index in reversed(range(120))]
    seconds = int(link["before_timestamp"]) // 10**6 + 60
    assert call.get("notes", id=news.id, mode="conversation", before_timestamp=seconds)["notes"] == []
    assert call.get("notes", id=news.id, before_timestamp=seconds)["notes"] != []


def test_the_posts_of_a_tree_share_their_notes_or_do_not(sandbox, call, kim):
    news = sandbox.account.post("news")
    ours = sandbox.account.reblog(news, "again")
    kim.reply(ours, "hello")
    sandbox.advance(seconds=1)
    assert call.get("notes", id=news.id)["total_notes"] == 2
    assert call.get("notes", id=ours.id)["total_notes"] == 2
    sandbox.shared_notes = False
    assert call.get("notes", id=ours.id)["total_notes"] == 1


def test_notes_of_nothing(call, sandbox, kim):
    assert call("GET", "/v2/blog/acme/notes", {"id": "1"}).status == 404
    post = kim.post("hello")
    assert call("GET", "/v2/blog/acme/notes", {"id": post.id}).status == 404
    news = sandbox.account.post("news")
    assert call("GET", "/v2/blog/acme/notes", {"id": news.id, "mode": "loud"}).status == 400


def test_what_is_new_can_show_late(sandbox, call, kim):
    news = sandbox.account.post("news")
    sandbox.fail(faults.LateIndexing(seconds=30), times=2)
    kim.reply(news, "hello")
    kim.ask(sandbox.account, "where is it?")
    assert feed(call) == []
    assert call.get("notes", id=news.id)["notes"] == []
    assert call.get("posts/submission")["posts"] == []
    sandbox.advance(seconds=31)
    assert {item["type"] for item in feed(call)} == {"reply", "ask"}
    assert len(call.get("notes", id=news.id)["notes"]) == 1
    assert len(call.get("posts/submission")["posts"]) == 1


# ------------------------------------------------------------------------------------------------------------- inbox


def test_a_question_is_answered_and_leaves_the_inbox(sandbox, call, kim):
    ask = kim.ask(sandbox.account, "where is my parcel?")
    [listed] = call.get("posts/submission", npf="true")["posts"]
    assert (listed["state"], listed["asking_name"]) == ("submission", "customer-kim")
    [layout] = listed["layout"]
    assert (layout["type"], layout["blocks"]) == ("ask", [0])
    assert layout["attribution"]["blog"]["uuid"] == kim.uuid
    [old] = call.get("posts/submission")["posts"]
    assert (old["type"], old["question"], old["answer"]) == ("answer", "where is my parcel?", "")
    sandbox.connect_account("customer-kim")
    answer = call.form(
        "post/edit", id=ask.id, answer="<p>It is <b>here</b>.</p>", tags="a,b", state="published"
    )
    assert answer.status == 200
    assert call.get("posts/submission")["posts"] == []
    told = call.get(f"posts/{ask.id}")
    assert (told["state"], told["tags"]) == ("published", ["a", "b"])
    assert [block["text"] for block in told["content"]] == ["where is my parcel?", "It is here."]
    assert ask.text == "It is here."
    assert [item.wire for item in kim.activity] == ["ask_answer"]


def test_a_private_answer_is_for_the_asker_alone(sandbox, call, kim):
    ask = kim.ask(sandbox.account, "where is my parcel?")
    assert call.form("post/edit", id=ask.id, answer="here", state="private").status == 200
    assert call.get(f"posts/{ask.id}")["state"] == "private"
    assert Caller(sandbox, "key").get("posts")["posts"] == []
    assert [item.wire for item in kim.activity] == ["ask_answer"]


def test_an_anonymous_question_names_nobody_and_takes_no_private_answer(sandbox, call, kim):
    ask = kim.ask(sandbox.account, "who am I?", anonymous=True)
    [listed] = call.get("posts/submission", npf="true")["posts"]
    assert "attribution" not in listed["layout"][0]
    assert listed["asking_name"] == "Anonymous"
    assert "kim" not in str(listed)
    [item] = feed(call)
    assert "kim" not in str(item)
    assert call.form("post/edit", id=ask.id, answer="x", state="private").status == 400
    assert call("POST", "/v2/blog/acme/blocks", form={"post_id": ask.id}).status == 201
    with pytest.raises(StateError):
        kim.ask(sandbox.account, "again", anonymous=True)


def test_a_question_is_answered_as_npf_with_the_question_first(sandbox, call, kim):
    ask = kim.ask(sandbox.account, "where is my parcel?")
    [listed] = call.get("posts/submission", npf="true")["posts"]
    path, layout = f"/v2/blog/acme/posts/{ask.id}", listed["layout"]

    def put(content, layout, **rest):
        return call("PUT", path, json={"content": content, "layout": layout, **rest})

    for content, tried in (
        ([words("here")], []),
        ([words("another question"), words("here")], layout),
        (listed["content"], layout),
        ([*listed["content"], words("here")], [{"type": "ask", "blocks": [0, 1]}]),
        ([*listed["content"], words("here")], [{"type": "ask", "blocks": [7]}]),
    ):
        answer = put(content, tried)
        assert (answer.status, answer.json()["errors"][0]["code"]) == (400, 8016)
    assert put([*listed["content"], words("here")], layout).status == 200
    assert (ask.state, ask.text) == ("published", "here")


def test_shadow_banned_people_are_announced_and_never_listed(sandbox, call, kim):
    kim.shadow_ban()
    kim.ask(sandbox.account, "hello?")
    assert [item["type"] for item in feed(call)] == ["ask"]
    assert call.get("posts/submission")["posts"] == []


def test_the_inbox_pages_by_offset(sandbox, call, kim):
    for index in range(25):
        sandbox.advance(seconds=1)
        kim.ask(sandbox.account, f"question {index}")
    page = call.get("posts/submission", npf="true")
    told = [post["content"][0]["text"] for post in page["posts"]]
    page = follow(call, page["_links"]["next"])
    told += [post["content"][0]["text"] for post in page["posts"]]
    assert told == [f"question {index}" for index in reversed(range(25))]
    assert len(call.get("posts/submission", limit=50)["posts"]) == 25


def test_a_submission_tells_its_author_and_can_be_published(sandbox, call, kim):
    made = kim.submit(sandbox.account, "my photo", tags=["fan"])
    [listed] = call.get("posts/submission")["posts"]
    assert (listed["is_submission"], listed["post_author"]) == (True, "customer-kim")
    assert call.form("post/edit", id=made.id, state="published").status == 200
    assert [post["id_string"] for post in call.get("posts")["posts"]] == [made.id]


def test_blogs_say_what_they_take(sandbox, kim):
    shut = sandbox.blog("shut", asks=False)
    named = sandbox.blog("named", anonymous_asks=False)
    with pytest.raises(StateError):
        kim.ask(shut, "hello")
    with pytest.raises(StateError):
        kim.ask(named, "hello", anonymous=True)
    with pytest.raises(StateError):
        kim.ask(sandbox.account, "", anonymous=True, blocks=[{"type": "image", "media": []}])
    assert kim.ask(named, "hello").asker is kim
