from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from socialdesk.desk.store import SqlStore
from tests.simulation.world import Platform

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new database, of each kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/desk.db"


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    made = SqlStore(store_url)
    yield made
    made.dispose()


@pytest.fixture
def toy() -> Platform:
    return Platform()
