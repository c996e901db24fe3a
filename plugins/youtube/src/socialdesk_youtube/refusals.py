"""What YouTube's errors mean: a table by reason, then by status.

The same status stands for quota, permission, comments that are turned off and accounts that are closed: the reason
tells them apart. Only where a limit is refused are the words looked at, since nothing else tells a day from a minute.

https://developers.google.com/youtube/v3/docs/errors
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
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
from socialdesk_youtube.methods import SEARCHES, UNITS, next_day

__all__ = ["DISABLED", "GONE", "meaning"]

Told = Mapping[str, Any]
Make = Callable[[Response, str, str], PlatformError]
"""From an answer, the reason that it gives and its words."""

DISABLED = "commentsDisabled"
GONE = frozenset({"commentNotFound", "commentThreadNotFound", "parentCommentNotFound"})
"""What says that a comment is no more."""

_PAUSE = timedelta(seconds=60)


def _rejected(reason: RejectReason, words: str) -> Make:
    return lambda response, code, message: Rejected(reason, words, code=code)


def _auth(words: str, scope: Scope = "account", reason: AuthReason = "sign_in") -> Make:
    return lambda response, code, message: AuthError(words, reason=reason, scope=scope, code=code)


def _tomorrow(response: Response, code: str, message: str) -> PlatformError:
    """The day's quota. It is the whole project's; what searches are allowed is theirs alone."""
    searched = bool(response.request and SEARCHES in response.request.spends)
    now = response.received_at
    return RateLimited(
        "The project's quota at YouTube is used up for today.",
        scope="stream" if searched else "app",
        retry_at=None if now is None else next_day(now),
        code=code,
        bucket=SEARCHES if searched else UNITS,
    )


def _limited(response: Response, code: str, message: str) -> PlatformError:
    """A limit of a minute, or, in the same words but for some, of a day."""
    if "per day" in message.lower():
        return _tomorrow(response, code, message)
    return RateLimited("YouTube asks for a pause.", code=code)  # core reads Retry-After, where there is one


def _uncertain(response: Response, code: str, message: str) -> PlatformError:
    """YouTube could not process it: it may pass, and what was asked for may have been done."""
    words = "YouTube could not process the request, which it says may pass."
    asked = response.request
    if asked is not None and asked.does == "speaks":
        return DeliveryUnknown(words, code=code)
    now = response.received_at
    return Unavailable(words, scope="stream", code=code, retry_at=None if now is None else now + _PAUSE)


def _broken(response: Response, code: str, message: str) -> PlatformError:
    return Unavailable(f"YouTube answered HTTP {response.status}.", scope="stream", code=code)


_SIGN_IN = _auth("YouTube does not accept the channel's credentials: sign in again.")
_SCOPE = _auth(
    "The channel did not grant youtube.force-ssl, which comments need: sign in again with it.", reason="scope"
)
_CHANNEL = _auth("The credentials are for no channel that may comment: a person has to see to the account.")
_CLOSED = _auth(
    "YouTube has closed or suspended the channel's account: a person has to see to it.", reason="suspended"
)
_NOT_GRANTED = _rejected("not_permitted", "YouTube does not permit this to the channel.")
_NO_COMMENT = _rejected("gone", "The comment is deleted, or not visible to the channel.")
_MISTAKE = _rejected("unsupported", "YouTube does not understand the request.")

_BY_REASON: Mapping[str, Make] = {
    "quotaExceeded": _tomorrow,
    "dailyLimitExceeded": _tomorrow,
    "rateLimitExceeded": _limited,
    "userRateLimitExceeded": _limited,
    "backendError": _broken,
    "internalError": _broken,
    "processingFailure": _uncertain,
    "authError": _SIGN_IN,
    "insufficientPermissions": _SCOPE,
    "keyInvalid": _auth("YouTube does not accept the project's key.", "app"),
    "API_KEY_INVALID": _auth("YouTube does not accept the project's key.", "app"),
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": _SCOPE,
    "accountDelegationForbidden": _CHANNEL,
    "authenticatedUserAccountClosed": _CLOSED,
    "authenticatedUserAccountSuspended": _CLOSED,
    "authenticatedUserNotChannel": _CHANNEL,
    "ineligibleAccount": _CHANNEL,
    "forbidden": _NOT_GRANTED,
    "SERVICE_UNAVAILABLE": _NOT_GRANTED,  # inside a 403: of this call alone, whatever the name says
    DISABLED: _rejected("not_permitted", "Comments are turned off for this video."),
    "operationNotSupported": _rejected("not_permitted", "This comment cannot be answered."),
    "parentCommentIsPrivate": _rejected("not_permitted", "The comment is private: it cannot be answered."),
    **dict.fromkeys(GONE, _NO_COMMENT),
    "videoNotFound": _rejected("gone", "YouTube does not know this video, or no more."),
    "channelNotFound": _rejected("gone", "YouTube does not know this channel, or no more."),
    "commentTextRequired": _rejected("content", "YouTube takes no empty comment."),
    "commentTextTooLong": _rejected("too_long", "The text is longer than YouTube permits."),
    "invalidCustomEmoji": _rejected("content", "The text holds an emoji that YouTube does not permit here."),
    **dict.fromkeys(
        (
            "channelOrVideoIdMissing",
            "incompatibleParameters",
            "invalidCommentMetadata",
            "invalidCommentThreadMetadata",
            "invalidFilters",
            "missingRequiredParameter",
            "parentIdMissing",
            "unexpectedParameter",
        ),
        _MISTAKE,
    ),
}
_BY_STATUS: Mapping[int, Make] = {401: _SIGN_IN, 429: _limited}


def meaning(response: Response) -> PlatformError | None:
    """The error that an answer means; None for a success, and where the status says it all."""
    if response.status < 400:
        return None
    if response.status >= 500:
        return _broken(response, str(response.status), "")
    error = _error(response)
    message = str(error.get("message") or "")
    for reason in _reasons(error):
        if reason == "invalidPageToken":
            return Unavailable("YouTube no longer knows the next page.", scope="stream", code=reason)
        if reason in _BY_REASON:
            return _BY_REASON[reason](response, reason, message)
    make = _BY_STATUS.get(response.status)
    return make(response, str(response.status), message) if make is not None else None


def _error(response: Response) -> Told:
    """The body's ``error`` where there is one; gateways answer in HTML, the token endpoint in another form."""
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _reasons(error: Told) -> Iterator[str]:
    """The reasons of the older form, then those of the newer, which come beside it."""
    for listed in (error.get("errors"), error.get("details")):
        for each in listed if isinstance(listed, list) else ():
            reason = each.get("reason") if isinstance(each, Mapping) else None
            if isinstance(reason, str):
                yield reason
