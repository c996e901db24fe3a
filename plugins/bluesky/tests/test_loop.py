"""The connector against a platform that answers: heard, answered, found again, refused where nobody would see it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plugins.bluesky.tests.sandbox_line import Line
from socialdesk.connector import Gone, Standing, Window
from socialdesk.desk import Desk
from socialdesk.errors import AuthError, DeliveryUnknown, Rejected
from socialdesk.models import ExternalId, Mention, Rule
from socialdesk.testing import faults, replay
from socialdesk.testing.sandbox import served
from socialdesk.wire import Response
from socialdesk_bluesky.sandbox import BlueskySandbox

TEXT = "@acme my parcel 📦 is lost, see https://example.com/a?b=c&d=é #fail"


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_mention_is_heard_the_same_by_every_way(line: Line) -> None:
    ann = line.sandbox.user("ann", verified=True, labels=["spam"], own_labels=["bot"])
    post = ann.post(TEXT, embed=ann.picture(alt="a torn box"))
    line.sandbox.user("bob").like(post)
    (mention,) = line.heard()
    assert line.searched(Rule(name="r", phrase="parcel")) == [mention]
    assert line.looked_up(post.uri) == [mention]
    assert line.thread(post) == [mention]
    assert (mention.kind, mention.visibility, mention.text) == ("mention", "public", TEXT)
    assert [(entity.kind, entity.text) for entity in mention.entities] == [
        ("mention", "@acme"),
        ("url", "https://example.com/a?b=c&d=é"),
        ("hashtag", "#fail"),
    ]
    assert (mention.author.verified, mention.author.kind, mention.metrics.likes) == (True, "bot", 1)
    assert mention.ext["bluesky"]["author"]["labels"] == ["bot", "spam"]
    assert mention.ext["bluesky"]["author"]["verified_by"] == ["bsky.app"]
    assert [(one.kind, one.alt_text, one.media_type) for one in mention.attachments] == [
        ("image", "a torn box", "image/png")
    ]


def test_what_a_post_is_to_the_account_does_not_depend_on_the_reason_that_is_told(line: Line) -> None:
    ours, ann = line.sandbox.account.post("New boxes!"), line.sandbox.user("ann")
    answer = ann.reply(ours, "@acme mine is torn")  # told as a mention
    line.sandbox.user("bob").reply(answer, "mine too")  # told as a reply, though it answers ann
    ann.quote(ours, "look at this")
    ann.repost(ours)
    ann.like(ours)
    ann.follow(line.sandbox.account)
    kinds = {(mention.kind, mention.author.handle): mention for mention in line.heard()}
    assert set(kinds) == {
        ("reply", "ann.bsky.social"),
        ("reply", "bob.bsky.social"),
        ("quote", "ann.bsky.social"),
        ("repost", "ann.bsky.social"),
    }
    assert {mention.subject.value for mention in kinds.values()} == {ours.uri}
    assert kinds["reply", "bob.bsky.social"].in_reply_to.value == answer.uri
    assert kinds["reply", "bob.bsky.social"].conversation.value == ours.uri


def test_a_post_that_claims_to_be_old_is_heard_all_the_same(line: Line) -> None:
    ann = line.sandbox.user("ann")
    ann.post("@acme first")
    (first,) = line.heard()
    line.sandbox.advance(minutes=10)
    ann.post("@acme from another clock", at=line.sandbox.clock.now() - timedelta(minutes=40))
    since = first.created_at.isoformat()
    assert "@acme from another clock" in [mention.text for mention in line.heard(since=since)]


def test_empty_pages_are_not_the_end(line: Line) -> None:
    ann = line.sandbox.user("ann")
    ann.post("@acme the oldest")
    ours = line.sandbox.account.post("News")
    for number in range(130):
        line.sandbox.advance(seconds=1)
        line.sandbox.user(f"fan-{number}").like(ours)
    assert [mention.text for mention in line.heard()] == ["@acme the oldest"]


def test_a_cursor_that_is_good_no_more_loses_nothing(line: Line) -> None:
    line.sandbox.user("ann").post("@acme help")
    assert [mention.text for mention in line.heard(until="of another server")] == ["@acme help"]
    with pytest.raises(Rejected):
        line.heard(page='["of another server", 0]')


def test_a_notification_of_a_post_that_is_not_told_stands_by_itself(line: Line) -> None:
    post = line.sandbox.user("ann").post("@acme help")
    told = line.run(line.bluesky.get("app.bsky.notification.listNotifications", [])).json()
    window = Window(stream="mentions", now=line.sandbox.clock.now())
    listed = Response(200, {}, json.dumps(told).encode())
    (raw,) = replay(line.bluesky.fetch(window), [listed, Response(200, {}, b'{"posts": []}')]).result.items
    mention = line.bluesky.parse(raw)
    assert isinstance(mention, Mention)
    assert (mention.id.value, mention.text, mention.kind) == (post.uri, "@acme help", "mention")
    assert {"metrics", "attachments", "ext"} <= set(mention.provenance.missing)


def test_a_long_reply_is_a_thread_under_the_right_root(line: Line) -> None:
    root = line.sandbox.user("ann").post("Who knows parcels?")
    called = line.sandbox.user("bob").reply(root, "ask @acme")
    (mention,) = line.heard()
    text = "We are sorry. " * 40 + "See https://example.com/ç #help @bob.bsky.social"
    parts = line.parts(text, mention)
    sent = line.said(parts)
    assert len(sent) > 1
    posts = [line.sandbox.world.records[one.id] for one in sent]
    assert [post.parent for post in posts] == [called.uri, *(one.id for one in sent[:-1])]
    assert {post.root for post in posts} == {root.uri}
    assert not any(post.astray or post.closed for post in posts)
    assert line.sandbox.thread(root)[2:] == posts
    (last,) = line.looked_up(sent[-1].id)
    assert [(entity.kind, entity.text) for entity in last.entities] == [
        ("url", "https://example.com/ç"),
        ("hashtag", "#help"),
        ("mention", "@bob.bsky.social"),
    ]
    assert last.entities[2].target.value == line.sandbox.user("bob").did
    assert (last.direction, last.kind) == ("outbound_native", "reply")


def test_sending_again_changes_nothing(line: Line) -> None:
    line.sandbox.user("ann").post("@acme help")
    (mention,) = line.heard()
    (part,) = line.parts("Sorry!", mention)
    assert line.run(line.bluesky.find_sent(part)).found == ()
    first, again = line.run(line.bluesky.send(part)), line.run(line.bluesky.send(part))
    assert (first.id, first.already, again.id, again.already) == (again.id, False, first.id, True)
    search = line.run(line.bluesky.find_sent(part))
    assert ([found.id for found in search.found], search.reached) == ([first.id], True)
    assert search.found[0].data == first.data
    with pytest.raises(DeliveryUnknown):
        line.run(line.bluesky.send(replace(part, text="Something else")))
    assert [post.text for post in line.sandbox.account.posts] == ["Sorry!"]


def test_an_announcement_is_a_post_and_its_parts_answer_it(line: Line) -> None:
    sent = line.said(line.parts("Our network is down in the north. " * 20))
    posts = line.sandbox.thread(line.sandbox.world.records[sent[0].id])
    assert [post.parent for post in posts] == [None, *(one.id for one in sent[:-1])]


def test_a_quote_with_a_picture(line: Line, tmp_path: Any) -> None:
    line.sandbox.user("ann").post("@acme help")
    (mention,) = line.heard()
    file = tmp_path / "box.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n and so on")
    with Desk("sqlite://", transport=line.sandbox) as desk:
        desk.connect("bluesky", name="acme", settings=line.sandbox.settings)
        desk.poll()
        (heard,) = desk.mentions()
        picture = desk.attach(file, alt_text="a new box")
        desk.reply(heard, "Here is a new one", key="k", mode="quote", attachments=[picture])
        desk.drain()
        receipt = desk.receipt("k")
    assert receipt.state == "sent"
    (post,) = line.sandbox.account.posts
    assert post.quoted == mention.id.value
    (shown,) = line.looked_up(post.uri)
    assert [(one.kind, one.alt_text) for one in shown.attachments] == [("image", "a new box")]
    assert line.sandbox.account.files[shown.attachments[0].id.value] == ("image/png", 18)


# ------------------------------------------------------------------------------------------- what nobody would see


def refused(line: Line, target: Mention, **more: Any) -> Rejected:
    with pytest.raises(Rejected) as raised:
        line.answered(target, **more)
    assert line.sandbox.account.posts == []
    return raised.value


@pytest.mark.parametrize("tells_blocked", [False, True])
def test_who_blocked_the_account_is_not_answered(line: Line, tells_blocked: bool) -> None:
    ann = line.sandbox.user("ann")
    ann.post("@acme help")
    (mention,) = line.heard()
    line.sandbox.tells_blocked = tells_blocked
    ann.block(line.sandbox.account)
    assert refused(line, mention).reason == "blocked"


def test_who_began_the_thread_and_blocked_the_account_hides_it_too(line: Line) -> None:
    ann, bob = line.sandbox.user("ann"), line.sandbox.user("bob")
    bob.reply(ann.post("parcels!"), "@acme is to blame")
    (mention,) = line.heard()
    ann.block(line.sandbox.account)
    assert refused(line, mention).reason == "blocked"


def test_a_first_post_that_was_deleted_is_no_hindrance(line: Line) -> None:
    ann, bob = line.sandbox.user("ann"), line.sandbox.user("bob")
    root = ann.post("parcels!")
    bob.reply(root, "@acme is to blame")
    (mention,) = line.heard()
    ann.delete(root)
    assert line.answered(mention).id


def test_a_closed_thread_is_not_answered(line: Line) -> None:
    ann = line.sandbox.user("ann")
    post = ann.post("@acme help", allow=[])
    (mention,) = line.heard()
    assert mention.ext["bluesky"]["reply_disabled"] is True
    error = refused(line, mention)
    assert (error.reason, "limits who may answer" in str(error)) == ("not_permitted", True)
    verdicts = {action.name: action for action in line.bluesky.actions(_standing(line, mention))}
    assert (verdicts["reply"].allowed, verdicts["quote"].allowed) == (False, True)
    ann.gate(post, ["mention"])
    assert line.answered(mention).id


def test_what_may_not_be_quoted_is_not(line: Line) -> None:
    line.sandbox.user("ann").post("@acme help", quotable=False)
    (mention,) = line.heard()
    assert refused(line, mention, mode="quote").reason == "not_permitted"


def test_what_is_deleted_is_not_answered_and_is_gone(line: Line) -> None:
    ann = line.sandbox.user("ann")
    post = ann.post("@acme help")
    (mention,) = line.heard()
    ann.delete(post)
    assert refused(line, mention).reason == "gone"
    assert line.looked_up(post.uri) == line.thread(post) == [Gone(id=mention.id, state="deleted")]


def test_what_somebody_who_blocked_us_said_is_not_taken_for_deleted(line: Line) -> None:
    ann = line.sandbox.user("ann")
    post = ann.post("@acme help")
    ann.block(line.sandbox.account)
    assert line.looked_up(post.uri) == [Gone(id=ExternalId("bluesky", "post", post.uri), state="unavailable")]


def test_our_own_post_that_is_not_shown_yet_is_not_taken_for_deleted(line: Line) -> None:
    line.sandbox.index_lag = 30
    (sent,) = line.said(line.parts("An outage"))
    assert line.looked_up(sent.id) == []
    line.sandbox.advance(seconds=31)
    assert [mention.text for mention in line.looked_up(sent.id)] == ["An outage"]
    line.does("delete", sent.id)
    assert [type(item) for item in line.looked_up(sent.id)] == [Gone]


def _standing(line: Line, mention: Mention, sender: Any = "human") -> Standing:
    return Standing(now=line.sandbox.clock.now(), target=mention, sender=sender)


# ------------------------------------------------------------------------------------------------------ moderating


def test_answers_in_our_own_thread_are_hidden_and_shown_again(line: Line) -> None:
    ours, ann = line.sandbox.account.post("News", allow=["mention", "following"]), line.sandbox.user("ann")
    line.sandbox.account.follow(ann)
    rude, other = ann.reply(ours, "rubbish!"), ann.reply(ours, "spam!")
    line.does("hide", rude.uri)
    line.does("hide", rude.uri, key="c2")
    line.does("hide", other.uri)
    assert line.sandbox.world.hidden_in(ours.uri) == [rude.uri, other.uri]
    assert [mention.state for mention in line.thread(ours)] == ["active", "hidden", "hidden"]
    line.does("unhide", rude.uri)
    assert line.sandbox.thread(ours) == [ours, rude]
    gate = line.sandbox.world.gates[ours.uri].value
    assert [rule["$type"].partition("#")[2] for rule in gate["allow"]] == ["mentionRule", "followingRule"]


def test_answers_in_others_threads_cannot_be_hidden(line: Line) -> None:
    line.sandbox.user("ann").post("@acme help")
    (mention,) = line.heard()
    with pytest.raises(Rejected, match="began"):
        line.does("hide", mention.id.value)
    reasons = {action.name: action.reason for action in line.bluesky.actions(_standing(line, mention))}
    assert "begins the thread" in str(reasons["hide"])
    assert "own posts" in str(reasons["delete"])


def test_people_are_blocked_once_and_unblocked(line: Line) -> None:
    ann = line.sandbox.user("ann")
    post = ann.post("@acme help")
    (mention,) = line.heard()
    line.does("block", post.uri)
    line.does("block", ann.did, "user", key="c2")
    assert [key[0] for key in line.sandbox.account.records] == ["app.bsky.graph.block"]
    assert refused(line, mention).reason == "blocked"
    line.does("unblock", ann.did, "user")
    line.does("unblock", ann.did, "user", key="c3")
    assert line.answered(mention).id
    with pytest.raises(Rejected, match="account itself"):
        line.does("block", line.sandbox.account.did, "user")


def test_posts_are_liked_once_and_unliked(line: Line) -> None:
    post = line.sandbox.user("ann").post("@acme thank you")
    for key in ("c1", "c2"):
        line.does("like", post.uri, key=key)
    assert list(line.sandbox.world.likes[post.uri]) == [line.sandbox.account.did]
    assert len(line.sandbox.account.records) == 1
    for key in ("c3", "c4"):
        line.does("unlike", post.uri, key=key)
    assert line.sandbox.account.records == {}


def test_only_own_posts_are_deleted(line: Line) -> None:
    post = line.sandbox.user("ann").post("@acme help")
    with pytest.raises(Rejected, match="own posts"):
        line.does("delete", post.uri)
    (sent,) = line.said(line.parts("Sorry"))
    line.does("delete", sent.id)
    line.does("delete", sent.id)
    assert line.sandbox.account.posts == []
    with pytest.raises(Rejected, match="edit"):
        line.does("edit", sent.id)


def test_a_bot_answers_only_those_who_turned_to_the_account(line: Line) -> None:
    line.sandbox.user("ann").post("acme cut me off")
    line.sandbox.user("bob").post("@acme help")
    (overheard,), (called,) = line.searched(Rule(name="r", phrase="cut me off")), line.heard()
    with pytest.raises(Rejected, match="turned to the account"):
        line.parts("Sorry!", overheard, sender="bot")
    assert line.parts("Sorry!", overheard, sender="human")
    assert line.parts("Sorry!", called, sender="bot")
    verdicts = {
        action.name: action.allowed for action in line.bluesky.actions(_standing(line, overheard, "bot"))
    }
    assert verdicts["reply"] is False


# ------------------------------------------------------------------------------------------------------- with a desk


@pytest.fixture
def desk(line: Line) -> Any:
    with Desk("sqlite://", transport=line.sandbox) as opened:
        opened.connect("bluesky", name="acme", settings=line.sandbox.settings)
        yield opened


def test_all_but_the_sign_in_goes_to_the_account_s_own_server(line: Line) -> None:
    line.sandbox.user("ann").post("@acme help")
    (mention,) = line.heard()
    line.answered(mention)
    hosts = [(request.host, request.path.rpartition("/")[2]) for request, _ in line.crossed]
    assert [name for host, name in hosts if host == "bluesky.invalid"] == [
        "com.atproto.server.createSession",
        "com.atproto.server.getSession",
    ]
    assert {host for host, _ in hosts} == {"bluesky.invalid", "morel.bluesky.invalid"}


def requests_to(line: Line, method: str) -> int:
    return sum(1 for entry in line.sandbox.log if entry.path.endswith(method))


def test_a_complaint_is_heard_answered_and_seen(line: Line, desk: Any) -> None:
    line.sandbox.user("ann").post(TEXT)
    desk.poll()
    (mention,) = desk.mentions()
    line.sandbox.advance(seconds=1)  # what is said in one moment has no order
    desk.reply(mention, "We are sorry, @ann.bsky.social!", key="k")
    desk.drain()
    receipt = desk.receipt("k")
    assert receipt.state == "sent"
    thread = desk.conversation(mention, refresh=True)
    assert [said.text for said in thread.mentions] == [TEXT, "We are sorry, @ann.bsky.social!"]
    assert thread.mentions[1].direction == "outbound_socialdesk"
    line.sandbox.advance(minutes=5)
    assert desk.poll().new == 0


@pytest.mark.parametrize(
    "fault",
    [faults.DropAnswer(), faults.ServerError(applied=True), faults.CutJson(), faults.HtmlPage(applied=True)],
)
def test_an_answer_that_was_lost_is_found_and_not_said_twice(
    line: Line, desk: Any, fault: faults.Fault
) -> None:
    line.sandbox.user("ann").post("@acme help")
    desk.poll()
    desk.reply(desk.mentions()[0], "Sorry!", key="k")
    line.sandbox.fail(fault, when=lambda request: "putRecord" in request.url)
    desk.drain()
    assert desk.receipt("k").state == "unknown"
    line.sandbox.advance(minutes=5)
    desk.drain()
    assert desk.receipt("k").state == "sent"
    assert [post.text for post in line.sandbox.account.posts] == ["Sorry!"]


def test_a_request_that_never_arrived_is_sent_again_the_same(line: Line, desk: Any) -> None:
    line.sandbox.user("ann").post("@acme help")
    desk.poll()
    desk.reply(desk.mentions()[0], "Sorry!", key="k")
    line.sandbox.fail(faults.ServerError(), when=lambda request: "putRecord" in request.url)
    desk.drain()
    assert desk.receipt("k").state == "unknown"
    line.sandbox.advance(minutes=5)
    for _ in range(2):
        desk.drain()
    assert desk.receipt("k").state == "sent"
    sent = [entry.body for entry in line.sandbox.log if entry.path.endswith("putRecord")]
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert [post.text for post in line.sandbox.account.posts] == ["Sorry!"]


def test_a_session_is_renewed_and_not_begun_anew(line: Line, desk: Any) -> None:
    desk.poll()
    begun = requests_to(line, "createSession")
    for _ in range(4):
        line.sandbox.advance(hours=3)
        desk.poll()
    assert requests_to(line, "createSession") == begun
    assert requests_to(line, "refreshSession") == 4
    line.sandbox.advance(days=120)
    desk.poll()
    assert requests_to(line, "createSession") == begun + 1


def test_a_token_that_ends_too_soon_is_renewed_on_the_way(line: Line, desk: Any) -> None:
    line.sandbox.user("ann").post("@acme help")
    desk.poll()
    desk.reply(desk.mentions()[0], "Sorry!", key="k")
    line.sandbox.fail(faults.ExpireToken(), when=lambda request: "putRecord" in request.url)
    for _ in range(2):
        desk.drain()
    assert desk.receipt("k").state == "sent"
    assert [post.text for post in line.sandbox.account.posts] == ["Sorry!"]


def test_an_app_password_that_was_taken_back_asks_for_a_person(line: Line, desk: Any) -> None:
    desk.poll()
    line.sandbox.revoke("acme")
    desk.poll()
    (account,) = desk.accounts()
    assert account.health.state == "reauth_required"


def test_a_lost_renewal_is_survived(line: Line) -> None:
    auth, before = line.bluesky.auth("account"), line.tokens
    lost = line.run(auth.refresh(before, line.stamp()))
    again = line.run(auth.refresh(before, line.stamp()))
    assert lost.refresh == again.refresh
    line.tokens = again
    assert line.heard() == []
    line.sandbox.revoke("acme")
    with pytest.raises(AuthError):
        line.run(auth.refresh(again, line.stamp()))


def test_all_of_it_over_a_real_connection(tmp_path: Any) -> None:
    sandbox = BlueskySandbox()
    file = tmp_path / "box.jpg"
    file.write_bytes(b"\xff\xd8\xff\xe0 and so on")
    with served(sandbox) as url, Desk("sqlite://") as desk:
        assert url == sandbox.server_url
        desk.connect("bluesky", name="acme", settings={**sandbox.settings, "messages": True})
        sandbox.user("ann").post("@acme help 🎉")
        sandbox.message(sandbox.user("ann"), sandbox.account, "it is number 4711")
        desk.poll()
        public, private = sorted(desk.mentions(), key=lambda mention: mention.kind, reverse=True)
        picture = desk.attach(file, alt_text="a new box")
        desk.reply(public, "Sorry, @ann.bsky.social!", key="k1", attachments=[picture])
        desk.reply(private, "Thank you", key="k2")
        desk.drain()
        assert [desk.receipt(key).state for key in ("k1", "k2")] == ["sent", "sent"]
    (post,) = sandbox.account.posts
    assert post.parent == public.id.value
    assert list(sandbox.account.files.values()) == [("image/jpeg", 14)]
    assert sandbox.messages(sandbox.user("ann"), sandbox.account)[-1].text == "Thank you"
