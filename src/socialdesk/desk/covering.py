"""The coverage ledger in the tables: what of each listing was heard. Written with the last page of each whole walk."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.coverage import Covered, Filled, Span, extended, filled, opened
from socialdesk._engine.effects import reads
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared, Update
from socialdesk.desk.schema import moment

__all__ = ["cover", "fill", "gap_opened", "list_coverage"]

Key = tuple[str, str, str]
"""Account, stream and topic: names a listing."""

_TABLE = schema.coverage
_HERE = ("account_id", "stream", "topic")
_LISTING = tuple(_TABLE.c[name] == sa.bindparam(f"of_{name}") for name in _HERE)
# Made once: they run with every walk.
_SPANS = Prepared(
    sa.select(_TABLE.c.start_at, _TABLE.c.end_at, _TABLE.c.state, _TABLE.c.reason)
    .where(*_LISTING)
    .order_by(_TABLE.c.start_at)
)
_CHANGE = Update(_TABLE, *_LISTING, _TABLE.c.start_at == sa.bindparam("of_start"))


def cover(connection: Connection, listing: Key, walk: Covered) -> list[str]:
    """Write what a whole walk proves; gives a sentence for each gap that opened."""
    before = _spans(connection, listing)
    after = extended(before, walk)
    _write(connection, listing, before, after)
    name = f"{listing[1]}/{listing[2]}" if listing[2] else listing[1]
    return [f"gap opened: {name}, {_words(span)} ({span.reason})." for span in opened(before, after)]


def fill(connection: Connection, listing: Key, walk: Filled) -> None:
    """Write what a whole backfill proves: gaps that lie within it close, or become shorter."""
    before = _spans(connection, listing)
    _write(connection, listing, before, filled(before, walk))


def gap_opened(connection: Connection, listing: Key, since: int, until: int | None) -> bool:
    """Whether there is a gap that reaches beyond ``since``, up to ``until``. What lies before the first connect is
    none."""
    gaps = [span for span in _spans(connection, listing) if span.state == "gap"]
    return any(
        span.end > since and (until is None or span.start <= until)
        for span in gaps
        if span.reason != "first_connect"
    )


def _words(span: Span) -> str:
    start = f"from {moment(span.start):%Y-%m-%d %H:%M} " if span.start else ""
    return f"{start}until {moment(span.end):%Y-%m-%d %H:%M} UTC"


def _names(listing: Key) -> dict[str, str]:
    return {f"of_{name}": value for name, value in zip(_HERE, listing, strict=True)}


def _spans(connection: Connection, listing: Key) -> tuple[Span, ...]:
    rows = _SPANS.run(connection, _names(listing))
    return tuple(Span(row.start_at, row.end_at, row.state, row.reason) for row in rows.all())


def _write(connection: Connection, listing: Key, before: Sequence[Span], after: Sequence[Span]) -> None:
    """Bring the rows from one to the other: most often the last one only grows."""
    here = _names(listing)
    old = {span.start: span for span in before}
    new = {span.start: span for span in after}
    gone = [start for start in old if start not in new]
    if gone:
        connection.execute(sa.delete(_TABLE).where(*_LISTING, _TABLE.c.start_at.in_(gone)), here)
    for start, span in new.items():
        values = {"end_at": span.end, "state": span.state, "reason": span.reason}
        if start not in old:
            own = dict(zip(_HERE, listing, strict=True))
            connection.execute(sa.insert(_TABLE).values(start_at=start, **own, **values))
        elif old[start] != span:
            _CHANGE.run(connection, {**here, "of_start": start}, values)


@reads
def list_coverage(
    connection: Connection, accounts: Sequence[str], *, found: bool
) -> tuple[tuple[str, str, str, Span], ...]:
    """(account id, stream, topic, span), in order. ``found``: also of the topics that pages told of."""
    streams = schema.stream
    query = sa.select(_TABLE).where(_TABLE.c.account_id.in_(accounts))
    if not found:
        told = sa.exists().where(
            *(streams.c[name] == _TABLE.c[name] for name in _HERE), streams.c.found.is_not(None)
        )
        query = query.where(~told)
    rows = connection.execute(query.order_by(*(_TABLE.c[name] for name in (*_HERE, "start_at"))))
    return tuple(
        (row.account_id, row.stream, row.topic, Span(row.start_at, row.end_at, row.state, row.reason))
        for row in rows
    )
