"""What can go wrong, grouped by what the caller does next.

::

    SocialdeskError
    |- ConfigError          fix the settings: every mistake is listed at once
    |- PluginError          tell the plugin's author: the plugin broke the contract
    `- PlatformError        the platform, or the way to it, said no
       |- AuthError         ask the account's owner to sign in again
       |- RateLimited       come back at .retry_at; where .needs_human, waiting alone will not help
       |- Unavailable       come back later; nothing was done
       |- Rejected          trying again will not help: .reason says why, from a closed list
       `- DeliveryUnknown   it may have been posted: never repeat it blindly

The first line of each class's docstring is its default message.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from socialdesk.wire import Request, Response

Scope = Literal["item", "person", "stream", "account", "app"]
"""How far an error reaches: one item, one person, one stream, one account or every account of the app."""

RejectReason = Literal[
    "gone",
    "window_closed",
    "not_permitted",
    "blocked",
    "too_long",
    "content",
    "unsupported",
    "stale_page",
]
"""Why trying again will not help. The list is closed, so that a helpdesk can word each one for its agents."""


AuthReason = Literal["sign_in", "scope", "suspended", "deactivated"]
"""What keeps an account out: its credentials, a permission that they lack, the platform, or its own owner."""


class SocialdeskError(Exception):
    """Something went wrong in socialdesk.

    Every error that socialdesk raises on purpose is one of these.
    """

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class ConfigError(SocialdeskError):
    """The settings do not fit.

    ``problems`` holds every mistake found, one sentence each, with the name of the setting first. No value of a
    setting is ever quoted, since any of them may be a secret.
    """

    def __init__(self, message: str | None = None, *, problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        heading = message or "The settings do not fit."
        super().__init__("\n".join([heading, *(f"  - {problem}" for problem in problems)]))


class PluginError(SocialdeskError):
    """The plugin broke the contract: tell its author."""


class PlatformError(SocialdeskError):
    """The platform refused, or could not be reached.

    ``platform`` is the platform's name, filled in by core. ``request`` and ``response`` are what crossed the wire,
    with credentials taken out (None where there was none). ``retry_at`` is the earliest moment (aware, UTC) at which
    asking again makes sense; None is "not told". ``scope`` says how far the refusal reaches, ``code`` is the
    platform's own code for it, as text.
    """

    def __init__(
        self,
        message: str | None = None,
        *,
        scope: Scope = "item",
        retry_at: datetime | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.scope: Scope = scope
        self.retry_at = retry_at
        self.code = code
        self.platform: str | None = None
        self.request: Request | None = None
        self.response: Response | None = None


class AuthError(PlatformError):
    """The platform does not accept the credentials: ask the account's owner to sign in again.

    ``reason`` tells what keeps the account out: ``sign_in`` where signing in again helps, ``scope`` where the
    credentials are good and a permission is missing, ``suspended`` where the platform has closed the account,
    ``deactivated`` where its owner has. Credentials are renewed for ``sign_in`` alone.
    """

    REASONS = get_args(AuthReason)

    def __init__(
        self,
        message: str | None = None,
        *,
        reason: AuthReason = "sign_in",
        scope: Scope = "account",
        retry_at: datetime | None = None,
        code: str | None = None,
    ) -> None:
        if reason not in self.REASONS:
            raise PluginError(f"AuthError: {reason!r} is not a reason; use one of {', '.join(self.REASONS)}.")
        super().__init__(message, scope=scope, retry_at=retry_at, code=code)
        self.reason: AuthReason = reason


class RateLimited(PlatformError):
    """The platform's limit is reached: come back at retry_at.

    ``needs_human`` is true where waiting alone does not help, as when the account is out of credit. ``bucket`` names
    the limit that was hit, where it is known. ``guessed`` is true where nothing told of ``retry_at``, ``refused`` where
    the platform refused, be it this request or one before it, and false where nothing was asked because the limit would
    be overrun.
    """

    def __init__(
        self,
        message: str | None = None,
        *,
        scope: Scope = "account",
        retry_at: datetime | None = None,
        code: str | None = None,
        needs_human: bool = False,
        bucket: str | None = None,
    ) -> None:
        super().__init__(message, scope=scope, retry_at=retry_at, code=code)
        self.needs_human = needs_human
        self.bucket = bucket
        self.guessed = False
        self.refused = True


class Unavailable(PlatformError):
    """The platform could not be reached or could not answer: come back later; nothing was done.

    ``held`` is true where nothing was asked at all, since the host did not answer others: it is tried again at
    ``retry_at``.
    """

    held = False


class Rejected(PlatformError):
    """The platform refuses this, and trying again will not help."""

    REASONS = get_args(RejectReason)

    def __init__(
        self,
        reason: RejectReason,
        message: str | None = None,
        *,
        scope: Scope = "item",
        code: str | None = None,
    ) -> None:
        if reason not in self.REASONS:
            raise PluginError(f"Rejected: {reason!r} is not a reason; use one of {', '.join(self.REASONS)}.")
        super().__init__(message, scope=scope, code=code)
        self.reason: RejectReason = reason


class DeliveryUnknown(PlatformError):
    """It may have been posted: look before anything is sent again."""
