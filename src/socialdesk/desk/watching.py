"""What a stored page shows of the account beside its items, written in the page's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from socialdesk._engine.health import Symptom, noticed
from socialdesk.desk.arrivals import count_arrivals
from socialdesk.desk.covering import cover, fill
from socialdesk.desk.eventing import write_events
from socialdesk.desk.intake import Intake
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.schema import micros
from socialdesk.desk.symptoms import BEFORE, SILENCE, Seen, listing_source, notice_source, notices_of, observe
from socialdesk.models import EventKind

__all__ = ["watch"]

FEWEST = 5
"""Items of a page from which on a share of them says something."""


def watch(connection: Connection, page: PageRecord, intake: Intake, *, kept: bool) -> list[Mapping[str, Any]]:
    """Take in what a page shows; gives the events that this makes. ``kept``: no other run has the listing by now."""
    events = _cover(connection, page) if kept and page.covered is not None else []
    if kept and page.filled is not None:
        fill(connection, (page.account_id, page.stream, page.topic), page.filled)
    heard = count_arrivals(connection, page, intake.created)
    seen = _seen(page, intake, walked=kept and page.release and page.ended, heard=heard)
    return [*events, *observe(connection, page.account_id, seen)]


def _cover(connection: Connection, page: PageRecord) -> list[Mapping[str, Any]]:
    """Write what the walk proves that this page ends; tells of gaps that open."""
    assert page.covered is not None
    told = cover(connection, (page.account_id, page.stream, page.topic), page.covered)
    ids = page.stamp.uuids(1 << 21)
    events: list[Mapping[str, Any]] = [
        {
            "account_id": page.account_id,
            "id": next(ids),
            "kind": EventKind.COVERAGE.value,
            "mention_key": None,
            "reply_key": None,
            "text": text,
            "at": micros(page.stamp.now),
        }
        for text in told
    ]
    write_events(connection, events)
    return events


def _seen(page: PageRecord, intake: Intake, *, walked: bool, heard: bool) -> Seen:
    told = {notice_source(page.stream, page.topic, notice): notice for notice in intake.notices}
    noted = {source: noticed(notice, source, page.stamp.now) for source, notice in told.items()}
    shows = [symptom for symptom in noted.values() if symptom is not None]
    reading = _reading(page)
    if reading is not None and reading.reason is not None:
        shows.append(reading)
    works = {SILENCE} if heard else set()
    if reading is not None:
        works.add(reading.source)
    if walked:
        works |= {listing_source(page.stream, page.topic, found=page.walked is not None), BEFORE}
    taken_back = [f"/{told[source].code}/" for source, symptom in noted.items() if symptom is None]
    own = notices_of(page.stream, page.topic)

    def gone(symptom: Symptom) -> bool:
        if symptom.source in works or any(code in symptom.source for code in taken_back):
            return True
        told_before = page.begun is not None and symptom.seen_at < page.begun
        return walked and told_before and symptom.source.startswith(own)

    return Seen(
        at=page.stamp.now,
        ids=page.stamp.uuids(1 << 20),  # beside those of the page's own events
        shows=shows,
        gone=gone,
        coverage=frozenset(source for source, notice in told.items() if notice.scope == "stream"),
    )


def _reading(page: PageRecord) -> Symptom | None:
    """Whether a page can be read: most of its items, or not. None where it holds too few to tell."""
    number = len(page.read) + len(page.unread)
    if number < FEWEST:
        return None
    share = len(page.unread) / number
    return Symptom(
        source=f"unread/{page.stream}/{page.topic}",
        reason="unreadable" if share > 0.5 else None,
        text=f"{len(page.unread)} of {number} items of {page.stream} cannot be read: they are kept.",
        since=page.stamp.now,
        seen_at=page.stamp.now,
        outbound=False,
        numbers={"unread": len(page.unread), "of": number},
    )
