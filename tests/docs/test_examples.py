"""The examples of the explanations do what the pages say."""

from __future__ import annotations

import inspect
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from socialdesk import Client, Mention
from socialdesk.connector import Connector, NoApp, Page, Settings, Window
from socialdesk.wire import Request, Response
from tests.contract.chirp import EXAMPLE_MODULE, Chirp, load

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
driver = load("driver", EXAMPLES / "driver.py")
hello = load("socialdesk_hello", EXAMPLES / "ten_lines" / "socialdesk_hello.py")

BODY = b'{"items": [{"id": "c1"}], "newest": "c1", "oldest": "c1", "next": null}'
WINDOW = Window(stream="mentions", now=datetime(2026, 11, 20, tzinfo=timezone.utc))


def _chirp() -> Connector[Any, Any]:
    return Chirp(EXAMPLE_MODULE.Config(token="secret"), NoApp())


def _perform(request: Request) -> Response:
    assert request.url == "https://api.chirp.example/v1/mentions"
    return Response(200, {}, BODY)


def test_a_connector_is_driven_without_a_loop() -> None:
    page = driver.drive(_chirp().fetch(WINDOW), _perform)
    assert [raw.body for raw in page.items] == [{"id": "c1"}]


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_the_same_connector_is_driven_in_a_loop(library: str) -> None:
    async def perform(request: Request) -> Response:
        await anyio.lowlevel.checkpoint()
        return _perform(request)

    async def main() -> str | None:
        page: Page = await driver.adrive(_chirp().fetch(WINDOW), perform)
        return page.resume

    assert anyio.run(main, backend=library) == "c1"


def test_the_driver_has_about_ten_lines() -> None:
    assert len(inspect.getsource(driver.drive).splitlines()) <= 10


def test_hello_is_heard() -> None:
    heard = [item for batch in Client(hello.Hello(Settings(), NoApp())).fetch() for item in batch.items]
    assert [item.text for item in heard if isinstance(item, Mention)] == ["hello, world"]
    assert hello.socialdesk_connectors() == [hello.Hello]


def test_the_cost_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    cost = load("cost_example", EXAMPLES / "cost.py")
    monkeypatch.setattr(cost, "ROUNDS", 200)
    measured = cost.main()
    assert set(measured) >= {"a function called", "a request made"}
    assert all(0 < microseconds < 10_000 for microseconds in measured.values())
