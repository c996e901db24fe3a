"""Storms that pass over real processes. Each is a command as well, which prints its figures in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 1500.0


@pytest.fixture
def passes(capsys: pytest.CaptureFixture[str]):
    """Runs one of the commands, which must find that all is well; shows what it says."""

    def run(name: str, **options: object) -> None:
        words = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        command = [sys.executable, "-m", f"tests.storms.{name}", *words]
        done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST)
        with capsys.disabled():
            print(f"\n{name}: {done.stdout.strip()}")
        assert done.returncode == 0, done.stdout + done.stderr

    return run


@pytest.mark.slow
def test_workers_struck_down_at_three_platforms_say_everything_once_and_in_order(passes) -> None:
    passes("run", replies=60, kills=2, stops=1, faults=3, at_most=120)


@pytest.mark.storm
@pytest.mark.slow
@pytest.mark.parametrize(("database", "kills", "stops"), [("sqlite", 30, 5), ("postgresql", 50, 10)])
def test_a_storm_over_thousands_of_replies_loses_none_and_says_none_twice(
    passes, database: str, kills: int, stops: int
) -> None:
    """``python -m tests.storms.run --replies 20000`` lets it pass over as many as there is time for."""
    passes("run", database=database, replies=2_000, kills=kills, stops=stops, faults=30, at_most=900)


@pytest.mark.slow
def test_workers_that_take_all_of_a_limit_are_not_refused_and_wait_when_told_to(passes) -> None:
    passes("saturation", windows=2, refusals=1)


@pytest.mark.storm
@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_limit_is_kept_for_as_long_as_workers_take_all_of_it(passes, database: str) -> None:
    passes("saturation", database=database, windows=10, refusals=3)


def test_what_was_told_to_be_kept_is_there_after_writers_were_killed(passes) -> None:
    passes("durability", kills=10)


@pytest.mark.storm
@pytest.mark.slow
def test_what_was_told_to_be_kept_is_there_after_hundreds_of_writers_were_killed(passes) -> None:
    passes("durability", kills=300)


@pytest.mark.storm
@pytest.mark.slow
def test_no_delivery_that_was_acknowledged_is_lost_however_often_the_server_dies(passes) -> None:
    passes("pushes", deliveries=2_000, kills=8)


@pytest.mark.storm
@pytest.mark.slow
@pytest.mark.parametrize(("database", "limit"), [("sqlite", 1.0), ("postgresql", 10.0)])
def test_the_work_of_a_killed_worker_goes_on_soon_after_the_next_one_s_start(
    passes, database: str, limit: float
) -> None:
    passes("recovery", database=database, kills=50, limit=limit)
