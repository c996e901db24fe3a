"""The application: its commands, its options for all commands, and what an error looks like."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from socialdesk.cli import (
    accounts,
    announcing,
    answering,
    backfilling,
    budget,
    costs,
    coverage,
    doctor,
    events,
    hearing,
    inbox,
    moderating,
    outbox,
    platforms,
    quarantine,
)
from socialdesk.cli.context import DEFAULT_DB, Context
from socialdesk.cli.output import complain
from socialdesk.errors import (
    AuthError,
    ConfigError,
    DeliveryUnknown,
    PluginError,
    RateLimited,
    Rejected,
    SocialdeskError,
    Unavailable,
)

__all__ = ["app", "main"]

app = typer.Typer(
    name="socialdesk",
    help="Hear and answer customers wherever they speak.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it is read by people and by programs, and needs no rich to be loaded
)
platforms.add_to(app)
doctor.add_to(app)
accounts.add_to(app)
hearing.add_to(app)
backfilling.add_to(app)
inbox.add_to(app)
answering.add_to(app)
announcing.add_to(app)
moderating.add_to(app)
outbox.add_to(app)
quarantine.add_to(app)
events.add_to(app)
costs.add_to(app)
budget.add_to(app)
coverage.add_to(app)

# (error, exit code, what to do next)
_NEXT: tuple[tuple[type[SocialdeskError], int, str], ...] = (
    (ConfigError, 2, "Mend what is named above and call again."),
    (AuthError, 3, "Sign in again at the platform and give the new credentials: socialdesk account add."),
    (RateLimited, 4, "Call again after the time named; socialdesk doctor shows what waits."),
    (Unavailable, 5, "Nothing was done: call again later."),
    (Rejected, 6, "Trying again will not help: change the reply, or answer another way."),
    (DeliveryUnknown, 7, "Look at the thread before anything is sent again: socialdesk outbox."),
    (PluginError, 70, "Tell the plugin's author; socialdesk plugins names the plugin."),
)

FAULT = 70


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"socialdesk {version('socialdesk')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    db: Annotated[
        str, typer.Option("--db", envvar="SOCIALDESK_DB", help="The database's address.", metavar="URL")
    ] = DEFAULT_DB,
    show_version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    context.obj = Context(db)
    context.call_on_close(context.obj.close)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives its exit code.

    An error is said in words, with what to do next; a traceback is shown only where socialdesk itself is at fault.
    """
    try:
        result = app(list(arguments) if arguments is not None else None, standalone_mode=False)
        sys.stdout.flush()  # here, where a reader who has gone away is noticed and forgiven
        return result if isinstance(result, int) else 0
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        complain("Interrupted.")
        return 130
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # Python flushes once more when it ends
        return 1
    except SocialdeskError as error:
        return _explained(error)
    except Exception as error:
        show = getattr(error, "show", None)
        if show is None:
            traceback.print_exception(error)
            complain(f"socialdesk itself failed: {type(error).__name__}.")
            complain("Nothing that you did is wrong: report it, with the lines above.")
            return FAULT
        show()  # a wrong call: typer's own error, whose base class has no public name
        return 2


def _explained(error: SocialdeskError) -> int:
    for kind, code, what_next in _NEXT:
        if isinstance(error, kind):
            complain(f"{error}")
            retry_at = getattr(error, "retry_at", None)
            complain(f"{what_next} ({retry_at:%Y-%m-%d %H:%M} UTC)" if retry_at else what_next)
            return code
    complain(f"{error}")
    return 1
