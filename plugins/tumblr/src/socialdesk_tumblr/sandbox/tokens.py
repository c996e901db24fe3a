"""What the endpoints for OAuth 2 tokens answer."""

from __future__ import annotations

from socialdesk.testing.sandbox import Incoming, json_response
from socialdesk.wire import Response

from .access import ACCESS_LIFE, EXCHANGED_SCOPES, Grant, Keyring
from .call import read_fields
from .problems import Refused
from .signing import said_by


def answer_token(keyring: Keyring, seen: Incoming) -> Response:
    """POST /v2/oauth2/token: a code, or a refresh token, for a new pair. The old refresh token is good no more."""
    fields = read_fields(seen)[0]
    kind = fields.get("grant_type")
    if kind not in ("authorization_code", "refresh_token"):
        return _error(400, "unsupported_grant_type", "The grant type is not one that is known.")
    if (fields.get("client_id"), fields.get("client_secret")) != (keyring.key, keyring.secret):
        return _error(401, "invalid_client", "The client credentials are not valid.")
    grant = _redeemed(keyring, fields) if kind == "authorization_code" else _refreshed(keyring, fields)
    if grant is None:
        return _error(401, "invalid_grant", "What was given is not valid, or no longer.")
    return _told(grant, keyring.renew(grant))


def _redeemed(keyring: Keyring, fields: dict[str, str]) -> Grant | None:
    held = keyring.codes.pop(str(fields.get("code", "")), None)
    if held is None:
        return None
    person, scopes, redirect_uri, until = held
    if until <= keyring.clock.now() or fields.get("redirect_uri", "") != redirect_uri:
        return None
    return Grant(person, scopes, "offline_access" in scopes)


def _refreshed(keyring: Keyring, fields: dict[str, str]) -> Grant | None:
    grant = keyring.refresh.get(str(fields.get("refresh_token", "")))
    if grant is None or grant.refresh_until is None or grant.refresh_until <= keyring.clock.now():
        return None
    return grant


def answer_exchange(keyring: Keyring, seen: Incoming) -> Response:
    """POST /v2/oauth2/exchange: the token of OAuth 1.0a that signs it for a pair of OAuth 2; the token ends."""
    said = said_by(seen)
    if said is None:
        raise Refused(400, "The request must be signed by OAuth 1.0a.")
    person = keyring.signed_by(seen, said)
    if person is None:
        raise Refused(401)
    keyring.tokens.pop(said["oauth_token"])
    return _told(*keyring.grant(person, EXCHANGED_SCOPES, renewable=True))


def _told(grant: Grant, access: str) -> Response:
    told: dict[str, object] = {
        "access_token": access,
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "id_token": False,
        "scope": " ".join(grant.scopes),
        "token_type": "bearer",
    }
    if grant.renewable:
        told["refresh_token"] = grant.refresh
    return json_response(200, told, {"Cache-Control": "no-store"})


def _error(status: int, code: str, words: str) -> Response:
    return json_response(status, {"error": code, "error_description": words})
