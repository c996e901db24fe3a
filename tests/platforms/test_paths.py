"""One truth on every platform: the same item by poll, by delivery and by lookup gives the same Mention."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from socialdesk.models import Mention
from socialdesk.testing import ConnectorSuite
from socialdesk.testing._suite_hears import mention_problems
from tests.platforms.lines import PLATFORMS, Line, Pushed, delivers, listings, texts, told

ABOUT_THE_WAY = {"account", "labels", "matched_by", "observed_at", "provenance", "public_id"}
every_listing = pytest.mark.parametrize("suite", listings())
every_platform = pytest.mark.parametrize("suite", PLATFORMS.values(), ids=PLATFORMS)


def same(one: Mention, other: Mention) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both, without what the way decides and what either way could not tell."""
    left_out = ABOUT_THE_WAY.union(one.provenance.missing, other.provenance.missing)
    return one.model_dump(exclude=left_out), other.model_dump(exclude=left_out)


def heard(line: Line, *said: str) -> dict[str, Mention]:
    """What a poll gives of these texts, by id; all of them are heard."""
    ids = [line.suite.complain(line.sandbox, text) for text in said]
    line.settle()
    found = told(line.hear()[0])
    assert set(ids) <= set(found)
    return {identity: found[identity] for identity in ids}


@every_listing
@settings(max_examples=15, deadline=None)
@given(first=texts, second=texts)
def test_by_poll_and_by_lookup(suite: type[ConnectorSuite], first: str, second: str) -> None:
    line = Line(suite())
    polled = heard(line, first, second)
    if "lookup" not in line.client.connector.capabilities.abilities:
        pytest.skip("the platform cannot look things up")
    found = told(line.client.lookup([mention.id for mention in polled.values()]))
    assert set(found) == set(polled)
    for identity, mention in polled.items():
        by_lookup, by_poll = same(found[identity], mention)
        assert by_lookup == by_poll


@every_listing
@settings(max_examples=15, deadline=None)
@given(first=texts, second=texts)
def test_by_poll_and_by_delivery(suite: type[ConnectorSuite], first: str, second: str) -> None:
    if not delivers(suite.connector):
        pytest.skip("the platform delivers nothing")
    line = Line(suite())
    pushed = Pushed(line)
    polled = heard(line, first, second)
    assert pushed.refused == []
    delivered = pushed.mentions()
    for identity in set(polled) & set(delivered):
        by_delivery, by_poll = same(delivered[identity], polled[identity])
        assert by_delivery == by_poll
    if suite in PLATFORMS.values():  # what the platform's first listing shows is delivered too
        assert set(polled) <= set(delivered)


@every_platform
def test_a_delivery_that_was_changed_is_not_believed(suite: type[ConnectorSuite]) -> None:
    if not delivers(suite.connector):
        pytest.skip("the platform delivers nothing")
    line = Line(suite())
    pushed = Pushed(line)
    kept: list[Any] = []
    sandbox: Any = line.sandbox
    sandbox.deliver_to(lambda request: kept.append(request) or pushed.take(request))
    line.suite.complain(line.sandbox, "my parcel is lost")
    line.settle()
    of_app = type(pushed.connector).of_app(pushed.connector.app)
    delivery = next(request for request in kept if request.method == "POST")
    assert of_app.verify_webhook(delivery)
    for at in range(0, len(delivery.body), max(1, len(delivery.body) // 40)):
        body = delivery.body[:at] + bytes([delivery.body[at] ^ 1]) + delivery.body[at + 1 :]
        changed = type(delivery)(headers=delivery.headers, query=delivery.query, body=body)
        assert not of_app.verify_webhook(changed)
    assert not of_app.verify_webhook(type(delivery)(query=delivery.query, body=delivery.body))


@every_listing
@settings(max_examples=15, deadline=None)
@given(said=texts)
def test_what_was_said_is_what_is_shown(suite: type[ConnectorSuite], said: str) -> None:
    line = Line(suite())
    (mention,) = heard(line, said).values()
    as_parsed = mention.model_copy(update={"account": "", "observed_at": None})
    assert list(mention_problems(as_parsed)) == []
    shown = "".join(mention.text.split())
    for word in said.split():
        assert word in shown, f"{word!r} of {said!r} is missing in {mention.text!r}"
