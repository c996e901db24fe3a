"""Workers whose life is the simulation's to take, and what may strike them."""

from __future__ import annotations

from dataclasses import dataclass

from socialdesk.desk.worker import Worker

__all__ = ["Cancel", "Crash", "LoseLock", "Pause", "SimWorker", "Strike", "Struck"]


@dataclass(frozen=True, slots=True)
class Crash:
    """The process ends at once, with all that it was doing. Another takes its place ``back_after`` seconds later."""

    back_after: float = 5.0


@dataclass(frozen=True, slots=True)
class Pause:
    """The process stands still for so many seconds, as under SIGSTOP or with the lid closed; its lock stays held."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cancel:
    """The task is cancelled, as by an event loop's ``cancel()``; its process lives on."""


@dataclass(frozen=True, slots=True)
class LoseLock:
    """The proof that the process lives is gone, and it lives on: to all others it is dead. ``pause`` lets it stand
    still for so many seconds besides."""

    pause: float = 0.0


Strike = Crash | Pause | Cancel | LoseLock


class Struck(BaseException):
    """The worker is no more."""


class _SimLives:
    """Locks of which the simulation says whether they are held."""

    def __init__(self, workers: dict[str, SimWorker]) -> None:
        self._workers = workers

    def begin(self, name: str) -> None:
        """A worker's lock is held from its beginning."""

    def lasts(self, name: str) -> bool:
        return True

    def is_held(self, name: str) -> bool:
        other = self._workers.get(name)
        return other is not None and other.held

    def end(self, name: str) -> None:
        self._workers[name].held = False

    def after_fork(self) -> None:
        """Simulations do not fork."""


class SimWorker(Worker):
    """A worker as it ships, but for its lock: whether that is held, the simulation says."""

    def __init__(self, name: str, workers: dict[str, SimWorker]) -> None:
        super().__init__(_SimLives(workers))
        self.name = name
        self.held = True
        self.dead = False
        self.stands_until = 0.0
        self._id = name
        workers[name] = self

    def has(self, owner: str) -> bool:
        """Whether this owner is a run of this worker that has not ended: the truth, whatever its lock says."""
        return not self.dead and owner in self._live

    @property
    def runs(self) -> set[str]:
        """The runs that have not ended."""
        return self._live

    def die(self) -> None:
        """End, with all that it was doing."""
        self.dead, self.held = True, False
        self._live = set()
