"""What Facebook's errors mean, by code and subcode, whatever the HTTP status and the words are.

https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/messenger-platform/error-codes
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from socialdesk.errors import (
    AuthError,
    DeliveryUnknown,
    PlatformError,
    RateLimited,
    Rejected,
    RejectReason,
    Scope,
    Unavailable,
)
from socialdesk.wire import Response
from socialdesk_facebook.budgets import told_wait

__all__ = ["is_gone", "meaning"]

Make = Callable[[Response, str], PlatformError]

_WITHOUT_HINT = timedelta(minutes=10)
_WITHOUT_ESTIMATE = timedelta(minutes=5)


def _rejected(reason: RejectReason, words: str, scope: Scope = "item") -> Make:
    return lambda response, code: Rejected(reason, words, scope=scope, code=code)


def _auth(words: str) -> Make:
    return lambda response, code: AuthError(words, code=code)


def _unavailable(words: str) -> Make:
    return lambda response, code: Unavailable(words, scope="stream", code=code)


def _doubtful(response: Response, code: str) -> PlatformError:
    """An error that Facebook also gives for what it has done."""
    words = "Facebook answered with an error, though it may have done what was asked."
    if response.request is not None and response.request.does == "speaks":
        return DeliveryUnknown(words, code=code)
    return Unavailable(words, scope="stream", code=code)


def _duplicate(response: Response, code: str) -> PlatformError:
    words = "Facebook says that this was posted before: it may be our own earlier attempt."
    return DeliveryUnknown(words, code=code)


def _throttled(words: str, pause: timedelta, scope: Scope = "account") -> Make:
    """A limit: until the moment that the answer tells, or for ``pause`` where it tells none."""

    def make(response: Response, code: str) -> PlatformError:
        now, wait = response.received_at, told_wait(response)
        if wait is None and "retry-after" in response.headers:
            now = None  # a gateway's word, which core reads
        wait = wait or pause
        bucket = next(iter(response.request.spends), None) if response.request is not None else None
        retry_at = None if now is None else now + wait
        return RateLimited(words, scope=scope, retry_at=retry_at, code=code, bucket=bucket)

    return make


def _blocked(response: Response, code: str) -> PlatformError:
    words = (
        "Facebook has blocked the Page from this for a breach of its policies, for hours or days: look at the Page's "
        "quality and support inbox."
    )
    return AuthError(words, reason="suspended", code=code)


# What a permission is for, by the last part of a path and whether it reads.
_PERMISSIONS: Mapping[tuple[str, bool], str] = {
    ("feed", True): "pages_read_engagement and pages_read_user_content",
    ("tagged", True): "pages_read_user_content",
    ("visitor_posts", True): "pages_read_user_content",
    ("ratings", True): "pages_read_user_content",
    ("comments", True): "pages_read_user_content",
    ("conversations", True): "pages_messaging",
    ("feed", False): "pages_manage_posts",
    ("photos", False): "pages_manage_posts",
    ("comments", False): "pages_manage_engagement",
    ("likes", False): "pages_manage_engagement",
    ("messages", False): "pages_messaging",
    ("message_attachments", False): "pages_messaging",
    ("moderate_conversations", False): "pages_messaging",
    ("subscribed_apps", False): "pages_manage_metadata",
}


def _ungranted(response: Response, code: str) -> PlatformError:
    """A permission that is missing: this alone is refused, what is granted goes on."""
    request = response.request
    reads = request is None or request.does == "reads"
    path = "" if request is None else request.path.rpartition("/")[2]
    wanted = _PERMISSIONS.get((path, reads), "a permission")
    words = (
        f"Facebook does not permit this: the token lacks {wanted}, or the app has no Advanced Access to it, or the "
        "person who granted it lost the role on the Page. Grant it and store the new token."
    )
    return Rejected("not_permitted", words, scope="stream" if reads else "account", code=code)


_SIGN_IN = "Facebook does not accept the Page's token: {}. Sign in again and store the new one."
_CLOSED = _rejected(
    "window_closed", "More than 24 hours have passed since the person wrote: Facebook takes no message now."
)
_UNREACHABLE = _rejected("blocked", "The person cannot be written to, or does not wish it.", "person")
_PLAIN_LIMIT = _throttled("Facebook's limit on calls is reached.", _WITHOUT_HINT)
_BUSINESS_LIMIT = _throttled("Facebook's limit for this Page is reached.", _WITHOUT_ESTIMATE)

_BY_SUBCODE: Mapping[tuple[int, int], Make] = {
    (1, 99): _doubtful,
    (1, 1357046): _doubtful,
    (10, 2018278): _CLOSED,
    (10, 2534022): _CLOSED,  # Instagram's number for the same
    (100, 33): _rejected("gone", "Facebook does not know this, or does not show it to the Page."),
    (100, 2018001): _rejected("gone", "Facebook finds nobody to whom this could be sent.", "person"),
    (100, 2018109): _rejected("content", "The file is larger than Facebook takes."),
    (100, 2534014): _rejected("gone", "Nobody is found to whom this could be sent.", "person"),
    (190, 458): _auth(_SIGN_IN.format("the person who granted it has removed the app")),
    (190, 459): _auth(
        _SIGN_IN.format("the person who granted it has to confirm their account at facebook.com")
    ),
    (190, 460): _auth(_SIGN_IN.format("the person who granted it has changed their password")),
    (190, 463): _auth(_SIGN_IN.format("it has expired")),
    (190, 464): _auth(_SIGN_IN.format("the person who granted it has not confirmed their account")),
    (190, 467): _auth(_SIGN_IN.format("it is no longer valid")),
    (190, 492): _auth(_SIGN_IN.format("the person who granted it has lost their role on the Page")),
    (200, 1545041): _UNREACHABLE,
}
_LIMITS: Mapping[int, Make] = {
    4: _throttled("The app's limit on calls is reached.", _WITHOUT_HINT, "app"),
    17: _PLAIN_LIMIT,
    32: _PLAIN_LIMIT,
    341: _throttled("The app's limit is reached.", _WITHOUT_HINT, "app"),
    613: _PLAIN_LIMIT,
    80001: _BUSINESS_LIMIT,
    80002: _BUSINESS_LIMIT,
    80006: _BUSINESS_LIMIT,
}
_BY_CODE: Mapping[int, Make] = {
    1: _unavailable("Facebook met an error of its own."),
    2: _unavailable("Facebook cannot do this at the moment."),
    3: _rejected("not_permitted", "The app lacks the capability for this: see its App Review.", "app"),
    10: _ungranted,
    100: _rejected("unsupported", "Facebook does not understand the request."),
    102: _auth(_SIGN_IN.format("its session is over")),
    104: _auth(_SIGN_IN.format("there is none")),
    190: _auth(_SIGN_IN.format("it is not valid")),
    368: _blocked,
    506: _duplicate,
    551: _UNREACHABLE,
    803: _rejected("gone", "Facebook does not know this."),
    1200: _unavailable("Facebook could not send this at the moment."),
    2500: _rejected("unsupported", "Facebook knows no such path."),
    1609005: _rejected("content", "Facebook cannot make a preview of the link."),
    **dict.fromkeys(range(200, 300), _ungranted),
    210: _auth(_SIGN_IN.format("it is a person's, and the Page's own is needed")),
}
_UNPROVED = _auth("Facebook does not accept the proof of the call: check the app_secret.")
_TRANSIENT = _unavailable("Facebook says that this passes.")


def meaning(response: Response) -> PlatformError | None:
    """The error that an answer means; None for a success, and where only the status says anything."""
    error = _error_in(response)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    if code is None:
        return None
    make = None if subcode is None else _BY_SUBCODE.get((code, subcode))
    if (code, subcode, error.get("type")) == (100, None, "GraphMethodException"):
        make = (
            _UNPROVED  # a parameter that is wrong otherwise comes as OAuthException, a missing thing with 33
        )
    make = make or _LIMITS.get(code) or (_TRANSIENT if error.get("is_transient") is True else None)
    make = make or _BY_CODE.get(code)
    return None if make is None else make(response, _named(code, subcode))


def is_gone(error: PlatformError) -> bool:
    """Whether Facebook itself says that a thing is not there, and not a gateway on the way to it."""
    return error.code in ("100/33", "803")


def _named(code: int, subcode: int | None) -> str:
    return str(code) if subcode is None else f"{code}/{subcode}"


def _error_in(response: Response) -> Mapping[str, Any]:
    """The error of an answer where it is a JSON object; gateways answer in HTML and in plain text."""
    try:
        body = response.json() if response.ok else orjson.loads(response.body)
    except (Unavailable, orjson.JSONDecodeError):
        return {}
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _number(told: Any) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) else None
