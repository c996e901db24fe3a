"""``socialdesk events``: who takes the desk's events, and those that could not be taken."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.moments import read_moment
from socialdesk.cli.output import clock, say, say_json, say_table

__all__ = ["add_to"]

Consumer = Annotated[
    str, typer.Argument(metavar="CONSUMER", help="The name under which your helpdesk takes events.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]

events = typer.Typer(
    invoke_without_command=True, help="What is told to your helpdesk.", rich_markup_mode=None
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(events, name="events")


@events.callback()
def list_consumers(context: typer.Context, as_json: AsJson = False) -> None:
    """Who takes events, how many wait for each, and how many could not be taken."""
    if context.invoked_subcommand is not None:
        return
    own: Context = context.obj
    found = own.desk.consumers()
    if as_json:
        say_json([asdict(consumer) for consumer in found])
    elif not found:
        say('Nobody takes events yet: for event in desk.events("tickets"): ...')
    else:
        say_table(
            ("consumer", "waiting", "dead", "oldest"),
            ((one.name, one.waiting, one.dead, clock(one.oldest)) for one in found),
        )


@events.command("dead")
def list_dead(context: typer.Context, consumer: Consumer, as_json: AsJson = False) -> None:
    """The events that a consumer could not take in ten times, oldest first, with its last word on each."""
    own: Context = context.obj
    found = own.desk.dead_events(consumer)
    if as_json:
        say_json([{**one.event.model_dump(mode="json"), "problem": one.problem} for one in found])
    elif not found:
        say(f"Everything could be told to {consumer}.")
    else:
        say_table(
            ("when", "kind", "account", "about", "problem"),
            (
                (
                    clock(one.event.at),
                    one.event.kind,
                    one.event.account,
                    str(one.event.mention or one.event.reply or one.event.text),
                    one.problem,
                )
                for one in found
            ),
        )


@events.command("revive")
def revive(context: typer.Context, consumer: Consumer) -> None:
    """Hand a consumer's dead events out again."""
    own: Context = context.obj
    say(f"{own.desk.revive_events(consumer)} will be told again.")


@events.command("forget")
def forget(context: typer.Context, consumer: Consumer) -> None:
    """Keep nothing more for a consumer that is no more."""
    own: Context = context.obj
    own.desk.forget_consumer(consumer)
    say(f"Nothing is kept for {consumer} any more.")


@events.command("remove")
def remove(
    context: typer.Context,
    before: Annotated[
        str, typer.Option("--before", metavar="TIME", help="A time, or how long ago: 2026-11-20, 90d.")
    ],
) -> None:
    """Remove the events that happened before then and that every consumer has taken."""
    own: Context = context.obj
    say(f"{own.desk.remove_events(before=read_moment('--before', before))} were removed.")
