"""A desk in SQLite: a file that several processes of one machine may share, or one in memory for a single process.

The driver's own transaction handling is off: calls that write open with BEGIN IMMEDIATE, so that what they read is
still so when they write. What reads never waits for the writer.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, pool
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from socialdesk._engine.locks import FileLocks
from socialdesk.desk.dialects import LOWER
from socialdesk.desk.lives import FileLives
from socialdesk.errors import ConfigError

__all__ = ["Sqlite", "add_functions"]

LOCK_WAIT = 60.0  # seconds that a writer waits for its turn among processes


class Sqlite:
    """The database at ``url``, with its locks in folders beside its file.

    See :class:`~socialdesk.desk.databases.Database`.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self._guard = threading.RLock()
        self.lives = FileLives(self.side_path(".workers"))
        folder = self.side_path(".locks")
        self.across = None if folder is None else FileLocks(folder)

    @cached_property
    def path(self) -> Path | None:
        if self.url.database in (None, "", ":memory:"):
            return None
        return Path(str(self.url.database)).absolute()

    @property
    def lasts(self) -> bool:
        return self.path is not None

    def side_path(self, ending: str) -> Path | None:
        """A path beside the database, for locks; None where the database is no file."""
        return None if self.path is None else self.path.with_name(self.path.name + ending)

    def new_engine(self) -> Engine:
        options: dict[str, Any] = {
            "connect_args": {"timeout": LOCK_WAIT, "check_same_thread": False},
            "hide_parameters": True,  # an error would quote what people said
        }
        if self.path is None:
            options["poolclass"] = pool.StaticPool
        engine = sa.create_engine(self.url, **options)
        event.listen(engine, "connect", _on_connect)
        return engine

    @contextlib.contextmanager
    def begun(self, engine: Engine, *, writes: bool) -> Iterator[Connection]:
        # in memory, all share one connection
        serial = self._guard if self.path is None else contextlib.nullcontext()
        with serial, engine.connect() as connection, connection.begin():
            _begin(connection, writes=writes)
            yield connection

    def begun_for(self, owner: str) -> None:
        """A lock on a file goes with its process only."""

    @contextlib.contextmanager
    def upgrading(self, engine: Engine) -> Iterator[Connection]:
        with _file_lock(self.side_path(".migrating")):
            if self.path is not None:
                with engine.connect() as connection:  # WAL: readers never wait for the writer
                    connection.connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]  # open, so there is one
            with self.begun(engine, writes=True) as connection:
                yield connection

    def repeats(self, error: DBAPIError, tries: int) -> bool:
        return False

    def explain(self, error: DBAPIError) -> str:
        return f"The database {self.path or 'in memory'} cannot be used: {error.orig}."

    @contextlib.contextmanager
    def watching(self, engine: Engine) -> Iterator[Callable[[], int]]:
        with engine.connect() as plain:
            connection: Any = plain.connection.driver_connection
            if self.path is None:  # all share one connection
                yield lambda: int(connection.total_changes)
            else:
                plain.detach()  # it is kept for long: the pool's are for those who come and go
                yield lambda: int(connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Nothing is open beside the engine."""

    def after_fork(self) -> None:
        self._guard = threading.RLock()


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver says it too late
    connection.execute("PRAGMA page_size=8192")  # of a new database: rows of 2 KB pack better than in 4096
    connection.execute("PRAGMA synchronous=FULL")  # a committed reply outlives a power cut
    connection.execute("PRAGMA foreign_keys=ON")
    add_functions(connection)


def add_functions(connection: Any) -> None:
    """Add to a connection of the driver's what statements of the desk's call and SQLite has not."""
    connection.create_function(LOWER, 1, _lower, deterministic=True)


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _begin(connection: Connection, *, writes: bool) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def _file_lock(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(
            f"The desk's database cannot be kept in {path.parent}: {error.strerror}. Make the folder first."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        # closing alone would leave it to a child that was forked meanwhile
        fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)
