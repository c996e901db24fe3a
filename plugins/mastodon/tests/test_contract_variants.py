"""Mastodon's connector keeps the contract in threads, behind the filter, in searches, and on servers of other makes."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.mastodon.tests import test_contract
from socialdesk.models import Rule
from socialdesk_mastodon.sandbox import MastodonSandbox


@pytest.mark.slow
class TestReplies(test_contract.TestMentions):
    """Answers to the account's own statuses, of which each is asked for its thread."""

    crowd = 60

    def complain(self, sandbox: Any, text: str) -> str:
        ours = sandbox.account.post(f"News about {text}")
        return str(sandbox.user("ann").reply(ours, text).id)

    def test_a_strange_item_does_not_keep_its_page_back(self) -> None:
        """A strange item in the place of an answer has no thread to be asked for, so that the recorded answers are
        one too many here; test_hearing.py sees to strange items among answers and within threads."""


class TestMessages(test_contract.TestMentions):
    """Direct messages of strangers, which the server's filter holds back."""

    crowd = 60

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann").message(sandbox.account, f"In private: {text}").id)


@pytest.mark.slow
class TestWords(test_contract.TestMentions):
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


class TestOtherMake(test_contract.TestMentions):
    sandbox = staticmethod(another)


class TestHashtagsOfOtherMake(test_contract.TestHashtags):
    sandbox = staticmethod(another)
