"""Client and AsyncClient: fetch and send for those who keep state themselves.

Nothing is stored: a cursor comes with every batch and is the caller's to keep. For a durable inbox and answers that
are posted once, whatever crashes, see :mod:`socialdesk.desk`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from socialdesk._engine.dealings import Asked, Batch, Dealings, Fetch
from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.faces import awaiting, blocking
from socialdesk._engine.runtime import DEADLINE, Runtime, SystemClock
from socialdesk._engine.session import MemoryTokens
from socialdesk.auth import Tokens
from socialdesk.connector import Connector, Topic
from socialdesk.media import Files, describe_file
from socialdesk.models import Attachment, Rule
from socialdesk.wire import Flow

__all__ = ["AsyncClient", "Batch", "Client"]

T = TypeVar("T")


class _Face:
    def __init__(
        self,
        connector: Connector[Any, Any],
        *,
        tokens: Mapping[str, Tokens] | None = None,
        on_tokens: Callable[[str, Tokens], object] | None = None,
        transport: Any = None,
        timeout: float = DEADLINE,
    ) -> None:
        self._flows = Dealings(connector, MemoryTokens(tokens, on_tokens))
        self._owns_transport = transport is None
        clock = getattr(transport, "clock", None) or SystemClock()
        self._runtime = Runtime(transport or self._new_transport(), clock, timeout=timeout, media=Files())

    def _new_transport(self) -> Any:
        raise NotImplementedError

    def attach(self, path: str | os.PathLike[str], *, alt_text: str | None = None) -> Attachment:
        """An attachment for the file at ``path``, which has to stay there until it is sent.

        ``alt_text`` describes it for those who cannot see it. Raises ConfigError where it cannot be read.
        """
        return describe_file(path, alt_text=alt_text)

    @property
    def connector(self) -> Connector[Any, Any]:
        """The connector, with the account's profile once that is known."""
        return self._flows.connector


class Client(_Face):
    """Fetch and send in the calling thread.

    ``tokens`` are those that an earlier ``on_tokens`` was told of, by role: with rotating tokens they must be kept.
    ``transport`` stands in for the network, such as a sandbox; its clock is used where it has one. ``timeout`` is
    the deadline of one request in seconds, from connecting to the last byte.
    """

    def __init__(
        self,
        connector: Connector[Any, Any],
        *,
        tokens: Mapping[str, Tokens] | None = None,
        on_tokens: Callable[[str, Tokens], object] | None = None,
        transport: Any = None,
        timeout: float = DEADLINE,
    ) -> None:
        super().__init__(connector, tokens=tokens, on_tokens=on_tokens, transport=transport, timeout=timeout)
        self._driver = Driver(self._runtime)

    def _new_transport(self) -> Any:
        from socialdesk._httpx import HttpTransport  # httpx is loaded where it is used

        return HttpTransport()

    def _run(self, flow: Flow[T]) -> T:
        return self._driver.run(flow)

    identify = blocking(Dealings.identify)
    lookup = blocking(Dealings.lookup)
    plan = blocking(Dealings.plan)
    send = blocking(Dealings.send)

    def fetch(
        self,
        cursor: str | None = None,
        stream: str = "mentions",
        *,
        rules: Sequence[Rule] = (),
        topics: Sequence[Topic] = (),
        back_to: datetime | None = None,
    ) -> Iterator[Batch]:
        """What is new since ``cursor``, a page at a time.

        ``rules`` are what the stream ``search`` listens for, ``topics`` what other streams with topics ask for,
        ``back_to`` the earliest moment of interest where there is no cursor yet. Raises RateLimited, AuthError or
        Unavailable; the last batch's cursor then goes on where it stopped.
        """
        asked = Asked(stream=stream, cursor=cursor, rules=rules, topics=topics, back_to=back_to)
        fetch = Fetch(self._flows, asked)
        while (batch := self._run(fetch.next_batch())) is not None:
            yield batch

    def close(self) -> None:
        """Close the connections. The client can be used again and opens new ones."""
        if self._owns_transport:
            self._runtime.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class AsyncClient(_Face):
    """Fetch and send in the calling task, under asyncio or trio. See :class:`Client`."""

    def __init__(
        self,
        connector: Connector[Any, Any],
        *,
        tokens: Mapping[str, Tokens] | None = None,
        on_tokens: Callable[[str, Tokens], object] | None = None,
        transport: Any = None,
        timeout: float = DEADLINE,
    ) -> None:
        super().__init__(connector, tokens=tokens, on_tokens=on_tokens, transport=transport, timeout=timeout)
        self._driver = AsyncDriver(self._runtime)

    def _new_transport(self) -> Any:
        from socialdesk._httpx import AsyncHttpTransport  # httpx is loaded where it is used

        return AsyncHttpTransport()

    async def _arun(self, flow: Flow[T]) -> T:
        return await self._driver.run(flow)

    identify = awaiting(Dealings.identify)
    lookup = awaiting(Dealings.lookup)
    plan = awaiting(Dealings.plan)
    send = awaiting(Dealings.send)

    async def fetch(
        self,
        cursor: str | None = None,
        stream: str = "mentions",
        *,
        rules: Sequence[Rule] = (),
        topics: Sequence[Topic] = (),
        back_to: datetime | None = None,
    ) -> AsyncIterator[Batch]:
        """What is new since ``cursor``, a page at a time. See :meth:`Client.fetch`."""
        asked = Asked(stream=stream, cursor=cursor, rules=rules, topics=topics, back_to=back_to)
        fetch = Fetch(self._flows, asked)
        while (batch := await self._arun(fetch.next_batch())) is not None:
            yield batch

    async def aclose(self) -> None:
        """Close this event loop's connections."""
        if self._owns_transport:
            await self._runtime.transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.aclose()
