"""Walking one listing to its end, page by page, each page stored with its cursor in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from socialdesk._engine.coverage import Covered, Trail
from socialdesk._engine.cursor import Cursor, Measure, Paging
from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.health import stops_account
from socialdesk._engine.ingest import Intake, Listening, follow_up, take_page
from socialdesk._engine.limits import Key, Lane
from socialdesk._engine.pacing import Pace
from socialdesk.connector import Stream
from socialdesk.desk.enriching import enriched
from socialdesk.desk.listings import StreamRow
from socialdesk.desk.looking import watches
from socialdesk.desk.ongoing import WalkKey
from socialdesk.desk.pages import PageRecord, Poll, Stored
from socialdesk.desk.publishing import publish
from socialdesk.desk.putting_off import Refusal, StrangePage, put_off
from socialdesk.desk.reports import ListingReport
from socialdesk.desk.schema import micros
from socialdesk.desk.storing import store_page
from socialdesk.desk.strange import what_is_strange
from socialdesk.desk.workplace import Workplace
from socialdesk.errors import Rejected, SocialdeskError
from socialdesk.models import Mention, Path

__all__ = ["Walk", "grown", "next_page", "report_on", "walk_to_the_end"]


def report_on(name: str, listing: Listening, **values: Any) -> ListingReport:
    return ListingReport(account=name, stream=listing.stream.name, topic=listing.key, **values)


PAGES_IN_TURN = 10
"""Pages of one listing after which the others have their turn."""


@dataclass
class Walk:
    """One listing, about to be walked; ``drawn`` is what the account had drawn on its budgets before."""

    place: Workplace
    listing: Listening
    row: StreamRow
    poll: Poll
    drawn: Mapping[Key, int] = field(default_factory=dict)

    def gives_way(self, pages: int, now: datetime) -> bool:
        """Whether it is the others' turn after so many pages."""
        late = self.poll.until is not None and now >= self.poll.until
        return late or pages >= PAGES_IN_TURN

    @property
    def key(self) -> WalkKey:
        return self.place.walk_key(self.listing.stream.name, self.listing.key)

    @property
    def back_to(self) -> datetime | None:
        """The earliest moment of interest. Where the last so many are wanted, it bounds found topics only."""
        account = self.place.account
        first = account.hear_last is not None and self.row.found is None
        return None if first else account.hear_from

    @property
    def rule(self) -> str:
        """The rule that is listened for, "" where it is none."""
        return "" if self.listing.rule is None else self.listing.rule.name


@dataclass(frozen=True)
class _SoFar:
    """What a walk has brought before a page, whether that is its last one in this turn or one to wait at, and the
    walk's trail."""

    new: int
    stops: bool
    trail: Trail | None = None
    strange: bool = False


async def walk_to_the_end(walk: Walk) -> tuple[ListingReport, Refusal | None]:
    """Walk one listing to its end, or as far as the platform lets us, or until others have their turn: then it is due
    again at once. With the refusal, where it is the account's."""
    walk.drawn = walk.place.ledger.totals()
    report = report_on(walk.place.account.name, walk.listing)
    stamp = await TakeStamp()
    try:
        paging = walk.place.ongoing.take_up(walk.key, walk.row.cursor, stamp.now) or _paging(walk)
        trail = Trail.loads(walk.row.walking) if paging.resumes else None
        while True:
            before = paging.cursor
            intake = await next_page(paging, walk.place, walk.listing, walk.poll.lane)
            strange = await what_is_strange(intake, walk.place.account.id)
            intake = await _followed_up(intake, walk)
            if strange:
                so_far = _SoFar(report.new, stops=False, trail=trail, strange=True)
                await _store(replace(intake, cursor=before), walk, paging, so_far)
                raise StrangePage(strange)
            trail = _followed(trail, intake, paging)
            stops = paging.done or walk.gives_way(report.pages + 1, intake.at)
            stored = await _store(intake, walk, paging, _SoFar(report.new, stops, trail))
            walk.place.ledger.review(stored.budgets, intake.at)
            report = grown(report, intake, stored)
            await publish(stored.events, walk.poll.publish)
            if not stored.kept_cursor:
                return replace(report, waits="another worker has taken it over"), None
            if stops:
                walk.place.ongoing.hold(walk.key, paging)
                return replace(report, again_at=stored.next_at, more=not paging.done), None
    except SocialdeskError as error:
        return await _refused(error, walk, report)


async def _refused(
    error: SocialdeskError, walk: Walk, report: ListingReport
) -> tuple[ListingReport, Refusal | None]:
    """Put the listing off; with the refusal, where it is the account's."""
    stamp = await TakeStamp()
    refusal = Refusal(
        account_id=walk.place.account.id,
        owner=walk.poll.owner,
        error=error,
        spending=walk.place.ledger.changes(stamp.now, walk.rule),
    )
    again_at, told = await put_off(walk.row, refusal)
    await publish(told, walk.poll.publish)
    report = replace(report, waits=str(error), again_at=again_at)
    return report, refusal if stops_account(error) else None


