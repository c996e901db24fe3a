"""``socialdesk announce``: say one thing on every account at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from socialdesk.cli.answering import Alts, AsJson, Files, attached, say_plan, say_receipt
from socialdesk.cli.context import Context
from socialdesk.cli.output import complain, say, say_json

if TYPE_CHECKING:
    from socialdesk.models import Receipt

__all__ = ["add_to"]

WAITS, REFUSED = 1, 6

Text = Annotated[str, typer.Argument(metavar="TEXT", help="What is said, in each platform's own form.")]
Accounts = Annotated[
    list[str] | None, typer.Option("--account", help="On this account; on all, if not said.")
]
Planned = Annotated[bool, typer.Option("--plan", help="Show what would be sent, and send nothing.")]
Key = Annotated[
    str | None,
    typer.Option("--key", help="Names this notice; it is never said twice. By default, its content."),
]


def add_to(app: typer.Typer) -> None:
    app.command("announce")(announce)


def announce(
    context: typer.Context,
    text: Text,
    account: Accounts = None,
    attach: Files = None,
    alt: Alts = None,
    plan: Planned = False,
    key: Key = None,
    as_json: AsJson = False,
) -> int:
    """Say one thing on every account: a notice of an outage, say. Calling it again says nothing twice.

    Exit code 0: it was sent everywhere; 1: it waits somewhere; 6: it was refused somewhere, and the others have it.
    """
    own: Context = context.obj
    files = attached(own, attach, alt)
    if plan:
        plans = own.desk.plan_announcement(text, accounts=account, attachments=files)
        if as_json:
            say_json({name: planned.model_dump(mode="json") for name, planned in plans.items()})
        else:
            for name, planned in plans.items():
                say(f"{name}:")
                say_plan(planned)
        return REFUSED if any(planned.refusals for planned in plans.values()) else 0
    key = key or "cli-" + hashlib.sha256(f"announcement\0{text}".encode()).hexdigest()[:24]
    told = own.desk.announce(text, key=key, accounts=account, attachments=files)
    for receipt in told.receipts:
        own.desk.drain(receipt.account)
    receipts = [own.desk.receipt(key, account=receipt.account) for receipt in told.receipts]
    _say(receipts, told.refusals, as_json=as_json)
    if told.refusals or any(receipt.state in ("failed", "partial") for receipt in receipts):
        return REFUSED
    return 0 if all(receipt.state == "sent" for receipt in receipts) else WAITS


def _say(receipts: Sequence[Receipt], refusals: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        say_json(
            {"receipts": [each.model_dump(mode="json") for each in receipts], "refusals": dict(refusals)}
        )
    else:
        for receipt in receipts:
            say_receipt(receipt)
    for name, reason in refusals.items():
        complain(f"{name} does not say it: {reason}")
