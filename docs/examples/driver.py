"""A connector's coroutine driven by hand: this is all of the trick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from socialdesk.wire import Request, Response

T = TypeVar("T")


# [drive]
def drive(coroutine: Coroutine[Any, Any, T], perform: Callable[[Request], Response]) -> T:
    answer: Response | None = None
    while True:
        try:
            request = coroutine.send(answer)
        except StopIteration as done:
            result: T = done.value
            return result
        answer = perform(request)


# [end]
# [adrive]
async def adrive(coroutine: Coroutine[Any, Any, T], perform: Callable[[Request], Awaitable[Response]]) -> T:
    answer: Response | None = None
    while True:
        try:
            request = coroutine.send(answer)
        except StopIteration as done:
            result: T = done.value
            return result
        answer = await perform(request)


# [end]
