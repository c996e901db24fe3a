"""Who owns what is under way. An owner is a run of a worker, and a worker is a process that holds its lock.

A run stands in its worker's live set from before its first effect until it ends, however it ends. Another process
sees that a worker is dead by its lock alone: flock goes with the process, so there is no heartbeat to miss.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import socket
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Worker"]


class Worker:
    """This process's identity, made on first use and anew after a fork. ``directory`` holds the locks.

    Without a directory no other process can share the desk, and only this one's runs are known.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._guard = threading.Lock()
        self._id: str | None = None
        self._lock: int | None = None
        self._live: set[str] = set()
        self._count = 0
        _alive.add(self)

    @property
    def id(self) -> str:
        with self._guard:
            if self._id is None:
                self._id = secrets.token_hex(8)
                if self._directory is not None:
                    self._lock = self._take(self._id)
            return self._id

    @property
    def host(self) -> str:
        return socket.gethostname()

    def _take(self, name: str) -> int:
        assert self._directory is not None
        self._directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        return handle

    def _path(self, name: str) -> Path:
        assert self._directory is not None
        return self._directory / f"{name}.lock"

    @contextlib.contextmanager
    def run(self) -> Iterator[str]:
        """A run's name, alive until the block is left."""
        worker = self.id
        with self._guard:
            self._count += 1
            owner = f"{worker}/{self._count}"
            self._live.add(owner)
        try:
            yield owner
        finally:
            self._live.discard(owner)

    def is_alive(self, owner: str | None) -> bool:
        """Whether this owner may still act. False is proof: its process or its task is gone."""
        if owner is None:
            return False
        worker = owner.partition("/")[0]
        if worker == self._id:
            return owner in self._live
        if self._directory is None:
            return False
        return self._held(worker)

    def _held(self, worker: str) -> bool:
        try:
            handle = os.open(self._path(worker), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def close(self) -> None:
        """Give the lock back; the next use makes a new identity."""
        with self._guard:
            name, self._id = self._id, None
            handle, self._lock = self._lock, None
            self._live = set()
        if handle is not None and name is not None:
            self._path(name).unlink(missing_ok=True)
            os.close(handle)

    def after_fork(self) -> None:
        """Become a worker of its own. The parent's lock stays the parent's: here only our copy of it is closed."""
        self._guard = threading.Lock()
        handle, self._lock = self._lock, None
        self._id, self._live, self._count = None, set(), 0
        if handle is not None:
            os.close(handle)


_alive: weakref.WeakSet[Worker] = weakref.WeakSet()


def _renew_all() -> None:
    for worker in list(_alive):
        worker.after_fork()


os.register_at_fork(after_in_child=_renew_all)
