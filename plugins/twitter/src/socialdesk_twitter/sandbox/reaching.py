"""Reaching a webhook over HTTP, on this machine only, within bounded time."""

from __future__ import annotations

import http.client
import ipaddress
from urllib.parse import urlencode, urlsplit

from socialdesk.wire import WebhookAnswer, WebhookRequest

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
