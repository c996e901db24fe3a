"""What a stored page shows of the account beside its items, written in the page's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from socialdesk._engine.health import Symptom, noticed
from socialdesk.desk.intake import Intake
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.symptoms import BEFORE, Seen, listing_source, notice_source, notices_of, observe

__all__ = ["watch"]

FEWEST = 5
"""Items of a page from which on a share of them says something."""


def watch(connection: Connection, page: PageRecord, intake: Intake, *, kept: bool) -> list[Mapping[str, Any]]:
    """Take in what a page shows; gives the events that this makes. ``kept``: no other run has the listing by now."""
    return observe(
        connection, page.account_id, _seen(page, intake, walked=kept and page.release and page.ended)
    )


def _seen(page: PageRecord, intake: Intake, *, walked: bool) -> Seen:
    shows: list[Symptom] = []
    taken_back: set[str] = set()
    coverage: set[str] = set()
    for notice in intake.notices:
        source = notice_source(page.stream, page.topic, notice)
        symptom = noticed(notice, source, page.stamp.now)
        if symptom is None:
            taken_back.add(f"/{notice.code}/")
            continue
        shows.append(symptom)
        if notice.scope == "stream":
            coverage.add(source)
    reading = _reading(page)
    if reading is not None and reading.reason is not None:
        shows.append(reading)

    listing = listing_source(page.stream, page.topic, found=page.walked is not None)
    own = notices_of(page.stream, page.topic)

    def gone(symptom: Symptom) -> bool:
        if any(code in symptom.source for code in taken_back):
            return True
        if reading is not None and symptom.source == reading.source:
            return True
        if not walked:
            return False
        if symptom.source in (listing, BEFORE):
            return True
        told_before = page.begun is not None and symptom.seen_at < page.begun
        return symptom.source.startswith(own) and told_before

    return Seen(
        at=page.stamp.now,
        ids=page.stamp.uuids(1 << 20),  # beside those of the page's own events
        shows=shows,
        gone=gone,
        coverage=frozenset(coverage),
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
