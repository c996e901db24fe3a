"""``python -m tests.storms.saturation``: workers that take all of a limit that they share, and are not refused.

Each is a process of its own at one desk, and each of its accounts has more to hear than the limit allows, while answers
are wanted now and then. After a while the platform refuses everything and says for how long, as when others use up the
limit; then it goes on. What came of it is judged by the platform's own record.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk import Desk
from socialdesk._engine.effects import Call
from socialdesk.desk import schema
from socialdesk.testing.sandbox import served
from tests.storms.metered import LIMIT, PER, MeteredSandbox, metered_registry
from tests.storms.places import HELP, kept_at

UNDER_WAY = 0.5
"""Seconds after a refusal's arrival in which requests may still arrive that were under way."""
RESERVE = LIMIT // 5
SATURATED = 0.8
"""The share of what polling may take that it has to take, so that the rest shows anything."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it, by the platform's record: of the time without a refusal, and of that with one."""

    workers: int
    seconds: float
    requests: int
    refused: int
    used: float
    replies: int
    unsaid: int
    p95: float
    refusals: int
    under_way: int
    early: int
    first: float
    in_first_second: int
    held: float

    @property
    def well(self) -> bool:
        calm = self.refused <= 0.001 * self.requests and self.used >= SATURATED
        return calm and self.p95 <= 5.0 and not self.early and not self.unsaid

    def __str__(self) -> str:
        return (
            f"{self.workers} workers, {self.seconds:.0f} s: {self.requests:,} requests, {self.refused} refused for "
            f"the limit, {self.used:.1%} used of what polling may take; {self.replies} replies, {self.unsaid} not "
            f"said, p95 {self.p95:.2f} s. {self.refusals} times told to wait: {self.under_way} requests under way, "
            f"{self.early} too early; then the first within {self.first:.2f} s, {self.in_first_second} in the first "
            f"second, and replies waited {self.held:.2f} s longer at most"
        )


@contextlib.contextmanager
def at_work(url: str, workers: int) -> Iterator[None]:
    """So many processes that work at this desk; they are ended, by their pids, when the block is left."""
    command = [sys.executable, "-m", "tests.storms.metered_worker", url]
    crew = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    try:
        for worker in crew:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "up\n"
        yield
        assert all(worker.poll() is None for worker in crew), "a worker ended by itself"
    finally:
        for worker in crew:
            worker.kill()
            worker.communicate()


class Asking:
    """Whoever wants answers: one every so many seconds, and when each was wanted."""

    def __init__(self, desk: Desk, every: float) -> None:
        self._desk, self._every = desk, every
        self._targets = [desk.mentions(account=f"{n}", limit=1)[0] for n in range(len(desk.accounts()))]
        self.wanted: dict[str, float] = {}

    def ask_until(self, ends: float) -> None:
        while time.monotonic() < ends:
            text = f"answer {len(self.wanted)}"
            target = self._targets[len(self.wanted) % len(self._targets)]
            self.wanted[text] = time.monotonic()
            self._desk.reply(target, text, key=text)
            time.sleep(self._every)


def saturate(
    url: str, *, workers: int = 4, windows: int = 3, refusals: int = 2, pause: float = 4.0
) -> Outcome:
    """Let them work for so many whole windows, and be refused so often, for ``pause`` seconds each time."""
    sandbox = MeteredSandbox()
    with served(sandbox), Desk(url, registry=metered_registry()) as desk:
        for number in range(workers):
            settings = {"base_url": sandbox.base_url, "me": f"{number}"}
            desk.connect("metered", name=f"{number}", settings=settings, hear_from=None)
            desk.poll(f"{number}")
        asking = Asking(desk, 0.4)
        sandbox.endless = True
        desk._store.perform(Call(_make_due, True, "make_due"))
        began = time.monotonic()
        with at_work(url, workers):
            asking.ask_until(_end_of_window(sandbox, 1))
            first = sandbox.window()
            asking.ask_until(_end_of_window(sandbox, windows))
            calm_until, whole = time.monotonic(), range(first, first + windows)
            troubles = []
            for _ in range(refusals):
                began_at = time.monotonic()
                sandbox.refuse(pause)
                troubles.append(began_at)
                asking.ask_until(began_at + pause + 3.0)
            _wait_for(sandbox, asking.wanted)
        record = Record(sandbox, asking.wanted, whole, calm_until, troubles, pause)
        return judged(record, workers, time.monotonic() - began)


