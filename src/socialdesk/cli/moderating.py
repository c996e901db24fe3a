"""``socialdesk moderate`` and ``withdraw``: what is done to posts that are there."""

from __future__ import annotations

from typing import Annotated

import typer

from socialdesk.cli.answering import say_receipt
from socialdesk.cli.context import Context
from socialdesk.cli.naming import find_mention
from socialdesk.cli.output import say

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("moderate")(moderate)
    app.command("withdraw")(withdraw)


def moderate(
    context: typer.Context,
    mention: Annotated[str, typer.Argument(metavar="ID", help="The id that socialdesk inbox shows.")],
    action: Annotated[
        str,
        typer.Argument(
            metavar="ACTION", help="hide, unhide, delete, block, ...: what socialdesk show offers."
        ),
    ],
    text: Annotated[str | None, typer.Option("--text", help="The new text, for edit.")] = None,
) -> None:
    """Hide a reply, show it again, block its author, delete or edit an own post: whatever the platform permits."""
    own: Context = context.obj
    done = own.desk.moderate(find_mention(own, mention), action, text=text)
    say(f"{action}: {done.id} is {done.state}")


def withdraw(
    context: typer.Context,
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="The answer's key, as socialdesk outbox shows it.")
    ],
    account: Annotated[str | None, typer.Option("--account", help="Where several accounts have it.")] = None,
) -> None:
    """Delete from the platform what an answer of ours said there."""
    own: Context = context.obj
    say_receipt(own.desk.withdraw(key, account=account))
    say("It is deleted from the platform; the receipt tells what had been sent.")
