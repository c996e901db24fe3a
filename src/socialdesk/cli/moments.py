"""Moments as people type them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from socialdesk.errors import ConfigError

__all__ = ["read_moment"]

_SPAN = re.compile(r"(\d{1,6})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def read_moment(option: str, text: str) -> datetime:
    """A time, UTC where it names no zone, or a span that ends now. Raises ConfigError where the text is neither."""
    span = _SPAN.fullmatch(text)
    try:
        if span:
            return datetime.now(timezone.utc) - timedelta(**{_UNITS[span[2]]: int(span[1])})
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"{option} {text!r} is no moment: give a span such as 7d, 12h or 30m, or a time such as 2026-11-20T09:00Z."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
