"""A world: one platform, one desk's tables, a virtual clock, and workers that run the flows that ship.

Every effect that a flow asks for is a place where its worker may be struck, before the effect is performed or after it.
What a struck worker held is never cleaned up, as when a process is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from socialdesk._engine.effects import Call, Exclusive, Sleep, TakeStamp, Work
from socialdesk._engine.streaming import opened
from socialdesk.auth import Stamp
from socialdesk.connector import Capabilities
from socialdesk.desk.flows import DeskFlows
from socialdesk.desk.hooks import Hooks
from socialdesk.desk.memory import Kept, MemoryStore
from socialdesk.desk.vault import Vault, new_key
from socialdesk.desk.workplace import Workshop
from socialdesk.media import Files, MediaFolder
from socialdesk.registry import Registry
from socialdesk.testing.simulation._stage import Stage, clock_of
from socialdesk.testing.simulation._workers import SimWorker, Struck
from socialdesk.wire import Effect, Flow, Multipart, Request, Response, Slice

__all__ = ["ACCOUNT", "TIMEOUT", "World"]

ACCOUNT = "acme"
TIMEOUT = 30.0
"""Seconds that one request may take in all."""


@cache
def _store() -> MemoryStore:
    return MemoryStore()


@cache
def _key() -> str:
    return new_key()


StrikeAt = Callable[[int, Any, str], bool]


class World:
    """One run. All worlds of a process share one store, which each of them finds empty: use one at a time.

    ``skew`` is by how many seconds the platform's clock is ahead of the workers', ``kept`` what the tables hold at
    first. :meth:`run` drives one flow to its end; what happens when several run at once is for
    :class:`~socialdesk.testing.simulation.Play`.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        seed: int = 0,
        skew: float = 0.0,
        platform: Any = None,
        kept: Kept | None = None,
    ) -> None:
        self.stage = stage
        self.platform = stage.platform() if platform is None else platform
        self.clock = clock_of(self.platform)
        self.skew = timedelta(seconds=skew)
        self.dice = random.Random(seed)  # noqa: S311 - chance that a seed repeats
        self.store = _store()
        self.store.put_back(kept or self.store.empty)
        self.dropped: list[Any] = []  # struck coroutines stay unclosed until the world is dropped
        self.monotonic = 0.0
        self.workers: dict[str, SimWorker] = {}
        self._names = itertools.count(1)
        self._registry = Registry(allow=(), extra=[stage.connector])
        self._vault = Vault((_key(),))
        self._hooks = Hooks(self._registry)
        self._flows: dict[str, DeskFlows] = {}
        self.worker = self.new_worker()

    # -------------------------------------------------------------------------------------------------- workers

    def new_worker(self) -> SimWorker:
        return SimWorker(f"w{next(self._names)}", self.workers)

    def flows(self, worker: SimWorker | None = None) -> DeskFlows:
        """A desk's operations, done by this worker."""
        worker = worker or self.worker
        if worker.name not in self._flows:
            self._flows[worker.name] = DeskFlows(
                registry=self._registry,
                workshop=Workshop(self._registry, self._vault),
                vault=self._vault,
                worker=worker,
                hooks=self._hooks,
                media=MediaFolder(None),
                timeout=TIMEOUT,
            )
        return self._flows[worker.name]

    @property
    def living(self) -> set[str]:
        """The runs that have not ended."""
        return {run for worker in self.workers.values() for run in worker.runs}

    def restart(self) -> None:
        """The worker died; another takes its place."""
        self.worker.die()
        self.worker = self.new_worker()

    def connect(self, settings: Mapping[str, Any] | None = None) -> None:
        """Connect the account, with everything that the platform still shows."""
        own = {**(self.stage.app or {}), **self.stage.settings, **getattr(self.platform, "settings", {})}
        platform = self.stage.connector.platform
        given = {**own, **(settings or {})}
        self.run(
            self.flows().connect(
                platform, name=ACCOUNT, settings=given, rules=self.stage.rules, hear_from=None
            )
        )

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the account's connector can do."""
        place, _row = self.run(self.flows()._place(ACCOUNT))
        told: Capabilities = place.connector.capabilities
        return told

    # ----------------------------------------------------------------------------------------------------- time

    def now(self) -> datetime:
        """The time as the workers take it to be."""
        return self.clock.now() - self.skew

    def advance(self, seconds: float) -> None:
        self.monotonic += seconds
        self.clock.advance(seconds=seconds)

    # -------------------------------------------------------------------------------------------------- effects

    def perform(self, effect: Effect[Any]) -> Any:
        """The answer to one effect, at once."""
        match effect:
            case Request():
                return self.exchange(effect)
            case Call():
                return self.store.perform(effect)
            case TakeStamp():
                return Stamp(self.now(), self.dice.randbytes(16), self.monotonic)
            case Work():
                return effect.compute()
            case Sleep():
                return self.advance(effect.seconds)
            case Exclusive():
                return None
        raise AssertionError(effect)

    def exchange(self, request: Request) -> Response:
        """The platform's answer, stamped by the workers' clock. Raises TransportError where none comes."""
        readied = request
        if isinstance(request.body, (Multipart, Slice)):
            readied = opened(request, Files(), "between-the-parts")
        send = getattr(self.platform, "send", None)
        response: Response = self.platform(readied) if send is None else send(readied, TIMEOUT)
        return replace(response, request=request, received_at=self.now())

    # ---------------------------------------------------------------------------------------------- one by itself

    def run(self, flow: Flow[Any], strike: StrikeAt = lambda *_: False) -> Any:
        """Drive a flow; where ``strike(index, effect, "before" | "after")`` says so, its worker dies there (Struck)."""
        answer: Any = None
        error: Exception | None = None
        for index in itertools.count():
            try:
                effect = flow.throw(error) if error is not None else flow.send(answer)
            except StopIteration as stop:
                return stop.value
            answer, error = None, None
            self._maybe(strike(index, effect, "before"), flow)
            try:
                answer = self.perform(effect)
            except Exception as raised:
                error = raised
            self._maybe(strike(index, effect, "after"), flow)
        raise AssertionError

    def cancel(self, flow: Flow[Any], point: int, when: str) -> bool:
        """Drive a flow that is cancelled before or after an effect; False where it ended before that."""
        answer: Any = None
        error: BaseException | None = None
        for index in itertools.count():
            try:
                effect = flow.throw(error) if error is not None else flow.send(answer)
            except StopIteration:
                return False
            except asyncio.CancelledError:
                return True
            answer, error = None, None
            if index == point and when == "before":
                error = asyncio.CancelledError()
                continue
            try:
                answer = self.perform(effect)
            except Exception as raised:
                error = raised
            if index == point:
                error = asyncio.CancelledError()
        raise AssertionError

    def _maybe(self, struck: bool, flow: Flow[Any]) -> None:
        if struck:
            self.dropped.append(flow)
            raise Struck

    def count_effects(self, flow: Flow[Any]) -> list[Any]:
        """The effects that a flow asks for, in order: the places where it may be struck."""
        seen: list[Any] = []

        def look(_index: int, effect: Any, when: str) -> bool:
            if when == "before":
                seen.append(effect)
            return False

        self.run(flow, look)
        return seen

    # ------------------------------------------------------------------------------------------------- looking

    def rows(self, sql: str, *values: Any) -> list[Any]:
        return self.store.rows(sql, *values)

    def part_states(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT state FROM socialdesk_part ORDER BY rowid")]

    def settle(self, steps: int = 25) -> None:
        """Drain until nothing waits, however long that takes on the platform's clock."""
        flows = self.flows()
        for _ in range(steps):
            self.run(flows.drain())
            if not {"pending", "sending", "unknown"} & set(self.part_states()):
                return
            self.advance(150)

    def close(self) -> None:
        for flow in self.dropped:
            with contextlib.suppress(BaseException):
                flow.close()
