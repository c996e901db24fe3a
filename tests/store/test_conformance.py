"""What a store owes a desk, in whatever database it keeps its tables."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from socialdesk import ConfigError, Desk, Rejected
from socialdesk._engine.effects import Call
from socialdesk.desk import schema
from socialdesk.desk.store import SqlStore
from socialdesk.desk.versions import read_version
from tests.simulation.world import Platform
from tests.store.programs import COUNT, LIVE, post, start, together, toy_desk


def do(store: SqlStore, operation: Any, *, writes: bool = True) -> Any:
    return store.perform(Call(operation, writes, "test"))


def add(scope: str, amount: int = 1) -> Any:
    values = {"scope": scope, "bucket": "b", "amount": amount}
    return lambda connection: connection.execute(sa.insert(schema.budget).values(**values))


def scopes(connection: Any) -> list[str]:
    return sorted(connection.execute(sa.select(schema.budget.c.scope)).scalars())


@pytest.mark.slow
def test_four_processes_lose_no_update_and_make_the_tables_once(store_url: str, store: SqlStore) -> None:
    together(COUNT, store_url, "25")
    read = do(
        store, lambda connection: connection.execute(sa.select(schema.budget.c.remaining)).all(), writes=False
    )
    assert read == [(100,)]


def test_a_call_that_fails_leaves_nothing_behind(store: SqlStore) -> None:
    def half(connection: Any) -> None:
        add("half")(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(store, half)
    assert do(store, scopes, writes=False) == []


def test_what_a_call_reads_is_of_one_moment(store: SqlStore) -> None:
    do(store, add("before"))

    def look_twice(connection: Any) -> tuple[list[str], list[str]]:
        first = scopes(connection)
        other = threading.Thread(target=do, args=(store, add("meanwhile")))
        other.start()
        other.join(10)
        return first, scopes(connection)

    assert do(store, look_twice, writes=False) == (["before"], ["before"])
    assert do(store, scopes, writes=False) == ["before", "meanwhile"]


def test_counts_of_any_size_are_kept(store: SqlStore) -> None:
    do(store, add("large", 2**40))
    assert (
        do(store, lambda connection: connection.execute(sa.select(schema.budget.c.amount)).scalar()) == 2**40
    )


def test_a_worker_is_taken_for_dead_when_it_is_and_no_sooner(store_url: str) -> None:
    other = start(LIVE, store_url)
    assert other.stdout is not None
    owner = other.stdout.readline().strip()
    with Desk(store_url) as desk:
        assert owner
        assert desk._worker.is_alive(owner)
        os.kill(other.pid, signal.SIGSTOP)
        assert desk._worker.is_alive(owner), "it stands still, and may go on at any moment"
        os.kill(other.pid, signal.SIGKILL)
        other.communicate()
        deadline = time.monotonic() + 5
        while desk._worker.is_alive(owner) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not desk._worker.is_alive(owner)


def test_a_forked_child_uses_nothing_of_its_parents(store_url: str, toy: Platform) -> None:
    with toy_desk(store_url, toy) as desk:
        toy.streams["mentions"] = [post(1)]
        assert desk.poll().new == 1
        worker, owner = desk._worker.id, desk._worker.run()
        with owner as name:
            child = os.fork()
            if child == 0:
                toy.streams["mentions"].append(post(2))
                fine = desk._worker.is_alive(name) and desk._worker.id != worker and desk.poll().new == 1
                os._exit(0 if fine else 1)
            _, status = os.waitpid(child, 0)
            assert os.waitstatus_to_exitcode(status) == 0
            assert desk._worker.id == worker, "the child has not given the parent's lock back"
            assert len(desk.mentions()) == 2


def test_of_one_key_twice_at_once_one_reply_comes(store_url: str, toy: Platform) -> None:
    toy.streams["mentions"] = [post(1)]
    with toy_desk(store_url, toy) as desk:
        desk.poll()
        (said,) = desk.mentions()
        with ThreadPoolExecutor(8) as pool:
            receipts = list(pool.map(lambda _: desk.reply(said, "Hello", key="k"), range(16)))
        assert len({receipt.parts[0].key for receipt in receipts}) == 1
        with pytest.raises(ConfigError, match="another reply"):
            desk.reply(said, "Something else", key="k")
        assert desk.drain().sent == 1
    assert [sent["text"] for sent in toy.posts] == ["Hello"]


def test_text_is_found_whatever_the_case_of_its_letters(store_url: str, toy: Platform) -> None:
    toy.streams["mentions"] = [post(1, text="Ärger mit der RECHNUNG: 100 %_"), post(2, text="Жалоба")]
    with toy_desk(store_url, toy) as desk:
        desk.poll()
        for wanted, found in (("ärger", 1), ("rechnung", 1), ("ЖАЛОБА", 1), ("0 %_", 1), ("0 %x", 0)):
            assert len(desk.mentions(text=wanted)) == found, wanted


HOSTILE = [
    post(1, text="a NUL \0 within, and \\u0000 written out"),
    {"id": "2\0", "is": "post", "text": "an id with a NUL"},
    {"id": "3" * 5000, "is": "post", "text": "an id without end"},
    post(4, text="'; DROP TABLE socialdesk_mention; -- %s %(x)s :x \x1b[31m \u202e 👩‍👩‍👧 " + "x" * 100_000),
    {"id": "5", "is": "gone", "of": "6\0"},
    post(6),
]


def test_no_text_keeps_a_page_from_being_stored(store_url: str, toy: Platform) -> None:
    toy.page_size = 10
    toy.streams["mentions"] = HOSTILE
    with toy_desk(store_url, toy) as desk:
        toy.send = _unsorted(toy)  # type: ignore[method-assign]  # ids that are no numbers
        report = desk.poll()
        assert report.ok, report
        found = {said.id.value: said.text for said in desk.mentions()}
        assert set(found) == {"1", "4", "6"}
        assert found["1"] == "a NUL \ufffd within, and \\u0000 written out"
        assert found["4"] == HOSTILE[3]["text"].replace("\x1b", "\ufffd")
        assert desk.counts()["acme"]["quarantine"] == 3
        assert len(desk.mentions(text="within")) == 1
        desk.mentions(text="\0")  # there is none, or what is shown instead of it
        again = desk.poll()
        assert (again.ok, again.new, sum(line.changed for line in again.listings)) == (True, 0, 0)


def _unsorted(toy: Platform) -> Any:
    from socialdesk.wire import Response
    from tests.simulation.world import Platform as Kind

    def send(request: Any, timeout: float) -> Response:
        if request.path not in ("/mentions", "/replies"):
            return Kind.send(toy, request, timeout)
        import json

        items = toy.streams[request.path.strip("/")]
        body = json.dumps({"items": items, "next": None}).encode()
        return Response(200, {"content-type": "application/json"}, body)

    return send


def test_a_text_with_a_nul_is_not_said(store_url: str, toy: Platform) -> None:
    toy.streams["mentions"] = [post(1)]
    with toy_desk(store_url, toy) as desk:
        desk.poll()
        (said,) = desk.mentions()
        with pytest.raises(Rejected, match="NUL"):
            desk.reply(said, "a\0b", key="k")


def test_a_large_page_is_stored_whole(store_url: str, toy: Platform) -> None:
    toy.page_size = 2000
    toy.streams["mentions"] = [post(number) for number in range(1, 1501)]
    with toy_desk(store_url, toy) as desk:
        assert desk.poll().new == 1500
        assert desk.counts()["acme"]["mentions"] == 1500


def test_who_waits_for_work_is_woken_by_another_process(store_url: str, toy: Platform) -> None:
    toy.streams["mentions"] = [post(1)]
    with toy_desk(store_url, toy) as desk, toy_desk(store_url, toy) as other:
        other.poll()
        (said,) = other.mentions()
        with desk._store.watching() as version:
            seen = version()
            assert version() == seen
            other.reply(said, "Hello", key="k")
            deadline = time.monotonic() + 5
            while version() == seen and time.monotonic() < deadline:
                time.sleep(0.005)
            assert version() != seen


def test_a_new_database_is_what_the_migrations_make(store: SqlStore, store_url: str) -> None:
    """Tables, columns, keys and indices: a new database is made without the migrations, an older one with them."""
    do(store, scopes)
    made = _described(store)
    config = Config()
    config.set_main_option("script_location", "socialdesk.desk:migrations")
    with store._get_engine().begin() as connection:
        schema.metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE socialdesk_alembic_version")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    assert _described(store) == made


def _described(store: SqlStore) -> dict[str, Any]:
    inspector = sa.inspect(store._get_engine())
    found: dict[str, Any] = {
        name: (
            sorted((one["name"], repr(one["type"]), one["nullable"]) for one in inspector.get_columns(name)),
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(one["column_names"] for one in inspector.get_unique_constraints(name)),
            sorted((str(one["name"]), one["column_names"]) for one in inspector.get_indexes(name)),
        )
        for name in inspector.get_table_names()
    }
    found["version"] = store.perform(read_version())
    return found


def test_a_database_of_a_newer_version_is_refused(store_url: str) -> None:
    with Desk(store_url) as desk:
        desk.accounts()
        with desk._store._get_engine().begin() as connection:
            connection.exec_driver_sql("UPDATE socialdesk_alembic_version SET version_num = '9999'")
    with Desk(store_url) as desk, pytest.raises(ConfigError, match="newer"):
        desk.accounts()