def _paging(walk: Walk) -> Paging:
    """Where the walk goes on. Raises ConfigError where its position cannot be read."""
    return Paging(
        walk.listing.stream,
        Cursor.loads(walk.row.cursor),
        back_to=walk.back_to,
        topics=walk.listing.topics,
        measure=Measure(
            late=_late(walk.listing.stream),
            last=walk.place.account.hear_last if walk.row.found is None else None,
        ),
    )


def _late(stream: Stream) -> float:
    return max(stream.late, stream.overlap) if stream.late else 0


async def next_page(paging: Paging, place: Workplace, listing: Listening, lane: Lane) -> Intake:
    """The next page; where its token has expired, the one below the last that was stored. A walk that is refused a page
    for now is held for later."""
    backfill = lane == "backfill"
    via: Path = "backfill" if backfill else "poll"
    session = place.session(lane)
    try:
        return await take_page(paging, session, listening=listing, via=via)
    except Rejected as error:
        expired = paging.unsure or error.reason == "stale_page"
        if not expired or not paging.restart():
            raise
        return await take_page(paging, session, listening=listing, via=via)
    except SocialdeskError:
        place.ongoing.hold(place.walk_key(listing.stream.name, listing.key, backfill=backfill), paging)
        raise


def grown(report: ListingReport, intake: Intake, stored: Stored) -> ListingReport:
    return replace(
        report,
        pages=report.pages + 1,
        new=report.new + stored.new,
        changed=report.changed + stored.changed,
        set_aside=report.set_aside + stored.set_aside,
        topics=report.topics + len(intake.found),
    )


async def _followed_up(intake: Intake, walk: Walk) -> Intake:
    """The intake with its stubs looked up and its mentions enriched."""
    read, unread = await follow_up(intake.read, intake.unread, walk.place.session("follow_up"))
    read = tuple(await enriched(read, walk.place.account.id, walk.poll.enrich))
    return replace(intake, read=read, unread=unread)


def _followed(trail: Trail | None, intake: Intake, paging: Paging) -> Trail | None:
    """The walk's trail after another page; None of one that was begun before trails were kept."""
    if trail is None:
        if paging.resumes or paging.begun is None:
            return None
        trail = Trail(begun=micros(paging.begun))
    told = (entry.item.created_at for entry in intake.read if isinstance(entry.item, Mention))
    return trail.over(intake.page, [micros(at) for at in told if at is not None])


async def _store(intake: Intake, walk: Walk, paging: Paging, so_far: _SoFar) -> Stored:
    stamp = await TakeStamp()
    last = paging.done and so_far.stops
    paced = last and walk.row.found is None
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
            found=intake.found,
            walked=walk.row.found if last else None,
            spending=walk.place.ledger.changes(stamp.now, walk.rule),
            plugin_version=walk.place.plugin_version,
            watches=watches(walk.place),
            strange=so_far.strange,
            release=so_far.stops,
            next_at=_next(intake, walk) if last else stamp.now,
            begun=paging.begun,
            ended=last,
            pace=_pace(intake, walk, so_far.new) if paced else None,
            walking=so_far.trail.dumps() if so_far.trail is not None and not last else None,
            covered=_covered(so_far.trail, intake, walk, paging) if last else None,
        )
    )


def _pace(intake: Intake, walk: Walk, new: int) -> Pace:
    """What the next poll of a listing depends on that is no topic of a page."""
    row = walk.row
    totals = walk.place.ledger.totals()
    return Pace(
        rate=row.rate,
        seconds=None if row.polled_at is None else (intake.at - row.polled_at).total_seconds(),
        new=new,
        usual=walk.poll.interval.total_seconds(),
        least=intake.page.again_in or 0.0,
        delivers=walk.place.account.push is not None,
        rounds={key: drawn for key, drawn in totals.items() if drawn > walk.drawn.get(key, 0)},
    )


def _covered(trail: Trail | None, intake: Intake, walk: Walk, paging: Paging) -> Covered | None:
    if trail is None:
        return None
    stream, back_to = walk.listing.stream, micros(walk.back_to)
    return trail.ended(intake.page, stream, back_to=back_to, sweeps=paging.sweeps)


def _next(intake: Intake, walk: Walk) -> datetime:
    """When a topic that a page told of is walked again: what changed may show late, so that it is looked at once more,
    and then in its turn."""
    stream = walk.listing.stream
    late = walk.row.changed and stream.overlap
    pause = max(walk.poll.interval, timedelta(seconds=stream.overlap if late else stream.revisit))
    if intake.page.again_in is not None:
        pause = max(pause, timedelta(seconds=intake.page.again_in))
    return intake.at + pause
