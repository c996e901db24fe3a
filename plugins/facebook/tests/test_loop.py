"""All the way: a desk and a Facebook that runs on this machine. Heard, answered, seen; told and asked, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Desk
from socialdesk.errors import AuthError, Rejected
from socialdesk.models import Mention
from socialdesk.testing.faults import DropAnswer
from socialdesk.wire import Request, WebhookRequest
from socialdesk_facebook.sandbox import FacebookSandbox

URL = "https://desk.example.com/facebook"


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


def connected(sandbox: FacebookSandbox, folder: Path, *, pushed: bool) -> Desk:
    desk = Desk(f"sqlite:///{folder}/{'pushed' if pushed else 'polled'}.db", transport=sandbox)
    desk.connect("facebook", name="acme", settings=sandbox.settings, hear_from=None)
    desk.check("acme")
    if pushed:
        sandbox.deliver_to(lambda request: desk.receive("acme", request))
        desk.subscribe("acme", URL)
    return desk


@pytest.fixture
def desk(sandbox: FacebookSandbox, tmp_path: Path) -> Iterator[Desk]:
    with connected(sandbox, tmp_path, pushed=False) as made:
        yield made


@pytest.fixture
def told(sandbox: FacebookSandbox, tmp_path: Path) -> Iterator[Desk]:
    with connected(sandbox, tmp_path, pushed=True) as made:
        yield made


def heard(desk: Desk) -> dict[str, Mention]:
    """What the desk has, by text, after a poll."""
    report = desk.poll()
    assert report.ok, report
    return inbox(desk)


def taken(desk: Desk) -> dict[str, Mention]:
    """The same, after what was delivered is taken in."""
    desk.take_in()
    return inbox(desk)


def inbox(desk: Desk) -> dict[str, Mention]:
    return {mention.text: mention for mention in desk.mentions(limit=200)}


def test_a_comment_under_an_old_post_is_heard_answered_and_seen(sandbox: FacebookSandbox, desk: Desk) -> None:
    post = sandbox.account.post("New opening hours")
    sandbox.advance(days=5)
    heard(desk)
    ann = sandbox.user("ann")
    complaint = ann.comment(post, "Are you open on Sunday? \N{THINKING FACE}")
    sandbox.advance(minutes=5)
    mention = heard(desk)["Are you open on Sunday? \N{THINKING FACE}"]
    assert mention.id.value == complaint.id
    assert mention.conversation is not None
    assert mention.conversation.value == post.id
    desk.reply(mention, "Yes, 10 to 4", key="k")
    assert desk.drain().sent == 1
    assert [comment.text for comment in sandbox.thread(complaint)] == [mention.text, "Yes, 10 to 4"]
    sandbox.advance(minutes=5)
    said = heard(desk)["Yes, 10 to 4"]
    assert said.direction == "outbound_socialdesk"
    assert said.in_reply_to == mention.id
    assert [receipt.state for receipt in desk.conversation(mention).receipts] == ["sent"]


def test_a_poll_with_nothing_new_walks_no_comments_again(sandbox: FacebookSandbox, desk: Desk) -> None:
    sandbox.user("ann").comment(sandbox.account.post("Hello"), "hi")
    for _ in range(2):  # what changed may show late: it is looked at once more
        heard(desk)
        sandbox.advance(minutes=5)
    before = len(sandbox.log)
    heard(desk)
    asked = [entry.path.rpartition("/")[2] for entry in list(sandbox.log)[before:]]
    assert asked[:5] == ["feed", "visitor_posts", "tagged", "ratings", "conversations"]
    assert "comments" not in asked


def test_everything_that_people_do_on_a_page_is_heard(sandbox: FacebookSandbox, desk: Desk) -> None:
    ann, bob = sandbox.user("ann"), sandbox.user("bob")
    post = sandbox.account.post("Hello")
    first = ann.comment(post, "first")
    bob.reply(first, "second")
    ann.post("on the wall")
    ann.tag(f"{sandbox.account.name} is late")
    ann.rate("never again", positive=False)
    bob.message("in private")
    found = heard(desk)
    kinds = {text: (mention.kind, mention.direction) for text, mention in found.items()}
    assert kinds == {
        "Hello": ("other", "outbound_native"),
        "first": ("comment", "inbound"),
        "second": ("comment", "inbound"),
        "on the wall": ("mention", "inbound"),
        f"{sandbox.account.name} is late": ("mention", "inbound"),
        "never again": ("review", "inbound"),
        "in private": ("direct_message", "inbound"),
    }
    assert found["second"].in_reply_to == found["first"].id
    assert found["in private"].visibility == "direct"
    (tag,) = found[f"{sandbox.account.name} is late"].entities
    assert tag.text == sandbox.account.name


def test_a_thread_is_taken_to_private_once(sandbox: FacebookSandbox, desk: Desk) -> None:
    ann = sandbox.user("ann")
    post = sandbox.account.post("Hello")
    complaint = ann.comment(post, "my number is 4711")
    mention = heard(desk)[complaint.text]
    desk.take_private(mention, "Your address, please?", key="k", note="We wrote to you.")
    assert desk.drain().sent == 2
    assert [message.text for message in sandbox.messages(ann)] == ["Your address, please?"]
    assert [comment.text for comment in sandbox.thread(post)] == [complaint.text, "We wrote to you."]
    sandbox.advance(minutes=5)
    heard(desk)
    private = desk.conversation(f"facebook:conversation:psid:{ann.id}")
    assert private.linked == desk.conversation(mention).key
    for step in ("the desk knows", "Facebook says so itself"):
        actions = {action.name: action for action in desk.actions(mention)}
        assert not actions["private"].allowed, step
        (mention,) = desk.refresh([mention])
    with pytest.raises(Rejected):
        desk.take_private(mention, "And your name?", key="k2")
    ann.message("Baker Street 221b")
    answer = heard(desk)["Baker Street 221b"]
    desk.reply(answer, "Thank you!", key="k3")
    assert desk.drain().sent == 1
    assert [message.text for message in sandbox.messages(ann)][1:] == ["Baker Street 221b", "Thank you!"]


def test_what_is_delivered_and_polled_is_one_mention(sandbox: FacebookSandbox, told: Desk) -> None:
    ann = sandbox.user("ann")
    post = sandbox.account.post("Hello")
    first = ann.comment(post, "first")
    ann.reply(first, "second")
    ann.comment(post, "see", photo=sandbox.photo(ann))
    ann.post("on the wall")
    ann.tag(f"{sandbox.account.name} is late")
    ann.rate("never again", positive=False)
    ann.message("in private")
    delivered = taken(told)
    assert len(delivered) == 8
    assert delivered[f"{sandbox.account.name} is late"].author.id is not None  # looked up
    sandbox.advance(minutes=5)
    report = told.poll()
    assert report.ok
    assert sum(listing.new + listing.changed for listing in report.listings) == 0
    polled = inbox(told)
    assert {mention.id for mention in polled.values()} == {mention.id for mention in delivered.values()}
    for text, mention in delivered.items():
        assert (polled[text].kind, polled[text].conversation) == (mention.kind, mention.conversation)
        assert [item.id for item in polled[text].attachments] == [item.id for item in mention.attachments]
    assert polled["first"].ext["facebook"]["can_reply_privately"] is True  # what a delivery cannot tell


def test_edits_hides_and_removals_are_delivered(sandbox: FacebookSandbox, told: Desk) -> None:
    ann = sandbox.user("ann")
    post = sandbox.account.post("Hello")
    one, two = ann.comment(post, "one"), ann.comment(post, "two")
    taken(told)
    ann.edit(one, "one, but better")
    sandbox.account.hide(two)
    found = {mention.id.value: mention for mention in taken(told).values()}
    assert found[one.id].text == "one, but better"
    assert found[two.id].state == "hidden"
    sandbox.account.unhide(two)
    ann.delete(one)
    told.take_in()
    assert {told.mention(mention).state for mention in (found[one.id], found[two.id])} == {
        "deleted",
        "active",
    }


def test_a_message_that_is_edited_or_taken_back_changes(sandbox: FacebookSandbox, told: Desk) -> None:
    ann = sandbox.user("ann")
    written = ann.message("hello there")
    mention = taken(told)["hello there"]
    ann.edit(written, "hello you")
    told.take_in()
    assert (told.mention(mention).text, told.mention(mention).state) == ("hello you", "edited")
    ann.delete(written)
    told.take_in()
    assert told.mention(mention).state == "deleted"


def test_our_own_message_comes_back_once(sandbox: FacebookSandbox, told: Desk) -> None:
    ann = sandbox.user("ann")
    ann.message("is anybody there?")
    mention = taken(told)["is anybody there?"]
    told.reply(mention, "We are.", key="k")
    assert told.drain().sent == 1
    sandbox.account.message(ann, "by hand")
    found = taken(told)
    assert found["We are."].direction == "outbound_socialdesk"
    assert found["We are."].echo_key == told.receipt("k").parts[0].key
    assert found["by hand"].direction == "outbound_native"
    sandbox.advance(minutes=5)
    assert len(heard(told)) == len(found) == 3
    assert told.mention(found["We are."]).direction == "outbound_socialdesk"


@pytest.mark.parametrize("mode", ["public", "direct", "private"])
def test_an_answer_that_was_lost_is_found_and_not_repeated(
    sandbox: FacebookSandbox, desk: Desk, mode: Any
) -> None:
    ann = sandbox.user("ann")
    post = sandbox.account.post("Hello")
    text = ann.message("hello?").text if mode == "direct" else ann.comment(post, "hello?").text
    desk.reply(heard(desk)[text], "Hello!", key="k", mode=mode)

    def speaks(request: Request) -> bool:
        return request.method == "POST"

    sandbox.fail(DropAnswer(), when=speaks)
    desk.drain()
    assert desk.receipt("k").state == "unknown"
    for _ in range(4):
        sandbox.advance(minutes=5)
        desk.drain()
    (part,) = desk.receipt("k").parts
    assert (part.state, part.settled_by) == ("sent", "readback")
    said = [message.text for message in sandbox.messages(ann)] + [one.text for one in sandbox.thread(post)]
    assert said.count("Hello!") == 1


def test_a_message_after_a_day_is_a_persons_and_after_a_week_is_none(
    sandbox: FacebookSandbox, desk: Desk
) -> None:
    ann = sandbox.user("ann")
    ann.message("hello?")
    mention = heard(desk)["hello?"]
    sandbox.advance(days=2)
    with pytest.raises(Rejected) as caught:
        desk.reply(mention, "Hello!", key="bot", sender="bot")
    assert caught.value.reason == "window_closed"
    desk.reply(mention, "Hello!", key="k")
    assert desk.drain().sent == 1
    sandbox.advance(days=6)
    plan = desk.plan(mention, "Are you still there?")
    assert plan.refusals[0].startswith("window_closed")
    assert [message.text for message in sandbox.messages(ann)] == ["hello?", "Hello!"]
    ann.message("yes!")
    heard(desk)
    assert desk.plan(mention, "Good!").refusals == ()  # the person's last message counts


def test_comments_are_hidden_liked_and_deleted_and_their_authors_banned(
    sandbox: FacebookSandbox, desk: Desk
) -> None:
    bob = sandbox.user("bob")
    post = sandbox.account.post("Hello")
    spam = bob.comment(post, "buy my coins")
    mention = heard(desk)["buy my coins"]
    assert desk.moderate(mention, "hide").state == "hidden"
    assert spam.hidden
    assert desk.moderate(mention, "unhide").state == "active"
    desk.moderate(mention, "like")
    desk.moderate(mention, "unlike")
    desk.moderate(mention, "block")
    assert bob.id in sandbox.account.banned
    desk.moderate(mention, "unblock")
    assert desk.moderate(mention, "delete").state == "deleted"
    assert spam.deleted


def test_without_access_who_wrote_is_withheld_and_a_person_is_told(
    sandbox: FacebookSandbox, desk: Desk
) -> None:
    sandbox.advanced_access = False
    sandbox.user("ann").comment(sandbox.account.post("Hello"), "who am I?")
    mention = heard(desk)["who am I?"]
    assert mention.author.id is None
    account = desk.account("acme")
    assert account.health.state == "scope_missing"
    assert "Advanced Access" in str(account.health.text)


def test_what_may_not_be_answered_is_heard_all_the_same(sandbox: FacebookSandbox, tmp_path: Path) -> None:
    reads = ("pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_metadata")
    settings = {**sandbox.settings, "page_token": sandbox.token(*reads, "pages_messaging")}
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
        desk.connect("facebook", name="acme", settings=settings, hear_from=None)
        post = sandbox.account.post("Hello")
        sandbox.user("ann").comment(post, "is anybody there?")
        mention = heard(desk)["is anybody there?"]
        health = desk.health("acme")
        assert (health.inbound, health.outbound) == ("ok", "scope_missing")
        assert "pages_manage_engagement" in health.text
        desk.reply(mention, "We are.", key="k")
        desk.drain()
        sandbox.user("bob").comment(post, "and now?")
        assert "and now?" in heard(desk)
        assert desk.health("acme").inbound == "ok"


def test_a_dead_token_asks_for_a_new_sign_in(sandbox: FacebookSandbox, desk: Desk) -> None:
    sandbox.invalidate(460)
    desk.poll()
    assert desk.account("acme").health.state == "reauth_required"


def test_a_persons_token_is_refused_with_what_to_do(sandbox: FacebookSandbox, tmp_path: Path) -> None:
    settings = {**sandbox.settings, "page_token": sandbox.credentials["long_user_token"]}
    with Desk(f"sqlite:///{tmp_path}/person.db", transport=sandbox) as desk:
        desk.connect("facebook", name="acme", settings=settings)
        with pytest.raises(AuthError, match="page_token"):
            desk.check("acme")


def test_a_post_that_was_deleted_disturbs_nothing(sandbox: FacebookSandbox, desk: Desk) -> None:
    post = sandbox.account.post("Hello")
    sandbox.user("ann").comment(post, "hi")
    heard(desk)
    sandbox.account.delete(post)
    for _ in range(3):
        sandbox.advance(hours=7)
        assert heard(desk)["Hello"]
    assert heard(desk)["Hello"].state == "unavailable"


def test_what_is_not_signed_is_refused(sandbox: FacebookSandbox, told: Desk) -> None:
    seen: list[WebhookRequest] = []

    def keep(request: WebhookRequest) -> Any:
        seen.append(request)
        return told.receive("acme", request)

    sandbox.deliver_to(keep)
    sandbox.user("ann").message("hello")
    true = next(request for request in seen if request.method == "POST")
    changed = WebhookRequest(headers=true.headers, body=true.body + b" ")
    assert told.receive("acme", changed).status == 403
    assert told.receive("acme", true).status == 200
    assert len(taken(told)) == 1
    sandbox.send_test_event()
    assert len(taken(told)) == 1


def test_subscribing_again_changes_nothing(sandbox: FacebookSandbox, told: Desk) -> None:
    before = len(sandbox.log)
    told.subscribe("acme", URL)
    assert {entry.method for entry in list(sandbox.log)[before:]} == {"GET"}


def test_an_announcement_is_made_once(sandbox: FacebookSandbox, desk: Desk) -> None:
    desk.announce("We are down until noon.", key="down", accounts=["acme"])
    assert desk.drain().sent == 1
    assert [post.text for post in sandbox.account.wall] == ["We are down until noon."]
    sandbox.advance(minutes=5)
    assert heard(desk)["We are down until noon."].direction == "outbound_socialdesk"


def test_the_same_key_again_is_the_same_reply_although_nothing_more_may_be_said(
    sandbox: FacebookSandbox, desk: Desk
) -> None:
    ann = sandbox.user("ann")
    ann.comment(sandbox.account.post("Hello"), "my number is 4711")
    ann.message("hello?")
    found = heard(desk)
    desk.take_private(found["my number is 4711"], "Your address, please?", key="private")
    desk.reply(found["hello?"], "Hello!", key="direct")
    assert desk.drain().sent == 2
    sandbox.advance(days=8)
    (comment,) = desk.refresh([found["my number is 4711"]])
    again = [
        desk.take_private(comment, "Your address, please?", key="private"),
        desk.reply(found["hello?"], "Hello!", key="direct"),
    ]
    assert [receipt.state for receipt in again] == ["sent", "sent"]
    with pytest.raises(Rejected):
        desk.reply(found["hello?"], "Hello!", key="another")
    with pytest.raises(Rejected):
        desk.reply(found["hello?"], "Good morning!", key="direct")
    assert len(sandbox.messages(ann)) == 3


def test_short_pages_and_pages_with_gaps_lose_nothing(sandbox: FacebookSandbox, desk: Desk) -> None:
    sandbox.short_pages, sandbox.gaps = 3, True
    ann = sandbox.user("ann")
    posts = [ann.post(f"post {number}") for number in range(10)]
    comments = sandbox.crowd(40, post=posts[0])
    for gone in (*posts[3:7], *comments[10:20]):
        gone.author.delete(gone)
    expected = {one.id for one in (*posts, *comments) if not one.deleted}
    sandbox.advance(minutes=5)
    heard(desk)
    assert {mention.id.value for mention in desk.mentions(limit=200)} == expected
    late = sandbox.user("bob").comment(posts[0], "me too")
    sandbox.advance(minutes=5)
    assert late.id in {mention.id.value for mention in heard(desk).values()}


def test_messages_that_another_app_answers_are_heard(sandbox: FacebookSandbox, told: Desk) -> None:
    ann = sandbox.user("ann")
    ann.message("hello?")
    sandbox.inbox_takes(ann)
    ann.message("is anybody there?")
    found = taken(told)
    assert found["is anybody there?"].ext["facebook"]["standby"] is True
    assert "standby" not in found["hello?"].ext["facebook"]
