"""One page on its way into the tables, and what it changed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, overload

from socialdesk._engine.ingest import Read, Unread
from socialdesk._engine.limits import Budget, Key
from socialdesk.auth import Stamp
from socialdesk.connector import Notice
from socialdesk.desk.rows import event_of
from socialdesk.models import Event

__all__ = ["Events", "PageRecord", "Stored"]


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
    budgets: Mapping[Key, Budget] = field(default_factory=dict)
    plugin_version: str = ""
    release: bool = True
    next_at: datetime | None = None


class Events(Sequence[Event]):
    """Events by their rows in the table: each is made a value when somebody looks at it."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | slice) -> Event | Events:
        if isinstance(index, slice):
            return Events(self._rows[index])
        return event_of(self._rows[index])

    def __len__(self) -> int:
        return len(self._rows)


@dataclass(frozen=True, slots=True)
class Stored:
    """What a page changed. ``kept_cursor`` is False where another run had taken the listing over: what was heard is
    stored all the same, and the other one's position stands."""

    new: int
    changed: int
    known: int
    set_aside: int
    events: Events
    kept_cursor: bool
