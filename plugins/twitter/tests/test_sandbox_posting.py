"""What may be posted, and how X words a refusal."""

from __future__ import annotations

import pytest

from plugins.twitter.tests.sandbox_client import Caller
from socialdesk_twitter.sandbox import TwitterSandbox


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


@pytest.fixture
def caller(sandbox) -> Caller:
    return Caller(sandbox)


def code(response):
    return response.status, response.json()["errors"][0]["code"]


def test_a_reply_lands_in_the_thread(sandbox, caller):
    complaint = sandbox.user("ann").post("@acme my parcel is lost")
    answer = caller.reply(complaint, "We look into it: https://acme.example.com/t & more")
    assert answer.status == 201
    data = answer.json()["data"]
    assert data["text"].startswith("@ann We look into it: https://t.co/")
    assert data["text"].endswith(" &amp; more")
    assert data["edit_history_tweet_ids"] == [data["id"]]
    assert [post.id for post in sandbox.thread(complaint)] == [complaint.id, data["id"]]
    own = caller.get(f"/2/users/{sandbox.account.id}/tweets", tweet__fields="referenced_tweets")["data"][0]
    assert own["referenced_tweets"] == [{"type": "replied_to", "id": complaint.id}]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"text": "hi", "colour": "red"}, "$.colour"),
        ({"text": 7}, "$.text"),
        ({"text": "hi", "reply": {}}, "$.reply.in_reply_to_tweet_id"),
        ({"text": "hi", "reply": {"in_reply_to_tweet_id": 12}}, "$.reply.in_reply_to_tweet_id"),
        ({"text": "hi", "reply": {"in_reply_to_tweet_id": "12", "to": "x"}}, "$.reply.to"),
        ({"text": "hi", "reply_settings": "everyone"}, "$.reply_settings"),
        ({"text": "hi", "media": {"media_ids": []}}, "$.media.media_ids"),
        ({"text": "hi", "poll": {"options": ["a"], "duration_minutes": 5}}, "$.poll.options"),
        ([], "$"),
        ({"text": "  "}, "text"),
    ],
)
def test_bodies_that_are_not_taken(caller, body, place):
    answer = caller("POST", "/2/tweets", json=body)
    assert answer.status == 400
    assert [*answer.json()["errors"][0]["parameters"]] == [place]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("a" * 280, 201),
        ("a" * 281, 403),
        ("界" * 140, 201),
        ("界" * 141, 403),
        ("https://example.com/" + "x" * 400, 201),
    ],
)
def test_length_is_weighed_as_x_weighs_it(caller, text, status):
    answer = caller.post(text)
    assert answer.status == status
    if status == 403:
        assert answer.json()["detail"] == "Your Tweet text is too long."


def test_premium_accounts_post_long_texts(sandbox, caller):
    sandbox.user("acme", premium=True)
    assert caller.post("a" * 1000).status == 201


def test_the_same_words_to_the_same_people_are_a_duplicate(sandbox, caller):
    one, two = sandbox.user("ann").post("@acme help"), sandbox.user("bob").post("@acme help too")
    assert caller.reply(one, "Please tell us your number").status == 201
    again = caller.reply(one, "Please tell us your number")
    assert again.status == 403
    assert again.json() == {
        "title": "Forbidden",
        "detail": "You are not allowed to create a Tweet with duplicate content.",
        "type": "about:blank",
        "status": 403,
    }
    assert caller.reply(two, "Please tell us your number").status == 201
    sandbox.advance(hours=25)
    assert caller.reply(one, "Please tell us your number").status == 201


def test_only_those_who_called_are_answered(sandbox, caller):
    ann = sandbox.user("ann")
    rant = ann.post("never buy at that parcel company")
    refused = caller.reply(rant, "How can we help?")
    assert (refused.status, refused.json()["type"]) == (403, "about:blank")
    assert refused.json()["detail"].startswith(
        "Reply to this conversation is not allowed because you have not"
    )
    answer = sandbox.account.post("New boxes")
    quoting = ann.quote(answer, "lol")
    assert caller.reply(quoting, "Tell us more").status == 201


def test_a_follow_up_without_the_handle_is_refused_unless_x_counts_its_own(sandbox, caller):
    ann = sandbox.user("ann")
    complaint = ann.post("@acme help")
    answer = sandbox.account.reply(complaint, "Sure, how?")
    follow_up = ann.reply(answer, "my parcel")
    assert follow_up.text == "@acme my parcel"
    assert caller.reply(follow_up, "Thanks").status == 403
    sandbox.implicit_mentions_summon = True
    assert caller.reply(follow_up, "Thanks").status == 201


