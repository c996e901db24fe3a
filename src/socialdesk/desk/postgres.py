"""A desk in PostgreSQL: any number of processes on any number of machines.

Calls that write run under READ COMMITTED and are alone for what they change, by advisory locks; see
:mod:`socialdesk.desk.dialects`. Calls that read see one moment. The connections by which workers prove that they live
are their own; see :mod:`socialdesk.desk.sessions`.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, pool
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from socialdesk.desk.databases import Watching
from socialdesk.desk.dialects import COLLATION, alone
from socialdesk.desk.sessions import ADVICE, SessionLives, SessionLocks, Sessions, watching
from socialdesk.errors import ConfigError

__all__ = ["Postgres"]

DRIVER = "postgresql+psycopg"
CONNECT_WITHIN = 10  # seconds
CLIENT = {
    "application_name": "socialdesk",
    "connect_timeout": str(CONNECT_WITHIN),
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
"""How libpq connects. A server that is gone is noticed within half a minute."""
SERVER = {
    # a worker's machine that is gone is noticed within half a minute, and its locks are free
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
    # a process that was stopped within a call keeps the others waiting no longer than this
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "60s",
}
"""What the server is asked for with each connection."""

TRIES = 6
PAUSE = 0.05
"""Seconds, times two with each try, before a call is repeated."""
REPEATED = frozenset({"40001", "40P01"})
"""serialization_failure, deadlock_detected. https://www.postgresql.org/docs/current/errcodes-appendix.html"""

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_HINTS = {
    "28000": "Is this the right user, and may it connect from here (pg_hba.conf)?",
    "28P01": "Is the password the right one?",
    "3D000": "Make the database first: createdb NAME.",
    "3F000": "Make the schema first, or let the user make it: GRANT CREATE ON DATABASE.",
    "42501": "The desk's user needs the right to make tables: GRANT CREATE, USAGE ON SCHEMA.",
    "53300": "The server takes no more connections: raise max_connections, or run fewer workers.",
}


class Postgres:
    """The database at ``url``. ``?schema=name`` keeps the tables in a schema of that name, which is made.

    See :class:`~socialdesk.desk.databases.Database`.
    """

    path: Path | None = None
    lasts = True

    def __init__(self, url: URL) -> None:
        _need_driver(url)
        self.schema, self.url = _read(url)
        dedicated = Sessions(lambda: self._engine_of(poolclass=pool.NullPool), self.explain)
        self._sessions = dedicated
        self.lives = SessionLives(dedicated)
        self.across = SessionLocks(dedicated)
        self._escapes = threading.local()

    def new_engine(self) -> Engine:
        return self._engine_of(pool_size=5, max_overflow=20)

    def _engine_of(self, **options: Any) -> Engine:
        engine = sa.create_engine(
            self.url,
            hide_parameters=True,  # an error would quote what people said
            isolation_level="READ COMMITTED",  # whatever the server's default is
            use_native_hstore=False,
            **options,
        )
        event.listen(engine, "first_connect", lambda connection, _: _choose_collation(engine, connection))
        return engine

    @contextlib.contextmanager
    def begun(self, engine: Engine, *, writes: bool) -> Iterator[Connection]:
        with engine.connect() as plain:
            escapes, self._escapes.here = getattr(self._escapes, "here", False), False
            if escapes:
                _escape(plain)
            connection = plain
            if not writes:
                connection = plain.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection
            if escapes:
                plain.invalidate()  # the others go on without it

    def begun_for(self, owner: str) -> contextlib.AbstractContextManager[Connection]:
        return self.lives.begun_for(owner)

    @contextlib.contextmanager
    def upgrading(self, engine: Engine) -> Iterator[Connection]:
        with self.begun(engine, writes=True) as connection:
            alone(connection, "migrations")
            if self.schema is not None and not sa.inspect(connection).has_schema(self.schema):
                connection.execute(sa.schema.CreateSchema(self.schema))
            yield connection

    def repeats(self, error: DBAPIError, tries: int) -> bool:
        if tries >= TRIES:
            return False
        if isinstance(error, sa.exc.DataError) and "NUL" in str(error.orig) and tries == 1:
            self._escapes.here = True
            return True
        if not (error.connection_invalidated or getattr(error.orig, "sqlstate", None) in REPEATED):
            return False
        time.sleep(PAUSE * 2 ** (tries - 1))
        return True

    def explain(self, error: DBAPIError) -> str:
        where = self.url.render_as_string(hide_password=True)
        words = str(error.orig).strip().partition("\n")[0]
        state = getattr(error.orig, "sqlstate", None)
        if state is None and "options" in words and "startup" in words:
            return f"The database {where} cannot be used: {words}. {ADVICE}"
        hint = _HINTS.get(
            state or "", "Is the server running, and is the address right?" if not state else ""
        )
        return f"The database {where} cannot be used: {words}. {hint}".strip()

    def watching(self, engine: Engine) -> Watching:
        return watching(self._sessions)

    def close(self) -> None:
        self._sessions.close()

    def after_fork(self) -> None:
        self._sessions.after_fork()


def _need_driver(url: URL) -> None:
    try:
        import psycopg  # noqa: F401  # by its name SQLAlchemy finds it
    except ImportError:
        raise ConfigError('A desk in PostgreSQL needs psycopg: pip install "socialdesk[postgres]".') from None
    if url.drivername not in ("postgresql", "postgres", DRIVER):
        raise ConfigError(
            f"The desk speaks to PostgreSQL through psycopg: write {DRIVER}://, not {url.drivername}://."
        )


def _read(url: URL) -> tuple[str | None, URL]:
    """The schema, and the address with all that a connection is asked for. What the address says itself, holds."""
    query = dict(url.query)
    schema = query.pop("schema", None)
    if schema is not None and (not isinstance(schema, str) or not _SCHEMA.fullmatch(schema)):
        raise ConfigError(f"schema: small letters, digits and _, at most 63 of them, not {schema!r}.")
    asked = dict(SERVER) if schema is None else {**SERVER, "search_path": schema}
    options = " ".join(f"-c {name}={value}" for name, value in asked.items())
    given = query.pop("options", "")
    query = {**CLIENT, **query, "options": f"{options} {given}".strip()}
    return schema, url.set(drivername=DRIVER, query=query)


@cache
def _escaping() -> type[Any]:
    from psycopg.types.string import StrDumperUnknown  # the one in Python: the one in C cannot be changed

    class Escaping(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    return Escaping


def _escape(connection: Connection) -> None:
    """Have this one connection write U+FFFD for each NUL, which no text of PostgreSQL's can hold.

    To look for them in all that is ever written would take longer than to write again what has some.
    """
    driver: Any = connection.connection.driver_connection
    driver.adapters.register_dumper(str, _escaping())


def _choose_collation(engine: Engine, connection: Any) -> None:
    """Under which collation this database knows small letters of every alphabet; none where its own does."""
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT lower('ÄÑЖ') = 'äñж'")
        if cursor.fetchone()[0]:
            return
        cursor.execute(
            "SELECT collname FROM pg_collation WHERE collname IN ('und-x-icu', 'pg_c_utf8', 'C.utf8', 'en_US.utf8')"
            " AND collencoding IN (-1, pg_char_to_encoding('UTF8')) ORDER BY collname = 'und-x-icu' DESC LIMIT 1"
        )
        found = cursor.fetchone()
        setattr(engine.dialect, COLLATION, None if found is None else str(found[0]))
    finally:
        cursor.close()
        connection.rollback()
