"""The whole way: a desk at the platform hears, answers, and what it said is seen there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from socialdesk import Desk, Mention
from socialdesk.errors import Rejected
from socialdesk.models import ExternalId, Rule
from socialdesk.testing.sandbox import DropAnswer, ServerError
from socialdesk_tumblr.sandbox import TumblrSandbox

RULE = Rule(name="brand", hashtags=("acme cable",))


@pytest.fixture
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


@pytest.fixture
def desk(sandbox: TumblrSandbox, tmp_path: Path) -> Iterator[Desk]:
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as made:
        made.connect("tumblr", name="acme", settings=sandbox.settings, rules=[RULE])
        yield made


def heard(desk: Desk, sandbox: TumblrSandbox) -> list[Mention]:
    sandbox.advance(minutes=10)
    assert desk.poll().ok
    return [*desk.mentions(direction="inbound", order="oldest")]


def said(desk: Desk, sandbox: TumblrSandbox, mention: Mention, text: str, key: str, **more: str) -> list[str]:
    """Answer, and give what the thread's or inbox's latest post says then."""
    desk.reply(mention, text, key=key, **more)  # type: ignore[arg-type]  # a mode
    for _ in range(20):
        desk.drain()
        if desk.receipt(key).state == "sent":
            break
        sandbox.advance(minutes=2)
    (part,) = desk.receipt(key).parts
    assert part.id is not None
    post = sandbox.world.posts[int(part.id.value.rpartition("/")[2])]
    return [block.get("text", "") for block in post.content]


def test_every_way_of_speaking_is_heard_once(desk: Desk, sandbox: TumblrSandbox) -> None:
    kim, lee = sandbox.blog("customer-kim"), sandbox.blog("customer-lee")
    news = sandbox.account.post("Our autumn opening hours")
    kim.post("@acme my parcel is lost", tags=["help me"])
    kim.reply(news, "are you open on sunday?")
    lee.reblog(news, "does this include bank holidays?")
    sandbox.blog("fan").reblog(news, tags=["useful"])
    lee.post("nobody answers there", tags=["acme cable"])
    kim.ask(sandbox.account, "where is my parcel?")
    lee.ask(sandbox.account, "are you robots?", anonymous=True)
    lee.like(news)
    found = heard(desk, sandbox)
    assert sorted((one.kind, one.author.handle or "", one.text) for one in found) == [
        ("ask", "", "are you robots?"),
        ("ask", "customer-kim", "where is my parcel?"),
        ("mention", "customer-kim", "@acme my parcel is lost\n\n#help me"),
        ("quote", "customer-lee", "does this include bank holidays?"),
        ("reply", "customer-kim", "are you open on sunday?"),
        ("repost", "fan", "#useful"),
        ("search_match", "customer-lee", "nobody answers there\n\n#acme cable"),
    ]
    assert heard(desk, sandbox) == found
    (ours,) = desk.mentions(direction="outbound_native")
    assert (ours.metrics.likes, ours.metrics.reposts) == (1, 2)
    (reply,) = (one for one in found if one.kind == "reply")
    assert reply.provenance.missing == ()  # what one way could not tell the other did
    assert reply.visibility == "public"


@pytest.mark.parametrize("vanish", [False, True])
def test_a_reply_by_either_way_or_both_is_one_mention(
    desk: Desk, sandbox: TumblrSandbox, vanish: bool
) -> None:
    news = sandbox.account.post("Our autumn opening hours")
    first = heard(desk, sandbox)
    assert first == []
    sandbox.replies_vanish = vanish
    sandbox.blog("customer-kim").reply(news, "are you open on sunday?")
    (reply,) = heard(desk, sandbox)
    sandbox.replies_vanish = False
    (again,) = heard(desk, sandbox)
    assert (reply.id, reply.kind, reply.text) == (again.id, "reply", "are you open on sunday?")


def test_a_bare_reply_is_answered_by_a_reblog_that_reaches_the_person(
    desk: Desk, sandbox: TumblrSandbox
) -> None:
    kim = sandbox.blog("customer-kim")
    news = sandbox.account.post("Our autumn opening hours")
    kim.reply(news, "are you open on sunday?")
    (reply,) = heard(desk, sandbox)
    plan = desk.plan(reply, "Yes, from 10 to 16.")
    assert "lets no app post a bare reply" in plan.warnings[0]
    assert said(desk, sandbox, reply, "Yes, from 10 to 16.", "k") == ["@customer-kim Yes, from 10 to 16."]
    assert [item.kind for item in kim.activity][-1] == "mention_in_post"
    kim.reply(sandbox.world.posts[list(sandbox.account.posts)[-1]], "thank you!")
    thanks = heard(desk, sandbox)[-1]
    assert (thanks.text, thanks.conversation) == ("thank you!", reply.conversation)
    thread = desk.conversation(reply)
    texts = [one.text for one in thread.mentions]
    assert "@customer-kim Yes, from 10 to 16." in texts
    assert "thank you!" in texts
    ours = next(one for one in thread.mentions if "Yes, from" in one.text)
    assert ours.direction == "outbound_socialdesk"


def test_a_complaint_is_answered_in_its_own_thread(desk: Desk, sandbox: TumblrSandbox) -> None:
    kim = sandbox.blog("customer-kim")
    kim.post("@acme my parcel is lost, see https://example.com/4711")
    (complaint,) = heard(desk, sandbox)
    assert said(desk, sandbox, complaint, "Sorry! We are on it.", "k") == ["Sorry! We are on it."]
    assert [item.kind for item in kim.activity][-1] == "reblog_with_content"
    sandbox.advance(minutes=1)
    kim.reblog(sandbox.world.posts[list(sandbox.account.posts)[-1]], "any news?")
    news = heard(desk, sandbox)[-1]
    assert (news.kind, news.text) == ("quote", "any news?")
    assert {one.conversation for one in desk.mentions(limit=9)} == {complaint.id}
    assert [one.text for one in desk.conversation(complaint, refresh=True).mentions] == [
        complaint.text,
        "Sorry! We are on it.",
        "any news?",
    ]


@pytest.mark.parametrize("mode", ["public", "private"])
def test_a_question_is_answered(desk: Desk, sandbox: TumblrSandbox, mode: str) -> None:
    kim = sandbox.blog("customer-kim")
    asked = kim.ask(sandbox.account, "where is my parcel?")
    (question,) = heard(desk, sandbox)
    assert question.visibility == "direct"
    answer = said(desk, sandbox, question, "On <its> way & soon there.", "k", mode=mode)
    assert answer == ["where is my parcel?", "On <its> way & soon there."]
    assert asked.state == ("published" if mode == "public" else "private")
    assert heard(desk, sandbox)[0].text == "where is my parcel?"


def test_a_question_is_answered_once(desk: Desk, sandbox: TumblrSandbox) -> None:
    """Another answer would take the place of the first, and nobody would see that one any more."""
    asked = sandbox.blog("customer-kim").ask(sandbox.account, "where is my parcel?")
    (question,) = heard(desk, sandbox)
    desk.reply(question, "On its way.", key="k")
    for _ in range(2):  # while it waits, and once it is sent
        with pytest.raises(Rejected, match="answered already"):
            desk.reply(question, "It is lost.", key="another")
        assert not {action.name: action for action in desk.actions(question)}["reply"].allowed
        desk.drain()
    assert desk.reply(question, "On its way.", key="k").state == "sent", "a double click is no other answer"
    assert [block["text"] for block in asked.content] == ["where is my parcel?", "On its way."]


def test_what_somebody_answered_in_the_app_meanwhile_stays(desk: Desk, sandbox: TumblrSandbox) -> None:
    asked = sandbox.blog("customer-kim").ask(sandbox.account, "where is my parcel?")
    (question,) = heard(desk, sandbox)
    desk.reply(question, "It is lost.", key="k")
    sandbox.world.inbox.answer(asked, [{"type": "text", "text": "On its way."}], private=False, tags=())
    desk.drain()
    receipt = desk.receipt("k")
    assert receipt.state == "failed"
    assert "answered already" in str(receipt.parts[0].error)
    assert [block["text"] for block in asked.content] == ["where is my parcel?", "On its way."]


def test_what_somebody_answered_in_the_app_is_not_taken_for_an_answer_that_was_lost(
    desk: Desk, sandbox: TumblrSandbox
) -> None:
    asked = sandbox.blog("customer-kim").ask(sandbox.account, "where is my parcel?")
    (question,) = heard(desk, sandbox)
    sandbox.fail(ServerError(), when=lambda request: request.does == "speaks")
    desk.reply(question, "It is lost.", key="k")
    desk.drain()
    assert desk.receipt("k").state == "unknown"
    sandbox.world.inbox.answer(asked, [{"type": "text", "text": "On its way."}], private=False, tags=())
    for _ in range(40):
        sandbox.advance(minutes=2)
        desk.drain()
    assert desk.receipt("k").state == "needs_human"
    assert [block["text"] for block in asked.content] == ["where is my parcel?", "On its way."]


def test_who_asked_anonymously_is_answered_in_public_alone(desk: Desk, sandbox: TumblrSandbox) -> None:
    sandbox.blog("shy").ask(sandbox.account, "are you robots?", anonymous=True)
    (question,) = heard(desk, sandbox)
    assert (question.author.id, question.author.display_name) == (None, "Anonymous")
    with pytest.raises(Rejected, match="asked anonymously"):
        desk.reply(question, "No.", key="p", mode="private")
    verdicts = {action.name: action for action in desk.actions(question)}
    assert not verdicts["private"].allowed
    assert verdicts["reply"].allowed
    assert verdicts["block"].allowed
    desk.moderate(question, "block")
    assert said(desk, sandbox, question, "No.", "k")[-1] == "No."


def test_messages_are_refused_with_the_reason(desk: Desk, sandbox: TumblrSandbox) -> None:
    sandbox.blog("customer-kim").post("@acme my parcel is lost")
    (complaint,) = heard(desk, sandbox)
    for mode in ("private", "direct"):
        with pytest.raises(Rejected, match="no app read or send messages") as caught:
            desk.reply(complaint, "In private", key=mode, mode=mode)  # type: ignore[arg-type]  # a mode
        assert caught.value.reason == "unsupported"


def test_an_unknown_outcome_is_settled_and_nothing_doubled(desk: Desk, sandbox: TumblrSandbox) -> None:
    kim = sandbox.blog("customer-kim")
    kim.post("@acme my parcel is lost")
    (complaint,) = heard(desk, sandbox)
    sandbox.fail(DropAnswer(), when=lambda request: request.does == "speaks")
    desk.reply(complaint, "Sorry!", key="k")
    desk.drain()
    assert desk.receipt("k").state == "unknown"
    sandbox.advance(minutes=5)
    desk.drain()
    receipt = desk.receipt("k")
    assert (receipt.state, receipt.parts[0].settled_by) == ("sent", "readback")
    out = [number for number in sandbox.account.posts if sandbox.world.posts[number].state == "published"]
    assert len(out) == 1
    assert receipt.parts[0].id == ExternalId("tumblr", "post", f"{sandbox.account.uuid}/{out[0]}")


def test_an_announcement_with_a_picture_is_published_and_withdrawn(
    desk: Desk, sandbox: TumblrSandbox, tmp_path: Path
) -> None:
    picture = tmp_path / "van.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    attached = desk.attach(picture, alt_text="Our van")
    desk.announce("New vans!", key="k", accounts=["acme"], attachments=(attached,))
    desk.drain()
    (post,) = (
        sandbox.world.posts[number] for number in sandbox.account.posts if number in sandbox.world.posts
    )
    assert (post.state, [block["type"] for block in post.content]) == ("published", ["text", "image"])
    assert post.content[1]["alt_text"] == "Our van"
    desk.withdraw("k")
    assert post.deleted


def test_polling_looks_nothing_up_by_itself(desk: Desk, sandbox: TumblrSandbox) -> None:
    news = sandbox.account.post("Our autumn opening hours")
    sandbox.blog("customer-kim").reply(news, "are you open?")
    heard(desk, sandbox)
    before = len(sandbox.log)
    sandbox.advance(hours=1)
    desk.poll()
    asked = [seen.path.rpartition("/")[2] for seen in list(sandbox.log)[before:]]
    assert sorted(asked) == ["notifications", "posts", "submission", "tagged"]


def test_a_person_is_blocked_by_what_they_said(desk: Desk, sandbox: TumblrSandbox) -> None:
    kim = sandbox.blog("customer-kim")
    kim.reply(sandbox.account.post("News"), "nonsense")
    (reply,) = heard(desk, sandbox)
    desk.moderate(reply, "block")
    assert kim.uuid in sandbox.account.blocks
    desk.moderate(reply, "unblock")
    assert kim.uuid not in sandbox.account.blocks
    with pytest.raises(Rejected, match="lets no app delete a reply"):
        desk.moderate(reply, "delete")
