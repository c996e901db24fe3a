"""Settings from the command line: what is no secret as ``name=value``, what is one from elsewhere.

A secret never stands on the command line, where every process of the machine can read it. It comes from a file or
standard input, from the environment (``SOCIALDESK_TWITTER_BEARER_TOKEN``), from the keyring, or from a hidden prompt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import orjson
import typer

from socialdesk.errors import ConfigError

if TYPE_CHECKING:
    from socialdesk.connector import Settings

__all__ = ["Sources", "gather"]


@dataclass(frozen=True)
class Sources:
    """Where settings come from: ``file`` is a path or ``-``, ``keyring`` a service's name."""

    pairs: Sequence[str] = ()
    file: str | None = None
    keyring: str | None = None


def gather(platform: str, kinds: Sequence[type[Settings]], sources: Sources) -> dict[str, Any]:
    """The settings of these kinds, from every source; what was given by name wins.

    Raises ConfigError where a source cannot be read, or a secret stands on the command line.
    """
    secrets = [name for kind in kinds for name in _secrets_of(kind)]
    known = [name for kind in kinds for name in kind.model_fields]
    settings: dict[str, Any] = _from_environment(platform, known)
    if sources.keyring is not None:
        settings |= _from_keyring(sources.keyring, secrets)
    if sources.file is not None:
        settings |= _from_file(sources.file)
    settings |= _from_pairs(sources.pairs, secrets)
    if sources.file is None and sys.stdin.isatty():
        for name in secrets:
            if name not in settings:
                answer = typer.prompt(
                    f"{name} (hidden; Enter to leave it out)", default="", hide_input=True, show_default=False
                )
                if answer:
                    settings[name] = answer
    return settings


def _secrets_of(kind: type[Settings]) -> list[str]:
    from pydantic import SecretStr

    return [
        name
        for name, field in kind.model_fields.items()
        if field.annotation is SecretStr or SecretStr in get_args(field.annotation)
    ]


def _from_environment(platform: str, names: Sequence[str]) -> dict[str, Any]:
    prefix = f"SOCIALDESK_{platform.upper()}_"
    return {name: os.environ[prefix + name.upper()] for name in names if prefix + name.upper() in os.environ}


def _from_keyring(service: str, names: Sequence[str]) -> dict[str, Any]:
    try:
        import keyring
    except ImportError:
        raise ConfigError("The keyring is not installed: pip install 'socialdesk[keyring]'.") from None
    found = {name: keyring.get_password(service, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _from_file(name: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"The settings file {name} cannot be read: {error.strerror}.") from None
    try:
        settings = orjson.loads(text)
    except orjson.JSONDecodeError:
        settings = None
    if not isinstance(settings, Mapping):
        raise ConfigError(f'The settings in {name} must be one JSON object, such as {{"handle": "acme"}}.')
    return dict(settings)


def _from_pairs(pairs: Sequence[str], secrets: Sequence[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"--set takes name=value; {name!r} has no value.")
        if name in secrets:
            raise ConfigError(
                f"{name} is a secret and must not stand on the command line, where others can read it. "
                "Leave it out to be asked for it, or give it by --settings -, the environment or the keyring."
            )
        settings[name] = value
    return settings
