"""Bluesky's connector keeps the contract, for every way in which somebody may turn to the account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from socialdesk.errors import AuthError, DeliveryUnknown, RateLimited
from socialdesk.models import Rule
from socialdesk.testing import ConnectorSuite, replay
from socialdesk.wire import Json, Response
from socialdesk_bluesky.connector import BlueskyConnector
from socialdesk_bluesky.sandbox import BlueskySandbox


def told(status: int, name: str) -> Response:
    return Response(
        status, {"Content-Type": "application/json"}, b'{"error": "%s", "message": "no"}' % name.encode()
    )


class TestMentions(ConnectorSuite):
    connector = BlueskyConnector
    sandbox = BlueskySandbox
    refusals = [
        (told(400, "ExpiredToken"), AuthError),
        (told(401, "AccountTakedown"), AuthError),
        (told(400, "InvalidRequest"), "content"),
        (told(400, "InvalidSwap"), DeliveryUnknown),
        (told(400, "BlobTooLarge"), "too_long"),
        (told(429, "RateLimitExceeded"), RateLimited),
        (told(500, "InternalServerError"), DeliveryUnknown),
    ]

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").post(f"@acme {text}").uri)

    def spoken(self, sandbox: Any) -> list[str]:
        return [post.text for post in sandbox.account.posts]

    def test_a_key_reaches_the_platform(self) -> None:
        """What is asked first is how the answered post stands; the key is in what speaks."""
        connector, part = self.connect(), self.part(self.connect())
        other = replace(part, key="0197f1d2-0000-7000-8000-000000000001")
        asked = [replay(connector.send(one), self.material.sent).requests[-1] for one in (part, part, other)]
        assert asked[0] == asked[1]
        assert asked[0] != asked[2]


@pytest.mark.slow
class TestReplies(TestMentions):
    def complain(self, sandbox: Any, text: str) -> str:
        ours = sandbox.account.post("News")
        return str(sandbox.user("ann").reply(ours, text).uri)

    def spoken(self, sandbox: Any) -> list[str]:
        return [post.text for post in sandbox.account.posts if post.text != "News"]


class TestQuotes(TestReplies):
    def complain(self, sandbox: Any, text: str) -> str:
        ours = sandbox.account.post("News")
        return str(sandbox.user("ann").quote(ours, text).uri)


@pytest.mark.slow
class TestSearch(TestMentions):
    stream = "search"
    rule = Rule(name="brand", phrase="acme cable")
    crowd = 650
    """A search reads five minutes of what is known once more; here there is one post a second."""

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").post(f"Acme Cable again: {text}").uri)


@pytest.mark.slow
class TestMessages(TestMentions):
    stream = "messages"
    found_by = "chats"
    settings = {"messages": True}

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.message(sandbox.user("ann"), sandbox.account, text).uri)

    def spoken(self, sandbox: Any) -> list[str]:
        ann, account = sandbox.user("ann"), sandbox.account
        return [one.text for one in sandbox.messages(ann, account) if one.sender is account]

    def test_send_says_the_text_to_the_right_one(self) -> None:
        """A message is not answered by its own id: it goes into its conversation."""
        asked, part = self.sending().requests[-1], self.part(self.connect())
        assert isinstance(asked.body, Json)
        assert part.target is not None
        assert part.target.conversation is not None
        wanted = {"convoId": part.target.conversation.value, "message": {"text": part.text}}
        assert asked.body.value == wanted

    def test_a_key_reaches_the_platform(self) -> None:
        """Messages have no keys of ours: one whose outcome is unknown is looked for by what it says."""
        assert "key" not in str(self.sending().requests[-1].content())
