"""Sessions: tokens that end, and renewal tokens that rotate and are forgiven for two hours.

https://github.com/bluesky-social/atproto/tree/main/packages/pds/src/account-manager
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from socialdesk.testing.sandbox import VirtualClock

from .refused import Refused, invalid
from .state import User

ACCESS_LIFE = timedelta(minutes=120)
REFRESH_LIFE = timedelta(days=90)
GRACE = timedelta(hours=2)
ACCESS, REFRESH = "com.atproto.appPass", "com.atproto.refresh"


@dataclass(slots=True, eq=False)
class Renewal:
    """One renewal token: whose it is, since and until when it is taken, and what it was exchanged for."""

    did: str
    made: datetime
    until: datetime
    next_id: str | None = None


@dataclass(eq=False)
class Sessions:
    """All sessions of one server. ``leaps`` are those of the clock, which no session ends by."""

    clock: VirtualClock
    seed: str
    renewals: dict[str, Renewal] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    revoked: dict[str, int] = field(default_factory=dict)
    leaps: list[tuple[datetime, timedelta]] = field(default_factory=list)
    made: int = 0

    def open(self, user: User) -> dict[str, str]:
        """A new session's two tokens."""
        return self._tokens(user.did, self._renewal(user.did))

    def renew(self, token: str) -> tuple[str, dict[str, str]]:
        """(whose session, its new tokens). The same token gives the same next one, for two hours. Raises Refused."""
        claims = self._claims(token, REFRESH)
        held = self.renewals.get(str(claims.get("jti")))
        if held is None or held.until <= self.clock.now():
            raise invalid("Token has been revoked", "ExpiredToken")
        if held.next_id is None:
            held.next_id, held.until = self._renewal(held.did), min(held.until, self.clock.now() + GRACE)
        return held.did, self._tokens(held.did, held.next_id)

    def close(self, token: str) -> None:
        """End a session, by its renewal token. Raises Refused where that is none."""
        claims = self._claims(token, REFRESH)
        self.renewals.pop(str(claims.get("jti")), None)

    def who(self, token: str) -> str:
        """Whose access token it is. Raises Refused, with 400, where it is none or has ended."""
        return str(self._claims(token, ACCESS)["sub"])

    def expire(self, token: str) -> None:
        """Have an access token end now."""
        self.ended.add(token)

    def forget(self, did: str) -> None:
        """No session of somebody works any more, as after their app password was taken back."""
        self.renewals = {key: held for key, held in self.renewals.items() if held.did != did}
        self.revoked[did] = self.revoked.get(did, 0) + 1

    # ------------------------------------------------------------------------------------------------------ tokens

    def _renewal(self, did: str) -> str:
        self.made += 1
        name = hashlib.sha256(f"{self.seed}:{self.made}".encode()).hexdigest()[:32]
        self.renewals[name] = Renewal(did, self.clock.now(), self.clock.now() + REFRESH_LIFE)
        return name

    def _tokens(self, did: str, name: str) -> dict[str, str]:
        self.made += 1
        claims = {"sub": did, "aud": "did:web:sandbox.invalid", "round": self.revoked.get(did, 0)}
        access = {**claims, "scope": ACCESS, "jti": f"access-{self.made}"}
        renewal = {**claims, "scope": REFRESH, "jti": name}
        return {
            "accessJwt": self._sign(access, self.clock.now(), ACCESS_LIFE),
            "refreshJwt": self._sign(renewal, self.renewals[name].made, REFRESH_LIFE),
        }

    def _sign(self, claims: dict[str, Any], now: datetime, life: timedelta) -> str:
        begun = int(now.timestamp())
        times = {"iat": begun, "exp": begun + int(life.total_seconds())}
        head = _plain(orjson.dumps({"typ": "at+jwt", "alg": "HS256"}))
        body = f"{head}.{_plain(orjson.dumps({**claims, **times}))}"
        return f"{body}.{self._signature(body)}"

    def _signature(self, body: str) -> str:
        return _plain(hmac.new(self.seed.encode(), body.encode(), hashlib.sha256).digest())

    def _claims(self, token: str, scope: str) -> dict[str, Any]:
        body, _, signature = token.rpartition(".")
        if not body or not hmac.compare_digest(self._signature(body), signature):
            raise invalid("Token could not be verified", "InvalidToken")
        claims: dict[str, Any] = orjson.loads(_bytes(body.partition(".")[2]))
        if claims["scope"] != scope:
            raise invalid("Bad token scope", "InvalidToken")
        begun = datetime.fromtimestamp(claims["iat"], timezone.utc)
        leapt = sum((step for at, step in self.leaps if begun <= at), timedelta())
        over = datetime.fromtimestamp(claims["exp"], timezone.utc) + leapt <= self.clock.now()
        if over or token in self.ended or claims["round"] != self.revoked.get(claims["sub"], 0):
            raise invalid("Token has expired", "ExpiredToken")
        return claims


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def bearer(header: str) -> str | None:
    """The token of an Authorization header; None where there is none. Raises Refused on another kind."""
    if not header:
        return None
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Refused(401, "AuthMissing", "Unexpected authorization type")
    return token.strip()
