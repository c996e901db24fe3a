"""Mastodon's connector keeps the contract, on every stream that is polled."""

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


class TestHashtags(TestMentions):
    crowd = 90
    stream = "search"
    rule = Rule(name="brand", hashtags=("acmecable",))

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann@other.example").post(f"{text} #AcmeCable").id)
