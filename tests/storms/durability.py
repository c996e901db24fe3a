"""``python -m tests.storms.durability --kills 1000``: what was said to be kept is there, however often writers die.

One writer after the other hears a page, keeps an answer and receives a delivery, again and again, and tells through a
pipe of each that it is done. It is killed at any moment. At the end all that was told must be there, no page may be
there in part, and the cursor must stand where the pages end.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from socialdesk import Desk, Registry
from tests.desk.whole import SECRET, delivery
from tests.storms.endless import PAGE, Endless, Listed

AT_MOST = 20.0
"""Seconds that a writer may take for its next word."""


@dataclass
class Told:
    """What the writers said they had done."""

    pages: int = 0
    answers: set[str] = field(default_factory=set)
    deliveries: set[str] = field(default_factory=set)

    def hear(self, line: str) -> None:
        what, _, value = line.partition(" ")
        if what == "page":
            self.pages = max(self.pages, int(value))
        else:
            (self.answers if what == "answer" else self.deliveries).add(value)


def open_desk(path: Path) -> tuple[Desk, Endless]:
    platform = Endless()
    return Desk(f"sqlite:///{path}", transport=platform, registry=Registry(extra=[Listed])), platform


def write(desk: Desk, platform: Endless, tell: int, generation: int) -> None:
    """A writer's life."""
    for number in range(10**9):
        desk.poll()
        os.write(tell, b"page %d\n" % platform.top)
        (mention,) = desk.mentions(limit=1)
        name = f"{generation}-{number}"
        desk.reply(mention, "We are on it.", key=name)
        os.write(tell, f"answer {name}\n".encode())
        pushed = 10**9 + generation * 10_000 + number
        answer = desk.receive(
            "ours", delivery({"item": {"id": str(pushed), "text": "pushed"}}, number=pushed)
        )
        if answer.status == 200:
            os.write(tell, f"delivery {pushed}\n".encode())


def live(desk: Desk, platform: Endless, generation: int, dice: random.Random) -> bytes:
    """Let a writer live for a few words and a moment; gives what it said."""
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ear)
            write(desk, platform, mouth, generation)
        finally:
            os._exit(1)
    os.close(mouth)
    said = b""
    try:
        words, ends = dice.randrange(12), time.monotonic() + AT_MOST
        while said.count(b"\n") < words and time.monotonic() < ends:
            if select.select([ear], [], [], 0.5)[0]:
                heard = os.read(ear, 65536)
                if not heard:
                    raise AssertionError("a writer ended by itself")
                said += heard
        time.sleep(dice.uniform(0, 0.02))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    while heard := os.read(ear, 65536):
        said += heard
    os.close(ear)
    return said


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What came of it: all but the first five are to be 0, and ``intact`` True."""

    kills: int
    seconds: float
    pages: int
    answers: int
    deliveries: int
    lost: int
    torn: int
    intact: bool

    @property
    def whole(self) -> bool:
        return self.intact and not self.lost and not self.torn

    def __str__(self) -> str:
        return (
            f"{self.kills:,} SIGKILL in {self.seconds:.0f} s, told of {self.pages:,} pages, {self.answers:,} answers "
            f"and {self.deliveries:,} deliveries: {self.lost} told and lost, {self.torn} torn; "
            f"integrity {'ok' if self.intact else 'BROKEN'}"
        )


def kill_often(folder: Path, kills: int, seed: int = 1) -> Kept:
    path, told, dice = folder / "desk.db", Told(), random.Random(seed)
    desk, platform = open_desk(path)
    with desk:
        desk.app("whole", name="ours", settings={"secret": SECRET})
        desk.connect("whole", name="acme", app="ours", settings={}, hear_from=None)
        desk.poll()
    began = time.monotonic()
    for generation in range(kills):
        for line in live(desk, platform, generation, dice).decode().splitlines():
            told.hear(line)
    took = time.monotonic() - began
    with open_desk(path)[0] as after:
        after.take_in()
    return judged(path, told, (kills, took))


def judged(path: Path, told: Told, strain: tuple[int, float]) -> Kept:
    with closing(sqlite3.connect(path)) as connection:
        ask = connection.execute
        heard = {int(row[0].rpartition(":")[2]) for row in ask("SELECT key FROM socialdesk_mention")}
        created = {
            int(row[0].rpartition(":")[2])
            for row in ask("SELECT mention_key FROM socialdesk_event WHERE kind = 'created'")
        }
        raws = {int(row[0].rpartition(":")[2]) for row in ask("SELECT mention_key FROM socialdesk_raw")}
        kept = {row[0] for row in ask("SELECT reply_key FROM socialdesk_part")}
        (cursor,) = ask("SELECT cursor FROM socialdesk_stream WHERE stream = 'mentions'").fetchone()
        intact = ask("PRAGMA integrity_check").fetchone() == ("ok",)
    pages = {number for number in heard if number < 10**9}
    reached = int(orjson.loads(cursor)[1]) if cursor else 0
    lost = (
        len({*range(1, told.pages + 1)} - pages)
        + len(told.answers - kept)
        + len({int(number) for number in told.deliveries} - heard)
    )
    torn = len(pages ^ {*range(1, reached + 1)}) + len(heard ^ created) + len(heard - raws) + reached % PAGE
    return Kept(
        kills=strain[0],
        seconds=strain[1],
        pages=told.pages // PAGE,
        answers=len(told.answers),
        deliveries=len(told.deliveries),
        lost=lost,
        torn=torn,
        intact=intact,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = kill_often(Path(folder), given.kills, given.seed)
    print(f"sqlite: {kept}", flush=True)
    return 0 if kept.whole else 1


if __name__ == "__main__":
    sys.exit(main())
