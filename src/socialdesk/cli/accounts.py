"""``socialdesk app`` and ``socialdesk account``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.moments import read_moment
from socialdesk.cli.output import clock, say, say_json, say_table
from socialdesk.cli.secrets import Sources, gather
from socialdesk.errors import ConfigError

if TYPE_CHECKING:
    from socialdesk.models import Rule

apps = typer.Typer(
    no_args_is_help=True, help="What accounts of one developer app share.", rich_markup_mode=None
)
accounts = typer.Typer(
    no_args_is_help=True, help="The accounts that the desk hears and answers for.", rich_markup_mode=None
)

Platform = Annotated[
    str, typer.Argument(metavar="PLATFORM", help="The platform, as socialdesk plugins lists it.")
]
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A name of your choice, by which it is called here.")
]
Price = Annotated[
    list[str] | None,
    typer.Option(
        "--price", metavar="UNIT=PRICE", help="What a unit costs that the platform bills, as post_read=0.005."
    ),
]
Known = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="A setting that is no secret.", metavar="NAME=VALUE")
]
File = Annotated[
    str | None, typer.Option("--settings", help="A JSON file with settings; - reads standard input.")
]
Keyring = Annotated[
    str | None,
    typer.Option("--from-keyring", help="Take secrets from this service of the keyring.", metavar="SERVICE"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(apps, name="app")
    app.add_typer(accounts, name="account")


@apps.command("add")
def add_app(
    context: typer.Context,
    platform: Platform,
    name: Name,
    set_: Set = None,
    settings: File = None,
    keyring: Keyring = None,
) -> None:
    """Add a developer app, or give one of this name new settings."""
    own: Context = context.obj
    kind = own.registry.connector(platform)
    given = gather(platform, [kind.App], Sources(set_ or (), settings, keyring))
    own.desk.app(platform, name=name, settings=given)
    say(f"The {platform} app {name} is kept. Use it: socialdesk account add {platform} NAME --app {name}")


@apps.command("list")
def list_apps(context: typer.Context, as_json: AsJson = False) -> None:
    """The developer apps."""
    own: Context = context.obj
    found = own.desk.apps()
    if as_json:
        say_json([{"platform": platform, "name": name} for platform, name in found])
    elif found:
        say_table(("platform", "name"), found)
    else:
        say("There is no app. Where a platform needs one, its settings may stand among the account's.")


@accounts.command("add")
def add_account(
    context: typer.Context,
    platform: Platform,
    name: Name,
    set_: Set = None,
    settings: File = None,
    keyring: Keyring = None,
    app: Annotated[str | None, typer.Option("--app", help="The developer app, by name.")] = None,
    tenant: Annotated[
        str, typer.Option("--tenant", help="Whose account it is, where several share the desk.")
    ] = "",
    listen: Annotated[
        list[str] | None,
        typer.Option("--listen", help="A phrase to hear also where it is not addressed to you."),
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", help="A search rule as JSON, as in the reference of Rule.")
    ] = None,
    price: Price = None,
    since: Annotated[
        str, typer.Option("--since", help="Hear from here on: now, all, a time, or a span such as 7d or 12h.")
    ] = "now",
) -> None:
    """Add an account, or give one of this name new settings."""
    own: Context = context.obj
    kind = own.registry.connector(platform)
    kinds = [kind.Config] if app is not None else [kind.Config, kind.App]
    given = gather(platform, kinds, Sources(set_ or (), settings, keyring))
    options: dict[str, Any] = {"rules": _rules(listen or (), rule or ()), "tenant": tenant}
    if price:
        options["prices"] = _prices(price)
    if since != "now":
        options["hear_from"] = None if since == "all" else read_moment("--since", since)
    own.desk.connect(platform, name=name, settings=given, app=app, **options)
    say(f"The account {name} is kept. See that it works: socialdesk account check {name}")


def _prices(texts: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        unit, sign, value = text.partition("=")
        if not (unit and sign and value):
            raise ConfigError(f"--price {text}: give UNIT=PRICE, as post_read=0.005.")
        found[unit] = value
    return found


def _rules(phrases: list[str] | tuple[()], rules: list[str] | tuple[()]) -> list[Rule]:
    from pydantic import ValidationError

    from socialdesk.models import Rule

    found: list[Rule] = []
    for phrase in phrases:
        name = re.sub(r"\W+", "-", phrase.casefold()).strip("-")[:64] or "rule"
        found.append(Rule(name=name, phrase=phrase))
    for text in rules:
        try:
            found.append(Rule.model_validate_json(text))
        except ValidationError as error:
            raise ConfigError(
                "--rule cannot be read.",
                problems=tuple(
                    f"{'.'.join(map(str, wrong['loc'])) or 'the whole'}: {wrong['msg']}"
                    for wrong in error.errors()
                ),
            ) from None
    return found


@accounts.command("subscribe")
def subscribe_account(
    context: typer.Context,
    name: Known,
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help="Where your helpdesk hands deliveries to the desk: it must be served."
        ),
    ],
) -> None:
    """Have the platform deliver to your webhook; polling goes on as the safety net."""
    own: Context = context.obj
    push = own.desk.subscribe(name, url)
    until = f"; it is renewed on {clock(push.renew_at)} by sync --watch" if push.renew_at else ""
    say(f"The platform delivers to {push.url}{until}")


@accounts.command("list")
def list_accounts(context: typer.Context, as_json: AsJson = False) -> None:
    """The accounts, and how they are."""
    own: Context = context.obj
    found = own.desk.accounts()
    if as_json:
        say_json([_account_json(account) for account in found])
    elif found:
        say_table(
            ("name", "platform", "tenant", "handle", "hearing", "answering", "listens for", "problem"),
            (
                (
                    account.name,
                    account.platform,
                    account.tenant,
                    account.handle,
                    account.health.inbound,
                    account.health.outbound,
                    ", ".join(rule.name for rule in account.rules),
                    account.health.text or None,
                )
                for account in found
            ),
        )
    else:
        say("There is no account yet: socialdesk account add PLATFORM NAME")


def _account_json(account: Any) -> dict[str, Any]:
    fields = ("id", "name", "platform", "tenant", "handle", "settings")
    return {
        **{name: getattr(account, name) for name in fields},
        "health": account.health.model_dump(mode="json"),
        "rules": [rule.name for rule in account.rules],
    }


@accounts.command("check")
def check_account(context: typer.Context, name: Known) -> None:
    """Ask the platform who the account is, and see that its credentials work."""
    own: Context = context.obj
    account = own.desk.check(name)
    say(f"{name} is @{account.handle or '?'} on {account.platform}, and its credentials work.")


@accounts.command("remove")
def remove_account(
    context: typer.Context,
    name: Known,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget an account with its credentials. What it heard and said stays."""
    own: Context = context.obj
    own.desk.account(name)
    if not yes:
        typer.confirm(f"Forget the account {name} and its credentials?", abort=True)
    own.desk.remove(name)
    say(f"The account {name} is forgotten.")
