"""The store: performs store calls, each in one whole transaction, on SQLite or another database of SQLAlchemy's.

The engine is made on first use in each process, so that a desk survives a fork. The driver's own transaction handling
is off: calls that write open with BEGIN IMMEDIATE, so that what they read is still so when they write.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, pool
from sqlalchemy.engine import URL, Connection, Engine, make_url

from socialdesk._engine.effects import Call, reads
from socialdesk.desk.schema import PREFIX, metadata
from socialdesk.errors import ConfigError

__all__ = ["SqlStore", "read_version"]

T = TypeVar("T")
HEAD = "0007"
LOCK_WAIT = 60.0  # seconds that a writer waits for its turn among processes
WRITES = "socialdesk_writes"


class SqlStore:
    """The tables behind ``url``. Safe to share among threads, and to carry across a fork."""

    def __init__(self, url: str) -> None:
        self.url = _read_url(url)
        self._guard = threading.RLock()
        self._engine: Engine | None = None
        self._ready = False
        _alive.add(self)

    @cached_property
    def path(self) -> Path | None:
        """The database's file; None where it is none."""
        if self.url.get_backend_name() != "sqlite" or self.url.database in (None, "", ":memory:"):
            return None
        return Path(str(self.url.database)).absolute()

    def side_path(self, ending: str) -> Path | None:
        """A path beside the database, for locks and keys; None where the database is no file."""
        return None if self.path is None else self.path.with_name(self.path.name + ending)

    def perform(self, call: Call[T]) -> T:
        """Run the call's operation in one transaction: committed when this returns, rolled back when it raises."""
        self._prepare()
        with self._transaction(writes=call.writes) as connection:
            return call.operation(connection)

    @contextlib.contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        engine = self._get_engine()
        serial = (
            self._guard if self.path is None and engine.dialect.name == "sqlite" else contextlib.nullcontext()
        )
        with serial, engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: writes})
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def watching(self) -> Iterator[Callable[[], int]]:
        """A function that gives another number once anybody has committed something, in any process."""
        self._prepare()
        with self._get_engine().connect() as plain:
            connection: Any = plain.connection.driver_connection
            if self.path is None:  # all share one connection
                yield lambda: int(connection.total_changes)
            else:
                plain.detach()  # it is kept for long: the pool's are for those who come and go
                yield lambda: int(connection.execute("PRAGMA data_version").fetchone()[0])

    def _get_engine(self) -> Engine:
        with self._guard:
            if self._engine is None:
                self._engine = _new_engine(self.url, memory=self.path is None)
            return self._engine

    def _prepare(self) -> None:
        if self._ready:
            return
        with self._guard, _file_lock(self.side_path(".migrating")):
            if not self._ready:
                self._migrate()
                self._ready = True

    def _migrate(self) -> None:
        engine = self._get_engine()
        try:
            self._bring_up(engine)
        except sa.exc.DatabaseError as error:
            where = self.path or engine.url.render_as_string(hide_password=True)
            raise ConfigError(f"The database {where} cannot be used: {error.orig}.") from None

    def _bring_up(self, engine: Engine) -> None:
        if self.path is not None:
            with engine.connect() as connection:  # WAL: readers never wait for the writer
                connection.connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]  # open, so there is one
        with self._transaction(writes=True) as connection:
            current = _current_version(connection)
            if current is None:
                _make_new(connection)
            elif current != HEAD:
                _upgrade(connection, current)

    def dispose(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._guard:
            engine, self._engine = self._engine, None
            if self.path is None:
                self._ready = False
        if engine is not None:
            engine.dispose()

    def after_fork(self) -> None:
        """Forget what belongs to the parent: its connections are its own to close."""
        self._guard = threading.RLock()
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
            "sqlite:////var/lib/desk.db for an absolute path, or sqlite:// for one in memory."
        ) from None


def _new_engine(url: URL, *, memory: bool) -> Engine:
    if url.get_backend_name() != "sqlite":
        raise ConfigError(
            f"The desk keeps its tables in SQLite for now; {url.get_backend_name()} is not supported."
        )
    options: dict[str, Any] = {
        "connect_args": {"timeout": LOCK_WAIT, "check_same_thread": False},
        "hide_parameters": True,  # an error would quote what people said
    }
    if memory:
        options["poolclass"] = pool.StaticPool
    engine = sa.create_engine(url, **options)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver says it too late
    connection.execute("PRAGMA page_size=8192")  # of a new database: rows of 2 KB pack better than in 4096
    connection.execute("PRAGMA synchronous=FULL")  # a committed reply outlives a power cut
    connection.execute("PRAGMA foreign_keys=ON")
    # SQLite's own knows the letters A to Z alone
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, True)
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


@reads
def read_version(connection: Connection) -> str:
    """The version of the tables."""
    return str(_current_version(connection))


# As Alembic makes it.
_VERSION = sa.Table(
    f"{PREFIX}alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name=f"{PREFIX}alembic_version_pkc"),
)


def _current_version(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(sa.select(_VERSION.c.version_num)).scalar()


def _make_new(connection: Connection) -> None:
    """The tables of a new database, as all migrations together would make them, without Alembic's half a second."""
    metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection)
    connection.execute(sa.insert(_VERSION).values(version_num=HEAD))


def _upgrade(connection: Connection, current: str) -> None:
    from alembic import command, util
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "socialdesk.desk:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except util.CommandError:
        raise ConfigError(
            f"The database is of version {current}, which this socialdesk does not know. "
            "It was made by a newer one: upgrade socialdesk, or open another database."
        ) from None
