"""Moments as Facebook writes them: in the Graph API without a colon in the offset, in deliveries as numbers."""

from __future__ import annotations

from datetime import datetime, timezone

from .problems import Refused

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def stamp(moment: datetime) -> str:
    """``2026-11-20T09:00:00+0000``."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+0000")


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def moment(text: str, name: str) -> datetime:
    """A moment given as seconds since 1970 or as a date. Raises Refused on anything else that PHP's strtotime might
    still have understood."""
    try:
        if text.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(text), timezone.utc)
        read = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
    except (ValueError, OverflowError, OSError):
        raise Refused.param(f"Param {name} must be a valid unix timestamp or date") from None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)
