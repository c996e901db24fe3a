"""YouTube's connector keeps the contract, on every stream that is polled."""

from __future__ import annotations

from typing import Any

import pytest

from socialdesk.errors import AuthError, DeliveryUnknown, RateLimited
from socialdesk.models import Mention, Rule
from socialdesk.testing import ConnectorSuite
from socialdesk.testing._suite_bench import demand
from socialdesk.testing._suite_lives import Desk
from socialdesk.testing.faults import TooManyRequests
from socialdesk.wire import Response
from socialdesk_youtube.connector import YouTubeConnector
from socialdesk_youtube.sandbox import YouTubeSandbox


def with_video() -> YouTubeSandbox:
    sandbox = YouTubeSandbox()
    sandbox.account.upload("How to reset the router")
    return sandbox


def refusal(status: int, reason: str) -> Response:
    body = f'{{"error": {{"code": {status}, "message": "No", "errors": [{{"reason": "{reason}"}}]}}}}'
    return Response(status, {"Content-Type": "application/json"}, body.encode())


class TestComments(ConnectorSuite):
    connector = YouTubeConnector
    sandbox = staticmethod(with_video)
    refusals = (
        (refusal(403, "quotaExceeded"), RateLimited),
        (refusal(403, "rateLimitExceeded"), RateLimited),
        (refusal(403, "forbidden"), "not_permitted"),
        (refusal(403, "commentsDisabled"), "not_permitted"),
        (refusal(403, "insufficientPermissions"), AuthError),
        (refusal(403, "ineligibleAccount"), AuthError),
        (refusal(400, "operationNotSupported"), "not_permitted"),
        (refusal(404, "parentCommentNotFound"), "gone"),
        (refusal(400, "commentTextTooLong"), "too_long"),
        (refusal(400, "processingFailure"), DeliveryUnknown),
        (refusal(503, "backendError"), DeliveryUnknown),
    )

    def complain(self, sandbox: Any, text: str) -> str:
        sandbox.advance(seconds=20)
        return str(sandbox.user("ann").comment(sandbox.account.videos[0], text).id)

    def spoken(self, sandbox: Any) -> list[str]:
        said = sandbox.world.comments.values()
        return [comment.text for comment in said if comment.author is sandbox.account]

    def test_send_says_the_text_to_the_right_one(self) -> None:
        """A reply is put into the thread of what it answers; a video is answered by a comment of its own."""
        asked, part = self.sending().requests[-1], self.part(self.connect())
        assert part.target is not None
        said: Any = asked.body
        snippet = said.value["snippet"]
        if part.target.id.kind == "video":
            assert snippet["videoId"] == part.target.id.value
            assert snippet["topLevelComment"]["snippet"]["textOriginal"] == part.text
        else:
            assert snippet == {"parentId": part.target.id.value.split(".")[0], "textOriginal": part.text}

    def test_sandbox_a_limit_says_when_to_come_back(self) -> None:
        """No header of Google's tells of a limit, so that the check of "reset" has nothing to read."""
        for tells, seconds in (("retry_after", 600), ("nothing", 60)):
            desk = Desk(self)
            error = desk.heard_of(TooManyRequests(tells=tells, seconds=600))  # type: ignore[arg-type]  # one of two literals
            assert isinstance(error, RateLimited)
            assert error.retry_at is not None
            assert (error.retry_at - desk.sandbox.clock.now()).total_seconds() == seconds


@pytest.mark.slow
class TestHeld(TestComments):
    stream = "held"

    def complain(self, sandbox: Any, text: str) -> str:
        sandbox.advance(seconds=20)
        made = sandbox.user("ann").comment(sandbox.account.videos[0], text, status="heldForReview")
        return str(made.id)

    def test_sandbox_lookup_gives_the_same_mention(self) -> None:
        """Asked for by its id, YouTube does not tell whether a comment is held: that is kept as it was heard."""
        desk = Desk(self)
        polled = desk.hear_one()
        (found,) = desk.client.lookup([polled.id])
        assert isinstance(found, Mention)
        assert (polled.state, found.provenance.missing) == ("hidden", ("state",))
        same = {"provenance": polled.provenance, "observed_at": None, "state": polled.state}
        assert found.model_copy(update=same) == polled.model_copy(update=same)


@pytest.mark.slow
class TestSearch(TestComments):
    stream = "search"
    rule = Rule(name="brand", phrase="acme cable")

    def complain(self, sandbox: Any, text: str) -> str:
        sandbox.advance(minutes=2)
        return str(sandbox.user("ann").upload("Acme Cable cut me off", description=text).id)


def with_long_thread() -> YouTubeSandbox:
    """A sandbox with a thread whose replies do not all come along when threads are listed."""
    sandbox = with_video()
    thread = sandbox.user("zoe").comment(sandbox.account.videos[0], "Who else?")
    for number in range(6):
        sandbox.user(f"fan_{number}").reply(thread, f"Me too ({number})")
    return sandbox


class TestReplies(TestComments):
    sandbox = staticmethod(with_long_thread)
    stream = "replies"
    found_by = "comments"

    def complain(self, sandbox: Any, text: str) -> str:
        sandbox.advance(seconds=20)
        return str(sandbox.user("ann").reply(sandbox.account.videos[0].threads[0], text).id)

    def test_sandbox_a_crowd_is_heard_to_the_last(self) -> None:
        """The order of replies is not told, and one that was held has its old time: all are read again each time, so
        that the check's bound on how many are does not hold."""
        desk = Desk(self)
        said = {self.complain(desk.sandbox, f"Lost, too ({number})") for number in range(self.crowd)}
        desk.settle()
        heard, cursor = self.first_batch(desk)
        demand(heard < said, "The first page alone has all: this checks nothing.")
        desk.client = desk.another()
        heard |= {item.id.value for item in desk.hear(cursor)[0] if isinstance(item, Mention)}
        assert said <= heard
