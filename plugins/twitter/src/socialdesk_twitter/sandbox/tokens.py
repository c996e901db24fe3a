"""What X's token endpoints answer."""

from __future__ import annotations

from socialdesk.testing.sandbox import Incoming, json_response
from socialdesk.wire import Response

from .access import ACCESS_LIFE, Keyring
from .problems import token_error
from .signing import basic


def answer_token(keyring: Keyring, seen: Incoming) -> Response:
    """POST /2/oauth2/token: a refresh token for a new pair. A refresh token that is used twice ends its grant."""
    form = dict(seen.form)
    if form.get("grant_type") != "refresh_token":
        return token_error(400, "unsupported_grant_type", "The sandbox gives tokens for refresh_token only.")
    client = _client(keyring, seen, form)
    if client is None:
        return token_error(401, "unauthorized_client", "Missing valid authorization header")
    token = form.get("refresh_token", "")
    grant = keyring.refresh.get(token)
    if grant is None or grant.client != client or not grant.alive:
        return token_error(400, "invalid_request", "Value passed for the token was invalid.")
    if grant.refresh != token:
        grant.alive = False
        return token_error(400, "invalid_request", "Value passed for the token was invalid.")
    keyring.renew(grant)
    return _tokens(
        {
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "access_token": grant.access,
            "scope": " ".join(grant.scopes),
            "refresh_token": grant.refresh,
        }
    )


def answer_revoke(keyring: Keyring, seen: Incoming) -> Response:
    """POST /2/oauth2/revoke."""
    form = dict(seen.form)
    client = _client(keyring, seen, form)
    if client is None:
        return token_error(401, "unauthorized_client", "Missing valid authorization header")
    token = form.get("token", "")
    access, grant = keyring.access.get(token), keyring.refresh.get(token)
    if access is not None and access.grant.client == client:
        access.revoked = True
    elif grant is not None and grant.client == client:
        grant.alive = False
    else:
        return token_error(400, "invalid_request", "Value passed for the token was invalid.")
    return _tokens({"revoked": True})


def answer_client_credentials(keyring: Keyring, seen: Incoming) -> Response:
    """POST /oauth2/token: the app's own bearer token, always the same."""
    if dict(seen.form).get("grant_type") != "client_credentials":
        return _v1(403, 170, "Missing required parameter: grant_type")
    key, secret = basic(seen)
    if key not in keyring.consumers or keyring.consumers[key] != secret:
        return _v1(403, 99, "Unable to verify your credentials")
    keyring.bearers.add(keyring.bearer)
    return _tokens({"token_type": "bearer", "access_token": keyring.bearer})


def _client(keyring: Keyring, seen: Incoming, form: dict[str, str]) -> str | None:
    name, secret = basic(seen)
    if name:
        return name if keyring.clients.get(name) == secret and secret else None
    public = form.get("client_id", "")
    return public if public in keyring.clients and keyring.clients[public] is None else None


def _tokens(value: dict[str, object]) -> Response:
    return json_response(200, value, {"Cache-Control": "no-store"})


def _v1(status: int, code: int, message: str) -> Response:
    return json_response(status, {"errors": [{"code": code, "message": message}]})
