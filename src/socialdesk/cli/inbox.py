"""``socialdesk inbox`` and ``show``: what was heard."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from socialdesk.cli.answering import say_receipt
from socialdesk.cli.context import Context
from socialdesk.cli.moments import read_moment
from socialdesk.cli.naming import check_word, find_mention
from socialdesk.cli.output import ago, clock, one_line, say, say_json, say_table

if TYPE_CHECKING:
    from socialdesk.models import Labels, Mention

Account = Annotated[str | None, typer.Option("--account", help="Heard by this account.")]
Kind = Annotated[str | None, typer.Option("--kind", help="mention, reply, quote, search_match, ...")]
State = Annotated[str | None, typer.Option("--state", help="active, edited, deleted, ...")]
Visibility = Annotated[
    str | None, typer.Option("--visibility", help="public, unlisted, followers, direct or unknown.")
]
Thread = Annotated[str | None, typer.Option("--conversation", help="Of this conversation, by its key.")]
Author = Annotated[
    str | None, typer.Option("--author", help="By this person: the author's id in full, as --json shows it.")
]
CaughtBy = Annotated[str | None, typer.Option("--rule", help="Caught by this rule.")]
Text = Annotated[str | None, typer.Option("--text", help="With this in its text.")]
Since = Annotated[str | None, typer.Option("--since", help="Not older: 7d, 12h, 30m, or a time.")]
Until = Annotated[str | None, typer.Option("--until", help="Older: 7d, 12h, 30m, or a time.")]
Answered = Annotated[
    bool | None, typer.Option("--answered/--unanswered", help="Whether an answer of ours stands or waits.")
]
Order = Annotated[
    Literal["priority", "newest", "oldest", "spread"],
    typer.Option(
        "--order",
        metavar="priority|newest|oldest|spread",
        help="What is most urgent, by time, or by reposts and quotes.",
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at most.")]
Before = Annotated[
    str | None, typer.Option("--before", help="The page after: the last id of the page before.")
]
Ours = Annotated[bool, typer.Option("--ours", help="With what we said ourselves.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


def add_to(app: typer.Typer) -> None:
    app.command("inbox")(inbox)
    app.command("show")(show)


def inbox(
    context: typer.Context,
    account: Account = None,
    kind: Kind = None,
    state: State = None,
    visibility: Visibility = None,
    conversation: Thread = None,
    author: Author = None,
    rule: CaughtBy = None,
    text: Text = None,
    since: Since = None,
    until: Until = None,
    answered: Answered = None,
    order: Order = "priority",
    limit: Limit = 30,
    before: Before = None,
    ours: Ours = False,
    as_json: AsJson = False,
) -> None:
    """What was heard, the most urgent first, and why it is."""
    own: Context = context.obj
    asked: dict[str, Any] = {"account": account, "kind": kind, "state": state, "visibility": visibility}
    asked |= {"conversation": conversation, "author": author, "rule": rule, "text": text}
    asked |= {"since": since, "until": until, "answered": answered, "before": before}
    asked |= {"direction": None if ours else "inbound"}
    found = own.desk.mentions(order=order, limit=limit, **_filters(own, asked))
    if as_json:
        say_json(found)
    elif found:
        now = datetime.now(timezone.utc)
        columns = ("id", "age", "account", "kind", "who", "spread", "priority", "text")
        say_table(columns, (_line(mention, now) for mention in found))
    else:
        say("Nothing was heard that fits: socialdesk sync asks the platforms.")


def _filters(own: Context, asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, as :meth:`Desk.mentions` takes it. Raises ConfigError where a word is of no list."""
    from socialdesk import models

    filters = {name: value for name, value in asked.items() if value is not None}
    for name, words in (("kind", models.Kind), ("state", models.State), ("visibility", models.Visibility)):
        check_word(f"--{name}", filters.get(name), words)
    for name in filters.keys() & {"since", "until"}:
        filters[name] = read_moment(f"--{name}", filters[name])
    if "before" in filters:
        filters["before"] = find_mention(own, filters["before"]).public_id
    return filters


def _line(mention: Mention, now: datetime) -> tuple[object, ...]:
    counts = mention.metrics
    told = [count for count in (counts.reposts, counts.quotes) if count is not None]
    followers = f" ({mention.author.followers:,})" if mention.author.followers else ""
    who = f"@{mention.author.handle}{followers}" if mention.author.handle else mention.author.display_name
    what = mention.text if mention.state == "active" else f"[{mention.state}] {mention.text}"
    caught = f" · {', '.join(mention.matched_by)}" if mention.matched_by else ""
    return (
        mention.id.value if mention.id.kind == "post" else str(mention.id),
        ago(mention.created_at, now),
        mention.account,
        mention.kind + caught,
        who,
        f"{sum(told):,}" if told else "?",
        _urgency(mention.labels),
        what,
    )


def _urgency(labels: Labels) -> str:
    """How urgent it is, from 0 to 100, and why; "" where nobody judged it."""
    if labels.priority is None:
        return ""
    return " · ".join([f"{labels.priority * 100:.0f}", *labels.reasons[:3]])


def show(
    context: typer.Context,
    mention: Annotated[str, typer.Argument(metavar="ID", help="The id that socialdesk inbox shows.")],
    as_json: AsJson = False,
) -> None:
    """A mention with its conversation, what may be done with it, and our answers."""
    own: Context = context.obj
    found = find_mention(own, mention)
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
        for item in said.attachments:
            say(f"    [{item.kind}{f': {item.alt_text}' if item.alt_text else ''}] {item.url or ''}".rstrip())
        if said.labels.reasons:
            say(f"    priority {_urgency(said.labels)}")
    if conversation.linked:
        say(f"  goes on in {conversation.linked}")
    for receipt in conversation.receipts:
        say_receipt(receipt)
    say("What may be done:")
    for action in actions:
        until = f", until {clock(action.until)}" if action.until else ""
        reason = f" ({action.reason})" if action.reason else ""
        say(f"  {action.name}: {'yes' if action.allowed else 'no'}{until}{reason}")
