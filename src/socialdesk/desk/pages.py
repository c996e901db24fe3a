"""How to poll, one page on its way into the tables, and what it changed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, overload

from socialdesk._engine.coverage import Covered, Filled
from socialdesk._engine.ingest import Read, Unread
from socialdesk._engine.leasing import Spending
from socialdesk._engine.limits import Budget, Key, Lane
from socialdesk._engine.pacing import Pace
from socialdesk.auth import Stamp
from socialdesk.connector import Notice, Topic
from socialdesk.desk.enriching import Enrich
from socialdesk.desk.publishing import Publish
from socialdesk.desk.readings import Look
from socialdesk.desk.rows import event_of
from socialdesk.desk.workplace import Workshop
from socialdesk.models import Event

__all__ = ["Events", "Filling", "PageRecord", "Poll", "Stored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What a backfill asks for, and how far a page brings it: ``reached`` is the moment that it has come to, ``done``
    that nothing is left, ``problem`` why that is less than was asked for."""

    since: datetime
    until: datetime | None = None
    reached: datetime | None = None
    done: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """One page, to be stored in one transaction together with the cursor behind it.

    ``stamp`` gives the ids. ``looked`` are the mentions that were looked at again, ``watches`` says that new ones shall
    be. ``found`` are topics that the page told of, ``walked`` is the one that it belongs to. ``release`` gives the
    listing back, ``next_at`` says when it is polled again, ``pace`` how that follows from what is new. ``begun`` is
    when the walk asked for its first page, ``ended`` whether this page is its last one, ``walking`` what is to be kept
    of it until it is whole, ``covered`` what it proves once it is, ``filled`` what a backfill does. ``resolved`` names
    items that lay aside and could be read now. ``strange`` says that no walk goes on behind what cannot be read of this
    page. ``filling`` makes it a page of a backfill, and ``heard_from`` is when hearing began, of a page that goes back
    further.
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
    found: Sequence[Topic] = ()
    walked: Topic | None = None
    spending: Spending = field(default_factory=Spending)
    plugin_version: str = ""
    looked: Sequence[Look] = ()
    watches: bool = False
    heard_from: datetime | None = None
    filling: Filling | None = None
    resolved: Sequence[str] = ()
    strange: bool = False
    release: bool = True
    next_at: datetime | None = None
    begun: datetime | None = None
    ended: bool = True
    pace: Pace | None = None
    walking: str | None = None
    covered: Covered | None = None
    filled: Filled | None = None


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
    stored all the same, and the other one's position stands. ``budgets`` is how those stand that were spent,
    and ``next_at`` when the listing is polled again."""

    new: int
    changed: int
    known: int
    set_aside: int
    events: Events
    kept_cursor: bool
    budgets: Mapping[Key, Budget] = field(default_factory=dict)
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Poll:
    """How to poll: for which owner, whether only what is due, and what to tell of. ``until`` is when others have their
    turn, after the page that is under way then."""

    workshop: Workshop
    owner: str
    alive: Callable[[str | None], bool]
    due_only: bool = False
    interval: timedelta = timedelta(seconds=60)
    until: datetime | None = None
    lane: Lane = "poll"
    enrich: Enrich | None = None
    publish: Publish | None = None
    false_alarm: timedelta | None = None
