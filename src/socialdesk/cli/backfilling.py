"""``socialdesk backfill``: have what was said before an account was heard gone over, and see how far that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.moments import read_moment
from socialdesk.cli.output import clock, say, say_json, say_table
from socialdesk.errors import ConfigError

if TYPE_CHECKING:
    from socialdesk.desk import Backfill

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("backfill")(backfill)


def backfill(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="One account; all, if not said.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Go over what was said from then on: 30d, or 2026-11-20.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Go over nothing that was said after that.")
    ] = None,
    stream: Annotated[
        list[str] | None, typer.Option("--stream", help="This stream only; may be given several times.")
    ] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="End what is under way.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON.")] = False,
) -> None:
    """Go over what was said before an account was heard, or without --since show how far that is.

    It is written down. Each socialdesk sync reads some pages of it, and sync --watch all of it, beside what is new.
    """
    own: Context = context.obj
    desk = own.desk
    if account is None and (since or until or stream or cancel):
        raise ConfigError("Which account? Name it: socialdesk backfill ACCOUNT --since 30d")
    if cancel and since:
        raise ConfigError("--since begins it, and --cancel ends it: give one of them.")
    if account is not None and since is not None:
        end = None if until is None else read_moment("--until", until)
        found = desk.backfill(account, since=read_moment("--since", since), until=end, streams=stream)
    elif account is not None and cancel:
        found = desk.cancel_backfill(account, streams=stream)
    else:
        found = desk.backfills(account)
    if as_json:
        say_json(found)
    elif not found:
        say("Nothing was asked for yet: socialdesk backfill ACCOUNT --since 30d")
    else:
        head = ("account", "stream", "state", "since", "until", "reached", "new", "pages", "why")
        say_table(head, [_row(each) for each in found])


def _row(each: Backfill) -> tuple[str, ...]:
    state = each.state.replace("_", " ")
    if each.listings > 1 and each.waiting:
        state = f"{state}, {each.waiting} of {each.listings} left"
    why = each.problem or "-"
    if each.problem and each.again_at is not None:
        why = f"until {clock(each.again_at)}: {each.problem}"
    return (
        each.account,
        each.stream,
        state,
        clock(each.since),
        "-" if each.until is None else clock(each.until),
        "-" if each.reached is None else clock(each.reached),
        f"{each.new:,}",
        f"{each.pages:,}",
        why,
    )
