"""What X's errors mean: tables by code, by the last part of a problem's type, by title and by status.

Only where X gives no code, as with ``about:blank`` problems, is the text of the detail looked at.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from socialdesk.errors import (
    AuthError,
    AuthReason,
    DeliveryUnknown,
    PlatformError,
    RateLimited,
    Rejected,
    RejectReason,
    Scope,
    Unavailable,
)
from socialdesk.wire import Response
from socialdesk_twitter.budgets import exhausted_until
from socialdesk_twitter.joining import segment

__all__ = ["is_ungranted", "meaning"]

Told = Mapping[str, Any]
Make = Callable[[Response, str], PlatformError | None]

NOT_SUMMONED = (
    "X permits this reply only to accounts that the author of the post mentioned or quoted in it. Ask the "
    "customer to mention the account, write to them another way, or use access that is exempt from this rule."
)


def _rejected(reason: RejectReason, words: str) -> Make:
    return lambda response, code: Rejected(reason, words, code=code)


def _auth(words: str, scope: Scope = "account", reason: AuthReason = "sign_in") -> Make:
    return lambda response, code: AuthError(words, reason=reason, scope=scope, code=code)


def _duplicate(response: Response, code: str) -> PlatformError:
    return DeliveryUnknown(
        "X says that this text was posted before: it may be our own earlier attempt.", code=code
    )


def _window(response: Response, code: str) -> PlatformError | None:
    """A used-up window; where no header says until when, core knows how long to wait."""
    until = exhausted_until(response)
    if until is None:
        return None
    return RateLimited(
        "X's limit for this call is used up.", retry_at=until, code=code, bucket=_bucket(response)
    )


def _out_of_credit(response: Response, code: str) -> PlatformError:
    return RateLimited(
        "The developer account is out of credit: buy more in X's developer console.",
        code=code,
        needs_human=True,
    )


def _capped(response: Response, code: str) -> PlatformError:
    """The month's cap: it ends with the month, and no wait of minutes helps."""
    now = response.received_at
    return RateLimited(
        "X's cap on this app's use is reached for this month: raise the plan, or wait for the next month.",
        scope="app",
        retry_at=None if now is None else _next_month(now),
        code=code,
        needs_human=True,
    )


def _busy(response: Response, code: str) -> PlatformError:
    now = response.received_at
    retry_at = None if now is None else now + timedelta(seconds=60)
    return RateLimited("X allows no further connection now.", scope="stream", retry_at=retry_at, code=code)


def _broken(response: Response, code: str) -> PlatformError:
    return Unavailable(f"X answered HTTP {response.status}.", scope="stream", code=code)


_SIGN_IN = _auth("X does not accept the account's credentials: sign in again.")
_NO_ACCESS = _auth(
    "The developer app has no access to this: check its project and plan in X's developer console.", "app"
)
_TARGET_GONE = _rejected("gone", "The post is deleted or not visible to the account.")

