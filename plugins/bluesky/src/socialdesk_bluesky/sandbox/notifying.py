"""Who is told of what: at most one notification for each record and person, the most telling one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import richtext
from .names import FOLLOW, LIKE, POST, REPOST

if TYPE_CHECKING:
    from .state import Record
    from .world import World

LEVELS = 5
"""How many posts above a reply have their authors told of it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A notification: who is told (by DID), of which record, why, and which of their own records it is about."""

    to: str
    record: Record
    reason: str
    subject: str | None = None


def notes_of(world: World, record: Record) -> Iterator[Note]:
    """The notifications that a new record causes."""
    told = {record.owner.did}
    if record.closed or record.astray:
        return
    for note in _candidates(world, record):
        if note.to not in told and note.to in world.users:
            told.add(note.to)
            yield note


def _candidates(world: World, record: Record) -> Iterator[Note]:
    """A mention goes before a quote, a quote before a reply."""
    subject = record.shown.get("subject")
    if record.collection == POST:
        for did in richtext.features(record.shown, "mention", "did"):
            yield Note(did, record, "mention")
        if record.quoted is not None:
            yield Note(_did_in(record.quoted), record, "quote", record.quoted)
        above, level = record.parent, 0
        while above is not None and level < LEVELS:
            yield Note(_did_in(above), record, "reply", above)
            parent = world.records.get(above)
            above, level = (None if parent is None else parent.parent), level + 1
    elif record.collection in (LIKE, REPOST) and isinstance(subject, dict):
        reason = record.collection.rpartition(".")[2]
        yield Note(_did_in(subject["uri"]), record, reason, subject["uri"])
    elif record.collection == FOLLOW:
        yield Note(str(subject), record, "follow")


def _did_in(uri: str) -> str:
    return uri.removeprefix("at://").partition("/")[0]
