"""The six effects: all that a coroutine of the engine may ask of its driver.

:class:`~socialdesk.wire.Request` is the first of them and the only one that a connector may await; the others are the
engine's own. Every await of an effect is a place where a crash may strike, which is what the simulations use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from socialdesk.auth import Stamp
from socialdesk.wire import Effect

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_SLEEP = 2.0
"""Seconds. A step that would have to wait longer says when to come back instead."""


@dataclass(frozen=True, slots=True)
class Sleep(Effect[None]):
    """Let ``seconds`` pass."""

    seconds: float

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= LONGEST_SLEEP:
            raise ValueError(f"a step may sleep for {LONGEST_SLEEP} s at most, not {self.seconds} s")


@dataclass(frozen=True, slots=True)
class TakeStamp(Effect[Stamp]):
    """The time and 16 random bytes."""


@dataclass(frozen=True, slots=True)
class Call(Effect[T]):
    """One store call: ``operation(connection)`` in one whole transaction, committed before the answer comes.

    ``owner`` is the run on whose behalf alone it may be committed: one that is proven to live in that moment.
    """

    operation: Callable[[Any], T]
    writes: bool
    name: str = ""
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Work(Effect[T]):
    """Computing that takes long enough to keep an event loop waiting: the async driver runs it in a thread."""

    compute: Callable[[], T]


@dataclass(frozen=True, slots=True)
class Exclusive(Effect[None]):
    """Single flight: ``async with Exclusive(name)`` lets one coroutine at a time through, among all that share the
    driver's locks."""

    name: str
    gives: bool = False

    async def __aenter__(self) -> None:
        await self

    async def __aexit__(self, *_: object) -> None:
        await Exclusive(self.name, gives=True)


def reads(operation: Callable[Concatenate[Any, P], T]) -> Callable[P, Call[T]]:
    """Make a function of an open connection into a store call that only reads."""

    def ask(*args: P.args, **kwargs: P.kwargs) -> Call[T]:
        return Call(lambda connection: operation(connection, *args, **kwargs), False, operation.__name__)

    ask.__doc__ = operation.__doc__
    return ask


def writes(operation: Callable[Concatenate[Any, P], T]) -> Callable[P, Call[T]]:
    """Make a function of an open connection into a store call that may write."""

    def ask(*args: P.args, **kwargs: P.kwargs) -> Call[T]:
        return Call(lambda connection: operation(connection, *args, **kwargs), True, operation.__name__)

    ask.__doc__ = operation.__doc__
    return ask


class Store(Protocol):
    """Performs store calls."""

    def perform(self, call: Call[T]) -> T: ...
