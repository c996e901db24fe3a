"""Store calls about what was heard: storing a page, listing, conversations."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypedDict

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk._engine.ingest import Read, Unread
from socialdesk._engine.limits import Budget, Key
from socialdesk.auth import Stamp
from socialdesk.connector import Gone, Notice, Patch, Raw, Receipted, Stub
from socialdesk.desk import schema
from socialdesk.desk.accounts import note_account, save_budgets
from socialdesk.desk.schema import micros
from socialdesk.models import Author, Event, EventKind, ExternalId, Mention, Metrics

__all__ = ["Filters", "PageRecord", "Stored", "list_mentions", "store_page"]

CHUNK = 400  # keys in one IN (...): SQLite takes 32,766 variables, older ones 999


class Filters(TypedDict, total=False):
    """What :meth:`Desk.mentions` takes; every filter given must hold.

    ``since`` and ``until`` bound ``created_at``; ``text`` is looked for anywhere, whatever its case; ``rule`` is a
    rule that caught it; ``answered`` says whether a reply of ours stands or is on its way; ``before`` is the id of
    the last mention of the page before.
    """

    account: str
    kind: str
    state: str
    direction: str
    visibility: str
    conversation: str
    author: str
    rule: str
    text: str
    since: datetime
    until: datetime
    answered: bool
    order: Literal["newest", "oldest", "spread"]
    limit: int
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """One page, to be stored in one transaction together with the cursor behind it.

    ``stamp`` gives the ids. ``release`` gives the listing back, ``next_at`` says when it is polled again.
    """

    account_id: str
    stream: str
    topic: str
    owner: str
    epoch: int
    cursor: str
    stamp: Stamp
    via: str
    read: Sequence[Read] = ()
    unread: Sequence[Unread] = ()
    notices: Sequence[Notice] = ()
    budgets: Mapping[Key, Budget] = field(default_factory=dict)
    plugin_version: str = ""
    release: bool = True
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What a page changed. ``kept_cursor`` is False where another run had taken the listing over: what was heard is
    stored all the same, and the other one's position stands."""

    new: int
    changed: int
    known: int
    set_aside: int
    events: tuple[Event, ...]
    kept_cursor: bool


@writes
def store_page(connection: Connection, page: PageRecord) -> Stored:
    """Store mentions, raw items, events and the cursor: all of them, or none."""
    intake = _Intake(connection, page)
    for entry in page.read:
        intake.sort(entry)
    intake.write_mentions()
    intake.write_unread()
    for notice in page.notices:
        intake.note(notice)
    intake.write_events()
    save_budgets(connection, page.budgets)
    kept = _move_cursor(connection, page)
    return Stored(intake.new, intake.changed, intake.known, intake.set_aside, tuple(intake.events), kept)


def _move_cursor(connection: Connection, page: PageRecord) -> bool:
    table = schema.stream
    values: dict[str, Any] = {"cursor": page.cursor, "failures": 0, "problem": None}
    if page.release:
        values |= {"owner": None, "next_at": micros(page.next_at), "polled_at": micros(page.stamp.now)}
    return bool(
        connection.execute(
            sa.update(table)
            .where(
                table.c.account_id == page.account_id,
                table.c.stream == page.stream,
                table.c.topic == page.topic,
                table.c.owner == page.owner,
                table.c.epoch == page.epoch,
            )
            .values(**values)
        ).rowcount
    )


