"""One account's dealings with its platform during one step, and where its tokens are kept meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from socialdesk._engine.clocks import PlatformClock
from socialdesk._engine.ledger import Ledger
from socialdesk._engine.limits import Lane
from socialdesk._engine.retry import Backoff
from socialdesk.auth import Tokens
from socialdesk.connector import Connector
from socialdesk.errors import SocialdeskError
from socialdesk.wire import AuthRole, Request

__all__ = ["BeforeSpeaking", "MemoryTokens", "Session", "TokenKeeper", "TooLate"]


class TokenKeeper:
    """Where tokens are kept between requests. The base keeps them nowhere but in memory."""

    def __init__(self, tokens: Mapping[str, Tokens] | None = None) -> None:
        self._tokens: dict[str, Tokens] = dict(tokens or {})

    def held(self, role: AuthRole) -> Tokens | None:
        """What this session holds, without asking the store."""
        return self._tokens.get(role)

    async def current(self, role: AuthRole) -> Tokens | None:
        """What stands in the store now: another worker may have renewed it."""
        return self._tokens.get(role)

    async def replace(self, role: AuthRole, before: Tokens | None, after: Tokens) -> Tokens:
        """Save ``after`` if ``before`` still stands; gives what stands then."""
        self._tokens[role] = after
        return after


class MemoryTokens(TokenKeeper):
    """Tokens for those who keep state themselves; ``on_tokens`` is told of each renewal before it is used."""

    def __init__(
        self,
        tokens: Mapping[str, Tokens] | None = None,
        on_tokens: Callable[[str, Tokens], object] | None = None,
    ) -> None:
        super().__init__(tokens)
        self._on_tokens = on_tokens

    async def replace(self, role: AuthRole, before: Tokens | None, after: Tokens) -> Tokens:
        if self._on_tokens is not None:
            self._on_tokens(role, after)
        return await super().replace(role, before, after)


class TooLate(SocialdeskError):
    """The process slept between writing down what it would say and saying it: nothing was said."""


BeforeSpeaking = Callable[[Request], Awaitable[Request]]
"""Called with the unsigned request before it is sent; gives the request to send, or raises to stop it."""


@dataclass
class Session:
    """One account's dealings with its platform during one step.

    ``before_speaking`` is asked before a request that speaks; ``speak_by`` is the moment, on the stamps' monotonic
    clock, after which it is not sent any more. ``spoken`` says how it fared: not sent, sent and refused, sent and
    answered with success, or unknown. ``renewed`` says that credentials were renewed in this session, or that the time
    in a signature was set right. ``judges`` is False where whoever asks wants every answer as it is. ``clock`` is the
    platform's, as each answer tells.
    """

    connector: Connector[Any, Any]
    ledger: Ledger
    tokens: TokenKeeper = field(default_factory=TokenKeeper)
    lane: Lane = "poll"
    name: str = ""
    backoff: Backoff = field(default_factory=Backoff)
    before_speaking: BeforeSpeaking | None = None
    speak_by: float | None = None
    spoken: Literal["no", "refused", "done", "unknown"] = "no"
    renewed: bool = False
    judges: bool = True
    slept: float = 0.0
    clock: PlatformClock = field(default_factory=PlatformClock)
