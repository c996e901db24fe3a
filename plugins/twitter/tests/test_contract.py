"""Twitter's connector keeps the contract, on every stream that is polled."""

from __future__ import annotations

from typing import Any

import pytest

from socialdesk.models import Rule
from socialdesk.testing import ConnectorSuite
from socialdesk.wire import Json
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.sandbox import TwitterSandbox


class TestMentions(ConnectorSuite):
    connector = TwitterConnector
    sandbox = TwitterSandbox

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").post(f"@{sandbox.account.handle} {text}").id)

    def spoken(self, sandbox: Any) -> list[str]:
        return [sandbox.world.posts[number].written for number in sandbox.account.posts]


def uncalled() -> TwitterSandbox:
    """A sandbox where posts may be answered that do not call the account, and a search is up to date."""
    sandbox = TwitterSandbox()
    sandbox.enterprise, sandbox.search_lag = True, 0.0
    return sandbox


@pytest.mark.slow
class TestSearch(TestMentions):
    sandbox = staticmethod(uncalled)
    stream = "search"
    rule = Rule(name="brand", phrase="acme cable")

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").post(f"Acme Cable again: {text}").id)


@pytest.mark.slow
class TestReplies(TestMentions):
    sandbox = staticmethod(uncalled)
    stream = "replies"

    def complain(self, sandbox: Any, text: str) -> str:
        ours = sandbox.account.post(f"News about {text}")
        return str(sandbox.user("ann").reply(ours, text).id)


class TestMessages(TestMentions):
    stream = "messages"

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").message(sandbox.account, f"In private: {text}").id)

    def spoken(self, sandbox: Any) -> list[str]:
        ann, account = sandbox.user("ann"), sandbox.account
        return [told.text for told in sandbox.messages(ann, account) if told.sender is account]

    def test_send_says_the_text_to_the_right_one(self) -> None:
        """A message is not answered by its own id: it goes into its conversation."""
        asked, part = self.sending().requests[-1], self.part(self.connect())
        assert part.target is not None
        assert part.target.conversation is not None
        assert part.target.conversation.value in asked.path
        assert isinstance(asked.body, Json)
        assert asked.body.value == {"text": part.text}
