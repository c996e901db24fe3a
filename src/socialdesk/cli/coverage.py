"""``socialdesk coverage``: what is known to have been heard."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import clock, say, say_json, say_table

if TYPE_CHECKING:
    from socialdesk.desk.reports import Coverage

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("coverage")(coverage)


def coverage(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="One account; all, if not said.")
    ] = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="Only where something may be missing.")] = False,
    found: Annotated[
        bool, typer.Option("--found", help="Also each topic that pages told of, such as a post's comments.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON.")] = False,
) -> int:
    """What of each listing is known to have been heard, and what may be missing. Exit code 1 where there is a gap."""
    own: Context = context.obj
    listings = own.desk.coverage(account, found=found)
    if gaps:
        listings = tuple(listing for listing in listings if listing.gaps)
    if as_json:
        say_json([asdict(listing) for listing in listings])
    elif listings:
        _say(listings, gaps=gaps)
    else:
        say("No gap is known." if gaps else "Nothing was polled yet: socialdesk sync")
    return 1 if any(listing.gaps for listing in listings) else 0


def _say(listings: tuple[Coverage, ...], *, gaps: bool) -> None:
    rows = [
        (
            listing.account,
            f"{listing.stream}/{listing.topic}" if listing.topic else listing.stream,
            each.state.replace("_", " "),
            "the beginning" if each.start is None else clock(each.start),
            clock(each.end),
            each.reason or "",
        )
        for listing in listings
        for each in (listing.gaps if gaps else listing.intervals)
    ]
    say_table(("account", "listing", "heard", "from", "until", "reason"), rows)
