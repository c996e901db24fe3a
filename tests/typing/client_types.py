"""What a type checker tells users of the clients. mypy reads this file; nothing runs it.

Where an error is expected it is ignored by its code, and an ignore that is not needed is an error in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_type

from socialdesk import AsyncClient, Client, ExternalId, Plan, Receipt, Reply
from socialdesk.client import Batch
from socialdesk.connector import Connector, Item, NoApp, Page, Part, Prepared, Profile, Sent, Settings, Window
from socialdesk.wire import Request, Response


def sync_calls_give_values(client: Client, reply: Reply) -> None:
    assert_type(client.fetch(), Iterator[Batch])
    assert_type(client.plan(reply), Plan)
    assert_type(client.send(reply), Receipt)
    assert_type(client.send(client.plan(reply)), Receipt)
    assert_type(client.identify(), Profile)
    assert_type(client.lookup([ExternalId.of("chirp:post:1")]), tuple[Item, ...])


async def async_calls_give_the_same_values(client: AsyncClient, reply: Reply) -> None:
    async for batch in client.fetch(rules=(), back_to=None):
        assert_type(batch, Batch)
    assert_type(await client.plan(reply), Plan)
    assert_type(await client.send(reply), Receipt)
    assert_type(await client.identify(), Profile)


async def a_forgotten_await_is_an_error(client: AsyncClient, reply: Reply) -> None:
    client.send(reply)  # type: ignore[unused-coroutine]  # nothing would be sent
    Request("POST", "https://chirp.example/posts")  # type: ignore[unused-awaitable]  # nor here
    assert_type(await Request("GET", "https://chirp.example/posts"), Response)


def a_wrong_argument_is_an_error(client: Client, asynchronous: AsyncClient, reply: Reply) -> None:
    client.send("Hello")  # type: ignore[arg-type]  # a text alone does not say to whom
    client.send(reply, True)  # type: ignore[call-arg]  # one argument too many
    asynchronous.send(text="Hello")  # type: ignore[call-arg, unused-coroutine]  # no such name
    client.fetch(since="1")  # type: ignore[call-arg]  # it is called cursor


class Config(Settings):
    base_url: str = "https://chirp.example"


class Chirp(Connector[Config, NoApp]):
    platform = "chirp"
    Config = Config

    async def fetch(self, window: Window) -> Page:
        assert_type(self.config.base_url, str)
        assert_type(window.since, str | None)
        self.config.token  # type: ignore[attr-defined]  # noqa: B018  # these settings have none
        return Page([])

    async def send(self, part: Part) -> str:  # type: ignore[override]  # a send gives a Sent
        return part.text


async def a_connector_takes_its_own_settings(other: Settings) -> None:
    Chirp(Config(), NoApp())
    Chirp(other, NoApp())  # type: ignore[arg-type]  # the settings of another plugin
    assert_type(
        await Connector[Config, Any].send(Chirp(Config(), NoApp()), Part(text="Hello")), Sent | Prepared
    )
