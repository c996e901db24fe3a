"""The drivers: what a cancellation may take apart and what not, locks, interrupts and deadlines."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.effects import Call, Exclusive, Sleep, TakeStamp, Work, reads, writes
from socialdesk._engine.locks import FileLocks, Locks
from socialdesk._engine.runtime import Runtime
from socialdesk.errors import PluginError
from socialdesk.wire import Effect, Flow, Request, Response, TransportError
from tests.pure.toys import HOST, NOW, Face, ToyTransport, answers

SLOW = 0.004


class Log:
    """A store and a transport that write down what begins and what is done, each taking a moment."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []

    def perform(self, call: Call[Any]) -> Any:
        return call.operation(self)

    def step(self, name: str) -> None:
        self.begun.append(name)
        time.sleep(SLOW)
        self.done.append(name)

    async def asend(self, request: Request, timeout: float) -> Response:
        self.begun.append(request.path)
        await anyio.sleep(SLOW)
        self.done.append(request.path)
        return Response(200)


@writes
def keep(log: Log, name: str) -> None:
    log.step(name)


@reads
def look(log: Log, name: str) -> str:
    log.step(name)
    return name


async def drain(log: Log, rounds: int) -> str:
    """What a desk does: claim, prepare, store the intent, speak, look, record, and again."""
    for _ in range(rounds):
        await keep("claim")
        await Request("GET", f"{HOST}/prepare")
        await Sleep(SLOW)
        await Work(lambda: log.step("work"))
        async with Exclusive("tokens"):
            await Request("GET", f"{HOST}/renew", effect="prepares")
        await TakeStamp()
        await keep("intent")
        await TakeStamp()
        await Request("POST", f"{HOST}/speak")
        await Request("GET", f"{HOST}/look")
        async with Exclusive("after"):
            await TakeStamp()
        await keep("record")
    return "whole"


STEPS = ["claim", "/prepare", "work", "/renew", "intent", "/speak", "/look", "record"]


async def _cancelled_natively(log: Log, driver: AsyncDriver, when: Callable[[], bool]) -> bool:
    task = asyncio.ensure_future(driver.run(drain(log, 3)))
    while not when():  # noqa: ASYNC110 - a thread of the store is watched
        await asyncio.sleep(SLOW / 8)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return True
    return False


async def _cancelled_by_scope(log: Log, driver: AsyncDriver, when: Callable[[], bool]) -> bool:
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                while not when():  # noqa: ASYNC110 - a thread of the store is watched
                    await anyio.sleep(SLOW / 8)
                scope.cancel()

            group.start_soon(watch)
            await driver.run(drain(log, 3))
    return scope.cancelled_caught


async def _cancelled_by_trio(log: Log, driver: AsyncDriver, when: Callable[[], bool]) -> bool:
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:

            async def watch() -> None:
                while not when():  # noqa: ASYNC110 - a thread of the store is watched
                    await trio.sleep(SLOW / 8)
                scope.cancel()

            nursery.start_soon(watch)
            await driver.run(drain(log, 3))
    return scope.cancelled_caught


WAYS: dict[str, tuple[Any, str]] = {
    "Task.cancel": (_cancelled_natively, "asyncio"),
    "anyio on asyncio": (_cancelled_by_scope, "asyncio"),
    "anyio on trio": (_cancelled_by_scope, "trio"),
    "trio": (_cancelled_by_trio, "trio"),
}


