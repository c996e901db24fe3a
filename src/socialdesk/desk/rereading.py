"""Reading again what could not be read, with the plugin as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from socialdesk._engine.effects import TakeStamp, Work
from socialdesk._engine.ingest import Listening, Read, Reading, Unread, follow_up, listenings, read_items
from socialdesk.desk.aside import Kept, list_aside, next_aside
from socialdesk.desk.enriching import Enrich, enriched
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.premises import Premises
from socialdesk.desk.publishing import Publish, publish
from socialdesk.desk.reports import RereadReport, SetAside
from socialdesk.desk.storing import store_page
from socialdesk.desk.workplace import Workplace
from socialdesk.models import Path

__all__ = ["Helpers", "Rereading", "read_aside", "read_aside_if_newer"]

AT_A_TIME = 100


@dataclass(frozen=True, kw_only=True)
class Helpers:
    """What judges mentions, and what is told of events."""

    enrich: Enrich | None = None
    publish: Publish | None = None


async def read_aside(place: Workplace, helpers: Helpers, *, newer: bool = False) -> RereadReport:
    """Read again what lies aside of an account; each batch is stored in one transaction, or stays where it was.

    ``newer`` leaves out what this version of the plugin could not read.
    """
    report, after = RereadReport(), ""
    while batch := await next_aside(
        place.account.id, after, place.plugin_version if newer else None, AT_A_TIME
    ):
        after = batch[-1].id
        for (via, stream, topic), items in _alike(batch).items():
            listening = _listening(place, stream, topic)
            stamp = await TakeStamp()
            reading = Reading(place.connector, stamp.now, via, place.account.id, listening)
            raws = [item.raw for item in items]
            read, unread = await Work(partial(read_items, reading, raws))
            read, unread = await follow_up(read, unread, place.session("follow_up"))
            report += await _store(place, helpers, items, (read, unread))
    return report


def _alike(batch: Sequence[Kept]) -> dict[tuple[Path, str, str], list[Kept]]:
    alike: dict[tuple[Path, str, str], list[Kept]] = {}
    for item in batch:
        alike.setdefault((item.via, item.stream, item.topic), []).append(item)
    return alike


def _listening(place: Workplace, stream: str, topic: str) -> Listening | None:
    """The listing that an item came from, where it is still followed: a rule says what of it passes."""
    if all(each.name != stream for each in place.connector.streams):
        return None
    followed = listenings(place.connector, stream, rules=place.account.rules)
    return next((listening for listening in followed if listening.key == topic), None)


async def _store(
    place: Workplace,
    helpers: Helpers,
    items: Sequence[Kept],
    told: tuple[Sequence[Read], Sequence[Unread]],
) -> RereadReport:
    read, unread = told
    still = {id(item.raw) for item in unread}
    resolved = [item.id for item in items if id(item.raw) not in still]
    labelled = await enriched(read, place.account.id, helpers.enrich)
    stamp = await TakeStamp()
    page = PageRecord(
        account_id=place.account.id,
        stream=items[0].stream,
        topic=items[0].topic,
        owner="",
        epoch=-1,
        cursor="",
        stamp=stamp,
        via=items[0].via,
        heard_from=place.account.hear_from if items[0].via == "backfill" else None,
        read=labelled,
        unread=unread,
        resolved=resolved,
        strange=True,  # reading again moves no walk
        spending=place.ledger.changes(stamp.now),
        plugin_version=place.plugin_version,
    )
    stored = await store_page(page)
    await publish(stored.events, helpers.publish)
    return RereadReport(read=len(resolved), new=stored.new, kept=len(items) - len(resolved))


class Rereading(Premises):
    """What lies aside because it could not be read."""

    async def quarantine(self, account: str | None = None, *, limit: int = 50) -> tuple[SetAside, ...]:
        """Items that could not be read, newest first, as the platform told them, each with the reason."""
        names = {row.id: row.name for row in await self._rows(account)}
        return tuple(
            SetAside(
                id=item.id,
                account=names[item.account_id],
                stream=item.stream,
                shape=item.raw.shape,
                reason=item.reason,
                plugin_version=item.plugin_version,
                received_at=item.received_at,
                body=item.raw.body,
            )
            for item in await list_aside(tuple(names), limit)
        )

    async def retry_quarantine(self, account: str | None = None) -> RereadReport:
        """Read again what could not be read, with the plugin as it is now. What can be read is stored as any other item
        is, once; the rest stays, with its new reason. After an upgrade of a plugin this happens by itself."""
        report = RereadReport()
        for row in await self._rows(account):
            place = await self._ready_place(row)
            helpers = Helpers(enrich=self._enricher(row), publish=self._publisher(row))
            report += await read_aside(place, helpers)
        return report


async def read_aside_if_newer(
    place: Workplace, versions: frozenset[str], helpers: Helpers
) -> RereadReport | None:
    """After an upgrade of the plugin, what its older versions could not read; None where there is nothing."""
    if not place.plugin_version or versions <= {place.plugin_version}:
        return None
    return await read_aside(place, helpers, newer=True)
