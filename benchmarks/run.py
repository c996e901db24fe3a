"""``./dev bench``: ratios measured in one run, beside their targets.

``--quick`` measures less, ``--json`` is for programs.

Absolute figures depend on the machine and on what else it does; the ratios hold.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import Mock

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Row:
    """One figure. ``target`` is what it should be at most, or at least where ``more_is_better``; None has no target."""

    what: str
    value: float
    target: float | None
    more_is_better: bool = False
    unit: str = "x"

    @property
    def reached(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    def line(self) -> str:
        if self.target is None:
            return f"{self.what:<74} {self.value:8.2f} {self.unit:<3}"
        bound = ">=" if self.more_is_better else "<="
        verdict = "reached" if self.reached else "missed"
        return f"{self.what:<74} {self.value:8.2f} {self.unit:<3} {bound} {self.target:<6g} {verdict}"


def _seconds(run: Callable[[], object], number: int, repeat: int) -> float:
    return statistics.median(timeit.repeat(run, number=number, repeat=repeat)) / number


def parsing(quick: bool) -> Iterator[Row]:
    import orjson
    import requests
    import tweepy

    from benchmarks.pages import page
    from socialdesk_twitter.joining import raws
    from socialdesk_twitter.translate import to_mention

    body = page(0)
    client = tweepy.Client("x")
    answer = requests.Response()
    answer.status_code, answer._content = 200, body
    client.session = Mock(request=Mock(return_value=answer))
    answer.close = Mock()  # type: ignore[method-assign]  # there is no connection

    def ours() -> object:
        return [to_mention(raw.body, "999") for raw in raws(orjson.loads(body))]

    number, repeat = (5, 5) if quick else (20, 9)
    loads, mine, theirs = (
        _seconds(run, number, repeat)
        for run in (lambda: json.loads(body), ours, lambda: client.get_users_mentions("999"))
    )
    yield Row("page bytes to Mentions, against json.loads of the same bytes", mine / loads, 1.3)
    yield Row("  and how much faster than tweepy", theirs / mine, 2, more_is_better=True)


@contextmanager
def _server(pages: int) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", str(pages)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait(10)


def _contend(name: str, base_url: str, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.contenders", name, base_url, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=300)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def syncing(quick: bool) -> Iterator[Row]:
    pages = 30 if quick else 200
    with _server(pages) as base_url, tempfile.TemporaryDirectory() as folder:
        ours = _contend("socialdesk", base_url, folder)
        theirs = _contend("tweepy", base_url, folder)
        sketch = _contend("sketch", base_url, folder)
    for result in (ours, theirs, sketch):
        if result["stored"] != pages * 100:
            raise SystemExit(f"stored {result['stored']} of {pages * 100} mentions")
    items = pages * 100
    per_10k = 10_000 / items
    faster = theirs["seconds"] / ours["seconds"]
    yield Row(f"sync of {items:,} mentions: how much faster than tweepy + insert", faster, 2, True)
    yield Row("  items per second", items / ours["seconds"], None, True, "/s")
    yield Row("  CPU, against a sketch by hand", ours["cpu"] / sketch["cpu"], 1.5)
    yield Row("  CPU seconds per 10,000 items", ours["cpu"] * per_10k, 0.9, unit="s")
    yield Row("  peak memory", ours["peak"], 120, unit="MB")


def importing(quick: bool) -> Iterator[Row]:
    repeat = 3 if quick else 9
    modules = (
        "import pydantic, httpx",
        "import socialdesk",
        "import socialdesk; socialdesk.Desk",
        "import tweepy",
    )
    times: dict[str, list[float]] = {module: [] for module in modules}
    for _ in range(repeat):
        for module in modules:  # interleaved: what else the machine does meets them all
            run = Mock(
                side_effect=lambda text=module: subprocess.run([sys.executable, "-c", text], check=True)
            )
            times[module].append(timeit.timeit(run, number=1))
    base, own, desk, theirs = (statistics.median(times[module]) for module in modules)
    yield Row("import socialdesk, against pydantic + httpx", own / base, 1.15)
    yield Row("  import of Desk, against the same", desk / base, 3)
    yield Row("  import tweepy, against the same (for comparison)", theirs / base, None)


def stepping(quick: bool) -> Iterator[Row]:
    from datetime import datetime, timezone

    from socialdesk._engine.drive import Driver
    from socialdesk._engine.effects import TakeStamp
    from socialdesk._engine.limits import Ledger
    from socialdesk._engine.runtime import Runtime
    from socialdesk.connector import Limit

    driver = Driver(Runtime())

    async def thousand() -> None:
        for _ in range(1000):
            await TakeStamp()

    now = datetime(2026, 11, 20, tzinfo=timezone.utc)
    ledger = Ledger([Limit(10**9, per=900, bucket="b")], {"account": "a"})

    def acquire() -> None:
        if ledger.blocked({"b": 1}, now, "poll") is None:
            ledger.debit({"b": 1}, now)

    number = 3 if quick else 20
    yield Row("a driven effect", _seconds(lambda: driver.run(thousand()), number, 5) * 1000, 5, unit="us")
    yield Row("a limit check with its debit", _seconds(acquire, 2000, 5) * 1e6, 5, unit="us")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure less")
    parser.add_argument("--json", action="store_true", help="answer with JSON")
    asked = parser.parse_args()
    rows: list[Row] = []
    for measure in (parsing, syncing, importing, stepping):
        for row in measure(asked.quick):
            rows.append(row)
            if not asked.json:
                print(row.line(), flush=True)
    if asked.json:
        print(json.dumps([{**vars(row), "reached": row.reached} for row in rows], indent=1))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
