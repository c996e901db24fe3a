"""Whether Facebook made a delivery, and the answer to its question whether the webhook is ours. Pure.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

import regex

from socialdesk.wire import WebhookAnswer, WebhookRequest

__all__ = ["answer", "is_genuine"]

_CHALLENGE = regex.compile(r"[A-Za-z0-9_.=-]{1,256}")
_SIGNED: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "x-hub-signature-256": ("sha256=", hashlib.sha256),
    "x-hub-signature": ("sha1=", hashlib.sha1),  # looked at only where there is no other
}


def answer(request: WebhookRequest, verify_token: str | None) -> WebhookAnswer | None:
    """The answer to Facebook's question whether the webhook is ours; None where it asks no such thing."""
    asked = request.query.get("hub.challenge")
    if request.method != "GET" or asked is None or request.query.get("hub.mode") != "subscribe":
        return None
    if not verify_token:
        return WebhookAnswer(503, b"The app's verify_token is not set here.")
    told = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
    if not hmac.compare_digest(told, verify_token.encode()):
        return WebhookAnswer(403, b"This is not the word that was agreed upon.")
    if not _CHALLENGE.fullmatch(asked):
        return WebhookAnswer(400, b"This is no challenge.")
    return WebhookAnswer(200, asked.encode())


def is_genuine(request: WebhookRequest, secret: str | None) -> bool:
    """Whether the app's ``secret`` signed the body, byte for byte as it came; False where there is no secret."""
    if not secret:
        return False
    for header, (prefix, digest) in _SIGNED.items():
        if header in request.headers:
            signature = prefix + hmac.new(secret.encode(), request.body, digest).hexdigest()
            told = request.headers[header].encode("utf-8", "replace")
            return hmac.compare_digest(told, signature.encode())
    return False
