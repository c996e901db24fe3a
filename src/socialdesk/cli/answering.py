"""``socialdesk reply``: plan an answer, or give it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.naming import find_mention
from socialdesk.cli.output import clock, complain, one_line, say, say_json
from socialdesk.errors import ConfigError

if TYPE_CHECKING:
    from socialdesk.desk.answering import AnswerOptions
    from socialdesk.models import Attachment, Mention, Plan, Receipt

__all__ = ["Alts", "AsJson", "Files", "add_to", "attached", "say_plan", "say_receipt"]

REFUSED, UNKNOWN = 6, 7
_EXIT_OF = {"sent": 0, "failed": REFUSED, "partial": REFUSED, "unknown": UNKNOWN, "needs_human": UNKNOWN}
# how answering is with the account -> exit code
_WAITS_FOR = {"reauth_required": 3, "scope_missing": 3, "out_of_credit": 4, "suspended": 4}
_NEXT = {
    1: "It is kept, and sent when it is due: socialdesk sync, or socialdesk sync --watch.",
    3: "It is kept, and sent once the account has new credentials: socialdesk account add.",
    4: "It is kept, and sent once the account may post again; socialdesk doctor says what is wrong.",
    REFUSED: "Trying again will not help: change the reply, or answer another way.",
    UNKNOWN: "Look at the thread, then decide: socialdesk outbox settle KEY --sent ID, or --retry.",
}


Files = Annotated[
    list[str] | None,
    typer.Option(
        "--attach", metavar="PATH", help="A picture or film to send along; may be given several times."
    ),
]
Alts = Annotated[
    list[str] | None,
    typer.Option(
        "--alt", metavar="TEXT", help="Describes the file at the same place, for who cannot see it."
    ),
]
Which = Annotated[str, typer.Argument(metavar="ID", help="The id that socialdesk inbox shows.")]
Text = Annotated[
    str,
    typer.Argument(metavar="TEXT", help="What is said. What is too long for one post becomes a chain."),
]
Planned = Annotated[bool, typer.Option("--plan", help="Show exactly what would be sent, and send nothing.")]
Key = Annotated[
    str | None,
    typer.Option(
        "--key", help="Names this answer; the same key is never sent twice. By default, its content."
    ),
]
Private = Annotated[
    bool, typer.Option("--private", help="To the author alone, where the platform allows it.")
]
Note = Annotated[
    str | None,
    typer.Option(
        "--note", metavar="TEXT", help="With --private: said in public once the private text is there."
    ),
]
Send = Annotated[bool, typer.Option("--send/--no-send", help="Send at once, or leave it to sync.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


def add_to(app: typer.Typer) -> None:
    app.command("reply")(reply)


def reply(
    context: typer.Context,
    mention: Which,
    text: Text,
    plan: Planned = False,
    key: Key = None,
    private: Private = False,
    note: Note = None,
    attach: Files = None,
    alt: Alts = None,
    send: Send = True,
    as_json: AsJson = False,
) -> int:
    """Answer a mention, at once. Calling it again with the same text says nothing twice.

    The answer is kept before it is sent, with whatever else of this account is due. Exit code 0: it was sent, or with
    --no-send it is kept; 1: it waits.
    """
    own: Context = context.obj
    found = find_mention(own, mention)
    options: AnswerOptions = {"attachments": attached(own, attach, alt)}
    if note is not None and not private:
        raise ConfigError("--note: it goes with --private, which this answer is not.")
    if private:
        options |= {"mode": "private", "note": note}
    if plan:
        planned = own.desk.plan(found, text, **options)
        say_json(planned) if as_json else say_plan(planned)
        return REFUSED if planned.refusals else 0
    key = key or _key_of(found, "\0".join([text, *(["private", note or ""] if private else [])]))
    receipt = own.desk.reply(found, text, key=key, **options)
    if send:
        own.desk.drain(found.account)
        receipt = own.desk.receipt(key)
    say_json(receipt) if as_json else say_receipt(receipt)
    code = _code_of(own, receipt) if send or receipt.state != "pending" else 0
    if code:
        complain(_NEXT[code])
    return code


def _key_of(mention: Mention, text: str) -> str:
    """Without a key the content is the key: a call that is repeated is the same answer."""
    return "cli-" + hashlib.sha256(f"{mention.id}\0{text}".encode()).hexdigest()[:24]


def _code_of(own: Context, receipt: Receipt) -> int:
    if receipt.state in _EXIT_OF:
        return _EXIT_OF[receipt.state]
    return _WAITS_FOR.get(own.desk.account(receipt.account).health.outbound, 1)


def attached(own: Context, paths: list[str] | None, texts: list[str] | None) -> tuple[Attachment, ...]:
    """The files, kept by the desk, each with the description that stands at its place."""
    if len(texts or ()) > len(paths or ()):
        raise ConfigError("--alt: it describes a file, and there are more of them than of --attach.")
    described = [*(texts or ()), *([None] * (len(paths or ()) - len(texts or ())))]
    return tuple(
        own.desk.attach(path, alt_text=text) for path, text in zip(paths or (), described, strict=True)
    )


def say_plan(plan: Plan) -> None:
    for number, part in enumerate(plan.parts, 1):
        limit = "no limit" if part.limit is None else f"of {part.limit}"
        to = "" if part.mode == "public" else f", {part.mode}"
        say(f"part {number} of {len(plan.parts)}{to}: {part.used} {limit}")
        say(f"  {part.text}")
        if part.request:
            say(f"  request: {part.request}")
        if part.costs:
            say(f"  costs: {', '.join(f'{amount} of {bucket}' for bucket, amount in part.costs.items())}")
        if part.charges:
            say(f"  billed: {', '.join(f'{amount} {unit}' for unit, amount in part.charges.items())}")
    if plan.price is not None:
        say(f"price: {plan.price}")
    for warning in plan.warnings:
        say(f"warning: {warning}")
    for refusal in plan.refusals:
        say(f"refused: {refusal}")


def say_receipt(receipt: Receipt) -> None:
    say(f"{receipt.state}: answer {receipt.key} by {receipt.account}")
    for part in receipt.parts:
        where = part.url or (str(part.id) if part.id else "")
        why = f" ({part.error})" if part.error and part.state != "sent" else ""
        until = f", again at {clock(part.again_at)}" if part.again_at and part.state != "sent" else ""
        to = "" if part.mode == "public" else f" [{part.mode}]"
        say(f"  {part.state}{to}: {one_line(part.text)} {where}{why}{until}")
