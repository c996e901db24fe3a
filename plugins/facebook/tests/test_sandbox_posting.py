"""What a Page does through the API: comments, posts, pictures, edits, hiding, deleting, likes."""

from __future__ import annotations

import pytest

from plugins.facebook.tests.sandbox_client import Caller, error_of, ids, upload
from socialdesk.wire import Form, Json
from socialdesk_facebook.sandbox import FacebookSandbox, StateError


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


@pytest.fixture
def page(sandbox):
    return sandbox.account


@pytest.fixture
def post(page):
    return page.post("News")


@pytest.fixture
def asked(sandbox, post):
    return sandbox.user("ann").comment(post, "my parcel is lost")


@pytest.fixture
def call(sandbox) -> Caller:
    return Caller(sandbox)


def test_a_comment_on_a_post_and_an_answer_to_a_comment(sandbox, page, call, post, asked):
    on_post = call.post(f"/{post.id}/comments", message="Hello all").json()
    answer = call("POST", f"/{asked.id}/comments", body=Json({"message": "Sorry!"})).json()
    assert on_post.keys() == answer.keys() == {"id"}
    said = sandbox.thread(post)
    assert [one.id for one in said] == [asked.id, on_post["id"], answer["id"]]
    assert [one.author for one in said[1:]] == [page, page]
    assert said[2].parent is asked


def test_an_answer_to_an_answer_stands_beside_it(sandbox, call, post, asked):
    first = call.post(f"/{asked.id}/comments", message="Sorry!").json()["id"]
    second = call.post(f"/{first}/comments", message="Truly").json()["id"]
    assert call.get(f"/{second}", fields="parent{id}")["parent"] == {"id": asked.id}


def test_the_answer_tells_the_fields_asked_for(call, post):
    told = call(
        "POST", f"/{post.id}/comments", body=Form({"message": "Hi", "fields": "id,message,from"})
    ).json()
    assert (told["message"], told["from"]["name"]) == ("Hi", "Acme")
    wrong = call("POST", f"/{post.id}/comments", body=Form({"message": "Hi", "fields": "id,shoes"}))
    assert error_of(wrong) == (100, None)


@pytest.mark.parametrize("form", [{}, {"message": ""}, {"message": "  "}, {"message": "x" * 8_001}])
def test_a_comment_that_is_none(sandbox, call, post, form):
    assert error_of(call.post(f"/{post.id}/comments", **form)) == (100, None)
    assert sandbox.thread(post) == []


def test_the_longest_comment(call, post):
    assert call.post(f"/{post.id}/comments", message="é" * 8_000).status == 200


def test_a_comment_where_there_is_nothing_any_more(sandbox, call, post, asked):
    sandbox.user("ann").delete(asked)
    assert error_of(call.post(f"/{asked.id}/comments", message="Sorry!")) == (100, 33)


def test_an_answer_under_a_post_elsewhere_that_tags_the_page(sandbox, call):
    tagging = sandbox.user("ann").tag("Acme is late")
    made = call.post(f"/{tagging.id}/comments", message="Sorry!").json()["id"]
    assert [one.id for one in sandbox.thread(tagging)] == [made]
    private = sandbox.user("bob").post_elsewhere("my cat")
    assert error_of(call.post(f"/{private.id}/comments", message="cute")) == (100, 33)


def test_edges_that_facebook_has_no_more(call, asked):
    assert error_of(call.post(f"/{asked.id}/private_replies", message="Hi")) == (100, None)


def test_only_the_page_edits_and_only_its_own(sandbox, page, call, post, asked):
    own = call.post(f"/{post.id}/comments", message="Helo").json()["id"]
    assert call.post(f"/{own}", message="Hello").json() == {"success": True}
    assert call.get(f"/{own}")["message"] == "Hello"
    assert error_of(call.post(f"/{asked.id}", message="I am happy")) == (200, None)
    assert asked.text == "my parcel is lost"