def content_digest(mention: Mention) -> str:
    """Changes when what was said changes, and not when a link to a picture is signed anew."""
    parts = [
        mention.title or "",
        mention.text,
        mention.state,
        *(str(item.id) for item in mention.attachments),
    ]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def reading_digest(mention: Mention) -> str:
    """Changes when the counts do, or the rules that caught it."""
    counts = mention.metrics
    parts = (
        counts.likes,
        counts.replies,
        counts.reposts,
        counts.quotes,
        counts.bookmarks,
        counts.views,
        sorted(mention.matched_by),
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


class _Intake:
    """One page on its way into the tables."""

    def __init__(self, connection: Connection, page: PageRecord) -> None:
        self.connection = connection
        self.page = page
        self.new = self.changed = self.known = self.set_aside = 0
        self.events: list[Event] = []
        self._mentions: dict[str, tuple[Mention, Raw]] = {}
        self._others: list[Gone | Patch] = []
        self._unread: list[Unread] = list(page.unread)
        self._ids = 0

    def _next_id(self) -> str:
        self._ids += 1
        return self.page.stamp.uuid(self._ids)

    def sort(self, entry: Read) -> None:
        """Put an item with its kind; of two readings of one thing on a page, the later is merged into the first."""
        match entry.item:
            case Mention() as mention:
                key = str(mention.id)
                before = self._mentions.get(key)
                merged = mention if before is None else merge(before[0], mention)
                self._mentions[key] = (merged, entry.raw)
            case Gone() | Patch() as other:
                self._others.append(other)
            case Notice() as notice:
                self.note(notice)
            case Receipted() as receipt:
                self.tell(EventKind.RECEIPT, f"{receipt.state}", mention=receipt.id)
            case Stub() | Author():
                self._unread.append(
                    Unread(entry.raw, f"{type(entry.item).__name__}: the desk cannot keep this yet")
                )

    def tell(self, kind: EventKind, text: str = "", mention: ExternalId | None = None) -> None:
        self.events.append(
            Event(
                id=self._next_id(),
                kind=kind,
                account=self.page.account_id,
                at=self.page.stamp.now,
                mention=mention,
                text=text,
            )
        )

    def note(self, notice: Notice) -> None:
        coverage = notice.scope == "stream"
        self.tell(EventKind.COVERAGE if coverage else EventKind.HEALTH, f"{notice.code}: {notice.text}")
        if notice.scope in ("account", "app"):
            note_account(self.connection, self.page.account_id, "active", f"{notice.code}: {notice.text}")

    # ----------------------------------------------------------------------------------------------- mentions

    def write_mentions(self) -> None:
        stored = self._stored([*self._mentions, *(str(other.id) for other in self._others)])
        ours = self._said_here()
        rows: list[dict[str, Any]] = []
        raws: list[dict[str, Any]] = []
        threads: dict[str, tuple[int | None, int | None, bool]] = {}
        for key, (heard, raw) in self._mentions.items():
            mention = heard
            if key in ours:
                mention = heard.model_copy(update={"direction": "outbound_socialdesk"})
            kept = stored.get(key)
            if kept is None:
                rows.append(self._row(self._next_id(), key, mention))
                self.new += 1
                if key not in ours:
                    self.tell(EventKind.CREATED, mention=mention.id)
            elif not self._update(kept, mention):
                self.known += 1
                continue
            raws.append(self._raw(key, raw))
            _widen(threads, mention)
        if rows:
            self.connection.execute(sa.insert(schema.mention), rows)
        if raws:
            self.connection.execute(sa.insert(schema.raw), raws)
        self._write_threads(threads)
        for other in self._others:
            self._change(stored, other)

    def _stored(self, keys: Sequence[str]) -> dict[str, Any]:
        table = schema.mention
        found: dict[str, Any] = {}
        for start in range(0, len(keys), CHUNK):
            query = sa.select(
                table.c.key, table.c.id, table.c.state, table.c.digest, table.c.reading, table.c.revision
            )
            query = query.where(
                table.c.account_id == self.page.account_id, table.c.key.in_(keys[start : start + CHUNK])
            )
            found.update((row.key, row) for row in self.connection.execute(query))
        return found

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

    def _row(self, identity: str, key: str, mention: Mention) -> dict[str, Any]:
        return {
            "account_id": self.page.account_id,
            "key": key,
            "id": identity,
            "heard_at": micros(self.page.stamp.now),
            **_columns(mention),
        }

    def _raw(self, key: str, raw: Raw) -> dict[str, Any]:
        return {
            "account_id": self.page.account_id,
            "mention_key": key,
            "shape": raw.shape,
            "via": self.page.via,
            "body": orjson.dumps(raw.body).decode(),
            "received_at": micros(self.page.stamp.now),
        }

    def _update(self, kept: Any, mention: Mention) -> bool:
        """Whether anything changed. What is deleted stays so, and an older version changes nothing."""
        if kept.state == "deleted":
            return False
        if mention.revision < kept.revision:
            return False
        if kept.digest == content_digest(mention) and kept.reading == reading_digest(mention):
            return False
        before = self._load(kept.key)
        merged = merge(before, mention)
        columns = _columns(merged)
        if columns["digest"] == kept.digest and columns["reading"] == kept.reading:
            return False
        self._save(kept.key, columns)
        if columns["digest"] != kept.digest:
            self.changed += 1
            self.tell(EventKind.EDITED, mention=merged.id)
            return True
        self.known += 1
        return True

    def _load(self, key: str) -> Mention:
        table = schema.mention
        data = self.connection.execute(
            sa.select(table.c.data).where(table.c.account_id == self.page.account_id, table.c.key == key)
        ).scalar_one()
        return Mention.model_validate_json(data)

    def _save(self, key: str, columns: Mapping[str, Any]) -> None:
        table = schema.mention
        self.connection.execute(
            sa.update(table)
            .where(table.c.account_id == self.page.account_id, table.c.key == key)
            .values(**columns)
        )

    def _change(self, stored: Mapping[str, Any], other: Gone | Patch) -> None:
        key = str(other.id)
        if isinstance(other, Gone):
            self._bury(stored.get(key), other)
        elif key in stored and stored[key].state != "deleted":
            changed = self._load(key).model_copy(update=dict(other.changes))
            columns = _columns(Mention.model_validate(changed.model_dump()))
            self._save(key, columns)
            if columns["digest"] != stored[key].digest:
                self.changed += 1
                self.tell(EventKind.EDITED, mention=other.id)

    def _bury(self, kept: Any, gone: Gone) -> None:
        """Mark a mention as no more. One that was never heard leaves a stone, so that a late copy cannot revive it."""
        if kept is None:
            stone = Mention(id=gone.id, kind="other", state=gone.state, account=self.page.account_id)
            row = self._row(self._next_id(), str(gone.id), stone)
            self.connection.execute(upsert(schema.mention).values(**row).on_conflict_do_nothing())
            return
        if kept.state == gone.state:
            return
        self._save(kept.key, _columns(self._load(kept.key).model_copy(update={"state": gone.state})))
        self.changed += 1
        self.tell(EventKind.DELETED if gone.state == "deleted" else EventKind.EDITED, mention=gone.id)

    def _write_threads(self, threads: Mapping[str, tuple[int | None, int | None, bool]]) -> None:
        if not threads:
            return
        table = schema.conversation
        insert = upsert(table)
        later = sa.case(
            (insert.excluded.last_at > table.c.last_at, insert.excluded.last_at), else_=table.c.last_at
        )
        earlier = sa.case(
            (insert.excluded.opened_at < table.c.opened_at, insert.excluded.opened_at),
            else_=table.c.opened_at,
        )
        statement = insert.on_conflict_do_update(
            index_elements=["account_id", "key"], set_={"last_at": later, "opened_at": earlier}
        )
        self.connection.execute(
            statement,
            [
                {
                    "account_id": self.page.account_id,
                    "key": key,
                    "opened_at": opened,
                    "last_at": last,
                    "provisional": provisional,
                }
                for key, (opened, last, provisional) in threads.items()
            ],
        )

    # ----------------------------------------------------------------------------------------------- the rest

    def write_unread(self) -> None:
        for unread in self._unread:
            body = orjson.dumps(unread.raw.body, default=str).decode()
            digest = hashlib.blake2b(f"{unread.raw.shape}\0{body}".encode(), digest_size=16).hexdigest()
            row = {
                "account_id": self.page.account_id,
                "id": self._next_id(),
                "shape": unread.raw.shape,
                "via": self.page.via,
                "body": body,
                "digest": digest,
                "reason": unread.reason,
                "plugin_version": self.page.plugin_version,
                "state": "waiting",
                "received_at": micros(self.page.stamp.now),
            }
            insert = upsert(schema.quarantine).values(**row).on_conflict_do_nothing()
            self.set_aside += self.connection.execute(insert).rowcount

    def write_events(self) -> None:
        if self.events:
            self.connection.execute(sa.insert(schema.event), [event_row(event) for event in self.events])


def event_row(event: Event) -> dict[str, Any]:
    """An event as the table holds it."""
    return {
        "account_id": event.account,
        "id": event.id,
        "kind": event.kind.value,
        "mention_key": None if event.mention is None else str(event.mention),
        "reply_key": event.reply,
        "text": event.text,
        "at": micros(event.at),
    }


def _columns(mention: Mention) -> dict[str, Any]:
    return {
        "kind": mention.kind,
        "direction": mention.direction,
        "visibility": mention.visibility,
        "state": mention.state,
        "author": None if mention.author.id is None else str(mention.author.id),
        "conversation": thread_key(mention),
        "created_at": micros(mention.created_at),
        "revision": mention.revision,
        "digest": content_digest(mention),
        "reading": reading_digest(mention),
        "priority": mention.labels.priority,
        "data": mention.model_dump_json(),
    }


def thread_key(mention: Mention) -> str:
    """The conversation's key: its root's id, or the mention's own where the root is not known yet."""
    return str(mention.conversation or mention.id)


def _widen(threads: dict[str, tuple[int | None, int | None, bool]], mention: Mention) -> None:
    key, at = thread_key(mention), micros(mention.created_at)
    opened, last, provisional = threads.get(key, (at, at, mention.conversation is None))
    if at is not None:
        opened = at if opened is None else min(opened, at)
        last = at if last is None else max(last, at)
    threads[key] = (opened, last, provisional)


def merge(before: Mention, now: Mention) -> Mention:
    """One mention of two readings of the same thing: the later one's word, where it had one.

    What its path could not tell keeps its value; rules and other ids are joined; counts are taken one by one.
    """
    keep = {name: getattr(before, name) for name in now.provenance.missing if name in Mention.model_fields}
    told = {name: value for name, value in now.metrics if value is not None}
    counts = Metrics(**{**dict(before.metrics), **told})
    update: dict[str, Any] = {
        **keep,
        "matched_by": tuple(dict.fromkeys((*before.matched_by, *now.matched_by))),
        "aliases": tuple(dict.fromkeys((*before.aliases, *now.aliases))),
        "metrics": counts,
    }
    if before.direction == "outbound_socialdesk":
        update["direction"] = before.direction
    if now.labels == type(now.labels)():
        update["labels"] = before.labels
    return now.model_copy(update=update)


# ------------------------------------------------------------------------------------------------------- reading


@reads
def list_mentions(
    connection: Connection, accounts: Sequence[str], filters: Filters
) -> tuple[tuple[str, str], ...]:
    """(public id, JSON) of the mentions that pass, in the order asked for."""
    table = schema.mention
    query = sa.select(table.c.id, table.c.data).where(table.c.account_id.in_(accounts), *_conditions(filters))
    before = filters.get("before")
    order = filters.get("order", "newest")
    if before is not None:
        query = query.where(_after(connection, order, before))
    query = query.order_by(*_ORDERS[order]).limit(filters.get("limit", 50))
    return tuple((row.id, row.data) for row in connection.execute(query))


_SPREAD = sa.func.coalesce(
    sa.func.json_extract(schema.mention.c.data, "$.metrics.reposts"), 0
) + sa.func.coalesce(sa.func.json_extract(schema.mention.c.data, "$.metrics.quotes"), 0)
_AT = sa.func.coalesce(schema.mention.c.created_at, schema.mention.c.heard_at)
_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": (_AT.desc(), schema.mention.c.id.desc()),
    "oldest": (_AT.asc(), schema.mention.c.id.asc()),
    "spread": (_SPREAD.desc(), _AT.desc(), schema.mention.c.id.desc()),
}


