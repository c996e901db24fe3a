"""What a driver performs effects with: a transport, a clock, locks and a store."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Protocol, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

from socialdesk._engine.effects import Call, Store
from socialdesk._engine.locks import Locks
from socialdesk._engine.streaming import Media, opened
from socialdesk.auth import Stamp
from socialdesk.errors import PluginError
from socialdesk.wire import Multipart, Request, Response, Slice

__all__ = ["DEADLINE", "AsyncTransport", "Clock", "Runtime", "SystemClock", "Transport", "Watch"]

T = TypeVar("T")
_log = logging.getLogger("socialdesk")

DEADLINE = 30.0
"""Seconds that one request may take in all, from connecting to the last byte, unless the settings say otherwise."""


class Clock(Protocol):
    """Where time and chance come from. A virtual one makes tests of hours take no time."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
    def nonce(self) -> bytes: ...
    def sleep(self, seconds: float) -> None: ...
    async def asleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock and its source of randomness."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        return time.monotonic()

    def nonce(self) -> bytes:
        return secrets.token_bytes(16)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


class Transport(Protocol):
    """Performs one request, within ``timeout`` seconds in all. Raises TransportError where no answer came."""

    def send(self, request: Request, timeout: float) -> Response: ...


class AsyncTransport(Protocol):
    """As :class:`Transport`, for an event loop."""

    async def asend(self, request: Request, timeout: float) -> Response: ...


Watch = Callable[[Request, Response | None, float], None]


@dataclass
class Runtime:
    """What a driver performs effects with. ``watch`` is told of each exchange, with credentials taken out; ``media``
    opens the files that are sent along."""

    transport: Any = None  # a Transport for Driver, an AsyncTransport for AsyncDriver
    clock: Clock = field(default_factory=SystemClock)
    locks: Locks = field(default_factory=Locks)
    store: Store | None = None
    timeout: float = DEADLINE
    watch: Watch | None = None
    media: Media | None = None

    def readied(self, request: Request) -> Request:
        """The request as it goes to the transport: a file in its body is read from here on."""
        if not isinstance(request.body, (Slice, Multipart)):
            return request
        if self.media is None:
            raise PluginError(f"{request!r} sends a file where none are kept.")
        return opened(request, self.media, self.clock.nonce().hex())

    def stamp(self) -> Stamp:
        return Stamp(self.clock.now(), self.clock.nonce(), self.clock.monotonic())

    def perform_call(self, call: Call[T]) -> T:
        if self.store is None:
            raise PluginError(f"store call {call.name!r} where there is no store")
        return self.store.perform(call)

    def note(self, request: Request, response: Response | None, started: float) -> None:
        if self.watch is not None:
            shown = response.redacted() if response is not None else None
            elapsed = self.clock.monotonic() - started
            try:
                self.watch(request.redacted(), shown, elapsed)
            except Exception as error:  # who watches must not undo what was done
                _log.warning("what watches the exchanges failed: %s", type(error).__name__)
