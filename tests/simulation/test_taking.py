"""Consumers that are killed at six kinds of moments, by seeds: no event is lost, and each comes under one id.

``python -m pytest -m slow tests/simulation/test_taking.py`` runs 1,000 seeds of each; a few of them always run.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from socialdesk._engine.effects import Call, Work
from socialdesk.desk import eventing, telling
from socialdesk.desk.eventing import write_events
from socialdesk.desk.rows import event_row
from socialdesk.desk.telling import Feed
from socialdesk.models import Event, EventKind
from tests.simulation.world import Struck, World

MOMENTS = {
    "before they are claimed": [("claim_events", "before")],
    "once they are claimed": [("claim_events", "after")],
    "in the helpdesk's hands": [("ticket", "before"), ("take_event", "before")],
    "between the ticket and the ack": [("ticket", "after"), ("take_event", "before")],
    "once the ack is stored": [("take_event", "after")],
    "while one is refused or given back": [
        (name, when) for name in ("refuse_event", "release_events") for when in ("before", "after")
    ],
}
FEW, ALL = range(8), range(8, 1000)


@dataclass
class Helpdesk:
    """What two consumers of one name see and keep. ``joined``: the ticket and the ack are one transaction."""

    dice: random.Random
    joined: bool
    handed: dict[str, list[Event]] = field(default_factory=dict)
    tickets: list[str] = field(default_factory=list)
    acked: set[str] = field(default_factory=set)
    willing: bool = False

    async def take(self, desk: Any, owner: str) -> None:
        feed = Feed(desk, "tickets", "all", owner)
        while batch := await feed.next_batch():
            for event, _account, _tries in batch:
                assert event.id not in self.acked, "it was acked, and came again"
                self.handed.setdefault(event.id, []).append(event)
                await self._answer(feed, event)
        await feed.give_back()

    async def _answer(self, feed: Feed, event: Event) -> None:
        (fate,) = self.dice.choices(("ack", "nack", "leave"), (6, 0 if self.willing else 3, 1))
        if fate == "nack":
            await feed.nack(event, "no room")
        elif fate == "ack" and self.joined:
            await self._together(feed, event)
        elif fate == "ack":
            await Work(lambda: self.tickets.append(event.id))
            await feed.ack(event)

    async def _together(self, feed: Feed, event: Event) -> None:
        ack = eventing.take_event(feed._consumer, event)

        def both(connection: Any) -> None:
            ack.operation(connection)
            self.tickets.append(event.id)

        await Call(both, True, "take_event")


class Strikes:
    """Strikes at one kind of moment, the ``left``-th time that it comes."""

    def __init__(self, one: World, helpdesk: Helpdesk, moment: str) -> None:
        self.one, self.helpdesk, self.dice = one, helpdesk, helpdesk.dice
        self.moments = MOMENTS[moment]
        self.left = self.dice.randrange(1, 4)
        self.other_at = self.dice.randrange(25)

    def __call__(self, index: int, effect: Any, when: str) -> bool:
        name = "ticket" if isinstance(effect, Work) else getattr(effect, "name", "")
        if (name, when) == ("take_event", "after"):
            self.helpdesk.acked.add(self.helpdesk.tickets[-1])
        if index == self.other_at and when == "before":
            self.other_at = -1
            take(self.one, self.one.new_worker(), self.helpdesk)
        if (name, when) not in self.moments:
            return False
        self.left -= 1
        return self.left == 0


def take(one: World, worker: Any, helpdesk: Helpdesk, strikes: Strikes | None = None) -> None:
    def only_looks(_: int, effect: Any, when: str) -> bool:
        if (getattr(effect, "name", ""), when) == ("take_event", "after"):
            helpdesk.acked.add(helpdesk.tickets[-1])
        return False

    with worker.run() as owner:
        one.run(helpdesk.take(one.flows(worker), owner), strikes or only_looks)


def happen(one: World, round_: int, count: int) -> None:
    """So many events, written in one transaction as a page writes them."""
    ((account_id,),) = one.rows("SELECT id FROM socialdesk_account")
    rows = [
        event_row(
            Event(
                id=f"{one.now():%j%H%M%S}-{round_}-{number}",
                kind=EventKind.CREATED,
                account=account_id,
                at=one.now(),
                text=f"{round_} {number}",
            )
        )
        for number in range(count)
    ]
    one.store.perform(Call(lambda connection: write_events(connection, rows), True))


def live(seed: int, moment: str) -> int:
    """One life of a desk and its consumers; gives how often a consumer was killed."""
    dice = random.Random(f"{moment} {seed}")
    one, helpdesk, kills = World(), Helpdesk(dice, joined=seed % 2 == 1), 0
    for number in range(dice.randrange(3, 6)):
        happen(one, number, dice.randrange(5))
        try:
            take(one, one.worker, helpdesk, Strikes(one, helpdesk, moment))
        except Struck:
            kills += 1
            one.restart()
        one.advance(dice.choice((1, 30, 400)))
    finish(one, helpdesk)
    one.close()
    return kills


def finish(one: World, helpdesk: Helpdesk) -> None:
    helpdesk.willing = True
    for _ in range(30):
        one.advance(900)
        one.run(one.flows().revive_events("tickets"))
        take(one, one.worker, helpdesk)
        if not one.rows("SELECT 1 FROM socialdesk_delivery"):
            break
    kept = {identity for (identity,) in one.rows("SELECT id FROM socialdesk_event")}
    assert set(helpdesk.handed) == kept, "an event was lost, or came under another id"
    assert set(helpdesk.tickets) == kept
    assert all(event == seen[0] for seen in helpdesk.handed.values() for event in seen)
    if helpdesk.joined:
        assert len(helpdesk.tickets) == len(kept), "one transaction, and yet two tickets"


@pytest.mark.parametrize(
    "seeds", [FEW, pytest.param(ALL, marks=[pytest.mark.slow, pytest.mark.long])], ids=["few", "all"]
)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_consumer_that_is_killed_loses_nothing(
    moment: str, seeds: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "AT_A_TIME", 3)
    kills = 0
    for seed in seeds:
        try:
            kills += live(seed, moment)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {moment}: {error}") from error
    assert kills > len(seeds) / 2, "the moment hardly ever came"
