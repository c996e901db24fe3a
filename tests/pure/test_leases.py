"""Several workers that share one budget, against a server that counts exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialdesk._engine.leasing import LeasedLedger, Loan, Spending
from socialdesk._engine.limits import Asking, Budget, Key, Lane
from socialdesk._engine.loans import lent, settled
from socialdesk.connector import Limit, LimitReading

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
SHARERS = {"account": "a", "app": "p", "ip": "m"}
ONE = {"calls": 1}
KEY = ("app:p", "calls")
PER = 900.0


class Server:
    """The platform: it counts what reaches it, in windows that all begin with the test's."""

    def __init__(self, limit: int, used: int, *, tells: bool) -> None:
        self.limit, self.used, self.tells = limit, used, tells
        self.window = 0
        self.refused = 0
        self.full: list[int] = []  # what each window that is over was used for

    def take(self, now: datetime) -> tuple[LimitReading, ...]:
        window = int((now - NOW).total_seconds() // PER)
        while self.window < window:
            self.full.append(self.used)
            self.window, self.used = self.window + 1, 0
        if self.used >= self.limit:
            self.refused += 1
        else:
            self.used += 1
        resets_at = NOW + timedelta(seconds=PER * (window + 1))
        reading = LimitReading(
            bucket="calls", limit=self.limit, remaining=self.limit - self.used, resets_at=resets_at
        )
        return (reading,) if self.tells else ()


class Rows:
    """The store: the budget's row, changed by one transaction at a time."""

    def __init__(self) -> None:
        self.budget = Budget()

    async def lend(self, asks: Sequence[Asking], now: datetime, spending: Spending) -> Sequence[Loan]:
        self.save(spending)
        loans = lent({ask.key: self.budget for ask in asks}, asks, now)
        for loan in loans:
            if loan.given:
                self.budget = loan.budget
        return loans

    def save(self, spending: Spending) -> None:
        for drawn in spending.drew:
            assert spending.at is not None
            self.budget = settled(self.budget, drawn, spending.at)


@dataclass
class Worker:
    rows: Rows
    ledger: LeasedLedger
    lane: Lane = "poll"
    under_way: list[Any] = field(default_factory=list)


def now_or_never(flow: Any) -> Any:
    try:
        flow.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits for something")


class Shift:
    """Workers that take turns in any order: one asks, sends, is answered, tells the store, gives back, or dies."""

    def __init__(self, server: Server, workers: int, *, replies: bool = False) -> None:
        self.server, self.rows, self.now = server, Rows(), NOW
        self.limit = Limit(server.limit, per=PER, bucket="calls", shared_by="app", replies=replies)
        self.workers = [self.worker() for _ in range(workers)]
        self.sent: dict[Lane, int] = {}

    def worker(self) -> Worker:
        budgets: dict[Key, Budget] = {KEY: self.rows.budget} if self.rows.budget != Budget() else {}
        return Worker(self.rows, LeasedLedger([self.limit], SHARERS, budgets, self.rows.lend))

    def send(self, worker: Worker) -> bool:
        """Whether it may send: a step waits for one answer before it asks for the next."""
        if worker.under_way:
            self.answer(worker)
        wait = now_or_never(worker.ledger.admit(ONE, self.now, worker.lane))
        if wait is not None:
            assert wait > self.now
            return False
        worker.ledger.debit(ONE, self.now, worker.lane)
        worker.under_way.append(self.server.take(self.now))
        self.sent[worker.lane] = self.sent.get(worker.lane, 0) + 1
        return True

    def answer(self, worker: Worker) -> None:
        if worker.under_way:
            worker.ledger.answered(ONE, worker.under_way.pop(), self.now)

    def tell(self, worker: Worker) -> None:
        self.answer(worker)
        self.rows.save(worker.ledger.changes(self.now))
        worker.ledger.review({KEY: self.rows.budget}, self.now)

    def go_home(self, worker: Worker) -> None:
        self.answer(worker)
        worker.ledger.give_back()
        self.rows.save(worker.ledger.changes(self.now))

    def first_answer(self) -> None:
        """What the platform has counted before we came, it tells with its first answer."""
        worker = self.workers[0]
        if self.send(worker):
            self.answer(worker)
            self.tell(worker)


@given(
    st.integers(2, 80),
    st.integers(0, 60),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40)
def test_whatever_comes_in_whatever_order_no_window_is_overspent(
    limit: int, used: int, workers: int, tells: bool, mortal: bool, chance: Random
) -> None:
    shift = Shift(Server(limit, min(used, limit - 1) if tells else 0, tells=tells), workers)
    shift.first_answer()
    for _ in range(6 * limit + 40):
        shift.now += timedelta(seconds=chance.choice([0, 0.1, 1, 3, 30]))
        spot = chance.randrange(workers)
        worker = shift.workers[spot]
        match chance.randrange(12 if mortal else 11):
            case 0 | 1 | 2 | 3:
                shift.send(worker)
            case 4 | 5 | 6 | 7:
                shift.answer(worker)
            case 8 | 9:
                shift.tell(worker)
            case 10:
                shift.go_home(worker)
            case 11:  # it dies, and all that it held and knew with it
                shift.workers[spot] = shift.worker()
    assert shift.server.refused == 0


@given(st.integers(2, 200), st.integers(0, 60), st.integers(1, 5), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_workers_together_use_a_window_to_its_last_call(
    limit: int, used: int, workers: int, chance: Random
) -> None:
    shift = Shift(Server(limit, min(used, limit - 1), tells=True), workers)
    shift.first_answer()
    idle = 0
    while idle < 3 * workers:
        shift.now += timedelta(seconds=0.01)
        worker = shift.workers[chance.randrange(workers)]
        idle = 0 if shift.send(worker) else idle + 1
        if chance.random() < 0.9:
            shift.answer(worker)
        if chance.random() < 0.7:
            shift.tell(worker)
        if idle:
            for each in shift.workers:
                shift.go_home(each)
    assert shift.server.refused == 0
    assert shift.server.used == limit


@given(st.integers(1, 200), st.integers(1, 4), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_what_replies_need_is_never_lent_to_polling_nor_what_polling_needs_to_catching_up(
    limit: int, workers: int, chance: Random
) -> None:
    shift = Shift(Server(limit, 0, tells=True), workers, replies=True)
    for lane in ("backfill", "poll", "reply"):
        refused = 0
        while refused < 3 * workers:
            worker = shift.workers[chance.randrange(workers)]
            worker.lane = lane  # type: ignore[assignment]  # one of the lanes
            refused = 0 if shift.send(worker) else refused + 1
            shift.go_home(worker)
    reserve = min(max(limit // 5, 5), limit // 2)
    for_polls = min(max(limit // 10, 2), limit // 4)
    assert shift.sent.get("backfill", 0) == limit - reserve - for_polls
    assert shift.sent.get("poll", 0) == for_polls
    assert shift.sent.get("reply", 0) == reserve
    assert shift.server.refused == 0


def test_a_block_stops_every_worker_and_is_let_go_slowly() -> None:
    shift = Shift(Server(10_000, 0, tells=False), 3)
    for worker in shift.workers:
        assert shift.send(worker)
    until = NOW + timedelta(seconds=60)
    refused = shift.workers[0]
    refused.ledger.block(ONE, until, NOW, "too many")
    shift.tell(refused)
    for worker in shift.workers:
        shift.now += timedelta(seconds=2.5)  # a lease is not spent for longer without asking
        assert not shift.send(worker)
    assert shift.rows.budget.why == "too many"
    sent: list[float] = []
    while shift.now < until + timedelta(seconds=12):
        shift.now += timedelta(seconds=0.05)
        for worker in shift.workers:
            if shift.send(worker):
                sent.append((shift.now - until).total_seconds())
            shift.go_home(worker)
    assert min(sent) >= 0, "before the block had ended"
    for second, most in ((1, 2), (2, 4), (3, 8), (4, 16)):
        assert sum(moment < second for moment in sent) <= most
    assert sum(moment > 10 for moment in sent) >= 60, "not let go at all"


@pytest.mark.parametrize("workers", [1, 4])
def test_what_a_dead_worker_had_leased_is_wasted_until_the_window_ends(workers: int) -> None:
    shift = Shift(Server(100, 0, tells=True), workers)
    dead = shift.workers[0]
    for _ in range(7):
        shift.send(dead)
        shift.answer(dead)
    shift.workers[0] = shift.worker()
    sent = 0
    while any(shift.send(worker) for worker in shift.workers):
        for worker in shift.workers:
            shift.go_home(worker)
        sent += 1
    assert shift.server.refused == 0
    assert 100 - 16 <= shift.server.used <= 100
    shift.now += timedelta(seconds=PER)
    assert shift.send(shift.workers[0])
