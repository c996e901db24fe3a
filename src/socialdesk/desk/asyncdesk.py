"""AsyncDesk: a desk's operations in the calling task, under asyncio or trio."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, Unpack

import anyio
import anyio.lowlevel
import anyio.to_thread

from socialdesk._engine.drive import AsyncDriver
from socialdesk._engine.faces import awaiting
from socialdesk.desk.face import GLANCE, DeskOptions, Face
from socialdesk.desk.flows import DeskFlows
from socialdesk.desk.telling import AsyncTold, Feed
from socialdesk.wire import Flow

if TYPE_CHECKING:
    from socialdesk.desk.within import AsyncWithin

__all__ = ["AsyncDesk"]

T = TypeVar("T")


class AsyncDesk(Face):
    """A durable inbox and outbox, used from a task under asyncio or trio. See :class:`~socialdesk.Desk`."""

    def __init__(self, url: str = "sqlite:///desk.db", **options: Unpack[DeskOptions]) -> None:
        super().__init__(url, **options)
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
    backfill = awaiting(DeskFlows.backfill)
    backfills = awaiting(DeskFlows.backfills)
    cancel_backfill = awaiting(DeskFlows.cancel_backfill)
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
    attempts = awaiting(DeskFlows.attempts)
    cancel = awaiting(DeskFlows.cancel)
    settle = awaiting(DeskFlows.settle)
    health = awaiting(DeskFlows.health)
    coverage = awaiting(DeskFlows.coverage)
    counts = awaiting(DeskFlows.counts)
    condition = awaiting(DeskFlows.condition)
    receive = awaiting(DeskFlows.receive)
    take_in = awaiting(DeskFlows.take_in)
    subscribe = awaiting(DeskFlows.subscribe)
    take_private = awaiting(DeskFlows.take_private)
    moderate = awaiting(DeskFlows.moderate)
    withdraw = awaiting(DeskFlows.withdraw)
    plan_announcement = awaiting(DeskFlows.plan_announcement)
    announce = awaiting(DeskFlows.announce)
    tally = awaiting(DeskFlows.tally)
    budget = awaiting(DeskFlows.budget)
    attach = awaiting(DeskFlows.attach)
    dead_events = awaiting(DeskFlows.dead_events)
    revive_events = awaiting(DeskFlows.revive_events)
    quarantine = awaiting(DeskFlows.quarantine)
    retry_quarantine = awaiting(DeskFlows.retry_quarantine)
    consumers = awaiting(DeskFlows.consumers)
    forget_consumer = awaiting(DeskFlows.forget_consumer)
    remove_events = awaiting(DeskFlows.remove_events)

    async def events(
        self, consumer: str, *, since: Literal["now", "all"] = "now"
    ) -> AsyncIterator[AsyncTold]:
        """What happened, for a consumer of this name. See :meth:`socialdesk.Desk.events`."""
        with self._worker.run() as owner:
            feed = Feed(self._flows, consumer, since, owner)
            try:
                while batch := await self._arun(feed.next_batch()):
                    for event, account, tries in batch:
                        yield AsyncTold(event, account, tries, self._arun, feed)
            finally:
                with anyio.CancelScope(shield=True):
                    await self._arun(feed.give_back())

    def within(self, connection: Any) -> AsyncWithin:
        """This desk within a transaction of yours. See :meth:`socialdesk.Desk.within`.

        ``connection`` is an AsyncConnection or an AsyncSession of SQLAlchemy's. One that blocks is taken too, and
        blocks the event loop, as your own statements on it do.
        """
        from socialdesk.desk.within import AsyncWithin

        return AsyncWithin(self._flows, self._new_runtime(), self._store, connection)

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
        self._media.close()
        self._store.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.aclose()
