"""The broken payloads themselves: one seed gives the same one everywhere, and what a connector does wrong is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk._engine.ingest import Reading, read_items
from socialdesk.connector import Connector, Gone, Page, Part, Raw, Sent, Settings, Window
from socialdesk.models import Entity, ExternalId, Mention
from socialdesk.testing import ConnectorSuite
from socialdesk.testing.fuzzing import broken, broken_answer
from socialdesk.testing.replaying import DEFAULT_NOW
from socialdesk.wire import Request, Response
from tests.contract.chirp import Chirp, ChirpSandbox
from tests.contract.running import failures
from tests.contract.test_chirp import RECORDED

POST: dict[str, Any] = {
    "id": "c1",
    "at": "2026-11-20T09:00:00Z",
    "text": "my parcel is lost",
    "counts": {"likes": 3, "share": 0.5},
    "tags": [{"text": "lost", "from": 10}, {"text": "late", "from": 4}],
    "reply_to": None,
}


@given(st.integers(0, 10**6))
def test_one_seed_gives_one_payload_and_leaves_the_good_one_alone(seed: int) -> None:
    before = orjson.dumps(POST)
    assert broken(POST, seed) == broken(POST, seed)
    assert orjson.dumps(POST) == before
    answer = Response(200, {"Content-Type": "application/json"}, before)
    assert broken_answer(answer, seed) == broken_answer(answer, seed)


def test_almost_every_seed_breaks_something_and_in_its_own_way() -> None:
    made = [orjson.dumps(broken(POST, seed)) for seed in range(500)]
    assert sum(one != orjson.dumps(POST) for one in made) > 450
    assert len(set(made)) > 300


class Trusting(Connector[Settings, Settings]):
    """A connector that takes whatever stands there for an id."""

    platform = "trusting"
    Config = Settings

    async def fetch(self, window: Window) -> Page:
        answer = await Request("GET", "https://trusting.example/mentions", auth="none")
        return Page([Raw("post", item) for item in answer.json()], end="reached")

    def parse(self, raw: Raw) -> Mention:
        return Mention(id=ExternalId("trusting", "post", str(raw.body["id"])), kind="mention")

    async def send(self, part: Part) -> Sent:
        answer = await Request("POST", "https://trusting.example/say", auth="none")
        return Sent(str(answer.json()["id"]))


def test_an_id_that_is_made_up_is_found() -> None:
    class Suite(ConnectorSuite):
        connector = Trusting
        pages = [Response(200, {}, orjson.dumps([POST]))]
        sent = Response(200, {}, b'{"id": "s1"}')
        fuzz = 300

    found = failures(Suite)
    assert "no platform gave that" in found["test_a_broken_item_is_set_aside_or_read_soundly"]
    assert "let it raise" in found["test_a_broken_answer_to_send_is_never_a_refusal"]


def test_a_walk_through_garbage_that_never_ends_is_found() -> None:
    class Patient(Trusting):
        async def fetch(self, window: Window) -> Page:
            while True:
                answer = await Request("GET", "https://trusting.example/mentions", auth="none")
                if answer.body.startswith(b"[{"):
                    return Page([], end="reached")

    class Suite(ConnectorSuite):
        connector = Patient
        pages = [Response(200, {}, orjson.dumps([POST]))]

    assert "never ends" in failures(Suite)["test_a_broken_answer_to_fetch_is_an_error_or_a_page"]


@pytest.mark.parametrize(
    ("start", "end", "text"), [(0, 99, "#bill"), (3, 8, "#late"), (-5, 5, "#bill"), (5, 0, "")]
)
def test_core_leaves_out_an_entity_that_does_not_stand_where_it_says(start: int, end: int, text: str) -> None:
    class Misplacing(Chirp):
        def parse(self, raw: Raw) -> Mention:
            entities = (Entity(kind="hashtag", start=start, end=end, text=text), right)
            return Mention(
                id=ExternalId("chirp", "post", "1"), kind="mention", text="my #bill", entities=entities
            )

    right = Entity(kind="hashtag", start=3, end=8, text="#bill")
    reading = Reading(Misplacing(Misplacing.Config(token="t"), None), DEFAULT_NOW, "poll", "acme")
    ((entry,), unread) = read_items(reading, [Raw("chirp", {})])
    assert unread == ()
    assert isinstance(entry.item, Mention)
    assert entry.item.entities == (right,)


class Credulous(Chirp):
    """A connector that takes an answer for what it should be."""

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        answer = await Request("GET", f"{self.config.base_url}/mentions")
        told = answer.json()
        gone = not isinstance(told, dict) or "items" not in told
        return tuple(Raw("gone" if gone else "post", {"id": identity.value}) for identity in ids)

    def parse(self, raw: Raw) -> Any:
        if raw.shape == "gone":
            return Gone(id=ExternalId("chirp", "post", raw.body["id"]))
        return super().parse(raw)


def test_what_is_taken_for_gone_without_being_told_so_is_found() -> None:
    class Suite(ConnectorSuite):
        connector = Credulous
        sandbox = ChirpSandbox
        fuzz = 60

        def complain(self, sandbox: ChirpSandbox, text: str) -> str:
            return sandbox.complain(text)

        def spoken(self, sandbox: ChirpSandbox) -> list[str]:
            return sandbox.spoken

    with pytest.raises(AssertionError, match="of what says no such thing"):
        Suite().lookup_broken(60)


def test_the_number_of_payloads_is_the_suites() -> None:
    class Suite(ConnectorSuite):
        connector = Chirp
        settings = {"token": "secret"}
        pages = RECORDED.PAGES

    told = Suite().read_broken(200)
    assert 150 <= sum(told.values()) <= 200
    assert set(told) <= {"read", "set aside", "of no interest"}
    assert replace(POST_RAW, body=broken(POST, 1)) != POST_RAW


POST_RAW = Raw("post", POST)
