"""How Facebook says no. Every code here is in its documentation or was seen; texts follow those that were seen.

https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from socialdesk.testing.sandbox import json_response
from socialdesk.wire import Response

OAUTH, METHOD = "OAuthException", "GraphMethodException"
PACIFIC = timezone(timedelta(hours=-8), "PST")
REVIEW = "https://developers.facebook.com/docs/apps/review/login-permissions"

SESSIONS: Mapping[int, str] = {
    458: "Error validating access token: The user has not authorized application {app}.",
    459: "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow "
    "the instructions given.",
    460: "Error validating access token: The session has been invalidated because the user changed their password "
    "or Facebook has changed the session for security reasons.",
    463: "Error validating access token: Session has expired on {then}. The current time is {now}.",
    464: "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed "
    "user.",
    467: "Error validating access token: This may be because the user logged out or may be due to a system error.",
    492: "Error validating access token: The user must be an administrator, editor, or moderator of the page in "
    "order to impersonate it.",
}
"""What a dead token is answered with, by the subcode of 190."""


class Refused(Exception):
    """A request that is refused. ``more`` are further members of the error, such as ``error_user_msg``."""

    def __init__(self, message: str, code: int, subcode: int | None = None, **more: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.subcode = subcode
        self.kind: str = more.pop("kind", OAUTH)
        self.status: int = more.pop("status", 400)
        self.more = more

    def body(self, trace: str) -> dict[str, Any]:
        told: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            told["error_subcode"] = self.subcode
        return {"error": {**told, **self.more, "fbtrace_id": trace}}

    def response(self, trace: str) -> Response:
        """The answer; ``trace`` is what Facebook's people find the request by."""
        headers: dict[str, str] = {}
        if self.kind == OAUTH:
            short = "invalid_token" if self.code == 190 else "invalid_request"
            told = self.message.encode("ascii", "replace").decode().replace("\n", " ")
            headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "{short}" "{told}"'
        return json_response(self.status, self.body(trace), headers)

    # ------------------------------------------------------------------------------------------------- parameters

    @classmethod
    def param(cls, words: str, subcode: int | None = None, **more: Any) -> Refused:
        """A parameter is wrong."""
        return cls(f"(#100) {words}", 100, subcode, **more)

    @classmethod
    def one_of(cls, name: str, choices: tuple[str, ...], got: str) -> Refused:
        return cls.param(f'Param {name} must be one of {{{", ".join(choices)}}} - got "{got}".')

    @classmethod
    def missing(cls, name: str) -> Refused:
        return cls.param(f"The parameter {name} is required")

    @classmethod
    def nonexisting(cls, field: str, kind: str) -> Refused:
        return cls.param(f"Tried accessing nonexisting field ({field}) on node type ({kind})")

    @classmethod
    def syntax(cls, text: str, place: int, expected: str) -> Refused:
        words = f'Syntax error "Expected {expected}." at character {place}: {text}'
        return cls(words, 2500)

    @classmethod
    def path(cls, rest: str) -> Refused:
        return cls(f"Unknown path components: /{rest}", 2500)

    # -------------------------------------------------------------------------------------------- what is not there

    @classmethod
    def gone(cls, method: str, name: str) -> Refused:
        """Something that is not there, or that this token does not see: Facebook does not say which."""
        words = (
            f"Unsupported {method.lower()} request. Object with ID '{name}' does not exist, cannot be loaded due to "
            "missing permissions, or does not support this operation. Please read the Graph API documentation at "
            "https://developers.facebook.com/docs/graph-api"
        )
        return cls(words, 100, 33, kind=METHOD)

    @classmethod
    def alias(cls, name: str) -> Refused:
        """One of several ids that were asked for at once leads nowhere."""
        return cls(f"(#803) Some of the aliases you requested do not exist: {name}", 803)

    @classmethod
    def foreign(cls) -> Refused:
        """What another Page has to say, for an app that was not reviewed for it."""
        words = (
            "Object does not exist, cannot be loaded due to missing permission or reviewable feature, or does not "
            "support this operation. This endpoint requires the 'pages_read_engagement' permission or the 'Page Public "
            f"Content Access' feature. Refer to {REVIEW} for details."
        )
        return cls.param(words)

    # ------------------------------------------------------------------------------------------------- who may what

    @classmethod
    def no_token(cls) -> Refused:
        return cls("An access token is required to request this resource.", 104, status=401)

    @classmethod
    def no_me(cls) -> Refused:
        return cls("An active access token must be used to query information about the current user.", 2500)

    @classmethod
    def unreadable(cls) -> Refused:
        return cls("Invalid OAuth access token - Cannot parse access token", 190, status=401)

    @classmethod
    def session(cls, subcode: int, app: str, then: datetime, now: datetime) -> Refused:
        """A token that is dead, and why."""
        words = SESSIONS[subcode].format(app=app, then=_said(then), now=_said(now))
        return cls(words, 190, subcode)

    @classmethod
    def proof_wanted(cls) -> Refused:
        words = "API calls from the server require an appsecret_proof argument"
        return cls(words, 100, kind=METHOD)

    @classmethod
    def proof_wrong(cls) -> Refused:
        return cls("Invalid appsecret_proof provided in the API argument", 100, kind=METHOD)

    @classmethod
    def unread(cls, scope: str) -> Refused:
        """A permission to read is missing."""
        words = f"(#10) This endpoint requires the '{scope}' permission. Refer to {REVIEW} for details."
        return cls(words, 10)

    @classmethod
    def unmanaged(cls, scope: str) -> Refused:
        """A permission to write is missing."""
        return cls(f"(#200) Requires {scope} permission to manage the object", 200)

    @classmethod
    def no_task(cls, task: str) -> Refused:
        return cls(f"(#200) The user must be able to perform the {task} task on the Page", 200)

    @classmethod
    def page_token_wanted(cls) -> Refused:
        return cls("(#210) A page access token is required to request this resource.", 210)

    @classmethod
    def forbidden(cls) -> Refused:
        return cls("(#200) Permissions error", 200)

    # ---------------------------------------------------------------------------------------------------- messages

    @classmethod
    def window_closed(cls) -> Refused:
        words = "(#10) This message is sent outside of allowed window. Learn more about the new policy here: "
        return cls(
            words + "https://developers.facebook.com/docs/messenger-platform/policy-overview", 10, 2018278
        )

    @classmethod
    def unavailable(cls) -> Refused:
        return cls("(#551) This person isn't available right now.", 551, 1545041)


