"""Connections to PostgreSQL that are kept: a worker's proof of life, locks among processes, and who listens.

Each is outside of the pool, and opened on first use in each process. A session lock goes with its connection, however
the process ends, so a worker's lock that is free is proof that the worker is gone, or cannot write down any more that
it is about to say something: that is written on the very connection that holds the lock.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from socialdesk.desk.dialects import CHANNEL, lock_number
from socialdesk.desk.lives import LifeLost, worker_of
from socialdesk.errors import ConfigError

__all__ = ["ADVICE", "SessionLives", "SessionLocks", "Sessions", "watching"]

ASK_AGAIN = 0.02
"""Seconds after which a lock that another process holds is asked for again."""
LISTEN_AGAIN = 1.0
"""Seconds between two tries to listen again, after the connection was lost."""

ADVICE = (
    "The desk's locks need connections to the server itself: give the server's own address, "
    "not that of a pooler such as PgBouncer."
)
POOLED = f"There is a pooler between this desk and its database. {ADVICE}"

_left: list[object] = []
"""Connections that a fork left here: their parent goes on using them, so nothing here may ever close them."""


class Sessions:
    """Opens connections outside of the pool; keeps one for asking and for locks among processes."""

    def __init__(self, new_engine: Callable[[], Engine], explain: Callable[[DBAPIError], str]) -> None:
        self._new_engine = new_engine
        self._explain = explain
        self._engine: Engine | None = None
        self._asking: Connection | None = None
        self.guard = threading.RLock()

    def open(self, **options: Any) -> Connection:
        """A connection of its own, on which every statement is committed by itself unless the options say otherwise.

        Raises ConfigError where there is none to be had, or one through a pooler.
        """
        with self.guard:
            if self._engine is None:
                self._engine = self._new_engine()
            engine = self._engine
        try:
            connection = engine.connect().execution_options(**{"isolation_level": "AUTOCOMMIT", **options})
        except DBAPIError as error:
            raise ConfigError(self._explain(error)) from None
        try:
            check_direct(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def asking(self) -> Connection:
        """The connection that is kept for asking, to be used under :attr:`guard`: no statement on it ever waits."""
        if self._asking is None or not is_open(self._asking):
            self._drop()
            self._asking = self.open()
        return self._asking

    def ask(self, statement: sa.Executable) -> Any:
        """The one value that a statement gives; asked again on a new connection where the kept one was lost."""
        with self.guard:
            try:
                return self.asking().execute(statement).scalar()
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return self.asking().execute(statement).scalar()

    def _drop(self) -> None:
        connection, self._asking = self._asking, None
        if connection is not None:
            _close(connection)

    def close(self) -> None:
        with self.guard:
            self._drop()
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def after_fork(self) -> None:
        _left.extend((self._asking, self._engine))
        self._asking, self._engine, self.guard = None, None, threading.RLock()


def is_open(connection: Connection) -> bool:
    """Whether a kept connection stands, as far as this side has been told; asks nothing of the server."""
    import psycopg

    if connection.closed or connection.invalidated:
        return False
    driver: Any = connection.connection.driver_connection
    try:
        for _ in range(2):  # what the server said before it hung up, and that it did
            driver.pgconn.consume_input()
    except psycopg.OperationalError:
        return False
    return not (driver.closed or driver.broken)


def check_direct(connection: Connection) -> None:
    """Raises ConfigError where the server's process behind the connection is not the one that was connected to."""
    driver: Any = connection.connection.driver_connection
    seen = set()
    for _ in range(2):
        seen.add(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar())
        connection.rollback()  # the next one is a transaction of its own: a pooler may give it to another session
    if seen != {driver.info.backend_pid}:
        raise ConfigError(POOLED)


_HOLDS = sa.text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
    " AND (classid::bigint << 32) | objid::bigint = :number"
)


