"""The tables' version: a new database is made at once, an older one is brought up by the migrations."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads
from socialdesk.desk.schema import PREFIX, metadata
from socialdesk.errors import ConfigError

__all__ = ["HEAD", "VERSION", "bring_up", "current_version", "describe_database", "read_version"]

HEAD = "0011"

# As Alembic makes it.
VERSION = sa.Table(
    f"{PREFIX}alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name=f"{PREFIX}alembic_version_pkc"),
)


@reads
def read_version(connection: Connection) -> str:
    """The version of the tables."""
    return str(current_version(connection))


@reads
def describe_database(connection: Connection) -> str:
    """The database's kind and version, and where in it the tables are, for a person."""
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"
    version, here = connection.exec_driver_sql(
        "SELECT current_setting('server_version'), current_schema()"
    ).one()
    return f"PostgreSQL {str(version).partition(' ')[0]}, schema {here}"


def bring_up(connection: Connection) -> None:
    """Make the tables what this socialdesk knows. Raises ConfigError where they are a newer one's."""
    current = current_version(connection)
    if current is None:
        _make_new(connection)
    elif current != HEAD:
        _upgrade(connection, current)


def current_version(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    if not sa.inspect(connection).has_table(VERSION.name):
        return None
    return connection.execute(sa.select(VERSION.c.version_num)).scalar()


def _make_new(connection: Connection) -> None:
    """The tables of a new database, as all migrations together would make them, without Alembic's half a second."""
    metadata.create_all(connection, checkfirst=False)
    VERSION.create(connection)
    connection.execute(sa.insert(VERSION).values(version_num=HEAD))


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
