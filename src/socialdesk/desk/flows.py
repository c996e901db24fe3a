"""What a desk does, as flows: the one code behind Desk and AsyncDesk."""

from __future__ import annotations

from datetime import datetime

from socialdesk.desk import backfills, inbox, pushes, turns
from socialdesk.desk.announcing import Announcing
from socialdesk.desk.backfilling import Backfilling
from socialdesk.desk.budgeting import Budgeting
from socialdesk.desk.hearing import Hearing
from socialdesk.desk.managing import Managing
from socialdesk.desk.moderating import Moderating
from socialdesk.desk.overseeing import Overseeing
from socialdesk.desk.rereading import Rereading
from socialdesk.desk.schema import moment
from socialdesk.desk.tallying import Tallying
from socialdesk.desk.telling import Telling
from socialdesk.desk.versions import describe_database, read_version

__all__ = ["DeskFlows"]

ROUND = 5.0
"""Seconds after which what is to be heard has its turn, however much is still to be said."""

TURN = 2.0
"""Seconds after which what is to be said has its turn, however much is still to be heard."""


class DeskFlows(
    Managing,
    Hearing,
    Backfilling,
    Announcing,
    Moderating,
    Tallying,
    Telling,
    Overseeing,
    Budgeting,
    Rereading,
):
    """All operations of a desk."""

    async def tick(self) -> datetime | None:
        """One round of :meth:`run`: send and poll what is due; gives the next moment at which anything is."""
        await self._send_due(seconds=ROUND)
        await self.renew_subscriptions()
        await self.poll(due_only=True, seconds=TURN)
        return await self.next_due()

    async def next_due(self) -> datetime | None:
        """The moment at which the next listing, reply or backfill is due; None where nothing is."""
        rows = tuple(row.id for row in await self._rows(None))
        moments = [due for due in await turns.next_due(rows) if due is not None]
        delivered = moment(await pushes.next_waiting())
        if delivered is not None:
            moments.append(delivered)
        filled = await backfills.next_backfill(rows)
        if filled is not None:
            moments.append(filled)
        return min(moments, default=None)

    async def condition(self) -> dict[str, str]:
        """What a desk stands on, in words: the ``database`` and its version, the ``tables``' version, and where the
        secret ``key`` comes from."""
        return {
            "database": await describe_database(),
            "tables": await read_version(),
            "key": self.vault.source,
        }

    async def counts(self) -> dict[str, dict[str, int]]:
        """Per account: mentions, items in quarantine, and parts in each state."""
        names = {row.id: row.name for row in await self._rows(None)}
        found = await inbox.count_waiting(tuple(names))
        return {names[account_id]: counts for account_id, counts in found.items()}
