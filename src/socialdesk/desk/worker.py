"""Who owns what is under way. An owner is a run of a worker, and a worker is a process that holds its lock.

A run stands in its worker's live set from before its first effect until it ends, however it ends. Another process
sees that a worker is dead by its lock alone: it goes with the process, so there is no heartbeat to miss.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import weakref
from collections.abc import Iterator

from socialdesk.desk.lives import Lives, worker_of

__all__ = ["Worker"]


class Worker:
    """This process's identity, made on first use, anew after a fork, and anew where its lock was lost. ``lives`` holds
    the lock, and knows of the others' whether they are held."""

    def __init__(self, lives: Lives) -> None:
        self._lives = lives
        self._guard = threading.Lock()
        self._id: str | None = None
        self._live: set[str] = set()
        self._count = 0
        _alive.add(self)

    @property
    def id(self) -> str:
        with self._guard:
            if self._id is not None and not self._lives.lasts(self._id):
                self._id, self._live = None, set()
            if self._id is None:
                name = secrets.token_hex(8)
                self._lives.begin(name)
                self._id = name
            return self._id

    @property
    def host(self) -> str:
        return socket.gethostname()

    @contextlib.contextmanager
    def run(self) -> Iterator[str]:
        """A run's name, alive until the block is left."""
        worker = self.id
        with self._guard:
            self._count += 1
            owner = f"{worker}/{self._count}"
            live = self._live
            live.add(owner)
        try:
            yield owner
        finally:
            live.discard(owner)

    def is_alive(self, owner: str | None) -> bool:
        """Whether this owner may still act. False is proof: its process or its task is gone."""
        if owner is None:
            return False
        worker = worker_of(owner)
        if worker == self._id:
            return owner in self._live
        return self._lives.is_held(worker)

    def close(self) -> None:
        """Give the lock back; the next use makes a new identity."""
        with self._guard:
            name, self._id = self._id, None
            self._live = set()
        if name is not None:
            self._lives.end(name)

    def after_fork(self) -> None:
        """Become a worker of its own. The parent's lock stays the parent's."""
        self._guard = threading.Lock()
        self._id, self._live, self._count = None, set(), 0
        self._lives.after_fork()


_alive: weakref.WeakSet[Worker] = weakref.WeakSet()


def _renew_all() -> None:
    for worker in list(_alive):
        worker.after_fork()


os.register_at_fork(after_in_child=_renew_all)