def _after(connection: Connection, order: str, before: str) -> sa.ColumnElement[bool]:
    """Rows that come after the row ``before`` in this order."""
    at = connection.execute(
        sa.select(_SPREAD, _AT, schema.mention.c.id).where(schema.mention.c.id == before)
    ).first()
    if at is None:
        return sa.true()
    here, there = (_SPREAD, _AT, schema.mention.c.id), tuple(at)
    if order != "spread":
        here, there = here[1:], there[1:]  # type: ignore[assignment]  # the same tuples, one shorter
    row, mark = sa.tuple_(*here), sa.tuple_(*(sa.literal(value) for value in there))
    return row > mark if order == "oldest" else row < mark


_EQUAL = ("kind", "state", "direction", "visibility", "conversation", "author")


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    table = schema.mention
    found: list[sa.ColumnElement[bool]] = [
        table.c[name] == value for name, value in filters.items() if name in _EQUAL
    ]
    if "since" in filters:
        found.append(table.c.created_at >= micros(filters["since"]))
    if "until" in filters:
        found.append(table.c.created_at < micros(filters["until"]))
    if "text" in filters:
        said = sa.func.json_extract(table.c.data, "$.text")
        found.append(said.icontains(filters["text"], autoescape=True))
    if "rule" in filters:
        caught = sa.func.json_extract(table.c.data, "$.matched_by")
        found.append(caught.contains(orjson.dumps(filters["rule"]).decode(), autoescape=True))
    if "answered" in filters:
        answer = sa.exists().where(
            schema.reply.c.account_id == table.c.account_id,
            schema.reply.c.target_key == table.c.key,
            schema.reply.c.state.not_in(("failed", "cancelled")),
        )
        found.append(answer if filters["answered"] else ~answer)
    return found


