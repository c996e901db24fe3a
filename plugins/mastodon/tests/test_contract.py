"""Mastodon's connector keeps the contract: on every stream that is polled, and on servers of other makes."""

from __future__ import annotations

from typing import Any

from socialdesk.models import Rule
from socialdesk.testing import ConnectorSuite
from socialdesk_mastodon.connector import MastodonConnector
from socialdesk_mastodon.sandbox import MastodonSandbox


class TestMentions(ConnectorSuite):
    connector = MastodonConnector
    sandbox = MastodonSandbox

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann@other.example").post(f"@{sandbox.account.username} {text}").id)

    def spoken(self, sandbox: Any) -> list[str]:
        return [sandbox.world.statuses[number].text for number in sandbox.account.statuses]


class TestReplies(TestMentions):
    """Answers to the account's own statuses, of which each is asked for its thread."""

    crowd = 60

    def complain(self, sandbox: Any, text: str) -> str:
        ours = sandbox.account.post(f"News about {text}")
        return str(sandbox.user("ann").reply(ours, text).id)

    def test_a_strange_item_does_not_keep_its_page_back(self) -> None:
        """A strange item in the place of an answer has no thread to be asked for, so that the recorded answers are
        one too many here; test_hearing.py sees to strange items among answers and within threads."""


class TestMessages(TestMentions):
    """Direct messages of strangers, which the server's filter holds back."""

    crowd = 60

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").message(sandbox.account, f"In private: {text}").id)


class TestHashtags(TestMentions):
    crowd = 90
    stream = "search"
    rule = Rule(name="brand", hashtags=("acmecable",))

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann@other.example").post(f"{text} #AcmeCable").id)


class TestWords(TestMentions):
    crowd = 90
    stream = "search"
    rule = Rule(name="brand", phrase="acme cable")

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann@other.example").post(f"Acme Cable again: {text}").id)


def another() -> MastodonSandbox:
    """A server of another make: ids in letters, refusals as pages and plain text, and no keys."""
    sandbox = MastodonSandbox()
    sandbox.make = "other"
    return sandbox


class TestOtherMake(TestMentions):
    sandbox = staticmethod(another)


class TestHashtagsOfOtherMake(TestHashtags):
    sandbox = staticmethod(another)
