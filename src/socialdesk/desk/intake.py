"""One page on its way into the tables: what is new, what changed, what of it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.ingest import Read, Unread
from socialdesk.connector import Gone, Notice, Patch, Raw, Receipted, Stub
from socialdesk.desk import schema
from socialdesk.desk.aside import write_aside
from socialdesk.desk.bulk import Bulk
from socialdesk.desk.dialects import upsert
from socialdesk.desk.echoes import HELD, Doubt, in_doubt, said_by_desk, settle_by
from socialdesk.desk.eventing import write_events
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.parking import Parking
from socialdesk.desk.rows import (
    content_digest,
    dump_changes,
    dump_raw,
    is_older,
    mention_columns,
    merge,
    patched,
    reading_digest,
    unfit,
    widen,
)
from socialdesk.desk.schema import micros
from socialdesk.desk.shelf import Shelf
from socialdesk.desk.threads import Span, write_threads
from socialdesk.models import Author, EventKind, Mention

__all__ = ["Intake"]

_UNFIT = (TypeError, ValueError)
"""What writing a value raises that no text or table can hold, such as half a character."""


_RAWS = Bulk(sa.insert(schema.raw), ("account_id", "mention_key", "shape", "via", "body", "received_at"))


class Intake:
    """One page on its way into the tables."""

    def __init__(self, connection: Connection, page: PageRecord) -> None:
        self.connection = connection
        self.page = page
        self.now = micros(page.stamp.now)
        self.new = self.changed = self.known = self.set_aside = 0
        self.events: list[dict[str, Any]] = []
        self.notices: list[Notice] = []
        self.shelf = Shelf(connection, page.account_id, page.stamp.now, watched=page.watches)
        self.parking = Parking(connection, page.account_id, page.stamp.now)
        self.created: list[Mention] = []
        self._mentions: dict[str, tuple[Mention, Raw]] = {}
        self._others: list[tuple[Gone | Patch, Raw]] = []
        self._echoes: list[tuple[Doubt, Mention]] = []
        self._receipts: list[Receipted] = []
        self._unread: list[Unread] = list(page.unread)
        self._ids = page.stamp.uuids()

    def write(self) -> None:
        for entry in self.page.read:
            self.sort(entry)
        self.write_mentions()
        self.write_unread()
        self.write_receipts()
        for notice in self.page.notices:
            self.note(notice)
        self.write_events()

    def sort(self, entry: Read) -> None:
        """Put an item with its kind."""
        if (problem := unfit(entry.item)) is not None:
            self._unread.append(Unread(entry.raw, f"the desk cannot keep {problem}"))
            return
        match entry.item:
            case Mention() as mention:
                self._gather(mention, entry.raw)
            case Gone() | Patch() as other:
                self._others.append((other, entry.raw))
            case Notice() as notice:
                self.note(notice)
            case Receipted() as receipt:
                self._receipts.append(receipt)
            case Stub() as stub:
                self._unread.append(Unread(entry.raw, f"The platform tells nothing of {stub.id}."))
            case Author():  # each mention holds its author as he was when he said it
                pass

    def _gather(self, mention: Mention, raw: Raw) -> None:
        """Of two readings of one thing on a page, the earlier version is merged into the later one."""
        key = ":".join(mention.id)
        if key not in self._mentions:
            self._mentions[key] = (mention, raw)
            return
        other, other_raw = self._mentions[key]
        if mention.revision < other.revision:
            self._mentions[key] = (merge(mention, other), other_raw)
        else:
            self._mentions[key] = (merge(other, mention), raw)

    def tell(self, kind: EventKind, text: str = "", mention: str | None = None) -> None:
        """Note an event as the table holds it: a value is made of it when somebody listens."""
        self.events.append(
            {
                "account_id": self.page.account_id,
                "id": next(self._ids),
                "kind": kind.value,
                "mention_key": mention,
                "reply_key": None,
                "text": text,
                "at": self.now,
            }
        )

    def note(self, notice: Notice) -> None:
        if notice.scope in ("item", "person"):
            self.tell(EventKind.HEALTH, f"{notice.code}: {notice.text}")
        else:  # it stands until it is not told any more: it is told of once
            self.notices.append(notice)

    def write_mentions(self) -> None:
        stored = self.shelf.find(list(self._mentions))
        ours = self._said_here()
        early = self.parking.patches(
            [key for key in self._mentions if key not in stored or stored[key].state == "deleted"]
        )
        rows: list[dict[str, Any]] = []
        raws: list[dict[str, Any]] = []
        threads: dict[str, Span] = {}
        for key, (heard, raw) in self._mentions.items():
            mention = heard
            if key in ours:
                mention = heard.model_copy(update={"direction": "outbound_socialdesk"})
            kept = stored.get(key)
            try:
                if key in early:
                    mention = patched(mention, early[key])
                row = self.shelf.row(next(self._ids), mention) if kept is None else None
                changed = kept is not None and self._update(kept, mention)
            except _UNFIT as error:  # read, but not to be written: it concerns this item alone
                self._set_aside(raw, error)
                continue
            if row is not None:
                rows.append(row)
                self.new += 1
                self.created.append(mention)
                if key not in ours:
                    self._tell_of(mention)
            elif not changed:
                self.known += 1
                continue
            raws.append(self._raw(key, raw))
            widen(threads, mention)
        self.shelf.add(rows)
        _RAWS.insert(self.connection, raws)
        write_threads(self.connection, self.page.account_id, threads)
        if early:
            self.parking.drop_patches(list(early))
        self._settle_echoes()
        self._write_others()

    def _tell_of(self, mention: Mention) -> None:
        """Tell of a new mention, unless it may be a post of ours of which it is not known what became of it."""
        key = str(mention.id)
        doubts = [doubt for doubt in self._doubts if mention.direction != "inbound" and doubt.may_be(mention)]
        if not doubts:
            self.tell(EventKind.CREATED, mention=key)
            self.events[-1]["backfilled"] = self._is_of_before(mention)
            return
        doubt = next((doubt for doubt in doubts if doubt.is_it(mention)), doubts[0])
        self.parking.put(key, HELD, next(self._ids), doubt.id)
        if doubt.is_it(mention):
            self._echoes.append((doubt, mention))

    def _settle_echoes(self) -> None:
        """What our posts, come back to us, say of the parts that they are."""
        for doubt, mention in self._echoes:
            echo = (mention, self.page.stamp.now, lambda: next(self._ids))
            events = settle_by(self.connection, self.page.account_id, doubt, echo)
            if events is None:
                continue
            said = mention.model_copy(update={"direction": "outbound_socialdesk"})
            self.shelf.save(str(mention.id), mention_columns(said))
            self.events += map(dict, events)

    @cached_property
    def _doubts(self) -> tuple[Doubt, ...]:
        return in_doubt(self.connection, self.page.account_id)

    def _is_of_before(self, mention: Mention) -> bool:
        """Whether it was said before the desk began to hear the account, so that only a backfill brings it."""
        began, said = self.page.heard_from, mention.created_at
        return began is not None and said is not None and said < began

    def _write_others(self) -> None:
        if not self._others:
            return
        stored = self.shelf.find([str(other.id) for other, _ in self._others])  # this page's own among them
        for other, raw in self._others:
            try:
                self._change(stored, other)
            except _UNFIT as error:
                self._set_aside(raw, error)

    def _set_aside(self, raw: Raw, error: Exception) -> None:
        self._unread.append(Unread(raw, f"{type(error).__name__}: the desk cannot keep what was read"))

    def _said_here(self) -> set[str]:
        """Which of the page's own posts are ones that the desk sent."""
        own = {key: said for key, (said, _) in self._mentions.items() if said.direction != "inbound"}
        return said_by_desk(self.connection, self.page.account_id, own) if own else set()

    def _raw(self, key: str, raw: Raw) -> dict[str, Any]:
        return {
            "account_id": self.page.account_id,
            "mention_key": key,
            "shape": raw.shape,
            "via": self.page.via,
            "body": dump_raw(raw.body),
            "received_at": self.now,
        }

    def _update(self, kept: Any, mention: Mention) -> bool:
        """Whether anything changed. An older version changes nothing; what is deleted stays so, whatever is told of it
        later: that only completes what is known of it, and no event tells of it."""
        if mention.revision < kept.revision:
            return False
        if kept.digest == content_digest(mention) and kept.reading == reading_digest(mention):
            return False
        before = self.shelf.load(kept.key)
        if is_older(before, mention):
            return False
        merged = merge(before, mention)
        if kept.state == "deleted":
            merged = merged.model_copy(update={"state": "deleted"})
        columns = mention_columns(merged)
        if columns["digest"] == kept.digest and columns["reading"] == kept.reading:
            return False
        self.shelf.save(kept.key, columns)
        if columns["digest"] != kept.digest and kept.state != "deleted":
            self.changed += 1
            self.tell(EventKind.EDITED, mention=str(merged.id))
            return True
        self.known += 1
        return True

    def _change(self, stored: Mapping[str, Any], other: Gone | Patch) -> None:
        key = str(other.id)
        if isinstance(other, Gone):
            self._bury(stored.get(key), other)
            return
        before = self.shelf.load(key) if key in stored else None
        if before is None or before.observed_at is None:  # not heard yet, or no more than that it is gone
            self.parking.park_patch(other, next(self._ids))
            return
        after = patched(before, dump_changes(other.changes))
        if before.state == "deleted":
            after = after.model_copy(update={"state": "deleted"})
        columns = mention_columns(after)
        self.shelf.save(key, columns)
        if columns["digest"] != stored[key].digest and before.state != "deleted":
            self.changed += 1
            self.tell(EventKind.EDITED, mention=key)

    def _bury(self, kept: Any, gone: Gone) -> None:
        """Mark a mention as no more. One that was never heard leaves a stone, so that a late copy cannot revive it."""
        if kept is None:
            stone = Mention(id=gone.id, kind="other", state=gone.state, account=self.page.account_id)
            row = self.shelf.row(next(self._ids), stone)
            self.connection.execute(upsert(schema.mention).values(**row).on_conflict_do_nothing())
            return
        if kept.state in (gone.state, "deleted"):
            return
        self.shelf.save(
            kept.key, mention_columns(self.shelf.load(kept.key).model_copy(update={"state": gone.state}))
        )
        self.changed += 1
        self.tell(EventKind.DELETED if gone.state == "deleted" else EventKind.EDITED, mention=kept.key)

    # ----------------------------------------------------------------------------------------------- the rest

    def write_unread(self) -> None:
        self.set_aside += write_aside(self.connection, self.page, self._unread, self._ids)

    def write_receipts(self) -> None:
        for receipt in self._receipts:
            event = self.parking.note_receipt(receipt, next(self._ids))
            if event is not None:
                self.events.append(event)

    def write_events(self) -> None:
        write_events(self.connection, self.events)
