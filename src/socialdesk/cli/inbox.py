"""``socialdesk sync``, ``inbox``, ``show`` and ``reply``."""

from __future__ import annotations

import hashlib
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import ago, clock, one_line, say, say_json, say_table
from socialdesk.errors import ConfigError
from socialdesk.models import Mention, Plan, Receipt

AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


def add_to(app: typer.Typer) -> None:
    for name, command in (("sync", sync), ("inbox", inbox), ("show", show), ("reply", reply)):
        app.command(name)(command)


def sync(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="One account; all, if not said.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on until you stop it: hear, and send what waits.")
    ] = False,
) -> int:
    """Hear what is new, and send what waits. Exit code 1 where something had to be put off."""
    own: Context = context.obj
    if watch:
        return _watch(own)
    names = [account] if account is not None else [found.name for found in own.desk.accounts()]
    if not names:
        raise ConfigError("There is no account yet: socialdesk account add PLATFORM NAME")
    whole = True
    for name in names:
        whole = _sync_one(own, name) and whole
    drained = own.desk.drain(account)
    if drained.sent or drained.failed or drained.unknown or drained.needs_human or drained.put_off:
        say(
            f"outbox: {drained.sent} sent, {drained.failed} failed, {drained.unknown} unknown, "
            f"{drained.needs_human} need a person, {drained.put_off} put off"
        )
    return 0 if whole and not (drained.failed or drained.unknown or drained.needs_human) else 1


def _sync_one(own: Context, name: str) -> bool:
    with _progress(name) as tell:
        report = own.desk.poll(name, progress=tell)
    pages = sum(listing.pages for listing in report.listings)
    say(f"{name}: {report.new} new, {report.changed} changed, {pages} pages read")
    for listing in report.listings:
        if listing.set_aside:
            say(f"  {listing.stream}: {listing.set_aside} could not be read and are kept aside")
        if listing.waits:
            until = f", until {clock(listing.again_at)}" if listing.again_at else ""
            say(f"  {listing.stream or 'account'} waits{until}: {listing.waits}")
    return report.ok


def _progress(name: str) -> AbstractContextManager[Any]:
    """A bar while an account is polled, where somebody watches; else nothing."""
    if not sys.stderr.isatty():
        return nullcontext()
    from socialdesk.cli.progress import Bar

    return Bar(name)


def _watch(own: Context) -> int:
    desk = own.desk
    before = signal.signal(signal.SIGTERM, lambda *_: desk.stop())
    say("Hearing and sending; stop with Ctrl-C.")
    try:
        desk.run()
    finally:
        signal.signal(signal.SIGTERM, before)
        desk.close()
    return 0


def inbox(
    context: typer.Context,
    account: Annotated[str | None, typer.Option("--account")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="mention, reply, quote, search_match, ...")
    ] = None,
    state: Annotated[str | None, typer.Option("--state", help="active, edited, deleted, ...")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Caught by this rule.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="With this in its text.")] = None,
    answered: Annotated[bool | None, typer.Option("--answered/--unanswered")] = None,
    order: Annotated[
        Literal["newest", "oldest", "spread"],
        typer.Option("--order", help="By time, or by reposts and quotes."),
    ] = "newest",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 30,
    ours: Annotated[bool, typer.Option("--ours", help="With what we said ourselves.")] = False,
    as_json: AsJson = False,
) -> None:
    """What was heard, newest first."""
    own: Context = context.obj
    asked: dict[str, Any] = {"account": account, "kind": kind, "state": state, "rule": rule, "text": text}
    filters = {name: value for name, value in asked.items() if value is not None}
    if answered is not None:
        filters["answered"] = answered
    if not ours:
        filters["direction"] = "inbound"
    found = own.desk.mentions(order=order, limit=limit, **filters)
    if as_json:
        say_json(found)
        return
    if not found:
        say("Nothing was heard yet that fits: socialdesk sync asks the platforms.")
        return
    now = datetime.now(timezone.utc)
    say_table(
        ("id", "age", "account", "kind", "who", "spread", "text"), (_line(mention, now) for mention in found)
    )


