"""``socialdesk doctor``: what is well and what is not."""

from __future__ import annotations

import platform as machine
import re
import sys
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import clock, described, say
from socialdesk.errors import SocialdeskError

if TYPE_CHECKING:
    from socialdesk.desk.reports import Account

SKEW = 60
"""Seconds that the clock may differ from a platform's; signed requests are refused from about five minutes on."""

SHOWN = 20
"""Answers that are named one by one, in each state."""

_PASSWORD = re.compile(r"(//[^:/@]*:)[^@]*(@)")


def add_to(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context,
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="Ask each account's platform too: who it is, and what time it is there."
        ),
    ] = False,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make a new secret key, and do nothing else.")
    ] = False,
) -> int:
    """See what is well and what is not. Exit code 1 where something is not."""
    if new_key:
        from socialdesk.desk.vault import new_key as make

        typer.echo(make())
        return 0
    return Examination(context.obj).run(online)


class Examination:
    """One look at everything; ``well`` is False once something is not."""

    def __init__(self, own: Context) -> None:
        self.own = own
        self.well = True

    def run(self, online: bool) -> int:
        say(f"socialdesk {version('socialdesk')}, Python {machine.python_version()}, {sys.platform}")
        say(f"clock: {clock(datetime.now(timezone.utc))}")
        self.plugins()
        try:
            accounts = self.database()
        except SocialdeskError as error:
            say(f"database {_shown(self.own.db)}: {error}")
            return 1
        for account in accounts:
            if online:
                account = self.online(account)  # noqa: PLW2901  # the same account, as it stands after the check
            self.account(account)
        self.waiting()
        return 0 if self.well else 1

    def plugins(self) -> None:
        for plugin in self.own.registry.plugins():
            self.well = self.well and plugin.problem is None
            say(
                f"plugin {plugin.platform}: {plugin.distribution} {plugin.version}, {plugin.problem or 'well'}"
            )

    def database(self) -> tuple[Account, ...]:
        accounts, condition = self.own.desk.accounts(), self.own.desk.condition()
        number = "1 account" if len(accounts) == 1 else f"{len(accounts)} accounts"
        say(f"database {_shown(self.own.db)}: well, tables of version {condition['tables']}, {number}")
        say(f"stands on: {condition['database']}")
        say(f"secret key: {condition['key']}")
        return accounts

    def account(self, account: Account) -> None:
        health = account.health
        say(f"account {account.name} ({account.platform}): {described(health)}")
        for note in health.notes:
            say(f"  note: {note}")
        counts = self.own.desk.counts().get(account.name, {})
        heard = ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
        say(f"  {heard or 'nothing heard or said yet'}")
        bad = health.state != "ok" or counts.get("quarantine") or counts.get("needs_human")
        self.well = self.well and not bad

    def online(self, account: Account) -> Account:
        """The account after it was checked at its platform."""
        try:
            account = self.own.desk.check(account.name)
            say(f"credentials of {account.name}: accepted, as @{account.handle or '?'}")
        except SocialdeskError as error:
            self.well = False
            say(f"credentials of {account.name}: {error}")
        off = self.skew(account)
        if off is not None:
            self.well = self.well and abs(off) <= SKEW
            advice = "" if abs(off) <= SKEW else ": set this machine's clock"
            say(f"clock at {account.platform}: {off:+.0f} s from ours{advice}")
        return account

    def skew(self, account: Account) -> float | None:
        """Seconds by which the platform's clock is ahead; None where it does not tell the time."""
        from socialdesk._httpx import run
        from socialdesk.wire import Request, Response, TransportError

        address = account.settings.get("base_url")
        if address is None:
            field = self.own.registry.connector(account.platform).Config.model_fields.get("base_url")
            address = None if field is None else field.default

        async def ask() -> Response:
            return await Request("GET", str(address), auth="none")

        try:
            told = run(ask()).headers.get("date") if address else None
            return None if told is None else (parsedate_to_datetime(told) - _now()).total_seconds()
        except (SocialdeskError, TransportError, ValueError):
            return None

    def waiting(self) -> None:
        for receipt in self.own.desk.receipts(state="needs_human", limit=SHOWN):
            say(f"needs a person: {receipt.key} of {clock(receipt.created_at)}")
            say(f"  look at the thread, then: socialdesk outbox settle {receipt.key} --sent ID, or --retry")
        for state in ("unknown", "pending"):
            for receipt in self.own.desk.receipts(state=state, limit=SHOWN):
                part = next((part for part in receipt.parts if part.state != "sent"), None)
                until = f" until {clock(part.again_at)}" if part is not None and part.again_at else ""
                why = f": {part.error}" if part is not None and part.error else ""
                say(f"waits ({state}): {receipt.key}{until}{why}")


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _shown(url: str) -> str:
    return _PASSWORD.sub(r"\1***\2", url)
