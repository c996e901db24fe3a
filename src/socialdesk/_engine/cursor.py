"""Where we are in a listing, and how one page moves us on. Pure.

The position that is committed is an id or a time, never a page token. A walk that is cut off between pages is taken
up again below the last page that was stored, so that nothing between is lost and nothing is read twice in vain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from socialdesk.connector import Page, Stream, Topic, Window
from socialdesk.errors import ConfigError, Unavailable

__all__ = ["Cursor", "Paging"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A walk under way from new to old: ``top`` is committed when it is whole, ``low`` is how far down it is."""

    since: str | None = None
    top: str | None = None
    low: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A committed position, and the walk under way above it, if there is one."""

    resume: str | None = None
    walk: Walk | None = None

    def dumps(self) -> str:
        """As text, for keeping. It holds no secret and no page token."""
        walk = None if self.walk is None else [self.walk.since, self.walk.top, self.walk.low]
        return orjson.dumps([1, self.resume, walk]).decode()

    @classmethod
    def loads(cls, text: str | None) -> Cursor:
        """Read :meth:`dumps`'s text; None and "" are the beginning. Raises ConfigError for anything else."""
        if not text:
            return cls()
        try:
            version, resume, walk = _listed(orjson.loads(text))
            if version != 1:
                raise ValueError("unknown version")
            since, top, low = _listed(walk) if walk is not None else (None, None, None)
            if any(
                position is not None and not isinstance(position, str)
                for position in (resume, since, top, low)
            ):
                raise ValueError("a position is no text")
            return cls(resume=resume, walk=None if walk is None else Walk(since=since, top=top, low=low))
        except ValueError:
            raise ConfigError(
                "The cursor cannot be read. Give one that a batch of this version carried, or None to begin anew."
            ) from None


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


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
        size: int | None = None,
    ) -> None:
        self.stream = stream
        self.cursor = cursor
        self.done = False
        self.end: str | None = None
        self.begun: datetime | None = None
        self._back_to = back_to
        self._topics = topics
        self._size = size
        self._token: str | None = None
        self._seen: set[str] = set()

    def window(self, now: datetime) -> Window:
        """What to fetch next. The first one's ``now`` stays as :attr:`begun`."""
        self.begun = self.begun or now
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
        if self.stream.order == "oldest":
            cursor = Cursor(resume=page.resume or self.cursor.resume)
        else:
            cursor = self._downward(page)
        if token is None:
            self.done, self.end = True, page.end
        else:
            self._seen.add(token)
        self._token = token
        self.cursor = cursor
        return cursor

    def _downward(self, page: Page) -> Cursor:
        walk = self.cursor.walk or Walk(since=self.cursor.resume)
        walk = replace(walk, top=walk.top or page.resume, low=page.span[0] if page.span else walk.low)
        if page.next is None:
            return Cursor(resume=walk.top or self.cursor.resume)
        return Cursor(resume=self.cursor.resume, walk=walk)
