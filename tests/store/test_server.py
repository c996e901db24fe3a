"""The server that the other tests stand on."""

from __future__ import annotations

import psycopg


def test_each_test_has_a_database_of_its_own(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute("SELECT current_database(), current_setting('fsync')").fetchone()
    assert found is not None
    assert found[0].startswith("desk_")
