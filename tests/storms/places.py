"""Where a storm's desk is kept: in a file, or at a PostgreSQL server of the storm's own."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["HELP", "kept_at"]

HELP = "sqlite, postgresql (a server of its own, out of a wheel), or a PostgreSQL database's address"


@contextlib.contextmanager
def kept_at(database: str) -> Iterator[str]:
    """The address of an empty database of this kind, which is gone afterwards. What is given by its address stays."""
    if "://" in database:
        yield database
        return
    with tempfile.TemporaryDirectory(prefix="storm-", ignore_cleanup_errors=True) as folder:
        if database == "sqlite":
            yield f"sqlite:///{Path(folder)}/desk.db"
            return
        from tests.postgres import SECRET_KEY, _started, database_url

        os.environ.setdefault("SOCIALDESK_SECRET_KEY", SECRET_KEY)
        server = _started(Path(folder))  # as it ships: each commit is on the disk when it is told of
        try:
            yield database_url(server.get_uri(), "postgres")
        finally:
            server.cleanup()
