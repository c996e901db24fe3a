"""What Tumblr's errors mean: tables by status and subcode, and by status.

https://www.tumblr.com/docs/en/api/v2#errors-and-error-subcodes
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from socialdesk.errors import AuthError, PlatformError, RateLimited, Rejected, RejectReason, Unavailable
from socialdesk.wire import Response
from socialdesk_tumblr.budgets import IMAGES, POSTING, exhausted, next_day

__all__ = ["NO_PARENT", "meaning"]

Make = Callable[[Response, str], PlatformError | None]

NO_PARENT = "400.8002"
"""What is to be reblogged cannot be: sometimes only in the first minute."""

_TRANSCODES = timedelta(minutes=5)


def _rejected(reason: RejectReason, words: str) -> Make:
    return lambda response, code: Rejected(reason, words, code=code)


def _tomorrow(words: str, bucket: str) -> Make:
    def make(response: Response, code: str) -> PlatformError:
        now = response.received_at
        retry_at = None if now is None else next_day(now)
        return RateLimited(words, retry_at=retry_at, code=code, bucket=bucket)

    return make


def _transcodes(response: Response, code: str) -> PlatformError:
    now = response.received_at
    retry_at = None if now is None else now + _TRANSCODES
    return RateLimited("Tumblr still works on a film.", retry_at=retry_at, code=code, bucket=POSTING)


def _limited(response: Response, code: str) -> PlatformError:
    """A window of the app's that is used up, else a limit of which nothing is told: core knows how long to wait."""
    window = exhausted(response)
    if window is None:
        return RateLimited("Tumblr's limit for this machine or feature is reached.", code=code)
    words = f"The app's requests for this {window.bucket} are used up."
    return RateLimited(words, scope="app", retry_at=window.resets_at, code=code, bucket=window.bucket)


def _signed_out(response: Response, code: str) -> PlatformError:
    return AuthError("Tumblr does not accept the credentials: sign in again.", code=code)


def _down(response: Response, code: str) -> PlatformError:
    return Unavailable(f"Tumblr answered HTTP {response.status}.", scope="stream", code=code)


_BY_CODE: Mapping[str, Make] = {
    "400.8001": _rejected("unsupported", "Tumblr does not understand the post."),
    NO_PARENT: _rejected("gone", "What is answered is gone, or takes no reblogs."),
    "400.8005": _rejected("content", "Tumblr does not take this file."),
    "400.8016": _rejected("unsupported", "Tumblr does not understand the answer to the ask."),
    "403.8004": _tomorrow("The blog has uploaded as many files today as Tumblr permits.", IMAGES),
    "403.8008": _rejected("content", "A reblog carries no film."),
    "403.8010": _transcodes,
    "403.8011": _tomorrow("The blog has uploaded as many films today as Tumblr permits.", IMAGES),
    "403.8022": _tomorrow("The blog's queue is full.", POSTING),
    "403.8023": _tomorrow("The blog has posted as much today as Tumblr permits.", POSTING),
}
_BY_STATUS: Mapping[int, Make] = {
    401: _signed_out,
    403: _rejected("not_permitted", "Tumblr does not permit this: the blog is blocked, or reblogs are off."),
    404: _rejected("gone", "Tumblr does not know this, or no more."),
    429: _limited,
}


def meaning(response: Response) -> PlatformError | None:
    """The error that an answer means; None for a success, and where the status says it all."""
    if response.status < 400:
        return None
    if response.status >= 500:
        return _down(response, str(response.status))
    for subcode in _subcodes(response):
        code = f"{response.status}.{subcode}"
        if code in _BY_CODE:
            return _BY_CODE[code](response, code)
    make = _BY_STATUS.get(response.status)
    return None if make is None else make(response, str(response.status))


def _subcodes(response: Response) -> list[int]:
    """The codes of an error's body: a list beside ``meta``, or within ``response`` on the older routes, whose errors
    may be words alone; ``response`` itself may be a list or a text."""
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return []
    if not isinstance(body, dict):
        return []
    inner = body.get("response")
    told: list[Any] = [body.get("errors"), inner.get("errors") if isinstance(inner, dict) else None]
    errors = [error for listed in told if isinstance(listed, list) for error in listed]
    return [
        code for error in errors if isinstance(error, dict) and isinstance(code := error.get("code"), int)
    ]
