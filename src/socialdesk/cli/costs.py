"""``socialdesk costs``: what platforms billed this month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import say, say_json, say_table
from socialdesk.errors import ConfigError

if TYPE_CHECKING:
    from socialdesk.desk.reports import Charge

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("costs")(costs)


def costs(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="One account; all, if not said.")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", metavar="YYYY-MM", help="By default this one, in UTC.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON.")] = False,
) -> None:
    """What the platforms billed in a month, per account and rule, in their own units and by your own prices.

    It is counted whenever something is read: where a platform bills the same thing once a day, its own bill is lower.
    """
    own: Context = context.obj
    if month is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise ConfigError("--month: a month, as 2026-11.")
    charges = own.desk.tally(account, month=month)
    if as_json:
        say_json([asdict(charge) for charge in charges])
    elif charges:
        _say(charges)
    else:
        say("Nothing was billed.")


def _say(charges: Sequence[Charge]) -> None:
    rows = [
        (
            charge.account,
            charge.rule or "-",
            charge.unit,
            f"{charge.amount:,}",
            "?" if charge.price is None else f"{charge.price:,.3f}",
        )
        for charge in charges
    ]
    say_table(("account", "rule", "unit", "amount", "price"), rows)
    known = [charge.price for charge in charges if charge.price is not None]
    missing = sorted({charge.unit for charge in charges if charge.price is None})
    if known:
        say(f"in all: {sum(known):,.3f}")
    if missing:
        say(f"No price is set for {', '.join(missing)}: socialdesk account add ... --price UNIT=PRICE")
