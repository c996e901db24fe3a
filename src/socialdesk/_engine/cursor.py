"""Where we are in a listing, and how one page moves us on. Pure.

The position that is committed is an id or a time, never a page token. A walk that is cut off between pages is taken
up again below the last page that was stored, so that nothing between is lost and nothing is read twice in vain.

What a platform shows late stands below the position. Every tenth walk is a sweep: it begins at a position from before
the last sweep, by as much as items may be late. Positions mean nothing to us, so that some of those that were committed
are kept with their times. Whatever was said after such a time stands above its position; whatever was said before it
showed by the last sweep, and is found by that one or an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

import orjson

from socialdesk.connector import Page, Stream, Topic, Window
from socialdesk.errors import ConfigError, Unavailable

__all__ = ["SWEEP_EACH", "Cursor", "Measure", "Paging"]

SWEEP_EACH = 10
"""Every which walk goes over what it may have missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A walk under way from new to old: ``top`` is committed when it is whole, ``low`` is how far down it is."""

    since: str | None = None
    top: str | None = None
    low: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What sweeps need to know. Times are in seconds since 1970.

    ``marks`` are positions, each with the time at which the walk began that gave it, oldest first. The beginning is ""
    and has the time of the first walk, below zero. ``walks`` counts those since the last sweep, which began at
    ``swept``; ``sweeping`` is when the one under way began.
    """

    marks: tuple[tuple[int, str], ...] = ()
    walks: int = 0
    swept: int | None = None
    sweeping: int | None = None

    def start(self, late: float) -> str | None:
        """The position that a sweep begins at, "" for the beginning; None where no walk was whole yet."""
        if not self.marks:
            return None
        if self.swept is None:
            return self.marks[0][1]
        reaching = [position for at, position in self.marks if at <= self.swept - late]
        return reaching[-1] if reaching else self.marks[0][1]

    def ended(self, began: int, position: str | None, late: float) -> Trail:
        """The trail after a walk that was whole."""
        swept = self.swept if self.sweeping is None else self.sweeping
        marks = self.marks
        if position is not None and (not marks or began - marks[-1][0] >= late / 4):
            marks = (*marks, (began, position))
        while swept is not None and len(marks) > 1 and marks[1][0] <= swept - late:
            marks = marks[1:]
        return Trail(marks=marks, walks=0 if self.sweeping is not None else self.walks + 1, swept=swept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A committed position, the walk under way above it, if there is one, and what sweeps need.

    ``left`` is how many items a first walk that is to end early may still bring; None where it may bring all.
    """

    resume: str | None = None
    walk: Walk | None = None
    trail: Trail = field(default_factory=Trail)
    left: int | None = None

    def dumps(self) -> str:
        """As text, for keeping. It holds no secret and no page token."""
        walk = None if self.walk is None else [self.walk.since, self.walk.top, self.walk.low]
        trail = self.trail
        told: list[Any] = [1, self.resume, walk]
        if trail != Trail() or self.left is not None:
            told = [2, self.resume, walk, [trail.marks, trail.walks, trail.swept, trail.sweeping], self.left]
        return orjson.dumps(told).decode()

    @classmethod
    def loads(cls, text: str | None) -> Cursor:
        """Read :meth:`dumps`'s text; None and "" are the beginning. Raises ConfigError for anything else."""
        if not text:
            return cls()
        try:
            version, resume, walk, *more = _listed(orjson.loads(text))
            if (version, len(more)) not in ((1, 0), (2, 2)):
                raise ValueError("unknown version")
            since, top, low = _listed(walk) if walk is not None else (None, None, None)
            trail, left = (_trail(_listed(more[0])), more[1]) if more else (Trail(), None)
            _texts(resume, since, top, low, *(position for _, position in trail.marks))
            if left is not None and not isinstance(left, int):
                raise ValueError("a number is none")
            under_way = None if walk is None else Walk(since=since, top=top, low=low)
            return cls(resume=resume, walk=under_way, trail=trail, left=left)
        except (ValueError, TypeError):
            raise ConfigError(
                "The cursor cannot be read. Give one that a batch of this version carried, or None to begin anew."
            ) from None


def _trail(kept: list[Any]) -> Trail:
    marks, walks, swept, sweeping = kept
    pairs = tuple((int(at), position) for at, position in _listed(marks))
    return Trail(marks=pairs, walks=int(walks), swept=swept, sweeping=sweeping)


def _texts(*positions: object) -> None:
    if any(position is not None and not isinstance(position, str) for position in positions):
        raise ValueError("a position is no text")


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How much of a listing is wanted.

    ``size`` is how many items of each page (None: as many as there are). ``late`` is by how many seconds items may
    show late: it makes every tenth walk a sweep, 0 none. ``last`` ends the first walk of all after so many items, of a
    stream that runs from new to old.
    """

    size: int | None = None
    late: float = 0
    last: int | None = None


class Paging:
    """One walk through one stream or topic, page by page: :meth:`window` asks, :meth:`advance` takes the page in.

    Holds the page token, which lives no longer than this object.
    """

    def __init__(
        self,
        stream: Stream,
        cursor: Cursor,
        *,
        back_to: datetime | None = None,
        topics: tuple[Topic, ...] = (),
        measure: Measure = Measure(),
    ) -> None:
        self.stream = stream
        self.cursor = cursor
        self.done = False
        self.end: str | None = None
        self.begun: datetime | None = None
        self.resumes = cursor.walk is not None
        self.sweeps = False
        self.asked: datetime | None = None  # when the last page was asked for
        self.unsure = False  # whether its page token is from before a pause
        self._back_to = back_to
        self._topics = topics
        self._size = measure.size
        self._token: str | None = None
        self._seen: set[str] = set()
        self._late = measure.late if stream.walks[0] == "new" else 0
        self._committed = cursor.resume
        self._restarted: Cursor | None = None
        if measure.last is not None and cursor == Cursor() and stream.order == "newest":
            self.cursor = Cursor(left=measure.last)

    def window(self, now: datetime) -> Window:
        """What to fetch next. The first one's ``now`` stays as :attr:`begun`."""
        if self.begun is None:
            self.begun = now
            self._sweep_if_due(int(now.timestamp()))
            self._bound_first_sweep()
            self.sweeps = self.cursor.trail.sweeping is not None
        self.asked = now
        walk = self.cursor.walk
        return Window(
            stream=self.stream.name,
            now=now,
            walk=self.stream.walks[0],
            since=walk.since if walk is not None else self.cursor.resume,
            # within a walk the token leads on; after a cut, the position below which nothing is stored yet does
            until=walk.low if walk is not None and self._token is None else None,
            back_to=self._back_to,
            page=self._token,
            size=self._size,
            topics=self._topics,
        )

    def advance(self, page: Page) -> Cursor:
        """The cursor to commit together with this page's items. Raises Unavailable where the paging runs in a ring.

        Where it raises, the page's items may be stored but the cursor must stay: nothing is taken for read that was
        not.
        """
        token = page.next
        if token is not None and token in self._seen:
            self.done = True
            raise Unavailable(
                f"The paging of {self.stream.name} came back to a page already read.", scope="stream"
            )
        left = None if self.cursor.left is None else self.cursor.left - len(page.items)
        if token is None or (left is not None and left <= 0):
            self.done, self.end, token = True, page.end, None
        else:
            self._seen.add(token)
        if self.stream.order == "oldest":
            moved = page.resume or (self._committed if self.done else self.cursor.resume)
            cursor = Cursor(resume=moved, trail=self.cursor.trail)
        else:
            cursor = self._downward(page)
        if self.done:
            cursor = replace(cursor, trail=self._trail_after(cursor.resume))
        else:
            cursor = replace(cursor, left=left)
        self._token = token
        self.unsure = False
        self._committed = cursor.resume
        self.cursor = cursor
        return cursor

    def wanted(self, page: Page) -> Page:
        """The page without what is more than the last items that are wanted of the first walk."""
        left = self.cursor.left
        return page if left is None or left >= len(page.items) else replace(page, items=page.items[:left])

    @property
    def stands_between(self) -> bool:
        """Whether a page token leads on from here."""
        return self._token is not None and not self.done

    def take_up(self) -> None:
        """Go on after a pause, during which the page token may have expired."""
        self.resumes = self.unsure = True

    def restart(self) -> bool:
        """Take the walk up again where it was committed last: its page token is worth nothing any more. False where
        there is none, so that this would not help."""
        held, self._token = self._token is not None and self.cursor != self._restarted, None
        self._restarted = self.cursor
        self._seen.clear()
        return held

    def _sweep_if_due(self, now: int) -> None:
        cursor = self.cursor
        if not self._late or cursor.walk is not None or cursor.resume is None:
            return
        start = cursor.trail.start(self._late)
        if start is None or cursor.trail.walks + 1 < SWEEP_EACH or cursor.trail.sweeping is not None:
            return
        since = start or None
        trail = replace(cursor.trail, sweeping=now)
        if self.stream.order == "oldest":
            self.cursor = replace(cursor, resume=since, trail=trail)
        else:
            self.cursor = replace(cursor, walk=Walk(since=since), trail=trail)

    def _bound_first_sweep(self) -> None:
        """A sweep from the beginning looks for what the first walk came too early for, and for nothing older."""
        trail = self.cursor.trail
        if trail.sweeping is None or trail.start(self._late) != "":
            return
        began = datetime.fromtimestamp(-trail.marks[0][0] - self._late, timezone.utc)
        self._back_to = began if self._back_to is None else max(began, self._back_to)

    def _trail_after(self, position: str | None) -> Trail:
        if not self._late or self.begun is None:
            return self.cursor.trail
        trail = self.cursor.trail
        if not trail.marks and self.cursor.trail == Trail():
            trail = replace(trail, marks=((-int(self.begun.timestamp()), ""),))
        # a second too late rather than too early: what is said after a mark's time stands above its position
        return trail.ended(int(self.begun.timestamp()) + 1, position, self._late)

    def _downward(self, page: Page) -> Cursor:
        walk = self.cursor.walk or Walk(since=self.cursor.resume)
        walk = replace(walk, top=walk.top or page.resume, low=page.span[0] if page.span else walk.low)
        if self.done:
            return Cursor(resume=walk.top or self.cursor.resume)
        return Cursor(resume=self.cursor.resume, walk=walk, trail=self.cursor.trail)
