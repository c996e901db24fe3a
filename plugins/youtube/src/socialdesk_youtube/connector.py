"""The connector, of what stands in the modules beside it: hearing, saying, moderating."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.connector import Profile, Stream
from socialdesk_youtube import settings
from socialdesk_youtube.hearing import COMMENTS, HELD, SEARCH_LATE, WATCHED, Hearing
from socialdesk_youtube.moderating import Moderating
from socialdesk_youtube.saying import Saying
from socialdesk_youtube.walks import LATE, REPLIES

__all__ = ["YouTubeConnector"]

_SCOPES = ("https://www.googleapis.com/auth/youtube.force-ssl",)


class YouTubeConnector(Hearing, Saying, Moderating):
    """One channel on YouTube: the comments on its videos and their replies, what is held for review, videos that name
    it, and what it says.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    platform = "youtube"
    Config = settings.Config
    App = settings.App
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream(COMMENTS, needs=_SCOPES, overlap=LATE.total_seconds()),
        Stream(WATCHED, walks=("all",), needs=_SCOPES),
        Stream(HELD, needs=_SCOPES, overlap=LATE.total_seconds(), complete=False),
        Stream("search", batch=1, needs=_SCOPES, overlap=SEARCH_LATE.total_seconds(), complete=False),
        Stream(REPLIES, batch=1, needs=_SCOPES, overlap=300, revisit=86_400),
        Stream("conversation", batch=1, needs=_SCOPES, polled=False),
    )

    def __init__(self, config: settings.Config, app: settings.App, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        if not self.writes:
            offered = tuple(stream for stream in self.streams if stream.name != HELD)
            self.streams = offered  # type: ignore[misc]  # the class says what YouTube offers, an instance what this account has
