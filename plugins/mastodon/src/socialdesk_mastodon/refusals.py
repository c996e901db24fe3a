"""What Mastodon's errors mean: a table by status. Texts are in the server's language and are never looked at.

https://docs.joinmastodon.org/entities/Error/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import regex

from socialdesk.errors import AuthError, PlatformError, Rejected, RejectReason, Scope
from socialdesk.wire import Response

__all__ = ["meaning"]

Make = Callable[[Response, str], PlatformError]

_SIGN_IN = "The server does not accept the account's token: make a new one at the server and store it."
_CLOSED = (
    "The server does not let the account in: it is disabled, suspended or not yet approved, or its token was not "
    "granted read:accounts. Ask the server's moderators, or make a new token."
)
_UNGRANTED = "The token was not granted this: make one at the server with the scopes that the README names."

_ERROR = regex.compile(r'error="([a-z_]+)"')
# RFC 6750, 3.1: what the header names, whatever language the server speaks
_TOKEN_IS_DEAD = frozenset({"invalid_token", "invalid_grant", "invalid_client"})


def _rejected(reason: RejectReason, words: str) -> Make:
    return lambda response, code: Rejected(reason, words, scope=_reach(response), code=code)


def _reach(response: Response) -> Scope:
    """A listing that is refused stops its stream alone; anything else concerns the one thing that was asked for."""
    asked = response.request
    listing = asked is not None and asked.method == "GET" and asked.path.endswith(_LISTS)
    return "stream" if listing else "item"


_LISTS = ("/notifications", "/search")


def _forbidden(response: Response, code: str) -> PlatformError:
    if response.request is not None and response.request.path.endswith("/accounts/verify_credentials"):
        return AuthError(_CLOSED, reason="scope" if code == "insufficient_scope" else "suspended", code=code)
    if code == "insufficient_scope":  # nothing else of this kind will be permitted either
        reach = _reach(response)
        return Rejected("not_permitted", _UNGRANTED, scope="account" if reach == "item" else reach, code=code)
    return Rejected(
        "not_permitted", "The server does not permit this to the account.", scope=_reach(response), code=code
    )


_BY_STATUS: Mapping[int, Make] = {
    400: _rejected("unsupported", "The server does not understand the request."),
    401: lambda response, code: AuthError(_SIGN_IN, code=code),
    403: _forbidden,
    404: _rejected("gone", "It is deleted, or the account may not see it."),
    410: _rejected("gone", "It is deleted."),
    413: _rejected("content", "The server does not take a file of this size."),
    422: _rejected("content", "The server does not take this: its text, its files or what it answers."),
}


def meaning(response: Response) -> PlatformError | None:
    """The error that an answer means; None for a success, and where the status says it all."""
    make = _BY_STATUS.get(response.status)
    if make is None:
        return None
    named = _ERROR.search(response.headers.get("www-authenticate", ""))
    code = named[1] if named else str(response.status)
    if code in _TOKEN_IS_DEAD:
        return AuthError(_SIGN_IN, code=code)
    return make(response, code)
