"""Facebook's connector keeps the contract, on every stream that is polled."""

from __future__ import annotations

import json
from typing import Any

import pytest

from socialdesk.errors import AuthError, DeliveryUnknown, RateLimited
from socialdesk.models import ExternalId
from socialdesk.testing import ConnectorSuite
from socialdesk.wire import Json, Response
from socialdesk_facebook.connector import FacebookConnector
from socialdesk_facebook.sandbox import FacebookSandbox


def told(code: int, subcode: int | None = None, status: int = 400) -> Response:
    error = {"message": "in words", "type": "OAuthException", "code": code, "error_subcode": subcode}
    return Response(status, {"Content-Type": "application/json"}, json.dumps({"error": error}).encode())


class TestFeed(ConnectorSuite):
    connector = FacebookConnector
    refusals = (
        (told(10, 2018278), "window_closed"),
        (told(200), "not_permitted"),
        (told(551), "blocked"),
        (told(100, 33), "gone"),
        (told(100), "unsupported"),
        (told(190, 460, 401), AuthError),
        (told(80001), RateLimited),
        (told(368), AuthError),
        (told(506), DeliveryUnknown),
        (told(1, 1357046), DeliveryUnknown),
        (told(2, None, 503), DeliveryUnknown),
    )
    sandbox = FacebookSandbox
    stream = "feed"

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").post(text).id)

    def spoken(self, sandbox: Any) -> list[str]:
        world = sandbox.world
        said = sorted((*world.posts.values(), *world.comments.values()), key=lambda thing: thing.number)
        return [thing.text for thing in said if thing.author is sandbox.account]


@pytest.mark.slow
class TestVisitorPosts(TestFeed):
    stream = "visitor_posts"


@pytest.mark.slow
class TestTagged(TestFeed):
    stream = "tagged"

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").tag(f"{sandbox.account.name}: {text}").id)


class TestComments(TestFeed):
    stream = "comments"
    found_by = "feed"

    def complain(self, sandbox: Any, text: str) -> str:
        wall = sandbox.account.wall
        post = wall[0] if wall else sandbox.account.post("New opening hours")
        return str(sandbox.user("ann").comment(post, text).id)


@pytest.mark.slow
class TestRatings(TestFeed):
    stream = "ratings"

    def complain(self, sandbox: Any, text: str) -> str:
        """A person recommends a Page once."""
        number = len(sandbox.account.ratings)
        return str(sandbox.user(f"ann_{number}").rate(text, positive=False).id)


class TestMessages(TestFeed):
    stream = "messages"

    def complain(self, sandbox: Any, text: str) -> str:
        """Of one conversation only the newest 20 messages can be read."""
        number = sum(len(told.messages) for told in self._conversations(sandbox)) // 5
        return str(sandbox.user(f"ann_{number}").message(text).id)

    def spoken(self, sandbox: Any) -> list[str]:
        said = [message for told in self._conversations(sandbox) for message in told.messages]
        return [message.text for message in said if message.sender is sandbox.account]

    def _conversations(self, sandbox: Any) -> list[Any]:
        return list(sandbox.world.inbox.conversations.values())

    def test_send_says_the_text_to_the_right_one(self) -> None:
        """A message is not answered by its own id: it goes to the person in its conversation."""
        asked, part = self.sending().requests[-1], self.part(self.connect())
        assert part.target is not None
        person = asked.body.value["recipient"]["id"] if isinstance(asked.body, Json) else None
        assert part.target.conversation == ExternalId("facebook", "conversation", f"psid:{person}")
        assert isinstance(asked.body, Json)
        assert asked.body.value["message"]["text"] == part.text
