"""What each method takes: its parameters, their values, and which filters exclude each other.

Names, ranges and lists of values are those of the API's discovery document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from socialdesk.testing.sandbox import Incoming

from .problems import Refused

COMMON = frozenset(
    "$.xgafv access_token alt callback fields key oauth_token prettyPrint quotaUser uploadType upload_protocol".split()
)
FORMATS = ("html", "plainText", "textFormatUnspecified")
STATUSES = ("published", "heldForReview", "likelySpam", "rejected")
BOOLEANS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Params:
    """``filters`` are parameters of which exactly one must be given, ``size`` smallest, largest and usual number of
    items, ``values`` what some parameters may hold, ``parts`` what ``part`` may name; ``must`` has to be there."""

    others: frozenset[str] = frozenset()
    filters: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    size: tuple[int, int, int] | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    moments: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        sized = ("maxResults", "pageToken") if self.size else ()
        part = ("part",) if self.parts else ()
        return COMMON | self.others | {*self.filters, *self.must, *self.values, *self.moments, *sized, *part}


_VIDEO_PARTS = (
    "contentDetails id liveStreamingDetails localizations player snippet statistics status topicDetails"
)
COMMENT = ("id", "snippet")

THREADS = Params(
    frozenset({"searchTerms"}),
    filters=("allThreadsRelatedToChannelId", "videoId", "id", "channelId"),
    parts=("id", "replies", "snippet"),
    size=(1, 100, 20),
    values={
        "moderationStatus": STATUSES,
        "order": ("time", "relevance", "orderUnspecified"),
        "textFormat": FORMATS,
    },
)
COMMENTS = Params(
    filters=("parentId", "id"), parts=COMMENT, size=(1, 100, 20), values={"textFormat": FORMATS}
)
BODY = Params(parts=COMMENT)
THREAD_BODY = Params(parts=("id", "replies", "snippet"))
ONE = Params(must=("id",))
MODERATION = Params(
    must=("id", "moderationStatus"), values={"moderationStatus": STATUSES, "banAuthor": BOOLEANS}
)
VIDEOS = Params(
    frozenset({"hl"}),
    filters=("id", "chart", "myRating"),
    parts=tuple(_VIDEO_PARTS.split()),
    size=(1, 50, 5),
)
CHANNELS = Params(
    frozenset({"hl"}),
    filters=("id", "mine", "forHandle", "forUsername"),
    parts=("brandingSettings", "contentDetails", "id", "localizations", "snippet", "statistics", "status"),
    size=(0, 50, 5),
)
SEARCH = Params(
    frozenset({"channelId", "q", "regionCode", "relevanceLanguage"}),
    parts=("id", "snippet"),
    size=(0, 50, 5),
    values={
        "forMine": BOOLEANS,
        "order": ("date", "rating", "relevance", "title", "videoCount", "viewCount"),
        "safeSearch": ("moderate", "none", "strict"),
        "type": ("video", "channel"),
    },
    moments=("publishedAfter", "publishedBefore"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A request's parameters, checked."""

    query: Mapping[str, str]
    parts: frozenset[str]
    size: int

    def listed(self, name: str) -> list[str]:
        """The values of a parameter that may have several, with commas between."""
        return [value for value in self.query.get(name, "").split(",") if value]


def checked(seen: Incoming, params: Params) -> Call:
    """A request's parameters. Raises Refused on one that is unknown, missing, out of range or one too many."""
    query: dict[str, str] = {}
    for (
        name,
        value,
    ) in seen.pairs:  # a parameter that may have several values may also stand there several times
        query[name] = f"{query[name]},{value}" if name in query else value
    for name in query:
        if name not in params.known:
            raise Refused.parameter(
                "unexpectedParameter", name, f"The <code>{name}</code> parameter is unexpected."
            )
    required = (*params.must, *(("part",) if params.parts else ()))
    for name in required:
        if not query.get(name):
            raise Refused.parameter("missingRequiredParameter", name, f"Required parameter: {name}")
    parts = frozenset(part for part in query.get("part", "").split(",") if part)
    for part in parts - set(params.parts):
        raise Refused.parameter("unknownPart", "part", f"'{part}'")
    for name, choices in params.values.items():
        if name in query and not set(query[name].split(",")) <= set(choices):
            raise Refused.parameter("invalidParameter", name, f"Invalid value at '{name}': \"{query[name]}\"")
    _filters(query, params.filters)
    _moments(query, params.moments)
    return Call(query, parts, _size(query, params.size))


def _filters(query: Mapping[str, str], filters: tuple[str, ...]) -> None:
    given = [name for name in filters if query.get(name)]
    if filters and not given:
        words = f"No filter selected. Expected one of: {', '.join(filters)}"
        raise Refused.parameter("missingRequiredParameter", "parameters.", words)
    if len(given) > 1:
        words = f"Incompatible parameters specified in the request: {', '.join(given)}"
        raise Refused.parameter("incompatibleParameters", "parameters.", words)


def _moments(query: Mapping[str, str], names: tuple[str, ...]) -> None:
    for name in names:
        try:
            aware = name not in query or datetime.fromisoformat(query[name]).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            raise Refused.parameter("invalidParameter", name, f"Invalid value at '{name}': \"{query[name]}\"")


def _size(query: Mapping[str, str], size: tuple[int, int, int] | None) -> int:
    if size is None or "maxResults" not in query:
        return size[2] if size else 0
    told = query["maxResults"]
    if not (told.isascii() and told.isdigit() and size[0] <= int(told) <= size[1]):
        words = f"Invalid value '{told}'. Values must be within the range: [{size[0]}, {size[1]}]"
        raise Refused.parameter("invalidParameter", "maxResults", words)
    return int(told)


__all__ = ["Call", "Params", "checked"]
