"""Events of many writers in PostgreSQL, which commit in another order than that in which they were numbered."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from socialdesk import Desk, Registry
from socialdesk._engine.effects import Call
from socialdesk.desk.eventing import write_events
from socialdesk.desk.rows import event_row
from socialdesk.models import Event, EventKind
from tests.simulation.world import Toy

WRITERS = 8
NOW = datetime(2026, 11, 20, tzinfo=timezone.utc)
_numbers = itertools.count(1)


@pytest.fixture
def desk(postgres_url: str) -> Iterator[Desk]:
    with Desk(postgres_url, registry=Registry(extra=[Toy])) as made:
        for number in range(WRITERS):
            made.connect("toy", name=f"acme{number}", settings={})
        assert list(made.events("tickets")) == []
        yield made


def write(connection: Any, account: str, count: int) -> list[str]:
    """So many events, under ids that rise from writer to writer in the order in which they are asked for."""
    ids = [f"{next(_numbers):012d}" for _ in range(count)]
    rows = [
        event_row(Event(id=identity, kind=EventKind.CREATED, account=account, at=NOW, text=""))
        for identity in ids
    ]
    write_events(connection, rows)
    return ids


def test_an_event_with_a_lower_id_that_is_committed_later_is_not_passed_over(desk: Desk) -> None:
    first, second = (account.id for account in desk.accounts()[:2])
    with desk._store._get_engine().connect() as late, late.begin() as open_still:
        (lower,) = write(late, first, 1)
        (higher,) = desk._store.perform(Call(lambda connection: write(connection, second, 1), True))
        assert lower < higher
        for event in desk.events("tickets"):
            assert event.id == higher
            event.ack()
        open_still.commit()
    assert [event.id for event in desk.events("tickets")] == [lower]


def test_a_consumer_that_becomes_known_meanwhile_misses_nothing_of_what_is_committed_then(desk: Desk) -> None:
    account = desk.accounts()[0].id
    taken: list[str] = []

    def begin() -> None:
        taken.extend(event.id for event in desk.events("newcomer", since="all"))

    with desk._store._get_engine().connect() as late, late.begin() as open_still:
        (identity,) = write(late, account, 1)
        newcomer = threading.Thread(target=begin)
        newcomer.start()
        time.sleep(0.2)
        open_still.commit()
    newcomer.join(30)
    assert taken == [identity]


@pytest.mark.parametrize(
    ("events", "batch"),
    [(1_600, 20), pytest.param(100_000, 250, marks=[pytest.mark.slow, pytest.mark.long])],
    ids=["few", "all"],
)
def test_eight_writers_at_once_and_no_event_is_passed_over(desk: Desk, events: int, batch: int) -> None:
    """Each waits a moment between writing and committing, so that numbers become visible in any order."""
    written: list[str] = []
    failures: list[BaseException] = []

    def work(account: str, seed: int) -> None:
        dice = random.Random(seed)

        def page(connection: Any) -> list[str]:
            ids = write(connection, account, batch)
            time.sleep(dice.random() * 0.01)
            return ids

        try:
            for _ in range(events // WRITERS // batch):
                written.extend(desk._store.perform(Call(page, True)))
        except BaseException as error:
            failures.append(error)

    accounts = [account.id for account in desk.accounts()]
    threads = [threading.Thread(target=work, args=(one, seed)) for seed, one in enumerate(accounts)]
    for thread in threads:
        thread.start()
    taken: list[str] = []
    with desk._store._get_engine().connect() as host:
        here = desk.within(host)
        while True:
            ended = not any(thread.is_alive() for thread in threads)
            before = len(taken)
            for event in desk.events("tickets"):
                here.ack(event)
                taken.append(event.id)
                if len(taken) % 50 == 0:
                    host.commit()
            host.commit()
            if ended and len(taken) == before:
                break
    assert failures == []
    assert len(written) == events
    assert (len(taken), set(taken)) == (events, set(written))
    late = sum(later < earlier for earlier, later in itertools.pairwise(written))
    assert late > 10, "hardly a writer was ever late: nothing was tried"
