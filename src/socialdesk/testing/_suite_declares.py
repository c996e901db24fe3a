"""Checks of what a connector declares: its name, settings, streams, limits and abilities, and its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from socialdesk.connector import Capabilities, Connector, Limit, Settings, Standing, Stream
from socialdesk.errors import ConfigError
from socialdesk.models import Action
from socialdesk.testing._suite_bench import Bench, demand, demand_none
from socialdesk.testing._suite_source import impurities, modules_of

MODERATION = frozenset({"hide", "unhide", "delete", "like", "unlike", "block", "edit"})
CANARY = "canary-5b1d0e7c"

_SECRET = re.compile(r"(?:^|_)(?:token|secret|password|passwd|api_?key|private_?key)$")


def overrides(connector: type[Connector[Any, Any]], method: str) -> bool:
    """Whether the plugin wrote this method itself."""
    return getattr(connector, method) is not getattr(Connector, method)


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting is declared as a secret."""
    kinds = {field.annotation, *get_args(field.annotation)}
    return SecretStr in kinds


def secret_names(connector: type[Connector[Any, Any]]) -> list[str]:
    """The settings that are declared as secrets, the account's and the app's."""
    fields = {**connector.App.model_fields, **connector.Config.model_fields}
    return [name for name, field in fields.items() if is_secret(field)]


