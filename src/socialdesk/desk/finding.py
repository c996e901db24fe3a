"""Looking on the platform for a part that may have been posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from socialdesk._engine.clocks import AGREE
from socialdesk._engine.exchange import converse
from socialdesk.connector import Part, Search
from socialdesk.desk.workplace import Workplace
from socialdesk.errors import SocialdeskError

__all__ = ["find_part"]


async def find_part(part: Part, place: Workplace) -> Search:
    """Look for a part among what is as young as its first attempt, by the platform's own clock.

    That clock may differ from ours by minutes, and then what was posted would seem older than the attempt. Where the
    answers tell of it only now, what they led to is not believed, and it is looked for once more.
    """
    believed = place.clock.ahead
    try:
        search = await _find_since(believed, part, place)
    except SocialdeskError:
        if abs(place.clock.ahead - believed) <= AGREE:
            raise
        search = Search()
    if abs(place.clock.ahead - believed) <= AGREE:
        return search
    return await _find_since(place.clock.ahead, part, place)


async def _find_since(ahead: timedelta, part: Part, place: Workplace) -> Search:
    began = None if part.started_at is None else part.started_at + ahead
    return await converse(
        place.connector.find_sent(replace(part, started_at=began)), place.session("reconcile")
    )