# https://docs.x.com/x-api/fundamentals/response-codes-and-errors: the codes of answers in the older form
_BY_CODE: Mapping[int, Make] = {
    32: _SIGN_IN,
    64: _auth("X has suspended the account.", reason="suspended"),
    88: _window,
    89: _SIGN_IN,
    99: _auth("X does not accept the developer app's key and secret.", "app"),
    136: _rejected("blocked", "The person has blocked the account."),
    144: _TARGET_GONE,
    186: _rejected("too_long", "The text is longer than X permits."),
    187: _duplicate,
    220: _auth("These credentials do not give access to this: sign in as a user."),
    385: _TARGET_GONE,
    433: _rejected("not_permitted", "The author limits who may reply to the post."),
    453: _NO_ACCESS,
}
_BY_TYPE: Mapping[str, Make] = {
    "client-forbidden": _NO_ACCESS,
    "disallowed-resource": _rejected("not_permitted", "X does not permit access to this."),
    "invalid-request": _rejected("unsupported", "X does not understand the request."),
    "not-authorized-for-resource": _rejected("not_permitted", "The account may not see or change this."),
    "oauth1-permissions": _auth(
        "The app's permissions do not cover this: widen them and sign in again.", reason="scope"
    ),
    "rate-limit-exceeded": _busy,
    "resource-not-found": _rejected("gone", "X does not know this, or no more."),
    "streaming-connection": _busy,
    "unsupported-authentication": _auth("This call needs a user's credentials: sign in as the account."),
    "usage-capped": _capped,
}
_BY_TITLE: Mapping[str, Make] = {
    "CreditsDepleted": _out_of_credit,
    "ConnectionException": _busy,
    "UsageCapExceeded": _capped,
    "Unsupported Authentication": _auth("This call needs a user's credentials: sign in as the account."),
}
# A stretch of the detail, in small letters, of problems that have neither code nor type.
_BY_DETAIL: tuple[tuple[str, str, Make], ...] = (
    ("duplicate content", "duplicate", _duplicate),
    ("not been mentioned or otherwise engaged", "not-summoned", _rejected("not_permitted", NOT_SUMMONED)),
    ("deleted or not visible", "target-gone", _TARGET_GONE),
    (
        "permission to dm",
        "closed",
        _rejected("blocked", "The person takes no direct messages from the account."),
    ),
    ("operation is not permitted", "closed", _rejected("blocked", "The person does not permit this.")),
    (
        "limited who can reply",
        "reply-settings",
        _rejected("not_permitted", "The author limits who may reply."),
    ),
)
_BY_STATUS: Mapping[int, Make] = {401: _SIGN_IN, 402: _out_of_credit, 429: _window}
# RFC 6749, 5.2, as X's token endpoints answer
_GRANT_IS_DEAD = frozenset({"invalid_request", "invalid_grant", "invalid_client", "unauthorized_client"})


def meaning(response: Response) -> PlatformError | None:
    """The error that an answer means; None for a success, and where the status says it all."""
    if response.status < 400:
        return None
    for code, make in _signs(response):
        error = make(response, code)
        if error is not None:
            return error
    return None


def is_ungranted(error: PlatformError) -> bool:
    """Whether the account did not grant this to the app, while the app may do it for others."""
    return error.response is not None and error.response.status == 403 and error.scope != "app"


def _signs(response: Response) -> Iterator[tuple[str, Make]]:
    """What an answer can be recognised by, the surest sign first."""
    if response.status >= 500:
        yield str(response.status), _broken
        return
    body = _body(response)
    grant = body.get("error")
    if isinstance(grant, str) and grant in _GRANT_IS_DEAD and _asks_for_token(response):
        yield grant, _SIGN_IN
    problems = [body, *(problem for problem in _listed(body) if isinstance(problem, Mapping))]
    for read in (_by_code, _by_name, _by_detail):
        for problem in problems:
            yield from read(problem)
    if response.status in _BY_STATUS:
        yield str(response.status), _BY_STATUS[response.status]


def _by_code(problem: Told) -> Iterator[tuple[str, Make]]:
    code = _code(problem)
    if code in _BY_CODE:
        yield str(code), _BY_CODE[code]


def _by_name(problem: Told) -> Iterator[tuple[str, Make]]:
    for table, name in ((_BY_TYPE, segment(problem)), (_BY_TITLE, str(problem.get("title") or ""))):
        if name in table:
            yield name, table[name]


def _by_detail(problem: Told) -> Iterator[tuple[str, Make]]:
    if _code(problem) or segment(problem):
        return
    detail = str(problem.get("detail") or "").lower()
    for part, name, make in _BY_DETAIL:
        if part in detail:
            yield name, make


def _body(response: Response) -> Told:
    """The body where it is a JSON object; gateways answer in HTML and in plain text."""
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, Mapping) else {}


def _listed(body: Told) -> list[Any]:
    errors = body.get("errors")
    return errors if isinstance(errors, list) else []


def _code(problem: Told) -> int:
    """X's own code, 0 where there is none."""
    code = problem.get("code")
    return code if isinstance(code, int) else 0


def _asks_for_token(response: Response) -> bool:
    return response.request is not None and response.request.path.endswith("/oauth2/token")


def _bucket(response: Response) -> str | None:
    return next(iter(response.request.spends), None) if response.request is not None else None


def _next_month(now: datetime) -> datetime:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
