"""Who asks: the project's key, or a channel's OAuth 2 grant; and what the token endpoint answers.

https://developers.google.com/identity/protocols/oauth2/web-server
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote

from socialdesk.testing.sandbox import Incoming, VirtualClock, json_response
from socialdesk.wire import Response

from .problems import Refused, token_error
from .state import Channel

ACCESS_LIFE = timedelta(seconds=3599)
UNUSED_LIFE, TESTING_LIFE = timedelta(days=183), timedelta(days=7)
_ROOT = "https://www.googleapis.com/auth/"
FORCE_SSL = f"{_ROOT}youtube.force-ssl"
READS = frozenset({FORCE_SSL, f"{_ROOT}youtube", f"{_ROOT}youtube.readonly", f"{_ROOT}youtubepartner"})
ALL_SCOPES = (FORCE_SSL,)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose credentials a request carries: None is the project itself, by its key."""

    channel: Channel | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"@{self.channel.handle}" if self.channel else "key"

    def must_have(self, scopes: Iterable[str]) -> Channel:
        """The channel, where it granted one of these. Raises Refused."""
        if self.channel is None:
            raise Refused.plain(401)
        if self.scopes.isdisjoint(scopes):
            raise Refused.scopes()
        return self.channel


@dataclass(slots=True, eq=False)
class Grant:
    """What a channel's owner allowed the project."""

    channel: Channel
    scopes: tuple[str, ...]
    refresh: str
    given: datetime
    used: datetime
    alive: bool = True
    access: str = ""


@dataclass(slots=True)
class Keyring:
    """All credentials that were given out. A project in ``testing`` has its grants end after 7 days."""

    clock: VirtualClock
    label: str
    testing: bool = False
    minted: int = 0
    keys: set[str] = field(default_factory=set)
    grants: dict[str, Grant] = field(default_factory=dict)
    access: dict[str, tuple[Grant, datetime]] = field(default_factory=dict)
    api_key: str = ""
    client_id: str = ""
    client_secret: str = ""

    def __post_init__(self) -> None:
        self.api_key = "AIza" + self.make("key", 35)
        self.keys.add(self.api_key)
        self.client_id = f"1-{self.make('client', 32).lower()}.apps.googleusercontent.com"
        self.client_secret = "GOCSPX-" + self.make("client secret", 28)

    def make(self, name: str, length: int) -> str:
        """A secret that only this sandbox's label and ``name`` decide."""
        raw = b"".join(hashlib.sha256(f"{self.label}:{name}:{i}".encode()).digest() for i in range(5))
        return base64.urlsafe_b64encode(raw).decode()[:length]

    def grant(self, channel: Channel, scopes: Iterable[str]) -> Grant:
        """A new grant with its first access token."""
        self.minted += 1
        now = self.clock.now()
        made = Grant(channel, tuple(scopes), f"1//{self.make(f'refresh {self.minted}', 90)}", now, now)
        self.grants[made.refresh] = made
        self.renew(made)
        return made

    def renew(self, grant: Grant) -> None:
        """A new access token; those before it last on."""
        self.minted += 1
        now = self.clock.now()
        grant.access, grant.used = f"ya29.{self.make(f'access {self.minted}', 180)}", now
        self.access[grant.access] = (grant, now + ACCESS_LIFE)

    def until(self, token: str) -> datetime:
        return self.access[token][1]

    def lives(self, grant: Grant) -> bool:
        now = self.clock.now()
        ended = self.testing and now - grant.given >= TESTING_LIFE
        return grant.alive and not ended and now - grant.used < UNUSED_LIFE

    def forget(self, channel: Channel) -> None:
        """Its owner takes back all that was allowed."""
        for grant in self.grants.values():
            grant.alive = grant.alive and grant.channel is not channel

    def prolong(self, step: timedelta) -> None:
        """Let every access token that is good last so much longer."""
        now = self.clock.now() - step
        for token, (grant, until) in self.access.items():
            if until > now:
                self.access[token] = (grant, until + step)

    # ------------------------------------------------------------------------------------------------ verifying

    def caller(self, seen: Incoming) -> Caller:
        """Whose request it is. Raises Refused where nobody's."""
        token = carried(seen)
        if token is not None:
            grant, until = self.access.get(token, (None, self.clock.now()))
            if grant is None or not grant.alive or until <= self.clock.now():
                raise Refused.plain(401)
            return Caller(grant.channel, frozenset(grant.scopes))
        key = seen.query.get("key") or seen.request.headers.get("x-goog-api-key")
        if key is None:
            raise Refused.no_key()
        if key not in self.keys:
            raise Refused.key()
        return Caller()

    def expire(self, seen: Incoming) -> None:
        """End the credentials that a request carries."""
        token = carried(seen)
        if token in self.access:
            self.access[token] = (self.access[token][0], self.clock.now())
        self.keys.discard(seen.query.get("key", ""))

    # --------------------------------------------------------------------------------------------- the endpoints

    def answer_token(self, seen: Incoming) -> Response:
        """POST /token: a refresh token, which stays, for a new access token."""
        form = dict(seen.form)
        if form.get("grant_type") != "refresh_token":
            return token_error(
                400, "unsupported_grant_type", "The sandbox gives tokens for refresh_token only."
            )
        if self._client(seen, form) != (self.client_id, self.client_secret):
            return token_error(401, "invalid_client", "The OAuth client was not found.")
        grant = self.grants.get(form.get("refresh_token", ""))
        if grant is None or not self.lives(grant):
            return token_error(400, "invalid_grant", "Token has been expired or revoked.")
        self.renew(grant)
        given = {
            "access_token": grant.access,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
        }
        return json_response(200, given, {"Cache-Control": "no-store"})

    def answer_revoke(self, seen: Incoming) -> Response:
        """POST /revoke: the grant behind an access or refresh token ends."""
        token = dict(seen.form).get("token") or seen.query.get("token", "")
        grant = self.grants.get(token) or self.access.get(token, (None,))[0]
        if grant is None or not grant.alive:
            return token_error(400, "invalid_token", "Token expired or revoked")
        grant.alive = False
        return json_response(200, {})

    def _client(self, seen: Incoming, form: dict[str, str]) -> tuple[str, str]:
        scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return form.get("client_id", ""), form.get("client_secret", "")
        try:
            name, _, secret = base64.b64decode(rest).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return unquote(name), unquote(secret)


def carried(seen: Incoming) -> str | None:
    """The access token that a request carries; None where it has none."""
    scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    return seen.query.get("access_token") or seen.query.get("oauth_token")


__all__ = ["ALL_SCOPES", "FORCE_SSL", "READS", "Caller", "Grant", "Keyring"]
