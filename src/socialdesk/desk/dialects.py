"""What store calls say differently to SQLite and to PostgreSQL, said once.

SQLite has one writer: a call that writes is alone by itself. PostgreSQL has many, each of which sees what was committed
when its statement began. A call that reads and then writes what follows from it says here for what it has to be alone.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert  # its ON CONFLICT is SQLite's, word for word
from sqlalchemy.engine import Connection

__all__ = ["alone", "lock_number", "upsert"]


def lock_number(name: str) -> int:
    """The number under which PostgreSQL knows an advisory lock of this name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def alone(connection: Connection, *names: str) -> None:
    """Wait until no other transaction holds any of these names, and hold them until this one ends.

    Say it first in a call, with all the names at once: they are taken in one order by everybody.
    """
    if connection.dialect.name != "postgresql":
        return
    for number in sorted(map(lock_number, names)):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
