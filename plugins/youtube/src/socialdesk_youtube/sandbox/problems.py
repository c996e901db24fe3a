"""How Google says no: every error names its domain and its reason, and mostly where in the request it lies.

https://developers.google.com/youtube/v3/docs/errors
"""

from __future__ import annotations

from typing import Any

from socialdesk.testing.sandbox import json_response
from socialdesk.wire import Response

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_WORDS = {
    400: "Bad Request",
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential.",
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    429: "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'.",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}
_REASONS: dict[int, tuple[str, str]] = {
    401: ("global", "authError"),
    403: ("global", "forbidden"),
    404: ("global", "notFound"),
    429: ("global", "rateLimitExceeded"),
}
PROCESSING = (
    "The API server failed to successfully process the request. While this can be a transient error, it usually "
    "indicates that the request's input is invalid."
)


class Refused(Exception):
    """A request that is refused: a status, a domain and a reason, and words that hold HTML now and then. ``google`` is
    the status by which newer answers call it."""

    def __init__(self, status: int, domain: str, reason: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.domain = domain
        self.reason = reason
        self.message = message
        places = ("location", "locationType")
        self.place: dict[str, Any] = {name: more.pop(name) for name in places if name in more}
        self.more: dict[str, Any] = more
        if "google" in more:
            self.more["status"] = more.pop("google")

    def response(self) -> Response:
        told = {"message": self.message, "domain": self.domain, "reason": self.reason, **self.place}
        return json_response(
            self.status,
            {"error": {"code": self.status, "message": self.message, "errors": [told], **self.more}},
        )

    @classmethod
    def plain(cls, status: int) -> Refused:
        """A refusal that has no cause in the request."""
        domain, reason = _REASONS.get(status, ("global", "backendError" if status >= 500 else "badRequest"))
        words = _WORDS.get(status, "Error")
        return cls(status, domain, reason, words, google=_STATUSES.get(status, "UNKNOWN"))

    @classmethod
    def parameter(cls, reason: str, name: str, message: str) -> Refused:
        """A parameter is wrong, missing, or one too many."""
        return cls(400, "youtube.parameter", reason, message, location=name, locationType="parameter")

    @classmethod
    def unable(cls, domain: str, location: str = "body", kind: str = "other") -> Refused:
        """What YouTube could not process, for reasons that it does not tell."""
        return cls(400, domain, "processingFailure", PROCESSING, location=location, locationType=kind)

    @classmethod
    def disabled(cls, video: str = "videoId") -> Refused:
        words = f"The video identified by the <code>{video}</code> parameter has disabled comments."
        return cls(
            403, "youtube.commentThread", "commentsDisabled", words, location=video, locationType="parameter"
        )

    @classmethod
    def unknown(cls, domain: str, reason: str, location: str) -> Refused:
        """What the request names is not there."""
        words = f"The resource identified by the request's <code>{location}</code> could not be found."
        return cls(404, domain, reason, words, location=location, locationType="parameter")

    @classmethod
    def forbidden(cls, domain: str) -> Refused:
        words = "The request cannot be completed due to insufficient permissions. It might not be properly authorized."
        return cls(403, domain, "forbidden", words)

    @classmethod
    def scopes(cls) -> Refused:
        words = "Request had insufficient authentication scopes."
        return cls(403, "global", "insufficientPermissions", "Insufficient Permission").dressed(words)

    def dressed(self, words: str) -> Refused:
        """The same with the newer form beside it."""
        detail = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
        }
        self.message, self.more = words, {"status": "PERMISSION_DENIED", "details": [detail]}
        return self

    @classmethod
    def key(cls) -> Refused:
        """The project's key is none."""
        return cls(400, "usageLimits", "keyInvalid", "Bad Request")

    @classmethod
    def no_key(cls) -> Refused:
        words = (
            "The request is missing a valid API key: Method doesn't allow unregistered callers (callers without "
            "established identity)."
        )
        return cls(403, "global", "forbidden", words, google="PERMISSION_DENIED")

    @classmethod
    def exhausted(cls) -> Refused:
        words = (
            "The request cannot be completed because you have exceeded your "
            '<a href="/youtube/v3/getting-started#quota">quota</a>.'
        )
        return cls(403, "youtube.quota", "quotaExceeded", words)

    @classmethod
    def searched_out(cls) -> Refused:
        words = (
            "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service "
            "'youtube.googleapis.com' for consumer 'project_number:1'."
        )
        return cls(429, "global", "rateLimitExceeded", words, google="RESOURCE_EXHAUSTED")

    @classmethod
    def too_fast(cls) -> Refused:
        return cls(403, "usageLimits", "rateLimitExceeded", "Rate Limit Exceeded")


def token_error(status: int, error: str, words: str) -> Response:
    """How the token endpoint says no (RFC 6749, 5.2)."""
    return json_response(status, {"error": error, "error_description": words})


__all__ = ["PROCESSING", "Refused", "token_error"]
