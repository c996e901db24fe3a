"""A store in memory that can be put back to how it once was: for simulations, which begin anew many times a second."""

from __future__ import annotations

import sqlite3
import weakref
from typing import Any

from socialdesk.desk.store import SqlStore

__all__ = ["Kept", "MemoryStore"]


class Kept:
    """The tables as they stood at one moment. What holds them is closed when nobody has use for it any more."""

    def __init__(self, source: sqlite3.Connection) -> None:
        self._copy = sqlite3.connect(":memory:", check_same_thread=False)
        weakref.finalize(self, self._copy.close)
        source.backup(self._copy)

    def put_back(self, target: sqlite3.Connection) -> None:
        self._copy.backup(target)


class MemoryStore(SqlStore):
    """The tables, in memory. Making them takes a hundred times as long as putting them back."""

    def __init__(self) -> None:
        super().__init__("sqlite://")
        self._prepare()
        with self._get_engine().connect() as connection:
            driver: Any = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        self._driver = driver
        self.empty = self.keep()

    def keep(self) -> Kept:
        """The tables as they stand."""
        return Kept(self._driver)

    def put_back(self, kept: Kept) -> None:
        """Have the tables as they stood then. Not while anything is under way."""
        kept.put_back(self._driver)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """What is in the tables, past every store call: for those who check them."""
        return self._driver.execute(sql, values).fetchall()
