"""A bar for those who watch."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Bar:
    """A bar for one account; it is called with each listing's report as it is done."""

    def __init__(self, name: str) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._name = name
        self._new = 0
        self._task: Any = None

    def __enter__(self) -> Bar:
        self._progress.start()
        self._task = self._progress.add_task(self._name, total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, report: Any) -> None:
        self._new += report.new
        self._progress.update(
            self._task, advance=1, description=f"{self._name}: {report.stream}, {self._new} new"
        )
