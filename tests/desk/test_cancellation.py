"""Tasks that are cancelled at every effect of a poll and of a drain, under asyncio and trio, on the desk that ships."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from socialdesk import AsyncDesk
from socialdesk._engine.drive import AsyncDriver
from socialdesk.desk.vault import new_key
from socialdesk.wire import Request, Response
from socialdesk_twitter.sandbox import TwitterSandbox

KEY = new_key()
LONG = "We are sorry. " * 30


class Yielding:
    """The sandbox as a transport in which a cancellation can strike before the platform acts, and after."""

    def __init__(self, sandbox: TwitterSandbox) -> None:
        self.sandbox = sandbox
        self.clock = sandbox.clock

    async def asend(self, request: Request, timeout: float) -> Response:
        await anyio.lowlevel.checkpoint()
        response = await self.sandbox.asend(request, timeout)
        await anyio.lowlevel.checkpoint()
        return response


EVERY = pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
"""Some of the places where it may happen, and all of them where there is time for that."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[TwitterSandbox, Path]:
    """A database with an account, a mention and an answer in two parts to it, that is to be sent."""
    folder = tmp_path_factory.mktemp("prepared")
    sandbox = _world()

    async def main() -> None:
        async with AsyncDesk(f"sqlite:///{folder}/desk.db", transport=sandbox, secret_key=KEY) as desk:
            await desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
            await desk.poll()
            (said,) = await desk.mentions()
            await desk.reply(said, LONG, key="k", overflow="split")

    anyio.run(main)
    with contextlib.closing(sqlite3.connect(folder / "desk.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return sandbox, folder / "desk.db"


def _world() -> TwitterSandbox:
    sandbox = TwitterSandbox()
    sandbox.user("ann").post("@acme hello?")
    sandbox.advance(minutes=1)
    return sandbox


@contextlib.contextmanager
def interrupted(at: int, cancel: Callable[[], None]) -> Iterator[list[Any]]:
    """Call ``cancel`` right before effect number ``at`` is performed; gives the effects."""
    seen: list[Any] = []
    original = AsyncDriver.perform

    async def perform(self: AsyncDriver, effect: Any) -> Any:
        if len(seen) == at:
            cancel()
        seen.append(effect)
        return await original(self, effect)

    AsyncDriver.perform = perform  # type: ignore[method-assign]  # undone below
    try:
        yield seen
    finally:
        AsyncDriver.perform = original  # type: ignore[method-assign]  # as it was


async def cancelled_at(at: int, desk: AsyncDesk, step: str, backend: str) -> int:
    """Run a step in a task of its own that is cancelled at an effect; gives how many effects it came to."""
    if backend == "asyncio":
        task = asyncio.create_task(getattr(desk, step)())
        with interrupted(at, task.cancel) as seen, contextlib.suppress(asyncio.CancelledError):  # type: ignore[arg-type]  # gives a bool that nobody reads
            await task
        return len(seen)
    with anyio.CancelScope() as scope, interrupted(at, scope.cancel) as seen:
        await getattr(desk, step)()
    return len(seen)


def copied(prepared: tuple[TwitterSandbox, Path], folder: Path, number: int) -> str:
    target = folder / f"{number}.db"
    target.write_bytes(prepared[1].read_bytes())
    return f"sqlite:///{target}"


@pytest.mark.parametrize("backend", ["asyncio", pytest.param("trio", marks=pytest.mark.slow)])
@EVERY
def test_a_drain_cancelled_anywhere_says_nothing_twice(
    prepared: tuple[TwitterSandbox, Path], tmp_path: Path, backend: str, step: int
) -> None:
    async def main(at: int) -> int:
        sandbox = _world()
        async with AsyncDesk(
            copied(prepared, tmp_path, at), transport=Yielding(sandbox), secret_key=KEY
        ) as desk:
            effects = await cancelled_at(at, desk, "drain", backend)
            assert desk._worker._live == set()
            for _ in range(4):
                await desk.drain()
                sandbox.advance(minutes=6)
            receipt = await desk.receipt("k")
            assert receipt.state == "sent", (at, receipt)
            written = [sandbox.world.posts[number].written for number in sandbox.account.posts]
            assert len(written) == len(receipt.parts) == 2, (at, written)
        return effects

    for at in itertools.count(0, step):
        if anyio.run(main, at, backend=backend) <= at:  # it ended before it was to be cancelled
            assert at > 10
            return


@pytest.mark.parametrize("backend", ["asyncio", pytest.param("trio", marks=pytest.mark.slow)])
@EVERY
def test_a_poll_cancelled_anywhere_loses_nothing(
    prepared: tuple[TwitterSandbox, Path], tmp_path: Path, backend: str, step: int
) -> None:
    async def main(at: int) -> int:
        sandbox = _world()
        async with AsyncDesk(
            copied(prepared, tmp_path, at), transport=Yielding(sandbox), secret_key=KEY
        ) as desk:
            for number in range(120):  # two pages
                sandbox.user(f"u{number}").post(f"@acme question {number}")
            sandbox.advance(minutes=1)
            effects = await cancelled_at(at, desk, "poll", backend)
            assert desk._worker._live == set()
            report = await desk.poll()
            assert report.ok, (at, report)
            assert len(await desk.mentions(text="question", limit=500)) == 120
        return effects

    for at in itertools.count(0, step):
        if anyio.run(main, at, backend=backend) <= at:
            assert at > 10
            return
