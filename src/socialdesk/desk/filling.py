"""A backfill's turn: some pages of what was said before the desk heard an account, each stored with its position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from socialdesk._engine.coverage import Filled, Trail, lateness
from socialdesk._engine.cursor import Cursor, Measure, Paging
from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.health import stops_account
from socialdesk._engine.ingest import Intake, Listening, Read, follow_up
from socialdesk.desk.backfills import FillRow, claim_backfills, release_backfills
from socialdesk.desk.enriching import enriched
from socialdesk.desk.looking import watches
from socialdesk.desk.ongoing import WalkKey
from socialdesk.desk.pages import Filling, PageRecord, Poll, Stored
from socialdesk.desk.polling import listened_to
from socialdesk.desk.publishing import publish
from socialdesk.desk.putting_off import Refusal, StrangePage, put_off
from socialdesk.desk.reports import ListingReport
from socialdesk.desk.schema import micros
from socialdesk.desk.storing import store_page
from socialdesk.desk.strange import what_is_strange
from socialdesk.desk.walking import grown, next_page, report_on
from socialdesk.desk.workplace import Workplace, identified
from socialdesk.errors import RateLimited, SocialdeskError, Unavailable
from socialdesk.models import Mention

__all__ = ["PAGES_IN_TURN", "fill_account"]

PAGES_IN_TURN = 5
"""Pages of one account after which everything else has its turn."""

HORIZON = "The platform tells nothing older."


async def fill_account(account_id: str, poll: Poll) -> tuple[ListingReport, ...]:
    """Go on with the backfills of an account, for some pages. Never raises what concerns the account alone."""
    stamp = await TakeStamp()
    claimed = await claim_backfills(account_id, poll.owner, poll.alive, stamp.now)
    if claimed is None:
        return ()
    opened, rows = claimed
    turn = _Turn(poll, account_id, opened.account.name, list(rows))
    try:
        place = poll.workshop.open(opened.account, opened.budgets, poll.alive, poll.owner)
        await publish(await identified(place), poll.publish)
        listed = {(each.stream.name, each.key): each for each in listened_to(place)}
    except SocialdeskError as error:
        first = turn.left.pop(0)
        listing = ListingReport(account=opened.account.name, stream=first.row.stream, backfill=True)
        turn.reports.append(await turn.refused(first, error, listing, whole=True))
    else:
        turn.place = place
        await turn.take(listed)
    await release_backfills(account_id, poll.owner, turn.rests, turn.gone)
    if turn.place is not None:
        stamp = await TakeStamp()
        await turn.place.settle_up(stamp.now)
    return tuple(turn.reports)


@dataclass
class _Turn:
    """Some pages of an account's listings, of which ``left`` were not come to yet. ``rests`` are the streams of which
    nothing can be asked until a moment, "" all of them."""

    poll: Poll
    account_id: str
    name: str
    left: list[FillRow]
    place: Workplace | None = None
    pages: int = 0
    reports: list[ListingReport] = field(default_factory=list)
    rests: dict[str, datetime] = field(default_factory=dict)
    gone: list[FillRow] = field(default_factory=list)

    def is_over(self, now: datetime) -> bool:
        late = self.poll.until is not None and now >= self.poll.until
        return late or self.pages >= PAGES_IN_TURN

    async def take(self, listed: dict[tuple[str, str], Listening]) -> None:
        """Go on with one listing after the other, until it is the others' turn."""
        assert self.place is not None
        streams = {stream.name: stream for stream in self.place.connector.streams}
        while self.left:
            stamp = await TakeStamp()
            each = self.left[0]
            if self.is_over(stamp.now) or "" in self.rests:
                return
            self.left.pop(0)
            row = each.row
            listing = listed.get((row.stream, row.topic))
            if row.found is not None and row.stream in streams:
                listing = Listening(streams[row.stream], row.found)
            if listing is None:
                self.gone.append(each)
            elif row.stream not in self.rests:
                self.reports.append(await _Filled(self, self.place, listing, each).go_on())

    async def refused(
        self, each: FillRow, error: SocialdeskError, report: ListingReport, *, whole: bool = False
    ) -> ListingReport:
        """Put a listing off, and with it those of which the platform would say the same."""
        stamp = await TakeStamp()
        spending = {} if self.place is None else {"spending": self.place.ledger.changes(stamp.now)}
        refusal = Refusal(
            account_id=self.account_id, owner=self.poll.owner, error=error, backfill=True, **spending
        )
        again_at, told = await put_off(each.row, refusal)
        await publish(told, self.poll.publish)
        if whole or stops_account(error):
            self.rests[""] = again_at
        elif isinstance(error, (RateLimited, Unavailable)):
            self.rests[each.row.stream] = again_at
        return replace(report, waits=str(error), again_at=again_at)


