"""How requests are signed: Bearer, OAuth 1.0a and OAuth 2 with refresh and rotation. Pure, like all of the waist.

Signing takes a :class:`Stamp`, fresh for every attempt, since a nonce or timestamp that is sent twice is refused.
Refreshing is a coroutine that awaits requests; core runs it for one caller at a time and saves the new tokens before
it uses them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import SecretStr

from socialdesk.errors import AuthError, PlatformError, Unavailable
from socialdesk.wire import Form, Request, Response

__all__ = ["Auth", "Bearer", "ClientCredentials", "NoAuth", "OAuth1", "OAuth2", "Stamp", "Tokens"]

EARLY = timedelta(seconds=60)
"""A token is renewed this long before it ends, so that none ends between signing and arrival."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The time and 16 random bytes: all that a coroutine may know of clock and chance.

    ``now`` is aware, UTC; ``monotonic`` counts seconds and never jumps, for measuring how long something took.
    """

    now: datetime
    nonce: bytes
    monotonic: float = 0.0

    @property
    def fraction(self) -> float:
        """A number in [0, 1) drawn from the nonce."""
        return int.from_bytes(self.nonce[8:16], "big") / 2**64

    def uuid(self, index: int = 0) -> str:
        """The ``index``-th UUIDv7 of this stamp, in canonical text; those of one stamp sort by their index."""
        return next(self.uuids(index))

    def uuids(self, first: int = 1) -> Iterator[str]:
        """What :meth:`uuid` gives for ``first`` and all that follow, for those who need many."""
        milliseconds = f"{int(self.now.timestamp() * 1000) & ((1 << 48) - 1):012x}"
        head = f"{milliseconds[:8]}-{milliseconds[8:]}-7"
        chance = int.from_bytes(self.nonce, "big")
        for index in count(first):
            drawn = (chance + index * 0x1_0000_0001) & ((1 << 74) - 1)
            tail = f"{0x2 << 62 | drawn & ((1 << 62) - 1):016x}"
            yield f"{head}{drawn >> 62:03x}-{tail[:4]}-{tail[4:]}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Tokens:
    """What a refresh gave. ``expires_at`` ends the access token, ``refresh_by`` the refresh token; None: not told.

    ``extra`` keeps what a platform adds, as text. The repr shows no token.
    """

    access: str
    refresh: str | None = None
    expires_at: datetime | None = None
    refresh_by: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Tokens, access until {self.expires_at or 'further notice'}>"


def _basic(user: str, password: str) -> str:
    # RFC 6749, 2.3.1: both are form-encoded before they are joined.
    joined = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return "Basic " + base64.b64encode(joined.encode()).decode()


class Auth:
    """How one role's requests are signed. The base signs nothing and cannot refresh.

    ``refreshes`` says that there are tokens which are renewed, ``timed`` that a signature holds the time: where the
    platform refuses one and its clock is found to differ from ours, it is signed again by the platform's clock.
    """

    refreshes: ClassVar[bool] = False
    timed: ClassVar[bool] = False

    def initial(self) -> Tokens | None:
        """The tokens that the settings hold, for a start; None where there are none yet or none are needed."""
        return None

    def due(self, tokens: Tokens | None, now: datetime) -> bool:
        """Whether the tokens must be refreshed before anything is signed with them."""
        if not self.refreshes:
            return False
        return tokens is None or (tokens.expires_at is not None and tokens.expires_at <= now + EARLY)

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        """The request with its credentials, ``stamp`` by the platform's clock as far as its answers told it. Pure: the
        same arguments give the same request."""
        return request

    async def refresh(self, tokens: Tokens | None, stamp: Stamp) -> Tokens:
        """New tokens. Raises AuthError where the platform will not give any.

        Each answer comes as it is, whatever its status: what a refusal means is for this method to say.
        """
        raise AuthError("These credentials cannot be renewed: sign in again and store the new ones.")


class NoAuth(Auth):
    """Requests go out as they are."""


@dataclass(frozen=True)
class Bearer(Auth):
    """``Authorization: Bearer ...`` with a token that does not change (RFC 6750)."""

    token: SecretStr

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        secret = self.token.get_secret_value()
        return request.with_headers(Authorization=f"Bearer {secret}")


_IN_PATHS = "!$%&'()*+,-./:;=@[\\]^_|~"  # what stays as it is on its way to the platform


def _escape(text: str) -> str:
    return quote(text, safe="-._~")  # RFC 5849, 3.6


@dataclass(frozen=True)
class OAuth1(Auth):
    """OAuth 1.0a with HMAC-SHA1 (RFC 5849): query, ``oauth_*`` and form parameters are signed, a JSON body is not."""

    timed = True

    consumer_key: str = field(repr=False)
    consumer_secret: SecretStr
    token: str = field(repr=False)
    token_secret: SecretStr

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        fields = {
            "oauth_consumer_key": self.consumer_key,
            "oauth_nonce": stamp.nonce.hex(),
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_timestamp": str(int(stamp.now.timestamp())),
            "oauth_token": self.token,
            "oauth_version": "1.0",
        }
        fields["oauth_signature"] = self.signature(request, fields)
        header = "OAuth " + ", ".join(f'{_escape(k)}="{_escape(v)}"' for k, v in fields.items())
        return request.with_headers(Authorization=header)

    def signature(self, request: Request, oauth: Mapping[str, str]) -> str:
        """The signature over the request and its ``oauth_*`` fields, in base64."""
        parts = urlsplit(request.url)
        pairs = [*oauth.items(), *request.params.items(), *parse_qsl(parts.query, keep_blank_values=True)]
        if isinstance(request.body, Form):
            pairs += request.body.fields.items()
        normal = "&".join(f"{k}={v}" for k, v in sorted((_escape(k), _escape(str(v))) for k, v in pairs))
        port = {("http", 80): None, ("https", 443): None}.get((parts.scheme, parts.port or 0), parts.port)
        name = parts.hostname or ""
        host = (f"[{name}]" if ":" in name else name) + (f":{port}" if port else "")
        base_uri = f"{parts.scheme.lower()}://{host}{quote(parts.path or '/', safe=_IN_PATHS)}"
        base = "&".join((request.method.upper(), _escape(base_uri), _escape(normal)))
        key = f"{_escape(self.consumer_secret.get_secret_value())}&{_escape(self.token_secret.get_secret_value())}"
        return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _tokens_from(response: Response, before: Tokens | None, stamp: Stamp) -> Tokens:
    """A token endpoint's answer (RFC 6749, 5.1 and 5.2)."""
    if response.status >= 500 or response.status == 429:
        raise Unavailable(f"The token endpoint answered HTTP {response.status}.", scope="account")
    body: Any = response.json()
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    access, refresh, code = told.get("access_token"), told.get("refresh_token"), str(told.get("error") or "")
    if response.ok and not isinstance(access, str) and not code:
        # it neither gives nor refuses: a person is not asked to sign in for what a gateway may have answered
        raise Unavailable("The token endpoint's answer holds no access token.", scope="account")
    if not response.ok or not isinstance(access, str):
        raise AuthError(
            f"The token endpoint refused to renew the credentials (HTTP {response.status}"
            f"{', ' + code if code else ''}): sign in again and store the new ones.",
            code=code or None,
        )
    return Tokens(
        access=access,
        refresh=refresh if isinstance(refresh, str) and refresh else (before.refresh if before else None),
        expires_at=_end_in(told.get("expires_in"), stamp.now),
        extra={"scope": str(told["scope"])} if "scope" in told else {},
    )


