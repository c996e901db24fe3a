"""Putting listings off after an error: for how long, and what it means for the account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.health import REPEATED, Sighting, Symptom, stops_account, symptom_of
from socialdesk._engine.leasing import Spending
from socialdesk._engine.limits import let_go
from socialdesk._engine.outbox import PROBE
from socialdesk._engine.statuses import PAUSE_WITHOUT_HINT
from socialdesk.auth import Stamp
from socialdesk.desk.listings import Deferral, StreamRow, defer_listing
from socialdesk.desk.symptoms import IDENTIFYING, listing_source
from socialdesk.errors import (
    ConfigError,
    PlatformError,
    PluginError,
    RateLimited,
    SocialdeskError,
    Unavailable,
)
from socialdesk.models import Event

__all__ = ["Refusal", "StrangePage", "come_back", "put_off", "put_off_rest", "refuse_account"]

LONGEST_PAUSE = timedelta(minutes=15)
PLUGIN_PAUSE = timedelta(hours=1)


class StrangePage(PluginError):
    """Most of a page cannot be read: that is told of with the page itself."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why listings of an account cannot be polled now, or a ``backfill`` not go on: by whose claim, and what was
    spent to learn it."""

    account_id: str
    owner: str
    error: SocialdeskError
    spending: Spending = field(default_factory=Spending)
    backfill: bool = False


def come_back(error: SocialdeskError, failures: int, stamp: Stamp) -> datetime:
    """When to come back after an error. After a refusal for a limit not all who draw on it do so at one moment."""
    told = error.retry_at if isinstance(error, PlatformError) else None
    if isinstance(error, RateLimited):
        if error.guessed:  # each time twice as long, since nothing says how long
            told = stamp.now + min(PAUSE_WITHOUT_HINT * (1 << min(failures, 10)), LONGEST_PAUSE)
        if told is not None and error.refused:
            told = let_go(told, stamp.now, stamp.fraction)
    if _is_held(error) and told is not None:
        return told
    if isinstance(error, Unavailable):
        grown = timedelta(seconds=5 * 2 ** min(failures, 10)) * (0.5 + stamp.fraction / 2)
        return max(told or stamp.now, stamp.now + min(grown, LONGEST_PAUSE))
    if told is not None:
        return told
    if isinstance(error, RateLimited) and error.needs_human:
        return stamp.now + PROBE
    return stamp.now + (PLUGIN_PAUSE if isinstance(error, (PluginError, ConfigError)) else LONGEST_PAUSE)


def _is_held(error: SocialdeskError) -> bool:
    return isinstance(error, Unavailable) and error.held


def _failures(row: StreamRow, error: SocialdeskError) -> int:
    """How often a listing has failed in a row. What was not asked for is told of in time, and makes no pause longer."""
    return max(row.failures, min(row.failures + 1, REPEATED)) if _is_held(error) else row.failures + 1


async def put_off(
    row: StreamRow, refusal: Refusal, source: str | None = None
) -> tuple[datetime, Sequence[Event]]:
    """Put one listing off; gives until when, and what to tell of the account. ``source`` is where the error was met, if
    not with the listing itself."""
    stamp = await TakeStamp()
    again_at = come_back(refusal.error, row.failures, stamp)
    events = await defer_listing(
        Deferral(
            account_id=refusal.account_id,
            stream=row.stream,
            topic=row.topic,
            owner=refusal.owner,
            epoch=row.epoch,
            next_at=again_at,
            problem=str(refusal.error),
            failures=_failures(row, refusal.error),
            stamp=stamp,
            symptom=_symptom(row, refusal, source, stamp),
            spending=refusal.spending,
            backfill=refusal.backfill,
        )
    )
    return again_at, events


def _symptom(row: StreamRow, refusal: Refusal, source: str | None, stamp: Stamp) -> Symptom | None:
    """What the error shows. Of a backfill, and of a topic that a page told of, such as one post's comments, only what
    concerns all."""
    if (row.found is not None or refusal.backfill) and not stops_account(refusal.error):
        return None
    if isinstance(refusal.error, StrangePage):
        return None
    met = listing_source(row.stream, row.topic, found=row.found is not None)
    return symptom_of(
        refusal.error,
        Sighting(
            source=source or met,
            met="hearing" if source is None else "both",
            at=stamp.now,
            failures=row.failures + 1,
        ),
    )


async def put_off_rest(rows: Sequence[StreamRow], refusal: Refusal, again_at: datetime | None) -> None:
    """Put further listings off until the same moment: the account is refused, so asking would not help."""
    stamp = await TakeStamp()
    for row in rows:
        await defer_listing(
            Deferral(
                account_id=refusal.account_id,
                stream=row.stream,
                topic=row.topic,
                owner=refusal.owner,
                epoch=row.epoch,
                next_at=again_at,
                problem=str(refusal.error),
                failures=_failures(row, refusal.error),
                stamp=stamp,
            )
        )


async def refuse_account(
    rows: Sequence[StreamRow], refusal: Refusal
) -> tuple[datetime | None, Sequence[Event]]:
    """Nothing of the account can be polled: its listings are given back, and come due again later together."""
    if not rows:
        return None, ()
    again_at, events = await put_off(rows[0], refusal, IDENTIFYING)
    await put_off_rest(rows[1:], refusal, again_at)
    return again_at, events
