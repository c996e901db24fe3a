"""``socialdesk sync``: hear what is new, and send what waits."""

from __future__ import annotations

import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import clock, one_line, say
from socialdesk.errors import ConfigError

if TYPE_CHECKING:
    from socialdesk.desk.reports import DrainReport
    from socialdesk.models import Event


def add_to(app: typer.Typer) -> None:
    app.command("sync")(sync)


def sync(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="One account; all, if not said.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on until you stop it: hear, send, and tell of each event.")
    ] = False,
) -> int:
    """Hear what is new, and send what waits. Exit code 1 where something had to be put off."""
    own: Context = context.obj
    if watch:
        if account is not None:
            raise ConfigError("--watch is for all accounts at once: leave the account's name out.")
        return _watch(own)
    names = [account] if account is not None else [found.name for found in own.desk.accounts()]
    if not names:
        raise ConfigError("There is no account yet: socialdesk account add PLATFORM NAME")
    whole = True
    for name in names:
        whole = _sync_one(own, name) and whole
    drained = own.desk.drain(account)
    _say_drained(drained)
    return 0 if whole and not (drained.failed or drained.unknown or drained.needs_human) else 1


def _sync_one(own: Context, name: str) -> bool:
    with _progress(name) as tell:
        report = own.desk.poll(name, progress=tell)
    pages = sum(listing.pages for listing in report.listings)
    say(f"{name}: {report.new} new, {report.changed} changed, {pages} pages read")
    for listing in report.listings:
        if listing.backfill and listing.more:
            say(f"  {listing.stream}: what was said before is being gone over: socialdesk backfill {name}")
        if listing.set_aside:
            say(f"  {listing.stream}: {listing.set_aside} could not be read and are kept aside")
        if listing.waits:
            until = f", until {clock(listing.again_at)}" if listing.again_at else ""
            say(f"  {listing.stream or 'account'} waits{until}: {listing.waits}")
    return report.ok


def _say_drained(drained: DrainReport) -> None:
    words = {
        "sent": drained.sent,
        "failed": drained.failed,
        "unknown": drained.unknown,
        "in need of a person": drained.needs_human,
        "put off": drained.put_off,
    }
    told = [f"{number} {what}" for what, number in words.items() if number]
    if told:
        until = f" (the next one at {clock(drained.again_at)})" if drained.again_at else ""
        say(f"outbox: {', '.join(told)}{until}")


def _progress(name: str) -> AbstractContextManager[Any]:
    """A bar while an account is polled, where somebody watches; else nothing."""
    if not sys.stderr.isatty():
        return nullcontext()
    from socialdesk.cli.progress import Bar

    return Bar(name)


def _watch(own: Context) -> int:
    desk = own.desk
    desk.registry.register(_teller(), "socialdesk sync --watch")
    before = signal.signal(signal.SIGTERM, lambda *_: desk.stop())
    say("Hearing and sending; stop with Ctrl-C.")
    sys.stdout.flush()
    try:
        desk.run()
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def _teller() -> object:
    """A hook that tells of each event in one line, as it happens."""
    from socialdesk.hookspecs import hookimpl

    class Teller:
        @hookimpl
        def socialdesk_event(self, event: Event) -> None:
            what = event.mention or event.reply or ""
            say(one_line(f"{clock(event.at)}  {event.account}  {event.kind.value}  {what}  {event.text}"))
            sys.stdout.flush()

    return Teller()
