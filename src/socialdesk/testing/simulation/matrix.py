"""The posting matrix: one reply, and one thing that goes wrong at one place, in every combination."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from socialdesk.testing.simulation._moments import PLACES, Moment, Task
from socialdesk.testing.simulation._network import FATES, Fate
from socialdesk.testing.simulation._play import Play
from socialdesk.testing.simulation._report import Report
from socialdesk.testing.simulation._scene import Scene
from socialdesk.testing.simulation._workers import Cancel, Crash, LoseLock, Pause, Strike
from socialdesk.testing.simulation.model import LATE, Kind, model_stage
from socialdesk.wire import Request

__all__ = ["CAPABILITIES", "Cell", "Once", "cells", "further_cells", "play_cell", "play_cells"]

CAPABILITIES: dict[str, tuple[Kind, ...]] = {
    "client_id": ("client_id",),
    "key": ("key", "key ignored", "key raced"),
    "readback": ("readback",),
    "none": ("none",),
}
"""What a platform offers, and the kinds of platform that do: a seed chooses which of them is played on."""

STRIKES = ("crash", "pause 5 s", "pause 400 s")
FURTHER_STRIKES = ("cancelled", "lock lost")
OUTCOMES = FATES[:9]
SKEWS = (-300.0, 0.0, 300.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination. ``jobs`` is how often each drain is woken at once, ``skew`` by how many seconds the platform's
    clock is ahead of the workers'."""

    capability: str
    place: str
    outcome: Fate
    strike: str
    jobs: int
    workers: int
    skew: float

    def __str__(self) -> str:
        return (
            f"{self.capability}, {self.outcome}, {self.strike} {self.place}, {self.workers} workers x {self.jobs}, "
            f"{self.skew:+.0f} s"
        )


def cells(capability: str) -> Iterator[Cell]:
    """The 3,240 cells of one capability: 12,960 in all."""
    return _cells(capability, ("nowhere", *PLACES), OUTCOMES, STRIKES)


def further_cells(capability: str) -> Iterator[Cell]:
    """The axes that were added: cancelled, lock lost, and answers that take too long or cannot be read."""
    yield from _cells(capability, PLACES, FATES, FURTHER_STRIKES)
    yield from _cells(capability, PLACES, FATES[9:], STRIKES)


def _cells(
    capability: str, places: Iterable[str], outcomes: Iterable[Fate], strikes: Iterable[str]
) -> Iterator[Cell]:
    for place, outcome, strike, jobs, workers, skew in itertools.product(
        places, outcomes, strikes, (1, 2), (1, 2), SKEWS
    ):
        yield Cell(capability, place, outcome, strike, jobs, workers, skew)


class Once:
    """What strikes once, at the cell's place, and what becomes of the first post."""

    def __init__(self, cell: Cell, dice: random.Random) -> None:
        self._place: str | None = cell.place
        self._fate: Fate | None = cell.outcome
        self._kind = cell.strike
        self._dice = dice

    def strike(self, moment: Moment) -> Strike | None:
        if self._place is None or moment.place != self._place:
            return None
        self._place = None
        match self._kind:
            case "crash":
                return Crash(back_after=self._dice.uniform(0.1, 120))
            case "cancelled":
                return Cancel()
            case "lock lost":
                return LoseLock()
        return Pause(float(self._kind.split()[1]))

    def fate(self, _task: Task, request: Request) -> Fate:
        if request.does != "speaks" or self._fate is None:
            return "ok"
        fate, self._fate = self._fate, None
        return fate


@cache
def _scene(kind: Kind) -> Scene:
    return Scene(model_stage(kind))


def play_cell(cell: Cell, seed: int) -> Play:
    """Play one cell with one seed to its end; what it came to is for a :class:`Report` to count."""
    kinds = CAPABILITIES[cell.capability]
    kind = kinds[seed % len(kinds)]
    dice = random.Random(f"{cell} {seed}")  # noqa: S311 - chance that a seed repeats
    world = _scene(kind).open(dice.getrandbits(32), skew=cell.skew)
    once = Once(cell, dice)
    play = Play(world, workers=cell.workers, jobs=cell.jobs, strike=once.strike, fate=once.fate)
    play.network.late = LATE[kind]
    play.run()
    world.close()
    return play


def play_cells(chosen: Iterable[tuple[Cell, int]]) -> Report:
    """Play these cells, each with its seed."""
    report = Report("posting matrix")
    for cell, seed in chosen:
        report.take(play_cell(cell, seed), f"{cell}, seed {seed}")
    return report
