"""The connector against a platform that answers: heard, answered, found again, in both generations of names."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from socialdesk.auth import Stamp
from socialdesk.connector import Command, Gone, Part, Sent, Standing, Topic, Window
from socialdesk.errors import DeliveryUnknown, Rejected
from socialdesk.models import ExternalId, Mention, Reply, Rule
from socialdesk.registry import Registry
from socialdesk.wire import Request
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.sandbox import TwitterSandbox

T = TypeVar("T")


class Line:
    """A connector signed in to a sandbox; ``run`` drives one of its coroutines with real signatures."""

    def __init__(self, names: str) -> None:
        self.sandbox = TwitterSandbox(names=names)  # type: ignore[arg-type]  # one of two literals
        connected = Registry().connect("twitter", {**self.sandbox.settings, "names": names})
        assert isinstance(connected, TwitterConnector)
        self.twitter = connected
        profile = self.run(self.twitter.identify())
        self.twitter = TwitterConnector(connected.config, connected.app, profile)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        answer: Any = None
        error: Exception | None = None
        while True:
            try:
                asked = coroutine.throw(error) if error else coroutine.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result
            answer, error = self._exchange(asked)

    def _exchange(self, asked: Any) -> tuple[Any, Exception | None]:
        assert isinstance(asked, Request)
        auth = self.twitter.auth(asked.auth)
        stamp = Stamp(self.sandbox.clock.now(), self.sandbox.clock.nonce())
        response = self.sandbox.send(auth.sign(asked, auth.initial(), stamp), 10.0)
        response = replace(response, request=asked, received_at=stamp.now)
        error = self.twitter.check(response)
        assert error is not None or response.ok, response.body
        return response, error

    def window(self, stream: str, **more: Any) -> Window:
        return Window(stream=stream, now=self.sandbox.clock.now(), **more)

    def heard(self, stream: str, **more: Any) -> list[Mention]:
        """All of a walk, from page to page."""
        window, found = self.window(stream, **more), []
        while True:
            page = self.run(self.twitter.fetch(window))
            found += [self.twitter.parse(raw) for raw in page.items]
            if page.next is None:
                assert all(isinstance(item, Mention) for item in found)
                return found  # type: ignore[return-value]  # as was just seen
            window = replace(window, page=page.next, until=None)

    def looked_up(self, *ids: ExternalId) -> list[Any]:
        return [self.twitter.parse(raw) for raw in self.run(self.twitter.lookup(ids))]


@pytest.fixture(params=["tweet", "post"])
def line(request: pytest.FixtureRequest) -> Line:
    return Line(request.param)


TEXT = "@acme my parcel & box <1> of €5 is lost \U0001f44d https://example.com/a?b=c&d=e #fail $ACME"


def test_a_mention_is_heard_the_same_by_every_way(line: Line) -> None:
    line.sandbox.user("ann", followers=9).post(TEXT)
    line.sandbox.advance(minutes=2)
    (mention,) = line.heard("mentions")
    (topic,) = line.twitter.queries(Rule(name="r", phrase="parcel"))
    assert line.heard("search", topics=(topic,)) == [mention]
    assert line.looked_up(mention.id) == [mention]
    assert mention.text == TEXT
    assert (mention.kind, mention.visibility, mention.author.followers) == ("mention", "public", 9)
    kinds = [(entity.kind, entity.text) for entity in mention.entities]
    assert kinds[:3] == [("mention", "@acme"), ("url", "https://example.com/a?b=c&d=e"), ("hashtag", "#fail")]


def test_a_crowd_is_heard_once_each_across_pages(line: Line) -> None:
    line.sandbox.crowd(130)
    line.sandbox.advance(minutes=2)
    first = line.heard("mentions", size=50)
    assert len({mention.id for mention in first}) == len(first) == 130
    line.sandbox.user("late").post("@acme me too")
    assert [mention.author.handle for mention in line.heard("mentions", since=first[0].id.value)] == ["late"]


def test_an_edited_mention_keeps_its_id(line: Line) -> None:
    ann = line.sandbox.user("ann")
    post = ann.post("@acme it is lsot")
    (before,) = line.heard("mentions")
    line.sandbox.advance(minutes=5)
    ann.edit(post, "@acme it is lost")
    (after,) = line.heard("mentions")
    assert before.id == after.id
    assert (before.revision, after.revision, after.state, after.text) == (0, 1, "edited", "@acme it is lost")
    assert after.edited_at is not None
    assert line.looked_up(before.id) == [after]


def test_a_reply_is_posted_once_and_found_again(line: Line) -> None:
    line.sandbox.user("ann").post("@acme help")
    (mention,) = line.heard("mentions")
    reply = Reply(
        idempotency_key="k", target=mention, text="Fish & chips: see https://example.com/menu, please. " * 9
    )
    parts = line.twitter.plan(reply, Standing(now=line.sandbox.clock.now(), target=mention))
    began = line.sandbox.clock.now()
    done: tuple[Sent, ...] = ()
    for planned in parts:
        part = replace(planned, done=done, started_at=began)
        sent = line.run(line.twitter.send(part))
        line.sandbox.advance(seconds=30)
        search = line.run(line.twitter.find_sent(part))
        assert ([found.id for found in search.found], search.reached) == ([sent.id], True)
        done = (*done, sent)
    assert len(done) > 1
    root = next(iter(line.sandbox.world.posts.values()))
    assert [post.id for post in line.sandbox.thread(root)][1:] == [sent.id for sent in done]
    with pytest.raises(DeliveryUnknown):
        line.run(line.twitter.send(replace(parts[0], started_at=began)))
    other = Part(text="Something never said", target=mention, started_at=began)
    assert line.run(line.twitter.find_sent(other)).found == ()


def test_who_did_not_call_is_not_answered_and_the_agent_is_told_why(line: Line) -> None:
    line.sandbox.user("bob").post("acme cut me off")
    line.sandbox.advance(minutes=2)
    (topic,) = line.twitter.queries(Rule(name="r", phrase="acme"))
    (mention,) = line.heard("search", topics=(topic,))
    assert mention.kind == "search_match"
    (part,) = line.twitter.plan(
        Reply(idempotency_key="k", target=mention, text="Sorry!"), Standing(now=line.sandbox.clock.now())
    )
    assert "will probably refuse" in part.warnings[0]
    with pytest.raises(Rejected, match="mention"):
        line.run(line.twitter.send(part))


def test_a_thread_is_heard_whole(line: Line) -> None:
    root = line.sandbox.account.post("New boxes!")
    ann, bob = line.sandbox.user("ann"), line.sandbox.user("bob")
    reply = ann.reply(root, "mine is torn")
    bob.reply(reply, "mine too")
    line.sandbox.advance(minutes=2)
    assert [mention.author.handle for mention in line.heard("replies")][-1] == "ann"
    topic = Topic(f"twitter:post:{root.id}")
    everything = {mention.id.value: mention for mention in line.heard("conversation", topics=(topic,))}
    assert len(everything) == 3
    assert everything[root.id].direction == "outbound_native"
    assert {mention.conversation for mention in everything.values()} == {
        ExternalId("twitter", "post", root.id)
    }
    assert everything[reply.id].kind == "reply"
    assert everything[reply.id].in_reply_to == everything[reply.id].subject


def test_what_is_deleted_is_gone(line: Line) -> None:
    post = line.sandbox.user("ann").post("@acme help")
    (mention,) = line.heard("mentions")
    own = line.sandbox.account.post("Sorry")
    line.run(line.twitter.moderate(Command(name="delete", target=ExternalId("twitter", "post", own.id))))
    line.run(line.twitter.moderate(Command(name="delete", target=ExternalId("twitter", "post", own.id))))
    line.sandbox.user("ann").delete(post)
    gone = line.looked_up(mention.id, ExternalId("twitter", "post", own.id))
    assert [type(item) for item in gone] == [Gone, Gone]


def test_a_quiet_week_does_not_break_the_search(line: Line) -> None:
    (topic,) = line.twitter.queries(Rule(name="r", phrase="acme"))
    line.sandbox.user("ann").post("acme!")
    line.sandbox.advance(minutes=2)
    since = line.heard("search", topics=(topic,))[0].id.value
    line.sandbox.advance(seconds=timedelta(days=9).total_seconds())
    page = line.run(line.twitter.fetch(line.window("search", topics=(topic,), since=since)))
    assert (page.end, page.items) == ("horizon", [])