@dataclass
class _Filled:
    """One listing that is gone over. ``trail`` is its walk, up to the last page that was stored; None where that was
    begun before trails were kept."""

    turn: _Turn
    place: Workplace
    listing: Listening
    row: FillRow
    trail: Trail | None = None

    async def go_on(self) -> ListingReport:
        """Read on where it was left, as far as the turn goes; each page is stored with the position behind it."""
        turn, asks = self.turn, self.row.asks
        report = report_on(turn.name, self.listing, backfill=True)
        self.trail = Trail.loads(self.row.row.walking)
        stamp = await TakeStamp()
        try:
            cursor = self.row.row.cursor
            paging = self.place.ongoing.take_up(self._key, cursor, stamp.now) or self._paging(cursor)
            while True:
                before = paging.cursor
                intake = await next_page(paging, self.place, self.listing, "backfill")
                turn.pages += self._is_news(asks, intake)
                strange = await what_is_strange(intake, self.place.account.id)
                asks, times = self._reached(asks, intake, paging), _times(intake)
                intake = await self._wanted(intake, asks)
                if strange:
                    await self._store(intake, before, replace(asks, done=False), release=False, strange=True)
                    raise StrangePage(strange)
                self.trail = self._followed(intake, times, before, paging)
                stops = asks.done or turn.is_over(intake.at)
                stored = await self._store(intake, paging.cursor, asks, release=stops)
                self.place.ledger.review(stored.budgets, intake.at)
                report = grown(report, intake, stored)
                await publish(stored.events, turn.poll.publish)
                if not stored.kept_cursor:
                    return replace(report, waits="another worker has taken it over, or it was cancelled")
                if stops:
                    self.place.ongoing.hold(self._key, paging)
                    return replace(report, more=not asks.done)
        except SocialdeskError as error:
            return await turn.refused(self.row, error, report)

    @property
    def _key(self) -> WalkKey:
        return self.place.walk_key(self.listing.stream.name, self.listing.key, backfill=True)

    def _paging(self, cursor: str) -> Paging:
        return Paging(
            self.listing.stream,
            Cursor.loads(cursor),
            back_to=self.row.asks.since - self._late,  # what was said since may stand below what was before
            topics=self.listing.topics,
            measure=Measure(),
        )

    @property
    def _late(self) -> timedelta:
        return timedelta(microseconds=lateness(self.listing.stream))

    def _followed(
        self, intake: Intake, times: Sequence[datetime], before: Cursor, paging: Paging
    ) -> Trail | None:
        """The trail after another page. The lowest page is the last one, or the first one of a listing that runs from
        old to new."""
        trail = self.trail
        if trail is None:
            if before != Cursor() or paging.begun is None:
                return None
            trail = Trail(begun=micros(paging.begun))
        lowest = trail.low is None or self.listing.stream.order == "newest"
        told = [micros(at) for at in times] if lowest else []
        return trail.over(intake.page, told, "aside" if intake.unread else None)

    def _filled(self, asks: Filling) -> Filled | None:
        """What the walk proves, now that it is whole."""
        if self.trail is None:
            return None
        since, until = micros(asks.since), micros(asks.until)
        return self.trail.filled(
            self.listing.stream, since=since, until=until, horizon=asks.problem == HORIZON
        )

    def _is_news(self, asks: Filling, intake: Intake) -> bool:
        """Whether a page goes beyond what earlier turns came to. Where a platform can only be asked from the newest
        item on, the pages above are passed again, and a turn of no other pages would come no further."""
        if asks.reached is None or self.listing.stream.order == "oldest":
            return True
        told = _times(intake)
        return min(told) < asks.reached if told else bool(intake.page.items)

    def _reached(self, asks: Filling, intake: Intake, paging: Paging) -> Filling:
        """How far this page comes, by the times that it tells."""
        upward = self.listing.stream.order == "oldest"
        times = _times(intake)
        reached = [*times, *([] if asks.reached is None else [asks.reached])]
        past = upward and asks.until is not None and bool(times) and min(times) > asks.until + self._late
        return replace(
            asks,
            reached=(max if upward else min)(reached, default=None),
            done=paging.done or past,
            problem=HORIZON if paging.done and paging.end == "horizon" else None,
        )

    async def _wanted(self, intake: Intake, asks: Filling) -> Intake:
        """The intake without what was not asked for, its stubs looked up and its mentions enriched."""
        session = self.place.session("backfill")
        read, unread = await follow_up(_within(intake.read, asks), intake.unread, session)
        read = tuple(await enriched(_within(read, asks), self.turn.account_id, self.turn.poll.enrich))
        return replace(intake, read=read, unread=unread)

    async def _store(
        self, intake: Intake, cursor: Cursor, asks: Filling, *, release: bool, strange: bool = False
    ) -> Stored:
        stamp = await TakeStamp()
        account, row, rule = self.place.account, self.row.row, self.listing.rule
        return await store_page(
            PageRecord(
                account_id=account.id,
                stream=row.stream,
                topic=row.topic,
                owner=self.turn.poll.owner,
                epoch=row.epoch,
                cursor=cursor.dumps(),
                stamp=stamp,
                via="backfill",
                read=intake.read,
                unread=intake.unread,
                notices=intake.notices,
                found=intake.found,
                spending=self.place.ledger.changes(stamp.now, "" if rule is None else rule.name),
                plugin_version=self.place.plugin_version,
                watches=watches(self.place),
                heard_from=account.hear_from,
                filling=asks,
                strange=strange,
                release=release,
                next_at=stamp.now,
                ended=False,  # it says nothing of how live polling goes
                walking=None if self.trail is None else self.trail.dumps(),
                filled=self._filled(asks) if asks.done else None,
            )
        )


def _times(intake: Intake) -> list[datetime]:
    said = [each.item.created_at for each in intake.read if isinstance(each.item, Mention)]
    return [at for at in said if at is not None]


def _within(read: Sequence[Read], asks: Filling) -> tuple[Read, ...]:
    """What was said in the time that is asked for, and whatever tells no time."""
    return tuple(
        each for each in read if not isinstance(each.item, Mention) or _is_asked_for(each.item, asks)
    )


def _is_asked_for(mention: Mention, asks: Filling) -> bool:
    said = mention.created_at
    return said is None or (said >= asks.since and (asks.until is None or said <= asks.until))