def _end_in(seconds: Any, now: datetime) -> datetime | None:
    """When a token ends that lasts so long; None for what is no time: a rotated refresh token is not lost for it."""
    try:
        lasts = timedelta(seconds=float(seconds))
        return now + lasts if lasts > timedelta(0) else None
    except (TypeError, ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class OAuth2(Auth):
    """OAuth 2 bearer tokens that end and are renewed with a refresh token, which may rotate (RFC 6749, 6).

    A confidential client sends its secret by HTTP Basic, or in the form where ``secret_in`` says so; a public one its
    ``client_id`` in the form. ``refresh_lasts`` is how long a refresh token lasts that is not used; ``headers`` go to
    the token endpoint with each request.
    """

    refreshes: ClassVar[bool] = True

    token_url: str
    client_id: str
    client_secret: SecretStr | None = None
    access_token: SecretStr | None = None
    refresh_token: SecretStr | None = None
    expires_at: datetime | None = None
    secret_in: Literal["header", "form"] = "header"
    refresh_lasts: timedelta | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def initial(self) -> Tokens | None:
        if self.access_token is None and self.refresh_token is None:
            return None
        return Tokens(
            access=self.access_token.get_secret_value() if self.access_token else "",
            refresh=self.refresh_token.get_secret_value() if self.refresh_token else None,
            expires_at=self.expires_at,
        )

    def due(self, tokens: Tokens | None, now: datetime) -> bool:
        return tokens is None or not tokens.access or Auth.due(self, tokens, now)

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        if tokens is None or not tokens.access:
            raise AuthError("There is no access token yet: sign in and store one.")
        return request.with_headers(Authorization=f"Bearer {tokens.access}")

    async def refresh(self, tokens: Tokens | None, stamp: Stamp) -> Tokens:
        if tokens is None or tokens.refresh is None:
            raise AuthError("The access token has ended and there is no refresh token: sign in again.")
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        fresh = _tokens_from(await self._ask(form), tokens, stamp)
        if self.refresh_lasts is None:
            return fresh
        return replace(fresh, refresh_by=stamp.now + self.refresh_lasts)

    async def _ask(self, form: dict[str, str]) -> Response:
        secret = None if self.client_secret is None else self.client_secret.get_secret_value()
        headers = dict(self.headers)
        if secret is not None and self.secret_in == "header":
            headers["Authorization"] = _basic(self.client_id, secret)
        else:
            form |= {"client_id": self.client_id, **({} if secret is None else {"client_secret": secret})}
        return await Request(
            "POST", self.token_url, headers=headers, body=Form(form), auth="none", effect="prepares"
        )


@dataclass(frozen=True)
class ClientCredentials(Auth):
    """A bearer token for the app itself, fetched with its key and secret (RFC 6749, 4.4)."""

    refreshes: ClassVar[bool] = True

    token_url: str
    key: str = field(repr=False)
    secret: SecretStr

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        if tokens is None:
            raise AuthError("There is no app token yet.", scope="app")
        return request.with_headers(Authorization=f"Bearer {tokens.access}")

    async def refresh(self, tokens: Tokens | None, stamp: Stamp) -> Tokens:
        response = await Request(
            "POST",
            self.token_url,
            headers={"Authorization": _basic(self.key, self.secret.get_secret_value())},
            body=Form({"grant_type": "client_credentials"}),
            auth="none",
            effect="prepares",
        )
        try:
            return _tokens_from(response, None, stamp)
        except PlatformError as error:
            error.scope = "app"
            raise
