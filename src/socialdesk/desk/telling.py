"""How a helpdesk takes a desk's events: each of them at least once, whatever crashes, until it says that it has it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from socialdesk._engine.effects import TakeStamp
from socialdesk.desk import consumers, eventing
from socialdesk.desk.eventing import Claiming, Consumer
from socialdesk.desk.premises import Premises
from socialdesk.desk.schema import moment
from socialdesk.errors import ConfigError
from socialdesk.models import Event, EventKind, ExternalId
from socialdesk.wire import Flow

__all__ = ["AsyncTold", "ConsumerState", "DeadEvent", "Feed", "Told"]

AT_A_TIME = 50
REMOVED_AT_A_TIME = 500
"""Events in one transaction: whoever else writes waits no longer than for these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEvent:
    """An event that a consumer could not take, and its last word on it."""

    event: Event
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerState:
    """How far a consumer is: how many events wait for it, how many it could not take, when the oldest of them was."""

    name: str
    waiting: int
    dead: int
    oldest: datetime | None


@dataclass(frozen=True)
class _Handed:
    """An event in the hands of a consumer: ``account`` is the account's name, ``tries`` how often it was handed out
    before."""

    _event: Event = field(repr=False)
    account: str
    tries: int

    @property
    def id(self) -> str:
        """The event's id: the same each time that it comes."""
        return self._event.id

    @property
    def kind(self) -> EventKind:
        return self._event.kind

    @property
    def at(self) -> datetime:
        return self._event.at

    @property
    def mention(self) -> ExternalId | None:
        """The mention that it is about: ``desk.mention(event.mention)`` gives it."""
        return self._event.mention

    @property
    def reply(self) -> str | None:
        """The key of the reply that it is about."""
        return self._event.reply

    @property
    def text(self) -> str:
        return self._event.text

    @property
    def backfilled(self) -> bool:
        """Whether it tells of something said before the desk began to hear the account."""
        return self._event.backfilled


@dataclass(frozen=True)
class Told(_Handed):
    """An event that a Desk hands out. What is neither acked nor nacked comes again."""

    _run: Callable[[Flow[Any]], Any] = field(repr=False)
    _feed: Feed = field(repr=False)

    def ack(self) -> None:
        """It is safe with the consumer, and never comes again."""
        self._run(self._feed.ack(self._event))

    def nack(self, problem: str) -> bool:
        """It could not be taken: it comes again later, ten times at most. False where it does not come any more."""
        lives: bool = self._run(self._feed.nack(self._event, problem))
        return lives


@dataclass(frozen=True)
class AsyncTold(_Handed):
    """An event that an AsyncDesk hands out. What is neither acked nor nacked comes again."""

    _run: Callable[[Flow[Any]], Coroutine[Any, Any, Any]] = field(repr=False)
    _feed: Feed = field(repr=False)

    async def ack(self) -> None:
        """It is safe with the consumer, and never comes again."""
        await self._run(self._feed.ack(self._event))

    async def nack(self, problem: str) -> bool:
        """It could not be taken: it comes again later, ten times at most. False where it does not come any more."""
        lives: bool = await self._run(self._feed.nack(self._event, problem))
        return lives


class Feed:
    """One consumer's way through the events, a batch at a time; ``owner`` is the run that has them in hand."""

    def __init__(self, desk: Premises, name: str, since: Literal["now", "all"], owner: str) -> None:
        if not name.strip() or "/" in name:
            raise ConfigError(f"A consumer has a name without '/', and not empty; it is {name!r}.")
        if since not in ("now", "all"):
            raise ConfigError(f'since: "now" or "all", not {since!r}.')
        self._desk = desk
        self._consumer = Consumer(name, desk.tenant)
        self._earlier = since == "all"
        self._owner = owner
        self._known = False

    async def next_batch(self) -> tuple[tuple[Event, str, int], ...]:
        """The next events that are due, each with its account's name and how often it came before; none at the end."""
        names = {row.id: row.name for row in await self._desk._rows(None)}
        stamp = await TakeStamp()
        if not self._known:
            await eventing.register_consumer(self._consumer, tuple(names), stamp.now, earlier=self._earlier)
            self._known = True
        claiming = Claiming(
            owner=self._owner, alive=self._desk.worker.is_alive, now=stamp.now, most=AT_A_TIME
        )
        claimed = await eventing.claim_events(self._consumer, tuple(names), claiming)
        return tuple((one.event, names[one.event.account], one.tries) for one in claimed)

    async def ack(self, event: Event) -> None:
        await eventing.take_event(self._consumer, event)

    async def nack(self, event: Event, problem: str) -> bool:
        stamp = await TakeStamp()
        return await eventing.refuse_event(self._consumer, event, problem, stamp.now)

    async def give_back(self) -> None:
        await eventing.release_events(self._consumer, self._owner)


class Telling(Premises):
    """Who takes events, and what became of those that could not be taken."""

    async def consumers(self) -> tuple[ConsumerState, ...]:
        """Who takes events, by name. Events are kept for each of them until it takes them, however long that is."""
        rows = tuple(row.id for row in await self._rows(None))
        return tuple(
            ConsumerState(name=name, waiting=waiting, dead=dead, oldest=moment(oldest))
            for name, waiting, dead, oldest in await consumers.count_deliveries(self.tenant, rows)
        )

    async def forget_consumer(self, consumer: str) -> None:
        """Keep nothing more for a consumer that is no more. Raises ConfigError where there is none of this name."""
        if not await consumers.forget_consumer(Consumer(consumer, self.tenant)):
            raise ConfigError(f"There is no consumer {consumer!r}.")

    async def remove_events(self, *, before: datetime) -> int:
        """Remove the events that happened before then and that every consumer has taken; gives how many there were.

        Nothing else removes events. A consumer that begins with ``since="all"`` is not told of what was removed.
        """
        if before.tzinfo is None:
            raise ConfigError("before: a time with its zone, such as datetime.now(timezone.utc).")
        rows = None if self.tenant is None else tuple(row.id for row in await self._rows(None))
        removed = 0
        while found := await consumers.remove_events(rows, before, REMOVED_AT_A_TIME):
            removed += found
        return removed

    async def dead_events(self, consumer: str) -> tuple[DeadEvent, ...]:
        """The events that a consumer could not take in ten times, oldest first."""
        names = {row.id: row.name for row in await self._rows(None)}
        found = await eventing.dead_events(Consumer(consumer, self.tenant), tuple(names))
        return tuple(
            DeadEvent(event=event.model_copy(update={"account": names[event.account]}), problem=problem)
            for event, problem in found
        )

    async def revive_events(self, consumer: str) -> int:
        """Hand a consumer's dead events out again; gives how many there were."""
        rows = tuple(row.id for row in await self._rows(None))
        return await eventing.revive_events(Consumer(consumer, self.tenant), rows)
