"""Driving a coroutine by hand: ``send`` an answer in, get the next effect out.

No event loop is needed for the sync driver, and none is assumed by the coroutine: the same one runs under asyncio,
under trio, in a thread, and in the simulations.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
import sniffio

from socialdesk._engine.effects import Call, Exclusive, Sleep, TakeStamp, Work
from socialdesk._engine.runtime import Clock, Runtime
from socialdesk.errors import PluginError
from socialdesk.wire import Effect, Flow, Multipart, Request, Response, Slice, TransportError

T = TypeVar("T")

_log = logging.getLogger("socialdesk")


def _stray(effect: object) -> PluginError:
    return PluginError(
        f"A coroutine awaited {type(effect).__name__}, which is not an effect. Connectors may await Request only; "
        "asyncio, trio and other libraries' awaitables do not work here."
    )


class Driver:
    """Runs flows to their end in the calling thread, without an event loop."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def run(self, flow: Flow[T]) -> T:
        """The flow's result; raises what it raises."""
        answer: Any = None
        error: BaseException | None = None
        try:
            while True:
                try:
                    effect = flow.throw(error) if error is not None else flow.send(answer)
                except StopIteration as stop:
                    result: T = stop.value
                    return result
                answer, error = None, None
                try:
                    answer = self.perform(effect)
                except BaseException as raised:  # an interrupt, too, has to unwind the flow
                    error = raised
        finally:
            flow.close()

    def perform(self, effect: Effect[Any]) -> Any:
        runtime = self.runtime
        match effect:
            case Request():
                return self._exchange(effect)
            case Call():
                return runtime.perform_call(effect)
            case TakeStamp():
                return runtime.stamp()
            case Work():
                return effect.compute()
            case Sleep():
                return runtime.clock.sleep(effect.seconds)
            case Exclusive():
                return (runtime.locks.give if effect.gives else runtime.locks.take)(effect.name)
        raise _stray(effect)

    def _exchange(self, request: Request) -> Response:
        runtime, response = self.runtime, None
        started = runtime.clock.monotonic()
        readied = runtime.readied(request)
        try:
            response = runtime.transport.send(readied, runtime.timeout)
        finally:
            runtime.note(request, response, started)
        return _stamped(response, (request, readied), runtime.clock)


def _stamped(response: Response, sent: tuple[Request, Request], clock: Clock) -> Response:
    """The answer with the moment of its coming, and with the request as it was asked for, not as it was readied."""
    request, readied = sent
    if response.received_at is not None and (response.request is not readied or readied is request):
        return response
    return Response(
        response.status,
        response.headers,
        response.body,
        request=request if response.request is readied else response.request,
        received_at=response.received_at or clock.now(),
    )


class AsyncDriver:
    """Runs flows in the calling task, under asyncio or trio.

    A cancellation is delivered between effects. A store call, and a request that speaks together with all that
    follows it up to the store call that records its outcome, run to their end first: what was said is never
    forgotten because its caller went away. So does the store call before it, which records the intent. Each is
    bounded by the deadline.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        # Limiters of our own: the host's default one may be full of its own threads.
        self._writer = anyio.CapacityLimiter(1)
        self._readers = anyio.CapacityLimiter(4)

    async def run(self, flow: Flow[T]) -> T:
        """The flow's result; raises what it raises."""
        answer: Any = None
        error: BaseException | None = None
        unit = _Unit()
        try:
            while True:
                try:
                    effect = flow.throw(error) if error is not None else flow.send(answer)
                except StopIteration as stop:
                    if unit.held_back is not None:
                        raise unit.held_back from None
                    result: T = stop.value
                    return result
                answer, error = None, None
                try:
                    answer, error = await self._next(effect, unit)
                except BaseException as raised:  # a cancellation, too, has to unwind the flow
                    error = raised
        finally:
            flow.close()

    async def _next(self, effect: Effect[Any], unit: _Unit) -> tuple[Any, BaseException | None]:
        """The effect's answer or its error, or the cancellation where this is a place for one."""
        if isinstance(effect, TakeStamp) or (isinstance(effect, Exclusive) and effect.gives):
            return await self.perform(effect), None  # neither waits for anything
        holds = unit.enter(effect)
        if not holds and unit.held_back is not None:
            held_back, unit.held_back = unit.held_back, None
            return None, held_back
        if not holds and not isinstance(effect, Call) and not _speaks(effect):
            return await self.perform(effect), None
        if not holds:
            await anyio.lowlevel.checkpoint_if_cancelled()
        answer, error, cancelled = await _to_the_end(self.perform, effect)
        unit.held_back = unit.held_back or cancelled
        return answer, error

    async def perform(self, effect: Effect[Any]) -> Any:
        runtime = self.runtime
        match effect:
            case Request():
                return await self._exchange(effect)
            case Call():
                limiter = self._writer if effect.writes else self._readers
                return await anyio.to_thread.run_sync(runtime.perform_call, effect, limiter=limiter)
            case TakeStamp():
                return runtime.stamp()
            case Work():
                return await anyio.to_thread.run_sync(effect.compute, limiter=self._readers)
            case Sleep():
                return await runtime.clock.asleep(effect.seconds)
            case Exclusive() if effect.gives:
                return runtime.locks.agive(effect.name)
            case Exclusive():
                return await runtime.locks.atake(effect.name)
        raise _stray(effect)

    async def _exchange(self, request: Request) -> Response:
        runtime, response = self.runtime, None
        started = runtime.clock.monotonic()
        readied = request
        if isinstance(request.body, (Slice, Multipart)):
            readied = await anyio.to_thread.run_sync(runtime.readied, request, limiter=self._readers)
        try:
            with anyio.move_on_after(runtime.timeout):
                response = await runtime.transport.asend(readied, runtime.timeout)
        finally:
            runtime.note(request, response, started)
        if response is None:
            raise TransportError(f"no whole answer within {runtime.timeout:g} s", sent=True)
        return _stamped(response, (request, readied), runtime.clock)


def _speaks(effect: Effect[Any]) -> bool:
    return isinstance(effect, Request) and effect.does == "speaks"


class _Unit:
    """How far a run is in what no cancellation may take apart: a store call that is followed by a request that
    speaks, that request, and all that follows it up to the next store call."""

    def __init__(self) -> None:
        self.held_back: BaseException | None = None
        self._at: Literal["outside", "called", "spoken"] = "outside"

    def enter(self, effect: Effect[Any]) -> bool:
        """Go on to ``effect``; whether it belongs to what went before."""
        before = self._at
        if isinstance(effect, Call):
            self._at = "called" if before != "spoken" else "outside"
            return before == "spoken"
        if _speaks(effect):
            self._at = "spoken"
            return before == "called"
        if before != "spoken":
            self._at = "outside"
        return before == "spoken"


async def _to_the_end(
    perform: Callable[[Effect[Any]], Awaitable[Any]], effect: Effect[Any]
) -> tuple[Any, BaseException | None, BaseException | None]:
    """Perform ``effect`` whatever cancels the caller: its answer, its error, and the cancellation held back."""
    with anyio.CancelScope(shield=True):
        if sniffio.current_async_library() != "asyncio":
            return (
                await perform(effect),
                None,
                None,
            )  # trio delivers at the next checkpoint outside of the scope
        task = asyncio.ensure_future(perform(effect))
        cancelled: BaseException | None = None
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as held_back:  # Task.cancel() goes past every scope
                cancelled = held_back
        failure = task.exception()
    return (None if failure is not None else task.result()), failure, cancelled
