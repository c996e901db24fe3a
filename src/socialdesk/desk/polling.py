"""Polling: the listings of one account, page by page, each page stored with its cursor in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from socialdesk._engine.cursor import Cursor, Paging
from socialdesk._engine.effects import TakeStamp, Work
from socialdesk._engine.ingest import Intake, Listening, Read, listenings, look_up, take_page
from socialdesk._engine.limits import Lane
from socialdesk._engine.outbox import PROBE
from socialdesk.auth import Stamp
from socialdesk.connector import Stub
from socialdesk.desk import accounts, inbox
from socialdesk.desk.accounts import Deferral, Opened, StreamRow
from socialdesk.desk.inbox import PageRecord, event_row
from socialdesk.desk.reports import ListingReport
from socialdesk.desk.workplace import Workplace, Workshop, identified
from socialdesk.errors import (
    AuthError,
    ConfigError,
    PlatformError,
    PluginError,
    RateLimited,
    SocialdeskError,
    Unavailable,
)
from socialdesk.models import Event, EventKind, Labels, Mention

__all__ = ["Poll", "poll_account"]

FOLLOWED = ("mentions", "search", "replies")
"""The streams that are polled; a conversation's is walked when somebody looks at it."""

LONGEST_PAUSE = timedelta(minutes=15)
PLUGIN_PAUSE = timedelta(hours=1)

Enrich = Callable[[Mention], Labels | None]


@dataclass(frozen=True, kw_only=True)
class Poll:
    """How to poll: for which owner, whether only what is due, and what to tell of."""

    workshop: Workshop
    owner: str
    alive: accounts.Alive
    due_only: bool = False
    interval: timedelta = timedelta(seconds=60)
    lane: Lane = "poll"
    enrich: Enrich | None = None
    publish: Callable[[Sequence[Event]], None] | None = None


async def poll_account(account_id: str, poll: Poll) -> tuple[ListingReport, ...]:
    """Poll every listing of an account that no other run is polling. Never raises what concerns the account alone."""
    opened = await accounts.open_account(account_id, poll.owner, poll.alive)
    if opened is None:
        return ()
    try:
        place = poll.workshop.open(opened.account, opened.budgets)
        stamp = await TakeStamp()
        await identified(place, stamp.now)
        listings = _listings(place)
    except SocialdeskError as error:
        return (await _put_off_all(opened, error, poll),)
    visits = _Round(place, poll, opened, stamp)
    await visits.begin(listings)
    for listing in listings:
        await visits.visit(listing)
    await visits.end()
    return tuple(visits.reports)


class _Round:
    """One visit to every listing of an account that is free and not put off."""

    def __init__(self, place: Workplace, poll: Poll, opened: Opened, stamp: Stamp) -> None:
        self.place = place
        self.poll = poll
        self.reports: list[ListingReport] = []
        self._opened = opened
        self._now = stamp.now
        self._claims = {(row.stream, row.topic): row for row in opened.streams}
        self._left = set(self._claims)
        self._refused: ListingReport | None = None

    async def begin(self, listings: Sequence[Listening]) -> None:
        """Make rows for the listings that are polled for the first time."""
        known = {*self._claims, *self._opened.busy}
        missing = tuple(key for key in map(_key, listings) if key not in known)
        if missing:
            begun = await accounts.add_listings(self.place.account.id, missing, self.poll.owner)
            self._claims.update({(row.stream, row.topic): row for row in begun})
            self._left.update((row.stream, row.topic) for row in begun)

    async def visit(self, listing: Listening) -> None:
        row = self._claims.get(_key(listing))
        if row is None:
            self._note(listing, waits="another worker is polling it")
        elif row.next_at is not None and row.next_at > self._now and (row.failures or self.poll.due_only):
            if row.failures:
                self._note(listing, waits=row.problem, again_at=row.next_at)
        elif self._refused is not None:
            self._note(listing, waits=self._refused.waits, again_at=self._refused.again_at)
        else:
            self._left.discard(_key(listing))
            walk = _Walk(self.place, listing, row, self.poll)
            report, stopped = await _walk(walk)
            self.reports.append(report)
            if stopped:  # the account is refused, not the listing: asking for the others would not help
                self._refused = report
                await _put_off_rest([self._claims[key] for key in sorted(self._left)], report, walk)
                self._left.clear()

    async def end(self) -> None:
        """Give back what was claimed and not visited."""
        if self._left:
            await accounts.release_listings(self.place.account.id, self.poll.owner)

    def _note(self, listing: Listening, **values: Any) -> None:
        self.reports.append(_report(self.place.account.name, listing, **values))


