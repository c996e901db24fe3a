"""Sending while much waits: what a reply costs must not grow with how many stand behind it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from benchmarks.rows import Row, interleaved
from socialdesk import Desk, Registry
from socialdesk.desk.sending import PARTS_IN_TURN, Drain, drain_account
from tests.storms.endless import Endless, Listed
from tests.storms.storm import IN_A_THREAD, keep


def draining(quick: bool) -> Iterator[Row]:
    """The same number of replies sent where few wait and where ten times as many do, in turns."""
    few, turns = (200, 3) if quick else (2_000, 10)
    with ExitStack() as stack:
        desks = {waiting: stack.enter_context(_waiting(waiting)) for waiting in (few, 10 * few)}
        contenders = {str(waiting): (lambda desk=desk: _turn(desk)) for waiting, desk in desks.items()}
        took = interleaved(contenders, turns)
    slow, fast = took[str(10 * few)], took[str(few)]
    yield Row(f"sending with {10 * few:,} waiting, against {few:,}: how much longer", slow / fast, 1.25)
    yield Row("  replies per second of one worker, platform apart", PARTS_IN_TURN / slow, unit="/s")


@contextmanager
def _waiting(replies: int) -> Iterator[Desk]:
    """A desk at which this many replies wait, ten in each thread."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Desk(f"sqlite:///{folder}/desk.db", transport=Endless(), registry=Registry(extra=[Listed])) as desk,
    ):
        desk.connect("whole", name="acme", settings={}, hear_from=None)
        threads = -(-replies // IN_A_THREAD)
        while len(heard := desk.mentions(limit=threads)) < threads:
            desk.poll()
        texts = [(str(n), heard[n % threads], f"answer {n} in storm") for n in range(replies)]
        for start in range(0, replies, 500):
            desk._run(keep(desk, "acme", texts[start : start + 500]))
        yield desk


def _turn(desk: Desk) -> None:
    """Send as many as one account may before the next one's turn."""
    with desk._worker.run() as owner:
        drain = Drain(
            workshop=desk._flows.workshop,
            owner=owner,
            alive=desk._worker.is_alive,
            timeout=timedelta(seconds=30),
        )
        account = desk.account("acme").id
        report, is_more = desk._run(drain_account(account, drain))
    assert (report.sent, is_more) == (PARTS_IN_TURN, True)
