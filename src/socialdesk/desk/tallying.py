"""What platforms billed, by month, account and rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import TakeStamp, reads
from socialdesk.desk import schema
from socialdesk.desk.premises import Premises
from socialdesk.desk.reports import Charge

__all__ = ["Tallying", "price_of"]


def price_of(charges: Mapping[str, int], prices: Mapping[str, Decimal]) -> Decimal | None:
    """What these units cost; None where the price of one is not set. Nothing costs nothing."""
    if any(amount and unit not in prices for unit, amount in charges.items()):
        return None
    return sum((prices[unit] * amount for unit, amount in charges.items() if amount), Decimal(0))


@reads
def list_charges(
    connection: Connection, accounts: Sequence[str], month: str
) -> tuple[tuple[str, str, str, int], ...]:
    """(account id, rule, unit, amount) of a month."""
    table = schema.tally
    rows = connection.execute(
        sa.select(table)
        .where(table.c.account_id.in_(accounts), table.c.month == month)
        .order_by(table.c.account_id, table.c.rule, table.c.unit)
    )
    return tuple((row.account_id, row.rule, row.unit, row.amount) for row in rows)


class Tallying(Premises):
    """Costs."""

    async def tally(self, account: str | None = None, *, month: str | None = None) -> tuple[Charge, ...]:
        """What was billed in a month (as ``2026-11``, UTC; by default this one), per account, rule and unit.

        Counted from what platforms answered, each time that it did: where a platform bills the same thing once a day
        however often it is read, its own bill is lower.
        """
        rows = {row.id: row for row in await self._rows(account)}
        stamp = await TakeStamp()
        wanted = month or f"{stamp.now:%Y-%m}"
        found = await list_charges(tuple(rows), wanted)
        return tuple(
            Charge(
                account=rows[account_id].name,
                month=wanted,
                rule=rule,
                unit=unit,
                amount=amount,
                price=price_of({unit: amount}, rows[account_id].prices),
            )
            for account_id, rule, unit, amount in found
        )
