"""Looking at mentions again while they are young, so that the inbox knows what spreads."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.ingest import Read, Unread, look_up
from socialdesk.desk.enriching import enriched
from socialdesk.desk.pages import PageRecord, Poll
from socialdesk.desk.publishing import publish
from socialdesk.desk.readings import Look
from socialdesk.desk.reports import ListingReport
from socialdesk.desk.storing import store_page
from socialdesk.desk.workplace import Workplace
from socialdesk.errors import SocialdeskError
from socialdesk.models import ExternalId

__all__ = ["READINGS", "read_again", "watches"]

log = logging.getLogger("socialdesk.desk")

READINGS = "readings"
"""How this is called in reports, beside the platform's own streams."""


def watches(place: Workplace) -> bool:
    """Whether mentions of this account can be looked at again, and are worth it."""
    capabilities = place.connector.capabilities
    return "lookup" in capabilities.abilities and capabilities.rereads


async def read_again(place: Workplace, poll: Poll, looks: Sequence[Look]) -> ListingReport | None:
    """Read the counts of these mentions again; None where nothing that was said has changed.

    A refusal is no harm: nothing is put off for it, and there is a next time.
    """
    session = place.session("follow_up")
    size = max(1, place.connector.capabilities.lookup_batch)
    changed = 0
    for start in range(0, len(looks), size):
        batch = looks[start : start + size]
        read: Sequence[Read] = ()
        unread: Sequence[Unread] = ()
        refused = False
        try:
            read, unread = await look_up(session, [ExternalId.of(key) for key, _said_at in batch])
        except SocialdeskError as error:
            log.info("%s: counts cannot be read again now: %s", place.account.name, error)
            refused = True
        labelled = await enriched(read, place.account.id, poll.enrich)
        stamp = await TakeStamp()
        stored = await store_page(
            PageRecord(
                account_id=place.account.id,
                stream=READINGS,
                topic="",
                owner="",
                epoch=0,
                cursor="",
                stamp=stamp,
                via="lookup",
                read=labelled,
                unread=unread,
                spending=place.ledger.changes(stamp.now),
                plugin_version=place.plugin_version,
                looked=batch,
            )
        )
        await publish(stored.events, poll.publish)
        changed += stored.changed
        if refused:  # these are looked at when they are twice as old; the others, with the next poll
            break
    return ListingReport(account=place.account.name, stream=READINGS, changed=changed) if changed else None
