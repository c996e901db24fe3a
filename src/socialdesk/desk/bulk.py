"""Statements that are compiled once and run with every page.

SQLAlchemy prepares the parameters of each run and of each row by itself, which takes longer than SQLite takes to store
the row. Here they go to the driver as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult, Dialect, Row

__all__ = ["Bulk", "Keyed", "Prepared"]


class Prepared:
    """A statement with ``names`` for its parameters: the columns of an INSERT, the bound names of another."""

    def __init__(self, statement: sa.Executable, names: Sequence[str]) -> None:
        self.statement: Any = statement
        self._names = list(names)
        self._compiled: dict[tuple[str, str], tuple[str, list[str] | None]] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Run it with a value for each of the names."""
        text, order = self._text(connection.dialect)
        given = dict(values) if order is None else tuple([values[name] for name in order])
        return connection.exec_driver_sql(text, given)

    def _text(self, dialect: Dialect) -> tuple[str, list[str] | None]:
        which = (dialect.name, dialect.driver)
        found = self._compiled.get(which)
        if found is None:
            compiled = self.statement.compile(dialect=dialect, column_keys=self._names)
            found = self._compiled[which] = (str(compiled), compiled.positiontup)
        return found


class Bulk(Prepared):
    """An INSERT for as many rows as wanted."""

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows, each with all of the columns; none is no statement at all."""
        if not rows:
            return
        text, order = self._text(connection.dialect)
        values = [dict(row) for row in rows] if order is None else list(map(itemgetter(*order), rows))
        connection.exec_driver_sql(text, values)


class Keyed:
    """A SELECT of what stands under any of many keys.

    ``statement`` makes one of the keys' parameters. It is made for a few numbers of keys only: the last is repeated.
    """

    SIZES = (10, 100, 400)  # SQLite takes 32,766 variables, older ones 999

    def __init__(
        self, statement: Callable[[Sequence[sa.BindParameter[str]]], sa.Executable], names: Sequence[str] = ()
    ) -> None:
        self._by_size = {
            size: Prepared(statement([sa.bindparam(f"key_{n}") for n in range(size)]), names)
            for size in self.SIZES
        }

    def find(
        self, connection: Connection, keys: Sequence[str], values: Mapping[str, Any]
    ) -> Iterator[Row[Any]]:
        """The rows under these keys, in no order. ``values`` are those of the statement's other parameters."""
        for start in range(0, len(keys), self.SIZES[-1]):
            part = keys[start : start + self.SIZES[-1]]
            size = next(size for size in self.SIZES if size >= len(part))
            named = {f"key_{n}": part[min(n, len(part) - 1)] for n in range(size)}
            yield from self._by_size[size].run(connection, {**named, **values})
