"""``python -m tests.storms.run --database sqlite --replies 20000``: a storm, and one line of what came of it."""

from __future__ import annotations

import argparse
import sys

from tests.storms.places import HELP, kept_at
from tests.storms.storm import Plan, weather


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite", help=HELP)
    parser.add_argument("--replies", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--stops", type=int, default=5)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-most", type=float, default=900, metavar="SECONDS")
    given = vars(parser.parse_args())
    database = given.pop("database")
    with kept_at(database) as url:
        outcome = weather(url, Plan(**given))
    print(f"{database.partition(':')[0]}: {outcome}", flush=True)
    return 0 if outcome.calm else 1


if __name__ == "__main__":
    sys.exit(main())
