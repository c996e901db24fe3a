"""What it costs to await a Request instead of calling a function: ``python docs/examples/cost.py``."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent))
from driver import drive

from socialdesk._engine.drive import Driver
from socialdesk._engine.runtime import Runtime
from socialdesk.wire import Request, Response

ROUNDS = 20_000
REQUEST = Request("GET", "https://api.chirp.example/v1/mentions")
ANSWER = Response(200)


def perform(request: Request) -> Response:
    return ANSWER


class Instant:
    """A transport that answers at once."""

    def send(self, request: Request, timeout: float) -> Response:
        return ANSWER


async def awaiting() -> None:
    for _ in range(ROUNDS):
        await REQUEST


def calling() -> None:
    for _ in range(ROUNDS):
        perform(REQUEST)


def making() -> None:
    for _ in range(ROUNDS):
        Request("GET", "https://api.chirp.example/v1/mentions", params={"page": "2"})


def microseconds(work: Callable[[], object]) -> float:
    """The median of nine runs, for one round."""
    taken = []
    for _ in range(9):
        begun = perf_counter()
        work()
        taken.append((perf_counter() - begun) / ROUNDS * 1e6)
    return statistics.median(taken)


def main() -> dict[str, float]:
    """Microseconds by what was done."""
    full = Driver(Runtime(Instant()))
    return {
        "a function called": microseconds(calling),
        "a request awaited, by the loop above": microseconds(lambda: drive(awaiting(), perform)),
        "a request awaited, by core's driver": microseconds(lambda: full.run(awaiting())),
        "a request made": microseconds(making),
    }


if __name__ == "__main__":
    for name, cost in main().items():
        print(f"{name:40} {cost:6.2f} us")
