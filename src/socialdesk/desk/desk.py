"""Desk and AsyncDesk: the two faces of a desk's operations, and the loop that keeps it going."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.faces import awaiting, blocking
from socialdesk._engine.locks import Locks
from socialdesk._engine.runtime import DEADLINE, Runtime, SystemClock
from socialdesk.desk.flows import DeskFlows
from socialdesk.desk.hooks import Hooks
from socialdesk.desk.store import SqlStore
from socialdesk.desk.vault import Vault
from socialdesk.desk.worker import Worker
from socialdesk.desk.workplace import Workshop
from socialdesk.errors import ConfigError
from socialdesk.registry import Registry
from socialdesk.wire import Flow

__all__ = ["AsyncDesk", "Desk"]

T = TypeVar("T")
log = logging.getLogger("socialdesk.desk")

LONGEST_NAP = 5.0
"""Seconds after which :meth:`Desk.run` looks again, whatever it knows."""
GLANCE = 0.02
"""Seconds after which a worker at rest notices that something was stored, in whatever process."""


class _Face:
    """What both faces are made of."""

    def __init__(
        self,
        url: str = "sqlite:///desk.db",
        *,
        registry: Registry | None = None,
        secret_key: str | None = None,
        transport: Any = None,
        timeout: float = DEADLINE,
    ) -> None:
        self._store = SqlStore(url)
        self._worker = Worker(self._store.side_path(".workers"))
        registry = registry or Registry()
        for problem in registry.load_hooks():
            log.warning("a plugin cannot be loaded: %s", problem)
        self._hooks = Hooks(registry)
        vault = Vault.open(secret_key, self._store.side_path(".key"))
        self._flows = DeskFlows(
            registry=registry,
            workshop=Workshop(registry, vault),
            vault=vault,
            worker=self._worker,
            hooks=self._hooks,
            timeout=timeout,
        )
        self._owns_transport = transport is None
        self._transport = transport or self._new_transport()
        self._clock = getattr(transport, "clock", None) or SystemClock()
        self._timeout = timeout

    def _new_transport(self) -> Any:
        raise NotImplementedError

    def _new_runtime(self) -> Runtime:
        return Runtime(
            self._transport,
            self._clock,
            Locks(self._store.side_path(".locks")),
            self._store,
            self._timeout,
            self._hooks.watcher(),
        )

    @property
    def registry(self) -> Registry:
        """The plugins that this desk uses."""
        return self._flows.registry

    def scoped(self, tenant: str) -> Self:
        """The same desk, seeing the accounts of one tenant only."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._flows = replace(self._flows, tenant=tenant)
        return view

    def _nap(self, due: datetime | None) -> float:
        if due is None:
            return LONGEST_NAP
        return min(LONGEST_NAP, max(0.05, (due - self._clock.now()).total_seconds()))


