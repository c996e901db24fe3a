"""Helpdesks that keep tickets in the desk's own database, each by a connection of another kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.engine import make_url

TABLE = "CREATE TABLE IF NOT EXISTS ticket (name VARCHAR(200) PRIMARY KEY)"


class Host:
    """A helpdesk on the desk's database; ``connection`` is what it lends."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url.replace("postgresql:", "postgresql+psycopg:"))
        self.engine = sa.create_engine(self.url)
        with self.engine.begin() as connection:
            connection.exec_driver_sql(TABLE)
        self.open()

    connection: Any

    def open(self) -> None: ...

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A transaction of the host's, and what it lends; rolled back where the block raises."""
        raise NotImplementedError

    def insert(self, name: str) -> None:
        """A ticket, in the transaction that is open."""
        raise NotImplementedError

    def tickets(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.scalars(sa.text("SELECT name FROM ticket ORDER BY name")))

    def close(self) -> None:
        self.engine.dispose()


class OfSqlAlchemy(Host):
    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self.engine.begin() as self.connection:
            yield self.connection

    def insert(self, name: str) -> None:
        self.connection.execute(sa.text("INSERT INTO ticket VALUES (:name)"), {"name": name})


class OfSession(OfSqlAlchemy):
    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with orm.Session(self.engine) as self.connection, self.connection.begin():
            yield self.connection


class OfSqlite(Host):
    """By the driver alone, which says BEGIN when it sees fit."""

    options: dict[str, Any] = {}

    def open(self) -> None:
        self.connection = sqlite3.connect(str(self.url.database), **self.options)
        self.connection.row_factory = lambda cursor, row: {"a host's": "own"}

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self.connection:
            yield self.connection

    def insert(self, name: str) -> None:
        self.connection.execute("INSERT INTO ticket VALUES (?)", (name,))

    def close(self) -> None:
        self.connection.close()
        super().close()


class OfSqliteByHand(OfSqlite):
    """By the driver alone, in autocommit, with a BEGIN of the host's own."""

    options: dict[str, Any] = {"isolation_level": None}

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        self.connection.execute("BEGIN")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


class OfPsycopg(Host):
    autocommit = False

    def open(self) -> None:
        import psycopg
        from psycopg.rows import dict_row

        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.connection = psycopg.connect(address, autocommit=self.autocommit, row_factory=dict_row)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self.connection.transaction():
            yield self.connection

    def insert(self, name: str) -> None:
        self.connection.execute("INSERT INTO ticket VALUES (%s)", (name,))

    def close(self) -> None:
        self.connection.close()
        super().close()


class OfPsycopgInAutocommit(OfPsycopg):
    autocommit = True


class OfDjango(Host):
    """By a wrapper of Django's, as ``django.db.connections["helpdesk"]`` gives it."""

    def open(self) -> None:
        from django.apps import apps
        from django.conf import UserSettingsHolder, empty, global_settings, settings
        from django.db import connections

        # as few settings as will do, where another test has not made some for this process
        self._configured = settings._wrapped is not empty
        if not self._configured:
            settings._wrapped = UserSettingsHolder(global_settings)
        self._ready, apps.ready = apps.ready, True
        backend = {"sqlite": "sqlite3", "postgresql": "postgresql"}[self.url.get_backend_name()]
        base = __import__(f"django.db.backends.{backend}.base", fromlist=["DatabaseWrapper"])
        made = {
            "ENGINE": f"django.db.backends.{backend}",
            "NAME": self.url.database,
            "HOST": self.url.host or self.url.query.get("host", ""),
            "PORT": self.url.port or "",
            "USER": self.url.username or "",
            "PASSWORD": self.url.password or "",
            "OPTIONS": {},
            "TIME_ZONE": None,
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": False,
            "AUTOCOMMIT": True,
            "ATOMIC_REQUESTS": False,
            "TEST": {},
        }
        self.connection = connections["helpdesk"] = base.DatabaseWrapper(made, "helpdesk")

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        from django.db import transaction

        with transaction.atomic(using="helpdesk"):
            yield self.connection

    def insert(self, name: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("INSERT INTO ticket VALUES (%s)", [name])

    def close(self) -> None:
        from django.apps import apps
        from django.conf import empty, settings
        from django.db import connections

        apps.ready = self._ready
        self.connection.close()
        del connections["helpdesk"]
        if not self._configured:
            settings._wrapped = empty
        super().close()


KINDS: dict[str, Callable[[str], Host]] = {
    "sqlalchemy": OfSqlAlchemy,
    "session": OfSession,
    "sqlite3": OfSqlite,
    "sqlite3 by hand": OfSqliteByHand,
    "django": OfDjango,
    "pg sqlalchemy": OfSqlAlchemy,
    "pg session": OfSession,
    "pg psycopg": OfPsycopg,
    "pg psycopg in autocommit": OfPsycopgInAutocommit,
    "pg django": OfDjango,
}
"""Those whose name begins with "pg" are on PostgreSQL, the others on SQLite."""
