"""Polling: the listings of one account, page by page, each page stored with its cursor in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from socialdesk._engine.cursor import Cursor, Paging
from socialdesk._engine.effects import TakeStamp, Work
from socialdesk._engine.ingest import Intake, Listening, listenings, look_up, take_page
from socialdesk.auth import Stamp
from socialdesk.connector import Stub
from socialdesk.desk import listings
from socialdesk.desk.enriching import enriched
from socialdesk.desk.listings import Opened, StreamRow
from socialdesk.desk.looking import read_again, watches
from socialdesk.desk.pages import PageRecord, Poll, Stored
from socialdesk.desk.putting_off import Refusal, account_state, put_off, put_off_rest, refuse_account
from socialdesk.desk.reports import ListingReport
from socialdesk.desk.storing import store_page
from socialdesk.desk.workplace import Workplace, identified
from socialdesk.errors import (
    SocialdeskError,
)

__all__ = ["poll_account"]


async def poll_account(account_id: str, poll: Poll) -> tuple[ListingReport, ...]:
    """Poll every listing of an account that no other run is polling. Never raises what concerns the account alone."""
    stamp = await TakeStamp()
    opened = await listings.open_account(account_id, poll.owner, poll.alive, stamp.now)
    if opened is None:
        return ()
    try:
        place = poll.workshop.open(opened.account, opened.budgets)
        followed = _listings(place)
    except SocialdeskError as error:
        refusal = Refusal(account_id=account_id, owner=poll.owner, error=error)
        again_at, _ = await refuse_account(opened.streams, refusal)
        return (ListingReport(account=opened.account.name, stream="", waits=str(error), again_at=again_at),)
    visits = _Round(place, poll, opened, stamp)
    await visits.begin(followed)
    if await visits.introduce(followed):
        for listing in followed:
            await visits.visit(listing)
        await visits.look_again()
    await visits.end(followed)
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

    async def begin(self, followed: Sequence[Listening]) -> None:
        """Make rows for the listings that are polled for the first time."""
        known = {*self._claims, *self._opened.busy}
        missing = tuple(key for key in map(_key, followed) if key not in known)
        if missing:
            begun = await listings.add_listings(self.place.account.id, missing, self.poll.owner)
            self._claims.update({(row.stream, row.topic): row for row in begun})
            self._left.update((row.stream, row.topic) for row in begun)

    async def introduce(self, followed: Sequence[Listening]) -> bool:
        """Ask who the account is, where that is not known and anything is to be polled. False: that was refused."""
        due = [row for row in map(self._row, followed) if row is not None and not self._rests(row)]
        if not due:
            return True
        try:
            await identified(self.place, self._now)
        except SocialdeskError as error:
            refusal = Refusal(
                account_id=self.place.account.id,
                owner=self.poll.owner,
                error=error,
                spending=self.place.ledger.changes(self._now),
            )
            again_at, event = await refuse_account(due, refusal)
            if event is not None and self.poll.publish is not None:
                await Work(partial(self.poll.publish, (event,)))
            self.reports.append(
                ListingReport(account=self.place.account.name, stream="", waits=str(error), again_at=again_at)
            )
            self._left -= {(row.stream, row.topic) for row in due}
            return False
        return True

    def _row(self, listing: Listening) -> StreamRow | None:
        return self._claims.get(_key(listing))

    def _rests(self, row: StreamRow) -> bool:
        """Whether a listing is not to be polled yet."""
        put_off = row.next_at is not None and row.next_at > self._now
        return put_off and (row.failures > 0 or self.poll.due_only)

    async def visit(self, listing: Listening) -> None:
        row = self._row(listing)
        if row is None:
            self._note(listing, waits="another worker is polling it")
        elif self._rests(row):
            if row.failures:
                self._note(listing, waits=row.problem, again_at=row.next_at)
        elif self._refused is not None:
            self._note(listing, waits=self._refused.waits, again_at=self._refused.again_at)
        else:
            self._left.discard(_key(listing))
            walk = _Walk(self.place, listing, row, self.poll)
            report, refusal = await _walk(walk)
            self.reports.append(report)
            if refusal is not None:  # asking for the others would not help
                self._refused = report
                rest = [self._claims[key] for key in sorted(self._left)]
                await put_off_rest(rest, refusal, report.again_at)
                self._left.clear()

    async def look_again(self) -> None:
        """Read the counts again of mentions that are due, unless the account was refused meanwhile."""
        in_order = self._opened.account.state == "active" and self._refused is None
        if not self._opened.looks or not in_order:
            return
        report = await read_again(self.place, self.poll, self._opened.looks)
        if report is not None:
            self.reports.append(report)

    async def end(self, followed: Sequence[Listening]) -> None:
        """Give back what was claimed and not visited; forget what nobody listens to any more."""
        if self._left:
            gone = tuple(sorted(self._left.difference(map(_key, followed))))
            await listings.release_listings(self.place.account.id, self.poll.owner, gone)

    def _note(self, listing: Listening, **values: Any) -> None:
        self.reports.append(_report(self.place.account.name, listing, **values))


def _key(listing: Listening) -> tuple[str, str]:
    return listing.stream.name, listing.key


def _listings(place: Workplace) -> tuple[Listening, ...]:
    found: list[Listening] = []
    for stream in place.connector.streams:
        if stream.polled:
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

    @property
    def rule(self) -> str:
        """The rule that is listened for, "" where it is none."""
        return "" if self.listing.rule is None else self.listing.rule.name


async def _walk(walk: _Walk) -> tuple[ListingReport, Refusal | None]:
    """Walk one listing to its end, or as far as the platform lets us; with the refusal, where it is the account's."""
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
                return replace(report, waits="another worker has taken it over"), None
            if paging.done:
                return replace(report, again_at=_next(intake, walk)), None
    except SocialdeskError as error:
        stamp = await TakeStamp()
        refusal = Refusal(
            account_id=walk.place.account.id,
            owner=walk.poll.owner,
            error=error,
            spending=walk.place.ledger.changes(stamp.now, walk.rule),
        )
        again_at, event = await put_off(walk.row, refusal)
        if event is not None and walk.poll.publish is not None:
            await Work(partial(walk.poll.publish, (event,)))
        report = replace(report, waits=str(error), again_at=again_at)
        return report, refusal if account_state(error) is not None else None


async def _followed_up(intake: Intake, walk: _Walk) -> Intake:
    """The intake with its stubs looked up and its mentions enriched."""
    stubs = [entry.item.id for entry in intake.read if isinstance(entry.item, Stub)]
    read, unread = intake.read, intake.unread
    if stubs:
        found, failed = await look_up(walk.place.session("follow_up"), stubs)
        read = (*(entry for entry in read if not isinstance(entry.item, Stub)), *found)
        unread = (*unread, *failed)
    read = tuple(await enriched(read, walk.place.account.id, walk.poll.enrich))
    return replace(intake, read=read, unread=unread)


async def _store(intake: Intake, walk: _Walk, *, last: bool) -> Stored:
    stamp = await TakeStamp()
    return await store_page(
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
            spending=walk.place.ledger.changes(stamp.now, walk.rule),
            plugin_version=walk.place.plugin_version,
            watches=watches(walk.place),
            release=last,
            next_at=_next(intake, walk) if last else None,
        )
    )


def _next(intake: Intake, walk: _Walk) -> datetime:
    pause = walk.poll.interval
    if intake.page.again_in is not None:
        pause = max(pause, timedelta(seconds=intake.page.again_in))
    return intake.at + pause
