"""Finding installed plugins, and turning a platform's name and settings into a connector.

A plugin is a distribution with an entry point in the group ``socialdesk``, named after its platform. It is imported
when that platform is asked for, and not before. An installed plugin runs with all the rights of the process: the
registry is no sandbox, it only chooses what is loaded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Any

import pluggy
from pydantic import ValidationError

from socialdesk import hookspecs
from socialdesk.connector import Connector, Profile, Settings
from socialdesk.errors import ConfigError, PluginError

__all__ = ["Plugin", "Registry"]

GROUP = "socialdesk"
HOOKS_GROUP = "socialdesk.hooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """An installed plugin. ``problem`` says why it cannot be used, None where it can (as far as was looked)."""

    platform: str
    distribution: str
    version: str
    connector: type[Connector[Any, Any]] | None = None
    problem: str | None = None


@dataclass
class Registry:
    """The plugins that may be used: all that are installed, or only those named in ``allow``."""

    allow: Iterable[str] | None = None
    extra: Iterable[type[Connector[Any, Any]]] = ()
    _manager: pluggy.PluginManager = field(init=False, repr=False)
    _loaded: dict[str, type[Connector[Any, Any]]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.allow = None if self.allow is None else frozenset(self.allow)
        self._manager = pluggy.PluginManager("socialdesk")
        self._manager.add_hookspecs(hookspecs)
        for connector in self.extra:
            self._loaded[connector.platform] = connector

    @property
    def hook(self) -> pluggy.HookRelay:
        """The hooks of every plugin that was loaded or registered."""
        return self._manager.hook

    def register(self, plugin: object, name: str | None = None) -> None:
        """Add hook implementations that are in no installed plugin, such as the helpdesk's own.

        Raises PluginError where one does not fit its specification.
        """
        try:
            _add(self._manager, plugin, name)
        except (pluggy.PluginValidationError, ValueError) as error:
            raise PluginError(f"{name or plugin!r}: {error}") from error

    def platforms(self) -> tuple[str, ...]:
        """The names that :meth:`connect` takes, sorted. Imports nothing."""
        return tuple(sorted({*self._loaded, *self._points()}))

    def plugins(self) -> tuple[Plugin, ...]:
        """Every installed plugin, loaded; a broken one is listed with its problem and does not stop the others."""
        return tuple(self._describe(name, points) for name, points in sorted(self._points().items()))

    def _describe(self, name: str, points: list[EntryPoint]) -> Plugin:
        known = Plugin(
            platform=name,
            distribution=" and ".join(sorted(_owner(point) for point in points)),
            version=" and ".join(sorted(_version(point) for point in points)),
        )
        try:
            connector = self.connector(name)
        except (PluginError, ConfigError) as error:
            return Plugin(
                platform=name, distribution=known.distribution, version=known.version, problem=str(error)
            )
        return Plugin(
            platform=name, distribution=known.distribution, version=known.version, connector=connector
        )

    def connector(self, platform: str) -> type[Connector[Any, Any]]:
        """The connector class of a platform, imported now if it was not before.

        Raises ConfigError where none or more than one is installed, PluginError where it is broken.
        """
        if platform in self._loaded:
            return self._loaded[platform]
        points = self._points().get(platform, [])
        if not points:
            raise ConfigError(self._unknown(platform))
        if len(points) > 1:
            owners = " and ".join(sorted(_owner(point) for point in points))
            raise ConfigError(
                f"Two plugins claim the platform {platform!r}: {owners}. Uninstall one of them."
            )
        connector = _load(platform, points[0], self._manager)
        self._loaded[platform] = connector
        return connector

    def _unknown(self, platform: str) -> str:
        if self.allow is not None and platform not in self.allow:
            return f"The platform {platform!r} is not among those allowed here."
        names = ", ".join(self.platforms()) or "none"
        return (
            f"No plugin for {platform!r} is installed. Installed: {names}. "
            f"Its distribution is probably called socialdesk-{platform}."
        )

    def _points(self) -> dict[str, list[EntryPoint]]:
        found: dict[str, list[EntryPoint]] = {}
        for point in _installed(GROUP, _places()):
            if self.allow is not None and point.name not in self.allow:
                continue
            same = found.setdefault(point.name, [])
            if all(
                _owner(point) != _owner(other) for other in same
            ):  # an editable install may be listed twice
                same.append(point)
        return found

    def load_hooks(self) -> tuple[str, ...]:
        """Load the plugins of group ``socialdesk.hooks``, which only enrich and watch; gives their problems."""
        problems: list[str] = []
        for point in _installed(HOOKS_GROUP, _places()):
            if self._manager.has_plugin(point.name) or (
                self.allow is not None and point.name not in self.allow
            ):
                continue
            try:
                self.register(point.load(), point.name)
            except Exception as error:  # a foreign module may raise anything while it is imported
                problems.append(f"{point.name} ({_owner(point)}): {type(error).__name__}: {error}")
        return tuple(problems)

    def connect(
        self,
        platform: str,
        settings: Mapping[str, Any] | Settings,
        app: Mapping[str, Any] | Settings | None = None,
        profile: Profile | None = None,
    ) -> Connector[Any, Any]:
        """A connector for one account. Asks the platform nothing yet.

        ``settings`` are the account's, ``app`` those that all accounts of one developer app share; where ``app`` is
        None, its settings may stand among the account's. Raises ConfigError with everything that is wrong.
        """
        kind = self.connector(platform)
        own, shared = (settings, app) if app is not None else self.divide(platform, settings)
        problems: list[str] = []
        config = _validated(kind.Config, own, problems)
        common = _validated(kind.App, shared, problems)
        if problems or config is None or common is None:
            raise ConfigError(f"The settings for {platform} do not fit.", problems=tuple(problems))
        return kind(config, common, profile)

    def divide(
        self, platform: str, settings: Mapping[str, Any] | Settings
    ) -> tuple[Mapping[str, Any] | Settings, Mapping[str, Any] | Settings]:
        """One flat set of settings as the account's and the app's: what only the app knows goes to the app."""
        if isinstance(settings, Settings):
            return settings, {}
        kind = self.connector(platform)
        shared = set(kind.App.model_fields) - set(kind.Config.model_fields)
        return (
            {name: value for name, value in settings.items() if name not in shared},
            {name: value for name, value in settings.items() if name in shared},
        )

    def validate(self, kind: type[Settings], settings: Mapping[str, Any] | Settings, what: str) -> Settings:
        """The settings as ``kind`` reads them. Raises ConfigError with everything that is wrong."""
        problems: list[str] = []
        checked = _validated(kind, settings, problems)
        if checked is None:
            raise ConfigError(f"{what} do not fit.", problems=tuple(problems))
        return checked


def _add(manager: pluggy.PluginManager, plugin: object, name: str | None) -> None:
    """Register a plugin with its hooks, or leave nothing of it behind."""
    before = set(map(id, manager.get_plugins()))
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except BaseException:
        if manager.is_registered(plugin) and id(plugin) not in before:
            manager.unregister(plugin)
        raise


@lru_cache(maxsize=8)
def _installed(group: str, places: tuple[tuple[str, int], ...]) -> EntryPoints:
    """What is installed in these places. Reading that takes longer than opening a desk, so it is read once."""
    del places
    return entry_points(group=group)


def _places() -> tuple[tuple[str, int], ...]:
    """Where distributions are looked for, and when something was installed there last, or removed."""
    return tuple((place, _changed(place or ".")) for place in sys.path)


def _changed(place: str) -> int:
    try:
        return os.stat(place).st_mtime_ns
    except OSError:
        return 0  # nothing is there


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value


def _version(point: EntryPoint) -> str:
    return point.dist.version if point.dist is not None else "unknown"


def _load(platform: str, point: EntryPoint, manager: pluggy.PluginManager) -> type[Connector[Any, Any]]:
    """Import the plugin and take the one connector class that is meant for this platform."""
    try:
        module = point.load()
        if not manager.is_registered(module):
            _add(manager, module, f"{_owner(point)}:{platform}")
        own = manager.subset_hook_caller(
            "socialdesk_connectors",
            remove_plugins=[plugin for plugin in manager.get_plugins() if plugin is not module],
        )
        connectors = [connector for several in own() for connector in several]
    except Exception as error:  # a foreign module may raise anything while it is imported
        raise PluginError(
            f"The plugin for {platform!r} ({_owner(point)} {_version(point)}) cannot be loaded: "
            f"{type(error).__name__}: {error}"
        ) from error
    fitting = [connector for connector in connectors if getattr(connector, "platform", None) == platform]
    if len(fitting) != 1:
        raise PluginError(
            f"The plugin for {platform!r} ({_owner(point)}) must offer exactly one connector with "
            f"platform = {platform!r} from socialdesk_connectors(); it offers {len(fitting)}."
        )
    connector: type[Connector[Any, Any]] = fitting[0]
    return connector


def _validated(
    kind: type[Settings], settings: Mapping[str, Any] | Settings, problems: list[str]
) -> Settings | None:
    if isinstance(settings, kind):
        return settings
    try:
        return kind.model_validate(dict(settings))
    except ValidationError as error:
        # `input` is left out on purpose: a value may be a secret.
        for detail in error.errors(include_input=False, include_url=False, include_context=False):
            name = ".".join(str(step) for step in detail["loc"]) or "settings"
            hint = f" (known: {', '.join(kind.model_fields)})" if detail["type"] == "extra_forbidden" else ""
            problems.append(f"{name}: {detail['msg']}{hint}")
        return None
