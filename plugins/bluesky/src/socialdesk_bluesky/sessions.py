"""Sessions: signed in with an app password once, and renewed from then on.

Signing in is limited hard, so that a session is kept and renewed. A renewal gives both tokens new; the old renewal
token goes on working for two hours and gives the same next one, so that a lost answer is survived.

https://docs.bsky.app/docs/advanced-guides/atproto-auth
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

import orjson
from pydantic import SecretStr

from socialdesk.auth import Auth, Stamp, Tokens
from socialdesk.errors import AuthError, PlatformError, Unavailable
from socialdesk.wire import Json, Request, Response
from socialdesk_bluesky import budgets, refusals

__all__ = ["SessionAuth", "server_of"]

_CREATE = "com.atproto.server.createSession"
_RENEW = "com.atproto.server.refreshSession"
_ENDED = frozenset({"ExpiredToken", "InvalidToken"})


@dataclass(frozen=True)
class SessionAuth(Auth):
    """A bearer token that ends after two hours, is renewed for 90 days, and is asked for anew with the app password
    after that."""

    refreshes: ClassVar[bool] = True

    base_url: str
    identifier: str
    password: SecretStr

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        if tokens is None:
            raise AuthError("There is no session yet.")
        return request.with_headers(Authorization=f"Bearer {tokens.access}")

    async def refresh(self, tokens: Tokens | None, stamp: Stamp) -> Tokens:
        """Renew the session; sign in where there is none, or where it cannot be renewed any more.

        Raises AuthError where the app password is not taken, RateLimited where there were too many sign-ins.
        """
        ended = tokens is not None and tokens.refresh_by is not None and tokens.refresh_by <= stamp.now
        if tokens is not None and tokens.refresh is not None and not ended:
            asked = Request("POST", f"{self.base_url}/xrpc/{_RENEW}", auth="none", effect="prepares")
            answer = await asked.with_headers(Authorization=f"Bearer {tokens.refresh}")
            if answer.ok:
                return _tokens_in(answer)
            if refusals.name_of(answer) not in _ENDED and answer.status != 401:
                raise _refusal(answer, stamp.now)
        answer = await Request(
            "POST",
            f"{self.base_url}/xrpc/{_CREATE}",
            body=Json({"identifier": self.identifier, "password": self.password.get_secret_value()}),
            auth="none",
            effect="prepares",
            spends=budgets.SIGN_IN,
        )
        if answer.ok:
            return _tokens_in(answer)
        raise _refusal(answer, stamp.now)


def _refusal(answer: Response, now: datetime) -> PlatformError:
    error = refusals.meaning(answer)
    if error is None and answer.status == 401:
        error = AuthError("Bluesky does not take the app password: make a new one and store it.")
    if error is None:
        return Unavailable(f"Bluesky answered HTTP {answer.status} to a sign-in.", scope="account")
    if answer.status == 429 and error.retry_at is None:
        error.retry_at = now + timedelta(minutes=5)
    error.scope = "account"
    return error


def _tokens_in(answer: Response) -> Tokens:
    body = answer.json()
    access, renewal = (
        (body.get("accessJwt"), body.get("refreshJwt")) if isinstance(body, dict) else (None, None)
    )
    if not isinstance(access, str) or not isinstance(renewal, str) or not access or not renewal:
        raise Unavailable("Bluesky's answer to a sign-in holds no session.", scope="account")
    return Tokens(access=access, refresh=renewal, expires_at=_end_of(access), refresh_by=_end_of(renewal))


def _end_of(token: str) -> datetime | None:
    """When a token says that it ends. It is not verified: it is the server's own, and nothing is granted by it."""
    try:
        claims = token.split(".")[1]
        end = orjson.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
        return datetime.fromtimestamp(float(end), timezone.utc)
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, OSError, binascii.Error):
        return None


def server_of(document: Any) -> str | None:
    """The address of the account's own server, by its DID document; None where that names none.

    https://atproto.com/specs/did#did-documents
    """
    services = document.get("service") if isinstance(document, Mapping) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, Mapping) and str(service.get("id", "")).endswith("#atproto_pds"):
            address = service.get("serviceEndpoint")
            return address.rstrip("/") if isinstance(address, str) else None
    return None
