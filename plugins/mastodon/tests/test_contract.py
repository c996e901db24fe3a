"""Mastodon's connector keeps the contract, on every stream that is polled."""

from __future__ import annotations

from typing import Any

import pytest

from socialdesk.errors import AuthError
from socialdesk.models import Rule
from socialdesk.testing import ConnectorSuite
from socialdesk.wire import Response
from socialdesk_mastodon.connector import MastodonConnector
from socialdesk_mastodon.sandbox import MastodonSandbox

JSON = {"Content-Type": "application/json; charset=utf-8"}


class TestMentions(ConnectorSuite):
    connector = MastodonConnector
    sandbox = MastodonSandbox
    refusals = (
        (Response(403, JSON, b'{"error": "This action is not allowed"}'), "not_permitted"),
        (Response(404, JSON, b'{"error": "Record not found"}'), "gone"),
        (Response(410, JSON, b'{"error": "Gone"}'), "gone"),
        (Response(422, JSON, b'{"error": "Validation failed"}'), "content"),
        (Response(400, {"Content-Type": "text/plain"}, b"Invalid request"), "unsupported"),
        (Response(401, JSON, b'{"error": "The access token is invalid"}'), AuthError),
    )

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann@other.example").post(f"@{sandbox.account.username} {text}").id)

    def spoken(self, sandbox: Any) -> list[str]:
        return [sandbox.world.statuses[number].text for number in sandbox.account.statuses]

    def shown(self, sandbox: Any) -> list[str]:
        said = [sandbox.world.statuses[number] for number in sandbox.account.statuses]
        return [status.text for status in said if status.visibility != "direct"]


@pytest.mark.slow
class TestHashtags(TestMentions):
    crowd = 90
    stream = "search"
    rule = Rule(name="brand", hashtags=("acmecable",))

    def complain(self, sandbox: Any, text: str) -> str:
        return str(sandbox.user("ann@other.example").post(f"{text} #AcmeCable").id)
