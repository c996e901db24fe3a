"""Page tokens: opaque, forward only, good for one query."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .params import Call
from .problems import Refused

T = TypeVar("T")
_FREE_OF_TOKEN = (
    "pageToken",
    "maxResults",
    "key",
    "access_token",
    "oauth_token",
    "fields",
    "prettyPrint",
    "alt",
)


@dataclass(slots=True)
class Pages:
    """Tokens that were given out. ``deepest`` is the page after which YouTube can process no further one (None: there
    is none), ``loops`` has the last page lead to itself again, for ever, as was seen."""

    label: str
    deepest: int | None = None
    loops: bool = False
    given: dict[str, tuple[str, str, int, int]] = field(default_factory=dict)

    def cut(
        self, call: Call, items: Sequence[T], named: Callable[[T], str], domain: str
    ) -> tuple[Sequence[T], str | None]:
        """The page that is asked for, and the token of the one after it. Raises Refused."""
        query = repr(
            sorted((name, value) for name, value in call.query.items() if name not in _FREE_OF_TOKEN)
        )
        start, number = 0, 1
        token = call.query.get("pageToken")
        if token is not None:
            known = self.given.get(token)
            if known is None or known[0] != query:
                words = "The request specifies an invalid page token."
                raise Refused.parameter("invalidPageToken", "pageToken", words)
            if self.deepest is not None and known[3] > self.deepest:
                raise Refused.unable(domain, "pageToken", "parameter")
            start, number = self._start(items, named, known), known[3]
        page = items[start : start + call.size]
        rest = start + len(page) < len(items)
        if not page or not (rest or self.loops):
            return page, None
        last = named(page[-1]) if rest else named(items[start - 1]) if start else ""
        return page, self._token(query, last, start + len(page) if rest else start, number + 1)

    def _start(self, items: Sequence[T], named: Callable[[T], str], known: tuple[Any, ...]) -> int:
        """What came since stands above: a page goes on below the last that was given."""
        places = (index for index, item in enumerate(items) if named(item) == known[1])
        place = next(places, None)
        return int(known[2]) if place is None else place + 1

    def _token(self, query: str, last: str, offset: int, number: int) -> str:
        digest = hashlib.sha256(f"{self.label}{query}{last}{number}".encode()).digest()
        token = base64.urlsafe_b64encode(b"get_newest_first--" + digest).decode()
        self.given[token] = (query, last, offset, number)
        return token


__all__ = ["Pages"]
