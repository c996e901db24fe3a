"""Which connections a helpdesk may lend, and how each becomes one of SQLAlchemy's, which is what store calls take."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import pool
from sqlalchemy.engine import Connection, Engine

from socialdesk._engine.effects import Call
from socialdesk.desk.lending import LentStore
from socialdesk.desk.store import SqlStore
from socialdesk.errors import ConfigError

__all__ = ["lend", "lend_async"]

TAKEN = (
    "a Connection or a Session of SQLAlchemy's, django.db.connection, a sqlite3.Connection or a psycopg.Connection; an "
    "AsyncDesk also takes an AsyncConnection or an AsyncSession of SQLAlchemy's"
)
_statements: weakref.WeakKeyDictionary[SqlStore, dict[Any, Any]] = weakref.WeakKeyDictionary()
"""Of each store, what was compiled for the connections that were lent to it: that takes longer than running it."""


class _Lent:
    """A driver's connection as SQLAlchemy is shown it: with an end that is not SQLAlchemy's to make."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """A cursor whose rows are tuples, whatever the host likes its own to be."""
        if _is_of(self._connection, "psycopg", "Connection"):
            # not of the host's kind, either: one that puts the values into the text shows them in errors
            rows = sys.modules["psycopg.rows"].tuple_row
            return sys.modules["psycopg"].Cursor(self._connection, *args, row_factory=rows, **kwargs)
        cursor = self._connection.cursor(*args, **kwargs)
        cursor.row_factory = None
        return cursor

    def commit(self) -> None:
        """The host does."""

    def rollback(self) -> None:
        """The host does."""

    def close(self) -> None:
        """The host does."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class _Wrapped:
    """A driver's connection, made one of SQLAlchemy's; ``find`` gives it."""

    def __init__(self, own: SqlStore, find: Callable[[], Any]) -> None:
        self._own = own
        self._find = find
        self._connection: Connection | None = None
        self._driver: Any = None

    def __call__(self) -> Connection:
        driver = self._find()
        if self._connection is None or driver is not self._driver:
            self._driver = driver
            self._connection = self._wrap(driver)
        return self._connection

    def _wrap(self, driver: Any) -> Connection:
        own = self._own._get_engine()
        mine: Any = own.dialect.dbapi
        if _package(mine.__name__) not in (_package(kind.__module__) for kind in type(driver).__mro__):
            raise ConfigError(
                f"The desk keeps its tables by {_package(mine.__name__)}, and this is a connection of "
                f"{_package(type(driver).__module__)}: lend it a connection of SQLAlchemy's."
            )
        held = pool.StaticPool(lambda: _Lent(driver), reset_on_return=None)
        engine = Engine(held, own.dialect, own.url, hide_parameters=True)
        return engine.connect().execution_options(compiled_cache=_statements.setdefault(self._own, {}))


def _package(module: str) -> str:
    return module.partition(".")[0]


def _is_of(value: object, module: str, *names: str) -> bool:
    """Whether the value is of one of these classes, without importing what they come from."""
    home = sys.modules.get(module)
    return home is not None and isinstance(value, tuple(getattr(home, name) for name in names))


def _is_django(value: object) -> bool:
    return hasattr(value, "ensure_connection") and hasattr(value, "in_atomic_block")


def _of_django(wrapper: Any) -> Any:
    """The driver's connection beneath Django's. Raises what Django raises where the atomic block is broken."""
    wrapper.ensure_connection()
    wrapper.validate_thread_sharing()
    wrapper.validate_no_broken_transaction()
    return wrapper.connection


def lend(own: SqlStore, connection: Any) -> LentStore:
    """A store on a connection of the host's. Raises ConfigError where it is none that can be lent."""
    if isinstance(connection, Connection):
        return LentStore(own, lambda: connection)
    if _is_of(connection, "sqlalchemy.orm", "Session", "scoped_session"):
        return LentStore(own, lambda: _of_session(connection))
    if _is_django(connection):
        return LentStore(own, _Wrapped(own, lambda: _of_django(connection)))
    if _is_of(connection, "sqlite3", "Connection") or _is_of(connection, "psycopg", "Connection"):
        return LentStore(own, _Wrapped(own, lambda: connection))
    kind = type(connection)
    raise ConfigError(f"within() takes {TAKEN}; this is {kind.__module__}.{kind.__qualname__}.")


def _of_session(session: Any) -> Connection:
    try:
        found: Connection = session.connection()
    except sa.exc.UnboundExecutionError:
        raise ConfigError(
            "The session has several databases: give within() the connection to the one with the desk's tables, "
            "session.connection(bind_arguments=...)."
        ) from None
    return found


def lend_async(own: SqlStore, connection: Any) -> tuple[LentStore, Callable[[Call[Any]], Any] | None]:
    """A store on a connection of the host's, and what performs its calls by awaiting them, or None where the calling
    thread performs them.

    Raises ConfigError where it is none that can be lent.
    """
    if _is_of(connection, "sqlalchemy.ext.asyncio", "AsyncConnection"):
        store = LentStore(own, _never)
        return store, lambda call: connection.run_sync(store.perform_on, call)
    if _is_of(connection, "sqlalchemy.ext.asyncio", "AsyncSession", "async_scoped_session"):
        store = LentStore(own, _never)
        return store, lambda call: connection.run_sync(
            lambda session: store.perform_on(_of_session(session), call)
        )
    return lend(own, connection), None


def _never() -> Connection:
    raise AssertionError("it is awaited")
