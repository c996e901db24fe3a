"""``socialdesk quarantine`` and ``retry-quarantine``: what could not be read, and reading it again."""

from __future__ import annotations

from typing import Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import clock, say, say_json, say_table

Account = Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="Of this account only.")]


def add_to(app: typer.Typer) -> None:
    app.command("quarantine")(list_quarantine)
    app.command("retry-quarantine")(retry_quarantine)


def list_quarantine(
    context: typer.Context,
    account: Account = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at most.")] = 30,
    as_json: Annotated[
        bool, typer.Option("--json", help="Answer with JSON: also the items as they came.")
    ] = False,
) -> None:
    """Items that could not be read, newest first. They are kept, and read again after an upgrade of the plugin."""
    own: Context = context.obj
    found = own.desk.quarantine(account, limit=limit)
    if as_json:
        say_json(found)
    elif not found:
        say("Everything that came could be read.")
    else:
        rows = [
            (clock(item.received_at), item.account, item.stream, item.shape, item.reason) for item in found
        ]
        say_table(("when", "account", "from", "shape", "why"), rows)


def retry_quarantine(context: typer.Context, account: Account = None) -> None:
    """Read again what could not be read, with the plugins as they are now."""
    own: Context = context.obj
    report = own.desk.retry_quarantine(account)
    say(f"{report.read} could be read, {report.new} of them new mentions; {report.kept} are kept still.")