def test_ones_own_posts_and_enterprise_apps_are_exempt(sandbox, caller):
    own = sandbox.account.post("1/2")
    assert caller.reply(own, "2/2").status == 201
    rant = sandbox.user("ann").post("never again")
    sandbox.enterprise = True
    assert caller.reply(rant, "How can we help?").status == 201
    assert caller.post("look at that", quote_tweet_id=rant.id).status == 201


def test_quotes_and_likes_are_not_for_self_serve(sandbox, caller):
    post = sandbox.user("ann").post("@acme hi")
    path = f"/2/users/{sandbox.account.id}/likes"
    for refused in (
        caller.post("so", quote_tweet_id=post.id),
        caller("POST", path, json={"tweet_id": post.id}),
    ):
        assert refused.status == 403
        assert refused.json()["reason"] == "client-not-enrolled"
    sandbox.enterprise = True
    assert caller("POST", path, json={"tweet_id": post.id}).json() == {"data": {"liked": True}}
    assert post.likes == {sandbox.account.id}
    assert caller("DELETE", f"{path}/{post.id}").json() == {"data": {"liked": False}}
    assert post.likes == set()


def test_who_is_blocked_or_not_among_those_asked_cannot_answer(sandbox, caller):
    ann = sandbox.user("ann")
    post = ann.post("@acme hi")
    ann.block(sandbox.account)
    assert code(caller.reply(post, "Hello")) == (403, 136)
    bob = sandbox.user("bob")
    closed = bob.post("hello friends", reply_settings="following")
    named = sandbox.user("cat").reply(closed, "@acme what do you say?")
    assert code(caller.reply(named, "Hello")) == (403, 433)
    bob.follow(sandbox.account)
    assert caller.reply(named, "Hello").status == 201


def test_what_is_gone_or_unseen_cannot_be_answered(sandbox, caller):
    ann = sandbox.user("ann")
    post, other = ann.post("@acme hi"), sandbox.user("bob").post("@acme ho")
    ann.delete(post)
    sandbox.user("bob", protected=True)
    assert code(caller.reply(post, "Hello")) == (403, 385)
    assert code(caller.reply(other, "Hello")) == (403, 385)


def test_deleting(sandbox, caller):
    mine, theirs = sandbox.account.post("oops"), sandbox.user("ann").post("@acme hi")
    assert caller("DELETE", f"/2/tweets/{mine.id}").json() == {"data": {"deleted": True}}
    assert mine.deleted
    assert caller("DELETE", f"/2/tweets/{mine.id}").json() == {"data": {"deleted": True}}
    assert caller("DELETE", f"/2/tweets/{theirs.id}").status == 403
    assert not theirs.deleted


def test_hiding_replies_in_ones_own_conversation(sandbox, caller):
    root, elsewhere = sandbox.account.post("news"), sandbox.user("ann").post("@acme hi")
    rude = sandbox.user("bob").reply(root, "rude")
    path = "/2/tweets/{}/hidden"
    assert caller("PUT", path.format(rude.id), json={"hidden": True}).json() == {"data": {"hidden": True}}
    assert rude.hidden
    assert caller("PUT", path.format(rude.id), json={"hidden": False}).json() == {"data": {"hidden": False}}
    assert not rude.hidden
    assert caller("PUT", path.format(elsewhere.id), json={"hidden": True}).status == 403


def test_editing_through_the_api(sandbox, caller):
    first = caller.post("helo").json()["data"]["id"]
    second = caller.post("hello", edit_options={"previous_post_id": first}).json()["data"]
    assert second["edit_history_tweet_ids"] == [first, second["id"]]
    sandbox.advance(minutes=31)
    late = caller.post("hello!", edit_options={"previous_post_id": second["id"]})
    assert late.status == 403
    assert "30 minutes" in late.json()["detail"]


def test_excluded_people_are_not_put_before_a_reply(sandbox, caller):
    ann, bob = sandbox.user("ann"), sandbox.user("bob")
    post = ann.post("@acme and @bob help")
    assert caller.reply(post, "Hello").json()["data"]["text"] == "@ann @bob Hello"
    told = caller.reply(post, "Hi", exclude_reply_user_ids=[bob.id]).json()["data"]["text"]
    assert told == "@ann Hi"
