"""The network as a desk reaches it, where answers are lost on their way and sessions end early."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from plugins.bluesky.tests.network.calls import TRANSPORT, signed_anew
from socialdesk._engine.runtime import SystemClock
from socialdesk.wire import Request, Response, TransportError

__all__ = ["RENEW", "SIGN_IN", "Wire"]

SIGN_IN = "com.atproto.server.createSession"
RENEW = "com.atproto.server.refreshSession"


class FastClock(SystemClock):
    """The machine's clock, put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


class Wire:
    """A transport for a desk or a client: what it is given goes to the network, and every method is noted in ``asked``.

    ``lose`` holds the methods whose next answer does not arrive, though the server has done what was asked, ``instead``
    answers that are given without asking. ``ended`` is which of a session's tokens are sent as if their time were up,
    as the server then says itself: it is cleared by what gives new ones.
    """

    def __init__(self) -> None:
        self.clock = FastClock()
        self.asked: list[str] = []
        self.lose: set[str] = set()
        self.instead: dict[str, Response] = {}
        self.ended: set[str] = set()

    def send(self, request: Request, timeout: float) -> Response:
        method = request.url.partition("/xrpc/")[2].partition("?")[0]
        self.asked.append(method)
        if method in self.instead:
            return self.instead.pop(method)
        response = TRANSPORT.send(self._as_sent(request, method), timeout)
        if method in (SIGN_IN, RENEW) and response.ok:
            self.ended.clear()
        if method in self.lose:
            self.lose.remove(method)
            raise TransportError("the answer was lost", sent=True)
        return response

    def _as_sent(self, request: Request, method: str) -> Request:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token or ("refresh" if method == RENEW else "access") not in self.ended:
            return request
        return request.with_headers(Authorization=f"Bearer {signed_anew(token, exp=int(time.time()) - 60)}")
