"""Bluesky for socialdesk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialdesk.hookspecs import hookimpl

if TYPE_CHECKING:
    from socialdesk.connector import Connector

__all__ = ["socialdesk_connectors"]


@hookimpl
def socialdesk_connectors() -> list[type[Connector[Any, Any]]]:
    """The one connector of this plugin."""
    from socialdesk_bluesky.connector import BlueskyConnector

    return [BlueskyConnector]
