"""A helpdesk's ticket and the desk's rows stand or fall together, by whatever connection the helpdesk has."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from socialdesk import ConfigError, Desk, Registry, Rejected
from socialdesk.connector import Profile
from socialdesk.wire import Request
from tests.desk.faces import ToyWire
from tests.desk.hosts import KINDS, Host
from tests.postgres import database_url
from tests.simulation.test_poll import post
from tests.simulation.world import HOST, Platform, Toy

SELDOM = (
    "session",
    "sqlite3 by hand",
    "pg sqlalchemy",
    "pg session",
    "pg psycopg in autocommit",
    "pg django",
    "django",
)
"""Kinds of connections that are tried where there is time for it."""


class Shy(Toy):
    """A platform that has to be asked who the account is."""

    platform = "shy"

    async def identify(self) -> Profile:
        await Request("GET", f"{HOST}/own")
        return await super().identify()


class Failure(Exception):
    """The helpdesk changes its mind."""


@pytest.fixture(
    params=[
        "sqlalchemy",
        "sqlite3",
        "pg psycopg",
        *(pytest.param(kind, marks=pytest.mark.slow) for kind in SELDOM),
    ]
)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database of the kind that the host speaks to; SQLite where there is none."""
    if "kind" in request.fixturenames and request.getfixturevalue("kind").startswith("pg "):
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/desk.db"


@pytest.fixture
def toy() -> Platform:
    made = Platform()
    made.streams["mentions"] = [post(1), post(2)]
    return made


@pytest.fixture
def desk(toy: Platform, url: str) -> Iterator[Desk]:
    """A desk with the account ``acme``, which has heard two posts."""
    with Desk(url, transport=ToyWire(toy), registry=Registry(extra=[Toy, Shy])) as made:
        made.connect("toy", name="acme", settings={}, hear_from=None)
        list(made.events("tickets"))
        made.poll()
        yield made


@pytest.fixture
def host(desk: Desk, kind: str, url: str) -> Iterator[Host]:
    made = KINDS[kind](url)
    yield made
    made.close()


def keys(desk: Desk) -> list[str]:
    return sorted(receipt.key for receipt in desk.receipts())


def test_a_ticket_and_its_answer_are_committed_together(desk: Desk, host: Host) -> None:
    with host.transaction() as connection:
        host.insert("one")
        receipt = desk.within(connection).reply("toy:post:1", "Hello", key="k")
        assert receipt.state == "pending"
        assert keys(desk) == []  # nobody else sees it yet
    assert (host.tickets(), keys(desk)) == (["one"], ["k"])
    desk.drain()
    assert desk.receipt("k").state == "sent"


@pytest.mark.parametrize("ticket_first", [True, False])
def test_they_are_rolled_back_together(desk: Desk, host: Host, toy: Platform, ticket_first: bool) -> None:
    with suppress(Failure), host.transaction() as connection:
        if ticket_first:
            host.insert("one")
        desk.within(connection).reply("toy:post:1", "Hello", key="k")
        if not ticket_first:
            host.insert("one")
        raise Failure
    assert (host.tickets(), keys(desk)) == ([], [])
    desk.drain()
    assert toy.posts == []
    with host.transaction() as connection:  # and the connection is as good as before
        host.insert("two")
        desk.within(connection).reply("toy:post:1", "Hello again", key="k")
    assert (host.tickets(), keys(desk)) == (["two"], ["k"])


def test_an_event_is_taken_with_the_ticket_or_comes_again(desk: Desk, host: Host) -> None:
    events = desk.events("tickets")
    first, second = next(events), next(events)
    with host.transaction() as connection:
        host.insert(first.id)
        desk.within(connection).ack(first)
    with suppress(Failure), host.transaction() as connection:
        host.insert(second.id)
        desk.within(connection).ack(second)
        raise Failure
    events.close()
    again = list(desk.events("tickets"))
    assert [event.id for event in again] == [second.id]
    assert host.tickets() == [first.id]


def test_an_event_that_is_refused_within_comes_later(desk: Desk, host: Host, toy: Platform) -> None:
    events = desk.events("tickets")
    first = next(events)
    with host.transaction() as connection:
        host.insert("one")
        assert desk.within(connection).nack(first, "no room")
    events.close()
    assert first.id not in [event.id for event in desk.events("tickets")]


