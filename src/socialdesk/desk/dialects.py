"""What store calls say differently to SQLite and to PostgreSQL, said once.

SQLite has one writer: a call that writes is alone by itself. PostgreSQL has many, each of which sees what was committed
when its statement began. A call that reads and then writes what follows from it says here for what it has to be alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert  # its ON CONFLICT is SQLite's, word for word
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

__all__ = [
    "CHANNEL",
    "COLLATION",
    "LOWER",
    "alone",
    "folded",
    "insert_new",
    "lock_number",
    "place_in",
    "told",
    "upsert",
    "wake",
]

CHANNEL = "socialdesk_due"
"""What PostgreSQL's LISTEN and NOTIFY call it when something may have become due."""
LOWER = "socialdesk_lower"
"""The function that gives small letters in SQLite, whose own knows A to Z alone; added to each connection."""
COLLATION = "socialdesk_collation"
"""The attribute of a dialect that names the collation under which its database knows small letters."""


def lock_number(name: str) -> int:
    """The number under which PostgreSQL knows an advisory lock of this name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def alone(connection: Connection, *names: str, shared: bool = False) -> None:
    """Wait until no other transaction holds any of these names, and hold them until this one ends.

    Say it first in a call, with all the names at once: they are taken in one order by everybody. ``shared`` keeps out
    only those who do not share.
    """
    if connection.dialect.name != "postgresql":
        return
    take = sa.func.pg_advisory_xact_lock_shared if shared else sa.func.pg_advisory_xact_lock
    for number in sorted(map(lock_number, names)):
        connection.execute(sa.select(take(number)))


def insert_new(connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one stands under any of its keys; whether it was inserted.

    Where another transaction is about to insert one, this waits for what becomes of it.
    """
    insert = upsert(table).values(**row).on_conflict_do_nothing()
    # PostgreSQL's driver forgets how many there were, unless it is told to remember
    return bool(connection.execute(insert, execution_options={"preserve_rowcount": True}).rowcount)


def wake(connection: Connection) -> None:
    """Tell those who wait for work that there is some, once this transaction is committed. SQLite's see that by
    themselves."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))


class told(FunctionElement[str]):
    """What stands under a path of names in a column of JSON, as text; NULL where nothing does."""

    inherit_cache = True
    type = sa.Text()

    def __init__(self, column: sa.ColumnElement[str], *path: str) -> None:
        super().__init__(column, sa.literal_column(".".join(path)))


@compiles(told, "sqlite")
def _told_by_sqlite(element: told, compiler: Any, **options: Any) -> str:
    column, path = element.clauses
    return f"json_extract({compiler.process(column, **options)}, '$.{path.name}')"


@compiles(told, "postgresql")
def _told_by_postgresql(element: told, compiler: Any, **options: Any) -> str:
    column, path = element.clauses
    names = path.name.replace(".", ",")
    return f"(CAST({compiler.process(column, **options)} AS json) #>> '{{{names}}}')"


class folded(FunctionElement[str]):
    """A text in small letters, of every alphabet."""

    inherit_cache = True
    type = sa.Text()


@compiles(folded)
def _folded(element: folded, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    if compiler.dialect.name == "sqlite":
        return f"{LOWER}({text})"
    collation = getattr(compiler.dialect, COLLATION, None)
    return f"lower({text})" if collation is None else f'lower({text} COLLATE "{collation}")'


class place_in(FunctionElement[int]):
    """Where in a text another one stands, counted from 1; 0 where it does not. Case matters."""

    inherit_cache = True
    type = sa.Integer()


@compiles(place_in)
def _place_in(element: place_in, compiler: Any, **options: Any) -> str:
    function = "instr" if compiler.dialect.name == "sqlite" else "strpos"
    return f"{function}({compiler.process(element.clauses, **options)})"
