"""Running a flow, or a connector's coroutine, against answers from a list: no network, no clock, no event loop."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, Generic, TypeVar

from socialdesk._engine.effects import Exclusive, Sleep, TakeStamp, Work
from socialdesk.auth import Stamp
from socialdesk.errors import PluginError
from socialdesk.wire import Request, Response

__all__ = ["Replay", "replay"]

T = TypeVar("T")
DEFAULT_NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Replay(Generic[T]):
    """What came of a replay: the coroutine's result, and the requests that it made, unsigned, in their order."""

    result: T
    requests: tuple[Request, ...]


def replay(
    coroutine: Coroutine[Any, Any, T], responses: Iterable[Response], *, now: datetime = DEFAULT_NOW
) -> Replay[T]:
    """Drive ``coroutine`` to its end; each request that it awaits gets the next of ``responses``.

    Raises what the coroutine raises, and PluginError where it asks for more answers than there are, leaves some
    unused, or awaits what no connector may.
    """
    answers = iter(responses)
    requests: list[Request] = []
    answer: Any = None
    try:
        while True:
            try:
                asked = coroutine.send(answer)
            except StopIteration as stop:
                unused = sum(1 for _ in answers)
                if unused:
                    raise PluginError(f"{unused} of the responses were not asked for.") from None
                return Replay(stop.value, tuple(requests))
            match asked:
                case Request():
                    requests.append(asked)
                    answer = _next_answer(answers, asked, now)
                case TakeStamp():
                    answer = Stamp(now, len(requests).to_bytes(16, "big"))
                case Work():
                    answer = asked.compute()
                case Sleep() | Exclusive():
                    answer = None
                case _:
                    raise PluginError(
                        f"A connector awaited {type(asked).__name__}; it may await Request values only."
                    )
    finally:
        coroutine.close()


def _next_answer(answers: Any, asked: Request, now: datetime) -> Response:
    response = next(answers, None)
    if response is None:
        raise PluginError(f"No response is left for {asked!r}.")
    if not isinstance(response, Response):
        raise PluginError(f"A response of the list is a {type(response).__name__}, not a Response.")
    return replace(response, request=response.request or asked, received_at=response.received_at or now)
