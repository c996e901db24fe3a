"""Proof that a worker lives: a lock that it holds, and that goes with it however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from typing import Protocol

from socialdesk.errors import SocialdeskError

__all__ = ["FileLives", "LifeLost", "Lives", "worker_of"]


class LifeLost(SocialdeskError):
    """The connection that proved that this worker lives was lost, and others may take over what it had in hand: it says
    nothing more. Its next run is a new worker's."""


def worker_of(owner: str) -> str:
    """The worker whose run an owner is."""
    return owner.partition("/")[0]


class Lives(Protocol):
    """The locks by which workers, in whatever process, know of each other whether they live."""

    def begin(self, name: str) -> None:
        """Take the lock of this name, and hold it until :meth:`end` or this process's end."""

    def lasts(self, name: str) -> bool:
        """Whether the lock that was taken is held still. False: the next run needs a new name."""

    def is_held(self, name: str) -> bool:
        """Whether another worker holds the lock of this name. False is proof that it is gone; raises where it cannot be
        found out."""

    def end(self, name: str) -> None:
        """Give the lock back."""

    def after_fork(self) -> None:
        """Forget what the parent holds, and leave it to the parent."""


class FileLives:
    """By flock on a file in ``directory`` for each worker. Without a directory no other process shares the desk.

    A process that is killed leaves its file there: the next worker that begins removes it.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._handle: int | None = None

    def begin(self, name: str) -> None:
        if self._directory is None:
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        self._handle = _locked(self._directory / f"{name}.lock")
        for path in self._directory.glob("*.lock"):
            _clear(path)

    def lasts(self, name: str) -> bool:
        return True

    def is_held(self, name: str) -> bool:
        if self._directory is None:
            return False
        try:
            handle = os.open(self._directory / f"{name}.lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def end(self, name: str) -> None:
        handle, self._handle = self._handle, None
        if handle is not None and self._directory is not None:
            (self._directory / f"{name}.lock").unlink(missing_ok=True)
            os.close(handle)

    def after_fork(self) -> None:
        """Here only our copy of the parent's lock is closed."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def _locked(path: Path) -> int:
    """A handle of the file, locked. Between its making and its locking another one may have cleared it away."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if _stands(path, handle):
            return handle
        os.close(handle)


def _clear(path: Path) -> None:
    """Remove the file of a worker that is gone: with its lock in hand, so that it is nobody's meanwhile."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        with contextlib.suppress(BlockingIOError):  # it lives
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _stands(path, handle):
                path.unlink()
    finally:
        os.close(handle)


def _stands(path: Path, handle: int) -> bool:
    """Whether the file of this handle is the one that stands under the path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
