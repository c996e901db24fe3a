"""Reaching a webhook: a function, or over HTTP on this machine only and within bounded time."""

from __future__ import annotations

import http.client
import ipaddress
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from socialdesk.wire import WebhookAnswer, WebhookRequest

Target = Callable[[WebhookRequest], WebhookAnswer]
SECONDS = 20.0
"""How long Facebook waits for an answer."""
MOST = 2**20


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def reach(url: str, request: WebhookRequest) -> WebhookAnswer | None:
    """What answers at an address of this machine; None where nothing does in time. No redirect is followed."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not is_loopback(parts.hostname):
        return None
    query = "&".join(filter(None, (parts.query, urlencode(dict(request.query)))))
    path = f"{parts.path or '/'}{'?' if query else ''}{query}"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=SECONDS)
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


def handshake_problem(answer: WebhookAnswer | None, challenge: str) -> str | None:
    """What is wrong with the answer to Facebook's challenge; None where it is right."""
    if answer is None:
        return "Connection failed"
    if answer.status != 200:
        return f"HTTP Status Code = {answer.status}"
    if answer.body.decode("utf-8", "replace").strip() != challenge:
        return "Response does not match challenge"
    return None
