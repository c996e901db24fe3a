"""Faults on demand: what goes wrong between a client and a platform, as values.

Each of them says what happens before the platform acts on a request and what happens to its answer afterwards, so
that several can strike the same request.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from socialdesk.wire import Headers, Request, Response

from ._routes import Incoming

if TYPE_CHECKING:
    from .sandbox import Sandbox

__all__ = [
    "CutJson",
    "DropAnswer",
    "ExpireToken",
    "Fault",
    "HtmlPage",
    "LateIndexing",
    "Matching",
    "RefuseConnection",
    "ServerError",
    "SlowDrip",
    "TooManyRequests",
]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What becomes of an answer: None never arrives, ``reached`` tells whether the request did, and ``seconds`` is
    how long the answer takes to trickle in."""

    response: Response | None
    reached: bool = True
    seconds: float = 0


def dated(delivery: Delivery, now: datetime) -> Delivery:
    """The answer with the time by the platform's clock, as every server tells it (RFC 9110, 6.6.1)."""
    answer = delivery.response
    if answer is None or "date" in answer.headers:
        return delivery
    headers = {**answer.headers, "Date": format_datetime(now, usegmt=True)}
    return replace(delivery, response=replace(answer, headers=headers))


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong. ``name`` is what the control surface calls it."""

    name: ClassVar[str] = ""

    @property
    def passes(self) -> int:
        """How many requests that fit go by unharmed before it strikes."""
        return 0

    def before(self, sandbox: Sandbox, request: Request) -> Delivery | None:
        """What happens instead of the platform's acting on the request; None lets it act."""
        return None

    def after(self, sandbox: Sandbox, request: Request, delivery: Delivery) -> Delivery:
        """What the client gets instead of the platform's answer."""
        return delivery


@dataclass(frozen=True, slots=True)
class DropAnswer(Fault):
    """The platform acts, and the connection ends before a byte of the answer is sent."""

    name: ClassVar[str] = "drop_answer"

    def after(self, sandbox: Sandbox, request: Request, delivery: Delivery) -> Delivery:
        return Delivery(None)


@dataclass(frozen=True, slots=True)
class RefuseConnection(Fault):
    """No connection comes about; nothing was sent and nothing was done."""

    name: ClassVar[str] = "refuse_connection"

    def before(self, sandbox: Sandbox, request: Request) -> Delivery | None:
        return Delivery(None, reached=False)


@dataclass(frozen=True, slots=True)
class ServerError(Fault):
    """A 5xx answer; ``applied`` says whether the platform had acted before."""

    name: ClassVar[str] = "server_error"
    status: int = 500
    applied: bool = False

    def __post_init__(self) -> None:
        if not 500 <= self.status <= 599:
            raise ValueError("status: a server error is 500 to 599")

    def before(self, sandbox: Sandbox, request: Request) -> Delivery | None:
        return None if self.applied else Delivery(sandbox.refusal(self.status))

    def after(self, sandbox: Sandbox, request: Request, delivery: Delivery) -> Delivery:
        return replace(delivery, response=sandbox.refusal(self.status))


@dataclass(frozen=True, slots=True)
class TooManyRequests(Fault):
    """A 429 that nothing was done for. ``tells`` is how it says when to come back: by the platform's own reset
    headers, by Retry-After, or not at all; ``seconds`` is when."""

    name: ClassVar[str] = "too_many_requests"
    tells: Literal["reset", "retry_after", "nothing"] = "reset"
    seconds: float = 900

    def __post_init__(self) -> None:
        if self.tells not in ("reset", "retry_after", "nothing"):
            raise ValueError("tells: one of reset, retry_after, nothing")

    def before(self, sandbox: Sandbox, request: Request) -> Delivery | None:
        refusal = sandbox.refusal(429)
        extra: Mapping[str, str] = {}
        if self.tells == "reset":
            extra = sandbox.limit_headers(request, sandbox.clock.now() + timedelta(seconds=self.seconds))
        elif self.tells == "retry_after":
            extra = {"Retry-After": str(int(self.seconds))}
        return Delivery(replace(refusal, headers=Headers({**refusal.headers, **extra})))


