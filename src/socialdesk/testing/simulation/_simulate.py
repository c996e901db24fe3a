"""Random faults, many at a time: what a connector is put through."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from socialdesk.testing.simulation._moments import Moment, Task, When
from socialdesk.testing.simulation._network import FATES, Fate
from socialdesk.testing.simulation._play import Play
from socialdesk.testing.simulation._report import Report
from socialdesk.testing.simulation._scene import Scene
from socialdesk.testing.simulation._stage import Stage
from socialdesk.testing.simulation._workers import Cancel, Crash, LoseLock, Pause, Strike
from socialdesk.wire import Request

__all__ = ["DrawnFaults", "Faults", "simulate"]

READS: tuple[Fate, ...] = (
    "answer lost",
    "500 not applied",
    "connection refused",
    "429",
    "slow drip",
    "unreadable",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How often something goes wrong: ``crash``, ``pause``, ``cancel`` and ``lose_lock`` at each effect, before it,
    after it or while the request is under way; ``post`` of the requests that speak, by ``fates``, ``read`` of the
    others.

    ``pauses`` is how many seconds a process stands still, ``late`` after how many what is applied late is, ``skew`` by
    how many the platform's clock may be ahead or behind."""

    crash: float = 0.03
    pause: float = 0.03
    cancel: float = 0.01
    lose_lock: float = 0.003
    post: float = 0.5
    read: float = 0.02
    fates: tuple[Fate, ...] = FATES[1:]
    pauses: tuple[float, float] = (5.0, 400.0)
    late: tuple[float, float] = (1.0, 50.0)
    skew: tuple[float, ...] = (0.0,)


class DrawnFaults:
    """What strikes in one play, and what becomes of its requests."""

    def __init__(self, faults: Faults, dice: random.Random) -> None:
        self._faults = faults
        self._dice = dice
        self._drawn: dict[Task, tuple[When, Strike] | None] = {}

    def strike(self, moment: Moment) -> Strike | None:
        if moment.when == "before":
            self._drawn[moment.task] = self._draw(moment)
        drawn = self._drawn.get(moment.task)
        if drawn is None or drawn[0] != moment.when:
            return None
        self._drawn[moment.task] = None
        if isinstance(drawn[1], Pause) and not moment.worker.held:
            return None  # given up for dead and asleep right before the wire: what nothing on this side can solve
        return drawn[1]

    def _draw(self, moment: Moment) -> tuple[When, Strike] | None:
        faults, dice = self._faults, self._dice
        drawn = dice.random()
        choices: tuple[tuple[float, Callable[[], Strike]], ...] = (
            (faults.crash, lambda: Crash(back_after=dice.uniform(0.1, 60))),
            (faults.pause, lambda: Pause(dice.uniform(*faults.pauses))),
            (faults.cancel, Cancel),
            (faults.lose_lock, LoseLock),
        )
        for share, make in choices:
            if drawn < share:
                asks = isinstance(moment.effect, Request)
                return dice.choice(("before", "during", "after") if asks else ("before", "after")), make()
            drawn -= share
        return None

    def fate(self, _task: Task, request: Request) -> Fate:
        faults, dice = self._faults, self._dice
        if request.does == "speaks":
            return dice.choice(faults.fates) if dice.random() < faults.post else "ok"
        return dice.choice(READS) if dice.random() < faults.read else "ok"


def simulate(
    stage: Stage,
    *,
    seeds: Iterable[int] = range(20),
    faults: Faults | None = None,
    replies: int = 3,
    workers: int = 2,
) -> Report:
    """Put a connector through plays in which ``workers`` workers send ``replies`` replies: one for each of ``seeds``.

    What runs is the engine and the desk as they ship. Whatever strikes, it is checked that

    - P1 each reply is said once at most, part by part,
    - P2 what is ``sent`` was said,
    - P3 each part ends sent, failed or cancelled, or a person is asked,
    - P4 an attempt is on record before its first byte, P5 and speaks once,
    - P6 a run that lost its claim writes nothing,
    - P7 nothing is taken over from a run that lives,
    - P8 nothing is said again without the proof that the connector's ``settle`` promises,
    - P9 a thread's replies come in order,
    - P10 the same key twice makes one reply,
    - P11 what is ``failed`` was not said.

    The report counts, and names each rule that did not hold with the seed that shows it; ``assert report.ok, report``.
    The same seed gives the same play. Two plays at once in one process are not possible.
    """
    faults = faults or Faults()
    scene = Scene(stage, replies=replies, long=1)
    report = Report(stage.connector.platform)
    for seed in seeds:
        report.take(_play(scene, seed, faults, workers), seed)
    return report


def _play(scene: Scene, seed: int, faults: Faults, workers: int) -> Play:
    dice = random.Random(f"faults {seed}")  # noqa: S311 - chance that a seed repeats
    world = scene.open(seed, skew=dice.choice(faults.skew))
    drawn = DrawnFaults(faults, dice)
    play = Play(world, workers=workers, strike=drawn.strike, fate=drawn.fate)
    play.network.late = faults.late
    play.run()
    world.close()
    return play