def test_hiding_and_showing_again(call, asked, sandbox):
    for hidden in ("true", "true", "false"):
        assert call.post(f"/{asked.id}", is_hidden=hidden).json() == {"success": True}
        assert call.get(f"/{asked.id}", fields="is_hidden")["is_hidden"] is (hidden == "true")
    assert error_of(call.post(f"/{asked.id}", is_hidden="maybe")) == (100, None)


def test_ones_own_comment_is_not_hidden(call, post):
    own = call.post(f"/{post.id}/comments", message="Hello").json()["id"]
    assert error_of(call.post(f"/{own}", is_hidden="true")) == (100, None)


def test_a_visitor_post_is_hidden_and_not_edited(sandbox, call):
    theirs = sandbox.user("ann").post("on your wall")
    assert call.post(f"/{theirs.id}", is_hidden="true").json() == {"success": True}
    assert theirs.hidden
    assert error_of(call.post(f"/{theirs.id}", message="better")) == (200, None)


def test_deleting_twice(sandbox, call, post, asked):
    assert call("DELETE", f"/{asked.id}").json() == {"success": True}
    assert error_of(call("DELETE", f"/{asked.id}")) == (100, 33)
    visitor = sandbox.user("ann").post("on your wall")
    assert call("DELETE", f"/{visitor.id}").json() == {"success": True}
    assert call("POST", f"/{post.id}", body=Form({"method": "delete"})).json() == {"success": True}
    assert post.deleted


def test_a_recommendation_is_not_deleted_by_the_page(sandbox, call):
    review = sandbox.user("ann").rate("bad", positive=False)
    assert error_of(call("DELETE", f"/{review.id}")) == (200, None)
    answer = call.post(f"/{review.id}/comments", message="We are sorry").json()
    assert sandbox.thread(review)[0].id == answer["id"]


def test_likes_are_counted_once(sandbox, page, call, asked):
    for _ in range(2):
        assert call.post(f"/{asked.id}/likes").json() == {"success": True}
    told = call.get(f"/{asked.id}", fields="like_count,user_likes,likes.summary(true)")
    assert (told["like_count"], told["user_likes"]) == (1, True)
    assert told["likes"]["data"] == [{"id": page.id, "name": "Acme"}]
    assert told["likes"]["summary"] == {"total_count": 1, "can_like": True, "has_liked": True}
    for _ in range(2):
        assert call("DELETE", f"/{asked.id}/likes").json() == {"success": True}
    assert asked.likes == {}


# ----------------------------------------------------------------------------------------------------------- posts


def test_publishing(page, call):
    made = call.post("/me/feed", message="Open on Sunday", link="https://example.com/").json()["id"]
    told = call.get(f"/{made}", fields="message,from,status_type,permalink_url")
    assert (told["message"], told["from"]["id"]) == ("Open on Sunday", page.id)
    assert told["permalink_url"] == f"https://www.facebook.com/{page.id}/posts/{made.partition('_')[2]}"


def test_the_same_twice_is_refused(call):
    assert call.post("/me/feed", message="Open on Sunday").status == 200
    assert error_of(call.post("/me/feed", message="Open on Sunday")) == (506, None)
    assert call.post("/me/feed", message="Open on Monday").status == 200
    assert call.post("/me/feed", message="Open on Sunday").status == 200


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 100),
        ({"message": " "}, 100),
        ({"message": "x", "link": "no link"}, 100),
        ({"message": "x", "link": "https://gone.invalid/"}, 1609005),
        ({"message": "x", "attached_media": '[{"media_fbid":"1"}]'}, 100),
        ({"message": "x", "attached_media": "nonsense"}, 100),
        ({"message": "x", "published": "false", "scheduled_publish_time": "1000"}, 100),
    ],
)
def test_posts_that_are_refused(page, call, form, code):
    assert error_of(call.post("/me/feed", **form))[0] == code
    assert page.wall == []


