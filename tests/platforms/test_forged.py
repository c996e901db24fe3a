"""What a platform did not sign is not believed, whatever of a genuine delivery was changed."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from socialdesk.testing import ConnectorSuite
from socialdesk.testing._suite_lives import Desk as Line
from socialdesk.wire import WebhookAnswer, WebhookRequest
from tests.platforms.lines import PLATFORMS, Pushed, delivers

PUSHING = {name: suite for name, suite in PLATFORMS.items() if delivers(suite.connector)}


class Kept(Pushed):
    """The genuine deliveries, as they came."""

    def take(self, request: WebhookRequest) -> WebhookAnswer:
        answer = super().take(request)
        if request.method == "POST":
            self.__dict__.setdefault("genuine", []).append(request)
        return answer


def forged(request: WebhookRequest, chance: random.Random) -> WebhookRequest:
    """A delivery with a byte or a sign changed, added or taken away, in its body or in what signs it."""
    signing = [name for name in request.headers if "signature" in name.lower()]
    if chance.random() < 0.5:
        body = bytearray(request.body)
        place = chance.randrange(len(body))
        body[place : place + chance.randrange(2)] = bytes([chance.randrange(256)]) * chance.randrange(3)
        return replace(request, body=bytes(body))
    headers: dict[str, Any] = dict(request.headers)
    for name in signing:  # each of them: one that is genuine speaks for the delivery
        value = headers.pop(name)
        place = chance.randrange(len(value))
        sign = chance.choice([other for other in "059afzAZ=+/" if other.lower() != value[place].lower()])
        if chance.random() < 0.9:
            headers[name] = value[:place] + sign * chance.randrange(2) + value[place + 1 :]
    return replace(request, headers=headers)


@pytest.mark.parametrize("suite", PUSHING.values(), ids=PUSHING)
@pytest.mark.parametrize("times", [1_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_changed_delivery_is_never_believed_and_a_genuine_one_always(
    suite: type[ConnectorSuite], times: int
) -> None:
    line = Line(suite())
    kept: Any = Kept(line)
    for number in range(3):
        line.suite.complain(line.sandbox, f"my parcel is lost ({number})")
        line.sandbox.advance(minutes=1)
    assert kept.genuine
    connector = suite.connector.of_app(kept.connector.app)
    assert all(connector.verify_webhook(request) for request in kept.genuine)
    chance, tried = random.Random(11), 0
    while tried < times:
        request = kept.genuine[tried % len(kept.genuine)]
        other = forged(request, chance)
        if (other.body, dict(other.headers)) == (request.body, dict(request.headers)):
            continue  # it was changed into itself
        tried += 1
        assert not connector.verify_webhook(other), other.headers