def _said(moment: datetime) -> str:
    return moment.astimezone(PACIFIC).strftime("%A, %d-%b-%y %H:%M:%S PST")


FAILURES: Mapping[int, Refused] = {
    500: Refused("An unknown error occurred", 1, status=500, is_transient=False),
    502: Refused(
        "An unexpected error has occurred. Please retry your request later.", 2, status=502, is_transient=True
    ),
    503: Refused("(#2) Service temporarily unavailable", 2, status=503, is_transient=True),
}
"""What Facebook says when it fails by itself."""

THROTTLES: Mapping[int, str] = {
    4: "(#4) Application request limit reached",
    17: "(#17) User request limit reached",
    32: "(#32) Page request limit reached",
    613: "(#613) Calls to this api have exceeded the rate limit.",
    80001: "(#80001) There have been too many calls to this Page account. Wait a bit and try again. For more info, "
    "please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
    80006: "(#80006) There have been too many calls to this Messenger account. Wait a bit and try again. For more "
    "info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
}


def throttled(code: int) -> Refused:
    """A call too many; 613 comes without its subcode."""
    return Refused(THROTTLES[code], code, is_transient=True) if code == 4 else Refused(THROTTLES[code], code)


def failed(status: int) -> Refused:
    """A failure without a cause in the request."""
    known = FAILURES.get(status, FAILURES[500])
    return Refused(known.message, known.code, status=status, **known.more)
