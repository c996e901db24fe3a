"""One page on its way into the tables: what is new, what changed, what of it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.ingest import Read, Unread
from socialdesk.connector import Gone, Notice, Patch, Raw, Receipted, Stub
from socialdesk.desk import schema
from socialdesk.desk.aside import write_aside
from socialdesk.desk.bulk import Bulk
from socialdesk.desk.dialects import upsert
from socialdesk.desk.eventing import write_events
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.rows import content_digest, dump_raw, mention_columns, merge, reading_digest, widen
from socialdesk.desk.schema import micros
from socialdesk.desk.shelf import Shelf
from socialdesk.models import Author, EventKind, Mention

__all__ = ["Intake"]

_UNFIT = (TypeError, ValueError)
"""What writing a value raises that no text or table can hold, such as half a character."""


def _widening() -> sa.Insert:
    """Begin a conversation, or stretch the span of one that stands."""
    table = schema.conversation
    insert = upsert(table)
    later = sa.case(
        (insert.excluded.last_at > table.c.last_at, insert.excluded.last_at), else_=table.c.last_at
    )
    earlier = sa.case(
        (insert.excluded.opened_at < table.c.opened_at, insert.excluded.opened_at), else_=table.c.opened_at
    )
    return insert.on_conflict_do_update(
        index_elements=["account_id", "key"], set_={"last_at": later, "opened_at": earlier}
    )


_RAWS = Bulk(sa.insert(schema.raw), ("account_id", "mention_key", "shape", "via", "body", "received_at"))
_THREADS = Bulk(_widening(), ("account_id", "key", "opened_at", "last_at", "provisional"))


class Intake:
    """One page on its way into the tables."""

    def __init__(self, connection: Connection, page: PageRecord) -> None:
        self.connection = connection
        self.page = page
        self.now = micros(page.stamp.now)
        self.new = self.changed = self.known = self.set_aside = 0
        self.events: list[dict[str, Any]] = []
        self.notices: list[Notice] = []
        self._mentions: dict[str, tuple[Mention, Raw]] = {}
        self._others: list[tuple[Gone | Patch, Raw]] = []
        self._unread: list[Unread] = list(page.unread)
        self._ids = page.stamp.uuids()
        self.shelf = Shelf(connection, page.account_id, page.stamp.now, watched=page.watches)

    def write(self) -> None:
        for entry in self.page.read:
            self.sort(entry)
        self.write_mentions()
        self.write_unread()
        for notice in self.page.notices:
            self.note(notice)
        self.write_events()

    def sort(self, entry: Read) -> None:
        """Put an item with its kind."""
        match entry.item:
            case Mention() as mention:
                self._gather(mention, entry.raw)
            case Gone() | Patch() as other:
                self._others.append((other, entry.raw))
            case Notice() as notice:
                self.note(notice)
            case Receipted() as receipt:
                self.tell(EventKind.RECEIPT, f"{receipt.state}", mention=str(receipt.id))
            case Stub() | Author():
                self._unread.append(
                    Unread(entry.raw, f"{type(entry.item).__name__}: the desk cannot keep this yet")
                )

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

    # ----------------------------------------------------------------------------------------------- mentions

    def write_mentions(self) -> None:
        stored = self.shelf.find(list(self._mentions))
        ours = self._said_here()
        rows: list[dict[str, Any]] = []
        raws: list[dict[str, Any]] = []
        threads: dict[str, tuple[int | None, int | None, bool]] = {}
        for key, (heard, raw) in self._mentions.items():
            mention = heard
            if key in ours:
                mention = heard.model_copy(update={"direction": "outbound_socialdesk"})
            kept = stored.get(key)
            try:
                row = self.shelf.row(next(self._ids), mention) if kept is None else None
                changed = kept is not None and self._update(kept, mention)
            except _UNFIT as error:  # read, but not to be written: it concerns this item alone
                self._set_aside(raw, error)
                continue
            if row is not None:
                rows.append(row)
                self.new += 1
                if key not in ours:
                    self.tell(EventKind.CREATED, mention=key)
            elif not changed:
                self.known += 1
                continue
            raws.append(self._raw(key, raw))
            widen(threads, mention)
        self.shelf.add(rows)
        _RAWS.insert(self.connection, raws)
        self._write_threads(threads)
        self._write_others()

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
        own = [key for key, (mention, _) in self._mentions.items() if mention.direction != "inbound"]
        if not own:
            return set()
        table = schema.part
        query = sa.select(table.c.remote_id).where(
            table.c.account_id == self.page.account_id, table.c.remote_id.in_(own)
        )
        return set(self.connection.execute(query).scalars())

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
        """Whether anything changed. What is deleted stays so, and an older version changes nothing."""
        if kept.state == "deleted":
            return False
        if mention.revision < kept.revision:
            return False
        if kept.digest == content_digest(mention) and kept.reading == reading_digest(mention):
            return False
        before = self.shelf.load(kept.key)
        merged = merge(before, mention)
        columns = mention_columns(merged)
        if columns["digest"] == kept.digest and columns["reading"] == kept.reading:
            return False
        self.shelf.save(kept.key, columns)
        if columns["digest"] != kept.digest:
            self.changed += 1
            self.tell(EventKind.EDITED, mention=str(merged.id))
            return True
        self.known += 1
        return True

    def _change(self, stored: Mapping[str, Any], other: Gone | Patch) -> None:
        key = str(other.id)
        if isinstance(other, Gone):
            self._bury(stored.get(key), other)
        elif key in stored and stored[key].state != "deleted":
            changed = self.shelf.load(key).model_copy(update=dict(other.changes))
            columns = mention_columns(Mention.model_validate(changed.model_dump()))
            self.shelf.save(key, columns)
            if columns["digest"] != stored[key].digest:
                self.changed += 1
                self.tell(EventKind.EDITED, mention=key)

    def _bury(self, kept: Any, gone: Gone) -> None:
        """Mark a mention as no more. One that was never heard leaves a stone, so that a late copy cannot revive it."""
        if kept is None:
            stone = Mention(id=gone.id, kind="other", state=gone.state, account=self.page.account_id)
            row = self.shelf.row(next(self._ids), stone)
            self.connection.execute(upsert(schema.mention).values(**row).on_conflict_do_nothing())
            return
        if kept.state == gone.state:
            return
        self.shelf.save(
            kept.key, mention_columns(self.shelf.load(kept.key).model_copy(update={"state": gone.state}))
        )
        self.changed += 1
        self.tell(EventKind.DELETED if gone.state == "deleted" else EventKind.EDITED, mention=kept.key)

    def _write_threads(self, threads: Mapping[str, tuple[int | None, int | None, bool]]) -> None:
        rows = [
            {
                "account_id": self.page.account_id,
                "key": key,
                "opened_at": opened,
                "last_at": last,
                "provisional": provisional,
            }
            for key, (opened, last, provisional) in threads.items()
        ]
        _THREADS.insert(self.connection, rows)

    # ----------------------------------------------------------------------------------------------- the rest

    def write_unread(self) -> None:
        self.set_aside += write_aside(self.connection, self.page, self._unread, self._ids)

    def write_events(self) -> None:
        write_events(self.connection, self.events)
