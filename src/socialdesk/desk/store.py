"""The store: performs store calls, each in one whole transaction, in SQLite or PostgreSQL.

The engine is made on first use in each process, so that a desk survives a fork.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from socialdesk._engine.effects import Call
from socialdesk.desk.databases import Database, Watching
from socialdesk.desk.sqlite import Sqlite
from socialdesk.desk.versions import bring_up
from socialdesk.errors import ConfigError

__all__ = ["SqlStore"]

T = TypeVar("T")


class SqlStore:
    """The tables behind ``url``. Safe to share among threads, and to carry across a fork."""

    def __init__(self, url: str) -> None:
        self.url = _read_url(url)
        self.database = _database(self.url)
        self._guard = threading.RLock()
        self._engine: Engine | None = None
        self._ready = False
        _alive.add(self)

    @property
    def path(self) -> Path | None:
        """The database's file; None where it is none."""
        return self.database.path

    def side_path(self, ending: str) -> Path | None:
        """A path beside the database, for keys and media; None where the database is no file."""
        return None if self.path is None else self.path.with_name(self.path.name + ending)

    def perform(self, call: Call[T]) -> T:
        """Run the call's operation in one transaction: committed when this returns, rolled back when it raises.

        Where the database gives one transaction up for the sake of another, the whole call is repeated.
        """
        self._prepare()
        for tries in itertools.count(1):
            ended = False
            try:
                with self._transaction(writes=call.writes, owner=call.owner) as connection:
                    result = call.operation(connection)
                    ended = True
                return result
            except sa.exc.DBAPIError as error:
                lost = (
                    ended and error.connection_invalidated
                )  # in the commit: nobody knows whether it took place
                if lost or not self.database.repeats(error, tries):
                    raise
        raise AssertionError("it is counted without end")

    @contextlib.contextmanager
    def _transaction(self, *, writes: bool, owner: str | None = None) -> Iterator[Connection]:
        own = None if owner is None else self.database.begun_for(owner)
        with own or self.database.begun(self._get_engine(), writes=writes) as connection:
            yield connection

    def watching(self) -> Watching:
        """A function that gives another number once anything may have become due, in any process."""
        self._prepare()
        return self.database.watching(self._get_engine())

    def _get_engine(self) -> Engine:
        with self._guard:
            if self._engine is None:
                self._engine = self.database.new_engine()
            return self._engine

    def _prepare(self) -> None:
        if self._ready:
            return
        with self._guard:
            if not self._ready:
                try:
                    with self.database.upgrading(self._get_engine()) as connection:
                        bring_up(connection)
                except sa.exc.DBAPIError as error:
                    raise ConfigError(self.database.explain(error)) from None
                self._ready = True

    def dispose(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._guard:
            engine, self._engine = self._engine, None
            if not self.database.lasts:
                self._ready = False
        self.database.close()
        if engine is not None:
            engine.dispose()

    def after_fork(self) -> None:
        """Forget what belongs to the parent: its connections are its own to close."""
        self._guard = threading.RLock()
        self.database.after_fork()
        if self._engine is not None:
            self._engine.dispose(close=False)
            self._engine = None


_alive: weakref.WeakSet[SqlStore] = weakref.WeakSet()


def _renew_all() -> None:
    for store in list(_alive):
        store.after_fork()


os.register_at_fork(after_in_child=_renew_all)


def _read_url(url: str) -> URL:
    try:
        return make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigError(
            "The database's address cannot be read. It looks like sqlite:///desk.db for a file beside you, "
            "sqlite:////var/lib/desk.db for an absolute path, sqlite:// for one in memory, or "
            "postgresql://user:password@host/database."
        ) from None


def _database(url: URL) -> Database:
    kind = url.get_backend_name()
    if kind == "sqlite":
        return Sqlite(url)
    if kind in ("postgresql", "postgres"):
        from socialdesk.desk.postgres import Postgres

        return Postgres(url)
    raise ConfigError(f"The desk keeps its tables in SQLite or PostgreSQL; {kind} is not supported.")