def _make_due(connection: Connection) -> None:
    connection.execute(sa.update(schema.stream).values(next_at=None))


def _end_of_window(sandbox: MeteredSandbox, windows: int) -> float:
    """When the window ends that is so many from now, by this machine's monotonic clock."""
    left = PER * (sandbox.window() + windows) - sandbox.clock.monotonic()
    return time.monotonic() + left


def _wait_for(sandbox: MeteredSandbox, wanted: dict[str, float]) -> None:
    ends = time.monotonic() + 10
    while len(sandbox.said) < len(wanted) and time.monotonic() < ends:
        time.sleep(0.05)


# -------------------------------------------------------------------------------------------------------- the judgement


@dataclass(frozen=True)
class Record:
    """What the platform saw and when answers were wanted: ``whole`` windows without trouble, which came at ``troubles``
    and after ``calm_until``, and lasted ``pause`` seconds each."""

    sandbox: MeteredSandbox
    wanted: dict[str, float]
    whole: range
    calm_until: float
    troubles: list[float]
    pause: float

    def waits(self, *, calm: bool) -> list[float]:
        """Seconds from when an answer was wanted until it arrived, for those wanted in calm, or else in trouble."""
        said = self.sandbox.said
        return sorted(
            said[text] - at
            for text, at in self.wanted.items()
            if text in said and (at < self.calm_until) == calm
        )


def judged(record: Record, workers: int, seconds: float) -> Outcome:
    sandbox, arrivals = record.sandbox, record.sandbox.arrivals
    calm = [arrival for arrival in arrivals if arrival.at < record.calm_until]
    waits = record.waits(calm=True)
    may = (LIMIT - RESERVE) * len(record.whole)
    polled = sum(sandbox.used[window] - sandbox.spoken[window] for window in record.whole)
    refused = [one for one in arrivals if one.until is not None]
    under_way = early = 0
    resumed: list[float] = []
    in_first_second = 0
    for began in record.troubles:
        told = [one for one in refused if began <= one.at < began + record.pause + 2]
        if not told:
            continue
        learnt, ends = told[0].at, max(one.until or 0.0 for one in told)
        under_way += sum(learnt < one.at <= learnt + UNDER_WAY for one in arrivals)
        early += sum(learnt + UNDER_WAY < one.at < ends for one in arrivals)
        after = [one.at - ends for one in arrivals if one.at >= ends]
        resumed.append(min(after, default=float("inf")))
        in_first_second = max(in_first_second, sum(at < 1 for at in after))
    return Outcome(
        workers=workers,
        seconds=seconds,
        requests=len(calm),
        refused=sum(one.until is not None for one in calm),
        used=polled / may,
        replies=len(record.wanted),
        unsaid=len(record.wanted.keys() - sandbox.said.keys()),
        p95=waits[int(len(waits) * 0.95)],
        refusals=len(resumed),
        under_way=under_way,
        early=early,
        first=max(resumed, default=float("inf")),
        in_first_second=in_first_second,
        held=max(0.0, max(record.waits(calm=False), default=0.0) - record.pause),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite", help=HELP)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--refusals", type=int, default=2)
    given = vars(parser.parse_args())
    database = given.pop("database")
    with kept_at(database) as url:
        outcome = saturate(url, **given)
    print(f"{database.partition(':')[0]}: {outcome}", flush=True)
    return 0 if outcome.well else 1


if __name__ == "__main__":
    sys.exit(main())
