"""Walks that gave others their turn, with the page tokens that lead them on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeAlias

from socialdesk._engine.cursor import Paging

__all__ = ["Ongoing", "WalkKey"]

WalkKey: TypeAlias = tuple[object, ...]
"""The account as it is set, the stream and the topic, and whether it is a backfill."""

HELD_FOR = timedelta(minutes=30)
"""How long a page token is taken to be worth something. Some platforms say in minutes that it is not."""


class Ongoing:
    """Walks that stand between two pages, in this process.

    A position leads on where the platform can be asked for what is older. Some cannot: they tell it by page tokens
    alone, so that a walk that is taken up by its position begins at the newest item again, and would never come further
    than one turn. What is kept is only a way to the next page. Whoever has no token goes on from the position that is
    stored with the last page.
    """

    def __init__(self) -> None:
        self._held: dict[WalkKey, tuple[Paging, str]] = {}

    def hold(self, key: WalkKey, paging: Paging) -> None:
        """Keep a walk, of which every page that was read is stored, where a page token leads it on."""
        if paging.stands_between:
            self._held[key] = (paging, paging.cursor.dumps())

    def take_up(self, key: WalkKey, cursor: str, now: datetime) -> Paging | None:
        """The walk, for one to go on with; None where none stands at this position, or since too long."""
        paging, stands = self._held.pop(key, (None, ""))
        if paging is None or stands != cursor or paging.asked is None or now - paging.asked > HELD_FOR:
            return None
        paging.take_up()
        return paging
