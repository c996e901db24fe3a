"""A sync of many mentions over HTTP into SQLite, against tweepy with a bulk insert and against a sketch by hand."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from benchmarks.rows import Row
from benchmarks.server import ROOT, serving

PEERS = {
    "sqlite3": "tweepy + sqlite3 executemany",
    "sqlalchemy": "tweepy + SQLAlchemy Core",
    "django": "tweepy + Django bulk_create",  # where it is installed
}
SKETCH_CPU = 0.6  # seconds per 10,000 items that the sketch costs where the target for us is 0.9
Took = dict[str, float]


def syncing(quick: bool) -> Iterator[Row]:
    """The same pages, from the same server, by each way in turn; medians of each way's runs."""
    pages, rounds = (50, 1) if quick else (200, 3)
    peers = [name for name in PEERS if name != "django" or find_spec("django")]
    runs: dict[str, list[Took]] = {name: [] for name in ("socialdesk", "again", "judged", "sketch", *peers)}
    with serving(pages) as base_url:
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                for name, found in runs.items():
                    found.append(_contend(name, base_url, folder, pages * 100))
    return _rows({name: _median(found) for name, found in runs.items()}, pages * 100)


def _rows(took: dict[str, Took], items: int) -> Iterator[Row]:
    ours, again, sketch = took["socialdesk"], took["again"], took["sketch"]
    for name, words in PEERS.items():
        if name in took:
            faster = took[name]["seconds"] / ours["seconds"]
            yield Row(f"sync of {items:,} mentions: how much faster than {words}", faster, 2, True)
    yield Row("  items per second", items / ours["seconds"], unit="/s")
    cpu = ours["cpu"] / sketch["cpu"]
    yield Row("  CPU, against a sketch by hand", cpu, 0.9 / SKETCH_CPU)
    yield Row("  CPU per 10,000 items", ours["cpu"] * 10_000 / items, unit="s")
    yield Row("  peak memory", ours["peak"], 120, unit="MB")
    yield Row("  with triage, how much longer", took["judged"]["seconds"] / ours["seconds"])
    yield Row(
        "reading them again: how much faster than the first time",
        ours["seconds"] / again["seconds"],
        2,
        more_is_better=True,
    )


def _contend(name: str, base_url: str, folder: str, items: int) -> Took:
    command = [sys.executable, "-m", "benchmarks.contenders", name, base_url, folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT, timeout=120)
    result: dict[str, Any] = json.loads(done.stdout)
    if result["stored"] != items:
        raise SystemExit(f"{name} stored {result['stored']} of {items} mentions")
    return result


def _median(runs: list[Took]) -> Took:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}
