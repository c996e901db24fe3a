"""Many rows with one statement that is compiled once.

SQLAlchemy binds the parameters of each row by itself, which takes longer than SQLite takes to store the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

__all__ = ["Bulk"]


class Bulk:
    """An INSERT of these columns, for as many rows as wanted. The values go to the driver as they are."""

    def __init__(self, statement: sa.Insert, columns: Sequence[str]) -> None:
        self._statement = statement
        self._columns = list(columns)
        self._compiled: dict[str, tuple[str, list[str] | None]] = {}

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows, each with all of the columns; none is no statement at all."""
        if not rows:
            return
        dialect = connection.dialect
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = self._compile(dialect)
        text, order = found
        values = [dict(row) for row in rows] if order is None else list(map(itemgetter(*order), rows))
        connection.exec_driver_sql(text, values)

    def _compile(self, dialect: Dialect) -> tuple[str, list[str] | None]:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        return str(compiled), compiled.positiontup
