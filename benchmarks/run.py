"""``./dev bench``: ratios measured in one run, each beside its target and whether it is reached.

``--quick`` measures less, ``--json`` is for programs. Absolute figures depend on the machine and on what else it does;
the ratios hold.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.draining import draining  # noqa: E402  # found by the line above
from benchmarks.normalizing import normalizing  # noqa: E402  # the same
from benchmarks.parsing import parsing  # noqa: E402  # the same
from benchmarks.rows import Row  # noqa: E402  # the same
from benchmarks.starting import starting  # noqa: E402  # the same
from benchmarks.stepping import polling, replying, stepping  # noqa: E402  # the same
from benchmarks.syncing import syncing  # noqa: E402  # the same

MEASURES: tuple[Callable[[bool], Iterator[Row]], ...] = (
    parsing,
    normalizing,
    syncing,
    starting,
    stepping,
    polling,
    replying,
    draining,
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure less")
    parser.add_argument("--json", action="store_true", help="answer with JSON")
    parser.add_argument(
        "only", nargs="*", metavar="MEASURE", help="parsing, syncing, ...; all where none is named"
    )
    asked = parser.parse_args()
    known = {measure.__name__: measure for measure in MEASURES}
    if unknown := set(asked.only) - set(known):
        parser.error(f"there is no measure {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    rows: list[Row] = []
    for name, measure in known.items():
        for row in measure(asked.quick) if name in asked.only or not asked.only else ():
            rows.append(row)
            if not asked.json:
                print(row.line(), flush=True)
    if asked.json:
        print(json.dumps([row.told() for row in rows], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
