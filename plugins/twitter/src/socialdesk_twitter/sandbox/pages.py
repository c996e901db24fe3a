"""Page tokens."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from socialdesk.testing.sandbox import Incoming, VirtualClock

from .problems import Refused

TOKEN_LIFE = timedelta(hours=1)
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_FREE_OF_TOKEN = ("pagination_token", "next_token", "max_results")


class Pages:
    """Page tokens: opaque, good for one query and for an hour."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._given: dict[str, tuple[str, bool, int, datetime]] = {}

    def _query(self, seen: Incoming) -> str:
        bound = sorted(pair for pair in seen.pairs if pair[0] not in _FREE_OF_TOKEN)
        return f"{seen.path}?{bound}"

    def make(self, seen: Incoming, forward: bool, boundary: int) -> str:
        """The token for the page before or after a boundary."""
        query = self._query(seen)
        digest = hashlib.sha256(f"{self._clock.seed}{query}{forward}{boundary}".encode()).digest()
        token = "".join(_ALPHABET[byte % 36] for byte in digest) + "0" * 4
        until = self._clock.now() + TOKEN_LIFE
        self._given[token] = (query, forward, boundary, until)
        return token

    def read(self, token: str, seen: Incoming) -> tuple[bool, int]:
        """(towards newer posts?, boundary). Raises Refused(400) on a token of another query or an old one."""
        query, forward, boundary, until = self._given.get(token, ("", False, 0, self._clock.now()))
        if query != self._query(seen) or until <= self._clock.now():
            name = "next_token" if "next_token" in seen.query else "pagination_token"
            words = f"The `{name}` query parameter value [{token}] is not valid"
            raise Refused.invalid((name, token, words))
        return forward, boundary
