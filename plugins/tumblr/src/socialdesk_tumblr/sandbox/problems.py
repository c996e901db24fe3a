"""How Tumblr says no. The shapes of bodies follow ones that were recorded or are documented.

https://www.tumblr.com/docs/en/api/v2#errors-and-error-subcodes
"""

from __future__ import annotations

from typing import Any, Literal

MESSAGES = {
    200: "OK",
    201: "Created",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Limit Exceeded",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

_DETAILS = {
    400: "The request is not complete.",
    401: "Nobody is known by these credentials.",
    403: "This is not yours to do.",
    404: "There is nothing at this address.",
    429: "Too much was asked for. Come back later.",
    503: "Posting is switched off.",
}

Style = Literal["plain", "npf", "legacy"]
"""Where errors stand: beside the meta with title, code and detail; the same with title and code; in the response."""

BAD_JSON, NO_PARENT, BAD_MEDIA, NO_MORE_MEDIA = 8001, 8002, 8005, 8004
UPLOAD_FAILED, REBLOGGED_VIDEO, VIDEO_FAILED = 8006, 8008, 8009
STILL_TRANSCODING, NO_MORE_VIDEOS = 8010, 8011
BAD_ANSWER, QUEUE_FULL, NO_MORE_POSTS = 8016, 8022, 8023


def meta(status: int) -> dict[str, Any]:
    """The envelope's first member."""
    return {"status": status, "msg": MESSAGES.get(status, "Error")}


class Refused(Exception):
    """A request that is refused: a status, and what is wrong, in a sentence and as a subcode (0: there is none)."""

    def __init__(self, status: int, words: str = "", code: int = 0) -> None:
        super().__init__(words or MESSAGES.get(status, "Error"))
        self.status = status
        self.words = words
        self.code = code

    def body(self, style: Style, *, objects: bool, nothing: Any) -> dict[str, Any]:
        """The answer's body. ``objects`` says how the older routes list errors, ``nothing`` what an empty response
        is."""
        words = self.words or _DETAILS.get(self.status, "Something went wrong.")
        told = {"title": MESSAGES.get(self.status, "Error"), "code": self.code, "detail": words}
        # what is wrong with what was sent has its route's shape; who may come in, and what there is, has one shape
        if self.status in (400, 403) and style == "npf":
            return {"meta": meta(self.status), "errors": [{"title": words, "code": self.code}]}
        if self.status in (400, 403) and style == "legacy":
            return {"meta": meta(self.status), "response": {"errors": [told if objects else words]}}
        return {"meta": meta(self.status), "errors": [told], "response": nothing}


def bad_json(words: str) -> Refused:
    """What an NPF body that does not fit is refused with."""
    return Refused(400, words, BAD_JSON)
