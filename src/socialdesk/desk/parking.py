"""What came before what it belongs to: kept until that comes, then applied as if it had come in order.

Platforms deliver out of order, and a poll and a delivery race each other: an edit may come before what it edits, the
receipt of a message before the answer to the request that sent it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk.connector import Patch, Receipted
from socialdesk.desk import schema
from socialdesk.desk.bulk import Keyed, Prepared
from socialdesk.desk.dialects import upsert
from socialdesk.desk.rows import dump_changes
from socialdesk.desk.schema import MICROSECOND, micros
from socialdesk.models import EventKind

__all__ = ["Parking", "receipts_for"]

PATCH, RECEIPT = "patch", "receipt"
KEPT_FOR = timedelta(days=30)
"""After so long nothing comes any more that what is parked could belong to."""

# Statements are made once: making them takes longer than running them.
_PATCHES = Keyed(
    lambda keys: sa.select(*schema.parked.c["key", "data"]).where(
        schema.parked.c.account_id == sa.bindparam("of_account"),
        schema.parked.c.key.in_(keys),
        schema.parked.c.kind == sa.literal_column(f"'{PATCH}'"),
    )
)


class Parking:
    """What is parked of one account, as a transaction reads and writes it."""

    def __init__(self, connection: Connection, account_id: str, now: datetime) -> None:
        self.connection = connection
        self.account_id = account_id
        self._now = now

    def park_patch(self, patch: Patch, identity: str) -> None:
        """Keep some fields of a mention that is not known yet, beside those that were told of it before."""
        key = str(patch.id)
        before = self.patches([key]).get(key, {})
        told = dump_changes(patch.changes)
        changes = told | before if _is_older(before, told) else before | told
        self.put(key, PATCH, identity, orjson.dumps(changes).decode())

    def patches(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What was told of these mentions before they came."""
        found = _PATCHES.find(self.connection, keys, {"of_account": self.account_id})
        return {row.key: orjson.loads(row.data) for row in found}

    def drop_patches(self, keys: Sequence[str]) -> None:
        table = schema.parked
        self.connection.execute(
            sa.delete(table).where(
                table.c.account_id == self.account_id, table.c.key.in_(keys), table.c.kind == PATCH
            )
        )

    def note_receipt(self, receipt: Receipted, identity: str) -> dict[str, Any] | None:
        """The event that a receipt is; None where it was told before, or is for something that is not known yet."""
        key, kind = str(receipt.id), f"{RECEIPT}:{receipt.state}"
        known, reply = self._sent(key)
        if not self.put(key, kind, identity, receipt.state, done=known) or not known:
            return None
        return _receipt_row(self.account_id, (identity, key, reply, receipt.state), self._now)

    def _sent(self, key: str) -> tuple[bool, str | None]:
        """Whether something stands under a key, and the reply that it is a part of."""
        part, mention = schema.part, schema.mention
        reply = self.connection.execute(
            sa.select(part.c.reply_key).where(
                part.c.account_id == self.account_id, part.c.remote_id == key, part.c.state == "sent"
            )
        ).scalar()
        if reply is not None:
            return True, str(reply)
        stands = sa.select(mention.c.key).where(
            mention.c.account_id == self.account_id, mention.c.key == key, mention.c.direction != "inbound"
        )
        return self.connection.execute(stands).first() is not None and not _held(self, key), None

    def put(self, key: str, kind: str, identity: str, data: str, *, done: bool = False) -> bool:
        """Park something, in place of what was parked so; False where the same was."""
        table = schema.parked
        here = (table.c.account_id == self.account_id, table.c.key == key, table.c.kind == kind)
        before = self.connection.execute(sa.select(table.c.data).where(*here)).scalar()
        if before == data:
            return False
        row = {
            "account_id": self.account_id,
            "key": key,
            "kind": kind,
            "id": identity,
            "data": data,
            "done": done,
            "at": micros(self._now),
        }
        insert = upsert(table).values(**row)
        self.connection.execute(
            insert.on_conflict_do_update(
                index_elements=["account_id", "key", "kind"], set_={"data": data, "at": row["at"]}
            )
        )
        self.connection.execute(
            sa.delete(table).where(
                table.c.account_id == self.account_id,
                table.c.at < micros(self._now) - KEPT_FOR // MICROSECOND,
            )
        )
        return True


def _held(parking: Parking, key: str) -> bool:
    table = schema.parked
    held = sa.select(table.c.id).where(
        table.c.account_id == parking.account_id, table.c.key == key, table.c.kind == "held"
    )
    return parking.connection.execute(held).first() is not None


def _is_older(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether some fields are of an earlier version than others; times are ISO 8601 in UTC, which sorts as text."""
    one, other = before.get("revision"), now.get("revision")
    if one is not None and other is not None and one != other:
        return bool(other < one)
    earlier, later = before.get("edited_at"), now.get("edited_at")
    return earlier is not None and later is not None and later < earlier


def receipts_for(
    connection: Connection, account_id: str, sent: tuple[str, str], now: datetime
) -> tuple[dict[str, Any], ...]:
    """The receipts that came before their post was known to be ours: ``sent`` is its key and that of its reply."""
    key, reply = sent
    here = {"of_account": account_id, "of_key": key}
    rows = _EARLY.run(connection, here).all()
    if rows:
        connection.execute(sa.update(schema.parked).where(*_IS_EARLY).values(done=True), here)
    return tuple(_receipt_row(account_id, (row.id, key, reply, row.data), now) for row in rows)


_IS_EARLY = (
    schema.parked.c.account_id == sa.bindparam("of_account"),
    schema.parked.c.key == sa.bindparam("of_key"),
    schema.parked.c.kind.like(f"{RECEIPT}:%"),
    schema.parked.c.done.is_(False),
)
# Made once: it runs with every part.
_EARLY = Prepared(
    sa.select(schema.parked.c.id, schema.parked.c.data).where(*_IS_EARLY).order_by(schema.parked.c.id)
)


def _receipt_row(account_id: str, told: tuple[str, str, str | None, str], now: datetime) -> dict[str, Any]:
    identity, key, reply, state = told
    return {
        "account_id": account_id,
        "id": identity,
        "kind": EventKind.RECEIPT.value,
        "mention_key": key,
        "reply_key": reply,
        "text": state,
        "at": micros(now),
    }
