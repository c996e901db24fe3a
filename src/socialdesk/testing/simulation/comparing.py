"""Our way to send and others', in the same plays: the figures that the documentation shows."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from socialdesk.testing.simulation._moments import PLACES, Moment
from socialdesk.testing.simulation._network import Fate
from socialdesk.testing.simulation._play import Play
from socialdesk.testing.simulation._report import Report
from socialdesk.testing.simulation._scene import Scene
from socialdesk.testing.simulation._simulate import DrawnFaults, Faults
from socialdesk.testing.simulation._workers import LoseLock, Strike
from socialdesk.testing.simulation.matrix import OUTCOMES, Cell, Once
from socialdesk.testing.simulation.model import LATE, Kind, model_connector, model_stage
from socialdesk.testing.simulation.naive import STRATEGIES, NaivePlay, Strategy
from socialdesk.wire import Request

__all__ = ["OURS", "compare", "late_by_grace", "sleepers"]

OURS: dict[str, Kind] = {
    "socialdesk, an id of ours": "client_id",
    "socialdesk, a key": "key raced",
    "socialdesk, read back": "readback",
    "socialdesk, nothing to go by": "none",
}
MANY = Faults(cancel=0, lose_lock=0, read=0)
"""Three in a hundred effects meet a crash and three a pause of 5 to 400 s; half of the posts go wrong."""

Row = tuple[str, Report, Report]
Start = Callable[..., Play]


def compare(seeds: int, storms: int) -> Iterator[Row]:
    """Each way by its name, with what it came to where one thing goes wrong, ``seeds`` times in each of 90 ways, and
    where many do, in ``storms`` plays of three replies."""
    for strategy in STRATEGIES:
        start = partial(_naive, strategy)
        yield strategy.name, _single(start, strategy.kind, seeds), _many(start, strategy.kind, storms)
    for name, kind in OURS.items():
        yield name, _single(Play, kind, seeds), _many(Play, kind, storms)


def _naive(strategy: Strategy, world: Any, **options: Any) -> NaivePlay:
    replies = world.rows("SELECT COUNT(*) FROM socialdesk_reply")[0][0]
    return NaivePlay(world, strategy, replies, **options)


def _single(start: Start, kind: Kind, seeds: int) -> Report:
    scene, report = Scene(model_stage(kind)), Report("one fault")
    for place, outcome, seed in itertools.product(("nowhere", *PLACES), OUTCOMES, range(seeds)):
        cell = Cell("", place, outcome, "crash", 1, 2, 0.0)
        dice = random.Random(f"{cell} {seed}")  # noqa: S311 - chance that a seed repeats
        once = Once(cell, dice)
        world = scene.open(dice.getrandbits(32))
        play = start(world, workers=2, strike=once.strike, fate=once.fate)
        _count(play, kind, report, cell)
    return report


def _many(start: Start, kind: Kind, storms: int) -> Report:
    scene, report = Scene(model_stage(kind), replies=3), Report("many faults")
    for seed in range(storms):
        dice = random.Random(f"faults {seed}")  # noqa: S311 - chance that a seed repeats
        drawn = DrawnFaults(MANY, dice)
        play = start(scene.open(seed), workers=2, strike=drawn.strike, fate=drawn.fate)
        _count(play, kind, report, seed)
    return report


def _count(play: Play, kind: Kind, report: Report, label: object) -> None:
    play.network.late = LATE[kind]
    play.run()
    if isinstance(play, NaivePlay):
        report.add(play.report())
    else:
        report.take(play, label)
    play.world.close()


def late_by_grace(runs: int, graces: Iterable[int] = (120, 300, 700)) -> Iterator[tuple[int, Report]]:
    """What comes of a platform that applies requests up to 600 seconds late, by the grace that it is given."""
    for grace in graces:
        stage = model_stage("readback")
        stage = replace(stage, connector=model_connector("readback", timedelta(seconds=grace)))
        scene, report = Scene(stage), Report(f"grace {grace} s")
        for seed in range(runs):
            fates: list[Fate] = ["applied late"]
            play = Play(scene.open(seed), fate=partial(_first_post, fates))
            play.network.late = (0.0, 600.0)
            play.run()
            report.take(play, seed)
            play.world.close()
        yield grace, report


def sleepers(
    runs: int, kinds: Iterable[Kind] = ("readback", "key", "client_id")
) -> Iterator[tuple[Kind, Report]]:
    """What comes of a process that is given up for dead and stands still between its last look and the wire."""
    for kind in kinds:
        scene, report = Scene(model_stage(kind)), Report(kind)
        for seed in range(runs):
            play = Play(scene.open(seed), workers=2, strike=_Asleep().strike)
            play.run()
            report.take(play, seed)
            play.world.close()
        yield kind, report


def _first_post(fates: list[Fate], _task: Any, request: Request) -> Fate:
    return fates.pop() if fates and request.does == "speaks" else "ok"


class _Asleep:
    def __init__(self) -> None:
        self._strike: Strike | None = LoseLock(pause=1500)

    def strike(self, moment: Moment) -> Strike | None:
        if (
            moment.when != "before"
            or not isinstance(moment.effect, Request)
            or moment.effect.does != "speaks"
        ):
            return None
        strike, self._strike = self._strike, None
        return strike
