"""Direct messages: heard where something was said, answered in their conversation, found again, refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plugins.bluesky.tests import lexicons
from plugins.bluesky.tests.sandbox_line import Line
from socialdesk.connector import Standing, Topic, Window
from socialdesk.desk import Desk
from socialdesk.errors import Rejected
from socialdesk.models import Mention
from socialdesk.testing import faults


@pytest.fixture
def line() -> Line:
    return Line(messages=True)


def chats(line: Line) -> list[Topic]:
    page = line.run(line.bluesky.fetch(Window(stream="chats", now=line.sandbox.clock.now())))
    return list(page.topics)


def heard(line: Line) -> list[Any]:
    return [item for topic in chats(line) for item in line.heard("messages", topics=(topic,))]


def write(line: Line, text: str, handle: str = "ann") -> str:
    return line.sandbox.message(line.sandbox.user(handle), line.sandbox.account, text).uri


def verdicts(line: Line, target: Mention) -> dict[str, Any]:
    standing = Standing(now=line.sandbox.clock.now(), target=target)
    return {action.name: action for action in line.bluesky.actions(standing)}


def test_messages_are_heard_only_where_it_is_asked_for() -> None:
    plain = Line()
    assert [stream.name for stream in plain.bluesky.streams] == ["mentions", "search", "conversation"]
    assert {"private", "direct"} & plain.bluesky.capabilities.abilities == set()
    plain.sandbox.user("ann").post("@acme help")
    (mention,) = plain.heard()
    with pytest.raises(Rejected, match="messages to true"):
        plain.parts("hi", mention, mode="private")


def test_a_message_is_the_same_by_every_way(line: Line) -> None:
    identity = write(line, "it is number 4711 🎉")
    (mention,) = heard(line)
    assert (mention.id.value, mention.kind, mention.visibility) == (identity, "direct_message", "direct")
    assert (mention.author.handle, mention.text) == ("ann.bsky.social", "it is number 4711 🎉")
    assert mention.conversation is not None
    assert line.heard("conversation", topics=(Topic(mention.conversation.value),)) == [mention]
    (raw,) = line.run(line.bluesky.lookup([mention.id]))
    assert line.bluesky.parse(raw) == mention


def test_what_is_said_changes_the_state_of_its_conversation_alone(line: Line) -> None:
    write(line, "hi")
    write(line, "ho", "bob")
    before = {topic.key: topic.data for topic in chats(line)}
    write(line, "again", "bob")
    after = {topic.key: topic.data for topic in chats(line)}
    assert [key for key in before if before[key] != after[key]] == [chats(line)[0].key]


def test_a_deleted_message_is_gone(line: Line) -> None:
    write(line, "hi")
    (mention,) = heard(line)
    line.sandbox.messages(line.sandbox.user("ann"), line.sandbox.account)[0].deleted = True
    (gone,) = heard(line)
    assert (gone.id, gone.state) == (mention.id, "deleted")


def test_a_message_is_answered_where_it_stands_and_found_again(line: Line) -> None:
    write(line, "help")
    (mention,) = heard(line)
    (part,) = line.parts("Sorry, see https://example.com", mention)
    assert part.mode == "direct"
    assert line.run(line.bluesky.find_sent(part)).reached is False
    (sent,) = line.said([part])
    said = line.sandbox.messages(line.sandbox.user("ann"), line.sandbox.account)
    assert [(one.text, one.uri) for one in said][1:] == [("Sorry, see https://example.com", sent.id)]
    assert said[1].facets[0]["features"][0]["uri"] == "https://example.com"
    assert line.sandbox.account.posts == []
    search = line.run(line.bluesky.find_sent(part))
    assert ([one.id for one in search.found], search.reached) == ([sent.id], True)
    later = replace(part, done=(sent,))
    line.sandbox.advance(minutes=11)
    assert line.run(line.bluesky.find_sent(later)).found == ()
    assert line.run(line.bluesky.find_sent(later)).reached is True


def test_a_post_is_answered_in_private(line: Line) -> None:
    ann = line.sandbox.user("ann", takes_messages="all")
    ann.post("@acme my number is secret")
    (mention,) = line.heard()
    assert mention.ext["bluesky"]["author"]["takes_messages"] == "all"
    sent = line.answered(mention, "Tell us here", mode="private")
    assert [one.uri for one in line.sandbox.messages(ann, line.sandbox.account)] == [sent.id]
    assert sent.conversation is not None
    assert sent.conversation.kind == "conversation"


@pytest.mark.parametrize(
    ("takes", "follows", "allowed", "sends"),
    [
        ("none", True, False, False),
        ("following", False, True, False),
        ("following", True, True, True),
        ("all", False, True, True),
    ],
)
def test_who_takes_messages(line: Line, takes: str, follows: bool, allowed: bool, sends: bool) -> None:
    ann = line.sandbox.user("ann", takes_messages=takes)
    if follows:
        ann.follow(line.sandbox.account)
    ann.post("@acme help")
    (mention,) = line.heard()
    verdict = verdicts(line, mention)["private"]
    assert verdict.allowed is allowed
    assert (verdict.reason is None) is sends
    if sends:
        assert line.answered(mention, "hi", mode="private").id
        return
    with pytest.raises(Rejected) as raised:
        line.answered(mention, "hi", mode="private")
    assert raised.value.reason == "not_permitted"


def test_what_cannot_be_said_in_private(line: Line) -> None:
    ann = line.sandbox.user("ann", takes_messages="all")
    ann.post("@acme help")
    (mention,) = line.heard()
    with pytest.raises(Rejected, match="no direct message"):
        line.parts("hi", mention, mode="direct")
    with pytest.raises(Rejected, match="nobody"):
        line.parts("hi", None, mode="private")
    assert len(line.parts("x" * 1000, mention, mode="private")) == 1
    assert len(line.parts("x " * 600, mention, mode="private")) == 2
    write(line, "hi")
    (message,) = heard(line)
    told = verdicts(line, message)
    assert {name for name, verdict in told.items() if verdict.allowed} >= {"direct", "reply", "private"}
    assert not {"hide", "like", "delete", "quote"} & {
        name for name, verdict in told.items() if verdict.allowed
    }
    with pytest.raises(Rejected, match="no post"):
        line.parts("hi", message, mode="quote")
    ann.block(line.sandbox.account)
    with pytest.raises(Rejected) as raised:
        line.answered(message, "hi")
    assert raised.value.reason == "blocked"


def test_a_locked_conversation(line: Line) -> None:
    write(line, "hi")
    (message,) = heard(line)
    line.sandbox.chats.held[message.conversation.value].locked = True
    with pytest.raises(Rejected, match="locked"):
        line.answered(message, "hi")


def test_an_app_password_that_may_not_reach_messages_stops_nothing_else(line: Line) -> None:
    line.sandbox.allows_messages = False
    line.sandbox.user("ann").post("@acme help")
    with Desk("sqlite://", transport=line.sandbox) as desk:
        desk.connect("bluesky", name="acme", settings={**line.sandbox.settings, "messages": True})
        desk.poll()
        assert [mention.text for mention in desk.mentions()] == ["@acme help"]
        (account,) = desk.accounts()
        assert (account.health.state, account.health.outbound) == ("scope_missing", "ok")
        asked = sum(1 for entry in line.sandbox.log if "listConvos" in entry.path)
        line.sandbox.advance(minutes=5)
        desk.poll()
        assert sum(1 for entry in line.sandbox.log if "listConvos" in entry.path) == asked


def test_a_desk_hears_what_was_said_and_asks_only_where_something_was(line: Line) -> None:
    for number in range(3):
        write(line, f"hi {number}", f"user{number}")
    with Desk("sqlite://", transport=line.sandbox) as desk:
        desk.connect("bluesky", name="acme", settings={**line.sandbox.settings, "messages": True})
        desk.poll()
        assert {mention.text for mention in desk.mentions()} == {"hi 0", "hi 1", "hi 2"}
        line.sandbox.advance(minutes=2)
        desk.poll()  # each is looked at once more, for what shows late
        before = len(line.sandbox.log)
        write(line, "and more", "user1")
        line.sandbox.advance(minutes=2)
        desk.poll()
        asked = [
            entry.params["convoId"]
            for entry in list(line.sandbox.log)[before:]
            if "getMessages" in entry.path
        ]
        assert len(asked) == 1
        answered = next(mention for mention in desk.mentions() if mention.text == "and more")
        assert answered.conversation is not None
        assert asked == [answered.conversation.value]
        desk.reply(answered, "Thanks", key="k")
        line.sandbox.fail(faults.DropAnswer(), when=lambda request: "sendMessage" in request.url)
        desk.drain()
        assert desk.receipt("k").state == "unknown"
        line.sandbox.advance(minutes=5)
        desk.drain()
        assert desk.receipt("k").state == "sent"
    ours = line.sandbox.messages(line.sandbox.user("user1"), line.sandbox.account)
    assert [one.text for one in ours] == ["hi 1", "and more", "Thanks"]


def test_a_message_that_was_never_sent_is_not_sent_again_at_once(line: Line) -> None:
    write(line, "help")
    with Desk("sqlite://", transport=line.sandbox) as desk:
        desk.connect("bluesky", name="acme", settings={**line.sandbox.settings, "messages": True})
        desk.poll()
        desk.reply(desk.mentions()[0], "Sorry", key="k")
        line.sandbox.fail(faults.ServerError(), when=lambda request: "sendMessage" in request.url)
        desk.drain()
        line.sandbox.advance(minutes=5)
        desk.drain()
        assert desk.receipt("k").state == "unknown"
        for _ in range(3):
            line.sandbox.clock.advance(seconds=timedelta(minutes=20).total_seconds())
            desk.drain()
        assert desk.receipt("k").state == "sent"
    assert [one.text for one in line.sandbox.messages(line.sandbox.user("ann"), line.sandbox.account)][
        1:
    ] == ["Sorry"]


def test_requests_and_answers_are_those_of_the_lexicons(line: Line) -> None:
    lexicons.lexicons()
    line.sandbox.user("ann", takes_messages="all").post("@acme help")
    (mention,) = line.heard()
    line.answered(mention, "Hello https://example.com", mode="private")
    write(line, "hi")
    (*_, message) = heard(line)
    parts = line.parts("Sorry", message)
    line.said(parts)
    line.run(line.bluesky.find_sent(parts[0]))
    line.run(line.bluesky.lookup([message.id]))
    asked = [pair for pair in line.crossed if lexicons.method_of(pair[0]).startswith("chat.")]
    assert len({lexicons.method_of(request) for request, _ in asked}) == 5
    assert all(request.headers["atproto-proxy"] == "did:web:api.bsky.chat#bsky_chat" for request, _ in asked)
    assert [problem for request, _ in asked for problem in lexicons.of_request(request)] == []
    assert [problem for pair in asked for problem in lexicons.of_answer(*pair)] == []
