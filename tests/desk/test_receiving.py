"""What platforms deliver: durable before it is acknowledged, taken in once, for whom it is."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from socialdesk import ConfigError, Registry
from socialdesk._engine.effects import reads
from socialdesk.connector import Raw, Stub
from socialdesk.desk import Desk, schema
from socialdesk.models import ExternalId
from socialdesk.wire import WebhookRequest
from tests.desk.faces import Hand, ToyWire
from tests.desk.whole import SECRET, Whole, WholePlatform, delivery

POST = {"item": {"id": "7", "text": "help", "by": "ann"}}


@pytest.fixture
def platform() -> WholePlatform:
    return WholePlatform()


@pytest.fixture
def hand(face: str, platform: WholePlatform, url: str) -> Iterator[Hand]:
    made = open_hand(face, platform, url)
    made.app("whole", name="ours", settings={"secret": SECRET})
    made.connect("whole", name="acme", app="ours", settings={}, hear_from=None)
    yield made
    made.shut()


def open_hand(face: str, platform: WholePlatform, url: str) -> Hand:
    return Hand(face, url, transport=ToyWire(platform), registry=Registry(extra=[Whole]))  # type: ignore[arg-type]  # has what is used


def test_a_delivery_is_kept_before_it_is_acknowledged_and_taken_in_once(
    hand: Hand, face: str, platform: WholePlatform, url: str
) -> None:
    answer = hand.receive("ours", delivery(POST))
    assert answer.status == 200
    hand.shut()  # the process ends here
    later = open_hand(face, platform, url)
    assert later.mentions() == ()
    report = later.poll()
    assert (report.received.deliveries, report.new) == (1, 1)
    (said,) = later.mentions()
    assert (said.text, said.provenance.via) == ("help", "webhook")
    for _ in range(3):
        assert later.receive("ours", delivery(POST)).status == 200
    assert later.poll().new == 0
    assert len(later.mentions()) == 1
    later.shut()


def test_what_is_not_signed_by_the_platform_is_left_alone(hand: Hand) -> None:
    genuine = delivery(POST)
    dice = random.Random(1)
    for _ in range(200):
        body = bytearray(genuine.body)
        body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
        forged = WebhookRequest(headers=genuine.headers, body=bytes(body))
        assert hand.receive("ours", forged).status == 403
    assert hand.receive("ours", WebhookRequest(body=genuine.body)).status == 403
    assert hand.receive("ours", WebhookRequest(headers={"x-signature": "ä"}, body=b"{}")).status == 403
    assert hand.receive("ours", WebhookRequest(body=b"x" * (5 * 2**20))).status == 413
    assert hand.poll().received.deliveries == 0


def test_a_challenge_is_answered(hand: Hand) -> None:
    answer = hand.receive("ours", WebhookRequest(method="GET", query={"ask": "who"}))
    assert (answer.status, answer.body) == (200, b"who")


def test_without_such_an_app_nothing_is_received(hand: Hand) -> None:
    with pytest.raises(ConfigError, match="no app named 'theirs'"):
        hand.receive("theirs", delivery(POST))


def test_an_accounts_own_app_receives_under_the_accounts_name(
    face: str, platform: WholePlatform, url: str
) -> None:
    made = open_hand(face, platform, url)
    made.connect("whole", name="acme", settings={"secret": SECRET}, hear_from=None)
    assert made.receive("acme", delivery(POST)).status == 200
    assert made.poll().new == 1
    made.shut()


def test_what_is_for_a_stranger_is_parked_until_it_is_connected(hand: Hand) -> None:
    both = delivery(POST, {**POST, "for": "them"})
    hand.receive("ours", both)
    report = hand.take_in()
    assert (report.new, report.parked) == (1, 1)
    assert hand.take_in().deliveries == 0
    hand.connect("whole", name="other", app="ours", settings={"me": "them"}, hear_from=None)
    assert hand.take_in().new == 1
    assert {said.account for said in hand.mentions()} == {"acme", "other"}


def test_one_item_that_cannot_be_read_keeps_back_none(hand: Hand) -> None:
    broken = {"item": {"no": "id"}}
    hand.receive("ours", delivery(POST, broken, {"item": {"id": "8", "text": "me too"}}))
    assert hand.take_in().new == 2
    assert hand.counts()["acme"]["quarantine"] == 1


def test_a_delivery_that_cannot_be_taken_apart_is_kept_and_tried_again(
    hand: Hand, platform: WholePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Whole, request: WebhookRequest) -> Any:
        raise KeyError("events")

    hand.receive("ours", delivery(POST))
    with monkeypatch.context() as patch:
        patch.setattr(Whole, "parse_webhook", broken)
        assert hand.take_in().put_off == 1
        assert hand.take_in().deliveries == 0, "it is not tried again at once"
        for _ in range(12):
            platform.advance(timedelta(days=1))
            hand.take_in()
    hand.check("acme")  # after the plugin was mended
    assert hand.take_in().new == 1


def test_what_cannot_be_looked_up_keeps_back_nothing_that_was_told(
    hand: Hand, platform: WholePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(self: Whole, raw: Raw) -> Any:
        return Stub(id=ExternalId("whole", "post", "8")) if raw.body["id"] == "8" else told(self, raw)

    async def broken(self: Whole, ids: Any) -> tuple[Raw, ...]:
        raise KeyError("items")

    told = Whole.parse
    monkeypatch.setattr(Whole, "parse", parse)
    hand.connect("whole", name="other", app="ours", settings={"me": "them"}, hear_from=None)
    hand.receive(
        "ours", delivery({"item": {"id": "8"}}, POST, {"item": {**POST["item"], "id": "9"}, "for": "them"})
    )
    with monkeypatch.context() as patch:
        patch.setattr(Whole, "lookup", broken)
        report = hand.take_in()
    assert (report.new, report.put_off) == (2, 1)
    assert {said.account for said in hand.mentions()} == {"acme", "other"}


@pytest.mark.parametrize(
    "name",
    [{"a": 1}, ["us"], 7, "half of \ud83d", "x" * 10**6],
    ids=["object", "list", "number", "half a character", "long"],
)
def test_a_strange_account_in_a_delivery_keeps_back_none(
    hand: Hand, monkeypatch: pytest.MonkeyPatch, name: Any
) -> None:
    def parsed(self: Whole, request: WebhookRequest) -> tuple[Raw, ...]:
        return (
            Raw("item", {"id": "8"}, account=name),
            Raw("item", {"id": "9"}, account="them"),
            *told(self, request),
        )

    told = Whole.parse_webhook
    monkeypatch.setattr(Whole, "parse_webhook", parsed)
    hand.receive("ours", delivery(POST))
    hand.receive("ours", delivery({"item": {"id": "10", "text": "me too"}}))
    report = hand.take_in()
    assert (report.new, report.parked) == (2, 2)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_the_order_of_deliveries_makes_no_difference(order: tuple[int, ...], tmp_path: Any) -> None:
    events = [
        {"item": {"id": "7", "text": "one"}},
        {"item": {"id": "7", "text": "two", "revision": 1}},
        {"item": {"id": "7", "text": "three", "revision": 2}},
        {"item": {"id": "7", "gone": True}},
    ]
    platform = WholePlatform()
    with Desk(
        f"sqlite:///{tmp_path}/desk.db",
        transport=ToyWire(platform),  # type: ignore[arg-type]  # has what is used
        registry=Registry(extra=[Whole]),
    ) as desk:
        desk.connect("whole", name="acme", settings={"secret": SECRET}, hear_from=None)
        for index in order:
            desk.receive("acme", delivery(events[index], number=index))
            desk.take_in()
        (said,) = desk.mentions()
        assert said.state == "deleted"
        without = [index for index in order if index != 3]
    with Desk(
        f"sqlite:///{tmp_path}/other.db",
        transport=ToyWire(platform),  # type: ignore[arg-type]  # the same
        registry=Registry(extra=[Whole]),
    ) as desk:
        desk.connect("whole", name="acme", settings={"secret": SECRET}, hear_from=None)
        for index in without:
            desk.receive("acme", delivery(events[index], number=index))
        desk.take_in()
        (said,) = desk.mentions()
        assert said.text == "three"


def test_one_delivery_fifty_times_at_once_makes_one_mention(platform: WholePlatform, url: str) -> None:
    with Desk(url, transport=ToyWire(platform), registry=Registry(extra=[Whole])) as desk:  # type: ignore[arg-type]  # has what is used
        desk.connect("whole", name="acme", settings={"secret": SECRET}, hear_from=None)
        answers: list[int] = []

        def deliver() -> None:
            answers.append(desk.receive("acme", delivery(POST)).status)
            desk.take_in()

        threads = [threading.Thread(target=deliver) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 50
        assert len(desk.mentions()) == 1


def test_the_same_post_by_poll_and_by_delivery_is_one_mention(hand: Hand, platform: WholePlatform) -> None:
    item = {"id": "7", "text": "help", "by": "ann"}
    platform.streams["mentions"] = [item]
    hand.receive("ours", delivery({"item": item}))
    first = hand.poll()
    assert first.new == 1
    platform.streams["mentions"] = [{**item, "reposts": 4}]
    hand.receive("ours", delivery({"item": {**item, "reposts": 4}}))
    assert hand.poll().new == 0
    (said,) = hand.mentions()
    assert said.metrics.reposts == 4


def test_a_revoked_grant_is_the_accounts_health(hand: Hand) -> None:
    hand.receive("ours", delivery({"shape": "notice", "item": {}}))
    hand.take_in()
    account = hand.account("acme")
    assert account.health.state == "reauth_required"
    assert "grant is gone" in account.health.text


def test_a_subscription_is_renewed_when_it_is_due(hand: Hand, platform: WholePlatform) -> None:
    with pytest.raises(ConfigError, match="https"):
        hand.subscribe("acme", "http://helpdesk.example/hook")
    push = hand.subscribe("acme", "https://helpdesk.example/hook")
    assert push.renew_at is not None
    hand.flow(lambda flows: flows.tick())
    assert len(platform.hooks) == 1
    platform.advance(timedelta(days=1, minutes=1))
    hand.flow(lambda flows: flows.tick())
    hand.flow(lambda flows: flows.tick())
    assert len(platform.hooks) == 2


@pytest.mark.parametrize("fails", ["INSERT INTO socialdesk_push", "COMMIT"])
def test_what_cannot_be_stored_is_not_acknowledged(hand: Hand, fails: str) -> None:
    """The host's framework answers 500 for an exception, and the platform delivers it again."""
    told: list[str] = []

    def statement(_c: Any, _cursor: Any, text: str, *_: Any) -> None:
        if text.startswith(fails):
            told.append(text)
            raise OSError("the disk is full")

    def commit(_connection: Any) -> None:
        if fails == "COMMIT":
            told.append(fails)
            raise OSError("the disk is full")

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", statement)
    sa.event.listen(sa.engine.Engine, "commit", commit)
    try:
        with pytest.raises(OSError, match="the disk is full"):
            hand.receive("ours", delivery(POST))
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", statement)
        sa.event.remove(sa.engine.Engine, "commit", commit)
    assert told
    assert hand.take_in().deliveries == 0
    assert hand.receive("ours", delivery(POST)).status == 200, "it comes again, and is kept"
    assert hand.take_in().new == 1


def test_a_delivery_never_moves_the_position_of_polling(hand: Hand, platform: WholePlatform) -> None:
    hand.poll()

    @reads
    def positions(connection: Any) -> list[Any]:
        table = schema.stream
        return connection.execute(sa.select(table.c.stream, table.c.cursor).order_by(table.c.stream)).all()

    async def look(_flows: Any) -> list[Any]:
        return await positions()

    before = hand.flow(look)
    assert before
    for number in range(3):
        hand.receive("ours", delivery({"item": {"id": str(900 + number), "text": "new"}}))
    assert hand.take_in().new == 3
    assert hand.flow(look) == before
