"""``socialdesk outbox``: what was said, what waits, and what a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.naming import check_word
from socialdesk.cli.output import clock, say, say_json, say_table
from socialdesk.errors import ConfigError

if TYPE_CHECKING:
    from socialdesk.models import ExternalId

Key = Annotated[str, typer.Argument(metavar="KEY", help="The answer's key, as socialdesk outbox shows it.")]

outbox = typer.Typer(
    invoke_without_command=True, help="What was said, and what waits.", rich_markup_mode=None
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(outbox, name="outbox")


@outbox.callback()
def list_outbox(
    context: typer.Context,
    account: Annotated[str | None, typer.Option("--account", help="By this account.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="pending, sent, failed, needs_human, ...")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at most.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON.")] = False,
) -> None:
    """The answers, newest first."""
    if context.invoked_subcommand is not None:
        return
    from socialdesk.models import ReplyState

    own: Context = context.obj
    check_word("--state", state, ReplyState)
    found = own.desk.receipts(account=account, state=state, limit=limit)
    if as_json:
        say_json(found)
    elif not found:
        say("Nothing was said yet: socialdesk reply ID TEXT")
    else:
        say_table(
            ("key", "state", "account", "to", "when", "parts", "says"),
            (
                (
                    receipt.key,
                    receipt.state,
                    receipt.account,
                    receipt.target.value if receipt.target else "",
                    clock(receipt.created_at),
                    f"{sum(part.state == 'sent' for part in receipt.parts)}/{len(receipt.parts)}",
                    next((part.error for part in receipt.parts if part.error), None) or receipt.parts[0].text,
                )
                for receipt in found
            ),
        )


@outbox.command("show")
def show(
    context: typer.Context,
    key: Key,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON.")] = False,
) -> None:
    """What became of an answer, where it would stand, and each attempt: what to know before you settle it."""
    own: Context = context.obj
    receipt, attempts = own.desk.receipt(key), own.desk.attempts(key)
    if as_json:
        say_json(
            {
                "receipt": receipt.model_dump(mode="json"),
                "attempts": [one.model_dump(mode="json") for one in attempts],
            }
        )
        return
    say(f"{receipt.key} is {receipt.state}.")
    if receipt.target is not None:
        say(f"it answers {own.desk.mention(receipt.target).url or receipt.target}")
    for number, part in enumerate(receipt.parts, 1):
        say(f"part {number} is {part.state}: {part.url or part.error or part.text}")
    if attempts:
        say_table(
            ("part", "when", "came to", "says"),
            (
                (str(one.part), clock(one.started_at), one.outcome or "under way", one.error or "")
                for one in attempts
            ),
        )


@outbox.command("cancel")
def cancel(context: typer.Context, key: Key) -> None:
    """Take back what of an answer is not sent yet."""
    own: Context = context.obj
    say(f"{key} is {own.desk.cancel(key).state}.")


@outbox.command("settle")
def settle(
    context: typer.Context,
    key: Key,
    sent: Annotated[
        str | None, typer.Option("--sent", help="It was posted: the post's id.", metavar="ID")
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="It was not posted: send it again.")] = False,
) -> None:
    """Decide on an answer of which it is not known whether it was posted. Look at the thread first."""
    own: Context = context.obj
    if (sent is None) == (not retry):
        raise ConfigError("Say one of the two: --sent ID, or --retry.")
    receipt = own.desk.receipt(key)
    platform = own.desk.account(receipt.account).platform
    identity = None if sent is None else _posted(sent, platform)
    say(f"{key} is {own.desk.settle(key, sent=identity).state}.")


def _posted(sent: str, platform: str) -> ExternalId:
    """A post's id, in full or as the platform shows it."""
    from socialdesk.models import ExternalId

    try:
        return ExternalId.of(sent if ":" in sent else f"{platform}:post:{sent}")
    except ValueError as error:
        raise ConfigError(f"--sent: {error}.") from None