@pytest.mark.parametrize("at", range(len(STEPS)), ids=STEPS)
@pytest.mark.parametrize("way", WAYS)
def test_a_cancellation_at_any_effect_takes_nothing_apart(way: str, at: int) -> None:
    log = Log()
    locks = Locks()
    driver = AsyncDriver(Runtime(log, store=log, locks=locks))
    cancel, backend = WAYS[way]
    assert anyio.run(cancel, log, driver, lambda: len(log.begun) > at, backend=backend), "it was delivered"

    assert log.done.count("intent") == log.done.count("/speak") == log.done.count("record")
    assert log.done.count("record") == (1 if STEPS[at] in ("intent", "/speak", "/look", "record") else 0)
    if STEPS[at] in ("claim", "intent", "/speak", "record"):
        assert STEPS[at] in log.done, "what had begun ran to its end"
    assert log.begun.count("claim") == 1, "nothing new was begun"
    for name in ("tokens", "after"):
        assert locks._threads.get(name) is None or locks._threads[name].acquire(blocking=False), "given back"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_flow_that_is_not_cancelled_gives_its_result(backend: str) -> None:
    log = Log()
    driver = AsyncDriver(Runtime(log, store=log))
    assert anyio.run(lambda: driver.run(drain(log, 1)), backend=backend) == "whole"
    assert log.done == STEPS


def test_a_failing_speaker_still_delivers_the_cancellation() -> None:
    recorded: list[str] = []

    class Breaks(Log):
        async def asend(self, request: Request, timeout: float) -> Response:
            self.begun.append("speak")
            await anyio.sleep(SLOW)
            raise TransportError("cut", sent=True)

    async def flow() -> None:
        try:
            await Request("POST", f"{HOST}/speak")
        except TransportError:
            await TakeStamp()
            await keep("unknown")
            recorded.append("unknown")

    async def main() -> None:
        log = Breaks()
        task = asyncio.ensure_future(AsyncDriver(Runtime(log, store=log)).run(flow()))
        while not log.begun:  # noqa: ASYNC110 - as above
            await asyncio.sleep(SLOW / 8)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert recorded == ["unknown"]


def test_timeouts_of_asyncio_work_around_a_flow() -> None:
    async def flow() -> None:
        while True:
            await Sleep(0.01)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await AsyncDriver(Runtime()).run(flow())

    asyncio.run(main())


def test_the_sync_driver_runs_inside_a_running_loop() -> None:
    async def main() -> str:
        log = Log()

        async def flow() -> str:
            async with Exclusive("x"):
                await Sleep(0)
                return await look("here") + await Work(lambda: "!")

        return Driver(Runtime(store=log)).run(flow())

    assert asyncio.run(main()) == "here!"
    assert trio.run(main) == "here!"


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_unwinds_the_flow_and_gives_its_locks_back(raised: type[BaseException]) -> None:
    left: list[str] = []

    class Interrupted:
        def send(self, request: Request, timeout: float) -> Response:
            raise raised

    async def flow() -> None:
        async with Exclusive("x"):
            try:
                await Request("POST", f"{HOST}/a")
            except Exception:
                left.append("taken for an error")
            finally:
                left.append("unwound")

    locks = Locks()
    with pytest.raises(raised):
        Driver(Runtime(Interrupted(), locks=locks)).run(flow())
    assert left == ["unwound"]
    locks.take("x")


def test_stray_effects_and_missing_stores_are_told(face: Face) -> None:
    class Other(Effect[None]):
        """None of the six."""

    async def strays() -> None:
        await Other()

    async def calls() -> None:
        await keep("x")

    with pytest.raises(PluginError, match="not an effect"):
        face.drive(strays, Runtime())
    with pytest.raises(PluginError, match="no store"):
        face.drive(calls, Runtime())