@dataclass(frozen=True, slots=True)
class HtmlPage(Fault):
    """A gateway answers with a page for people, with status 200; ``applied`` says whether the platform acted."""

    name: ClassVar[str] = "html_page"
    status: int = 200
    applied: bool = False

    def _page(self) -> Response:
        page = (
            b"<!DOCTYPE html><html><head><title>Just a moment</title></head><body>Please wait.</body></html>"
        )
        return Response(self.status, Headers({"Content-Type": "text/html; charset=utf-8"}), page)

    def before(self, sandbox: Sandbox, request: Request) -> Delivery | None:
        return None if self.applied else Delivery(self._page())

    def after(self, sandbox: Sandbox, request: Request, delivery: Delivery) -> Delivery:
        return replace(delivery, response=self._page())


@dataclass(frozen=True, slots=True)
class CutJson(Fault):
    """The platform acts, and the answer's body ends in its middle."""

    name: ClassVar[str] = "cut_json"

    def after(self, sandbox: Sandbox, request: Request, delivery: Delivery) -> Delivery:
        answer = delivery.response
        if answer is None:
            return delivery
        return replace(delivery, response=replace(answer, body=answer.body[: len(answer.body) // 2] or b"{"))


@dataclass(frozen=True, slots=True)
class ExpireToken(Fault):
    """The credentials that the request carries end just before it arrives. ``page`` 2 lets one request that fits go
    by and strikes the next, as when a token ends between the first page and the second."""

    name: ClassVar[str] = "expire_token"
    page: int = 1

    def __post_init__(self) -> None:
        if self.page < 1:
            raise ValueError("page: counts from 1")

    @property
    def passes(self) -> int:
        return self.page - 1

    def before(self, sandbox: Sandbox, request: Request) -> Delivery | None:
        sandbox.expire_credentials(request)
        return None


@dataclass(frozen=True, slots=True)
class SlowDrip(Fault):
    """The platform acts, and its answer trickles in over ``seconds``."""

    name: ClassVar[str] = "slow_drip"
    seconds: float = 2.0

    def after(self, sandbox: Sandbox, request: Request, delivery: Delivery) -> Delivery:
        return replace(delivery, seconds=delivery.seconds + self.seconds)


@dataclass(frozen=True, slots=True)
class LateIndexing(Fault):
    """What is created while this is armed shows in listings only ``seconds`` later; ``times`` counts things created,
    not requests, and ``when`` has no say."""

    name: ClassVar[str] = "late_indexing"
    seconds: float = 30.0


FAULTS: Mapping[str, type[Fault]] = {
    kind.name: kind
    for kind in (
        CutJson,
        DropAnswer,
        ExpireToken,
        HtmlPage,
        LateIndexing,
        RefuseConnection,
        ServerError,
        SlowDrip,
        TooManyRequests,
    )
}


@dataclass(frozen=True, slots=True)
class Matching:
    """Which requests a fault strikes: by method, by path (``*`` stands for anything) and by query parameters."""

    method: str | None = None
    path: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, request: Request) -> bool:
        seen = Incoming(request)
        return (
            (self.method is None or self.method.upper() == seen.method)
            and (self.path is None or fnmatch.fnmatchcase(seen.path, self.path))
            and all(seen.query.get(name) == value for name, value in self.params.items())
        )


@dataclass(slots=True, eq=False)
class Armed:
    """Faults that wait for their requests. ``left`` is how often they will strike yet (None: until disarmed),
    ``passing`` how many requests that fit go by first, ``struck`` how often they have."""

    faults: tuple[Fault, ...]
    left: int | None
    passing: int
    when: Callable[[Request], bool] | None
    struck: int = 0

    def disarm(self) -> None:
        """Strike no more."""
        self.left = 0

    def strike(self) -> bool:
        """Take one of the strikes that are left, if any."""
        if self.left == 0:
            return False
        if self.passing > 0:
            self.passing -= 1
            return False
        if self.left is not None:
            self.left -= 1
        self.struck += 1
        return True
