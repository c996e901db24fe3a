"""``python -m socialdesk.testing.simulation``: plays on the model platforms, as many as are asked for, counted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from socialdesk.testing.simulation._report import Report
from socialdesk.testing.simulation._simulate import Faults, simulate
from socialdesk.testing.simulation.comparing import compare
from socialdesk.testing.simulation.matrix import CAPABILITIES, cells, further_cells, play_cells
from socialdesk.testing.simulation.model import KINDS, LATE, model_stage

COLUMNS = ("posts", "said twice", "taken for said", "taken for not said", "stuck", "left to a person")


def main(arguments: Sequence[str] | None = None) -> int:
    """Play and print. Gives 1 where a rule did not hold."""
    parser = argparse.ArgumentParser(prog="python -m socialdesk.testing.simulation", description=__doc__)
    parser.add_argument(
        "what",
        nargs="?",
        choices=("storms", "matrix", "compare"),
        default="storms",
        help="storms: many faults at a time; matrix: one fault in every combination; compare: others' ways beside ours",
    )
    parser.add_argument("--seeds", type=int, default=None, help="plays for each platform, or for each cell")
    told = parser.parse_args(arguments)
    if told.what == "compare":
        return _show_comparison(told.seeds or 2)
    reports = _storms(told.seeds or 1000) if told.what == "storms" else _matrix(told.seeds or 1)
    return _show(reports)


def _storms(seeds: int) -> Iterator[Report]:
    for kind in KINDS:
        report = simulate(model_stage(kind), seeds=range(seeds), faults=Faults(late=LATE[kind]))
        report.name = kind
        yield report


def _matrix(seeds: int) -> Iterator[Report]:
    for capability in CAPABILITIES:
        numbered = list(enumerate([*cells(capability), *further_cells(capability)]))
        report = play_cells((cell, number + seed) for number, cell in numbered for seed in range(seeds))
        report.name = capability
        yield report


def _line(name: str, values: Sequence[object], runs: object) -> str:
    return f"{name:<34}{runs:>8}" + "".join(
        f"{value!s:>{len(column) + 3}}" for value, column in zip(values, COLUMNS, strict=True)
    )


def _counts(report: Report) -> tuple[object, ...]:
    return (
        report.parts,
        report.twice,
        report.taken_for_said,
        report.taken_for_unsaid,
        report.stuck,
        report.asked,
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _show(reports: Iterator[Report]) -> int:
    _say(_line("", COLUMNS, "plays"))
    broken: list[str] = []
    for report in reports:
        _say(_line(report.name, _counts(report), report.runs))
        broken += report.broken
    for words in broken[:50]:
        _say(words)
    return 1 if broken else 0


def _show_comparison(seeds: int) -> int:
    _say(_line("", COLUMNS, "plays"))
    for name, single, many in compare(seeds, 50 * seeds):
        _say(_line(f"{name}: one fault", _counts(single), single.runs))
        _say(_line(f"{name}: many", _counts(many), many.runs))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
