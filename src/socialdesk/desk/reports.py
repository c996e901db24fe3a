"""What the desk's operations give back, beside the values of :mod:`socialdesk.models`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from socialdesk.models import Health, Receipt, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as it may be shown: no secret is in it.

    ``health`` is how it is: hearing and answering, why and since when. ``settings`` holds what is no secret.
    """

    id: str
    name: str
    platform: str
    tenant: str = ""
    app: str | None = None
    health: Health = field(default_factory=Health)
    handle: str | None = None
    rules: tuple[Rule, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingReport:
    """One listing's part of a poll. ``topics`` counts those that its pages told of; ``waits`` says why it was not read
    to its end, and ``again_at`` until when; ``more`` that others had their turn, and it goes on. A ``backfill`` went
    over what was said before the desk heard the account."""

    account: str
    stream: str
    topic: str = ""
    backfill: bool = False
    pages: int = 0
    new: int = 0
    changed: int = 0
    set_aside: int = 0
    topics: int = 0
    again_at: datetime | None = None
    waits: str | None = None
    more: bool = False

    def __add__(self, other: ListingReport) -> ListingReport:
        """This part of a poll, and what came of the same listing after it."""
        return replace(
            other,
            pages=self.pages + other.pages,
            new=self.new + other.new,
            changed=self.changed + other.changed,
            set_aside=self.set_aside + other.set_aside,
            topics=self.topics + other.topics,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """How far the backfill of one stream of an account is, which asks for what was said from ``since`` to ``until``.

    ``reached`` is the moment that its pages have come to: going back, or forth where the platform lists from old to
    new. ``new`` are mentions that were not known before. ``listings`` is what the stream consists of so far, such as a
    search for each rule or the comments of each post, and ``waiting`` how many of these are not read to their end.
    ``problem`` says why it waits, until ``again_at``, or why it brought less than was asked for.
    """

    account: str
    stream: str
    state: Literal["under_way", "done", "cancelled"]
    since: datetime
    until: datetime | None = None
    reached: datetime | None = None
    new: int = 0
    pages: int = 0
    listings: int = 1
    waiting: int = 0
    again_at: datetime | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A span of time of a listing, from ``start`` (None: since ever) until before ``end``.

    ``state`` is ``complete`` where all is known to have been heard, ``best_effort`` where what the platform told was,
    and ``gap`` where something may be missing; ``reason`` says why it is not complete: first_connect, horizon,
    downtime, incomplete, noticed, late or aside.
    """

    start: datetime | None
    end: datetime
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is known to have been heard of one listing: spans in order. What comes after the last was not polled yet."""

    account: str
    stream: str
    topic: str = ""
    intervals: tuple[Interval, ...] = ()

    @property
    def gaps(self) -> tuple[Interval, ...]:
        """What may be missing. What came before the account was connected was not asked for, and is none of them."""
        return tuple(
            each for each in self.intervals if each.state == "gap" and each.reason != "first_connect"
        )

    @property
    def until(self) -> datetime | None:
        """The moment until which it was heard, None where it never was."""
        return self.intervals[-1].end if self.intervals else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedReport:
    """What was taken in of what platforms delivered. ``put_off`` could not be read yet, ``parked`` is for accounts that
    are not connected."""

    deliveries: int = 0
    new: int = 0
    put_off: int = 0
    parked: int = 0

    def __add__(self, other: ReceivedReport) -> ReceivedReport:
        return ReceivedReport(
            deliveries=self.deliveries + other.deliveries,
            new=self.new + other.new,
            put_off=self.put_off + other.put_off,
            parked=self.parked + other.parked,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadReport:
    """What came of reading again what could not be read: ``read`` could be now, ``new`` of these are new mentions,
    ``kept`` lie aside still."""

    read: int = 0
    new: int = 0
    kept: int = 0

    def __add__(self, other: RereadReport) -> RereadReport:
        return RereadReport(
            read=self.read + other.read, new=self.new + other.new, kept=self.kept + other.kept
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An item that could not be read, as the platform told it (``body``), with the ``reason`` and the version of the
    plugin that met it last."""

    id: str
    account: str
    stream: str
    shape: str
    reason: str
    plugin_version: str
    received_at: datetime
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What a poll brought. ``ok`` is False where something could not be read to its end."""

    listings: tuple[ListingReport, ...] = ()
    received: ReceivedReport = ReceivedReport()

    @property
    def new(self) -> int:
        return sum(listing.new for listing in self.listings) + self.received.new

    @property
    def changed(self) -> int:
        return sum(listing.changed for listing in self.listings)

    @property
    def ok(self) -> bool:
        return all(listing.waits is None for listing in self.listings)

    @property
    def again_at(self) -> datetime | None:
        """The earliest moment at which anything is to be polled again."""
        return min((listing.again_at for listing in self.listings if listing.again_at), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a platform bills: ``amount`` of its ``unit`` in a ``month`` (UTC, as ``2026-11``), for a search ``rule`` or
    for none (""). ``price`` is by the account's own prices, None where that one is not set."""

    account: str
    month: str
    rule: str
    unit: str
    amount: int
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What became of an announcement: a receipt for each account that says it, and why the others do not."""

    receipts: tuple[Receipt, ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainReport:
    """What a drain came to, in parts. ``again_at`` is when the next one that waits is due."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    needs_human: int = 0
    put_off: int = 0
    again_at: datetime | None = None

    def __add__(self, other: DrainReport) -> DrainReport:
        moments = [moment for moment in (self.again_at, other.again_at) if moment is not None]
        return DrainReport(
            sent=self.sent + other.sent,
            failed=self.failed + other.failed,
            unknown=self.unknown + other.unknown,
            needs_human=self.needs_human + other.needs_human,
            put_off=self.put_off + other.put_off,
            again_at=min(moments, default=None),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an account spent of a limit in its present window, in one lane; ``account`` is "" for other tenants'."""

    account: str
    lane: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitReport:
    """One limit as it stands: ``remaining`` may still be given out, ``leased`` is in the hands of workers, and of what
    remains ``reserve`` is kept for replies. None is what is not known. ``why`` says for what the platform refused."""

    platform: str
    shared_by: str
    accounts: tuple[str, ...]
    bucket: str
    limit: int | None = None
    remaining: int | None = None
    leased: int = 0
    reserve: int = 0
    resets_at: datetime | None = None
    blocked_until: datetime | None = None
    why: str | None = None
    spent: tuple[Spent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A reply that is to be sent, or a listing whose poll was put off: until when at the earliest, and why."""

    account: str
    what: Literal["reply", "poll"]
    name: str
    again_at: datetime | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBreaker:
    """A host that did not answer several accounts in a row: nothing is asked of it until one worker has tried again, at
    ``probe_at`` or later."""

    platform: str
    host: str
    problem: str
    failures: int
    opened_at: datetime | None = None
    probe_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReport:
    """What is left of every limit, what waits, and which hosts do not answer."""

    limits: tuple[LimitReport, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    breakers: tuple[OpenBreaker, ...] = ()