def test_pictures_are_uploaded_first(sandbox, page, call):
    numbers = []
    for name in ("a.png", "b.png"):
        body = upload(b"\x89PNG" * 9, "image/png", filename=name, published="false")
        numbers.append(call("POST", "/me/photos", body=body).json()["id"])
    media = [{"media_fbid": number} for number in numbers]
    made = call("POST", "/me/feed", body=Json({"message": "Two", "attached_media": media})).json()["id"]
    (album,) = call.get(f"/{made}", fields="attachments{subattachments}")["attachments"]["data"]
    assert [one["target"]["id"] for one in album["subattachments"]["data"]] == numbers
    assert page.photos[0].content == b"\x89PNG" * 9


def test_of_a_large_picture_only_its_being_there_is_kept(page, call):
    assert (
        call("POST", "/me/photos", body=upload(b"x" * (2**20 + 1), "image/png", published="false")).status
        == 200
    )
    assert page.photos[0].content is None
    body = upload(b"x" * (10 * 2**20 + 1), "image/png", published="false")
    assert error_of(call("POST", "/me/photos", body=body)) == (324, 2069019)


def test_a_picture_that_is_published_at_once(page, call):
    told = call.post("/me/photos", url="https://example.com/a.jpg", caption="Look").json()
    assert told.keys() == {"id", "post_id"}
    assert call.get(f"/{told['post_id']}")["message"] == "Look"


def test_a_comment_takes_one_picture(sandbox, call, post):
    photo = call.post("/me/photos", url="https://example.com/a.jpg", published="false").json()["id"]
    made = call.post(f"/{post.id}/comments", attachment_id=photo).json()["id"]
    told = call.get(f"/{made}", fields="attachment")["attachment"]
    assert told["target"]["id"] == photo
    two = call.post(
        f"/{post.id}/comments", message="x", attachment_id=photo, attachment_url="https://example.com/b.jpg"
    )
    assert error_of(two) == (100, None)
    assert error_of(call.post(f"/{post.id}/comments", attachment_id="12")) == (100, None)
    by_url = call.post(f"/{post.id}/comments", message="x", attachment_url="https://example.com/b.jpg")
    assert sandbox.world.find(by_url.json()["id"]).photos


@pytest.mark.parametrize(("content", "kind"), [(b"", "image/png"), (b"MZ", "application/x-msdownload")])
def test_files_that_are_no_pictures(call, content, kind):
    body = upload(content, kind, published="false")
    assert error_of(call("POST", "/me/photos", body=body)) == (100, 1366046)


def test_editing_a_post(page, call, post):
    assert call.post(f"/{post.id}", message="Newer").json() == {"success": True}
    assert post.text == "Newer"
    assert error_of(call.post(f"/{post.id}", is_hidden="true")) == (100, None)
    assert error_of(call.post(f"/{post.id}")) == (100, None)


# --------------------------------------------------------------------------------------------- what people may not


def test_what_facebooks_own_app_lets_nobody_do(sandbox, page, post, asked):
    ann, bob = sandbox.user("ann"), sandbox.user("bob")
    for does in (
        lambda: bob.edit(asked, "mine"),
        lambda: bob.delete(asked),
        lambda: page.hide(post),
        lambda: bob.react(asked, "MEH"),
        lambda: sandbox.user("acme"),
        lambda: sandbox.user(" "),
    ):
        with pytest.raises(StateError):
            does()
    ann.delete(asked)
    with pytest.raises(StateError):
        bob.reply(asked, "me too")


def test_who_is_banned_writes_nothing(sandbox, page, call, post):
    ann = sandbox.user("ann")
    assert call("POST", "/me/blocked", body=Json({"user": [ann.id]})).json() == {ann.id: True}
    assert ids(call.get("/me/blocked")) == [ann.id]
    with pytest.raises(StateError):
        ann.comment(post, "again")
    with pytest.raises(StateError):
        ann.post("again")
    assert call("DELETE", "/me/blocked", user=ann.id).json() == {"success": True}
    assert ann.comment(post, "thanks").text == "thanks"
