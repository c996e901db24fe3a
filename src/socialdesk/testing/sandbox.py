"""The platform's side of the wire: state, and a function from Request to Response.

:class:`Sandbox` is what the sandboxes of all platforms share. A plugin's sandbox derives from it and knows the
platform's rules. It can be used directly as a transport, sync or async, wrapped as an ASGI app, or served on a
loopback port.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from socialdesk.wire import Request, Response, TransportError

from ._asgi import AsgiApp
from ._clock import VirtualClock
from ._control import CONTROL, ControlError, ControlHandler, body_of, control, moment, take
from ._exchange import Answer, Exchange, json_response
from ._faults import (
    Armed,
    CutJson,
    Delivery,
    DropAnswer,
    ExpireToken,
    Fault,
    HtmlPage,
    LateIndexing,
    Matching,
    RefuseConnection,
    ServerError,
    SlowDrip,
    TooManyRequests,
    dated,
)
from ._multipart import FormPart
from ._push_faults import PushFault
from ._routes import Found, Incoming, Routes
from ._serving import serve, served

__all__ = [
    "Answer",
    "Armed",
    "ControlError",
    "ControlHandler",
    "CutJson",
    "Delivery",
    "DropAnswer",
    "Exchange",
    "ExpireToken",
    "Fault",
    "FormPart",
    "Found",
    "HtmlPage",
    "Incoming",
    "LateIndexing",
    "Matching",
    "PushFault",
    "RefuseConnection",
    "Routes",
    "Sandbox",
    "ServerError",
    "SlowDrip",
    "TooManyRequests",
    "VirtualClock",
    "body_of",
    "json_response",
    "moment",
    "serve",
    "served",
    "take",
]

LOG_LENGTH = 100_000
LOGGED = 2**16
"""How many bytes a JSON body may have that the log keeps: an upload is not kept."""


class Sandbox:
    """A platform that lives in this process.

    A subclass sets ``platform`` and writes :meth:`answer`, :meth:`restart`, :meth:`expire_credentials`,
    :meth:`snapshot`, ``account``, ``credentials`` and ``settings``; ``control`` adds routes of its own to the control
    surface. All calls are safe from several threads. ``clock`` is a :class:`VirtualClock`, ``log`` the exchanges so
    far, oldest first, ``base_url`` where the platform is taken to be.
    """

    platform: ClassVar[str]
    control: ClassVar[Routes[ControlHandler]] = Routes({})

    def __init__(self, *, start: datetime | None = None, seed: int = 0) -> None:
        self.lock = threading.RLock()
        self.clock = VirtualClock(start, seed=seed)
        self.base_url = f"https://{self.platform}.invalid"
        self.log: deque[Exchange] = deque(maxlen=LOG_LENGTH)
        self.armed: list[Armed] = []

    # ------------------------------------------------------------------------------- what a platform brings along

    def answer(self, request: Request) -> Answer:
        """What the platform answers; it has acted when this returns."""
        raise NotImplementedError

    def restart(self) -> None:
        """Bring the platform's state back to what it was at the start, with the same credentials."""
        raise NotImplementedError

    def time_leaps(self, step: timedelta) -> None:
        """The clock leaps by ``step`` because time begins to run: whatever would end by it alone is to last on."""

    def expire_credentials(self, request: Request) -> None:
        """End the credentials that the request carries, as if their time were over."""
        raise NotImplementedError

    def snapshot(self) -> dict[str, Any]:
        """What there is, in JSON's terms."""
        raise NotImplementedError

    @property
    def account(self) -> Any:
        """The brand's own user."""
        raise NotImplementedError

    @property
    def credentials(self) -> dict[str, str]:
        """Every kind of credentials that works, by name."""
        raise NotImplementedError

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that connect the platform's plugin to this sandbox, as they are."""
        raise NotImplementedError

    def describe_account(self) -> dict[str, Any]:
        """The brand's own user in JSON's terms."""
        raise NotImplementedError

    def refusal(self, status: int) -> Response:
        """How the platform words a refusal that has no cause in the request."""
        return json_response(status, {"error": status})

    def limit_headers(self, request: Request, resets_at: datetime) -> dict[str, str]:
        """How the platform tells, in headers, that nothing is left until a moment."""
        return {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(resets_at.timestamp()))}

    # ---------------------------------------------------------------------------------------------- for the tests

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        """Move the clock on and tell what it shows then."""
        return self.clock.advance(days=days, hours=hours, minutes=minutes, seconds=seconds)

    def run(self) -> None:
        """Let time run from here on, as it does for a client at the other end of a real connection."""
        with self.lock:
            before = self.clock.now()
            if not self.clock.runs:
                self.clock.run()
                self.time_leaps(self.clock.now() - before)

    def fail(
        self,
        *faults: Fault,
        times: int | None = 1,
        when: Callable[[Request], bool] | None = None,
        after: int = 0,
    ) -> Armed:
        """Let these faults strike together the next ``times`` requests that ``when`` fits (None: until disarmed),
        once ``after`` of them have gone by. Several calls add up. Raises ValueError on what makes no sense."""
        if not faults or (times is not None and times < 1) or after < 0:
            raise ValueError(
                "fail() wants a fault or more, times of 1 or more (or None) and after of 0 or more"
            )
        armed = Armed(faults, times, after + max(fault.passes for fault in faults), when)
        with self.lock:
            self.armed.append(armed)
        return armed

    def reset(self) -> None:
        """Be as new: state, clock, faults and log. Credentials stay the same."""
        with self.lock:
            running = self.clock.runs
            self.clock.reset()
            if running:
                self.clock.run()
            self.armed.clear()
            self.log.clear()
            self.restart()

    def indexing_delay(self) -> float:
        """How many seconds what is created now stays out of listings; a platform asks once for each thing."""
        delays = [0.0]
        for armed in self.armed:
            late = [fault.seconds for fault in armed.faults if isinstance(fault, LateIndexing)]
            if late and armed.strike():
                delays += late
        return max(delays)

    def push_faults(self) -> list[PushFault]:
        """What goes wrong with the delivery that is made now; a platform asks once for each."""
        struck: list[PushFault] = []
        for armed in self.armed:
            meant = [fault for fault in armed.faults if isinstance(fault, PushFault)]
            if meant and armed.strike():
                struck += meant
        return struck

    # ---------------------------------------------------------------------------------------------- the transport

    def send(self, request: Request, timeout: float) -> Response:
        """The platform's answer, or TransportError where none arrives within ``timeout`` seconds of virtual time."""
        delivery = self.deliver(request)
        if delivery.response is None:
            if delivery.reached:
                raise TransportError("The connection was closed before an answer came.", sent=True)
            raise TransportError("The connection was refused.", sent=False)
        if delivery.seconds > timeout:
            self.clock.sleep(timeout)
            raise TransportError(f"The answer was not complete after {timeout} seconds.", sent=True)
        self.clock.sleep(delivery.seconds)
        return replace(delivery.response, request=request, received_at=self.clock.now())

    async def asend(self, request: Request, timeout: float) -> Response:
        """As :meth:`send`, for those who await."""
        return self.send(request, timeout)

    def deliver(self, request: Request) -> Delivery:
        """What becomes of a request: acted upon or not, answered or not, and how slowly. Writes the log."""
        with self.lock:
            seen = Incoming(request)
            if seen.path.startswith("/_sandbox"):
                return Delivery(control(self, CONTROL | self.control, seen))
            struck = self._striking(request)
            delivery, who = self._before(struck, request), ""
            applied = delivery is None
            if delivery is None:
                answer = self.answer(request)
                delivery, who = Delivery(answer.response), answer.who
                for fault in struck:
                    delivery = fault.after(self, request, delivery)
            self._write(seen, delivery, who, (applied, struck))
        return dated(delivery, self.clock.now())

    def _striking(self, request: Request) -> list[Fault]:
        struck: list[Fault] = []
        for armed in self.armed:
            faults = [fault for fault in armed.faults if not isinstance(fault, (LateIndexing, PushFault))]
            if faults and (armed.when is None or armed.when(request)) and armed.strike():
                struck += faults
        self.armed = [armed for armed in self.armed if armed.left != 0]
        return struck

    def _before(self, struck: list[Fault], request: Request) -> Delivery | None:
        for fault in struck:
            instead = fault.before(self, request)
            if instead is not None:
                return instead
        return None

    def _write(self, seen: Incoming, delivery: Delivery, who: str, fate: tuple[bool, list[Fault]]) -> None:
        applied, struck = fate
        body = None
        if seen.media_type == "application/json" and len(seen.body) <= LOGGED:
            try:
                body = seen.json()
            except ValueError:
                body = seen.body.decode("utf-8", "replace")
        self.log.append(
            Exchange(
                at=self.clock.now(),
                method=seen.method,
                path=seen.path,
                params=seen.query,
                body=body,
                status=delivery.response.status if delivery.response else None,
                who=who,
                applied=applied,
                faults=tuple(fault.name for fault in struck),
            )
        )

    def asgi(self) -> AsgiApp:
        """The sandbox as an ASGI 3 app. Where the server cannot cut a connection, a dropped answer is an exception
        of the app."""
        return AsgiApp(self)

    def introduction(self) -> dict[str, Any]:
        """What a client needs to know, in JSON's terms: the first line that a served sandbox prints."""
        return {
            "base_url": self.base_url,
            "platform": self.platform,
            "account": self.describe_account(),
            "credentials": self.credentials,
            "settings": self.settings,
        }
