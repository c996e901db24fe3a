"""What a type checker tells those who write connectors and store calls. mypy reads this file; nothing runs it."""

from __future__ import annotations

from typing import Any, assert_type

from socialdesk._engine.effects import Call, Exclusive, Sleep, TakeStamp, Work, reads, writes
from socialdesk.auth import Stamp
from socialdesk.wire import Flow, Request, Response


@reads
def find(connection: Any, account: str, *, limit: int = 5) -> list[int]:
    return [limit]


@writes
def claim(connection: Any, part: int) -> tuple[int, str]:
    return part, ""


async def what_is_awaited_has_its_exact_type() -> int:
    assert_type(await Request("GET", "https://chirp.test"), Response)
    asked = assert_type(find("acme", limit=3), Call[list[int]])
    await asked
    assert_type(await find("acme"), list[int])
    assert_type(await claim(7), tuple[int, str])
    assert_type(await TakeStamp(), Stamp)
    assert_type(await Work(lambda: 1.5), float)
    await Sleep(1)
    async with Exclusive("tokens"):
        pass
    return 1


def a_coroutine_of_effects_is_a_flow() -> Flow[int]:
    return what_is_awaited_has_its_exact_type()


async def what_nobody_awaits_is_an_error() -> None:
    Request("POST", "https://chirp.test")  # type: ignore[unused-awaitable]  # the mistake
    find("acme")  # type: ignore[unused-awaitable]  # the mistake
    claim(1)  # type: ignore[unused-awaitable]  # the mistake
    TakeStamp()  # type: ignore[unused-awaitable]  # the mistake


async def a_wrong_argument_of_a_store_call_is_an_error() -> None:
    await find(5)  # type: ignore[arg-type]  # the mistake
    await claim("x")  # type: ignore[arg-type]  # the mistake
    await claim()  # type: ignore[call-arg]  # the mistake
    await find("acme", other=1)  # type: ignore[call-arg]  # the mistake