class SessionLives:
    """By a session lock for each worker, on a connection that serves nothing else but :meth:`begun_for`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._guard = threading.RLock()
        self._name: str | None = None
        self._connection: Connection | None = None

    def begin(self, name: str) -> None:
        with self._guard:
            self._forget()
            connection = self._sessions.open(isolation_level="READ COMMITTED")
            number = _number(name)
            try:
                with connection.begin():
                    connection.execute(sa.select(sa.func.pg_advisory_lock(number)))
                with connection.begin():  # another transaction: a pooler would give it to another session
                    held = connection.execute(_HOLDS, {"number": number}).scalar()
                if not held:
                    raise ConfigError(POOLED)
            except BaseException:
                connection.close()
                raise
            self._name, self._connection = name, connection

    def lasts(self, name: str) -> bool:
        if not self._guard.acquire(blocking=False):
            return True  # a run is writing on it this moment, and will notice
        try:
            return name == self._name and self._connection is not None and is_open(self._connection)
        finally:
            self._guard.release()

    def is_held(self, name: str) -> bool:
        # shared, so that two who ask at once do not take each other for the worker; given back at once
        free = self._sessions.ask(sa.select(sa.func.pg_try_advisory_xact_lock_shared(_number(name))))
        return not free

    @contextlib.contextmanager
    def begun_for(self, owner: str) -> Iterator[Connection]:
        """A transaction on the connection that holds the lock of the run's worker. Raises LifeLost where there is none
        any more, or where it is lost before the transaction is known to be committed."""
        with self._guard:
            connection = self._connection
            if connection is None or worker_of(owner) != self._name or not is_open(connection):
                raise LifeLost
            try:
                with connection.begin():
                    yield connection
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                self._forget()
                raise LifeLost from None

    def end(self, name: str) -> None:
        with self._guard:
            if name == self._name:
                self._forget()

    def _forget(self) -> None:
        connection, self._connection, self._name = self._connection, None, None
        if connection is not None:
            _close(connection)

    def after_fork(self) -> None:
        _left.append(self._connection)
        self._connection, self._name, self._guard = None, None, threading.RLock()


def _number(name: str) -> int:
    return lock_number(f"worker {name}")


class SessionLocks:
    """Locks among processes by session locks, all on the connection that is kept for asking.

    They keep two from doing the same work at once. Where the connection is lost they are free, and what must not be
    done twice is kept from it by the tables alone.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._held: dict[str, Connection] = {}

    def take(self, name: str) -> None:
        while not self.try_take(name):
            time.sleep(ASK_AGAIN)

    def try_take(self, name: str) -> bool:
        with self._sessions.guard:
            holding = self._held.get(name)
            if holding is not None and is_open(holding):
                return False  # one session may take a lock several times over
            taken = bool(self._sessions.ask(sa.select(sa.func.pg_try_advisory_lock(self._number(name)))))
            if taken:
                self._held[name] = self._sessions.asking()
            return taken

    def give(self, name: str) -> None:
        with self._sessions.guard:
            connection = self._held.pop(name, None)
            if connection is not None and is_open(connection):
                with contextlib.suppress(DBAPIError):  # lost in this moment, and the lock with it
                    connection.execute(sa.select(sa.func.pg_advisory_unlock(self._number(name))))

    @staticmethod
    def _number(name: str) -> int:
        return lock_number(f"exclusive {name}")

    def after_fork(self) -> None:
        self._held = {}


class _Ear:
    """Hears that something may have become due. Where it cannot hear, it says so once a second."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._connection: Connection | None = None
        self._heard = 0
        self._again_at = 0.0

    def count(self) -> int:
        if self._connection is None or not is_open(self._connection):
            self._listen()
        else:
            driver: Any = self._connection.connection.driver_connection
            while driver.pgconn.notifies() is not None:  # what came with the look whether it is open
                self._heard += 1
        return self._heard

    def _listen(self) -> None:
        if time.monotonic() < self._again_at:
            return
        self.close()
        self._again_at = time.monotonic() + LISTEN_AGAIN
        self._heard += 1  # what was said while nobody listened
        with contextlib.suppress(ConfigError, DBAPIError):  # not now: once more in a second
            self._connection = self._sessions.open()
            self._connection.exec_driver_sql(f"LISTEN {CHANNEL}")

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            _close(connection)


@contextlib.contextmanager
def watching(sessions: Sessions) -> Iterator[Callable[[], int]]:
    """A function that gives another number once anything may have become due, in whatever process."""
    ear = _Ear(sessions)
    try:
        yield ear.count
    finally:
        ear.close()


def _close(connection: Connection) -> None:
    connection.invalidate()  # it is closed as it is: where it was lost, nothing can be rolled back
    connection.close()
