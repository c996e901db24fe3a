"""How X says no. Every body here follows one that was seen or is documented.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialdesk.testing.sandbox import json_response
from socialdesk.wire import Response

HOSTS = {"tweet": "https://api.twitter.com", "post": "https://api.x.com"}

_PLAIN = {
    400: "Invalid Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

SUPPORTED = {
    "app": "OAuth 2.0 Application-Only",
    "oauth1": "OAuth 1.0a User Context",
    "oauth2": "OAuth 2.0 User Context",
}


class Refused(Exception):
    """A request that is refused: a status and a body. ``kind`` is the last part of the problem's type, which
    becomes a URL of the field generation that answers use."""

    def __init__(self, status: int, body: Mapping[str, Any], kind: str | None = None) -> None:
        super().__init__(body.get("detail", body))
        self.status = status
        self.body = dict(body)
        self.kind = kind

    def response(self, names: str) -> Response:
        body = dict(self.body)
        if self.kind is not None:
            body["type"] = f"{HOSTS[names]}/2/problems/{self.kind}"
        return json_response(self.status, body)

    @classmethod
    def plain(cls, status: int, detail: str | None = None) -> Refused:
        title = _PLAIN.get(status, "Error")
        return cls(
            status, {"title": title, "detail": detail or title, "type": "about:blank", "status": status}
        )

    @classmethod
    def unauthorized(cls) -> Refused:
        return cls.plain(401)

    @classmethod
    def invalid(cls, *errors: tuple[str, Any, str]) -> Refused:
        """One or more parameters are wrong: (name, value, what is wrong)."""
        listed = [{"parameters": {name: [str(value)]}, "message": message} for name, value, message in errors]
        detail = "One or more parameters to your request was invalid."
        return cls(400, {"errors": listed, "title": "Invalid Request", "detail": detail}, "invalid-request")

    @classmethod
    def code(cls, status: int, code: int, message: str) -> Refused:
        """An error in the older form, with a code."""
        return cls(status, {"errors": [{"code": code, "message": message}]})

    @classmethod
    def unsupported_authentication(cls, given: str, takes: tuple[str, ...]) -> Refused:
        names = ", ".join(SUPPORTED[kind] for kind in takes)
        return cls(
            403,
            {
                "title": "Unsupported Authentication",
                "detail": f"Authenticating with {SUPPORTED[given]} is forbidden for this endpoint.  "
                f"Supported authentication types are [{names}].",
                "status": 403,
            },
            "unsupported-authentication",
        )

    @classmethod
    def read_only(cls) -> Refused:
        detail = (
            "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
        )
        return cls(403, {"title": "Forbidden", "detail": detail, "status": 403}, "oauth1-permissions")

    @classmethod
    def not_enrolled(cls) -> Refused:
        return cls(
            403,
            {
                "title": "Client Forbidden",
                "detail": "This endpoint is not part of the access level of your App.",
                "reason": "client-not-enrolled",
                "registration_url": "https://developer.x.com/en/docs/projects/overview",
                "required_enrollment": "Appropriate Level of API Access",
                "status": 403,
            },
            "client-forbidden",
        )

    @classmethod
    def closed(cls) -> Refused:
        """What the API before this one answers to everything."""
        return cls.code(
            403,
            453,
            "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, "
            "oauth) only. If you need access to this endpoint, you may need a different access level. You can learn "
            "more here: https://developer.x.com/en/portal/product",
        )

    @classmethod
    def out_of_credit(cls, account: str) -> Refused:
        detail = f"Your enrolled account [{account}] does not have any credits to fulfill this request."
        return cls(402, {"account_id": account, "title": "CreditsDepleted", "detail": detail}, "credits")

    @classmethod
    def capped(cls) -> Refused:
        detail = "Usage cap exceeded: Monthly product cap"
        body = {"title": "UsageCapExceeded", "detail": detail, "period": "Monthly", "scope": "Product"}
        return cls(429, body, "usage-capped")


NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the "
    "author of the post you are replying to."
)
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
NO_DM = "You do not have permission to DM one or more participants."
TOO_LONG = "Your Tweet text is too long."


def missing(kind: str, parameter: str, value: str) -> dict[str, Any]:
    """The error beside the data for something that is not there. Its type is filled in with the answer."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": "resource-not-found",
    }


def unseen(kind: str, parameter: str, value: str) -> dict[str, Any]:
    """The error beside the data for something that the caller may not see."""
    shown = "Tweet" if kind == "tweet" else kind.capitalize()
    return {
        "resource_id": value,
        "parameter": parameter,
        "resource_type": kind,
        "section": "includes" if "." in parameter else "data",
        "title": "Authorization Error",
        "value": value,
        "detail": f"Sorry, you are not authorized to see the {shown} with {parameter}: [{value}].",
        "type": "not-authorized-for-resource",
    }


def token_error(status: int, code: str, description: str) -> Response:
    """A refusal of a token endpoint."""
    return json_response(status, {"error": code, "error_description": description})
