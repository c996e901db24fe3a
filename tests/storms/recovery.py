"""``python -m tests.storms.recovery``: how soon the work of a worker that was killed goes on once another is started.

A worker is killed while a platform keeps it waiting for its answer. The next one is started at once, and is measured
from its fork, with its modules loaded, until it has found what its predecessor left, and has said what waited behind.
That one's host is there: the kernel frees its lock. A host that vanishes from the network cannot be shown here.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from socialdesk import Desk, Registry
from socialdesk._engine.effects import Call
from socialdesk.desk import schema
from socialdesk.desk.store import SqlStore
from tests.storms.endless import Endless, Listed
from tests.storms.places import HELP, kept_at

AT_MOST = 60.0


@contextlib.contextmanager
def working(desk: Desk) -> Iterator[Callable[[], None]]:
    """A worker in a process of its own; gives what kills it."""
    child = os.fork()
    if child == 0:
        try:
            desk.run()
        finally:
            os._exit(1)
    dead = False

    def kill() -> None:
        nonlocal dead
        if not dead:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            dead = True

    try:
        yield kill
    finally:
        kill()


def state_of(store: SqlStore, key: str) -> str:
    query = sa.select(schema.part.c.state).where(schema.part.c.reply_key == key)
    return store.perform(Call(lambda connection: connection.execute(query).scalar_one(), False, "state"))


def wait(until: Callable[[], bool]) -> float:
    """Seconds until something is so. Raises AssertionError where it never is."""
    began = time.monotonic()
    while not until():
        assert time.monotonic() - began < AT_MOST, "the work of the dead worker never went on"
        time.sleep(0.002)
    return time.monotonic() - began


def measure(url: str, kills: int) -> list[float]:
    """Seconds until the work goes on, for each kill."""
    platform = Endless()
    platform.hangs_on = "hang"
    store, took = SqlStore(url), []
    with Desk(url, transport=platform, registry=Registry(extra=[Listed])) as desk:
        desk.connect("whole", name="acme", settings={}, hear_from=None)
        while len(heard := list(desk.mentions(limit=2 * kills))) < 2 * kills:
            desk.poll("acme")
        for number in range(kills):
            desk.reply(heard.pop(), f"hang {number}", key=f"hang {number}")
            desk.reply(heard.pop(), f"go on {number}", key=f"go {number}")
            desk.close()  # nothing of ours is open while we fork
            store.dispose()
            hangs, waits = f"hang {number}", f"go {number}"
            with working(desk) as kill:
                wait(lambda key=hangs: state_of(store, key) == "sending")
                kill()
                store.dispose()
                with working(desk):
                    went_on = lambda a=hangs, b=waits: (  # noqa: E731  # what is measured, in one place
                        state_of(store, a) == "unknown" and state_of(store, b) == "sent"
                    )
                    took.append(wait(went_on))
            store.dispose()
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite", help=HELP)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument(
        "--limit", type=float, default=1.0, metavar="SECONDS", help="of the slowest of a hundred"
    )
    given = parser.parse_args()
    with kept_at(given.database) as url:
        took = sorted(measure(url, given.kills))
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    print(
        f"{given.database.partition(':')[0]}: {len(took)} SIGKILL, the work went on after "
        f"{statistics.median(took) * 1000:.0f} ms (median), {p99 * 1000:.0f} ms (p99)",
        flush=True,
    )
    return 0 if p99 <= given.limit else 1


if __name__ == "__main__":
    sys.exit(main())
