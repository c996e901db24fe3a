"""An AsyncDesk within the transactions of helpdesks that await theirs, and of those that block."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from socialdesk import AsyncDesk, ConfigError, Registry
from tests.desk.faces import ToyWire
from tests.desk.hosts import TABLE
from tests.simulation.test_poll import post
from tests.simulation.world import Platform, Toy

Use = Callable[[AsyncDesk, Platform, Any], Awaitable[None]]
INSERT = sa.text("INSERT INTO ticket VALUES (:name)")


class Failure(Exception):
    """The helpdesk changes its mind."""


class Awaited:
    """A helpdesk that awaits: by a connection, or by a session."""

    def __init__(self, url: str, kind: str) -> None:
        awaited = url.replace("sqlite:", "sqlite+aiosqlite:").replace("postgresql:", "postgresql+psycopg:")
        self.engine = create_async_engine(awaited)
        self.kind = kind

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        if self.kind.startswith("session"):
            async with AsyncSession(self.engine) as self.connection, self.connection.begin():
                yield self.connection
        else:
            async with self.engine.begin() as self.connection:
                yield self.connection

    connection: Any

    async def insert(self, name: str) -> None:
        await self.connection.execute(INSERT, {"name": name})

    async def close(self) -> None:
        await self.engine.dispose()


class Blocking:
    """A helpdesk that blocks its event loop while it waits for its database."""

    def __init__(self, url: str, kind: str) -> None:
        self.connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        with self.connection:
            yield self.connection

    async def insert(self, name: str) -> None:
        self.connection.execute("INSERT INTO ticket VALUES (?)", (name,))

    async def close(self) -> None:
        self.connection.close()


class BlockingOnPostgreSql(Blocking):
    def __init__(self, url: str, kind: str) -> None:
        self.connection: Any = psycopg.connect(url)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        with self.connection.transaction():
            yield self.connection

    async def insert(self, name: str) -> None:
        self.connection.execute("INSERT INTO ticket VALUES (%s)", (name,))


KINDS: list[Any] = [
    ("asyncio", Awaited, "connection"),
    ("asyncio", Awaited, "session on PostgreSQL"),
    pytest.param(("asyncio", Awaited, "connection on PostgreSQL"), marks=pytest.mark.slow),
    pytest.param(("trio", BlockingOnPostgreSql, "on PostgreSQL"), marks=pytest.mark.slow),
    ("asyncio", Awaited, "session"),
    ("asyncio", Blocking, ""),
    ("trio", Blocking, ""),
]


@pytest.fixture(params=KINDS, ids=lambda kind: " ".join((kind[0], kind[1].__name__, kind[2])))
def using(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Use], list[str]]:
    """Runs a test's body with a desk that has heard two posts, its platform and a helpdesk; gives the tickets."""
    backend, kind, name = request.param
    on_postgresql = name.endswith("PostgreSQL")
    url = str(request.getfixturevalue("postgres_url")) if on_postgresql else f"sqlite:///{tmp_path}/desk.db"

    def use(body: Use) -> list[str]:
        async def main() -> None:
            toy = Platform()
            toy.streams["mentions"] = [post(1), post(2)]
            async with AsyncDesk(url, transport=ToyWire(toy), registry=Registry(extra=[Toy])) as desk:
                await desk.connect("toy", name="acme", settings={}, hear_from=None)
                assert [event async for event in desk.events("tickets")] == []
                await desk.poll()
                host = kind(url, name)
                try:
                    await body(desk, toy, host)
                finally:
                    await host.close()

        engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(TABLE)
            anyio.run(main, backend=backend)
            with engine.begin() as connection:
                return list(connection.scalars(sa.text("SELECT name FROM ticket ORDER BY name")))
        finally:
            engine.dispose()

    return use


def test_they_are_committed_together(using: Callable[[Use], list[str]]) -> None:
    async def body(desk: AsyncDesk, toy: Platform, host: Any) -> None:
        async with host.transaction() as connection:
            await host.insert("one")
            receipt = await desk.within(connection).reply("toy:post:1", "Hello", key="k")
            assert receipt.state == "pending"
            assert await desk.receipts() == ()
        await desk.drain()
        assert (await desk.receipt("k")).state == "sent"

    assert using(body) == ["one"]


def test_they_are_rolled_back_together(using: Callable[[Use], list[str]]) -> None:
    async def body(desk: AsyncDesk, toy: Platform, host: Any) -> None:
        with suppress(Failure):
            async with host.transaction() as connection:
                await desk.within(connection).reply("toy:post:1", "Hello", key="k")
                await host.insert("one")
                raise Failure
        await desk.drain()
        assert toy.posts == []
        async with host.transaction() as connection:
            here = desk.within(connection)
            await host.insert("two")
            await here.reply("toy:post:1", "Hello", key="k")
            with pytest.raises(ConfigError, match="another reply"):
                await here.reply("toy:post:1", "Something else", key="k")
            await host.insert("three")
            assert [receipt.key for receipt in await here.receipts()] == ["k"]
        assert [receipt.key for receipt in await desk.receipts()] == ["k"]

    assert using(body) == ["three", "two"]


def test_an_event_is_taken_with_the_ticket_or_comes_again(using: Callable[[Use], list[str]]) -> None:
    async def body(desk: AsyncDesk, toy: Platform, host: Any) -> None:
        seen: list[str] = []
        async for event in desk.events("tickets"):
            seen.append(event.id)
            with suppress(Failure):
                async with host.transaction() as connection:
                    await host.insert(event.mention.value)
                    await desk.within(connection).ack(event)
                    if len(seen) == 2:
                        raise Failure
        again = [event async for event in desk.events("tickets")]
        assert [event.id for event in again] == seen[1:]
        async with host.transaction() as connection:
            await host.insert("late")
            assert await desk.within(connection).nack(again[0], "no room")
        assert [event async for event in desk.events("tickets")] == []

    assert using(body) == ["2", "late"]


def test_a_call_that_is_cancelled_is_no_half_of_anything(using: Callable[[Use], list[str]]) -> None:
    """Whether the cancellation comes in time or not: the answer is there with the ticket, or both are not."""

    async def body(desk: AsyncDesk, toy: Platform, host: Any) -> None:
        for number in range(6):
            with anyio.CancelScope() as scope:
                async with host.transaction() as connection:
                    await host.insert(str(number))
                    async with anyio.create_task_group() as tasks:
                        tasks.start_soon(_cancel_later, scope, number)
                        await desk.within(connection).reply("toy:post:1", "Hello", key=str(number))

        receipts = sorted(receipt.key for receipt in await desk.receipts())
        async with host.transaction() as connection:
            await host.insert("whole")
            await desk.within(connection).reply("toy:post:1", "Hello", key="whole")
        told.extend([*receipts, "whole"])

    told: list[str] = []
    assert using(body) == told


async def _cancel_later(scope: anyio.CancelScope, checkpoints: int) -> None:
    for _ in range(checkpoints):
        await anyio.lowlevel.checkpoint()
    scope.cancel()


def test_what_blocks_or_asks_is_refused(using: Callable[[Use], list[str]]) -> None:
    async def body(desk: AsyncDesk, toy: Platform, host: Any) -> None:
        async with host.transaction() as connection:
            here: Any = desk.within(connection)
            with pytest.raises(ConfigError, match="on the desk itself"):
                await here.poll()
        with pytest.raises(ConfigError, match="takes"):
            desk.within("sqlite:///desk.db")

    using(body)
