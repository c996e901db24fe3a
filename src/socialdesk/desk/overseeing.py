"""What a desk tells of how its accounts are."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import TakeStamp, reads
from socialdesk.desk import schema
from socialdesk.desk.arrivals import weigh_silence
from socialdesk.desk.covering import list_coverage
from socialdesk.desk.premises import Premises
from socialdesk.desk.reports import Coverage, Interval
from socialdesk.desk.schema import moment
from socialdesk.models import Health

__all__ = ["Overseeing"]


@reads
def count_listings(connection: Connection, account_id: str) -> dict[str, float]:
    """How many listings an account has, how many fail now, and how many of its items lie aside."""
    streams, aside = schema.stream, schema.quarantine
    own = (streams.c.account_id == account_id, streams.c.found.is_(None))
    failing = sa.func.coalesce(sa.func.sum(sa.case((streams.c.failures > 0, 1), else_=0)), 0)
    listings, failed = connection.execute(sa.select(sa.func.count(), failing).where(*own)).one()
    waiting = connection.execute(
        sa.select(sa.func.count()).where(aside.c.account_id == account_id, aside.c.state == "waiting")
    ).scalar_one()
    return {"listings": listings, "listings_failing": failed, "unread_items": waiting}


@reads
def read_silence(connection: Connection, account_id: str, now: datetime) -> dict[str, float]:
    """The numbers of the silence test as they stand; none where too little was heard."""
    return weigh_silence(connection, account_id, now)


class Overseeing(Premises):
    """Health and coverage."""

    async def health(self, account: str) -> Health:
        """How an account is, with the numbers behind it: its listings, those that fail, and items that lie aside.

        It is what was seen last, and asks the platform nothing: :meth:`check` does. Every change of it is an event of
        the kind ``health``, told once.
        """
        row = await self._row(account)
        stamp = await TakeStamp()
        counted = {**await count_listings(row.id), **await read_silence(row.id, stamp.now)}
        return row.health.model_copy(update={"numbers": {**counted, **row.health.numbers}})

    async def coverage(self, account: str | None = None, *, found: bool = False) -> tuple[Coverage, ...]:
        """What is known to have been heard, per account and listing: spans that are complete, best effort or gaps.

        ``found`` adds the topics that pages told of, such as each post's comments, of which there may be thousands. A
        gap that opens is an event of the kind ``coverage``; a backfill that is done closes those that it read through.
        It is told by this machine's clock.
        """
        rows = {row.id: row for row in await self._rows(account)}
        by_listing: dict[tuple[str, str, str], list[Interval]] = {}
        for account_id, stream, topic, span in await list_coverage(tuple(rows), found=found):
            interval = Interval(
                start=moment(span.start) if span.start else None,
                end=moment(span.end),
                state=span.state,
                reason=span.reason,
            )
            by_listing.setdefault((account_id, stream, topic), []).append(interval)
        return tuple(
            Coverage(account=rows[key[0]].name, stream=key[1], topic=key[2], intervals=tuple(intervals))
            for key, intervals in by_listing.items()
        )
