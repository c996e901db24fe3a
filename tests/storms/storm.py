"""A storm: workers at one desk that are killed and stopped at any moment, while platforms answer badly.

What came of it is judged by the platforms' own record and by the desk's tables, when nothing waits any more. A storm is
bounded in replies, in kills and in time, and ends only processes that it started.
"""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from socialdesk import Desk, Mention, Reply
from socialdesk._engine.effects import Call, TakeStamp
from socialdesk._engine.outbox import plan_parts
from socialdesk.connector import Standing
from socialdesk.desk import schema
from socialdesk.desk.outgoing import NewReply, enqueue
from socialdesk.desk.store import SqlStore
from socialdesk.testing.sandbox import (
    CutJson,
    DropAnswer,
    Fault,
    RefuseConnection,
    Sandbox,
    ServerError,
    SlowDrip,
    served,
)
from tests.storms.platforms import TIMEOUT, quick_registry, said, speaks, unlimited

IN_A_THREAD = 10
WAITS = ("pending", "sending", "unknown")
FAULTS: tuple[Fault, ...] = (
    DropAnswer(),
    ServerError(500, applied=True),
    ServerError(502, applied=False),
    CutJson(),
    RefuseConnection(),
    SlowDrip(0.5),
    SlowDrip(TIMEOUT + 1),
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How hard it blows: replies in all, SIGKILLs, SIGSTOPs and bad answers, and after how many seconds all is over."""

    replies: int
    kills: int
    stops: int
    faults: int
    workers: int = 2
    seed: int = 1
    at_most: float = 600.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a storm. All but the first five are to be 0, and ``intact`` True."""

    replies: int
    seconds: float
    kills: int
    stops: int
    faults: int
    duplicates: int
    lost: int
    disordered: int
    false_sent: int
    stuck: int
    for_people: int
    intact: bool

    @property
    def calm(self) -> bool:
        wrong = (self.duplicates, self.lost, self.disordered, self.false_sent, self.stuck, self.for_people)
        return self.intact and not any(wrong)

    def __str__(self) -> str:
        return (
            f"{self.replies:,} replies on 3 platforms in {self.seconds:.0f} s ({self.replies / self.seconds:.0f}/s), "
            f"{self.kills} SIGKILL, {self.stops} SIGSTOP, {self.faults} bad answers: {self.duplicates} duplicate, "
            f"{self.lost} lost, {self.disordered} out of order, {self.false_sent} taken for sent, "
            f"{self.stuck} stuck, {self.for_people} for a person; "
            f"integrity {'ok' if self.intact else 'BROKEN'}"
        )


def weather(url: str, plan: Plan) -> Outcome:
    """Let a storm pass over the desk at ``url``, which is made for it."""
    sandboxes = unlimited()
    each = plan.replies // len(sandboxes)
    with contextlib.ExitStack() as stack:
        for sandbox in sandboxes.values():
            stack.enter_context(served(sandbox))
        with Desk(url, registry=quick_registry()) as desk:
            for platform, sandbox in sandboxes.items():
                fill(desk, platform, sandbox, each)
        began = time.monotonic()
        crew = stack.enter_context(Crew.at_work(url, plan))
        blow(crew, sandboxes, plan, each * len(sandboxes))
        rested = wait_for_rest(url, began + plan.at_most)
        took = time.monotonic() - began
    return judge(url, sandboxes, each, Weathered(took, crew, rested))


# ------------------------------------------------------------------------------------------------- what is to be said


def fill(desk: Desk, platform: str, sandbox: Any, replies: int) -> None:
    """Hear as many questions as it takes, and keep this many replies: one to each, then a second to each, ..."""
    threads = -(-replies // IN_A_THREAD)
    for number in range(threads):
        sandbox.user(f"person{number}").post(f"@acme question {number}?")
    desk.connect(platform, name=platform, settings=sandbox.settings, hear_from=None)
    while len(heard := desk.mentions(account=platform, limit=threads + 1)) < threads:
        desk.poll(platform)
    said_first = sorted(heard, key=lambda mention: mention.created_at)
    texts = [(str(n), said_first[n % threads], f"answer {n} in storm") for n in range(replies)]
    for start in range(0, replies, 500):
        desk._run(keep(desk, platform, texts[start : start + 500]))


async def keep(desk: Desk, account: str, texts: Sequence[tuple[str, Mention, str]]) -> None:
    """As desk.reply() for each of them, in one transaction: a storm is not about how long keeping takes."""
    place = await desk._flows._ready_place(await desk._flows._row(account))
    new: list[NewReply] = []
    for key, target, text in texts:
        stamp = await TakeStamp()
        reply = Reply(idempotency_key=key, account=account, target=target, text=text)
        parts = plan_parts(place.connector, reply, Standing(now=stamp.now, target=target), stamp)
        new.append(
            NewReply(
                account_id=place.account.id,
                id=stamp.uuid(1000),
                reply=reply,
                parts=parts,
                thread=str(target.conversation or target.id),
                at=stamp.now,
            )
        )
    await Call(lambda connection: [enqueue(one).operation(connection) for one in new], True, "keep")


# ---------------------------------------------------------------------------------------------------------- the wind


class Crew:
    """The workers. Whoever is struck down is replaced; all are ended, by their pids, when the block is left."""

    def __init__(self, url: str, plan: Plan) -> None:
        self._command = [sys.executable, "-m", "tests.storms.worker", url]
        self.dice = random.Random(plan.seed)
        self.kills = self.stops = 0
        self._workers = [self._start() for _ in range(plan.workers)]
        self._stopped: dict[int, float] = {}

    @classmethod
    @contextlib.contextmanager
    def at_work(cls, url: str, plan: Plan) -> Iterator[Crew]:
        crew = cls(url, plan)
        try:
            yield crew
        finally:
            for worker in crew._workers:
                worker.kill()
                worker.communicate()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)

    def kill(self) -> None:
        number = self.dice.randrange(len(self._workers))
        worker = self._workers[number]
        assert worker.poll() is None, "a worker ended by itself"
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        self._stopped.pop(worker.pid, None)
        self._workers[number] = self._start()
        self.kills += 1

    def stop(self) -> None:
        """Stop one that runs, for a moment or for longer than a request may take."""
        worker = self.dice.choice(self._workers)
        if worker.pid not in self._stopped:
            worker.send_signal(signal.SIGSTOP)
            self._stopped[worker.pid] = time.monotonic() + self.dice.choice((0.1, 1.0, 2.5 * TIMEOUT))
            self.stops += 1

    def wake(self, *, all_of_them: bool = False) -> None:
        """Continue those whose time has come."""
        for worker in self._workers:
            if worker.pid in self._stopped and (all_of_them or self._stopped[worker.pid] <= time.monotonic()):
                worker.send_signal(signal.SIGCONT)
                del self._stopped[worker.pid]


def blow(crew: Crew, sandboxes: dict[str, Sandbox], plan: Plan, replies: int) -> None:
    """Strike at moments spread over the whole: each when so many posts are there."""
    dice = crew.dice
    strikes = ["kill"] * plan.kills + ["stop"] * plan.stops + ["fault"] * plan.faults
    dice.shuffle(strikes)
    moments = sorted(dice.randrange(max(1, int(replies * 0.95))) for _ in strikes)
    ends = time.monotonic() + plan.at_most
    while strikes and time.monotonic() < ends:
        if sum(map(posts, sandboxes.values())) < moments[0]:
            crew.wake()
            time.sleep(dice.uniform(0.001, 0.03))
            continue
        strike = strikes.pop()
        moments.pop(0)
        if strike == "kill":
            crew.kill()
        elif strike == "stop":
            before = crew.stops
            crew.stop()
            if crew.stops == before:  # that one was stopped already
                strikes.append(strike)
                moments.insert(0, moments[0] if moments else 0)
                crew.wake(all_of_them=True)
        else:
            dice.choice(busy(sandboxes, replies)).fail(dice.choice(FAULTS), when=speaks)
    crew.wake(all_of_them=True)


def busy(sandboxes: dict[str, Sandbox], replies: int) -> list[Sandbox]:
    """Those at which something is still to be said, and that have no bad answer in hand yet."""
    questions = -(-replies // len(sandboxes) // IN_A_THREAD)
    found = [
        one
        for one in sandboxes.values()
        if posts(one) < replies // len(sandboxes) + questions and not one.armed
    ]
    return found or list(sandboxes.values())


def posts(sandbox: Any) -> int:
    """About how much is there, without a look at each."""
    match sandbox.platform:
        case "bluesky":
            return len(sandbox.world.posts)
        case "mastodon":
            return len(sandbox.world.statuses)
    return len(sandbox.account.posts)


def part_states(store: SqlStore) -> Counter[str]:
    """How many parts are in each state."""
    table = schema.part
    query = sa.select(table.c.state, sa.func.count()).group_by(table.c.state)
    rows = store.perform(Call(lambda connection: connection.execute(query).all(), False, "states"))
    return Counter(dict(map(tuple, rows)))


def wait_for_rest(url: str, until: float) -> bool:
    """Whether nothing waits any more, before it is too late."""
    store = SqlStore(url)
    try:
        while time.monotonic() < until:
            states = part_states(store)
            if not any(states[state] for state in WAITS):
                return True
            time.sleep(0.2)
        return False
    finally:
        store.dispose()


# -------------------------------------------------------------------------------------------------------- the judgement


@dataclass(frozen=True)
class Weathered:
    seconds: float
    crew: Crew
    rested: bool


def judge(url: str, sandboxes: dict[str, Sandbox], each: int, weathered: Weathered) -> Outcome:
    store = SqlStore(url)
    try:
        return _judged(store, sandboxes, each, weathered)
    finally:
        store.dispose()


def _judged(store: SqlStore, sandboxes: dict[str, Sandbox], each: int, weathered: Weathered) -> Outcome:
    counted: Counter[str] = Counter()
    for platform, sandbox in sandboxes.items():
        shown = said(sandbox)
        counted["faults"] += sum(bool(seen.faults) for seen in sandbox.log)
        counted["duplicates"] += len(shown) - len({post.number for post in shown})
        counted["lost"] += len(set(range(each)) - {post.number for post in shown})
        counted["disordered"] += disordered([post.number for post in shown], -(-each // IN_A_THREAD))
        by_id = {post.id: post.number for post in shown}
        for key, remote_id in _taken_for_sent(store, platform):
            counted["false_sent"] += by_id.get(remote_id.split(":", 2)[2]) != int(key)
    states = part_states(store)
    return Outcome(
        replies=each * len(sandboxes),
        seconds=weathered.seconds,
        kills=weathered.crew.kills,
        stops=weathered.crew.stops,
        faults=counted["faults"],
        duplicates=counted["duplicates"],
        lost=counted["lost"],
        disordered=counted["disordered"],
        false_sent=counted["false_sent"],
        stuck=sum(states[state] for state in WAITS),
        for_people=states["needs_human"] + states["failed"],
        intact=intact(store),
    )


def disordered(numbers: Sequence[int], threads: int) -> int:
    """How many were said before one that stands before them in their thread."""
    latest: dict[int, int] = {}
    wrong = 0
    for number in numbers:
        thread = number % threads
        wrong += number < latest.get(thread, -1)
        latest[thread] = max(number, latest.get(thread, -1))
    return wrong


def _taken_for_sent(store: SqlStore, platform: str) -> list[Any]:
    table, accounts = schema.part, schema.account
    query = (
        sa.select(table.c.reply_key, table.c.remote_id)
        .join_from(table, accounts, table.c.account_id == accounts.c.id)
        .where(accounts.c.platform == platform, table.c.state == "sent")
    )
    return store.perform(Call(lambda connection: connection.execute(query).all(), False, "sent"))


def intact(store: SqlStore) -> bool:
    """What SQLite itself finds; PostgreSQL keeps its pages by itself."""
    if store.path is None:
        return True
    check = sa.text("PRAGMA integrity_check")
    return bool(
        store.perform(Call(lambda connection: connection.execute(check).scalar() == "ok", False, "check"))
    )