def _key(listing: Listening) -> tuple[str, str]:
    return listing.stream.name, listing.key


def _listings(place: Workplace) -> tuple[Listening, ...]:
    found: list[Listening] = []
    for stream in place.connector.streams:
        if stream.name in FOLLOWED:
            found += listenings(place.connector, stream.name, rules=place.account.rules)
    return tuple(found)


def _report(name: str, listing: Listening, **values: Any) -> ListingReport:
    return ListingReport(account=name, stream=listing.stream.name, topic=listing.key, **values)


@dataclass
class _Walk:
    place: Workplace
    listing: Listening
    row: StreamRow
    poll: Poll

    @property
    def back_to(self) -> datetime | None:
        return self.place.account.hear_from


async def _walk(walk: _Walk) -> tuple[ListingReport, bool]:
    """Walk one listing to its end, or as far as the platform lets us; True where it refuses the account itself."""
    report = _report(walk.place.account.name, walk.listing)
    session = walk.place.session(walk.poll.lane)
    try:
        paging = Paging(
            walk.listing.stream,
            Cursor.loads(walk.row.cursor),
            back_to=walk.back_to,
            topics=walk.listing.topics,
        )
        while True:
            intake = await take_page(paging, session, listening=walk.listing)
            intake = await _followed_up(intake, walk)
            stored = await _store(intake, walk, last=paging.done)
            report = replace(
                report,
                pages=report.pages + 1,
                new=report.new + stored.new,
                changed=report.changed + stored.changed,
                set_aside=report.set_aside + stored.set_aside,
            )
            if walk.poll.publish is not None and stored.events:
                await Work(partial(walk.poll.publish, stored.events))
            if not stored.kept_cursor:
                return replace(report, waits="another worker has taken it over"), False
            if paging.done:
                return replace(report, again_at=_next(intake, walk)), False
    except SocialdeskError as error:
        again_at = await _put_off(error, walk)
        return replace(report, waits=str(error), again_at=again_at), account_state(error) is not None


async def _followed_up(intake: Intake, walk: _Walk) -> Intake:
    """The intake with its stubs looked up and its mentions enriched."""
    stubs = [entry.item.id for entry in intake.read if isinstance(entry.item, Stub)]
    read, unread = intake.read, intake.unread
    if stubs:
        found, failed = await look_up(walk.place.session("follow_up"), stubs)
        read = (*(entry for entry in read if not isinstance(entry.item, Stub)), *found)
        unread = (*unread, *failed)
    if walk.poll.enrich is not None:
        read = await Work(partial(_enriched, read, walk.poll.enrich))
    return replace(intake, read=read, unread=unread)


def _enriched(read: Sequence[Read], enrich: Enrich) -> tuple[Read, ...]:
    result: list[Read] = []
    for entry in read:
        item = entry.item
        labels = enrich(item) if isinstance(item, Mention) else None
        if labels is not None and isinstance(item, Mention):
            result.append(replace(entry, item=item.model_copy(update={"labels": labels})))
        else:
            result.append(entry)
    return tuple(result)


async def _store(intake: Intake, walk: _Walk, *, last: bool) -> inbox.Stored:
    stamp = await TakeStamp()
    return await inbox.store_page(
        PageRecord(
            account_id=walk.place.account.id,
            stream=walk.row.stream,
            topic=walk.row.topic,
            owner=walk.poll.owner,
            epoch=walk.row.epoch,
            cursor=intake.cursor.dumps(),
            stamp=stamp,
            via="poll",
            read=intake.read,
            unread=intake.unread,
            notices=intake.notices,
            budgets=walk.place.ledger.changes(),
            plugin_version=walk.place.plugin_version,
            release=last,
            next_at=_next(intake, walk) if last else None,
        )
    )


