"""Who asks: the credentials that were given out, and how a request's are verified.

OAuth 1.0a is verified from the request as it came in (RFC 5849, 3.2), without the code that signs requests.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal

from socialdesk.testing.sandbox import Incoming, VirtualClock

from .numbers import made_up
from .problems import Refused
from .signing import escape, said_by, signature
from .state import Blog, Person

ACCESS_LIFE = timedelta(minutes=42)
REFRESH_LIFE = timedelta(days=42)
CODE_LIFE = timedelta(minutes=10)
SKEW = timedelta(minutes=5)
ALL_SCOPES = ("basic", "write", "offline_access")
EXCHANGED_SCOPES = ("basic", "write")

Kind = Literal["key", "oauth1", "oauth2"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose credentials a request carries. ``person`` is None where they are the app's own; ``scopes`` None where they
    say nothing."""

    kind: Kind
    person: Person | None = None
    scopes: frozenset[str] | None = None

    @property
    def name(self) -> str:
        return f"{self.person.primary.name} ({self.kind})" if self.person else "app"

    def may(self, scope: str) -> bool:
        """Whether the credentials are for this: what writes may read as well."""
        if self.scopes is None:
            return True
        return scope in self.scopes or (scope == "basic" and "write" in self.scopes)


@dataclass(slots=True)
class Grant:
    """What a person allowed the app by OAuth 2. ``refresh`` is the one refresh token that is good."""

    person: Person
    scopes: tuple[str, ...]
    renewable: bool
    refresh: str = ""
    refresh_until: datetime | None = None


@dataclass(slots=True)
class _Access:
    grant: Grant
    until: datetime


@dataclass(slots=True)
class Keyring:
    """All credentials that were given out. ``label`` makes them differ from those of another sandbox."""

    clock: VirtualClock
    label: str
    key: str = ""
    secret: str = ""
    tokens: dict[str, tuple[Person, str]] = field(default_factory=dict)
    access: dict[str, _Access] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, tuple[Person, tuple[str, ...], str, datetime]] = field(default_factory=dict)
    nonces: dict[tuple[str, str], datetime] = field(default_factory=dict)
    minted: int = 0

    def make(self, name: str, length: int = 50) -> str:
        """A secret that only this sandbox's label and ``name`` decide."""
        return made_up(f"{self.label}:{name}", length)

    # ----------------------------------------------------------------------------------------------- giving out

    def open_app(self) -> dict[str, str]:
        """The app's own credentials: OAuth 2 calls them client id and client secret."""
        self.key, self.secret = self.make("consumer key"), self.make("consumer secret")
        names = (("consumer_key", self.key), ("consumer_secret", self.secret))
        return dict(names) | {"client_id": self.key, "client_secret": self.secret, "api_key": self.key}

    def open_account(self, blog: Blog) -> dict[str, str]:
        """Every kind of credentials of a person."""
        self.minted += 1
        token, secret = (self.make(f"{name} {blog.uuid} {self.minted}") for name in ("token", "token secret"))
        self.tokens[token] = (blog.owner, secret)
        given = {"access_token": token, "access_token_secret": secret}
        for prefix, scopes in (("", ALL_SCOPES), ("read_only_", ("basic", "offline_access"))):
            grant, access = self.grant(blog.owner, scopes)
            given |= {f"{prefix}oauth2_access_token": access, f"{prefix}oauth2_refresh_token": grant.refresh}
        return given

    def grant(
        self, person: Person, scopes: tuple[str, ...], *, renewable: bool | None = None
    ) -> tuple[Grant, str]:
        """A new grant with its first access token. There is a refresh token where the scopes ask for one."""
        grant = Grant(person, scopes, "offline_access" in scopes if renewable is None else renewable)
        return grant, self.renew(grant)

    def renew(self, grant: Grant) -> str:
        """A new access token; a new refresh token takes the place of the one before."""
        self.minted += 1
        now = self.clock.now()
        access = self.make(f"access {self.minted}", 42)
        self.access[access] = _Access(grant, now + ACCESS_LIFE)
        if grant.renewable:
            self.refresh.pop(grant.refresh, None)
            grant.refresh, grant.refresh_until = self.make(f"refresh {self.minted}", 42), now + REFRESH_LIFE
            self.refresh[grant.refresh] = grant
        return access

    def code(self, person: Person, scopes: tuple[str, ...], redirect_uri: str) -> str:
        """What Tumblr's page hands to the app when a person allows it."""
        self.minted += 1
        code = self.make(f"code {self.minted}", 40)
        self.codes[code] = (person, scopes, redirect_uri, self.clock.now() + CODE_LIFE)
        return code

    def forget(self, person: Person) -> None:
        """All that a person allowed ends."""
        self.tokens = {token: held for token, held in self.tokens.items() if held[0] is not person}
        self.access = {key: held for key, held in self.access.items() if held.grant.person is not person}
        self.refresh = {key: grant for key, grant in self.refresh.items() if grant.person is not person}

    def prolong(self, step: timedelta) -> None:
        """Let every token that is good last so much longer."""
        now = self.clock.now() - step
        for access in self.access.values():
            if access.until > now:
                access.until += step
        for grant in self.refresh.values():
            if grant.refresh_until is not None and grant.refresh_until > now:
                grant.refresh_until += step

    # ------------------------------------------------------------------------------------------------ verifying

    def caller(self, seen: Incoming) -> Caller:
        """Whose request it is. Raises Refused(401) where nobody's."""
        scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            held = self.access.get(rest.strip())
            if held is None or held.until <= self.clock.now():
                raise Refused(401)
            return Caller("oauth2", held.grant.person, frozenset(held.grant.scopes))
        said = said_by(seen)
        if said is not None:
            return Caller("oauth1", self.signed_by(seen, said))
        if dict(seen.form).get("api_key", seen.query.get("api_key")) != self.key:
            raise Refused(401)
        return Caller("key")

    def signed_by(self, seen: Incoming, said: dict[str, str]) -> Person | None:
        """Who signed; None for the app without a token. Raises Refused(401) where the signature is not right."""
        token = said.get("oauth_token", "")
        person, token_secret = self.tokens.get(token, (None, "")) if token else (None, "")
        stamp, nonce = said.get("oauth_timestamp", ""), said.get("oauth_nonce", "")
        unknown = said.get("oauth_consumer_key") != self.key or (token and person is None)
        if unknown or not nonce or not re.fullmatch(r"\d{1,10}", stamp):
            raise Refused(401)
        at = datetime.fromtimestamp(int(stamp), timezone.utc)
        expected = signature(seen, said, f"{escape(self.secret)}&{escape(token_secret)}")
        if said.get("oauth_signature_method") != "HMAC-SHA1" or not self.clock.agrees(at, SKEW):
            raise Refused(401)
        if not hmac.compare_digest(expected, said.get("oauth_signature", "").encode()):
            raise Refused(401)
        if (token, nonce) in self.nonces:
            raise Refused(401)
        self._remember((token, nonce))
        return person

    def _remember(self, used: tuple[str, str]) -> None:
        now = self.clock.now()
        self.nonces[used] = now
        if len(self.nonces) > 20_000:
            self.nonces = {key: at for key, at in self.nonces.items() if now - at <= 2 * SKEW}

    def expire(self, seen: Incoming) -> None:
        """End the credentials that a request carries; the app's own key does not end."""
        scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and rest.strip() in self.access:
            self.access[rest.strip()].until = self.clock.now()
        said = said_by(seen)
        if said is not None:
            self.tokens.pop(said.get("oauth_token", ""), None)
