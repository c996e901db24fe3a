"""The beginning of every play: an account is connected, a customer has complained, and replies wait to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from socialdesk.desk.memory import Kept
from socialdesk.errors import Rejected
from socialdesk.models import Mention
from socialdesk.testing.simulation._stage import Stage
from socialdesk.testing.simulation._world import ACCOUNT, World

__all__ = ["Scene"]

COMPLAINT = "My contract was ended over one cent"
SHOWS_AFTER = 300.0
"""Seconds that a platform is given to list a complaint."""

BEGINS_AT = 3600.0
"""Seconds of virtual time at which every play begins."""


class Scene:
    """Worlds in which ``replies`` replies wait, or one where the platform lets it be answered once. ``long`` of them
    have more text than one post holds, where the platform has a limit that a reply of ordinary length exceeds."""

    def __init__(self, stage: Stage, *, replies: int = 1, long: int = 0) -> None:
        self.stage = stage
        self.replies = replies
        self.long = long
        self._kept: Kept | None = None

    def open(self, seed: int, *, skew: float = 0.0) -> World:
        """A world of its own for this seed: the same one whichever were opened before."""
        if self.stage.repeats and self._kept is None:
            self._kept = self._begun()
        world = World(self.stage, seed=seed, skew=skew, kept=self._kept)
        self.stage.complain(world.platform, COMPLAINT)
        if self._kept is None:
            self._prepare(world)
        world.advance(BEGINS_AT - world.monotonic)
        return world

    def _begun(self) -> Kept:
        """The tables at the beginning of every play. They are the same for all seeds, so they are made with none."""
        world = World(self.stage)
        self.stage.complain(world.platform, COMPLAINT)
        self._prepare(world)
        kept = world.store.keep()
        world.close()
        return kept

    def _prepare(self, world: World) -> None:
        world.connect()
        world.advance(SHOWS_AFTER)
        heard = self._hear(world)
        for number, text in enumerate(self._texts(world, heard)):
            world.advance(1)
            try:
                for _ in range(2):  # a double click
                    world.run(world.flows().reply(heard, text, key=f"reply-{number}"))
            except Rejected:
                if number == 0:
                    raise
                return  # what was asked there is answered once

    def _hear(self, world: World) -> Mention:
        flows, report = world.flows(), None
        for _ in range(3):
            report = world.run(flows.poll())
            heard: Sequence[Any] = world.run(flows.mentions())
            for mention in heard:
                if COMPLAINT in mention.text:
                    found: Mention = mention
                    return found
            world.advance(SHOWS_AFTER)
        raise AssertionError(f"What the customer said was not heard: {report!r}.")

    def _texts(self, world: World, heard: Mention) -> list[str]:
        place, _row = world.run(world.flows()._place(ACCOUNT))
        limit = place.connector.count("", "public").limit
        texts = []
        for number in range(self.replies):
            text = f"Answer {number}: we are sorry, somebody looks into it."
            if number < self.long and limit is not None and limit <= 1000:
                further = (f"Number {number}.{index} of what we found." for index in range(1000))
                while len(text) < limit * 1.5:
                    text = f"{text} {next(further)}"
            texts.append(text)
        return texts
