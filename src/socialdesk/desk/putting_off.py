"""Putting listings off after an error: for how long, and what it means for the account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.limits import Spending
from socialdesk._engine.outbox import PROBE
from socialdesk._engine.statuses import PAUSE_WITHOUT_HINT
from socialdesk.auth import Stamp
from socialdesk.desk.listings import Deferral, StreamRow, defer_listing
from socialdesk.desk.rows import event_row
from socialdesk.errors import (
    AuthError,
    ConfigError,
    PlatformError,
    PluginError,
    RateLimited,
    SocialdeskError,
    Unavailable,
)
from socialdesk.models import Event, EventKind

__all__ = ["Refusal", "account_state", "come_back", "put_off", "put_off_rest", "refuse_account"]

LONGEST_PAUSE = timedelta(minutes=15)
PLUGIN_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why listings of an account cannot be polled now: by whose claim, and what was spent to learn it."""

    account_id: str
    owner: str
    error: SocialdeskError
    spending: Spending = field(default_factory=Spending)


def account_state(error: SocialdeskError) -> str | None:
    """What an error makes of the account; None leaves it as it is. An unknown error never disables an account."""
    if isinstance(error, AuthError):
        return "reauth_required"
    if isinstance(error, RateLimited) and error.needs_human:
        return "needs_human"
    return None


def come_back(error: SocialdeskError, failures: int, stamp: Stamp) -> datetime:
    """When to come back after an error."""
    told = error.retry_at if isinstance(error, PlatformError) else None
    if (
        isinstance(error, RateLimited) and error.guessed
    ):  # each time twice as long, since nothing says how long
        return stamp.now + min(PAUSE_WITHOUT_HINT * (1 << min(failures, 10)), LONGEST_PAUSE)
    if isinstance(error, Unavailable):
        grown = timedelta(seconds=5 * 2 ** min(failures, 10)) * (0.5 + stamp.fraction / 2)
        return max(told or stamp.now, stamp.now + min(grown, LONGEST_PAUSE))
    if told is not None:
        return told
    if isinstance(error, RateLimited) and error.needs_human:
        return stamp.now + PROBE
    return stamp.now + (PLUGIN_PAUSE if isinstance(error, (PluginError, ConfigError)) else LONGEST_PAUSE)


async def put_off(row: StreamRow, refusal: Refusal) -> tuple[datetime, Event | None]:
    """Put one listing off; gives until when, and the event to tell of where the account itself is refused."""
    stamp = await TakeStamp()
    again_at = come_back(refusal.error, row.failures, stamp)
    state = account_state(refusal.error)
    event = None
    if state is not None:
        event = Event(
            id=stamp.uuid(),
            kind=EventKind.HEALTH,
            account=refusal.account_id,
            at=stamp.now,
            text=f"{type(refusal.error).__name__}: {refusal.error}",
        )
    await defer_listing(
        Deferral(
            account_id=refusal.account_id,
            stream=row.stream,
            topic=row.topic,
            owner=refusal.owner,
            epoch=row.epoch,
            next_at=again_at,
            problem=str(refusal.error),
            failures=row.failures + 1,
            account_state=state,
            spending=refusal.spending,
            event=None if event is None else event_row(event),
        )
    )
    return again_at, event


async def put_off_rest(rows: Sequence[StreamRow], refusal: Refusal, again_at: datetime | None) -> None:
    """Put further listings off until the same moment: the account is refused, so asking would not help."""
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
                failures=row.failures + 1,
            )
        )


async def refuse_account(rows: Sequence[StreamRow], refusal: Refusal) -> tuple[datetime | None, Event | None]:
    """Nothing of the account can be polled: its listings are given back, and come due again later together."""
    if not rows:
        return None, None
    again_at, event = await put_off(rows[0], refusal)
    await put_off_rest(rows[1:], refusal, again_at)
    return again_at, event
