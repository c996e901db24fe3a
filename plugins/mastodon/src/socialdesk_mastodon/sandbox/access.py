"""Apps, tokens and what they are granted. Tokens live until they are revoked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from socialdesk.testing.sandbox import Incoming, json_response
from socialdesk.wire import Response

from .problems import Refused
from .state import User

ALL_SCOPES = ("read", "write", "follow", "push", "profile")
_OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_FOLLOW = frozenset(
    {"read:blocks", "read:follows", "read:mutes", "write:blocks", "write:follows", "write:mutes"}
)


@dataclass(slots=True)
class App:
    """A client that registered itself."""

    number: int
    name: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    client_id: str
    client_secret: str
    website: str | None = None

    def told(self) -> dict[str, Any]:
        return {
            "id": str(self.number),
            "name": self.name,
            "website": self.website,
            "scopes": list(self.scopes),
            "redirect_uris": list(self.redirect_uris),
            "redirect_uri": "\n".join(self.redirect_uris),
        }


@dataclass(slots=True)
class Token:
    """What a request carries; ``user`` is None where it is the app's own."""

    value: str
    app: App
    user: User | None
    scopes: tuple[str, ...]
    dead: bool = False

    def grants(self, scope: str) -> bool:
        """Whether it allows what needs ``scope``, as in ``write:statuses``, which ``write`` includes."""
        held = {*self.scopes, *(_FOLLOW if "follow" in self.scopes else ())}
        return not scope or scope in held or scope.partition(":")[0] in held


class Keyring:
    """All apps, tokens and codes. What looks random is made from ``seed`` and a count."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, Token] = {}
        self.codes: dict[str, Token] = {}
        self._made = 0

    def _secret(self, of: str) -> str:
        self._made += 1
        return hashlib.sha256(f"{self.seed}:{of}:{self._made}".encode()).hexdigest()[:43]

    def app(
        self, name: str, scopes: tuple[str, ...], redirect_uris: tuple[str, ...] = (_OUT_OF_BAND,)
    ) -> App:
        app = App(len(self.apps) + 1, name, redirect_uris, scopes, self._secret("id"), self._secret("secret"))
        self.apps[app.client_id] = app
        return app

    def grant(self, app: App, user: User | None, scopes: tuple[str, ...]) -> Token:
        token = Token(self._secret("token"), app, user, scopes)
        self.tokens[token.value] = token
        return token

    def code(self, app: App, user: User, scopes: tuple[str, ...]) -> str:
        """What a user who agreed is sent back with: it is good for one token."""
        code = self._secret("code")
        self.codes[code] = Token("", app, user, scopes)
        return code

    def of(self, seen: Incoming) -> Token | None:
        """The token that a request carries; None where it carries none. Raises Refused(401) on one that is dead."""
        kind, _, value = seen.request.headers.get("authorization", "").partition(" ")
        if not kind:
            return None
        token = self.tokens.get(value.strip())
        if kind.lower() != "bearer" or token is None or token.dead:
            raise Refused(401, "token")
        return token

    def expire(self, seen: Incoming) -> None:
        value = seen.request.headers.get("authorization", "").partition(" ")[2].strip()
        if value in self.tokens:
            self.tokens[value].dead = True

    # ---------------------------------------------------------------------------------------------- by the wire

    def register(self, given: Mapping[str, Any]) -> Response:
        """POST /api/v1/apps."""
        name, uris = str(given.get("client_name") or ""), given.get("redirect_uris")
        if not name or not uris:
            raise Refused(422, "parameter", {"name": "client_name" if not name else "redirect_uris"})
        addresses = tuple(map(str, uris)) if isinstance(uris, list) else tuple(str(uris).split())
        app = self.app(name, tuple(str(given.get("scopes") or "read").split()), addresses)
        app.website = given.get("website")
        secrets = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "client_secret_expires_at": 0,
        }
        return json_response(200, {**app.told(), **secrets, "vapid_key": ""})

    def token(self, given: Mapping[str, Any], now: float) -> Response:
        """POST /oauth/token."""
        app = self.apps.get(str(given.get("client_id")))
        if app is None or app.client_secret != given.get("client_secret"):
            return _refused(401, "invalid_client")
        kind = given.get("grant_type")
        if kind == "client_credentials":
            token = self.grant(app, None, tuple(str(given.get("scope") or "read").split()))
        elif kind == "authorization_code":
            agreed = self.codes.pop(str(given.get("code")), None)
            if agreed is None or agreed.app is not app:
                return _refused(400, "invalid_grant")
            token = self.grant(app, agreed.user, agreed.scopes)
        else:
            return _refused(400, "unsupported_grant_type")
        told = {"access_token": token.value, "token_type": "Bearer", "scope": " ".join(token.scopes)}
        return json_response(200, {**told, "created_at": int(now)})

    def revoke(self, given: Mapping[str, Any]) -> Response:
        """POST /oauth/revoke."""
        app, token = self.apps.get(str(given.get("client_id"))), self.tokens.get(str(given.get("token")))
        if app is None or app.client_secret != given.get("client_secret") or (token and token.app is not app):
            return _refused(403, "unauthorized_client")
        if token is not None:
            token.dead = True
        return json_response(200, {})


def _refused(status: int, code: str) -> Response:
    challenge = f'Bearer realm="Doorkeeper", error="{code}", error_description="It is not valid."'
    body = {"error": code, "error_description": "It is not valid."}
    return json_response(status, body, {"WWW-Authenticate": challenge})
