"""The connector, of what stands in the modules beside it: hearing, saying and moderating."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.connector import Profile, Stream
from socialdesk_tumblr import settings
from socialdesk_tumblr.hearing import Hearing
from socialdesk_tumblr.moderating import Moderating
from socialdesk_tumblr.saying import Saying

__all__ = ["TumblrConnector"]

_OF_USERS = frozenset({"notifications", "asks"})


class TumblrConnector(Hearing, Saying, Moderating):
    """One blog on Tumblr: what is said to it and about it, and what it says.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    platform = "tumblr"
    Config = settings.Config
    App = settings.App
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("notifications", needs=("basic",), complete=False, overlap=60),
        Stream("asks", needs=("basic",), complete=False),
        Stream("posts"),
        Stream("notes", batch=1),
        Stream("search", batch=1, complete=False, overlap=3600),
        Stream("conversation", batch=1, polled=False),
    )

    def __init__(self, config: settings.Config, app: settings.App, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        if not self.writes:
            offered = tuple(stream for stream in self.streams if stream.name not in _OF_USERS)
            self.streams = offered  # type: ignore[misc]  # the class says what Tumblr offers, an instance what this account has
