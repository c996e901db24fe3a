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

from socialdesk.testing.sandbox import Incoming, VirtualClock

from .problems import Refused
from .signing import escape, signature
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
    forgotten: int = 0

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
        age = f" {self.forgotten}" if self.forgotten else ""
        for prefix, writes in (("", True), ("read_only_", False)):
            token = f"{user.id}-{self.make(prefix + 'token ' + user.id + age)}"
            secret = self.make(prefix + "token secret " + user.id + age, 45)
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
        self.renew(grant)
        return grant

    def renew(self, grant: Grant) -> None:
        self.minted += 1
        grant.access, grant.refresh = (
            self.make(f"{kind} {self.minted}", 91) for kind in ("access", "refresh")
        )
        self.access[grant.access] = _Access(grant, self.clock.now() + ACCESS_LIFE)
        self.refresh[grant.refresh] = grant

    def allowed_by(self, user: User) -> bool:
        """Whether a user still allows the app anything."""
        grants = [access.grant for access in self.access.values()]
        return any(held is user for held, _, _ in self.tokens.values()) or any(
            grant.alive and grant.user is user for grant in grants
        )

    def forget(self, user: User) -> None:
        """All that a user allowed ends, and is not had again by the same tokens."""
        self.tokens = {token: held for token, held in self.tokens.items() if held[0] is not user}
        for grant in self.refresh.values():
            grant.alive = grant.alive and grant.user is not user
        self.forgotten += 1

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


__all__ = ["ALL_SCOPES", "READ_SCOPES", "Caller", "Grant", "Keyring"]
