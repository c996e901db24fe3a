"""What becomes of a request on its way to the platform, and of its answer on the way back."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from socialdesk.testing._exchange import json_response
from socialdesk.wire import Headers, Request, Response, TransportError

__all__ = ["FATES", "Fate", "Flight", "Network"]

Fate = Literal[
    "ok",
    "answer lost",
    "request lost",
    "applied late",
    "500 applied",
    "500 not applied",
    "connection refused",
    "429",
    "400",
    "slow drip",
    "unreadable",
]
FATES: tuple[Fate, ...] = get_args(Fate)
"""All that may become of a request. ``slow drip``: the answer takes longer than the request may."""

APPLIED = frozenset({"ok", "answer lost", "500 applied", "slow drip", "unreadable"})
STATUSES = {"500 applied": 500, "500 not applied": 500, "429": 429, "400": 400}


@dataclass(frozen=True, slots=True)
class Flight:
    """A request under way: what comes of it, and after how many seconds."""

    outcome: Response | TransportError
    seconds: float


class Network:
    """Between the workers and the platform. ``late`` is when what is applied late is, in seconds; ``later`` has
    something done after so many seconds; ``timeout`` is how long a request may take in all."""

    def __init__(self, dice: random.Random, later: Callable[[float, Callable[[], None]], None]) -> None:
        self._dice = dice
        self._later = later
        self.late: tuple[float, float] = (5.0, 50.0)
        self.timeout = 30.0

    def begin(self, request: Request, fate: Fate, answer: Callable[[Request], Response]) -> Flight:
        """Send a request off; ``answer`` is the platform, which acts when it is called."""
        dice = self._dice
        if fate == "connection refused":
            return Flight(TransportError("The connection was refused.", sent=False), dice.uniform(0, 0.1))
        response = None
        if fate in APPLIED:
            try:
                response = answer(request)
            except TransportError as error:
                return Flight(error, dice.uniform(0, 1))
        elif fate == "applied late":
            self._later(dice.uniform(*self.late), lambda: _heard_by_nobody(answer, request))
        if fate in ("answer lost", "request lost", "applied late"):
            # the connection breaks at once, or nothing comes until the deadline
            seconds = self.timeout if dice.random() < 0.5 else dice.uniform(0, 1)
            return Flight(TransportError("No answer came.", sent=True), seconds)
        if fate == "slow drip":
            return Flight(TransportError("The answer was not complete in time.", sent=True), self.timeout)
        if fate in STATUSES:
            status = STATUSES[fate]
            headers = {"Retry-After": "60"} if status == 429 else {}
            response = replace(json_response(status, {"error": fate}), headers=Headers(headers))
        elif fate == "unreadable":
            response = Response(200, {"Content-Type": "text/html"}, b"<html>Just a moment</html>")
        assert response is not None
        return Flight(response, dice.uniform(0.01, 0.3))


def _heard_by_nobody(answer: Callable[[Request], Response], request: Request) -> Any:
    try:
        return answer(request)
    except TransportError:
        return None
