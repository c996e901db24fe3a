"""Reaching a webhook: a function, or over HTTP on this machine only and within bounded time."""

from __future__ import annotations

import hmac
import http.client
import ipaddress
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import orjson

from socialdesk.wire import WebhookAnswer, WebhookRequest

Target = Callable[[WebhookRequest], WebhookAnswer]
SECONDS = 10.0
"""How long X waits for an answer."""
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


def crc_problem(answer: WebhookAnswer | None, expected: str) -> str | None:
    """What is wrong with the answer to X's challenge; None where it is right."""
    if answer is None:
        return "the webhook could not be reached"
    if answer.status != 200:
        return f"the webhook answered with status {answer.status}"
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return "the webhook did not answer with JSON"
    given = said.get("response_token") if isinstance(said, dict) else None
    right = isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
    return None if right else "Invalid response_token"
