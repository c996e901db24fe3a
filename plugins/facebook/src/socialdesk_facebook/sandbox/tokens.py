"""Tokens through the API: exchanging one for a longer one, and asking what one is.

https://developers.facebook.com/docs/facebook-login/guides/access-tokens
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from .access import LONG, Keyring, Token
from .call import Call
from .given import Given
from .problems import SESSIONS, Refused
from .stamps import seconds

if TYPE_CHECKING:
    from .facebook import FacebookSandbox


def _check_client(keyring: Keyring, given: Given) -> None:
    if given.text("client_id") != keyring.app_id:
        words = "Error validating application. Cannot get application info due to a system error."
        raise Refused(words, 101)
    if not hmac.compare_digest((given.text("client_secret") or "").encode(), keyring.app_secret.encode()):
        raise Refused("Error validating client secret.", 1)


def give_token(sandbox: FacebookSandbox, given: Given) -> dict[str, Any]:
    """GET /oauth/access_token: a long token for a short one, or the app's own."""
    keyring = sandbox.keyring
    _check_client(keyring, given)
    grant = given.text("grant_type")
    if grant == "client_credentials":
        return {"access_token": keyring.app_token, "token_type": "bearer"}
    if grant != "fb_exchange_token":
        raise Refused.param("Invalid grant_type")
    text = given.text("fb_exchange_token")
    if not text:
        raise Refused.missing("fb_exchange_token")
    caller = keyring.holder(text)
    if caller.token is None or caller.kind != "USER" or caller.token.system:
        raise Refused.param("Only a user's access token can be exchanged")
    made = keyring.give("USER", caller.token.user, caller.token.scopes, LONG)
    return {"access_token": made.text, "token_type": "bearer", "expires_in": int(LONG.total_seconds())}


def _granular(token: Token, keyring: Keyring) -> list[dict[str, Any]]:
    pages = sorted(page for who, page in keyring.tasks if who == token.user.id)
    own = [token.page.id] if token.page else pages
    return [
        {"scope": scope, "target_ids": own} if scope.startswith("pages_") else {"scope": scope}
        for scope in sorted(token.scopes)
    ]


def debug_token(call: Call) -> dict[str, Any]:
    """GET /debug_token. Takes the app's token, or that of somebody with a role on the app."""
    keyring, text = call.sandbox.keyring, call.given.text("input_token")
    if not text:
        raise Refused.missing("input_token")
    if call.caller.user is not None and not call.caller.user.tester:
        words = "You must provide an app access token, or a user access token that is an owner or developer of the app"
        raise Refused.param(words)
    if text == keyring.app_token:
        told = {
            "app_id": keyring.app_id,
            "type": "APP",
            "application": call.sandbox.app.name,
            "is_valid": True,
        }
        return {"data": {**told, "scopes": []}}
    token = keyring.tokens.get(text)
    if token is None:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    return {"data": _described(call, token)}


def _described(call: Call, token: Token) -> dict[str, Any]:
    keyring = call.sandbox.keyring
    told: dict[str, Any] = {
        "app_id": keyring.app_id,
        "type": "SYSTEM_USER" if token.system and token.page is None else token.kind,
        "application": call.sandbox.app.name,
        "data_access_expires_at": seconds(token.data_until) if token.data_until else 0,
    }
    ended = keyring.ended(token)
    if ended is not None:
        now = call.sandbox.clock.now()
        words = Refused.session(ended, keyring.app_id, token.expires_at or now, now).message
        told["error"] = {"code": 190, "message": words, "subcode": ended}
    told |= {
        "expires_at": seconds(token.expires_at) if token.expires_at else 0,
        "is_valid": ended is None,
        "issued_at": seconds(token.issued_at),
        "scopes": sorted(token.scopes),
        "granular_scopes": _granular(token, keyring),
        "user_id": token.user.id,
    }
    return {**told, "profile_id": token.page.id} if token.page else told


__all__ = ["SESSIONS", "debug_token", "give_token"]
