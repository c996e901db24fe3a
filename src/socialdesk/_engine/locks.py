"""Named locks: among threads, tasks and processes."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path
from typing import Protocol

import anyio
import anyio.lowlevel
import anyio.to_thread

__all__ = ["Across", "FileLocks", "Locks"]

PAUSE = 0.01
"""Seconds after which a lock that somebody else holds is asked for again."""


class Across(Protocol):
    """Named locks among processes. One goes with the process that holds it, however that ends; the threads and tasks of
    one process keep each other out by themselves."""

    def take(self, name: str) -> None:
        """Wait for the lock."""

    def try_take(self, name: str) -> bool:
        """Take the lock, if nobody holds it."""

    def give(self, name: str) -> None: ...

    def after_fork(self) -> None:
        """Forget what the parent holds: it goes on holding it."""


class FileLocks:
    """By flock on a file in ``directory`` for each name."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: dict[str, int] = {}

    def take(self, name: str) -> None:
        self._lock(name, fcntl.LOCK_EX)

    def try_take(self, name: str) -> bool:
        try:
            self._lock(name, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _lock(self, name: str, how: int) -> None:
        handle = self._open(name)
        try:
            fcntl.flock(handle, how)
        except BaseException:
            os.close(handle)
            raise
        self._files[name] = handle

    def _open(self, name: str) -> int:
        self._directory.mkdir(parents=True, exist_ok=True)
        safe = "".join(mark if mark.isalnum() or mark in "-_." else "_" for mark in name)
        return os.open(self._directory / f"{safe}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def give(self, name: str) -> None:
        handle = self._files.pop(name, None)
        if handle is not None:
            # closing alone would leave it to a child that was forked meanwhile
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)

    def after_fork(self) -> None:
        for handle in self._files.values():
            os.close(handle)
        self._files = {}


class Locks:
    """Named locks: among this process's threads and tasks and, with a ``directory`` or with locks ``across``, among its
    processes too. Threads and tasks keep each other out whichever event loop a task runs in.
    """

    def __init__(self, directory: Path | None = None, *, across: Across | None = None) -> None:
        self._across = FileLocks(directory) if directory is not None else across
        self._renew()

    def _renew(self) -> None:
        self._guard = threading.Lock()
        self._threads: dict[str, threading.Lock] = {}
        self._loops: anyio.lowlevel.RunVar[dict[str, anyio.Semaphore]] = anyio.lowlevel.RunVar(
            "socialdesk locks"
        )
        self._pid = os.getpid()

    def _thread_lock(self, name: str) -> threading.Lock:
        if self._pid != os.getpid():
            self._renew()
            if self._across is not None:
                self._across.after_fork()
        with self._guard:
            return self._threads.setdefault(name, threading.Lock())

    def _task_lock(self, name: str) -> anyio.Semaphore:
        try:
            locks = self._loops.get()
        except LookupError:
            locks = {}
            self._loops.set(locks)
        # no Lock: it may be taken and given by different tasks of one run
        return locks.setdefault(name, anyio.Semaphore(1))

    def take(self, name: str) -> None:
        lock = self._thread_lock(name)
        lock.acquire()
        try:
            if self._across is not None:
                self._across.take(name)
        except BaseException:
            lock.release()
            raise

    def give(self, name: str) -> None:
        if self._across is not None:
            self._across.give(name)
        self._threads[name].release()

    async def atake(self, name: str) -> None:
        lock, own = self._thread_lock(name), self._task_lock(name)
        await own.acquire()
        try:
            while not lock.acquire(blocking=False):  # noqa: ASYNC110 - other threads and loops set no event here
                await anyio.sleep(PAUSE)
            try:
                while self._across is not None and not self._across.try_take(name):  # noqa: ASYNC110 - nor processes
                    await anyio.sleep(PAUSE)
            except BaseException:
                lock.release()
                raise
        except BaseException:
            own.release()
            raise

    def agive(self, name: str) -> None:
        self.give(name)
        self._task_lock(name).release()
