"""A desk within the host's transaction: what it stores is committed with what the host stores, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.effects import Call
from socialdesk._engine.faces import awaiting, blocking
from socialdesk._engine.runtime import Runtime
from socialdesk.desk.borrowing import lend, lend_async
from socialdesk.desk.flows import DeskFlows
from socialdesk.desk.lending import NoNetwork, take_turn
from socialdesk.desk.store import SqlStore
from socialdesk.desk.telling import AsyncTold, Told
from socialdesk.errors import ConfigError
from socialdesk.wire import Effect, Flow

__all__ = ["AsyncWithin", "Within"]

T = TypeVar("T")


class Within:
    """A desk's operations on a connection of yours, in its transaction: see :meth:`socialdesk.Desk.within`.

    What would ask a platform, or needs a transaction of its own, is not among them and raises ConfigError.
    """

    def __init__(self, flows: DeskFlows, runtime: Runtime, own: SqlStore, connection: Any) -> None:
        self._flows = flows
        self._one_writer = own.url.get_backend_name() == "sqlite"
        self._driver = Driver(replace(runtime, transport=NoNetwork(), store=lend(own, connection)))

    def _run(self, flow: Flow[T]) -> T:
        return self._driver.run(_in_turn(flow) if self._one_writer else flow)

    account = blocking(DeskFlows.account)
    accounts = blocking(DeskFlows.accounts)
    actions = blocking(DeskFlows.actions)
    announce = blocking(DeskFlows.announce)
    attach = blocking(DeskFlows.attach)
    cancel = blocking(DeskFlows.cancel)
    conversation = blocking(DeskFlows.conversation)
    counts = blocking(DeskFlows.counts)
    dead_events = blocking(DeskFlows.dead_events)
    mention = blocking(DeskFlows.mention)
    mentions = blocking(DeskFlows.mentions)
    plan = blocking(DeskFlows.plan)
    plan_announcement = blocking(DeskFlows.plan_announcement)
    receipt = blocking(DeskFlows.receipt)
    receipts = blocking(DeskFlows.receipts)
    reply = blocking(DeskFlows.reply)
    revive_events = blocking(DeskFlows.revive_events)
    settle = blocking(DeskFlows.settle)
    take_private = blocking(DeskFlows.take_private)
    tally = blocking(DeskFlows.tally)

    def ack(self, event: Told) -> None:
        """The event is safe with the consumer once your transaction is committed, and then never comes again. Where it
        is rolled back, the event comes again."""
        self._run(event._feed.ack(event._event))

    def nack(self, event: Told, problem: str) -> bool:
        """It could not be taken: as :meth:`Told.nack`, once your transaction is committed."""
        return self._run(event._feed.nack(event._event, problem))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Any]:
            return _refusal(self, name)


class AsyncWithin:
    """An AsyncDesk's operations on a connection of yours: see :meth:`socialdesk.AsyncDesk.within`."""

    def __init__(self, flows: DeskFlows, runtime: Runtime, own: SqlStore, connection: Any) -> None:
        self._flows = flows
        store, perform = lend_async(own, connection)
        self._one_writer = own.url.get_backend_name() == "sqlite"
        self._driver = _LentDriver(replace(runtime, transport=NoNetwork(), store=store), perform)

    async def _arun(self, flow: Flow[T]) -> T:
        return await self._driver.run(_in_turn(flow) if self._one_writer else flow)

    account = awaiting(DeskFlows.account)
    accounts = awaiting(DeskFlows.accounts)
    actions = awaiting(DeskFlows.actions)
    announce = awaiting(DeskFlows.announce)
    attach = awaiting(DeskFlows.attach)
    cancel = awaiting(DeskFlows.cancel)
    conversation = awaiting(DeskFlows.conversation)
    counts = awaiting(DeskFlows.counts)
    dead_events = awaiting(DeskFlows.dead_events)
    mention = awaiting(DeskFlows.mention)
    mentions = awaiting(DeskFlows.mentions)
    plan = awaiting(DeskFlows.plan)
    plan_announcement = awaiting(DeskFlows.plan_announcement)
    receipt = awaiting(DeskFlows.receipt)
    receipts = awaiting(DeskFlows.receipts)
    reply = awaiting(DeskFlows.reply)
    revive_events = awaiting(DeskFlows.revive_events)
    settle = awaiting(DeskFlows.settle)
    take_private = awaiting(DeskFlows.take_private)
    tally = awaiting(DeskFlows.tally)

    async def ack(self, event: AsyncTold) -> None:
        """As :meth:`Within.ack`."""
        await self._arun(event._feed.ack(event._event))

    async def nack(self, event: AsyncTold, problem: str) -> bool:
        """As :meth:`Within.nack`."""
        return await self._arun(event._feed.nack(event._event, problem))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Any]:
            return _refusal(self, name)


_READING = frozenset(
    "account accounts actions attach conversation counts dead_events mention mentions plan plan_announcement receipt "
    "receipts tally".split()
)


async def _in_turn(flow: Flow[T]) -> T:
    """The flow; where it will write, it is this transaction's turn to write before anything is read."""
    try:
        if getattr(flow, "__name__", "") not in _READING:
            await take_turn()
        return await flow
    finally:
        flow.close()  # where it never began


class _LentDriver(AsyncDriver):
    """Performs store calls where the host's connection lives: by awaiting it, or in the calling thread."""

    def __init__(self, runtime: Runtime, perform: Callable[[Call[Any]], Any] | None) -> None:
        super().__init__(runtime)
        self._on_loop = perform

    async def perform(self, effect: Effect[Any]) -> Any:
        if not isinstance(effect, Call):
            return await super().perform(effect)
        if self._on_loop is None:
            return self.runtime.perform_call(effect)
        return await self._on_loop(effect)


def _refusal(view: Within | AsyncWithin, name: str) -> Callable[..., Any]:
    """What a desk can do, and cannot within a transaction, says so when it is called."""
    from socialdesk.desk.desk import Desk

    if name.startswith("_") or not hasattr(Desk, name):
        raise AttributeError(f"{type(view).__name__!r} object has no attribute {name!r}")

    def refuse(*_: object, **__: object) -> None:
        raise ConfigError(
            f"{name}() asks a platform, or keeps transactions of its own: call it on the desk itself, outside of yours."
        )

    return refuse