class Desk(_Face):
    """A durable inbox and outbox, used from the calling thread.

    ``url`` is a database's, as ``sqlite:///desk.db``; its tables are made on first use. ``secret_key`` encrypts what
    is secret (by default from SOCIALDESK_SECRET_KEY, else from a key file beside the database). ``transport`` stands
    in for the network, such as a sandbox; ``timeout`` is the deadline of one request in seconds. A desk may be shared
    among threads, opened by several processes at once, and carried across a fork.
    """

    def __init__(
        self,
        url: str = "sqlite:///desk.db",
        *,
        registry: Registry | None = None,
        secret_key: str | None = None,
        transport: Any = None,
        timeout: float = DEADLINE,
    ) -> None:
        super().__init__(url, registry=registry, secret_key=secret_key, transport=transport, timeout=timeout)
        self._driver = Driver(self._new_runtime())
        self._stopping = threading.Event()

    def _new_transport(self) -> Any:
        from socialdesk._httpx import HttpTransport

        return HttpTransport()

    def _run(self, flow: Flow[T]) -> T:
        return self._driver.run(flow)

    app = blocking(DeskFlows.app)
    apps = blocking(DeskFlows.apps)
    connect = blocking(DeskFlows.connect)
    accounts = blocking(DeskFlows.accounts)
    account = blocking(DeskFlows.account)
    listen = blocking(DeskFlows.listen)
    check = blocking(DeskFlows.check)
    remove = blocking(DeskFlows.remove)
    poll = blocking(DeskFlows.poll)
    mentions = blocking(DeskFlows.mentions)
    mention = blocking(DeskFlows.mention)
    conversation = blocking(DeskFlows.conversation)
    refresh = blocking(DeskFlows.refresh)
    actions = blocking(DeskFlows.actions)
    plan = blocking(DeskFlows.plan)
    reply = blocking(DeskFlows.reply)
    drain = blocking(DeskFlows.drain)
    receipt = blocking(DeskFlows.receipt)
    receipts = blocking(DeskFlows.receipts)
    cancel = blocking(DeskFlows.cancel)
    settle = blocking(DeskFlows.settle)
    counts = blocking(DeskFlows.counts)
    condition = blocking(DeskFlows.condition)

    def run(self, *, workers: int = 1) -> None:
        """Poll and send whatever is due, until :meth:`stop` is called from another thread or a signal's handler."""
        if workers < 1:
            raise ConfigError("workers: at least 1")
        threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(workers - 1)]
        for thread in threads:
            thread.start()
        try:
            self._loop()
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()
            self._stopping.clear()

    def _loop(self) -> None:
        with self._store.watching() as version:
            while not self._stopping.is_set():
                seen = version()
                self._rest(self._run(self._flows.tick()), seen, version)

    def _rest(self, due: datetime | None, seen: int, version: Callable[[], int]) -> None:
        """Wait until something is due, also if that was stored meanwhile."""
        rested = time.monotonic() + self._nap(due)
        while time.monotonic() < rested and not self._stopping.wait(GLANCE):
            if (current := version()) != seen:
                seen, due = current, self._run(self._flows.next_due())
                if due is not None and due <= self._clock.now():
                    return
                rested = time.monotonic() + self._nap(due)

    def stop(self) -> None:
        """Make :meth:`run` return once its current step is done."""
        self._stopping.set()

    def close(self) -> None:
        """Close the connections and give the worker's lock back. The desk can be used again."""
        if self._owns_transport:
            self._transport.close()
        self._worker.close()
        self._store.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class AsyncDesk(_Face):
    """A durable inbox and outbox, used from a task under asyncio or trio. See :class:`Desk`."""

    def __init__(
        self,
        url: str = "sqlite:///desk.db",
        *,
        registry: Registry | None = None,
        secret_key: str | None = None,
        transport: Any = None,
        timeout: float = DEADLINE,
    ) -> None:
        super().__init__(url, registry=registry, secret_key=secret_key, transport=transport, timeout=timeout)
        self._drivers: anyio.lowlevel.RunVar[AsyncDriver] = anyio.lowlevel.RunVar("socialdesk driver")
        self._stopping = False

    def _new_transport(self) -> Any:
        from socialdesk._httpx import AsyncHttpTransport

        return AsyncHttpTransport()

    async def _arun(self, flow: Flow[T]) -> T:
        driver = self._drivers.get(None)
        if driver is None:  # locks and limiters belong to one event loop
            driver = AsyncDriver(self._new_runtime())
            self._drivers.set(driver)
        return await driver.run(flow)

    app = awaiting(DeskFlows.app)
    apps = awaiting(DeskFlows.apps)
    connect = awaiting(DeskFlows.connect)
    accounts = awaiting(DeskFlows.accounts)
    account = awaiting(DeskFlows.account)
    listen = awaiting(DeskFlows.listen)
    check = awaiting(DeskFlows.check)
    remove = awaiting(DeskFlows.remove)
    poll = awaiting(DeskFlows.poll)
    mentions = awaiting(DeskFlows.mentions)
    mention = awaiting(DeskFlows.mention)
    conversation = awaiting(DeskFlows.conversation)
    refresh = awaiting(DeskFlows.refresh)
    actions = awaiting(DeskFlows.actions)
    plan = awaiting(DeskFlows.plan)
    reply = awaiting(DeskFlows.reply)
    drain = awaiting(DeskFlows.drain)
    receipt = awaiting(DeskFlows.receipt)
    receipts = awaiting(DeskFlows.receipts)
    cancel = awaiting(DeskFlows.cancel)
    settle = awaiting(DeskFlows.settle)
    counts = awaiting(DeskFlows.counts)
    condition = awaiting(DeskFlows.condition)

    async def run(self) -> None:
        """Poll and send whatever is due, until :meth:`stop` is called or the task is cancelled."""
        self._stopping = False
        with self._store.watching() as version:
            while not self._stopping:
                seen = await anyio.to_thread.run_sync(version)
                await self._rest(await self._arun(self._flows.tick()), seen, version)

    async def _rest(self, due: datetime | None, seen: int, version: Callable[[], int]) -> None:
        """Wait until something is due, also if that was stored meanwhile."""
        rested = time.monotonic() + self._nap(due)
        while time.monotonic() < rested and not self._stopping:
            await anyio.sleep(GLANCE)
            if (current := await anyio.to_thread.run_sync(version)) != seen:
                seen, due = current, await self._arun(self._flows.next_due())
                if due is not None and due <= self._clock.now():
                    return
                rested = time.monotonic() + self._nap(due)

    def stop(self) -> None:
        """Make :meth:`run` return once its current step is done."""
        self._stopping = True

    async def aclose(self) -> None:
        """Close this event loop's connections and give the worker's lock back. The desk can be used again."""
        if self._owns_transport:
            await self._transport.aclose()
        self._worker.close()
        self._store.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.aclose()
