"""Going over what was said before the desk heard an account: asking for it, seeing how far it is, ending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import TakeStamp, reads
from socialdesk._engine.ingest import listenings
from socialdesk.connector import Connector, Stream
from socialdesk.desk import backfills, schema
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.backfills import Order
from socialdesk.desk.pages import Filling
from socialdesk.desk.premises import Premises
from socialdesk.desk.reports import Backfill
from socialdesk.desk.schema import moment
from socialdesk.errors import ConfigError

__all__ = ["Backfilling"]


class Backfilling(Premises):
    """Backfills."""

    async def backfill(
        self,
        account: str,
        *,
        since: datetime,
        until: datetime | None = None,
        streams: Sequence[str] | None = None,
    ) -> tuple[Backfill, ...]:
        """Have what was said from ``since`` on gone over, up to ``until`` or to now; gives how far it is.

        It is written down, and read by :meth:`poll` and :meth:`run`, some pages at a time, once what is new was heard;
        whatever stops a worker, another goes on. What is known is not stored or told again. Events of what was said
        before the desk heard the account are ``backfilled``. Once it is done, gaps in :meth:`coverage` close where
        it read through them. Asking again for what was asked for already does nothing, unless a gap opened in it since;
        and one that was cancelled goes on where it was. ``streams`` are those to go over, by default all that can be.

        Raises ConfigError where times have no zone or are in a wrong order, and with each stream that cannot be gone
        over, and why.
        """
        row = await self._row(account)
        stamp = await TakeStamp()
        _check_times(since, until, stamp.now)
        orders = _orders(self.workshop.connector(row), row, streams)
        asks = Filling(since=since, until=until)
        if not await backfills.order_listings(row.id, orders, asks):
            raise ConfigError(f"The account {row.name!r} was removed meanwhile.")
        return await self.backfills(row.name)

    async def backfills(self, account: str | None = None) -> tuple[Backfill, ...]:
        """How far the backfills of an account are, or of all accounts: one for each stream, also when it is done."""
        names = {row.id: row.name for row in await self._rows(account)}
        return await list_backfills(names)

    async def cancel_backfill(
        self, account: str, *, streams: Sequence[str] | None = None
    ) -> tuple[Backfill, ...]:
        """End the backfills of an account that are under way, or those of some streams; gives how far they came. What
        they brought stays."""
        row = await self._row(account)
        await backfills.cancel_listings(row.id, streams)
        return await self.backfills(row.name)


def _check_times(since: datetime, until: datetime | None, now: datetime) -> None:
    if since.tzinfo is None or (until is not None and until.tzinfo is None):
        raise ConfigError("since, until: times with a zone, as datetime.now(timezone.utc) has one.")
    if since >= min(now, until or now):
        raise ConfigError("since: a time before until, and before now.")


def _orders(
    connector: Connector[Any, Any], row: AccountRow, streams: Sequence[str] | None
) -> tuple[Order, ...]:
    """The listings to go over. Raises ConfigError with each stream that was named and cannot be gone over."""
    known = {stream.name: stream for stream in connector.streams}
    names = known if streams is None else dict.fromkeys(streams)
    problems: list[str] = []
    orders: list[Order] = []
    for name in names:
        problem = _why_not(known.get(name), name)
        if problem:
            problems.append(problem)
            continue
        found = listenings(connector, name, rules=row.rules)
        orders += [Order(stream=name, topic=each.key) for each in found]
        if not found:
            problems.append(f"{name}: nothing is listened for.")
    if not orders or (streams is not None and problems):
        raise ConfigError(f"This cannot be gone over on {connector.platform}.", problems=tuple(problems))
    return tuple(orders)


def _why_not(stream: Stream | None, name: str) -> str:
    """Why a stream cannot be gone over, "" where it can."""
    if stream is None:
        return f"{name}: there is no such stream."
    if not stream.polled:
        return f"{name}: it is read when somebody looks at it; desk.conversation(key, refresh=True) does."
    if stream.walks[0] == "all":
        return f"{name}: it cannot be walked back, each poll reads all that it tells."
    if stream.batch and name != "search":
        return f"{name}: it comes along with what it belongs to, and cannot be gone over by itself."
    return ""


@reads
def list_backfills(connection: Connection, names: Mapping[str, str]) -> tuple[Backfill, ...]:
    """How far the backfills of these accounts are (id: name), one line for each stream."""
    table = schema.backfill
    under_way = table.c.state == "under_way"
    waits = sa.case((under_way, 1), else_=0)
    query = (
        sa.select(
            table.c.account_id,
            table.c.stream,
            sa.func.count().label("listings"),
            sa.func.sum(waits).label("waiting"),
            sa.func.sum(sa.case((table.c.state == "cancelled", 1), else_=0)).label("cancelled"),
            sa.func.min(table.c.since).label("since"),
            sa.func.max(table.c.until).label("until"),
            sa.func.count(table.c.until).label("bounded"),
            sa.func.max(table.c.reached).label("reached"),
            sa.func.sum(table.c.new).label("new"),
            sa.func.sum(table.c.pages).label("pages"),
            sa.func.min(sa.case((under_way, sa.func.coalesce(table.c.next_at, 0)))).label("next_at"),
            sa.func.max(table.c.problem).label("problem"),
        )
        .where(table.c.account_id.in_(list(names)))
        .group_by(table.c.account_id, table.c.stream)
        .order_by(table.c.account_id, table.c.stream)
    )
    return tuple(_shown(line, names[line.account_id]) for line in connection.execute(query))


def _shown(line: Any, account: str) -> Backfill:
    left = int(line.waiting)
    return Backfill(
        account=account,
        stream=line.stream,
        state="under_way" if left else ("cancelled" if line.cancelled else "done"),
        since=moment(line.since),
        until=moment(line.until) if line.bounded == line.listings else None,
        reached=moment(line.reached),
        new=int(line.new),
        pages=int(line.pages),
        listings=line.listings,
        waiting=left,
        again_at=moment(line.next_at) if left and line.next_at else None,
        problem=line.problem,
    )
