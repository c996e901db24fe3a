"""One account's mentions in the tables, as a transaction reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk.desk import schema
from socialdesk.desk.bulk import Bulk, Keyed
from socialdesk.desk.readings import first_look
from socialdesk.desk.rows import mention_columns
from socialdesk.desk.schema import micros
from socialdesk.models import Mention

__all__ = ["Shelf"]

# Statements are made once: making them takes longer than running them.
_KNOWN = Keyed(
    lambda keys: sa.select(*schema.mention.c["key", "state", "digest", "reading", "revision"]).where(
        schema.mention.c.account_id == sa.bindparam("of_account"), schema.mention.c.key.in_(keys)
    )
)
_MENTIONS = Bulk(sa.insert(schema.mention), schema.mention.columns.keys())


class Shelf:
    """The mentions of one account. ``watched`` says that the counts of new ones are to be read again."""

    def __init__(self, connection: Connection, account_id: str, now: datetime, *, watched: bool) -> None:
        self.connection = connection
        self.account_id = account_id
        self._now = now
        self._watched = watched

    def find(self, keys: Sequence[str]) -> dict[str, Any]:
        """What stands under these keys: key, state, digests and revision."""
        found = _KNOWN.find(self.connection, keys, {"of_account": self.account_id})
        return {row.key: row for row in found}

    def row(self, identity: str, mention: Mention) -> dict[str, Any]:
        """A new mention as the table holds it."""
        return {
            "account_id": self.account_id,
            "key": str(mention.id),
            "id": identity,
            "heard_at": micros(self._now),
            "look_at": micros(first_look(mention, self._now)) if self._watched else None,
            **mention_columns(mention),
        }

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        _MENTIONS.insert(self.connection, rows)

    def load(self, key: str) -> Mention:
        table = schema.mention
        data = self.connection.execute(
            sa.select(table.c.data).where(table.c.account_id == self.account_id, table.c.key == key)
        ).scalar_one()
        return Mention.model_validate_json(data)

    def save(self, key: str, columns: Mapping[str, Any]) -> None:
        table = schema.mention
        self.connection.execute(
            sa.update(table)
            .where(table.c.account_id == self.account_id, table.c.key == key)
            .values(**columns)
        )
