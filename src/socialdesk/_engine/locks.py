"""Named locks: among threads, tasks and processes."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread

__all__ = ["Locks"]


class Locks:
    """Named locks: among this process's threads and tasks and, with a ``directory``, among its processes too.

    Across processes it is flock that holds: it goes with the process that held it, however that ends. Threads and
    tasks keep each other out too, whichever event loop a task runs in.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._pid = 0
        self._renew()

    def _renew(self) -> None:
        for handle in getattr(self, "_files", {}).values():
            os.close(handle)  # a copy that a fork left here: the parent's own goes on holding
        self._guard = threading.Lock()
        self._threads: dict[str, threading.Lock] = {}
        self._loops: anyio.lowlevel.RunVar[dict[str, anyio.Semaphore]] = anyio.lowlevel.RunVar(
            "socialdesk locks"
        )
        self._files: dict[str, int] = {}
        self._pid = os.getpid()

    def _thread_lock(self, name: str) -> threading.Lock:
        if self._pid != os.getpid():
            self._renew()
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
            if self._directory is not None:
                self._lock_file(name, fcntl.LOCK_EX)
        except BaseException:
            lock.release()
            raise

    def give(self, name: str) -> None:
        self._unlock_file(name)
        self._threads[name].release()

    async def atake(self, name: str) -> None:
        lock, own = self._thread_lock(name), self._task_lock(name)
        await own.acquire()
        try:
            while not lock.acquire(blocking=False):  # noqa: ASYNC110 - other threads and loops set no event here
                await anyio.sleep(0.01)
            try:
                while self._directory is not None and not self._try_file(name):  # noqa: ASYNC110 - nor processes
                    await anyio.sleep(0.01)
            except BaseException:
                lock.release()
                raise
        except BaseException:
            own.release()
            raise

    def agive(self, name: str) -> None:
        self.give(name)
        self._task_lock(name).release()

    def _try_file(self, name: str) -> bool:
        try:
            self._lock_file(name, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _lock_file(self, name: str, how: int) -> None:
        handle = self._open(name)
        try:
            fcntl.flock(handle, how)
        except BaseException:
            os.close(handle)
            raise
        self._files[name] = handle

    def _open(self, name: str) -> int:
        assert self._directory is not None
        self._directory.mkdir(parents=True, exist_ok=True)
        safe = "".join(mark if mark.isalnum() or mark in "-_." else "_" for mark in name)
        return os.open(self._directory / f"{safe}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _unlock_file(self, name: str) -> None:
        handle = self._files.pop(name, None)
        if handle is not None:
            fcntl.flock(
                handle, fcntl.LOCK_UN
            )  # closing alone would leave it to a child that was forked meanwhile
            os.close(handle)
