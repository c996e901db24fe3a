"""What a desk tells of how its accounts are."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads
from socialdesk.desk import schema
from socialdesk.desk.premises import Premises
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


class Overseeing(Premises):
    """Health and coverage."""

    async def health(self, account: str) -> Health:
        """How an account is, with the numbers behind it: its listings, those that fail, and items that lie aside.

        It is what was seen last, and asks the platform nothing: :meth:`check` does. Every change of it is an event of
        the kind ``health``, told once.
        """
        row = await self._row(account)
        counted = await count_listings(row.id)
        return row.health.model_copy(update={"numbers": {**counted, **row.health.numbers}})