def _line(mention: Mention, now: datetime) -> tuple[object, ...]:
    counts = mention.metrics
    spread = (
        None
        if counts.reposts is None and counts.quotes is None
        else (counts.reposts or 0) + (counts.quotes or 0)
    )
    followers = f" ({mention.author.followers:,})" if mention.author.followers else ""
    who = f"@{mention.author.handle}{followers}" if mention.author.handle else mention.author.display_name
    what = mention.text if mention.state == "active" else f"[{mention.state}] {mention.text}"
    caught = f" · {', '.join(mention.matched_by)}" if mention.matched_by else ""
    return (
        mention.id.value,
        ago(mention.created_at, now),
        mention.account,
        mention.kind + caught,
        who,
        "?" if spread is None else f"{spread:,}",
        what,
    )


def _named(own: Context, name: str) -> Mention:
    """A mention by its id at the desk, its full id, or the id that the platform shows."""
    if ":" in name or "-" in name:
        return own.desk.mention(name)
    for platform in dict.fromkeys(account.platform for account in own.desk.accounts()):
        try:
            return own.desk.mention(f"{platform}:post:{name}")
        except ConfigError:
            continue
    raise ConfigError(f"There is no mention {name!r} in the inbox. socialdesk inbox shows their ids.")


def show(context: typer.Context, mention: str, as_json: AsJson = False) -> None:
    """A mention with its conversation, what may be done with it, and our answers."""
    own: Context = context.obj
    found = _named(own, mention)
    conversation = own.desk.conversation(found)
    actions = own.desk.actions(found)
    if as_json:
        say_json(
            {
                "mention": found.model_dump(mode="json"),
                "conversation": conversation.model_dump(mode="json"),
                "actions": [action.model_dump(mode="json") for action in actions],
            }
        )
        return
    for said in conversation.mentions:
        mark = ">" if said.id == found.id else " "
        say(f"{mark} {clock(said.created_at)}  @{said.author.handle or '?'}  [{said.kind}, {said.state}]")
        say(f"    {one_line(said.text)}")
        if said.url:
            say(f"    {said.url}")
    for receipt in conversation.receipts:
        _say_receipt(receipt)
    say("What may be done:")
    for action in actions:
        reason = f" ({action.reason})" if action.reason else ""
        say(f"  {action.name}: {'yes' if action.allowed else 'no'}{reason}")


def reply(
    context: typer.Context,
    mention: str,
    text: str,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show exactly what would be sent, and send nothing.")
    ] = False,
    key: Annotated[
        str | None, typer.Option("--key", help="Names this answer; the same key is never sent twice.")
    ] = None,
    send: Annotated[bool, typer.Option("--send/--no-send", help="Send at once, or leave it to sync.")] = True,
    as_json: AsJson = False,
) -> int:
    """Answer a mention. Calling it again with the same text says nothing twice."""
    own: Context = context.obj
    found = _named(own, mention)
    if plan:
        planned = own.desk.plan(found, text)
        say_json(planned) if as_json else _say_plan(planned)
        return 6 if planned.refusals else 0
    # Without a key the content is the key: a call that is repeated is the same answer.
    key = key or "cli-" + hashlib.sha256(f"{found.id}\0{text}".encode()).hexdigest()[:24]
    receipt = own.desk.reply(found, text, key=key)
    if send:
        own.desk.drain(found.account)
        receipt = own.desk.receipt(key)
    say_json(receipt) if as_json else _say_receipt(receipt)
    return _EXIT_OF.get(receipt.state, 0 if not send or receipt.state == "sent" else 1)


_EXIT_OF = {"failed": 6, "partial": 6, "unknown": 7, "needs_human": 7}


def _say_plan(plan: Plan) -> None:
    for number, part in enumerate(plan.parts, 1):
        limit = "no limit" if part.limit is None else f"of {part.limit}"
        say(f"part {number} of {len(plan.parts)}: {part.used} {limit}")
        say(f"  {part.text}")
        if part.request:
            say(f"  request: {part.request}")
        if part.costs:
            say(f"  costs: {', '.join(f'{amount} of {bucket}' for bucket, amount in part.costs.items())}")
    for warning in plan.warnings:
        say(f"warning: {warning}")
    for refusal in plan.refusals:
        say(f"refused: {refusal}")


def _say_receipt(receipt: Receipt) -> None:
    say(f"{receipt.state}: answer {receipt.key} by {receipt.account}")
    for part in receipt.parts:
        where = part.url or (str(part.id) if part.id else "")
        why = f" ({part.error})" if part.error and part.state != "sent" else ""
        until = f", again at {clock(part.again_at)}" if part.again_at and part.state != "sent" else ""
        say(f"  {part.state}: {one_line(part.text)} {where}{why}{until}")
