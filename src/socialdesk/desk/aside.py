"""Items that cannot be read: kept as they came, with the reason, to be read again after an upgrade."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from sqlalchemy.engine import Connection

from socialdesk._engine.ingest import Unread
from socialdesk.desk import schema
from socialdesk.desk.dialects import insert_new
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.rows import dump_raw
from socialdesk.desk.schema import micros

__all__ = ["write_aside"]


def write_aside(
    connection: Connection, page: PageRecord, unread: Sequence[Unread], ids: Iterator[str]
) -> int:
    """Keep these items of a page; gives how many were not kept before."""
    kept = 0
    for item in unread:
        body = dump_raw(item.raw.body)
        row = {
            "account_id": page.account_id,
            "id": next(ids),
            "shape": item.raw.shape,
            "via": page.via,
            "body": body,
            "digest": digest_of(item.raw.shape, body),
            "reason": item.reason.encode(errors="backslashreplace").decode(),
            "plugin_version": page.plugin_version,
            "state": "waiting",
            "received_at": micros(page.stamp.now),
        }
        kept += insert_new(connection, schema.quarantine, row)
    return kept


def digest_of(shape: str, body: str) -> str:
    """Names an item that nobody can read an id out of."""
    return hashlib.blake2b(f"{shape}\0{body}".encode(), digest_size=16).hexdigest()
