"""``socialdesk budget``: what is left of every limit, who spent it, and when what waits will go."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import clock, say, say_json, say_table

if TYPE_CHECKING:
    from socialdesk.desk.reports import BudgetReport, LimitReport

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("budget")(budget)


def budget(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="One account; all, if not said.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON.")] = False,
) -> None:
    """What is left of every limit, who spent it in its present window, and when what waits will go.

    Limits are those that platforms publish, as their own answers corrected them. "kept" is what only replies may spend,
    "leased" what workers have taken and not used yet.
    """
    own: Context = context.obj
    report = own.desk.budget(account)
    if as_json:
        say_json(asdict(report))
        return
    if report.limits:
        head = ("platform", "shared by", "limit", "left", "leased", "kept", "until", "spent by")
        say_table(head, [_row(limit) for limit in report.limits])
    else:
        say("No limit is known yet: nothing was asked of any platform that has one.")
    _say_rest(report)


def _row(limit: LimitReport) -> tuple[str, ...]:
    shared = limit.shared_by if limit.shared_by != "account" else ", ".join(limit.accounts)
    left = "?" if limit.remaining is None else f"{limit.remaining:,}"
    whole = "?" if limit.limit is None else f"{limit.limit:,}"
    until = "-" if limit.resets_at is None else clock(limit.resets_at)
    if limit.blocked_until is not None:
        until = f"blocked until {clock(limit.blocked_until)}"
    spent = ", ".join(f"{each.account or 'others'} {each.lane} {each.amount:,}" for each in limit.spent)
    return (
        limit.platform,
        shared,
        f"{limit.bucket} {whole}",
        left,
        f"{limit.leased:,}",
        f"{limit.reserve:,}",
        until,
        spent or "-",
    )


def _say_rest(report: BudgetReport) -> None:
    for limit in report.limits:
        if limit.blocked_until is not None and limit.why:
            say(f"{limit.platform} {limit.bucket}: {limit.why}")
    for breaker in report.breakers:
        again = "soon" if breaker.probe_at is None else f"at {clock(breaker.probe_at)}"
        say(f"{breaker.host} does not answer ({breaker.problem}); it is tried again {again}.")
    if report.waiting:
        say()
        rows = [
            (
                each.account,
                each.what,
                each.name,
                "as soon as may be" if each.again_at is None else clock(each.again_at),
                each.why or "-",
            )
            for each in report.waiting
        ]
        say_table(("account", "waits", "which", "until", "why"), rows)
