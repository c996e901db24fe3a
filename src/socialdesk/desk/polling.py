"""Polling: one visit to every listing of an account, and to the topics that their pages told of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.ingest import Listening, listenings
from socialdesk.auth import Stamp
from socialdesk.desk import listings
from socialdesk.desk.arrivals import listen
from socialdesk.desk.found import claim_found
from socialdesk.desk.listings import Opened, StreamRow
from socialdesk.desk.looking import read_again
from socialdesk.desk.pages import Poll
from socialdesk.desk.publishing import publish
from socialdesk.desk.putting_off import Refusal, put_off_rest, refuse_account
from socialdesk.desk.reports import ListingReport
from socialdesk.desk.rereading import Helpers, read_aside_if_newer
from socialdesk.desk.walking import Walk, report_on, walk_to_the_end
from socialdesk.desk.workplace import Workplace, identified, identified_anew
from socialdesk.errors import SocialdeskError

__all__ = ["listened_to", "poll_account"]


async def poll_account(account_id: str, poll: Poll) -> tuple[ListingReport, ...]:
    """Poll every listing of an account that no other run is polling. Never raises what concerns the account alone."""
    stamp = await TakeStamp()
    opened = await listings.open_account(account_id, poll.owner, poll.alive, stamp.now)
    if opened is None:
        return ()
    try:
        place = poll.workshop.open(opened.account, opened.budgets, poll.alive, poll.owner)
        followed = listened_to(place)
    except SocialdeskError as error:
        refusal = Refusal(account_id=account_id, owner=poll.owner, error=error)
        again_at, told = await refuse_account(opened.streams, refusal)
        await publish(told, poll.publish)
        return (ListingReport(account=opened.account.name, stream="", waits=str(error), again_at=again_at),)
    visits = _Round(place, poll, opened, stamp)
    await visits.begin(followed)
    if await visits.introduce(followed):
        for listing in followed:
            await visits.visit(listing)
        await visits.visit_found()
        await visits.look_again()
        await visits.read_again_aside()
    await visits.end(followed)
    await visits.listen()
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
        self._told = opened.found_due

    async def begin(self, followed: Sequence[Listening]) -> None:
        """Make rows for the listings that are polled for the first time."""
        known = {*self._claims, *self._opened.busy}
        missing = tuple(key for key in map(_key, followed) if key not in known)
        if missing:
            begun = await listings.add_listings(self.place.account.id, missing, self.poll.owner)
            self._claims.update({(row.stream, row.topic): row for row in begun})
            self._left.update((row.stream, row.topic) for row in begun)

    async def introduce(self, followed: Sequence[Listening]) -> bool:
        """Ask who the account is, where that is not known or a day old and anything is to be polled. False: that was
        refused."""
        due = [row for row in map(self._row, followed) if row is not None and not self._rests(row)]
        if not due:
            return True
        try:
            news = (*await identified(self.place), *await identified_anew(self.place, self._now))
            await publish(news, self.poll.publish)
        except SocialdeskError as error:
            refusal = Refusal(
                account_id=self.place.account.id,
                owner=self.poll.owner,
                error=error,
                spending=self.place.ledger.changes(self._now),
            )
            again_at, told = await refuse_account(due, refusal)
            await publish(told, self.poll.publish)
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
            walk = Walk(self.place, listing, row, self.poll)
            report, refusal = await walk_to_the_end(walk)
            self.reports.append(report)
            self._told |= report.topics > 0
            if refusal is not None:  # asking for the others would not help
                self._refused = report
                rest = [self._claims[key] for key in sorted(self._left)]
                await put_off_rest(rest, refusal, report.again_at)
                self._left.clear()

    async def visit_found(self) -> None:
        """Visit the topics that pages told of, now or before: those that are new or changed, and those due again."""
        if not self._told or self._refused is not None:
            return
        streams = {stream.name: stream for stream in self.place.connector.streams}
        claimed = await claim_found(self.place.account.id, tuple(streams), self.poll, self._now)
        self._claims.update({(row.stream, row.topic): row for row in claimed})
        self._left.update((row.stream, row.topic) for row in claimed)
        for row in claimed:
            await self.visit(Listening(streams[row.stream], row.found))
            stamp = await TakeStamp()
            if self.poll.until is not None and stamp.now >= self.poll.until:
                return  # the others are due still

    async def look_again(self) -> None:
        """Read the counts again of mentions that are due, unless the account was refused meanwhile."""
        in_order = (
            self._opened.account.health.inbound in ("ok", "silent", "degraded") and self._refused is None
        )
        if not self._opened.looks or not in_order:
            return
        report = await read_again(self.place, self.poll, self._opened.looks)
        if report is not None:
            self.reports.append(report)

    async def read_again_aside(self) -> None:
        """Read what older versions of the plugin could not, once after each upgrade."""
        helpers = Helpers(enrich=self.poll.enrich, publish=self.poll.publish)
        report = await read_aside_if_newer(self.place, self._opened.aside, helpers)
        if report is not None and report.new:
            self.reports.append(
                ListingReport(account=self.place.account.name, stream="quarantine", new=report.new)
            )

    async def end(self, followed: Sequence[Listening]) -> None:
        """Give back what was claimed and not visited; forget what nobody listens to any more."""
        if self._left:
            unlisted = sorted(self._left.difference(map(_key, followed)))
            gone = tuple(key for key in unlisted if self._claims[key].found is None)
            await listings.release_listings(self.place.account.id, self.poll.owner, gone)
        await self.place.settle_up(self._now)

    async def listen(self) -> None:
        """See whether the account has been silent for too long, where that may be by now."""
        due = self._opened.account.listen_at
        if self.poll.false_alarm is None or not any(report.pages for report in self.reports):
            return
        if due is None or due <= self._now:
            stamp = await TakeStamp()
            await publish(
                await listen(self.place.account.id, stamp, self.poll.false_alarm), self.poll.publish
            )

    def _note(self, listing: Listening, **values: Any) -> None:
        self.reports.append(report_on(self.place.account.name, listing, **values))


def _key(listing: Listening) -> tuple[str, str]:
    return listing.stream.name, listing.key


def listened_to(place: Workplace) -> tuple[Listening, ...]:
    """The listings of an account that are polled."""
    found: list[Listening] = []
    for stream in place.connector.streams:
        if stream.polled:
            found += listenings(place.connector, stream.name, rules=place.account.rules)
    return tuple(found)
