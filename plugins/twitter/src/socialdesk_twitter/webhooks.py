"""Whether X made a delivery, and what it holds. Pure.

https://docs.x.com/x-api/webhooks/introduction
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

import orjson
import regex

from socialdesk.connector import Raw
from socialdesk.wire import WebhookAnswer, WebhookRequest
from socialdesk_twitter import account_activity, deliveries
from socialdesk_twitter.twins import EVENT

__all__ = ["answer", "is_genuine", "raws"]

_SIGNATURE = "x-twitter-webhooks-signature"
# What X asks us to sign. It holds no mark that a delivery must have, so that no answer of ours signs a delivery.
_TOKEN = regex.compile(r"[A-Za-z0-9_=+/.-]{1,256}")
_JSON = "application/json"


def _signed(secret: str, message: bytes) -> str:
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def answer(request: WebhookRequest, secret: str | None) -> WebhookAnswer | None:
    """The answer to X's question whether we hold the app's ``secret``; None where it asks no such thing.

    Refused where there is no secret, and where what shall be signed could be a delivery.
    """
    token = request.query.get("crc_token")
    if request.method != "GET" or token is None:
        return None
    if not secret:
        return WebhookAnswer(503, b"The app's consumer_secret is not set here.")
    if not _TOKEN.fullmatch(token):
        return WebhookAnswer(400, b"This is no token of a challenge.")
    told = {"response_token": _signed(secret, token.encode())}
    return WebhookAnswer(200, orjson.dumps(told), _JSON)


def is_genuine(request: WebhookRequest, secrets: Sequence[str]) -> bool:
    """Whether one of the ``secrets`` signed the body as it came; False where there is none to compare with."""
    told = request.headers.get(_SIGNATURE, "").encode("utf-8", "replace")
    if request.body.lstrip()[:1] not in (b"{", b"["):
        return False  # no delivery, whoever signed it: see _TOKEN
    genuine = False
    for secret in secrets:
        if secret:
            genuine |= hmac.compare_digest(told, _signed(secret, request.body).encode())
    return genuine


def raws(request: WebhookRequest) -> tuple[Raw, ...]:
    """What a delivery tells, each with the account that it is for. What has no known form is kept as it came."""
    try:
        told = request.json()
    except ValueError:
        text = request.body.decode("utf-8", "replace")
        return (Raw(EVENT, {"type": "", "event": text}),)
    found: list[Raw] = []
    for body in told if isinstance(told, list) else [told]:
        of_old = isinstance(body, dict) and ("for_user_id" in body or "user_event" in body)
        found += (account_activity if of_old else deliveries).raws(body)
    return tuple(found)
