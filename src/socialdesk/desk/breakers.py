"""Store calls about hosts that do not answer: who may ask them, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.breakers import Alive, Breaker, HostNote, Inquiry
from socialdesk._engine.effects import writes
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.dialects import alone, upsert
from socialdesk.desk.schema import micros, moment

__all__ = ["consult", "note_hosts", "troubled_hosts"]

_TABLE = schema.breaker
_HERE = (_TABLE.c.platform == sa.bindparam("of_platform"), _TABLE.c.host == sa.bindparam("of_host"))
# Made once: they run with every step and every request.
_TROUBLED = Prepared(sa.select(_TABLE.c.host).where(_HERE[0]))
_FIND = Prepared(sa.select(_TABLE).where(*_HERE))
_FORGET = Prepared(sa.delete(_TABLE).where(*_HERE))


def troubled_hosts(connection: Connection, platform: str) -> tuple[str, ...]:
    """The hosts of a platform that did not answer lately."""
    return tuple(_TROUBLED.run(connection, {"of_platform": platform}).scalars())


@writes
def consult(connection: Connection, alive: Alive, inquiry: Inquiry) -> Breaker | None:
    """Take in what became of a run's requests; gives the breaker that holds it up, None where it may ask.

    Where the host is left alone and it is time to try it, the run is put down as the one that does.
    """
    note, now = inquiry.note, inquiry.now
    note_hosts(connection, (note,), now)
    before = _find(connection, note)
    if before is None:
        return None
    again_at = before.waits(now, note.owner, alive)
    if again_at is not None:
        return replace(before, probe_at=again_at)
    after = before.tried(now, note.owner)
    if after != before:
        _save(connection, note, after)
    return None


def note_hosts(connection: Connection, notes: Iterable[HostNote], now: datetime) -> None:
    """Take in what became of requests. A host that answered is forgotten here."""
    notes = tuple(notes)
    if notes:  # nobody else changes any of these until this call is committed
        alone(connection, *(f"breaker {note.platform} {note.host}" for note in notes))
    for note in notes:
        if note.answered:
            _FORGET.run(connection, _here(note))
        if note.failures:
            after = (_find(connection, note) or Breaker()).noted(note, now)
            assert after is not None, "it failed"
            _save(connection, note, after)


def _here(note: HostNote) -> dict[str, str]:
    return {"of_platform": note.platform, "of_host": note.host}


def _find(connection: Connection, note: HostNote) -> Breaker | None:
    row = _FIND.run(connection, _here(note)).first()
    if row is None:
        return None
    return Breaker(
        failures=row.failures,
        opens=row.opens,
        opened_at=moment(row.opened_at),
        probe_at=moment(row.probe_at),
        problem=row.problem,
        owner=row.owner,
    )


def _save(connection: Connection, note: HostNote, breaker: Breaker) -> None:
    values = {
        "failures": breaker.failures,
        "opens": breaker.opens,
        "opened_at": micros(breaker.opened_at),
        "probe_at": micros(breaker.probe_at),
        "problem": breaker.problem,
        "owner": breaker.owner,
    }
    connection.execute(
        upsert(_TABLE)
        .values(platform=note.platform, host=note.host, **values)
        .on_conflict_do_update(index_elements=["platform", "host"], set_=values)
    )
