"""Who an account is: asked before anything is heard, and again every day, since names and what is granted change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Desk
from socialdesk.wire import Request, Response
from socialdesk_mastodon.sandbox import MastodonSandbox

WHO = "/api/v1/accounts/verify_credentials"


@dataclass
class Line:
    """The way to a server, which may answer nothing but ``broken`` to who the account is; counts how often it was
    asked."""

    sandbox: MastodonSandbox = field(default_factory=MastodonSandbox)
    broken: int | None = None
    asked: int = 0

    def send(self, request: Request, timeout: float) -> Response:
        if request.path.endswith(WHO):
            self.asked += 1
            if self.broken is not None:
                return Response(status=self.broken, headers={}, body=b"{}", request=request)
        return self.sandbox.send(request, timeout)

    def close(self) -> None:
        self.sandbox.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sandbox, name)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def desk(line: Line, tmp_path: Path) -> Iterator[Desk]:
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=line) as made:
        made.connect("mastodon", name="acme", settings=line.sandbox.settings, hear_from=None)
        yield made


def heard(desk: Desk, line: Line, text: str) -> bool:
    line.sandbox.user("ann").post(f"@acme {text}")
    line.sandbox.advance(minutes=5)
    desk.poll()
    return any(text in mention.text for mention in desk.mentions())


def test_who_an_account_is_is_asked_once_a_day(desk: Desk, line: Line) -> None:
    for _ in range(5):
        desk.poll()
        line.sandbox.advance(hours=4)
    assert line.asked == 1
    line.sandbox.account.username = "acme_care"
    assert desk.account("acme").handle == "acme"
    line.sandbox.advance(hours=5)
    desk.poll()
    assert line.asked == 2
    assert desk.account("acme").handle == "acme_care"


@pytest.mark.parametrize("status", [404, 429, 503])
def test_where_that_fails_the_account_goes_on_being_heard(desk: Desk, line: Line, status: int) -> None:
    desk.poll()
    line.sandbox.advance(hours=25)
    line.broken = status
    assert heard(desk, line, "is anybody there?")
    asked = line.asked
    assert asked > 1
    assert heard(desk, line, "and now?")
    assert line.asked == asked, "it was asked again within the hour"
    line.broken = None
    line.sandbox.advance(hours=1)
    desk.poll()
    assert line.asked == asked + 1


def test_credentials_that_are_no_good_any_more_show_then(desk: Desk, line: Line) -> None:
    desk.poll()
    line.sandbox.advance(hours=25)
    line.broken = 401
    desk.poll()
    assert desk.account("acme").health.inbound == "reauth_required"
