"""``socialdesk plugins``, ``sandbox``, ``demo`` and ``doctor``."""

from __future__ import annotations

import platform as machine
import sys
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import clock, say, say_json, say_table
from socialdesk.errors import ConfigError, SocialdeskError

if TYPE_CHECKING:
    from socialdesk.registry import Plugin
    from socialdesk.testing.sandbox import Sandbox

AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


def add_to(app: typer.Typer) -> None:
    for name, command in (("plugins", plugins), ("sandbox", sandbox), ("demo", demo), ("doctor", doctor)):
        app.command(name)(command)


def plugins(context: typer.Context, as_json: AsJson = False) -> int:
    """The installed plugins and what they can do. Exit code 1 where one is broken."""
    own: Context = context.obj
    found = own.registry.plugins()
    if as_json:
        say_json([_plugin_json(plugin) for plugin in found])
    elif not found:
        say("No plugin is installed. Each platform is one: pip install socialdesk-PLATFORM")
    else:
        say_table(
            ("platform", "plugin", "hears", "can", "problem"),
            (
                (
                    plugin.platform,
                    f"{plugin.distribution} {plugin.version}",
                    ", ".join(_streams(plugin)),
                    ", ".join(_abilities(plugin)),
                    plugin.problem,
                )
                for plugin in found
            ),
        )
    return 1 if any(plugin.problem for plugin in found) else 0


def _plugin_json(plugin: Plugin) -> dict[str, Any]:
    return {
        "platform": plugin.platform,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "streams": _streams(plugin),
        "abilities": _abilities(plugin),
        "problem": plugin.problem,
    }


def _streams(plugin: Plugin) -> list[str]:
    return [stream.name for stream in plugin.connector.streams] if plugin.connector is not None else []


def _abilities(plugin: Plugin) -> list[str]:
    """What the platform offers at most; an account's credentials may allow less."""
    if plugin.connector is None:
        return []
    from socialdesk.connector import Connector

    methods = {"lookup": "lookup", "moderate": "moderate", "find_sent": "find sent", "queries": "search"}
    own = [
        word
        for method, word in methods.items()
        if getattr(plugin.connector, method) is not getattr(Connector, method)
    ]
    return sorted(["reply", *own])


def sandbox(
    context: typer.Context,
    platform: str,
    port: Annotated[int, typer.Option("--port", help="0 takes a free one.", min=0, max=65535)] = 0,
) -> None:
    """Serve a platform's sandbox on this machine. Its first line is one JSON object: address, account, credentials."""
    from socialdesk.testing.sandbox import serve

    own: Context = context.obj
    made = _sandbox_of(own.registry.connector(platform))
    try:
        serve(made, port)
    except OSError as error:
        raise ConfigError(
            f"Port {port} cannot be used: {error.strerror}. Choose another, or 0 for a free one."
        ) from None


def _sandbox_of(connector: type[Any]) -> Sandbox:
    """The sandbox in the plugin's module ``sandbox``, by the connector's platform. Raises ConfigError without one."""
    from socialdesk.testing.sandbox import Sandbox

    module_name = f"{connector.__module__.partition('.')[0]}.sandbox"
    try:
        module = import_module(module_name)
    except ModuleNotFoundError:
        raise ConfigError(
            f"The plugin for {connector.platform} has no sandbox (no module {module_name})."
        ) from None
    for candidate in vars(module).values():
        if (
            isinstance(candidate, type)
            and issubclass(candidate, Sandbox)
            and candidate.platform == connector.platform
        ):
            return candidate()
    raise ConfigError(f"{module_name} has no Sandbox whose platform is {connector.platform!r}.")


def demo() -> int:
    """A story on a platform of your own machine: heard, shown, answered."""
    from socialdesk.cli.demo import play

    return play()


def doctor(
    context: typer.Context,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make a new secret key, and do nothing else.")
    ] = False,
) -> int:
    """See what is well and what is not. Exit code 1 where something is not."""
    if new_key:
        from socialdesk.desk.vault import new_key as make

        typer.echo(make())
        return 0
    own: Context = context.obj
    well = True
    say(f"socialdesk {version('socialdesk')}, Python {machine.python_version()}, {sys.platform}")
    for plugin in own.registry.plugins():
        well = well and plugin.problem is None
        say(f"plugin {plugin.platform}: {plugin.distribution} {plugin.version}, {plugin.problem or 'well'}")
    try:
        counts = own.desk.counts()
        accounts = own.desk.accounts()
    except SocialdeskError as error:
        say(f"database {own.db}: {error}")
        return 1
    say(f"database {own.db}: well, {len(accounts)} accounts")
    for account in accounts:
        well = well and account.state == "active"
        told = counts.get(account.name, {})
        problem = f", {account.problem}" if account.problem else ""
        say(f"account {account.name} ({account.platform}): {account.state}{problem}")
        heard = ", ".join(f"{number} {what}" for what, number in sorted(told.items()))
        say(f"  {heard or 'nothing heard or said yet'}")
        well = well and not (told.get("quarantine") or told.get("needs_human"))
    for receipt in own.desk.receipts(state="needs_human"):
        say(
            f"needs a person: {receipt.key} of {clock(receipt.created_at)}; socialdesk outbox settle {receipt.key}"
        )
    return 0 if well else 1
