"""A machine that does anything in any order: publish, edit, delete, delay, deliver, poll, fill back, crash.

Whatever it did, in the end everything that showed is stored or set aside, once, and every consumer was told of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from socialdesk._engine.cursor import Cursor
from socialdesk.connector import Page, Raw, Window
from socialdesk.desk.telling import Feed
from socialdesk.errors import Rejected
from socialdesk.wire import WebhookRequest
from tests.simulation.test_backfill import Later, Old, post
from tests.simulation.test_drain import strike_at
from tests.simulation.test_echoes import App
from tests.simulation.world import START, Struck

OLD_POSTS = 5
CONSUMERS = ("tickets", "numbers")


class Expiring(Old):
    """A toy that delivers, and whose page tokens may be worth nothing any more."""

    App: Any = App
    streams = Old.streams[:2]
    expired = False

    async def fetch(self, window: Window) -> Page:
        if window.page is not None and type(self).expired:
            type(self).expired = False
            raise Rejected("stale_page", "This page token has expired.", scope="stream")
        return await super().fetch(window)

    def verify_webhook(self, request: WebhookRequest) -> bool:
        return True

    def parse_webhook(self, request: WebhookRequest) -> tuple[Raw, ...]:
        return tuple(Raw("item", item, account="us") for item in orjson.loads(request.body))


class Machine(RuleBasedStateMachine):
    """What the platform published is known here by its own book: ``truth`` is each post as it is now."""

    def __init__(self) -> None:
        super().__init__()
        self.one = Later(kind=Expiring, settings={"secret": "s"})
        self.number = OLD_POSTS
        self.listed: list[dict[str, Any]] = self.one.platform.streams["mentions"]
        self.listed += [
            post(n, START - (OLD_POSTS + 1 - n) * timedelta(days=1)) for n in range(1, OLD_POSTS + 1)
        ]
        self.asked_from: int | None = None  # how many days back was asked for
        self.truth: dict[str, tuple[str, int, bool]] = {}  # text, revision, deleted
        self.garbled = 0
        self.hidden: list[tuple[float, dict[str, Any]]] = []
        self.told: dict[str, dict[str, str]] = {name: {} for name in CONSUMERS}
        self.acked: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        self.quiesce()
        self.one.close()

    # ------------------------------------------------------------------------------------------ the platform

    def _item(self, **more: Any) -> dict[str, Any]:
        self.number += 1
        return {"id": str(self.number), "is": "post", "at": self.one.platform.now.isoformat(), **more}

    @rule(late=st.sampled_from([0, 0, 0, 20, 240]))
    def publish(self, late: int) -> None:
        item = self._item(text=f"post {self.number}")
        self.truth[item["id"]] = (item["text"], 0, False)
        if late:
            self.hidden.append((self.one.monotonic + late, item))
        else:
            self.listed.append(item)

    @rule()
    def publish_what_cannot_be_read(self) -> None:
        self.listed.append(self._item())
        self.garbled += 1

    def _alive(self) -> list[str]:
        hidden = {item["id"] for _, item in self.hidden}
        return [key for key, (*_, gone) in self.truth.items() if not gone and key not in hidden]

    @precondition(lambda self: self._alive())
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self._alive()))
        text, revision, _ = self.truth[key]
        self.truth[key] = (f"{text}!", revision + 1, False)
        self.listed.append(self._item(of=key, text=f"{text}!", revision=revision + 1))

    @precondition(lambda self: self._alive())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self._alive()))
        self.truth[key] = (*self.truth[key][:2], True)
        self.listed.append({**self._item(of=key), "is": "gone"})

    @rule(seconds=st.sampled_from([1, 30, 70, 400]))
    def wait(self, seconds: int) -> None:
        self.one.advance(seconds)
        for moment in [each for each in self.hidden if each[0] <= self.one.monotonic]:
            self.hidden.remove(moment)
            self.listed.append(moment[1])

    @rule()
    def expire_page_tokens(self) -> None:
        Expiring.expired = self.one.kind.expired = True  # type: ignore[attr-defined]  # of the toy

    # ---------------------------------------------------------------------------------------------- the desk

    def _do(self, flow: Any, crash: int) -> None:
        """Run a flow; where ``crash`` is no less than 0, its worker dies after so many effects, if it has as many."""
        try:
            self.one.run(flow, strike_at(crash, "after"))
        except Struck:
            self.one.restart()

    @rule(crash=st.integers(-40, 40), due_only=st.booleans())
    def poll(self, crash: int, due_only: bool) -> None:
        self._do(self.one.flows().poll(due_only=due_only), crash)

    @precondition(lambda self: len(self.listed) > OLD_POSTS)
    @rule(data=st.data(), crash=st.integers(-20, 20))
    def deliver(self, data: st.DataObject, crash: int) -> None:
        items = data.draw(st.lists(st.sampled_from(self.listed[OLD_POSTS:]), min_size=1, max_size=3))
        before = self.one.rows("SELECT cursor FROM socialdesk_stream")
        body = orjson.dumps(items)
        self.one.run(self.one.flows().receive("acme", WebhookRequest(query={}, headers={}, body=body)))
        self._do(self.one.flows().take_in(), crash)
        assert self.one.rows("SELECT cursor FROM socialdesk_stream") == before, "a delivery moves no position"

    @rule(days=st.integers(1, OLD_POSTS), crash=st.integers(-40, 60))
    def fill_back(self, days: int, crash: int) -> None:
        since = START - timedelta(days=days)
        self.one.run(self.one.flows().backfill("acme", since=since, streams=["mentions"]))
        self.asked_from = max(days, self.asked_from or 0)
        self._do(self.one.flows().poll(due_only=True), crash)

    @rule(name=st.sampled_from(CONSUMERS), crash=st.integers(-10, 10), acks=st.booleans())
    def take(self, name: str, crash: int, acks: bool) -> None:
        with self.one.worker.run() as owner:
            self._do(self._take(name, owner, acks), crash)

    async def _take(self, name: str, owner: str, acks: bool) -> None:
        feed = Feed(self.one.flows(), name, "all", owner)
        for event, _account, _tries in await feed.next_batch():
            self.told[name][event.id] = f"{event.kind.value} {event.mention}"
            if acks:
                await feed.ack(event)
        await feed.give_back()

    # ------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def no_position_is_ahead_of_what_is_stored(self) -> None:
        rows = self.one.rows("SELECT cursor FROM socialdesk_stream WHERE stream = 'mentions'")
        if not rows or (resume := Cursor.loads(rows[0][0]).resume) is None:
            return
        late = {item["id"] for _, item in self.hidden} | self._shown_late
        stored = self._stored()
        for item in self.listed[OLD_POSTS:]:
            if int(item["id"]) <= int(resume) and item["id"] not in late and "text" in item:
                assert item.get("of", item["id"]) in stored

    @property
    def _shown_late(self) -> set[str]:
        """What stands behind something younger, so that it showed after that."""
        numbers = [int(item["id"]) for item in self.listed]
        return {str(n) for place, n in enumerate(numbers) if any(other > n for other in numbers[:place])}

    def _stored(self) -> dict[str, tuple[str, str]]:
        rows = self.one.rows("SELECT key, state, json_extract(data, '$.text') FROM socialdesk_mention")
        assert len({key for key, *_ in rows}) == len(rows), "one mention for each thing"
        return {key.rpartition(":")[2]: (state, text) for key, state, text in rows}

    def quiesce(self) -> None:
        """Let everything show and be heard, without faults; then it all has to be there."""
        Expiring.expired = self.one.kind.expired = False  # type: ignore[attr-defined]  # of the toy
        self.wait(400)
        for _ in range(22):  # two sweeps
            self.one.run(self.one.flows().poll())
            self.one.advance(61)
        stored = self._stored()
        for key, (text, _, gone) in self.truth.items():
            assert key in stored, f"{key} is lost"
            state, said = stored[key]
            assert (state == "deleted") == gone
            assert gone or said == text, "the last version stands, in whatever order they came"
        old = {str(n) for n in range(1, OLD_POSTS + 1) if OLD_POSTS + 1 - n <= (self.asked_from or 0)}
        assert set(stored) == set(self.truth) | old
        assert self.one.rows("SELECT count(*) FROM socialdesk_quarantine") == [(self.garbled,)]
        events = self.one.rows("SELECT id, kind, mention_key, backfilled FROM socialdesk_event")
        created = [key for _, kind, key, _ in events if kind == "created"]
        assert len(created) == len(set(created)), "news once"
        assert {key.rpartition(":")[2] for _, kind, key, flag in events if kind == "created" and flag} == old
        for name in CONSUMERS:
            for _ in range(10):
                with self.one.worker.run() as owner:
                    self.one.run(self._take(name, owner, acks=True))
                self.one.advance(1)
            expected = {identity: f"{kind} {key}" for identity, kind, key, _ in events if key}
            assert {i: told for i, told in self.told[name].items() if i in expected} == expected


def play(examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=how)


@pytest.mark.parametrize("examples", [4, pytest.param(400, marks=[pytest.mark.slow, pytest.mark.long])])
def test_whatever_happens_in_whatever_order_nothing_is_lost_or_doubled(examples: int) -> None:
    play(examples, 30)
