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

__all__ = ["Bulk", "Keyed", "Prepared", "Update"]


_Text = tuple[str, list[str] | None, Mapping[str, Any]]
"""How a statement is written for a database, in which order its parameters go, and those that it brings itself."""


class Prepared:
    """A statement with ``names`` for its parameters: the columns of an INSERT or UPDATE that are given with each run.

    The names that it binds itself need not be told. What it compares with or writes as a value of its own is kept.
    """

    def __init__(self, statement: sa.Executable, names: Sequence[str] = ()) -> None:
        self.statement: Any = statement
        self._names = list(names)
        self._compiled: dict[tuple[str, str], _Text] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Run it with a value for each of the names."""
        text, order, own = self._text(connection.dialect)
        if own:
            values = {**own, **values}
        given = dict(values) if order is None else tuple([values[name] for name in order])
        return connection.exec_driver_sql(text, given)

    def _text(self, dialect: Dialect) -> _Text:
        which = (dialect.name, dialect.driver)
        found = self._compiled.get(which)
        if found is None:
            compiled = self.statement.compile(dialect=dialect, column_keys=self._names)
            own = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
            found = self._compiled[which] = (str(compiled), compiled.positiontup, own)
        return found


class Update:
    """An UPDATE of the rows that ``where`` tells, of whichever columns are given with each run."""

    def __init__(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> None:
        self._statement = sa.update(table).where(*where)
        self._by_columns: dict[tuple[str, ...], Prepared] = {}

    def run(self, connection: Connection, where: Mapping[str, Any], values: Mapping[str, Any]) -> int:
        """Write these values where the condition holds, whose names have the values of ``where``; gives in how many
        rows."""
        columns = tuple(values)
        prepared = self._by_columns.get(columns)
        if prepared is None:
            prepared = self._by_columns[columns] = Prepared(self._statement, columns)
        return prepared.run(connection, {**where, **values}).rowcount


class Bulk(Prepared):
    """An INSERT for as many rows as wanted."""

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows, each with all of the columns; none is no statement at all."""
        if not rows:
            return
        text, order, _ = self._text(connection.dialect)
        values = [dict(row) for row in rows] if order is None else list(map(itemgetter(*order), rows))
        connection.exec_driver_sql(text, values)


class Keyed:
    """A SELECT of what stands under any of many keys.

    ``statement`` makes one of the keys' parameters. It is made for a few numbers of keys only: the last is repeated.
    """

    SIZES = (1, 10, 100, 400)  # SQLite takes 32,766 variables, older ones 999

    def __init__(self, statement: Callable[[Sequence[sa.BindParameter[str]]], sa.Executable]) -> None:
        self._statement = statement
        self._by_size: dict[int, Prepared] = {}

    def find(
        self, connection: Connection, keys: Sequence[str], values: Mapping[str, Any]
    ) -> Iterator[Row[Any]]:
        """The rows under these keys, in no order. ``values`` are those of the statement's other parameters."""
        for start in range(0, len(keys), self.SIZES[-1]):
            part = keys[start : start + self.SIZES[-1]]
            size = next(size for size in self.SIZES if size >= len(part))
            named = {f"key_{n}": part[min(n, len(part) - 1)] for n in range(size)}
            yield from self._of(size).run(connection, {**named, **values})

    def _of(self, size: int) -> Prepared:
        """The one for so many keys, made when it is first asked for: few processes need all of them."""
        prepared = self._by_size.get(size)
        if prepared is None:
            keys: list[sa.BindParameter[str]] = [sa.bindparam(f"key_{n}") for n in range(size)]
            prepared = self._by_size[size] = Prepared(self._statement(keys))
        return prepared
