"""A worker at rest: it sends at once what somebody else enqueues, and is otherwise idle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import pytest

from socialdesk import AsyncDesk, Desk, Mention
from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import TwitterSandbox

SOON = 2.5  # seconds: half of what a worker rests when nothing is stored


@pytest.fixture
def sandbox() -> Iterator[TwitterSandbox]:
    made = TwitterSandbox()
    with served(made):
        yield made


def waited(condition: Callable[[], bool], seconds: float = SOON) -> float:
    """The seconds that a condition took to hold; fails where it does not."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.01)
    return time.monotonic() - began


def complaint(url: str, sandbox: TwitterSandbox) -> Mention:
    """Something to answer, at a desk whose account is connected."""
    with Desk(url) as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
        sandbox.user("ann").post("@acme is anybody there?")
        sandbox.advance(minutes=1)
        desk.poll()
        return desk.mentions()[0]


def is_sent(url: str, key: str) -> bool:
    with Desk(url) as desk:
        return desk.receipt(key).state == "sent"


def enqueue(url: str, mention: Mention, key: str) -> None:
    """Answer as another process does it: at a desk of its own."""
    with Desk(url) as desk:
        desk.reply(mention, f"We are here ({key}).", key=key)


def test_what_another_desk_enqueues_is_sent_at_once(sandbox: TwitterSandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    mention = complaint(url, sandbox)
    with Desk(url) as desk:
        worker = threading.Thread(target=desk.run)
        worker.start()
        try:
            time.sleep(0.3)
            for key in ("first", "second"):
                enqueue(url, mention, key)
                waited(lambda key=key: is_sent(url, key))  # type: ignore[misc]  # bound at once
        finally:
            desk.stop()
            worker.join()


def test_a_desk_in_memory_sends_at_once_too(sandbox: TwitterSandbox) -> None:
    with Desk("sqlite://") as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
        sandbox.user("ann").post("@acme is anybody there?")
        sandbox.advance(minutes=1)
        desk.poll()
        worker = threading.Thread(target=desk.run)
        worker.start()
        try:
            time.sleep(0.3)
            desk.reply(desk.mentions()[0], "We are.", key="k")
            waited(lambda: desk.receipt("k").state == "sent")
        finally:
            desk.stop()
            worker.join()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_worker_sends_at_once(sandbox: TwitterSandbox, tmp_path: Path, backend: str) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    mention = complaint(url, sandbox)

    async def main() -> None:
        desk = AsyncDesk(url)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(desk.run)
            await anyio.sleep(0.3)
            await anyio.to_thread.run_sync(enqueue, url, mention, "k")
            await anyio.to_thread.run_sync(waited, lambda: is_sent(url, "k"))
            desk.stop()
        await desk.aclose()

    anyio.run(main, backend=backend)


def test_workers_at_rest_do_not_wake_each_other(sandbox: TwitterSandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    mention = complaint(url, sandbox)
    with Desk(url) as desk:
        worker = threading.Thread(target=lambda: desk.run(workers=3))
        worker.start()
        try:
            time.sleep(0.3)
            enqueue(url, mention, "k")
            waited(lambda: is_sent(url, "k"))
            time.sleep(0.2)
            asked, busy = len(sandbox.log), time.process_time()
            time.sleep(1.0)
            assert len(sandbox.log) == asked
            assert time.process_time() - busy < 0.3
        finally:
            desk.stop()
            worker.join()


def test_a_worker_at_rest_stops_when_it_is_told(sandbox: TwitterSandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    complaint(url, sandbox)
    with Desk(url) as desk:
        worker = threading.Thread(target=desk.run)
        worker.start()
        time.sleep(0.3)
        desk.stop()
        assert waited(lambda: not worker.is_alive()) < 1
        worker.join()
