"""``socialdesk plugins``, ``sandbox`` and ``demo``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from socialdesk.cli.context import Context
from socialdesk.cli.output import say, say_json, say_table
from socialdesk.errors import ConfigError, PluginError

if TYPE_CHECKING:
    from socialdesk.registry import Plugin
    from socialdesk.testing.sandbox import Sandbox

AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


def add_to(app: typer.Typer) -> None:
    for name, command in (("plugins", plugins), ("sandbox", sandbox), ("demo", demo)):
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
    platform: Annotated[
        str, typer.Argument(metavar="PLATFORM", help="The platform, as socialdesk plugins lists it.")
    ],
    port: Annotated[int, typer.Option("--port", help="0 takes a free one.", min=0, max=65535)] = 0,
) -> None:
    """Serve a platform's sandbox on this machine. Its first line is one JSON object: address, account, credentials."""
    from socialdesk.testing.sandbox import serve

    own: Context = context.obj
    made = sandbox_of(own.registry.connector(platform))
    try:
        serve(made, port)
    except OSError as error:
        raise ConfigError(
            f"Port {port} cannot be used: {error.strerror}. Choose another, or 0 for a free one."
        ) from None


def sandbox_of(connector: type[Any]) -> Sandbox:
    """The sandbox of a plugin: the ``Sandbox`` with the connector's ``platform`` in the plugin's module ``sandbox``.

    Raises ConfigError where the plugin has none, PluginError where it cannot be loaded.
    """
    from socialdesk.testing.sandbox import Sandbox

    module_name = f"{connector.__module__.partition('.')[0]}.sandbox"
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name in (module_name, module_name.partition(".")[0]):
            raise ConfigError(_no_sandbox(connector.platform, module_name)) from None
        raise PluginError(f"{module_name} cannot be loaded: {error}.") from None
    for candidate in vars(module).values():
        if (
            isinstance(candidate, type)
            and issubclass(candidate, Sandbox)
            and getattr(candidate, "platform", None) == connector.platform
        ):
            return candidate()
    raise ConfigError(_no_sandbox(connector.platform, module_name))


def _no_sandbox(platform: str, module_name: str) -> str:
    return (
        f"The plugin for {platform} brings no sandbox: it would be a Sandbox with the platform {platform!r} in "
        f"{module_name}. Try the plugin against the platform itself, or ask its author for one."
    )


def demo(
    context: typer.Context,
    platform: Annotated[
        list[str] | None,
        typer.Option(
            "--platform", metavar="PLATFORM", help="Where it plays; by default on all that it is about."
        ),
    ] = None,
) -> int:
    """A story on platforms of your own machine: heard, shown, answered."""
    from socialdesk.cli.demo import play

    own: Context = context.obj
    return play(own.registry.platforms(), platform or ())
