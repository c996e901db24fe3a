"""Store calls about an account's health: what was seen of it, and the one event of each change that this makes.

Symptoms, the state that follows from them and the event are written in the transaction of whatever showed them. The
same thing seen again changes nothing, and so tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import writes
from socialdesk._engine.health import LISTING, Symptom, assess, worded
from socialdesk.auth import Stamp
from socialdesk.connector import Notice
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.dialects import alone, upsert
from socialdesk.desk.eventing import write_events
from socialdesk.desk.rows import event_of
from socialdesk.desk.schema import micros, moment
from socialdesk.models import Event, EventKind, Health

__all__ = [
    "ANSWERING",
    "BEFORE",
    "IDENTIFYING",
    "PROFILE",
    "PUSHING",
    "SILENCE",
    "Seen",
    "listing_source",
    "load_health",
    "note",
    "notice_source",
    "notices_of",
    "observe",
]

ANSWERING = "answering"
IDENTIFYING = "identifying"
PUSHING = "pushing"
PROFILE = "profile"
SILENCE = "silence"
BEFORE = "before"
"""What stood in tables of before there were symptoms: whatever works again takes it away."""

Row = Mapping[str, Any]

_SYMPTOMS = Prepared(
    sa.select(schema.symptom).where(schema.symptom.c.account_id == sa.bindparam("of_account")),
    ("of_account",),
)


def listing_source(stream: str, topic: str, *, found: bool = False) -> str:
    """Where a listing's errors are met. The topics that pages told of share one place: their number knows no bound."""
    return f"{LISTING}{stream}/{'' if found else topic}"


def notices_of(stream: str, topic: str = "") -> str:
    """What the sources of notices begin with: those of a listing's pages, of what was delivered (``webhook``), of the
    ``profile``."""
    return f"notice/{stream}/{topic}/"


def notice_source(stream: str, topic: str, notice: Notice) -> str:
    return f"{notices_of(stream, topic)}{notice.code}/{notice.concerns or 'both'}"[:500]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen of an account in one transaction: when, what shows, and which symptoms are gone."""

    at: datetime
    ids: Iterator[str]
    shows: Sequence[Symptom] = ()
    gone: Callable[[Symptom], bool] = lambda symptom: False
    coverage: frozenset[str] = frozenset()
    """The sources among ``shows`` that tell of coverage."""


def observe(connection: Connection, account_id: str, seen: Seen) -> list[Row]:
    """Take in what was seen; gives the events that were written: one where the state changed, one for each new note."""
    before = {symptom.source: symptom for symptom in _standing(connection, account_id)}
    after = {source: symptom for source, symptom in before.items() if not seen.gone(symptom)}
    for symptom in seen.shows:
        known = before.get(symptom.source)
        same = known is not None and known.reason == symptom.reason
        after[symptom.source] = replace(symptom, since=known.since) if known and same else symptom
    if after == before:
        return []
    _write(connection, account_id, before, after)
    events = [
        _event(account_id, seen, symptom.text, coverage=source in seen.coverage)
        for source, symptom in after.items()
        if symptom.reason is None and source not in before
    ]
    changed = _reassess(connection, account_id, seen, after)
    if changed is not None:
        events.append(changed)
    write_events(connection, events)
    return events


def _reassess(
    connection: Connection, account_id: str, seen: Seen, symptoms: Mapping[str, Symptom]
) -> Row | None:
    """Write the state that follows; gives the event where it is another than before."""
    table, streams = schema.account, schema.stream
    row = connection.execute(sa.select(table.c.health).where(table.c.id == account_id)).first()
    if row is None:  # it was removed meanwhile
        return None
    listings = connection.execute(
        sa.select(sa.func.count()).where(streams.c.account_id == account_id, streams.c.found.is_(None))
    ).scalar_one()
    before, now = load_health(row.health), assess(symptoms.values(), listings)
    turned = now.state != before.state
    now = worded(now, seen.at if turned or before.since is None else before.since)
    if now == before:
        return None
    connection.execute(
        sa.update(table).where(table.c.id == account_id).values(state=now.state, health=now.model_dump_json())
    )
    if not turned and (now.inbound, now.outbound) == (before.inbound, before.outbound):
        return None
    return _event(account_id, seen, _told(now), coverage=False)


def _told(health: Health) -> str:
    """An event's text: the state, what it holds for where not for both, and the sentence."""
    apart = ""
    if health.inbound != health.outbound:
        apart = f" (hearing {health.inbound}, answering {health.outbound})"
    return f"{health.state}{apart}: {health.text}" if health.text else f"{health.state}{apart}"


def _event(account_id: str, seen: Seen, text: str, *, coverage: bool) -> Row:
    kind = EventKind.COVERAGE if coverage else EventKind.HEALTH
    return {
        "account_id": account_id,
        "id": next(seen.ids),
        "kind": kind.value,
        "mention_key": None,
        "reply_key": None,
        "text": text,
        "at": micros(seen.at),
    }


def _standing(connection: Connection, account_id: str) -> tuple[Symptom, ...]:
    rows = _SYMPTOMS.run(connection, {"of_account": account_id}).all()
    return tuple(
        Symptom(
            source=row.source,
            reason=row.reason,
            text=row.text,
            since=moment(row.since),
            seen_at=moment(row.seen_at),
            inbound=bool(row.inbound),
            outbound=bool(row.outbound),
            numbers={} if row.numbers is None else orjson.loads(row.numbers),
        )
        for row in rows
    )


def _write(
    connection: Connection, account_id: str, before: Mapping[str, Symptom], after: Mapping[str, Symptom]
) -> None:
    table = schema.symptom
    gone = [source for source in before if source not in after]
    if gone:
        connection.execute(sa.delete(table).where(table.c.account_id == account_id, table.c.source.in_(gone)))
    for source, symptom in after.items():
        if before.get(source) == symptom:
            continue
        values = {
            "reason": symptom.reason,
            "text": symptom.text,
            "inbound": symptom.inbound,
            "outbound": symptom.outbound,
            "numbers": orjson.dumps(dict(symptom.numbers)).decode() if symptom.numbers else None,
            "since": micros(symptom.since),
            "seen_at": micros(symptom.seen_at),
        }
        connection.execute(
            upsert(table)
            .values(account_id=account_id, source=source, **values)
            .on_conflict_do_update(index_elements=["account_id", "source"], set_=values)
        )


def load_health(text: str | None) -> Health:
    """The health that an account's row holds."""
    return Health() if text is None else Health.model_validate_json(text)


@writes
def note(
    connection: Connection,
    account_id: str,
    stamp: Stamp,
    shows: Sequence[Symptom] = (),
    gone: Sequence[str] = (),
) -> tuple[Event, ...]:
    """Take in what was seen outside of any other store call; ``gone`` are the sources that work again."""
    alone(connection, account_id)
    lifted = frozenset(gone)
    seen = Seen(at=stamp.now, ids=stamp.uuids(), shows=shows, gone=lambda symptom: symptom.source in lifted)
    return tuple(event_of(row) for row in observe(connection, account_id, seen))
