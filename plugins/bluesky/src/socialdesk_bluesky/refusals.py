"""What Bluesky's errors mean: a table by the name of the error, and one by the status where there is no name.

An expired token is a 400 here, not a 401.

https://docs.bsky.app/docs/api/at-protocol-xrpc-api
https://atproto.com/specs/xrpc#error-responses
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

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
from socialdesk_bluesky.budgets import retry_at

__all__ = ["meaning", "name_of"]

Make = Callable[[Response, str], PlatformError]


def _rejected(reason: RejectReason, words: str, scope: Scope = "item") -> Make:
    return lambda response, name: Rejected(reason, words, scope=scope, code=name)


def _auth(words: str, reason: AuthReason = "sign_in") -> Make:
    return lambda response, name: AuthError(words, reason=reason, code=name)


def _limited(response: Response, name: str) -> PlatformError:
    """Where neither header says until when, core knows how long to wait."""
    until, now = retry_at(response), response.received_at
    after = response.headers.get("retry-after", "").strip()
    if now is not None and after.isascii() and after.isdigit() and len(after) < 8:
        until = now + timedelta(seconds=int(after))
    if until is not None and now is not None and until <= now:
        until = None
    return RateLimited("Bluesky's limit is reached.", retry_at=until, code=name)


def _broken(response: Response, name: str) -> PlatformError:
    return Unavailable(f"Bluesky answered HTTP {response.status} ({name}).", scope="stream", code=name)


def _another(response: Response, name: str) -> PlatformError:
    return DeliveryUnknown("Something else stands under this record's key, or came in between.", code=name)


def _invalid(response: Response, name: str) -> PlatformError:
    """Bluesky has one name for all that does not fit its schemas; its message alone tells of a file that is gone."""
    words = _told(response).get("message")
    if isinstance(words, str) and words.startswith("Could not find blob"):
        return Unavailable("Bluesky has dropped a file that was uploaded: it is sent again.", code=name)
    speaks = response.request is not None and response.request.does != "reads"
    return Rejected(
        "content" if speaks else "unsupported",
        f"Bluesky does not take this{': ' + words[:300] if isinstance(words, str) and words else ''}",
        code=name,
    )


_SIGN_IN = _auth("Bluesky does not accept the session any more.")
_SUSPENDED = _auth(
    "Bluesky has taken the account down: its owner has to write to Bluesky's moderation.", "suspended"
)
_DEACTIVATED = _auth("The account is deactivated: its owner has to activate it.", "deactivated")
_GONE = _rejected("gone", "The post is deleted, or not visible to the account.")
_BLOCKED = _rejected("blocked", "The account and this person have blocked one another.", "person")

_BY_NAME: Mapping[str, Make] = {
    "ExpiredToken": _SIGN_IN,
    "InvalidToken": _SIGN_IN,
    "BadJwt": _SIGN_IN,
    "AuthMissing": _SIGN_IN,
    "AuthenticationRequired": _auth(
        "Bluesky does not take the handle and app password: make a new one and store it."
    ),
    "AuthFactorTokenRequired": _auth(
        "Bluesky asks for a code by e-mail: use an app password, which needs none."
    ),
    "AccountTakedown": _SUSPENDED,
    "RepoTakendown": _SUSPENDED,
    "AccountDeactivated": _DEACTIVATED,
    "RepoDeactivated": _DEACTIVATED,
    "InvalidSwap": _another,
    "NotFound": _GONE,
    "RecordNotFound": _GONE,
    "HandleNotFound": _rejected("gone", "Nobody has this handle.", "person"),
    "AccountSuspended": _rejected("not_permitted", "The person's account is suspended.", "person"),
    "BlockedActor": _BLOCKED,
    "BlockedSubject": _BLOCKED,
    "ConvoLocked": _rejected("not_permitted", "The conversation is locked."),
    "InvalidConvo": _rejected("gone", "There is no such conversation."),
    "MessagesDisabled": _rejected("not_permitted", "The person takes no direct messages.", "person"),
    "NotFollowedBySender": _rejected(
        "not_permitted", "The person takes direct messages only from those whom they follow.", "person"
    ),
    "RecipientNotFound": _rejected("gone", "There is no such person.", "person"),
    "ReplyTargetNotFound": _GONE,
    "BlockedByActor": _BLOCKED,
    "BlobTooLarge": _rejected("too_long", "Bluesky does not take a file of this size."),
    "PayloadTooLarge": _rejected("too_long", "Bluesky does not take a request of this size."),
    "InvalidMimeType": _rejected("content", "Bluesky does not take files of this type."),
    "InvalidRequest": _invalid,
    "BadQueryString": _rejected("unsupported", "Bluesky does not understand this search.", "stream"),
    "MethodNotImplemented": _rejected("unsupported", "This server does not offer that.", "stream"),
    "RateLimitExceeded": _limited,
    "InternalServerError": _broken,
    "UpstreamFailure": _broken,
    "UpstreamTimeout": _broken,
    "NotEnoughResources": _broken,
}
_BY_STATUS: Mapping[int, Make] = {
    # A page of a gateway: search is refused so where it is asked without a session.
    403: _rejected("not_permitted", "Bluesky does not permit this.", "stream"),
    429: _limited,
}


def name_of(response: Response) -> str:
    """The name of the error that an answer tells; "" where it tells none."""
    name = _told(response).get("error")
    return name if isinstance(name, str) else ""


def meaning(response: Response) -> PlatformError | None:
    """The error that an answer means; None where it is none, or where core's reading of the status is right."""
    if response.status < 400:
        return None
    name = name_of(response)
    make = _BY_NAME.get(name)
    if make is not None and (response.status < 500 or make is _broken):
        return make(response, name)
    by_status = _BY_STATUS.get(response.status)
    return None if by_status is None else by_status(response, name or str(response.status))


def _told(response: Response) -> Mapping[str, object]:
    if response.body.lstrip()[:1] != b"{":
        return {}  # a gateway's page, or nothing
    try:
        told = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}
