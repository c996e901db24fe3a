"""Whether tokens that a renewal gave can be kept and used: where not, those before them stay. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from socialdesk.auth import Tokens
from socialdesk.errors import PluginError, Unavailable

__all__ = ["sound"]


def sound(fresh: Any, before: Tokens | None, platform: str) -> Tokens:
    """The tokens to keep. What else the answer told and nobody can use, such as an end that is no time, is left out;
    in place of a refresh token that is none, the one before goes on.

    Raises Unavailable where the access token is none that a header can hold: the answer was cut or garbled, and tokens
    that stand are not given up for it.
    """
    if not isinstance(fresh, Tokens):
        raise PluginError(f"{platform}: refresh() returned {type(fresh).__name__}, not Tokens.")
    if not _is_token(fresh.access):
        raise Unavailable("The answer to a renewal holds no access token that can be used.", scope="account")
    held = None if before is None else before.refresh
    return replace(
        fresh,
        refresh=fresh.refresh if _is_token(fresh.refresh) else held,
        expires_at=_time(fresh.expires_at),
        refresh_by=_time(fresh.refresh_by),
        extra={str(name): text for name, text in fresh.extra.items() if _is_text(text)},
    )


def _is_token(value: Any) -> bool:
    """Printable ASCII without spaces (RFC 6750, 2.1, and what platforms give in fact)."""
    return _is_text(value) and value != "" and value.isascii() and value.isprintable() and " " not in value


def _is_text(value: Any) -> bool:
    """Whether a value is a text that can be stored: half a character cannot."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _time(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo is not None else None
