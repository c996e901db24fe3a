"""Items that cannot be read: kept as they came, with the reason, to be read again after an upgrade."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads
from socialdesk._engine.ingest import Unread
from socialdesk.connector import Raw
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.rows import dump_raw
from socialdesk.desk.schema import micros, moment
from socialdesk.models import Path

__all__ = ["Kept", "drop_aside", "list_aside", "next_aside", "passed_aside", "versions_aside", "write_aside"]

# Made once: it runs with every poll.
_VERSIONS = Prepared(
    sa.select(schema.quarantine.c.plugin_version)
    .where(schema.quarantine.c.account_id == sa.bindparam("of_account"))
    .distinct()
)


def write_aside(
    connection: Connection, page: PageRecord, unread: Sequence[Unread], ids: Iterator[str]
) -> int:
    """Keep these items of a page; gives how many were not kept before. Of one that was, the newest reason stands.

    Each is ``passed`` once a walk went on behind it, and ``waiting`` while its page is one that the listing waits at.
    """
    kept = 0
    table = schema.quarantine
    for item in unread:
        body = dump_raw(item.raw.body)
        digest = digest_of(item.raw.shape, body)
        told = {
            "reason": item.reason.encode(errors="backslashreplace").decode(),
            "plugin_version": page.plugin_version,
            **({} if page.strange else {"state": "passed"}),
        }
        here = (table.c.account_id == page.account_id, table.c.digest == digest)
        if connection.execute(sa.update(table).where(*here).values(**told)).rowcount:
            continue
        row = {
            "account_id": page.account_id,
            "id": next(ids),
            "shape": item.raw.shape,
            "via": page.via,
            "body": body,
            "digest": digest,
            "state": "waiting",  # unless it is told otherwise
            "received_at": micros(page.stamp.now),
            "stream": page.stream,
            "topic": page.topic,
            "at": micros(item.raw.at),
            **told,
        }
        connection.execute(sa.insert(table).values(**row))
        kept += 1
    return kept


@reads
def passed_aside(connection: Connection, account_id: str, raws: Sequence[Raw]) -> int:
    """How many of these items lie aside already, and a walk went on behind them."""
    table = schema.quarantine
    digests = {digest_of(raw.shape, dump_raw(raw.body)) for raw in raws}
    query = sa.select(sa.func.count()).where(
        table.c.account_id == account_id, table.c.state == "passed", table.c.digest.in_(digests)
    )
    return int(connection.execute(query).scalar_one())


def drop_aside(connection: Connection, account_id: str, identities: Sequence[str]) -> None:
    """These could be read, and what was read is stored in the same transaction."""
    table = schema.quarantine
    if identities:
        connection.execute(
            sa.delete(table).where(table.c.account_id == account_id, table.c.id.in_(list(identities)))
        )


def versions_aside(connection: Connection, account_id: str) -> frozenset[str]:
    """The versions of the plugin that could not read what lies aside of an account."""
    return frozenset(map(str, _VERSIONS.run(connection, {"of_account": account_id}).scalars()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An item that lies aside, as it is kept."""

    account_id: str
    id: str
    raw: Raw
    via: Path
    stream: str
    topic: str
    reason: str
    plugin_version: str
    received_at: datetime


@reads
def list_aside(connection: Connection, accounts: Sequence[str], limit: int) -> tuple[Kept, ...]:
    """What lies aside of these accounts, newest first."""
    table = schema.quarantine
    query = sa.select(table).where(table.c.account_id.in_(accounts)).order_by(table.c.id.desc()).limit(limit)
    return tuple(map(_kept, connection.execute(query).all()))


@reads
def next_aside(
    connection: Connection, account_id: str, after: str, not_by: str | None, limit: int
) -> tuple[Kept, ...]:
    """What lies aside of an account, oldest first, from behind ``after`` on; not what this version could not read."""
    table = schema.quarantine
    query = sa.select(table).where(table.c.account_id == account_id, table.c.id > after)
    if not_by is not None:
        query = query.where(table.c.plugin_version != not_by)
    return tuple(map(_kept, connection.execute(query.order_by(table.c.id).limit(limit)).all()))


def _kept(row: Any) -> Kept:
    return Kept(
        account_id=row.account_id,
        id=row.id,
        raw=Raw(row.shape, orjson.loads(row.body), at=moment(row.at)),
        via=row.via,
        stream=row.stream or "",
        topic=row.topic or "",
        reason=row.reason,
        plugin_version=row.plugin_version,
        received_at=moment(row.received_at),
    )


def digest_of(shape: str, body: str) -> str:
    """Names an item that nobody can read an id out of."""
    return hashlib.blake2b(f"{shape}\0{body}".encode(), digest_size=16).hexdigest()
