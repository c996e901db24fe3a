"""What others do about an answer that never came, in the same simulation: for comparison, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from socialdesk._engine.effects import Call, TakeStamp
from socialdesk.testing.simulation._moments import Task
from socialdesk.testing.simulation._play import Play
from socialdesk.testing.simulation._report import Report
from socialdesk.testing.simulation._watch import Watch
from socialdesk.testing.simulation._workers import SimWorker
from socialdesk.testing.simulation._world import World
from socialdesk.testing.simulation.model import HOST, Kind
from socialdesk.wire import Flow, Json, Request, Response, TransportError

__all__ = ["STRATEGIES", "NaivePlay", "Strategy"]

LEASE = 90.0
"""Seconds after which a job that nobody has reported on is given to another worker, as most queues have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A way to send. ``kind`` is the platform that it is played on; ``keyed`` sends one key for all attempts, ``looks``
    reads back at once what may have been sent, ``once`` never tries again and asks a person instead."""

    name: str
    kind: Kind
    keyed: bool = False
    looks: bool = False
    once: bool = False


STRATEGIES = (
    Strategy(name="retry", kind="readback"),
    Strategy(name="retry with a key", kind="key raced", keyed=True),
    Strategy(name="at most once", kind="readback", once=True),
    Strategy(name="lease of 90 s, read back at once", kind="readback", looks=True),
    Strategy(name="the same, with a key", kind="key raced", keyed=True, looks=True),
)


@dataclass(slots=True, eq=False)
class Job:
    """A reply in a queue; its names are those that the places of a play are found by."""

    part_id: str
    text: str
    state: str = "pending"
    leased_until: float = 0.0
    due: float = 0.0
    attempts: int = 0
    task: str = "send"


class _Blind(Watch):
    """Counts requests, and nothing else: there is no promise to be kept."""

    def before_call(self, task: Task, call: Call[Any]) -> None: ...

    def after_call(self, task: Task, call: Call[Any], answer: Any) -> None: ...

    def speaks(self, task: Task, request: Request) -> None: ...


class NaivePlay(Play):
    """A play in which the workers send as ``strategy`` has it. The queue itself never loses anything."""

    def __init__(self, world: World, strategy: Strategy, replies: int, **options: Any) -> None:
        super().__init__(world, **options)
        self.watch = _Blind(world)
        self.strategy = strategy
        self.queue = [
            Job(f"job-{n}", f"Answer {n}: we are sorry, somebody looks into it.") for n in range(replies)
        ]
        self.flow_of = self._drain

    def _drain(self, _worker: SimWorker) -> Flow[Any]:
        return self._drained()

    async def _drained(self) -> None:
        while True:
            job = await _call("claim_part", self._take)
            if job is None:
                return
            state, wait = await self._sent(job)
            await _call("record", partial(self._put, job, state, wait))

    def _take(self) -> Job | None:
        for job in self.queue:
            if job.state == "pending" and job.due <= self.now and job.leased_until <= self.now:
                job.leased_until = self.now + LEASE
                job.task = "reconcile" if self.strategy.looks and job.attempts else "send"
                return job
        return None

    def _put(self, job: Job, state: str, wait: float) -> None:
        job.state, job.leased_until, job.due = state, 0.0, self.now + wait

    async def _sent(self, job: Job) -> tuple[str, float]:
        """What became of a job, and after how many seconds it is tried again."""
        if self.strategy.once and job.attempts:
            return "needs_human", 0
        try:
            if job.task == "reconcile" and await self._is_there(job):
                return "sent", 0
            job.task = "send"
            await _call("intend", lambda: self._begin(job))
            return self._judged(await self._posted(job), job)
        except TransportError as error:
            if self.strategy.once and error.sent:
                return "needs_human", 0
            return "pending", 5.0 * 2**job.attempts

    def _begin(self, job: Job) -> bool:
        job.attempts += 1
        return True

    async def _is_there(self, job: Job) -> bool:
        posts = (await Request("GET", f"{HOST}/own")).json()["posts"]
        return any(post["text"] == job.text for post in posts)

    async def _posted(self, job: Job) -> Response:
        stamp = await TakeStamp()
        key = job.part_id if self.strategy.keyed else stamp.uuid()
        return await Request("POST", f"{HOST}/posts", body=Json({"text": job.text, "to": "1", "key": key}))

    def _judged(self, answer: Response, job: Job) -> tuple[str, float]:
        if answer.status == 201:
            return "sent", 0
        if answer.status == 400:
            return "failed", 0
        if answer.status == 429:
            job.attempts -= self.strategy.once
            return "pending", 60
        return ("needs_human", 0) if self.strategy.once else ("pending", 5.0 * 2**job.attempts)

    def settled(self) -> bool:
        return all(job.state != "pending" for job in self.queue)

    def _until_due(self) -> float:
        waits = [max(job.due, job.leased_until) - self.now for job in self.queue if job.state == "pending"]
        return max(0.5, min(waits, default=0.5)) + self.world.dice.uniform(0, 0.05)

    def report(self) -> Report:
        """What it came to."""
        report = Report(self.strategy.name, runs=1, parts=len(self.queue), requests=self.watch.requests)
        said = [post.text for post in self.world.platform.posts]
        for job in self.queue:
            report.states[job.state] += 1
            report.twice += said.count(job.text) > 1
            report.taken_for_said += job.state == "sent" and job.text not in said
            report.taken_for_unsaid += job.state == "failed" and job.text in said
        report.stuck = not self.settled()
        report.seconds = self.settled_at - self.began_at
        return report


def _call(name: str, operation: Callable[[], Any]) -> Call[Any]:
    return Call(lambda _connection: operation(), True, name)
