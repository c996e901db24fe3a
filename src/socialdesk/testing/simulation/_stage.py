"""What a simulation is played on: a connector, its platform, and how to see from outside what was said there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from socialdesk.connector import Connector
from socialdesk.models import Rule
from socialdesk.testing._clock import VirtualClock
from socialdesk.testing._suite_bench import Bench
from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Request, Response

__all__ = ["Platform", "Stage", "StageClock"]

Platform = Sandbox | Callable[[Request], Response]
"""The other end of the wire: a sandbox, or any function from a request to its answer."""


class StageClock(Protocol):
    """The platform's time: the one clock of a simulation, which the workers' differ from by their skew."""

    def now(self) -> datetime: ...
    def advance(self, *, seconds: float) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A connector and a platform to play it on.

    ``platform`` makes the platform anew for each run; where what it makes has a ``clock``, that is the time of all.
    ``complain(platform, text)`` lets a customer say something that is heard, ``spoken(platform)`` gives the texts that
    the account has published, oldest first. ``settings`` and ``app`` connect the account; a sandbox brings its own
    besides. ``rules`` are what it listens for beside what addresses it. ``repeats`` says that each platform made is the
    same as the first, so that one run's tables serve all.
    """

    connector: type[Connector[Any, Any]]
    platform: Callable[[], Any]
    complain: Callable[[Any, str], Any]
    spoken: Callable[[Any], Sequence[str]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    app: Mapping[str, Any] | None = None
    rules: Sequence[Rule] = ()
    repeats: bool = False

    @classmethod
    def of(cls, suite: type[Bench]) -> Stage:
        """The stage of a :class:`~socialdesk.testing.ConnectorSuite` that has a sandbox."""
        bench = suite()
        if suite.sandbox is None:
            raise ValueError(f"{suite.__name__} has no sandbox to play on")
        return cls(
            connector=suite.connector,
            platform=bench.new_sandbox,
            complain=bench.complain,
            spoken=bench.spoken,
            settings=dict(suite.settings),
            app=dict(suite.app) or None,
            rules=[suite.rule] if bench.listed().name == "search" else (),
        )


def clock_of(platform: Any) -> StageClock:
    """The platform's own clock, else a new one."""
    clock: StageClock | None = getattr(platform, "clock", None)
    return clock or VirtualClock()