def _next(intake: Intake, walk: _Walk) -> datetime:
    pause = walk.poll.interval
    if intake.page.again_in is not None:
        pause = max(pause, timedelta(seconds=intake.page.again_in))
    return intake.at + pause


# ------------------------------------------------------------------------------------------------- putting off


def _when(error: SocialdeskError, failures: int, stamp: Stamp) -> datetime:
    """When to come back after an error."""
    told = error.retry_at if isinstance(error, PlatformError) else None
    if isinstance(error, Unavailable):
        grown = timedelta(seconds=5 * 2 ** min(failures, 10)) * (0.5 + stamp.fraction / 2)
        return max(told or stamp.now, stamp.now + min(grown, LONGEST_PAUSE))
    if told is not None:
        return told
    if isinstance(error, RateLimited) and error.needs_human:
        return stamp.now + PROBE
    return stamp.now + (PLUGIN_PAUSE if isinstance(error, (PluginError, ConfigError)) else LONGEST_PAUSE)


def account_state(error: SocialdeskError) -> str | None:
    """What an error makes of the account; None leaves it as it is. An unknown error never disables an account."""
    if isinstance(error, AuthError):
        return "reauth_required"
    if isinstance(error, RateLimited) and error.needs_human:
        return "needs_human"
    return None


async def _put_off(error: SocialdeskError, walk: _Walk) -> datetime:
    stamp = await TakeStamp()
    again_at = _when(error, walk.row.failures, stamp)
    state = account_state(error)
    event = _health_event(walk.place.account.id, error, stamp) if state is not None else None
    await accounts.defer_listing(
        Deferral(
            account_id=walk.place.account.id,
            stream=walk.row.stream,
            topic=walk.row.topic,
            owner=walk.poll.owner,
            epoch=walk.row.epoch,
            next_at=again_at,
            problem=str(error),
            failures=walk.row.failures + 1,
            account_state=state,
            budgets=walk.place.ledger.changes(),
            event=None if event is None else event_row(event),
        )
    )
    if event is not None and walk.poll.publish is not None:
        await Work(partial(walk.poll.publish, (event,)))
    return again_at


def _health_event(account_id: str, error: SocialdeskError, stamp: Stamp) -> Event:
    return Event(
        id=stamp.uuid(),
        kind=EventKind.HEALTH,
        account=account_id,
        at=stamp.now,
        text=f"{type(error).__name__}: {error}",
    )


async def _put_off_rest(rows: Sequence[StreamRow], report: ListingReport, walk: _Walk) -> None:
    for row in rows:
        await accounts.defer_listing(
            Deferral(
                account_id=walk.place.account.id,
                stream=row.stream,
                topic=row.topic,
                owner=walk.poll.owner,
                epoch=row.epoch,
                next_at=report.again_at,
                problem=report.waits or "",
                failures=row.failures + 1,
            )
        )


async def _put_off_all(opened: Opened, error: SocialdeskError, poll: Poll) -> ListingReport:
    """Nothing of the account can be polled: its listings are given back, and come due again later."""
    stamp = await TakeStamp()
    failures = max((row.failures for row in opened.streams), default=0)
    again_at = _when(error, failures, stamp)
    for row in opened.streams:
        await accounts.defer_listing(
            Deferral(
                account_id=opened.account.id,
                stream=row.stream,
                topic=row.topic,
                owner=poll.owner,
                epoch=row.epoch,
                next_at=again_at,
                problem=str(error),
                failures=row.failures + 1,
            )
        )
    state = account_state(error)
    if state is not None:
        await accounts.set_health(opened.account.id, state, str(error))
    return ListingReport(account=opened.account.name, stream="", waits=str(error), again_at=again_at)
