"""The answers that platforms, gateways and cut connections give, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from socialdesk.errors import AuthError, DeliveryUnknown, PlatformError, RateLimited, Rejected, Unavailable
from socialdesk.wire import Response

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}
PAGE = b"<!DOCTYPE html><html><body>Just a moment</body></html>"


@dataclass(frozen=True)
class Case:
    """An answer, and the errors that it may mean to a listing request and to one that speaks."""

    name: str
    answer: Response
    heard: tuple[type[PlatformError], ...]
    said: tuple[type[PlatformError], ...]


_DENIED = (AuthError, Rejected, RateLimited)
_UNKNOWN = (DeliveryUnknown,)

CASES = (
    Case("HTTP 401", Response(401, JSON, b"{}"), (AuthError,), (AuthError,)),
    Case("HTTP 401 with an HTML page", Response(401, HTML, PAGE), (AuthError,), (AuthError,)),
    Case("HTTP 403", Response(403, JSON, b"{}"), _DENIED, (*_DENIED, *_UNKNOWN)),
    Case(
        "HTTP 403 with an HTML page",
        Response(403, HTML, PAGE),
        (*_DENIED, Unavailable),
        (*_DENIED, *_UNKNOWN),
    ),
    Case("HTTP 404", Response(404, JSON, b"{}"), (Rejected,), (Rejected,)),
    Case("HTTP 404 without a body", Response(404), (Rejected,), (Rejected,)),
    Case("HTTP 429", Response(429, JSON, b"{}"), (RateLimited,), (RateLimited,)),
    Case("HTTP 429 with Retry-After", Response(429, {"Retry-After": "120"}), (RateLimited,), (RateLimited,)),
    Case("HTTP 500", Response(500, JSON, b"{}"), (Unavailable,), _UNKNOWN),
    Case("HTTP 502 with an HTML page", Response(502, HTML, PAGE), (Unavailable,), _UNKNOWN),
    Case("HTTP 503", Response(503), (Unavailable,), _UNKNOWN),
    Case("an HTML page with HTTP 200", Response(200, HTML, PAGE), (Unavailable,), _UNKNOWN),
    Case(
        "HTTP 200 with JSON that is cut",
        Response(200, JSON, b'{"data": [{"id": "1"'),
        (Unavailable,),
        _UNKNOWN,
    ),
)

BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"7",
    PAGE,
    b'{"error": {"co',
    b'{"error": "x"}',
    b'{"error": null}',
    b'{"error": {"code": "x", "message": null}}',
    b'{"error": []}',
    b'{"errors": []}',
    b'{"errors": [null]}',
    b'{"errors": {"code": 7}}',
    b'{"errors": "x"}',
    b'{"errors": [{"code": null}]}',
    b'{"meta": {"status": null}}',
    b"\xff\xfe",
    b'{"title": 7, "type": null, "detail": []}',
)
"""Bodies that come with errors, or instead of answers."""

VALUES = (
    "",
    "x",
    "-1",
    "0",
    "1.5",
    "15",
    "9" * 30,
    "nan",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "{}",
    '{"x": []}',
    "a=1;b",
)

HEADERS = (
    "Retry-After",
    *(
        f"{prefix}-{name}"
        for prefix in ("X-Rate-Limit", "X-RateLimit", "RateLimit")
        for name in ("Limit", "Remaining", "Reset", "Used")
    ),
    *("RateLimit", "RateLimit-Policy", "Date"),
    *("X-App-Usage", "X-Page-Usage", "X-Ad-Account-Usage", "X-Business-Use-Case-Usage"),
    *("X-User-Limit-24Hour-Limit", "X-User-Limit-24Hour-Remaining", "X-User-Limit-24Hour-Reset"),
    *("X-App-Limit-24Hour-Limit", "X-App-Limit-24Hour-Remaining", "X-App-Limit-24Hour-Reset"),
)

STATUSES = (200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503)


def strange_answers() -> Iterator[Response]:
    """Every body with every status."""
    for status in STATUSES:
        for body in BODIES:
            yield Response(status, JSON, body)


def answers_with_strange_headers() -> Iterator[Response]:
    """Answers that have one header or all of them, of strange values."""
    for name in HEADERS:
        for value in VALUES:
            yield Response(200, {name: value})
    for status in STATUSES:
        for value in VALUES:
            yield Response(status, dict.fromkeys(HEADERS, value))
