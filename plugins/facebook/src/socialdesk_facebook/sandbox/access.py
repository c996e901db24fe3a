"""Who asks: the tokens that were given out, and how a request's is verified.

https://developers.facebook.com/docs/facebook-login/guides/access-tokens
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from socialdesk.testing.sandbox import Incoming, VirtualClock

from .given import Given
from .problems import SESSIONS, Refused
from .state import Page, Person

SHORT, LONG, DATA_ACCESS = timedelta(hours=2), timedelta(days=60), timedelta(days=90)
READ_SCOPES = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")
ALL_SCOPES = (
    *READ_SCOPES,
    "pages_manage_engagement",
    "pages_manage_posts",
    "pages_manage_metadata",
    "pages_messaging",
    "public_profile",
)
ALL_TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")

Kind = Literal["APP", "USER", "PAGE"]


@dataclass(slots=True, eq=False)
class Token:
    """A token that was given out. ``expires_at`` is None for one without an end, ``dead`` the subcode of error 190
    once it was taken back; ``system`` is one of a system user, whose access to data does not end either."""

    text: str = field(repr=False)
    kind: Kind
    user: Person
    scopes: frozenset[str]
    issued_at: datetime
    page: Page | None = None
    expires_at: datetime | None = None
    data_until: datetime | None = None
    system: bool = False
    dead: int | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token a request carries. ``token`` is None for the app's own."""

    kind: Kind
    text: str = field(repr=False)
    token: Token | None = None
    tasks: frozenset[str] = frozenset()

    @property
    def page(self) -> Page | None:
        return self.token.page if self.token else None

    @property
    def user(self) -> Person | None:
        return self.token.user if self.token else None

    @property
    def scopes(self) -> frozenset[str]:
        return self.token.scopes if self.token else frozenset()

    @property
    def name(self) -> str:
        """The holder, for the log."""
        if self.token is None:
            return "app"
        return f"{(self.token.page or self.token.user).handle} ({self.kind.lower()})"


