"""The host's connection, lent to the desk: its store calls run in the host's transaction, and stand or fall with it.

What is lent is never committed, rolled back or closed here. Each call has a savepoint of its own, so that one that
fails leaves the host's transaction as it found it: PostgreSQL would refuse all further statements.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import OID
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import Call, writes
from socialdesk.desk.dialects import LOWER
from socialdesk.desk.sqlite import add_functions
from socialdesk.desk.store import SqlStore
from socialdesk.desk.versions import HEAD, VERSION, current_version
from socialdesk.errors import ConfigError

__all__ = ["Borrow", "LentStore", "NoNetwork", "take_turn"]

T = TypeVar("T")
Borrow = Callable[[], Connection]

IDLE = 0  # psycopg's TransactionStatus


class NoNetwork:
    """The transport of a desk within somebody's transaction: there is none."""

    def send(self, request: object, timeout: float) -> Any:
        raise ConfigError(
            "No platform is asked anything within a transaction of yours: it would stay open until the answer comes. "
            "Call this on the desk itself, outside of it. An answer cannot be planned before the desk knows who the "
            "account is: desk.check(account) tells it, once."
        )

    async def asend(self, request: object, timeout: float) -> Any:
        return self.send(request, timeout)


class LentStore:
    """Store calls on a connection of the host's, for the desk that ``own`` belongs to."""

    def __init__(self, own: SqlStore, borrow: Borrow) -> None:
        self._own = own
        self._borrow = borrow
        self._known = False

    def perform(self, call: Call[T]) -> T:
        """Run the call's operation in the host's transaction. What it wrote is undone where it raises."""
        return self.perform_on(self._borrow(), call)

    def perform_on(self, connection: Connection, call: Call[T]) -> T:
        """As :meth:`perform`, on this connection."""
        try:
            self._enter(connection, call)
            with connection.begin_nested():
                return call.operation(connection)
        except sa.exc.StatementError as error:
            error.hide_parameters = True  # it would quote what people said
            raise

    def _enter(self, connection: Connection, call: Call[T]) -> None:
        """Raises ConfigError where the connection is to another database, or where nothing would be held together."""
        if not self._known:
            _check_dialect(self._own, connection)
            if not connection.in_transaction():
                connection.begin()  # as its first statement would
        _begin(connection, call)
        if not self._known:
            _check_same(self._own, connection)
            if call.writes:
                _take_turn(connection)
            _check_version(connection)
            _add_functions(connection)
            self._known = True


def _add_functions(connection: Connection) -> None:
    """The one thing that stays on a host's connection: a function of SQLite's under a name of our own."""
    if connection.dialect.name != "sqlite":
        return
    try:
        connection.exec_driver_sql(f"SELECT {LOWER}('')")
    except (
        sa.exc.OperationalError
    ):  # not there yet; adding it again would trouble statements that are under way
        add_functions(connection.connection.dbapi_connection)


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    try:
        connection.execute(sa.update(VERSION).where(sa.false()).values(version_num=VERSION.c.version_num))
    except sa.exc.OperationalError:
        if current_version(connection) is not None:
            raise


@writes
def take_turn(connection: Connection) -> None:
    """Where one transaction at a time may write, be that one from here on.

    SQLite refuses a transaction its first write where others wrote since it read: so it writes, nothing, before it
    reads.
    """
    _take_turn(connection)


def _begin(connection: Connection, call: Call[Any]) -> None:
    """Raises ConfigError where the connection has no transaction and begins none."""
    driver: Any = connection.connection.driver_connection
    if _is_under_way(driver):
        return
    if _is_autocommit(connection, driver):
        raise ConfigError(
            "The connection is in autocommit, and no transaction is open: nothing would be held together. Open one "
            "first: `with connection.begin():` (SQLAlchemy), `with transaction.atomic():` (Django), "
            "`with connection.transaction():` (psycopg), or BEGIN."
        )
    if connection.dialect.name == "sqlite" and call.writes:
        # the driver would say it only now, and SAVEPOINT alone would be committed with its release
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_version(connection: Connection) -> None:
    found = current_version(connection)
    if found != HEAD:
        raise ConfigError(
            f"The desk's tables in this database are of version {found}, not {HEAD}: any call of the desk's own brings "
            "them up, such as desk.accounts(). Make one before your transaction begins."
        )


def _check_dialect(own: SqlStore, connection: Connection) -> None:
    mine, theirs = own.url.get_backend_name(), connection.dialect.name
    if mine != theirs:
        raise ConfigError(f"The desk's tables are in {mine}, and this is a connection to {theirs}.")


def _check_same(own: SqlStore, connection: Connection) -> None:
    """Raises ConfigError where the connection is not to the desk's own database."""
    if connection.dialect.name == "sqlite":
        files = connection.exec_driver_sql("PRAGMA database_list").all()
        (theirs,) = [file for _, name, file in files if name == "main"]
        same = (
            bool(theirs) and own.path is not None and own.path.exists() and os.path.samefile(theirs, own.path)
        )
    else:
        with own._get_engine().connect() as mine:
            same = _whereabouts(mine) == _whereabouts(connection)
    if not same:
        raise ConfigError(
            "The connection is not to the database in which the desk has its tables. In two databases nothing is held "
            "together: write down the key with what is yours, commit, and then call the desk with it, as often as "
            "needed."
        )


def _whereabouts(connection: Connection) -> tuple[Any, ...]:
    """Which server, which database on it and which of its tables is meant."""
    table = sa.func.to_regclass(VERSION.name)
    here = sa.select(
        sa.func.pg_postmaster_start_time(),
        sa.func.current_database(),
        sa.cast(sa.cast(table, OID), sa.BigInteger),
    )
    return tuple(connection.execute(here).one())


def _is_under_way(driver: Any) -> bool:
    """Whether the database has been told of a transaction."""
    if hasattr(driver, "in_transaction"):  # sqlite3, aiosqlite
        return bool(driver.in_transaction)
    if hasattr(driver, "is_in_transaction"):  # asyncpg
        return bool(driver.is_in_transaction())
    return bool(driver.info.transaction_status != IDLE)  # psycopg, and the one before it


def _is_autocommit(connection: Connection, driver: Any) -> bool:
    if connection.dialect.name != "sqlite":
        return connection.dialect.detect_autocommit_setting(connection.connection.dbapi_connection)  # type: ignore[arg-type]  # open, so there is one
    return driver.isolation_level is None or getattr(driver, "autocommit", None) is True
