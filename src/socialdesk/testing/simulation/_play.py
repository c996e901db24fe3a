"""Several workers at once, each of whose effects takes its time, and what strikes them meanwhile."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from socialdesk._engine.effects import Call, Exclusive, Sleep, TakeStamp
from socialdesk.desk.claims import Claim
from socialdesk.desk.schema import moment
from socialdesk.testing.simulation._moments import Moment, Task, When
from socialdesk.testing.simulation._network import Fate, Network
from socialdesk.testing.simulation._watch import Watch
from socialdesk.testing.simulation._workers import Cancel, Crash, LoseLock, Pause, SimWorker, Strike
from socialdesk.testing.simulation._world import TIMEOUT, World
from socialdesk.wire import Flow, Request, Response, TransportError

__all__ = ["Play"]

LONGEST = 48 * 3600.0
"""Seconds of virtual time after which what is not settled is stuck."""

WAKES = 400


def _no_strike(_moment: Moment) -> Strike | None:
    return None


def _no_fault(_task: Task, _request: Request) -> Fate:
    return "ok"


class Play:
    """Workers that drain side by side until nothing is open any more, or for two days.

    ``strike(moment)`` says what strikes there, if anything; ``fate(task, request)`` what becomes of a request.
    ``jobs`` is how often each drain is woken at once. Everything is drawn from the world's seed.
    """

    def __init__(
        self,
        world: World,
        *,
        workers: int = 1,
        jobs: int = 1,
        strike: Callable[[Moment], Strike | None] = _no_strike,
        fate: Callable[[Task, Request], Fate] = _no_fault,
    ) -> None:
        self.world = world
        self.jobs = jobs
        self.strike = strike
        self.fate = fate
        self.network = Network(world.dice, self.later)
        self.network.timeout = TIMEOUT
        self.watch = Watch(world)
        self.wakes = 0
        self.struck = 0
        self.began_at = self.settled_at = self.now
        self.flow_of: Callable[[SimWorker], Flow[Any]] = lambda worker: world.flows(worker).drain()
        self._queue: list[tuple[float, int, Callable[[], None], SimWorker | None]] = []
        self._order = itertools.count()
        self._busy: dict[SimWorker, int] = {}
        self._locks: dict[str, SimWorker] = {}
        self._running: set[Task] = set()
        self._workers = [world.worker, *(world.new_worker() for _ in range(workers - 1))]

    # ---------------------------------------------------------------------------------------------------- time

    @property
    def now(self) -> float:
        return self.world.monotonic

    def later(self, seconds: float, what: Callable[[], None], worker: SimWorker | None = None) -> None:
        """Have something done in so many seconds; where it is a worker's, when that one is on its feet."""
        heapq.heappush(self._queue, (self.now + seconds, next(self._order), what, worker))

    def run(self) -> None:
        """Play until nothing is open and nobody is at work, or until it is clear that this never comes."""
        self._run()
        self.world.dropped += [task.flow for task in self._running]

    def _run(self) -> None:
        for first in self._workers:
            self.later(self.world.dice.uniform(0, 0.05), partial(self._wake, first), first)
        world = self.world
        while self._queue:
            at, order, what, worker = heapq.heappop(self._queue)
            if worker is not None and worker.dead:
                continue
            if worker is not None and worker.stands_until > at:
                heapq.heappush(self._queue, (worker.stands_until, order, what, worker))
                continue
            if at > world.monotonic:
                world.advance(at - world.monotonic)
            if world.monotonic > LONGEST or self.wakes > WAKES:
                return
            what()

    # ------------------------------------------------------------------------------------------------- workers

    def _wake(self, worker: SimWorker) -> None:
        if self._busy.get(worker):
            return
        self.wakes += 1
        self._busy[worker] = self.jobs
        for _ in range(self.jobs):
            self.later(self.world.dice.uniform(0, 0.01), partial(self._start, worker), worker)

    def _start(self, worker: SimWorker) -> None:
        task = Task(worker, self.flow_of(worker))
        self._running.add(task)
        self._resume(task)

    def _ended(self, task: Task) -> None:
        worker = task.worker
        self._running.discard(task)
        self._busy[worker] = self._busy.get(worker, 1) - 1
        if self._busy[worker] > 0:
            return
        if self.settled():
            self.settled_at = max(self.settled_at, self.now)
        else:
            self.later(self._until_due(), partial(self._wake, worker), worker)

    def settled(self) -> bool:
        """Whether nothing will move any more: what is pending waits behind what a person has to see."""
        rows = self.world.rows("SELECT state, next_at FROM socialdesk_part")
        states = {row[0] for row in rows}
        if states & {"sending", "unknown"}:
            return False
        if "pending" not in states:
            return True
        now = self.world.now()
        due = [moment(row[1]) for row in rows if row[0] == "pending"]
        return "needs_human" in states and all(at is None or at <= now for at in due)

    def _until_due(self) -> float:
        """Seconds until a worker looks again: when something is due, and a while later where something is."""
        row = self.world.rows(
            "SELECT MIN(next_at), SUM(state = 'sending') FROM socialdesk_part"
            " WHERE state IN ('pending', 'sending', 'unknown')"
        )[0]
        due: datetime | None = moment(row[0])
        wait = 0.0 if due is None else (due - self.world.now()).total_seconds()
        if row[1] or wait <= 0:
            wait = self.world.dice.uniform(1, 20)
        return wait + self.world.dice.uniform(0, 0.05)

    def _strikes(self, task: Task, when: When, answer: Any = None) -> bool:
        """Let strike what strikes here; whether the task goes on at all."""
        struck = self.strike(Moment(task, when, answer, self.now))
        if struck is None:
            return True
        self.struck += 1
        worker = task.worker
        match struck:
            case Crash():
                self._crash(worker, struck.back_after)
                return False
            case Pause():
                worker.stands_until = self.now + struck.seconds
            case LoseLock():
                worker.held = False
                worker.stands_until = self.now + struck.pause
            case Cancel():
                task.cancelled = True
        return True

    def _crash(self, worker: SimWorker, back_after: float) -> None:
        worker.die()
        for name in [name for name, holder in self._locks.items() if holder is worker]:
            del self._locks[name]
        successor = self.world.new_worker()
        self.later(back_after, partial(self._wake, successor), successor)

    # ------------------------------------------------------------------------------------------------- one task

    def _resume(self, task: Task) -> None:
        """Give the flow its answer and take its next effect."""
        answer, error = task.answer, task.error
        task.answer = task.error = None
        try:
            task.effect = task.flow.throw(error) if error is not None else task.flow.send(answer)
        except StopIteration as stop:
            task.result = stop.value
            self._ended(task)
            return
        except asyncio.CancelledError:
            self._ended(task)
            return
        except Exception as raised:
            self.watch.failed(raised)
            self._ended(task)
            return
        task.index += 1
        self._follow(task, "before", partial(self._perform, task), takes=self.world.dice.uniform(0, 0.004))

    def _follow(self, task: Task, when: When, what: Callable[[], None], *, takes: float = 0.0) -> None:
        answer = task.answer
        if self._strikes(task, when, answer):
            self.later(takes, what, task.worker)
        else:
            self._running.discard(task)
            self.world.dropped.append(task.flow)

    def _perform(self, task: Task) -> None:
        effect = task.effect
        if self._is_cancelled_here(task):
            task.cancelled, task.error = False, asyncio.CancelledError()
            self._resume(task)
            return
        if isinstance(effect, Request):
            self._send(task, effect)
            return
        takes = 0.0
        try:
            if isinstance(effect, Call):
                task.answer = self._call(task, effect)
            elif isinstance(effect, Sleep):
                takes = effect.seconds
            elif isinstance(effect, Exclusive):
                if not self._pass(task, effect):
                    return
            else:
                task.answer = self.world.perform(effect)
        except Exception as raised:
            task.error = raised
        self._follow(task, "after", partial(self._resume, task), takes=takes)

    @staticmethod
    def _is_cancelled_here(task: Task) -> bool:
        """As the async driver has it: what was said and its recording are not taken apart."""
        effect = task.effect
        if isinstance(effect, TakeStamp) or (isinstance(effect, Exclusive) and effect.gives):
            return False
        return not task.unit.enter(effect) and task.cancelled

    def _call(self, task: Task, call: Call[Any]) -> Any:
        self.watch.before_call(task, call)
        answer = self.world.store.perform(call)
        if call.name == "claim_part":
            task.claim = answer
        self.watch.after_call(task, call, answer)
        return answer

    def _pass(self, task: Task, effect: Exclusive) -> bool:
        """Take a lock or give it back; False where another holds it, which is then tried again."""
        if effect.gives:
            self._locks.pop(effect.name, None)
        elif effect.name in self._locks:
            self.later(0.05, partial(self._perform, task), task.worker)
            return False
        else:
            self._locks[effect.name] = task.worker
        return True

    def _send(self, task: Task, request: Request) -> None:
        self.watch.requests += 1
        if request.does == "speaks":
            self.watch.speaks(task, request)
        flight = self.network.begin(request, self.fate(task, request), self._answers(task.claim))
        task.began = self.now
        self._follow(task, "during", partial(self._land, task, flight.outcome), takes=flight.seconds)

    def _answers(self, claim: Claim | None) -> Callable[[Request], Response]:
        """The platform, whenever a request reaches it."""

        def answer(request: Request) -> Response:
            response = self.world.exchange(request)
            if request.does == "speaks" and response.ok and claim is not None:
                self.watch.applied.append(claim.part_id)
            return response

        return answer

    def _land(self, task: Task, outcome: Any) -> None:
        """The answer comes, or the deadline: also where the process stood still beyond it."""
        overslept = self.now - task.began > self.network.timeout and self.world.dice.random() < 0.5
        if task.cancelled and task.effect.does != "speaks":
            task.cancelled, task.error = False, asyncio.CancelledError()
        elif overslept:
            task.error = TransportError("The deadline had passed when the process woke.", sent=True)
        elif isinstance(outcome, Response):
            task.answer = replace(outcome, request=task.effect, received_at=self.world.now())
        else:
            task.error = outcome
        self._follow(task, "after", partial(self._resume, task))