@reads
def find_mention(connection: Connection, accounts: Sequence[str], name: str) -> tuple[str, str, str] | None:
    """(account id, public id, JSON) of a mention, by its public id or its platform's."""
    table = schema.mention
    row = connection.execute(
        sa.select(table.c.account_id, table.c.id, table.c.data)
        .where(table.c.account_id.in_(accounts), sa.or_(table.c.id == name, table.c.key == name))
        .order_by(table.c.account_id)
    ).first()
    return None if row is None else (row.account_id, row.id, row.data)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as stored."""

    account_id: str
    key: str
    subject: str | None
    linked: str | None
    provisional: bool
    opened_at: int | None
    last_at: int | None
    mentions: tuple[str, ...]


@reads
def find_thread(connection: Connection, accounts: Sequence[str], key: str) -> Thread | None:
    """A conversation with its mentions' JSON, oldest first."""
    table = schema.conversation
    row = connection.execute(
        sa.select(table).where(table.c.account_id.in_(accounts), table.c.key == key)
    ).first()
    if row is None:
        return None
    said = connection.execute(
        sa.select(schema.mention.c.data)
        .where(schema.mention.c.account_id == row.account_id, schema.mention.c.conversation == key)
        .order_by(*_ORDERS["oldest"])
    ).scalars()
    return Thread(
        row.account_id,
        row.key,
        row.subject,
        row.linked,
        row.provisional,
        row.opened_at,
        row.last_at,
        tuple(said),
    )


@reads
def count_waiting(connection: Connection, accounts: Sequence[str]) -> dict[str, dict[str, int]]:
    """Per account: how many mentions there are, items in quarantine, and parts in each state."""
    counts: dict[str, dict[str, int]] = {account: {} for account in accounts}
    for table, label in ((schema.mention, "mentions"), (schema.quarantine, "quarantine")):
        query = sa.select(table.c.account_id, sa.func.count()).where(table.c.account_id.in_(accounts))
        for account, number in connection.execute(query.group_by(table.c.account_id)).tuples():
            counts[account][label] = number
    part = schema.part
    states = sa.select(part.c.account_id, part.c.state, sa.func.count()).where(
        part.c.account_id.in_(accounts)
    )
    for account, state, number in connection.execute(
        states.group_by(part.c.account_id, part.c.state)
    ).tuples():
        counts[account][state] = number
    return counts
