"""Who asks: the credentials that were given out, and how a request's are verified.

OAuth 1.0a is verified from the request as it came in (RFC 5849, 3.2), without the code that signs requests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal
from urllib.parse import unquote

from socialdesk.testing.sandbox import Incoming, VirtualClock, json_response
from socialdesk.wire import Response

from .problems import Refused, token_error
from .signing import basic, escape, signature
from .state import User

ACCESS_LIFE = timedelta(hours=2)
SKEW = timedelta(minutes=5)
ALL_SCOPES = (
    "tweet.read",
    "tweet.write",
    "tweet.moderate.write",
    "users.read",
    "like.read",
    "like.write",
    "dm.read",
    "dm.write",
    "media.write",
    "offline.access",
)
READ_SCOPES = ("tweet.read", "users.read", "offline.access")

Kind = Literal["app", "oauth1", "oauth2"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose credentials a request carries. ``user`` is None for the app itself, ``scopes`` None where they say
    nothing (OAuth 1.0a); ``writes`` is false for read-only ones."""

    kind: Kind
    user: User | None = None
    scopes: frozenset[str] | None = None
    writes: bool = True

    @property
    def level(self) -> str:
        """What X says these credentials may do, in the header ``x-access-level``."""
        return "read-write-directmessages" if self.user and self.writes else "read"

    @property
    def name(self) -> str:
        return f"@{self.user.handle} ({self.kind})" if self.user else "app"


@dataclass(slots=True, eq=False)
class Grant:
    """What a user allowed a client. It dies when one of its refresh tokens is used twice."""

    user: User
    client: str
    scopes: tuple[str, ...]
    alive: bool = True
    access: str = ""
    refresh: str = ""


@dataclass(slots=True)
class _Access:
    grant: Grant
    until: datetime
    revoked: bool = False


