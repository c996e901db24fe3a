"""A desk under each of its faces, and a toy platform as its transport."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from socialdesk import AsyncDesk, Desk
from socialdesk.wire import Request, Response
from tests.simulation.world import START, Platform

FACES = ("sync", "asyncio", pytest.param("trio", marks=pytest.mark.slow))
"""The drivers themselves are tried under trio at once; a whole desk under it where there is time."""


class Hand:
    """Calls a desk's operations, whichever face it has, each in an event loop of its own where it needs one."""

    def __init__(self, face: str, url: str, **options: Any) -> None:
        self.face = face
        self.desk: Any = Desk(url, **options) if face == "sync" else AsyncDesk(url, **options)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.desk, name)
        if self.face == "sync":
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            async def main() -> Any:
                return await method(*args, **kwargs)

            return anyio.run(main, backend=self.face)

        return call

    def scoped(self, tenant: str) -> Hand:
        view = object.__new__(Hand)
        view.face, view.desk = self.face, self.desk.scoped(tenant)
        return view

    def flow(self, make: Callable[[Any], Any]) -> Any:
        """Run one of the desk's flows."""
        if self.face == "sync":
            return self.desk._run(make(self.desk._flows))

        async def main() -> Any:
            return await self.desk._arun(make(self.desk._flows))

        return anyio.run(main, backend=self.face)

    def shut(self) -> None:
        (self.close if self.face == "sync" else self.aclose)()


class ToyClock:
    """The toy platform's time."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._nonces = itertools.count()

    def now(self) -> datetime:
        return self.platform.now

    def monotonic(self) -> float:
        return (self.platform.now - START).total_seconds()

    def nonce(self) -> bytes:
        return hashlib.sha256(str(next(self._nonces)).encode()).digest()[:16]

    def sleep(self, seconds: float) -> None:
        self.platform.advance(timedelta(seconds=seconds))

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


class ToyWire:
    """The toy platform as a transport."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.clock = ToyClock(platform)

    def send(self, request: Request, timeout: float) -> Response:
        return self.platform.send(request, timeout)

    async def asend(self, request: Request, timeout: float) -> Response:
        await anyio.lowlevel.checkpoint()
        response = self.platform.send(request, timeout)
        await anyio.lowlevel.checkpoint()
        return response
