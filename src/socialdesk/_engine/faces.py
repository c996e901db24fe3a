"""One flow, two faces: the sync and the async classes are made from the same coroutines, with exact types."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from socialdesk.wire import Flow

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Blocking(Protocol[S_co]):
    """Something that runs flows in the calling thread, for the object that makes them."""

    @property
    def _flows(self) -> S_co: ...

    def _run(self, flow: Flow[T]) -> T: ...


class Awaiting(Protocol[S_co]):
    """Something that runs flows in the calling task, for the object that makes them."""

    @property
    def _flows(self) -> S_co: ...

    async def _arun(self, flow: Flow[T]) -> T: ...


class blocking(Generic[S, P, T]):
    """A method of the sync face: runs the flow to its end."""

    def __init__(self, flow: Callable[Concatenate[S, P], Flow[T]]) -> None:
        self._flow = flow
        self.__doc__ = flow.__doc__

    def __get__(self, face: Blocking[S], owner: type | None = None) -> Callable[P, T]:
        if face is None:
            return self  # type: ignore[unreachable]  # as on the class itself, for documentation tools

        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            return face._run(self._flow(face._flows, *args, **kwargs))

        call.__doc__, call.__name__ = self._flow.__doc__, self._flow.__name__
        return call


class awaiting(Generic[S, P, T]):
    """A method of the async face: awaits the flow to its end."""

    def __init__(self, flow: Callable[Concatenate[S, P], Flow[T]]) -> None:
        self._flow = flow
        self.__doc__ = flow.__doc__

    def __get__(self, face: Awaiting[S], owner: type | None = None) -> Callable[P, Coroutine[Any, Any, T]]:
        if face is None:
            return self  # type: ignore[unreachable]  # as on the class itself, for documentation tools

        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            return await face._arun(self._flow(face._flows, *args, **kwargs))

        call.__doc__, call.__name__ = self._flow.__doc__, self._flow.__name__
        return call
