"""What the Graph API tells: nodes, fields in fields, lists page by page, and what is not there."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from plugins.facebook.tests.sandbox_client import Caller, error_of, ids
from socialdesk.testing import faults
from socialdesk.wire import Request
from socialdesk_facebook.sandbox import FacebookSandbox, StateError


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


@pytest.fixture
def page(sandbox):
    return sandbox.account


@pytest.fixture
def call(sandbox) -> Caller:
    return Caller(sandbox)


# ------------------------------------------------------------------------------------------------------------ nodes


def test_me_is_the_holder_of_the_token(sandbox, page, call):
    assert call.get("/me", fields="id,name,username") == {"id": page.id, "name": "Acme", "username": "acme"}
    assert Caller(sandbox, "user_token").get("/me")["id"] == sandbox.credentials["user_id"]
    assert error_of(Caller(sandbox, "app_token")("GET", "/me")) == (2500, None)


def test_a_node_without_fields_tells_its_usual_ones(page, call):
    post = page.post("New opening hours")
    assert call.get(f"/{post.id}") == {
        "created_time": "2026-11-20T09:00:00+0000",
        "message": "New opening hours",
        "id": post.id,
    }


def test_fields_within_fields(sandbox, page, call):
    post = page.post("News")
    first = sandbox.user("ann").comment(post, "one")
    for text in ("two", "three", "four"):
        sandbox.user("bob").reply(first, text)
    told = call.get(
        f"/{post.id}",
        fields="id,comments.limit(1).summary(true){id,from{name},comments.limit(2).order(reverse_chronological)"
        "{message,parent{id}}}",
    )
    listed = told["comments"]
    assert listed["summary"] == {"order": "chronological", "total_count": 1, "can_comment": True}
    (comment,) = listed["data"]
    assert (comment["id"], comment["from"]) == (first.id, {"name": "Ann Doe", "id": sandbox.user("ann").id})
    answers = comment["comments"]["data"]
    assert [one["message"] for one in answers] == ["four", "three"]
    assert {one["parent"]["id"] for one in answers} == {first.id}
    assert "next" in comment["comments"]["paging"]


def test_an_alias_names_what_is_told(sandbox, page, call):
    post = page.post("News")
    sandbox.user("ann").react(post, "LOVE")
    sandbox.user("bob").react(post)
    fields = ",".join(
        f"reactions.type({kind}).limit(0).summary(total_count).as({kind.lower()})"
        for kind in ("LIKE", "LOVE", "SAD")
    )
    told = call.get(f"/{post.id}", fields=fields)
    assert {name: told[name]["summary"] for name in ("like", "love", "sad")} == {
        "like": {"total_count": 1},
        "love": {"total_count": 1},
        "sad": {"total_count": 0},
    }
    assert told["love"]["data"] == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("first_name", "(#100) Tried accessing nonexisting field (first_name) on node type (Page)"),
        ("feed{shoe_size}", "(#100) Tried accessing nonexisting field (shoe_size) on node type (PagePost)"),
        (
            "feed{from{first_name}}",
            "(#100) Tried accessing nonexisting field (first_name) on node type (Page)",
        ),
        (
            "feed{attachments{colour}}",
            "(#100) Tried accessing nonexisting field (colour) on node type (Object)",
        ),
    ],
)
def test_a_field_that_there_is_not_fails_the_call(page, call, sandbox, fields, words):
    page.post("News", photo=sandbox.photo(page))
    answer = call("GET", "/me", fields=fields)
    assert answer.json()["error"]["message"] == words
    assert error_of(answer) == (100, None)


@pytest.mark.parametrize(
    "fields", ["id{", "id}", "feed.limit(", "feed.limit{id}", "id,,name", "a b", "feed{id"]
)
def test_fields_that_cannot_be_read(call, fields):
    answer = call("GET", "/me", fields=fields)
    assert error_of(answer) == (2500, None)
    assert answer.json()["error"]["message"].startswith("Syntax error")


def test_fields_nested_without_end(call):
    assert error_of(call("GET", "/me", fields="feed{" * 500 + "id" + "}" * 500)) == (100, None)


def test_a_field_that_facebook_knows_and_that_has_no_value_is_left_out(page, call):
    post = page.post("News")
    assert call.get(f"/{post.id}", fields="id,shares,parent_id,message_tags,attachments,comments") == {
        "id": post.id
    }


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_not_there(call, method):
    answer = call(method, "/104000000000001_999")
    assert error_of(answer) == (100, 33)
    assert answer.json()["error"]["type"] == "GraphMethodException"
    assert answer.json()["error"]["message"].startswith(f"Unsupported {method.lower()} request")


def test_unknown_paths(page, call):
    assert error_of(call("GET", f"/{page.id}/feed/more")) == (2500, None)
    assert error_of(call("GET", f"/{page.id}/shoes")) == (100, None)
    assert error_of(call("POST", f"/{page.id}/shoes")) == (100, None)


def test_many_at_once_are_a_map(sandbox, page, call):
    one, two = page.post("one"), page.post("two")
    told = call.get("/", ids=f"{one.id},{two.id},{one.id}", fields="message")
    assert told == {one.id: {"message": "one", "id": one.id}, two.id: {"message": "two", "id": two.id}}
    sandbox.user("ann").comment(two, "hello")
    listed = call.get("/comments", ids=f"{one.id},{two.id}")
    assert (listed[one.id]["data"], listed[two.id]["data"][0]["message"]) == ([], "hello")


def test_one_that_is_not_there_fails_them_all(page, call):
    one = page.post("one")
    assert error_of(call("GET", "/", ids=f"{one.id},{one.id}0")) == (100, 33)
    assert error_of(call("GET", "/", ids=f"{one.id},nobody")) == (803, None)
    assert error_of(call("GET", "/", ids=",".join(str(n) for n in range(51)))) == (100, None)
    assert error_of(call("GET", "/", ids="")) == (100, None)


# ------------------------------------------------------------------------------------------------------------ feeds


def test_who_wrote_decides_on_the_list(sandbox, page, call):
    ours, theirs = page.post("ours"), sandbox.user("ann").post("theirs")
    draft = page.post("draft", published=False)
    wanted = {
        "feed": {ours.id, theirs.id},
        "posts": {ours.id},
        "published_posts": {ours.id},
        "visitor_posts": {theirs.id},
    }
    for edge, there in wanted.items():
        assert set(ids(call.get(f"/{page.id}/{edge}"))) == there
    assert call.get(f"/{draft.id}", fields="is_published")["is_published"] is False


def test_a_feed_is_newest_first_and_between_since_and_until(page, call, sandbox):
    now = sandbox.clock.now()
    posts = [page.post(f"{n} days ago", at=now - timedelta(days=n)) for n in (3, 0, 2, 1)]
    by_age = [posts[1].id, posts[3].id, posts[2].id, posts[0].id]
    assert ids(call.get("/me/feed")) == by_age
    since, until = (int((now - timedelta(days=n)).timestamp()) for n in (2, 1))
    assert ids(call.get("/me/feed", since=since, until=until)) == by_age[1:3]
    assert ids(call.get("/me/feed", since="2026-11-19")) == by_age[:2]
    assert error_of(call("GET", "/me/feed", since="the day before")) == (100, None)


def test_hidden_and_deleted_posts(sandbox, page, call):
    ann = sandbox.user("ann")
    shown, hidden, gone = ann.post("shown"), ann.post("hidden"), ann.post("gone")
    page.hide(hidden)
    ann.delete(gone)
    assert ids(call.get("/me/feed")) == [shown.id]
    assert ids(call.get("/me/feed", include_hidden="true")) == [hidden.id, shown.id]
    assert call.get(f"/{hidden.id}", fields="is_hidden")["is_hidden"] is True
    assert error_of(call("GET", f"/{gone.id}")) == (100, 33)


def test_six_hundred_posts_of_a_year(page, call, sandbox):
    sandbox.posts_a_year = 3
    now = sandbox.clock.now()
    posts = [page.post(str(n), at=now - timedelta(days=100 * n)) for n in range(8)]
    assert ids(call.get("/me/feed")) == [posts[n].id for n in (0, 1, 2, 4, 5, 6)]


def test_updated_time_moves_with_comments_and_edits(sandbox, page, call):
    post = page.post("News")

    def updated():
        return call.get(f"/{post.id}", fields="updated_time")["updated_time"]

    assert updated() == "2026-11-20T09:00:00+0000"
    sandbox.advance(hours=1)
    sandbox.user("ann").comment(post, "hello")
    assert updated() == "2026-11-20T10:00:00+0000"
    sandbox.advance(hours=1)
    page.edit(post, "Newer")
    assert updated() == "2026-11-20T11:00:00+0000"


def test_tags_stand_elsewhere_and_count_in_utf_16(sandbox, page, call):
    ann = sandbox.user("ann")
    post = ann.tag("👻 Acme is late")
    (told,) = call.get("/me/tagged", fields="id,message,from,message_tags,to")["data"]
    assert (told["id"], told["from"]["id"]) == (f"{ann.id}_{post.number}", ann.id)
    assert told["message_tags"] == [{"id": page.id, "name": "Acme", "type": "page", "offset": 3, "length": 4}]
    assert told["to"] == {"data": [{"id": page.id, "name": "Acme"}]}
    assert ids(call.get("/me/feed")) == []
    assert call.get(f"/{post.id}")["message"] == "👻 Acme is late"


def test_what_stands_elsewhere_without_a_tag_is_not_seen(sandbox, call):
    ann = sandbox.user("ann")
    post = ann.post_elsewhere("private matters")
    tagging = sandbox.user("bob").tag("Acme, look", on=post)
    other = sandbox.user("eve").comment(post, "hm")
    assert error_of(call("GET", f"/{post.id}")) == (100, 33)
    assert error_of(call("GET", f"/{other.id}")) == (100, 33)
    assert call.get(f"/{tagging.id}")["message"] == "Acme, look"
    assert ids(call.get("/me/tagged")) == []  # a comment that tags is told by deliveries only


def test_recommendations_have_no_id_of_their_own(sandbox, page, call):
    ann = sandbox.user("ann")
    review = ann.rate("never again", positive=False)
    sandbox.user("bob").rate("", positive=True)
    fields = "created_time,has_rating,has_review,rating,recommendation_type,review_text,reviewer,open_graph_story{id}"
    newer, older = call.get("/me/ratings", fields=fields)["data"]
    assert older == {
        "created_time": "2026-11-20T09:00:00+0000",
        "has_rating": False,
        "has_review": True,
        "recommendation_type": "negative",
        "review_text": "never again",
        "reviewer": {"id": ann.id, "name": "Ann Doe"},
        "open_graph_story": {"id": review.id},
    }
    assert (newer["recommendation_type"], newer["has_review"]) == ("positive", False)
    assert "review_text" not in newer
    with pytest.raises(StateError):
        ann.rate("again")


# --------------------------------------------------------------------------------------------------------- comments


def test_comments_are_oldest_first_unless_asked(sandbox, page, call):
    post, ann = page.post("News"), sandbox.user("ann")
    comments = []
    for text in ("one", "two", "three"):
        comments.append(ann.comment(post, text))
        sandbox.advance(minutes=1)
    listed = [comment.id for comment in comments]
    assert ids(call.get(f"/{post.id}/comments")) == listed
    assert ids(call.get(f"/{post.id}/comments", order="reverse_chronological")) == listed[::-1]
    since = int(comments[1].created_at.timestamp())
    assert ids(call.get(f"/{post.id}/comments", since=since)) == listed[1:]
    answer = call("GET", f"/{post.id}/comments", order="random")
    assert error_of(answer) == (100, None)
    assert "must be one of {chronological, reverse_chronological}" in answer.json()["error"]["message"]


def test_toplevel_and_stream(sandbox, page, call):
    post, ann = page.post("News"), sandbox.user("ann")
    first = ann.comment(post, "one")
    reply = page.reply(first, "two")
    deeper = ann.reply(reply, "three")
    assert ids(call.get(f"/{post.id}/comments")) == [first.id]
    told = call.get(f"/{post.id}/comments", filter="stream", fields="id,parent{id}", summary=1)
    assert [(one["id"], one.get("parent", {}).get("id")) for one in told["data"]] == [
        (first.id, None),
        (reply.id, first.id),
        (deeper.id, first.id),
    ]
    assert told["summary"]["total_count"] == 3
    assert call.get(f"/{post.id}/comments", summary=1)["summary"]["total_count"] == 1
    assert ids(call.get(f"/{first.id}/comments")) == [reply.id, deeper.id]


def test_all_fields_of_a_comment(sandbox, page, call):
    post, ann = page.post("News"), sandbox.user("ann")
    comment = ann.comment(post, "lost", photo=sandbox.photo(ann))
    page.reply(comment, "sorry")
    told = call.get(
        f"/{comment.id}",
        fields="id,message,created_time,from,parent{id},object{id},attachment,message_tags,is_hidden,is_private,"
        "can_comment,can_hide,can_like,can_remove,can_reply_privately,private_reply_conversation,comment_count,"
        "like_count,user_likes,permalink_url",
    )
    attachment = told.pop("attachment")
    assert attachment["type"] == "photo"
    assert attachment["media"]["image"].keys() == {"src", "width", "height"}
    assert told == {
        "id": f"{post.number}_{comment.number}",
        "message": "lost",
        "created_time": "2026-11-20T09:00:00+0000",
        "from": {"id": ann.id, "name": "Ann Doe"},
        "object": {"id": post.id},
        "is_hidden": False,
        "is_private": False,
        "can_comment": True,
        "can_hide": True,
        "can_like": True,
        "can_remove": True,
        "can_reply_privately": True,
        "comment_count": 1,
        "like_count": 0,
        "user_likes": False,
        "permalink_url": f"https://www.facebook.com/{page.id}/posts/{post.number}?comment_id={comment.number}",
    }


def test_ones_own_comment_cannot_be_hidden(page, call):
    own = page.comment(page.post("News"), "by us")
    told = call.get(f"/{own.id}", fields="can_hide,can_remove,can_reply_privately")
    assert (told["can_hide"], told["can_remove"], told["can_reply_privately"]) == (False, True, False)


def test_comments_hang_on_photos_too(sandbox, page, call):
    photos = (sandbox.photo(page), sandbox.photo(page))
    post = page.post("Two pictures", photos=photos)
    under = sandbox.user("ann").comment(photos[1], "nice")
    assert ids(call.get(f"/{photos[1].id}/comments")) == [under.id]
    assert ids(call.get(f"/{post.id}/comments")) == []
    told = call.get(f"/{under.id}", fields="object{id,page_story_id}")
    assert told["object"] == {"id": photos[1].id, "page_story_id": post.id}
    (album,) = call.get(f"/{post.id}", fields="attachments{type,subattachments}")["attachments"]["data"]
    assert album["type"] == "album"
    assert [part["target"]["id"] for part in album["subattachments"]["data"]] == [
        photo.id for photo in photos
    ]


def test_what_hangs_on_a_post(sandbox, page, call):
    fields = "attachments{type,media_type,url,unshimmed_url,title,media},status_type,full_picture"
    link = page.post("Look", link="https://example.com/offer")
    video = page.post("See", video="https://example.com/film.mp4")
    told = call.get(f"/{link.id}", fields=fields)
    (share,) = told["attachments"]["data"]
    assert (share["type"], share["unshimmed_url"]) == ("share", "https://example.com/offer")
    assert told["status_type"] == "shared_story"
    (film,) = call.get(f"/{video.id}", fields=fields)["attachments"]["data"]
    assert (film["media_type"], film["media"]["source"]) == ("video", "https://example.com/film.mp4")


def test_deleting_a_comment_takes_its_answers_along(sandbox, page, call):
    post, ann = page.post("News"), sandbox.user("ann")
    comment = ann.comment(post, "one")
    reply = page.reply(comment, "two")
    ann.delete(comment)
    assert ids(call.get(f"/{post.id}/comments", filter="stream")) == []
    assert error_of(call("GET", f"/{reply.id}")) == (100, 33)
    assert sandbox.thread(post) == []


def test_late_indexing_shows_in_lists_only_later(sandbox, page, call):
    post = page.post("News")
    sandbox.fail(faults.LateIndexing(seconds=30))
    comment = sandbox.user("ann").comment(post, "late")
    assert ids(call.get(f"/{post.id}/comments")) == []
    assert call.get(f"/{comment.id}")["message"] == "late"
    sandbox.advance(seconds=30)
    assert ids(call.get(f"/{post.id}/comments")) == [comment.id]


# ----------------------------------------------------------------------------------------------------------- paging


def walk(call, path, **params):
    """All pages by their cursors, until there is no next."""
    pages = []
    while True:
        told = call.get(path, **params)
        pages.append(told)
        paging = told.get("paging", {})
        if "next" not in paging:
            return pages
        params["after"] = paging["cursors"]["after"]


@pytest.mark.parametrize("order", ["chronological", "reverse_chronological"])
def test_page_by_page_in_both_orders(sandbox, page, call, order):
    post = page.post("News")
    listed = [comment.id for comment in sandbox.crowd(23, post=post)]
    pages = walk(call, f"/{post.id}/comments", limit=5, order=order)
    assert [len(one["data"]) for one in pages] == [5, 5, 5, 5, 3]
    found = [name for one in pages for name in ids(one)]
    assert found == (listed if order == "chronological" else listed[::-1])
    assert "cursors" in pages[-1]["paging"]
    assert "next" not in pages[-1]["paging"]


def test_next_is_a_link_that_holds_the_token(sandbox, page, call):
    for n in range(3):
        page.post(f"News {n}")
    first = call.get("/me/feed", limit=2, fields="message")
    query = parse_qs(urlsplit(first["paging"]["next"]).query)
    assert query["access_token"] == [sandbox.credentials["page_token"]]
    assert (query["limit"], query["fields"]) == (["2"], ["message"])
    second = sandbox.send(Request("GET", first["paging"]["next"]), 10).json()
    assert [one["message"] for one in second["data"]] == ["News 0"]
    back = sandbox.send(Request("GET", second["paging"]["previous"]), 10).json()
    assert ids(back) == ids(first)


def test_a_nested_list_goes_on_by_its_own_link(sandbox, page, call):
    post = page.post("News")
    listed = [comment.id for comment in sandbox.crowd(5, post=post)]
    told = call.get("/me/feed", fields="comments.limit(2){id,message}")["data"][0]["comments"]
    following = sandbox.send(Request("GET", told["paging"]["next"]), 10).json()
    assert ids(told) + ids(following) == listed[:4]
    assert following["data"][0].keys() == {"id", "message"}


def test_what_came_or_went_between_two_pages_shifts_nothing(sandbox, page, call):
    posts = [page.post(f"News {n}") for n in range(6)]
    first = call.get("/me/feed", limit=3)
    page.post("Newest")
    page.delete(posts[3])  # the last one of the first page
    second = call.get("/me/feed", limit=3, after=first["paging"]["cursors"]["after"])
    assert ids(first) + ids(second) == [post.id for post in reversed(posts)]


def test_a_page_may_be_short_or_empty_and_have_a_next(sandbox, page, call):
    posts = [page.post(f"News {n}") for n in range(6)]
    for post in posts[2:5]:
        page.delete(post)
    sandbox.gaps = True
    pages = walk(call, "/me/feed", limit=2)
    assert [len(one["data"]) for one in pages] == [1, 0, 2]
    sandbox.gaps, sandbox.short_pages = False, 1
    assert [len(one["data"]) for one in walk(call, "/me/feed", limit=2)] == [1, 1, 1]


@pytest.mark.parametrize(
    "params", [{"limit": 101}, {"limit": "many"}, {"limit": -1}, {"after": "nonsense!"}, {"after": "QUFB"}]
)
def test_limits_and_cursors_that_are_wrong(page, call, params):
    page.post("News")
    assert error_of(call("GET", "/me/feed", **params)) == (100, None)


def test_only_feeds_refuse_more_than_a_hundred(sandbox, page, call):
    post = page.post("News")
    sandbox.crowd(120, post=post)
    assert len(call.get(f"/{post.id}/comments", limit=500)["data"]) == 100
