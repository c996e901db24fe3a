"""One page on its way into the tables, and what it changed there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from socialdesk._engine.ingest import Read, Unread
from socialdesk._engine.limits import Spending
from socialdesk.auth import Stamp
from socialdesk.connector import Notice
from socialdesk.models import Event

__all__ = ["PageRecord", "Stored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """One page, to be stored in one transaction together with the cursor behind it.

    ``stamp`` gives the ids. ``release`` gives the listing back, ``next_at`` says when it is polled again.
    """

    account_id: str
    stream: str
    topic: str
    owner: str
    epoch: int
    cursor: str
    stamp: Stamp
    via: str
    read: Sequence[Read] = ()
    unread: Sequence[Unread] = ()
    notices: Sequence[Notice] = ()
    spending: Spending = field(default_factory=Spending)
    plugin_version: str = ""
    release: bool = True
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What a page changed. ``kept_cursor`` is False where another run had taken the listing over: what was heard is
    stored all the same, and the other one's position stands."""

    new: int
    changed: int
    known: int
    set_aside: int
    events: tuple[Event, ...]
    kept_cursor: bool
