"""Desk: a desk's operations in the calling thread, and the loop that keeps it going."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, Unpack

from socialdesk._engine.drive import Driver
from socialdesk._engine.faces import blocking
from socialdesk.desk.face import GLANCE, DeskOptions, Face
from socialdesk.desk.flows import DeskFlows
from socialdesk.desk.telling import Feed, Told
from socialdesk.errors import ConfigError
from socialdesk.wire import Flow

if TYPE_CHECKING:
    from socialdesk.desk.within import Within

__all__ = ["Desk"]

T = TypeVar("T")


class Desk(Face):
    """A durable inbox and outbox, used from the calling thread.

    ``url`` is a database's, as ``sqlite:///desk.db``; its tables are made on first use. The options are those of
    :class:`DeskOptions`. A desk may be shared among threads, opened by several processes at once, and carried across a
    fork.
    """

    def __init__(self, url: str = "sqlite:///desk.db", **options: Unpack[DeskOptions]) -> None:
        super().__init__(url, **options)
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
    backfill = blocking(DeskFlows.backfill)
    backfills = blocking(DeskFlows.backfills)
    cancel_backfill = blocking(DeskFlows.cancel_backfill)
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
    attempts = blocking(DeskFlows.attempts)
    cancel = blocking(DeskFlows.cancel)
    settle = blocking(DeskFlows.settle)
    health = blocking(DeskFlows.health)
    coverage = blocking(DeskFlows.coverage)
    counts = blocking(DeskFlows.counts)
    condition = blocking(DeskFlows.condition)
    receive = blocking(DeskFlows.receive)
    take_in = blocking(DeskFlows.take_in)
    subscribe = blocking(DeskFlows.subscribe)
    take_private = blocking(DeskFlows.take_private)
    moderate = blocking(DeskFlows.moderate)
    withdraw = blocking(DeskFlows.withdraw)
    plan_announcement = blocking(DeskFlows.plan_announcement)
    announce = blocking(DeskFlows.announce)
    tally = blocking(DeskFlows.tally)
    budget = blocking(DeskFlows.budget)
    attach = blocking(DeskFlows.attach)
    dead_events = blocking(DeskFlows.dead_events)
    revive_events = blocking(DeskFlows.revive_events)
    quarantine = blocking(DeskFlows.quarantine)
    retry_quarantine = blocking(DeskFlows.retry_quarantine)
    consumers = blocking(DeskFlows.consumers)
    forget_consumer = blocking(DeskFlows.forget_consumer)
    remove_events = blocking(DeskFlows.remove_events)

    def events(self, consumer: str, *, since: Literal["now", "all"] = "now") -> Iterator[Told]:
        """What happened, for a consumer of this name: each event at least once, until it is acked; ends when nothing is
        due any more.

        A consumer is known from its first call on, and gets what happens from then on, or with ``since="all"`` also all
        that is kept of before. What it does not ack comes again; several callers of one name share the events.
        """
        with self._worker.run() as owner:
            feed = Feed(self._flows, consumer, since, owner)
            try:
                while batch := self._run(feed.next_batch()):
                    for event, account, tries in batch:
                        yield Told(event, account, tries, self._run, feed)
            finally:
                self._run(feed.give_back())

    def within(self, connection: Any) -> Within:
        """This desk within a transaction of yours: what it stores is committed with what you store, or not at all.

        ``connection`` is to the desk's own database: a Connection or a Session of SQLAlchemy's,
        ``django.db.connection``, a ``sqlite3.Connection`` or a ``psycopg.Connection``. It is never committed, rolled
        back or closed here. What fails is undone to where it began, and your transaction goes on. A desk that runs
        sends an answer once your transaction is committed. Each operation raises ConfigError where the connection is to
        another database, or in autocommit without a transaction, or where a platform would have to be asked.
        """
        from socialdesk.desk.within import Within

        return Within(self._flows, self._driver.runtime, self._store, connection)

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
        self._media.close()
        self._store.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