def test_an_error_of_an_effect_is_raised_where_it_was_awaited(face: Face) -> None:
    async def flow() -> str:
        try:
            await Work(lambda: 1 // 0)
        except ZeroDivisionError:
            return "caught"
        return "lost"

    assert face.drive(flow, Runtime()) == "caught"


def test_answers_are_stamped_and_stamps_are_fresh(face: Face) -> None:
    async def flow() -> tuple[Any, ...]:
        response = await Request("GET", f"{HOST}/a")
        return response.received_at, (await TakeStamp()).nonce, (await TakeStamp()).nonce

    transport = ToyTransport(answers(Response(200)))
    at, one, two = face.converse(flow, transport)
    assert at == NOW
    assert one != two


def test_no_step_sleeps_long() -> None:
    for seconds in (2.1, -1, 3600):
        with pytest.raises(ValueError, match="at most"):
            repr(Sleep(seconds))


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_request_has_one_deadline(backend: str) -> None:
    class Silent:
        async def asend(self, request: Request, timeout: float) -> Response:
            await anyio.sleep(30)
            raise AssertionError

    async def flow() -> None:
        await Request("POST", f"{HOST}/a")

    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        anyio.run(lambda: AsyncDriver(Runtime(Silent(), timeout=0.05)).run(flow()), backend=backend)
    assert caught.value.sent
    assert time.monotonic() - started < 5


# ------------------------------------------------------------------------------------------------------------- locks


class Counter:
    """Sees whether two are in at once."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.passed = 0

    def __enter__(self) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)

    def __exit__(self, *_: object) -> None:
        self.inside -= 1
        self.passed += 1


async def _through(counter: Counter, times: int) -> None:
    for _ in range(times):
        async with Exclusive("one at a time"):
            with counter:
                await Sleep(0.001)


@pytest.mark.parametrize("files", [False, True])
def test_threads_and_tasks_of_two_loops_go_through_one_at_a_time(files: bool, tmp_path: Path) -> None:
    counter = Counter()
    locks = Locks(tmp_path if files else None)

    def in_a_thread() -> None:
        Driver(Runtime(locks=locks)).run(_through(counter, 5))

    def in_a_loop(backend: str) -> None:
        async def main() -> None:
            driver = AsyncDriver(Runtime(locks=locks))
            async with anyio.create_task_group() as group:
                for _ in range(4):
                    group.start_soon(driver.run, _through(counter, 3))

        anyio.run(main, backend=backend)

    threads = [threading.Thread(target=in_a_thread, daemon=True) for _ in range(4)]
    threads += [threading.Thread(target=in_a_loop, args=(name,), daemon=True) for name in ("asyncio", "trio")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert counter.passed == 4 * 5 + 2 * 4 * 3
    assert counter.most == 1


HOLDER = """
import sys
from pathlib import Path
from socialdesk._engine.locks import Locks
Locks(Path(sys.argv[1])).take("tokens-a")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("ends", ["itself", "killed"])
def test_a_lock_holds_across_processes_and_goes_with_its_process(
    face: Face, ends: str, tmp_path: Path
) -> None:
    order: list[str] = []

    async def flow() -> None:
        async with Exclusive("tokens-a"):
            order.append("in")

    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"held\n"
        thread = threading.Thread(
            target=lambda: face.drive(flow, Runtime(locks=Locks(tmp_path))), daemon=True
        )
        thread.start()
        time.sleep(0.05)
        order.append("other ends")
        if ends == "killed":
            other.kill()
        other.stdin.close()
        thread.join(10)
    assert order == ["other ends", "in"]


def test_a_forked_child_keeps_no_lock_of_its_parent(tmp_path: Path) -> None:
    locks = Locks(tmp_path)
    locks.take("x")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # lives on without looking at the lock, as a forked worker would
        os.close(write)
        os.read(read, 1)
        os._exit(0)
    try:
        locks.give("x")
        assert FileLocks(tmp_path).try_take("x")
    finally:
        os.close(read)
        os.close(write)
        os.waitpid(child, 0)


def test_a_cancelled_wait_for_a_lock_leaves_it_usable(tmp_path: Path) -> None:
    async def main() -> None:
        locks = Locks(tmp_path)
        await locks.atake("x")
        with anyio.move_on_after(0.03) as scope:
            await locks.atake("x")
        assert scope.cancelled_caught
        locks.agive("x")
        with anyio.fail_after(5):
            await locks.atake("x")
        locks.agive("x")

    for backend in ("asyncio", "trio"):
        anyio.run(main, backend=backend)


def test_flows_can_be_typed() -> None:
    async def flow() -> int:
        return 1

    made: Flow[int] = flow()
    assert Driver(Runtime()).run(made) == 1
