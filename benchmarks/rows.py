"""A figure of the report, and how figures are taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Row", "interleaved", "percentile"]


@dataclass(frozen=True)
class Row:
    """One figure, and what it should be: at most ``target``, or at least where ``more_is_better``; None: no target."""

    what: str
    value: float
    target: float | None = None
    more_is_better: bool = False
    unit: str = "x"

    @property
    def reached(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    def line(self) -> str:
        figure = f"{self.what:<74} {self.value:9.2f} {self.unit:<3}"
        if self.target is None:
            return figure.rstrip()
        bound = ">=" if self.more_is_better else "<="
        return f"{figure} {bound} {self.target:<6g} {'reached' if self.reached else 'missed'}"

    def told(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**vars(self), "reached": self.reached}


def interleaved(
    contenders: Mapping[str, Callable[[], object]],
    repeats: int,
    *,
    each: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """The median seconds of one call of each contender, taken in turns, so that a busy moment meets them all."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, run in contenders.items():
            began = clock()
            for _ in range(each):
                run()
            times[name].append((clock() - began) / each)
    return {name: statistics.median(found) for name, found in times.items()}


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of the values do not exceed."""
    return sorted(values)[max(0, -(-len(values) * round(share * 100) // 100) - 1)]
