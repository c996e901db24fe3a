"""What is peculiar to a desk in PostgreSQL."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from socialdesk import ConfigError, Desk
from socialdesk._engine.effects import Call
from socialdesk.desk import schema
from socialdesk.desk.dialects import alone
from socialdesk.desk.eventing import Claiming, Consumer, claim_events, register_consumer, write_events
from socialdesk.desk.store import SqlStore
from socialdesk.wire import Request, Response
from tests.simulation.world import Platform
from tests.store.pooler import pooled
from tests.store.programs import post, toy_desk

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)


def plain(url: str) -> Any:
    return psycopg.connect(url, autocommit=True)


def holders(url: str) -> list[int]:
    """The server's processes that hold a session lock of a worker's: each has it alone, and outside of transactions."""
    query = (
        "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database() AND a.state = 'idle'"
    )
    with plain(url) as connection:
        return [pid for (pid,) in connection.execute(query)]


def strike(url: str, pids: list[int]) -> None:
    with plain(url) as connection:
        for pid in pids:
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


@pytest.mark.parametrize("noticed", [True, False])
def test_a_worker_that_loses_its_lock_says_nothing_more(
    postgres_url: str, toy: Platform, monkeypatch: pytest.MonkeyPatch, noticed: bool
) -> None:
    toy.streams["mentions"] = [post(number) for number in (1, 2, 3)]
    with toy_desk(postgres_url, toy) as desk:
        desk.poll()
        for said in desk.mentions(order="oldest"):
            desk.reply(said, f"answer to {said.id.value}", key=said.id.value)
        if not noticed:  # as where nothing of the server's last word arrives before the next one is sent
            monkeypatch.setattr("socialdesk.desk.sessions.is_open", lambda _: True)

        def lose(request: Request) -> None:
            if request.method == "POST" and len(toy.posts) == 1:
                pids = holders(postgres_url)
                assert len(pids) == 1
                strike(postgres_url, pids)

        before = desk._worker.id
        hook(toy, lose)
        report = desk.drain()
        assert (report.sent, report.put_off) == (2, 1), (
            "what was under way was recorded; the next was not begun"
        )
        assert len(toy.posts) == 2
        monkeypatch.undo()
        assert not desk._worker.is_alive(f"{before}/1")
        assert desk.drain().sent == 1
        assert desk._worker.id != before, "it is another worker since"
    assert sorted(sent["text"] for sent in toy.posts) == ["answer to 1", "answer to 2", "answer to 3"]


def hook(toy: Platform, before: Callable[[Request], None]) -> None:
    def send(request: Request, timeout: float) -> Response:
        before(request)
        return Platform.send(toy, request, timeout)

    toy.send = send  # type: ignore[method-assign]  # something happens first


def test_a_lock_through_a_pooler_is_refused(postgres_url: str) -> None:
    with Desk(postgres_url) as desk:
        desk.accounts()  # makes the tables
    with pooled(postgres_url) as address, Desk(address) as desk, pytest.raises(ConfigError, match="pooler"):
        desk.poll()


def test_calls_go_on_where_the_pools_connections_were_lost(postgres_url: str, toy: Platform) -> None:
    toy.streams["mentions"] = [post(1)]
    with toy_desk(postgres_url, toy) as desk:
        desk.poll()
        worker = desk._worker.id
        with plain(postgres_url) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            pids = [pid for (pid,) in connection.execute(query)]
        strike(postgres_url, pids)
        assert len(desk.mentions()) == 1
        toy.streams["mentions"].append(post(2))
        assert desk.poll().new == 1
        assert desk._worker.id != worker


def test_of_two_calls_that_wait_for_each_other_both_are_made(postgres_url: str) -> None:
    store = SqlStore(postgres_url)
    meet = threading.Barrier(2)
    tries: list[str] = []

    def cross(first: str, second: str) -> None:
        def operation(connection: Any) -> None:
            tries.append(first)
            alone(connection, first)
            if len(tries) <= 2:
                meet.wait(10)
            alone(connection, second)
            row = {"scope": first, "bucket": "b"}
            connection.execute(sa.insert(schema.budget).values(**row))

        store.perform(Call(operation, True, "cross"))

    threads = [threading.Thread(target=cross, args=names) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    read = Call(
        lambda connection: connection.execute(sa.select(schema.budget.c.scope)).scalars().all(), False
    )
    assert sorted(store.perform(read)) == ["a", "b"]
    assert len(tries) == 3, "one was given up for the other, and made again"
    store.dispose()


# ------------------------------------------------------------------------------------------------------- events


def event(number: int) -> dict[str, Any]:
    return {
        "account_id": "a",
        "id": f"{number:036}",
        "kind": "created",
        "mention_key": None,
        "reply_key": None,
        "text": "",
        "at": number,
    }


def claimed(store: SqlStore) -> list[str]:
    claiming = Claiming(owner="w/1", alive=lambda _: False, now=NOW, most=50)
    return [
        one.event.id.lstrip("0") for one in store.perform(claim_events(Consumer("tickets"), ["a"], claiming))
    ]


def known(store: SqlStore) -> None:
    store.perform(register_consumer(Consumer("tickets"), ["a"], NOW, earlier=False))


def test_an_event_that_is_committed_late_is_told_though_later_ones_were(postgres_url: str) -> None:
    store = SqlStore(postgres_url)
    known(store)
    with store._transaction(writes=True) as late:
        write_events(late, (event(1),))
        with store._transaction(writes=True) as early:
            write_events(early, (event(2),))
        assert claimed(store) == ["2"]
    assert "1" in claimed(store)
    store.dispose()


@pytest.mark.parametrize("first", ["event", "consumer"])
def test_no_event_is_lost_to_a_consumer_that_becomes_known_meanwhile(postgres_url: str, first: str) -> None:
    """One of both waits for the other: the event is of before the consumer was known, or the consumer gets it."""
    store = SqlStore(postgres_url)
    store._prepare()
    ended: list[str] = []

    def register() -> None:
        known(store)
        ended.append("consumer")

    def write() -> None:
        store.perform(Call(lambda connection: write_events(connection, (event(1),)), True, "write"))
        ended.append("event")

    operation = register_consumer(Consumer("tickets"), ["a"], NOW, earlier=False).operation
    with store._transaction(writes=True) as connection:
        if first == "event":
            write_events(connection, (event(1),))
        else:
            operation(connection)
        other = threading.Thread(target=register if first == "event" else write)
        other.start()
        time.sleep(0.2)
        assert ended == [], "the other one waits until this one is committed"
    other.join(10)
    assert len(ended) == 1
    assert claimed(store) == ([] if first == "event" else ["1"])
    store.dispose()


def test_two_who_take_events_at_once_take_different_ones(postgres_url: str) -> None:
    store = SqlStore(postgres_url)
    known(store)
    with store._transaction(writes=True) as connection:
        write_events(connection, [event(number) for number in range(1, 9)])
    claiming = Claiming(owner="w/1", alive=lambda _: False, now=NOW, most=1)
    with store._transaction(writes=True) as connection:
        mine = claim_events(Consumer("tickets"), ["a"], claiming).operation(connection)
        theirs = claimed(store)
    assert not {one.event.id.lstrip("0") for one in mine} & set(theirs)
    store.dispose()


# ---------------------------------------------------------------------------------------------------- settings


def test_the_tables_may_stand_in_a_schema_of_their_own(postgres_url: str, toy: Platform) -> None:
    toy.streams["mentions"] = [post(1)]
    with toy_desk(f"{postgres_url}&schema=support", toy) as desk:
        assert desk.poll().new == 1
        assert desk.condition()["database"].endswith("schema support")
    with plain(postgres_url) as connection:
        found = connection.execute(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'socialdesk%'"
        )
        assert found.fetchall() == [("support",)]
    with pytest.raises(ConfigError, match="schema"):
        Desk(f"{postgres_url}&schema=a;b")


def test_whatever_is_wrong_is_said_in_words(postgres_url: str) -> None:
    head, _, options = postgres_url.partition("?")
    missing = f"{head.rpartition('/')[0]}/nowhere?{options}"
    with Desk(missing) as desk, pytest.raises(ConfigError, match=r"nowhere.*does not exist"):
        desk.accounts()
    with Desk("postgresql://u:secret@127.0.0.1:1/db") as desk, pytest.raises(ConfigError) as caught:
        desk.accounts()
    assert "Is the server running" in str(caught.value)
    assert "secret" not in str(caught.value)
    with plain(postgres_url) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
    guest = postgres_url.replace("postgres:@", "guest:@").replace("postgres@", "guest@")
    with Desk(guest) as desk, pytest.raises(ConfigError, match="GRANT"):
        desk.accounts()
    with pytest.raises(ConfigError, match=r"postgresql\+psycopg"):
        Desk("postgresql+asyncpg://localhost/db")


def test_a_desk_needs_a_secret_key_and_a_folder_for_files(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    with Desk(postgres_url) as desk, pytest.raises(ConfigError, match="media="):
        desk.attach(picture)
    with Desk(postgres_url, media=tmp_path / "media") as desk:
        assert desk.attach(picture).kind == "image"
    monkeypatch.delenv("SOCIALDESK_SECRET_KEY")
    with pytest.raises(ConfigError, match="--new-key"):
        Desk(postgres_url)


def test_the_driver_is_asked_for_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r"socialdesk\[postgres\]"):
        Desk("postgresql://localhost/db")