@dataclass(slots=True)
class Keyring:
    """All credentials that were given out. ``label`` makes them differ from those of another sandbox."""

    clock: VirtualClock
    label: str
    bearer: str = ""
    consumers: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, tuple[User, str, bool]] = field(default_factory=dict)
    clients: dict[str, str | None] = field(default_factory=dict)
    access: dict[str, _Access] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
    bearers: set[str] = field(default_factory=set)
    nonces: dict[tuple[str, str], datetime] = field(default_factory=dict)
    minted: int = 0

    def make(self, name: str, length: int = 40) -> str:
        """A secret that only this sandbox's label and ``name`` decide."""
        raw = b"".join(hashlib.sha256(f"{self.label}:{name}:{i}".encode()).digest() for i in range(4))
        return base64.urlsafe_b64encode(raw).decode().replace("-", "x").replace("_", "y")[:length]

    # ----------------------------------------------------------------------------------------------- giving out

    def open_app(self) -> dict[str, str]:
        """The developer app's own credentials."""
        self.bearer = "AAAAAAAAAAAAAAAAAAAAA" + self.make("bearer", 60)
        self.bearers.add(self.bearer)
        key, secret = self.make("consumer key", 25), self.make("consumer secret", 50)
        client, client_secret, public = (
            self.make(name, 34) for name in ("client", "client secret", "public")
        )
        self.consumers[key] = secret
        self.clients[client] = client_secret
        self.clients[public] = None
        return {
            "bearer_token": self.bearer,
            "consumer_key": key,
            "consumer_secret": secret,
            "client_id": client,
            "client_secret": client_secret,
            "public_client_id": public,
        }

    def open_account(self, user: User) -> dict[str, str]:
        """Every kind of credentials of a user."""
        given: dict[str, str] = {}
        for prefix, writes in (("", True), ("read_only_", False)):
            token = f"{user.id}-{self.make(prefix + 'token ' + user.id)}"
            secret = self.make(prefix + "token secret " + user.id, 45)
            self.tokens[token] = (user, secret, writes)
            given |= {f"{prefix}access_token": token, f"{prefix}access_token_secret": secret}
        confidential, public = self.clients
        for prefix, client, scopes in (
            ("", confidential, ALL_SCOPES),
            ("read_only_", confidential, READ_SCOPES),
            ("public_", public, ALL_SCOPES),
        ):
            grant = self.grant(user, client, scopes)
            given |= {f"{prefix}oauth2_access_token": grant.access}
            given |= {f"{prefix}oauth2_refresh_token": grant.refresh}
        return given

    def grant(self, user: User, client: str, scopes: Iterable[str]) -> Grant:
        """A new grant with its first pair of tokens."""
        grant = Grant(user, client, tuple(scopes))
        self._renew(grant)
        return grant

    def _renew(self, grant: Grant) -> None:
        self.minted += 1
        grant.access, grant.refresh = (
            self.make(f"{kind} {self.minted}", 91) for kind in ("access", "refresh")
        )
        self.access[grant.access] = _Access(grant, self.clock.now() + ACCESS_LIFE)
        self.refresh[grant.refresh] = grant

    def _kill(self, grant: Grant) -> None:
        grant.alive = False

    def prolong(self, step: timedelta) -> None:
        """Let every access token that is good last so much longer."""
        now = self.clock.now() - step
        for access in self.access.values():
            if access.until > now:
                access.until += step

    # ------------------------------------------------------------------------------------------------ verifying

    def caller(self, seen: Incoming) -> Caller:
        """Whose request it is. Raises Refused(401) where nobody's."""
        scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._bearer(rest.strip())
        if scheme.lower() == "oauth":
            return self._oauth1(seen, rest)
        raise Refused.unauthorized()

    def _bearer(self, token: str) -> Caller:
        if token in self.bearers:
            return Caller("app")
        access = self.access.get(token)
        if access is None or access.revoked or not access.grant.alive or access.until <= self.clock.now():
            raise Refused.unauthorized()
        scopes = frozenset(access.grant.scopes)
        return Caller("oauth2", access.grant.user, scopes)

    def _oauth1(self, seen: Incoming, header: str) -> Caller:
        said = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}
        secret = self.consumers.get(said.get("oauth_consumer_key", ""))
        held = self.tokens.get(said.get("oauth_token", ""))
        stamp, nonce = said.get("oauth_timestamp", ""), said.get("oauth_nonce", "")
        if secret is None or held is None or not nonce or not re.fullmatch(r"\d{1,10}", stamp):
            raise Refused.unauthorized()
        user, token_secret, writes = held
        at = datetime.fromtimestamp(int(stamp), timezone.utc)
        expected = signature(seen, said, f"{escape(secret)}&{escape(token_secret)}")
        if said.get("oauth_signature_method") != "HMAC-SHA1" or not self.clock.agrees(at, SKEW):
            raise Refused.unauthorized()
        if not hmac.compare_digest(expected, said.get("oauth_signature", "").encode()):
            raise Refused.unauthorized()
        if (said["oauth_token"], nonce) in self.nonces:
            raise Refused.unauthorized()
        self._remember((said["oauth_token"], nonce))
        return Caller("oauth1", user, None, writes)

    def _remember(self, used: tuple[str, str]) -> None:
        now = self.clock.now()
        self.nonces[used] = now
        if len(self.nonces) > 20_000:
            self.nonces = {key: at for key, at in self.nonces.items() if now - at <= 2 * SKEW}

    def expire(self, seen: Incoming) -> None:
        """End the credentials that a request carries."""
        scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            token = rest.strip()
            self.bearers.discard(token)
            if token in self.access:
                self.access[token].until = self.clock.now()
        else:
            named = re.search(r'oauth_token="([^"]*)"', rest)
            self.tokens.pop(unquote(named[1]) if named else "", None)

    # --------------------------------------------------------------------------------------------- token answers

    def answer_token(self, seen: Incoming) -> Response:
        """POST /2/oauth2/token: a refresh token for a new pair. A refresh token that is used twice ends its grant."""
        form = dict(seen.form)
        if form.get("grant_type") != "refresh_token":
            return token_error(
                400, "unsupported_grant_type", "The sandbox gives tokens for refresh_token only."
            )
        client = self._client(seen, form)
        if client is None:
            return token_error(401, "unauthorized_client", "Missing valid authorization header")
        token = form.get("refresh_token", "")
        grant = self.refresh.get(token)
        if grant is None or grant.client != client or not grant.alive:
            return token_error(400, "invalid_request", "Value passed for the token was invalid.")
        if grant.refresh != token:
            self._kill(grant)
            return token_error(400, "invalid_request", "Value passed for the token was invalid.")
        self._renew(grant)
        return _tokens(
            {
                "token_type": "bearer",
                "expires_in": int(ACCESS_LIFE.total_seconds()),
                "access_token": grant.access,
                "scope": " ".join(grant.scopes),
                "refresh_token": grant.refresh,
            }
        )

    def answer_revoke(self, seen: Incoming) -> Response:
        """POST /2/oauth2/revoke."""
        form = dict(seen.form)
        client = self._client(seen, form)
        if client is None:
            return token_error(401, "unauthorized_client", "Missing valid authorization header")
        token = form.get("token", "")
        access, grant = self.access.get(token), self.refresh.get(token)
        if access is not None and access.grant.client == client:
            access.revoked = True
        elif grant is not None and grant.client == client:
            self._kill(grant)
        else:
            return token_error(400, "invalid_request", "Value passed for the token was invalid.")
        return _tokens({"revoked": True})

    def answer_client_credentials(self, seen: Incoming) -> Response:
        """POST /oauth2/token: the app's own bearer token, always the same."""
        if dict(seen.form).get("grant_type") != "client_credentials":
            return _v1(403, 170, "Missing required parameter: grant_type")
        key, secret = basic(seen)
        if key not in self.consumers or self.consumers[key] != secret:
            return _v1(403, 99, "Unable to verify your credentials")
        self.bearers.add(self.bearer)
        return _tokens({"token_type": "bearer", "access_token": self.bearer})

    def _client(self, seen: Incoming, form: dict[str, str]) -> str | None:
        name, secret = basic(seen)
        if name:
            return name if self.clients.get(name) == secret and secret else None
        public = form.get("client_id", "")
        return public if public in self.clients and self.clients[public] is None else None


def _tokens(value: dict[str, object]) -> Response:
    return json_response(200, value, {"Cache-Control": "no-store"})


def _v1(status: int, code: int, message: str) -> Response:
    return json_response(status, {"errors": [{"code": code, "message": message}]})


__all__ = ["ALL_SCOPES", "READ_SCOPES", "Caller", "Grant", "Keyring"]
