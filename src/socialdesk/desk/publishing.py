"""Telling the listeners of what was stored, off the event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from socialdesk._engine.effects import Work
from socialdesk.models import Event

__all__ = ["Publish", "publish"]

Publish: TypeAlias = Callable[[Sequence[Event]], None]
"""Tells events to those who listen."""


async def publish(events: Sequence[Event], tell: Publish | None) -> None:
    """Hand events that are committed to who tells of them, where there are both."""
    if events and tell is not None:
        await Work(partial(tell, events))
