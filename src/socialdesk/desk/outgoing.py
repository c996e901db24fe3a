"""Store calls about replies: enqueueing, receipts, and what a person decides."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk._engine.health import Symptom
from socialdesk._engine.outbox import derive_state, load_sent
from socialdesk.auth import Stamp
from socialdesk.connector import Part
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.dialects import alone, insert_new, wake
from socialdesk.desk.rows import event_of
from socialdesk.desk.schema import micros, moment
from socialdesk.desk.symptoms import Seen, observe
from socialdesk.desk.turns import due, give_turn
from socialdesk.errors import ConfigError, Rejected
from socialdesk.models import Event, ExternalId, PartReceipt, Receipt, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReply:
    """A reply and its parts, as they are written."""

    account_id: str
    id: str
    reply: Reply
    parts: tuple[Part, ...]
    thread: str
    at: datetime

    @property
    def digest(self) -> str:
        """Of the content, to which the key is bound."""
        reply = self.reply
        target = "" if reply.target is None else str(reply.target.id)
        shown = [target, reply.mode, reply.text, reply.sender, reply.overflow]
        for attachment in reply.attachments:
            shown += [str(attachment.id), attachment.alt_text or ""]
        if reply.note is not None:
            shown += ["note", reply.note]
        return hashlib.sha256("\0".join(shown).encode()).hexdigest()


@reads
def find_kept(connection: Connection, new: NewReply) -> Receipt | None:
    """The receipt of a reply that was kept before, with this key and this content; None where there is none."""
    table = schema.reply
    here = (table.c.account_id == new.account_id, table.c.key == new.reply.idempotency_key)
    known = connection.execute(sa.select(table.c.digest).where(*here)).scalar()
    return receipt_of(connection, new.account_id, new.reply.idempotency_key) if known == new.digest else None


@writes
def enqueue(connection: Connection, new: NewReply) -> Receipt:
    """Keep a reply for sending. The same key again gives the receipt that stands.

    Raises ConfigError where the key was used for other content, Rejected(stale_page) where the post was edited since.
    """
    key = new.reply.idempotency_key
    if not _is_kept(connection, new):
        _check_revision(connection, new)
        row = {
            "account_id": new.account_id,
            "key": key,
            "id": new.id,
            "digest": new.digest,
            "thread": new.thread,
            "target_key": None if new.reply.target is None else str(new.reply.target.id),
            "state": "pending",
            "data": new.reply.model_dump_json(),
            "created_at": micros(new.at),
        }
        # the key alone is the lock: the transaction may be a host's, and stay open while others use the account
        if insert_new(connection, schema.reply, row):
            turn = give_turn(connection, new.account_id, new.at)
            connection.execute(sa.insert(schema.part), _part_rows(new, turn))
            wake(connection)
        else:  # another was quicker: with the same content?
            _is_kept(connection, new)
    return receipt_of(connection, new.account_id, key)


def _is_kept(connection: Connection, new: NewReply) -> bool:
    """Whether this very reply is there. Raises ConfigError where its key names another one."""
    table = schema.reply
    key = new.reply.idempotency_key
    known = connection.execute(
        sa.select(table.c.digest).where(table.c.account_id == new.account_id, table.c.key == key)
    ).scalar()
    if known is not None and known != new.digest:
        raise ConfigError(
            f"The key {key!r} was used for another reply. A key names one content for good: choose a new one."
        )
    return known is not None


def _part_rows(new: NewReply, turn: int) -> list[dict[str, Any]]:
    return [
        {
            "account_id": new.account_id,
            "id": part.key,
            "reply_key": new.reply.idempotency_key,
            "number": number,
            "thread": new.thread,
            "turn": turn,
            "state": "pending",
            "epoch": 0,
            "mode": part.mode,
            "text": part.text,
            "attachments": orjson.dumps([item.model_dump(mode="json") for item in part.attachments]).decode(),
            "attempts": 0,
            "unknowns": 0,
            "negatives": 0,
            "at": micros(part.at),
            "next_at": micros(new.at),
        }
        for number, part in enumerate(new.parts)
    ]


def _check_revision(connection: Connection, new: NewReply) -> None:
    if new.reply.target is None or new.reply.expected_revision is None:
        return
    table = schema.mention
    stands = connection.execute(
        sa.select(table.c.revision).where(
            table.c.account_id == new.account_id, table.c.key == str(new.reply.target.id)
        )
    ).scalar()
    if stands is not None and stands != new.reply.expected_revision:
        raise Rejected(
            "stale_page", "The post was edited since it was read: read it again and answer what it says now."
        )


def set_reply_state(connection: Connection, account_id: str, key: str) -> tuple[str, str]:
    """Derive the reply's state from its parts'; gives the state before and after."""
    here = {"of_account": account_id, "of_key": key}
    after = derive_state(_PARTS_STATES.run(connection, here).scalars().all())
    before = _REPLYS_STATE.run(connection, here).scalar_one()
    if before != after:
        _CHANGE_STATE.run(connection, {**here, "state": after})
    return str(before), after


_THE_REPLY = (
    schema.reply.c.account_id == sa.bindparam("of_account"),
    schema.reply.c.key == sa.bindparam("of_key"),
)
_ITS_PARTS = (
    schema.part.c.account_id == sa.bindparam("of_account"),
    schema.part.c.reply_key == sa.bindparam("of_key"),
)
# Made once: they run several times with every part.
_PARTS_STATES = Prepared(sa.select(schema.part.c.state).where(*_ITS_PARTS))
_REPLYS_STATE = Prepared(sa.select(schema.reply.c.state).where(*_THE_REPLY))
_CHANGE_STATE = Prepared(sa.update(schema.reply).where(*_THE_REPLY), ("state",))


@reads
def find_receipts(connection: Connection, accounts: Sequence[str], key: str) -> tuple[Receipt, ...]:
    """The receipts of this key: a key is unique within its account."""
    table = schema.reply
    found = connection.execute(
        sa.select(table.c.account_id).where(table.c.account_id.in_(accounts), table.c.key == key)
    ).scalars()
    return tuple(receipt_of(connection, account_id, key) for account_id in found.all())


@reads
def list_receipts(
    connection: Connection, accounts: Sequence[str], *, state: str | None, thread: str | None, limit: int
) -> tuple[Receipt, ...]:
    """Receipts, newest first."""
    table = schema.reply
    query = sa.select(table.c.account_id, table.c.key).where(table.c.account_id.in_(accounts))
    if state is not None:
        query = query.where(table.c.state == state)
    if thread is not None:
        query = query.where(table.c.thread == thread)
    query = query.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit)
    return tuple(receipt_of(connection, row.account_id, row.key) for row in connection.execute(query).all())


def receipt_of(connection: Connection, account_id: str, key: str) -> Receipt:
    """What became of a reply that is there."""
    table = schema.reply
    reply = connection.execute(
        sa.select(table).where(table.c.account_id == account_id, table.c.key == key)
    ).one()
    parts = connection.execute(
        sa.select(schema.part)
        .where(schema.part.c.account_id == account_id, schema.part.c.reply_key == key)
        .order_by(schema.part.c.number)
    ).all()
    return Receipt(
        key=key,
        account=account_id,
        state=reply.state,
        parts=tuple(_part_receipt(row) for row in parts),
        target=None if reply.target_key is None else ExternalId.of(reply.target_key),
        created_at=moment(reply.created_at),
    )


def _part_receipt(row: Any) -> PartReceipt:
    return PartReceipt(
        key=row.id,
        text=row.text,
        mode=row.mode,
        state=row.state,
        id=None if row.remote_id is None else ExternalId.of(row.remote_id),
        url=None if row.sent is None else load_sent(row.sent).url,
        attempts=row.attempts,
        error=row.error,
        again_at=moment(row.next_at) if row.state in ("pending", "unknown") else None,
        settled_by=row.settled_by,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """From when until when nothing of an account can be sent, and why; ``symptom`` is what that shows of it."""

    now: datetime
    until: datetime
    problem: str
    stamp: Stamp | None = None
    symptom: Symptom | None = None


@writes
def put_off(connection: Connection, account_id: str, pause: Pause) -> tuple[Event, ...]:
    """Nothing of the account can be sent now: what is due waits until then, with the reason. Gives what to tell of the
    account."""
    alone(connection, account_id)
    events: Sequence[Mapping[str, Any]] = ()
    if pause.symptom is not None and pause.stamp is not None:
        seen = Seen(at=pause.now, ids=pause.stamp.uuids(), shows=(pause.symptom,))
        events = observe(connection, account_id, seen)
    table = schema.part
    connection.execute(
        sa.update(table)
        .where(
            table.c.account_id == account_id,
            table.c.state.in_(("pending", "unknown")),
            due(pause.now),
        )
        .values(next_at=micros(pause.until), error=pause.problem)
    )
    return tuple(event_of(row) for row in events)