class Declares(Bench):
    """What holds before anything is asked of the platform."""

    def test_names_its_platform_settings_and_streams(self) -> None:
        kind = self.connector
        platform = getattr(kind, "platform", None)
        demand(
            isinstance(platform, str) and re.fullmatch(r"[a-z][a-z0-9_]*", platform),
            f'{kind.__name__}.platform is {platform!r}: set platform = "..." in small letters, as in the entry point.',
        )
        config = getattr(kind, "Config", None)
        demand(
            isinstance(config, type) and issubclass(config, Settings),
            f"{kind.__name__}.Config must be a subclass of socialdesk.connector.Settings.",
        )
        streams: Any = kind.streams
        demand(streams, f"{kind.__name__}.streams is empty: name at least one Stream.")
        demand(
            all(isinstance(stream, Stream) and stream.walks for stream in streams),
            f"{kind.__name__}.streams must be a tuple of Stream, each with at least one walk.",
        )
        names = [stream.name for stream in streams]
        demand(len(set(names)) == len(names), f"{kind.__name__}.streams: two streams have one name: {names}.")
        for method in ("fetch", "parse", "send"):
            demand(
                overrides(kind, method),
                f"{kind.__name__} does not define {method}(), which every connector must.",
            )

    def test_refuses_an_unknown_setting(self) -> None:
        self.connect()
        try:
            self.connect({"a_setting_that_is_none": CANARY})
        except ConfigError as error:
            demand(
                "a_setting_that_is_none" in str(error), "ConfigError must name the setting that is not known."
            )
            demand(CANARY not in str(error), "ConfigError shows a setting's value, which may be a secret.")
            return
        demand(
            False,
            'An unknown setting is taken: keep extra="forbid" of socialdesk.connector.Settings in Config.',
        )

    def test_a_wrong_setting_is_named_and_its_value_is_not_shown(self) -> None:
        fields = {**self.connector.App.model_fields, **self.connector.Config.model_fields}
        for name in fields:
            try:
                self.connect({name: {"wrong": CANARY}})
            except ConfigError as error:
                demand(
                    CANARY not in str(error),
                    f"ConfigError for {name} shows the value, which may be a secret.",
                )
                demand(name in str(error), f"ConfigError for {name} does not name it: list it in `problems`.")

    def test_secrets_are_declared_as_secrets(self) -> None:
        fields = {**self.connector.App.model_fields, **self.connector.Config.model_fields}
        demand_none(
            f"{name} looks like a secret: declare it as pydantic's SecretStr, which no repr or log shows."
            for name, field in fields.items()
            if _SECRET.search(name) and not is_secret(field)
        )

    def test_no_repr_shows_a_secret(self) -> None:
        connector, secrets = self.with_canaries()
        shown = {
            "repr(connector)": repr(connector),
            "str(connector)": str(connector),
            "repr(connector.config)": repr(connector.config),
            "repr(connector.app)": repr(connector.app),
        }
        demand_none(leaks(shown, secrets))

    def test_base_url_can_be_changed(self) -> None:
        field = self.connector.Config.model_fields.get("base_url")
        demand(
            field,
            "Config has no base_url: add it, so that a sandbox or a proxy can stand in for the platform.",
        )
        default = field.default if field is not None else None
        demand(
            not isinstance(default, str) or default.startswith("https://"),
            f"Config.base_url is {default!r} by default: it must begin with https://, credentials are sent to it.",
        )

    def test_limits_are_declared_once_each(self) -> None:
        limits: Any = self.connect().limits
        demand(
            all(isinstance(limit, Limit) and limit.amount > 0 for limit in limits),
            "limits must be a tuple of Limit with an amount above 0.",
        )
        buckets = [limit.bucket for limit in limits]
        demand(len(set(buckets)) == len(buckets), f"limits: a bucket is declared twice: {sorted(buckets)}.")

    def test_abilities_fit_the_methods(self) -> None:
        kind, stated = self.connector, self.connect().capabilities
        demand(isinstance(stated, Capabilities), "capabilities must be a Capabilities.")
        able = stated.abilities
        pairs = [
            ("lookup" in able, overrides(kind, "lookup"), '"lookup" among the abilities', "lookup()"),
            (
                bool(MODERATION & able),
                overrides(kind, "moderate"),
                f"one of {sorted(MODERATION)}",
                "moderate()",
            ),
            (
                any(stream.name == "search" for stream in kind.streams),
                overrides(kind, "queries"),
                'a stream "search"',
                "queries()",
            ),
        ]
        problems = [
            f"{said} is declared but {method} is not defined: define it, or declare less."
            if declared
            else f"{method} is defined but {said} is not declared: nobody would call it."
            for declared, defined, said, method in pairs
            if declared != defined
        ]
        if stated.settle in ("readback", "client_id") and not overrides(kind, "find_sent"):
            problems.append(f'settle = "{stated.settle}" needs find_sent(): define it, or settle = "none".')
        if stated.settle == "none" and overrides(kind, "find_sent"):
            problems.append('find_sent() is defined but settle is "none": nobody would call it.')
        if "reply" not in able:
            problems.append('"reply" is not among the abilities, though send() is required: add it.')
        if stated.lookup_batch < 1 or stated.grace.total_seconds() < 0:
            problems.append("lookup_batch must be 1 or more, and grace not negative.")
        demand_none(problems)

    def test_actions_can_be_asked_at_any_time(self) -> None:
        connector = self.connect()
        for target in (None, self.target()):
            standing = Standing(now=self.material.now, target=target)
            actions = connector.actions(standing)
            demand(
                all(isinstance(action, Action) for action in actions),
                "actions() must give Action values, also where standing.target is None.",
            )
            demand(connector.actions(standing) == actions, "actions() must depend on its argument alone.")

    def test_the_source_does_no_io(self) -> None:
        files = modules_of(self.connector)
        demand_none(
            f"{file.name}:{line} {problem}."
            for file in files
            for line, problem in impurities(file.read_text("utf-8"))
        )

    def with_canaries(self) -> tuple[Connector[Any, Any], list[str]]:
        """The connector with secrets that can be recognized, and those secrets."""
        given = self.material.settings
        secrets: dict[str, Any] = {}
        for name in secret_names(self.connector):
            if given.get(name):
                changed = {**secrets, name: f"{name}-{CANARY}"}
                try:
                    self.connect(changed)
                except ConfigError:  # it must have a form of its own: the one given has it
                    changed[name] = _plain(given[name])
                secrets = changed
        values = [value for value in secrets.values() if len(value) >= 8]
        return self.connect(secrets), values


def _plain(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def leaks(shown: Mapping[str, str], secrets: list[str]) -> Iterator[str]:
    """Where a secret stands in what is shown."""
    for place, text in shown.items():
        if any(secret in text for secret in secrets):
            yield f"{place} shows a secret: keep secrets in SecretStr, and in headers of requests only."