def test_a_call_that_fails_leaves_the_transaction_as_it_was(desk: Desk, host: Host) -> None:
    with host.transaction() as connection:
        here = desk.within(connection)
        host.insert("one")
        here.reply("toy:post:1", "Hello", key="k")
        with pytest.raises(ConfigError, match="another reply"):
            here.reply("toy:post:1", "Something else", key="k")
        with pytest.raises(Rejected):
            here.reply("toy:post:2", "Hello", key="old", expected_revision=7)
        with pytest.raises(ConfigError, match="no reply"):
            here.cancel("nothing")
        host.insert("two")
        assert here.receipt("k").state == "pending"
    assert (host.tickets(), keys(desk)) == (["one", "two"], ["k"])


def test_what_breaks_in_the_database_is_undone_to_where_it_began(
    desk: Desk, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    from socialdesk.desk import outgoing

    def breaks(connection: Any, *_: Any) -> Any:
        connection.execute(sa.text("DELETE FROM socialdesk_mention"))
        connection.execute(sa.text("SELECT :said FROM nowhere"), {"said": "what they said"})

    with host.transaction() as connection:
        here = desk.within(connection)
        host.insert("one")
        with monkeypatch.context() as broken:
            broken.setattr(outgoing, "receipt_of", breaks)
            with pytest.raises(sa.exc.DBAPIError) as failed:
                here.reply("toy:post:1", "Hello", key="k")
        assert "what they said" not in str(failed.value)
        host.insert("two")
        assert len(here.mentions()) == 2
    assert (host.tickets(), keys(desk), len(desk.mentions())) == (["one", "two"], [], 2)


def test_the_same_key_again_is_the_same_answer(desk: Desk, host: Host) -> None:
    for name in ("one", "two"):
        with host.transaction() as connection:
            host.insert(name)
            for _ in range(2):
                desk.within(connection).reply("toy:post:1", "Hello", key="k")
    assert desk.reply("toy:post:1", "Hello", key="k").state == "pending"
    assert (host.tickets(), keys(desk)) == (["one", "two"], ["k"])


def test_a_person_decides_within_a_transaction(desk: Desk, host: Host) -> None:
    desk.reply("toy:post:1", "Hello", key="k")
    with suppress(Failure), host.transaction() as connection:
        assert desk.within(connection).cancel("k").state == "cancelled"
        raise Failure
    assert desk.receipt("k").state == "pending"
    with host.transaction() as connection:
        host.insert("one")
        desk.within(connection).cancel("k")
    assert desk.receipt("k").state == "cancelled"


def test_what_is_read_within_is_what_stands_there(desk: Desk, host: Host) -> None:
    with host.transaction() as connection:
        here = desk.within(connection)
        assert sorted(said.text for said in here.mentions()) == ["post 1", "post 2"]
        assert here.plan("toy:post:1", "Hello").parts[0].text == "Hello"
        assert here.actions("toy:post:1")
        host.insert("one")
        here.reply("toy:post:1", "Hello", key="k")
        assert [receipt.key for receipt in here.receipts()] == ["k"]
        assert [receipt.key for receipt in here.conversation("toy:post:1").receipts] == ["k"]
        assert here.mentions(answered=True)[0].text == "post 1"
        assert here.account("acme").name == "acme"
        assert here.counts()["acme"]["mentions"] == 2


def test_a_read_alone_leaves_no_transaction_behind(desk: Desk, url: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        assert len(desk.within(connection).mentions()) == 2
        assert not connection.in_transaction


def test_a_tenants_desk_sees_its_own_accounts_within_too(desk: Desk, host: Host) -> None:
    with host.transaction() as connection:
        assert desk.scoped("other").within(connection).mentions() == ()
        with pytest.raises(ConfigError, match="no mention"):
            desk.scoped("other").within(connection).reply("toy:post:1", "Hello", key="k")


@pytest.mark.parametrize(
    "name", ["poll", "drain", "check", "refresh", "moderate", "events", "run", "receive"]
)
def test_what_asks_a_platform_is_refused(desk: Desk, host: Host, name: str) -> None:
    with host.transaction() as connection, pytest.raises(ConfigError, match="on the desk itself"):
        getattr(desk.within(connection), name)()


def test_what_no_desk_can_is_no_part_of_it(desk: Desk, host: Host) -> None:
    with host.transaction() as connection:
        assert not hasattr(desk.within(connection), "fly")


def test_an_account_that_the_desk_does_not_know_yet_is_to_be_checked_first(
    desk: Desk, host: Host, toy: Platform
) -> None:
    desk.connect("shy", name="fresh", settings={}, hear_from=None)
    before = toy.requests
    with host.transaction() as connection:
        here = desk.within(connection)
        with pytest.raises(ConfigError, match="desk knows who"):
            here.announce("Hello", key="k", accounts=["fresh"])
        host.insert("one")
    assert toy.requests == before
    assert host.tickets() == ["one"]
    desk.check("fresh")
    with host.transaction() as connection:
        desk.within(connection).announce("Hello", key="k", accounts=["fresh"])
    assert desk.receipt("k").state == "pending"


@pytest.mark.parametrize(
    "kind",
    ["sqlalchemy", "sqlite3 by hand", "django", "pg sqlalchemy", "pg psycopg in autocommit", "pg django"],
)
def test_a_connection_in_autocommit_is_refused(desk: Desk, host: Host, kind: str) -> None:
    if kind.endswith("sqlalchemy"):
        connection = host.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    else:
        connection = host.connection
    with pytest.raises(ConfigError, match="autocommit"):
        desk.within(connection).reply("toy:post:1", "Hello", key="k")
    connection.close()
    assert keys(desk) == []


@pytest.mark.parametrize("kind", ["sqlalchemy", "session", "sqlite3", "sqlite3 by hand", "django"])
def test_a_connection_to_another_database_is_refused(
    desk: Desk, kind: str, tmp_path: Path, toy: Platform
) -> None:
    for name in ("empty", "other"):
        other = f"sqlite:///{tmp_path}/{name}.db"
        if name == "other":  # with a desk of its own in it
            with Desk(other) as another:
                another.accounts()
        elsewhere = KINDS[kind](other)
        with elsewhere.transaction() as connection:
            with pytest.raises(ConfigError, match="not to the database"):
                desk.within(connection).reply("toy:post:1", "Hello", key="k")
            elsewhere.insert("one")
        assert elsewhere.tickets() == ["one"]
        elsewhere.close()


@pytest.mark.parametrize("kind", ["pg psycopg", "pg sqlalchemy"])
def test_a_connection_to_another_database_of_the_server_is_refused(
    desk: Desk, kind: str, postgres_server: str
) -> None:
    other = database_url(postgres_server, "another")
    with closing(psycopg.connect(postgres_server, autocommit=True)) as plain:
        plain.execute("DROP DATABASE IF EXISTS another")
        plain.execute("CREATE DATABASE another")
        for with_a_desk in (False, True):
            if with_a_desk:
                with Desk(other) as another:
                    another.accounts()
            elsewhere = KINDS[kind](other)
            with elsewhere.transaction() as connection:
                with pytest.raises(ConfigError, match="not to the database"):
                    desk.within(connection).reply("toy:post:1", "Hello", key="k")
                elsewhere.insert(str(with_a_desk))
            elsewhere.close()
        plain.execute("DROP DATABASE another WITH (FORCE)")


def test_a_connection_to_another_kind_of_database_is_refused(desk: Desk, postgres_url: str) -> None:
    with closing(psycopg.connect(postgres_url)) as connection, pytest.raises(ConfigError, match="psycopg"):
        desk.within(connection).mentions()
    engine = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection, pytest.raises(ConfigError, match="in sqlite"):
        desk.within(connection).mentions()
    engine.dispose()


@pytest.mark.parametrize("kind", ["pg psycopg", "pg django"])
def test_a_transaction_that_stays_open_keeps_no_worker_waiting(
    desk: Desk, host: Host, toy: Platform, kind: str
) -> None:
    events = desk.events("tickets")
    first = next(events)
    with host.transaction() as connection:
        here = desk.within(connection)
        here.reply("toy:post:2", "Later", key="later")
        here.ack(first)
        desk.reply("toy:post:1", "Hello", key="k")
        desk.drain()
        toy.streams["mentions"].append(post(3))
        desk.poll()
        assert desk.receipt("k").state == "sent"
        told = [event.mention.value for event in events if event.mention is not None]
        assert (
            "3" in told
        )  # and the loop ends, though what it handed out is decided in a transaction that is open
        events.close()
    desk.drain()
    assert [said["text"] for said in toy.posts] == ["Hello", "Later"]
    assert first.id not in [event.id for event in desk.events("tickets")]


def test_what_is_searched_within_is_found_in_every_alphabet(desk: Desk, url: str, toy: Platform) -> None:
    toy.streams["mentions"].append(post(3, "ПОСЫЛКА ist ÜBERFÄLLIG"))
    desk.poll()
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        assert len(desk.within(connection).mentions(text="überfällig")) == 1
        assert len(desk.mentions(text="посылка")) == 1
        assert connection.execute("SELECT lower('Ü')").fetchone() == (
            "Ü",
        )  # its own functions are as they were


def test_tables_that_are_not_there_yet_or_are_older_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "late.db"
    with closing(sqlite3.connect(path)) as connection, Desk(f"sqlite:///{path}") as late:
        connection.execute("CREATE TABLE ticket (name)")
        with pytest.raises(ConfigError, match="of version None"):
            late.within(connection).mentions()
        late.accounts()
        assert late.within(connection).mentions() == ()


def test_a_desk_in_memory_has_nothing_to_share() -> None:
    with (
        Desk("sqlite://") as desk,
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(ConfigError, match="not to the database"),
    ):
        desk.within(connection).mentions()


@pytest.mark.parametrize("thing", [None, "sqlite:///desk.db", object()])
def test_what_is_no_connection_is_refused(desk: Desk, thing: object) -> None:
    with pytest.raises(ConfigError, match="within\\(\\) takes"):
        desk.within(thing)


def test_nested_transactions_of_the_hosts_hold_too(desk: Desk, url: str) -> None:
    from django.db import transaction

    for name in ("sqlalchemy", "session"):
        host = KINDS[name](url)
        with host.transaction() as connection:
            host.insert(f"{name} outer")
            desk.within(connection).reply("toy:post:1", "Outer", key=f"{name} outer")
            with suppress(Failure), connection.begin_nested():
                host.insert(f"{name} inner")
                desk.within(connection).reply("toy:post:1", "Inner", key=f"{name} inner")
                raise Failure
        host.close()
    host = KINDS["django"](url)
    with host.transaction() as connection:
        host.insert("django outer")
        desk.within(connection).reply("toy:post:1", "Outer", key="django outer")
        with suppress(Failure), transaction.atomic(using="helpdesk"):
            host.insert("django inner")
            desk.within(connection).reply("toy:post:1", "Inner", key="django inner")
            raise Failure
    expected = ["django outer", "session outer", "sqlalchemy outer"]
    assert (host.tickets(), keys(desk)) == (expected, expected)
    host.close()


def test_a_broken_atomic_block_is_refused_as_django_refuses_it(desk: Desk, url: str) -> None:
    from django.db import transaction

    host = KINDS["django"](url)
    with suppress(Failure), host.transaction() as connection:
        connection.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            desk.within(connection).mentions()
        raise Failure
    host.close()


@pytest.mark.parametrize(
    "kind", ["sqlalchemy", "session", "sqlite3", "sqlite3 by hand", "pg session", "pg psycopg"]
)
def test_two_helpdesks_at_once_have_one_answer_under_one_key(desk: Desk, kind: str, url: str) -> None:
    """Each in its own thread, at the same moment: the second waits, and then gets what the first has written."""
    meet = threading.Barrier(2)
    receipts: list[str] = []
    failures: list[BaseException] = []

    def work(name: str) -> None:
        host = KINDS[kind](url)
        try:
            meet.wait(10)
            for number in range(10):
                with host.transaction() as connection:
                    receipt = desk.within(connection).reply("toy:post:1", "Hello", key=f"k{number}")
                    host.insert(f"{name}{number}")
                    receipts.append(receipt.parts[0].key)
        except BaseException as error:
            failures.append(error)
        finally:
            host.close()

    KINDS[kind](url).close()  # it makes the table
    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (len(receipts), len(set(receipts))) == (20, 10)
    assert len(desk.receipts()) == 10


def test_a_running_desk_sends_once_it_is_committed_and_never_before(
    desk: Desk, host: Host, toy: Platform
) -> None:
    running = threading.Thread(target=desk.run)
    running.start()
    try:
        with suppress(Failure), host.transaction() as connection:
            desk.within(connection).reply("toy:post:2", "Never", key="never")
            raise Failure
        took = [_until_it_is_sent(desk, host, toy, text) for text in ("one", "two", "three")]
    finally:
        desk.stop()
        running.join()
    assert [said["text"] for said in toy.posts] == ["one", "two", "three"]
    assert min(took) < 1, "a busy machine may be late, but not each time"


def _until_it_is_sent(desk: Desk, host: Host, toy: Platform, text: str) -> float:
    before = len(toy.posts)
    with host.transaction() as connection:
        host.insert(text)
        desk.within(connection).reply("toy:post:1", text, key=text)
        time.sleep(0.1)
        assert len(toy.posts) == before
    committed = time.monotonic()
    while len(toy.posts) == before and time.monotonic() < committed + 10:
        time.sleep(0.005)
    return time.monotonic() - committed
