"""Deliveries that are garbled and signed all the same, through a desk: they are acknowledged, and do no harm."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Desk
from socialdesk.testing import ConnectorSuite
from socialdesk.testing._suite_line import HOOK, broken_delivery
from socialdesk.wire import Headers, WebhookAnswer, WebhookRequest
from tests.platforms.lines import PLATFORMS, delivers

PUSHING = {name: suite for name, suite in PLATFORMS.items() if delivers(suite.connector)}
ACCOUNT = "acme"


class Garbling:
    """A desk whose platform delivers what is said garbled, each in its own way, and signs it."""

    def __init__(self, suite: type[ConnectorSuite], folder: Path) -> None:
        self.suite = suite()
        self.sandbox: Any = self.suite.new_sandbox()
        self.desk = Desk(f"sqlite:///{folder}/desk.db", transport=self.sandbox)
        settings = {**suite.settings, **self.sandbox.settings}
        self.desk.connect(suite.connector.platform, name=ACCOUNT, settings=settings, hear_from=None)
        self.sandbox.deliver_to(self.take)
        self.desk.subscribe(ACCOUNT, HOOK)
        self.taken: Counter[int] = Counter()
        self.garbles, self.seed = True, 0
        self.raised: list[BaseException] = []

    def take(self, request: WebhookRequest) -> WebhookAnswer:
        """A sandbox takes what a webhook raises for no answer, so it is remembered."""
        try:
            if request.method == "POST" and self.garbles:
                request = self._garbled(request)
            answer = self.desk.receive(ACCOUNT, request)
        except BaseException as error:
            self.raised.append(error)
            raise
        if request.method == "POST":
            self.taken[answer.status] += 1
        return answer

    def _garbled(self, request: WebhookRequest) -> WebhookRequest:
        body = b""
        while body.lstrip()[:1] not in (b"{", b"["):  # else it may be X's answer to a challenge
            self.seed += 1
            body = broken_delivery(request.body, self.seed)
        signed = self.sandbox.push.sign(body)
        if isinstance(signed, str):  # the value of the one header that signs it
            signed = {name: signed for name in request.headers if "signature" in name.lower()}
        return replace(request, body=body, headers=Headers({**request.headers, **signed}))

    def complain(self, number: int) -> str:
        said = self.suite.complain(self.sandbox, f"my parcel {number} is lost")
        self.sandbox.advance(seconds=30)
        return said

    def heard(self) -> Counter[str]:
        return Counter(mention.id.value for mention in self.desk.mentions(limit=100_000))


@pytest.mark.parametrize("deliveries", [40, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.long])])
@pytest.mark.parametrize("suite", PUSHING.values(), ids=PUSHING)
def test_garbled_deliveries_are_acknowledged_and_end_no_hearing(
    suite: type[ConnectorSuite], deliveries: int, tmp_path: Path
) -> None:
    platform = Garbling(suite, tmp_path)
    with platform.desk as desk:
        said: list[str] = []
        by_delivery = 0
        while platform.taken.total() < deliveries and not platform.raised:
            said.append(platform.complain(len(said)))
            if len(said) % 200 == 0 or platform.taken.total() >= deliveries:
                by_delivery += desk.take_in().new
                platform.sandbox.advance(minutes=15)
                desk.poll()  # it comes to the rest: platforms list no more than some hundreds
        platform.garbles = False
        genuine = platform.complain(len(said))
        desk.take_in()
        assert platform.heard()[genuine] == 1, "a genuine delivery is not heard any more"
        assert desk.account(ACCOUNT).health.inbound == "ok"
        heard = platform.heard()
    assert platform.raised == []
    assert set(platform.taken) == {200}
    assert {identity: heard[identity] for identity in said if heard[identity] != 1} == {}
    assert 0 < by_delivery < len(said), "none was garbled, or all"
    sys.stdout.write(
        f"{suite.connector.platform}: {platform.taken.total()} deliveries, {by_delivery} heard by them\n"
    )
