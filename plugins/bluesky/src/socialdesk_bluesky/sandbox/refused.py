"""Refusals, as XRPC words them."""

from __future__ import annotations

from socialdesk.testing.sandbox import json_response
from socialdesk.wire import Response

_NAMES = {
    400: ("InvalidRequest", "Invalid Request"),
    401: ("AuthenticationRequired", "Authentication Required"),
    403: ("Forbidden", "Forbidden"),
    404: ("XRPCNotSupported", "Not Found"),
    413: ("PayloadTooLarge", "Payload Too Large"),
    429: ("RateLimitExceeded", "Rate Limit Exceeded"),
    500: ("InternalServerError", "Internal Server Error"),
    501: ("MethodNotImplemented", "Method Not Implemented"),
    502: ("UpstreamFailure", "Upstream Failure"),
    503: ("NotEnoughResources", "Not Enough Resources"),
    504: ("UpstreamTimeout", "Upstream Timeout"),
}


class Refused(Exception):
    """A request that the platform does not do."""

    def __init__(self, status: int, name: str = "", message: str = "") -> None:
        known, words = _NAMES.get(status, ("InternalServerError", "Internal Server Error"))
        self.status, self.name, self.message = status, name or known, message or words
        super().__init__(self.message)

    def response(self) -> Response:
        return json_response(self.status, {"error": self.name, "message": self.message})


def invalid(message: str, name: str = "InvalidRequest") -> Refused:
    """A request that does not fit, or names what is not there."""
    return Refused(400, name, message)