@dataclass(slots=True)
class Keyring:
    """The app and all tokens that were given out. ``label`` makes them differ from those of another sandbox.

    ``require_proof`` is the app's setting "Require App Secret".
    """

    clock: VirtualClock
    label: str
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    verify_token: str = field(default="", repr=False)
    require_proof: bool = False
    tokens: dict[str, Token] = field(default_factory=dict)
    tasks: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    minted: int = 0

    def make(self, name: str, length: int = 120) -> str:
        """A secret that only this sandbox's label and ``name`` decide."""
        raw = b"".join(hashlib.sha256(f"{self.label}:{name}:{i}".encode()).digest() for i in range(4))
        return base64.urlsafe_b64encode(raw).decode().replace("-", "x").replace("_", "y")[:length]

    # ----------------------------------------------------------------------------------------------- giving out

    def open_app(self) -> None:
        """The app's own credentials."""
        digest = hashlib.sha256(f"{self.label}:app".encode()).hexdigest()
        self.app_id = str(600_000_000_000_000 + int(digest[:10], 16) % 10**14)
        self.app_secret, self.verify_token = digest[:32], self.make("verify token", 24)

    @property
    def app_token(self) -> str:
        return f"{self.app_id}|{self.app_secret}"

    def give(self, kind: Kind, user: Person, scopes: Iterable[str], life: timedelta | None) -> Token:
        """A new token of a person. ``life`` None is for ever."""
        self.minted += 1
        now = self.clock.now()
        text = "EAA" + self.make(f"token {self.minted}")
        until = now + life if life else None
        token = Token(text, kind, user, frozenset(scopes), now, None, until, now + DATA_ACCESS)
        self.tokens[text] = token
        return token

    def give_system(self, user: Person, scopes: Iterable[str]) -> Token:
        """A system user's token: without an end."""
        token = self.give("USER", user, scopes, None)
        token.system, token.data_until = True, None
        return token

    def for_page(self, token: Token, page: Page) -> Token:
        """The Page token that a user token gives: without an end where that is a long one, always the same."""
        short = token.expires_at is not None and token.expires_at - token.issued_at <= SHORT
        until = token.expires_at if short else None
        wanted = (page, token.user, token.scopes, until, token.data_until, None)
        for known in self.tokens.values():
            held = (known.page, known.user, known.scopes, known.expires_at, known.data_until, known.dead)
            if held == wanted:
                return known
        given = self.give("PAGE", token.user, token.scopes, None)
        given.page, given.system, given.data_until, given.expires_at = (
            page,
            token.system,
            token.data_until,
            until,
        )
        return given

    def role(self, user: Person, page: Page, tasks: Iterable[str]) -> None:
        """What a person may do on a Page; nothing ends what they have there."""
        self.tasks[user.id, page.id] = tuple(tasks)
        if not self.tasks[user.id, page.id]:
            del self.tasks[user.id, page.id]
            self.kill(492, user, page)

    def kill(self, subcode: int, user: Person | None = None, page: Page | None = None) -> int:
        """Take tokens back; tells how many."""
        if subcode not in SESSIONS:
            raise ValueError(f"subcode: one of {', '.join(map(str, SESSIONS))}")
        meant = [
            token
            for token in self.tokens.values()
            if (user is None or token.user is user)
            and (page is None or token.page is page)
            and not token.dead
        ]
        for token in meant:
            token.dead = subcode
        return len(meant)

    def prolong(self, step: timedelta) -> None:
        """Let every token that is good last so much longer."""
        now = self.clock.now() - step
        for token in self.tokens.values():
            if token.expires_at and token.expires_at > now:
                token.expires_at += step
            if token.data_until and token.data_until > now:
                token.data_until += step

    # ------------------------------------------------------------------------------------------------ verifying

    def caller(self, seen: Incoming, given: Given) -> Caller:
        """Whose request it is. Raises Refused where nobody's."""
        text = token_of(seen, given)
        if not text:
            raise Refused.no_token()
        self._check_proof(text, given.text("appsecret_proof"))
        return self.holder(text)

    def holder(self, text: str) -> Caller:
        """Whose token it is. Raises Refused where it is nobody's any more."""
        if hmac.compare_digest(text.encode(), self.app_token.encode()):
            return Caller("APP", text)
        token = self.tokens.get(text)
        if token is None:
            raise Refused.unreadable()
        ended = self.ended(token)
        if ended is not None:
            then = min(filter(None, (token.expires_at, token.data_until, self.clock.now())))
            raise Refused.session(ended, self.app_id, then, self.clock.now())
        tasks = self.tasks.get((token.user.id, token.page.id), ()) if token.page else ()
        return Caller(token.kind, text, token, frozenset(tasks))

    def ended(self, token: Token) -> int | None:
        """The subcode that says why a token is good no more."""
        if token.dead is not None:
            return token.dead
        now = self.clock.now()
        over = [until for until in (token.expires_at, token.data_until) if until is not None and until <= now]
        return 463 if over else None

    def tasks_of(self, caller: Caller, page: Page) -> frozenset[str]:
        """What a caller may do on a Page."""
        if caller.user is None:
            return frozenset()
        return frozenset(self.tasks.get((caller.user.id, page.id), ()))

    def proof(self, text: str) -> str:
        """The appsecret_proof of a token."""
        return hmac.new(self.app_secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def _check_proof(self, text: str, given: str | None) -> None:
        if given is None:
            if self.require_proof and text != self.app_token:
                raise Refused.proof_wanted()
        elif not hmac.compare_digest(given.encode(), self.proof(text).encode()):
            raise Refused.proof_wrong()

    def expire(self, seen: Incoming) -> None:
        """End the token that a request carries."""
        token = self.tokens.get(token_of(seen, Given.read(seen)))
        if token is not None:
            token.dead = 463


def token_of(seen: Incoming, given: Given) -> str:
    """The token that a request carries: a parameter of the query or the body, or a header."""
    said = given.text("access_token")
    if said:
        return said
    scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
    return rest.strip() if scheme.lower() in ("bearer", "oauth") else ""


__all__ = ["ALL_SCOPES", "ALL_TASKS", "READ_SCOPES", "Caller", "Keyring", "Token", "token_of"]
