"""How people name things on the command line: mentions, and the words of a closed list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from socialdesk.errors import ConfigError

if TYPE_CHECKING:
    from socialdesk.cli.context import Context
    from socialdesk.models import Mention

__all__ = ["check_word", "find_mention"]


def find_mention(own: Context, name: str) -> Mention:
    """A mention by its id at the desk, its full id, or the id that the platform shows. Raises ConfigError."""
    platforms = dict.fromkeys(account.platform for account in own.desk.accounts())
    for candidate in (name, *(f"{platform}:post:{name}" for platform in platforms)):
        try:
            return own.desk.mention(candidate)
        except ConfigError:
            continue
    raise ConfigError(f"There is no mention {name!r} in the inbox. socialdesk inbox shows their ids.")


def check_word(option: str, word: str | None, words: Any) -> None:
    """Raises ConfigError where the word is not of the closed list."""
    if word is not None and word not in get_args(words):
        raise ConfigError(f"{option} {word!r} is not one of: {', '.join(get_args(words))}.")
