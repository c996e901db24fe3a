"""What the sandboxes of platforms that deliver have in common: when they deliver, and how a webhook is reached.

A webhook is a function in Python, or an address on this machine that is called over HTTP, within bounded time.
"""

from __future__ import annotations

import http.client
import ipaddress
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeAlias
from urllib.parse import urlencode, urlsplit

from socialdesk.testing.sandbox import Delivery, Sandbox
from socialdesk.wire import Request, WebhookAnswer, WebhookRequest

__all__ = ["Courier", "PushingSandbox", "Target", "called", "is_loopback", "reach"]

Target: TypeAlias = Callable[[WebhookRequest], WebhookAnswer]
MOST = 2**20
"""How many bytes of a webhook's answer are read."""


class Courier(Protocol):
    """What makes and tries a platform's deliveries. ``targets`` are the functions, by the webhook's URL or for all."""

    targets: dict[str, Target]

    def flush(self) -> None:
        """Try what is due."""

    async def aflush(self, target: Callable[[WebhookRequest], Awaitable[WebhookAnswer]]) -> int:
        """Try what is due on a function that is awaited; tells how many deliveries that were."""
        ...


class PushingSandbox(Sandbox):
    """A sandbox that delivers, by its ``push``. What happens while a request is answered is delivered when the answer
    is there."""

    push: Courier
    answering = 0

    def deliver_to(self, function: Target, url: str = "") -> None:
        """Give deliveries, and the platform's challenge, to a function: those of one webhook by its URL, or all others.
        What is due already is tried at once. A webhook without a function is called over HTTP, on this machine only."""
        self.push.targets[url] = function
        self.push.flush()

    async def adeliver(self, function: Callable[[WebhookRequest], Awaitable[WebhookAnswer]]) -> int:
        """Give what is due to a function that is awaited, and tell how many deliveries that were."""
        return await self.push.aflush(function)

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        now = super().advance(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self.push.flush()
        return now

    def deliver(self, request: Request) -> Delivery:
        with self.lock:
            self.answering += 1
            try:
                delivery = super().deliver(request)
            finally:
                self.answering -= 1
        self.push.flush()
        return delivery


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def reach(url: str, request: WebhookRequest, seconds: float) -> WebhookAnswer | None:
    """What answers at an address of this machine; None where nothing does in time. No redirect is followed."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not is_loopback(parts.hostname):
        return None
    query = "&".join(filter(None, (parts.query, urlencode(dict(request.query)))))
    path = f"{parts.path or '/'}{'?' if query else ''}{query}"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=seconds)
    try:
        connection.request(request.method, path, body=request.body or None, headers=dict(request.headers))
        response = connection.getresponse()
        kind = response.headers.get("content-type", "text/plain")
        return WebhookAnswer(response.status, response.read(MOST), kind)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def called(target: Target, request: WebhookRequest) -> WebhookAnswer:
    """What a function answers; one that raises is a server that fails, as it would be on the platform's side."""
    try:
        return target(request)
    except Exception as error:
        return WebhookAnswer(500, repr(error).encode())
