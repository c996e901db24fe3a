"""The connector, of what stands in the modules beside it: hearing, saying, moderating."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.connector import NoApp, Profile, Stream
from socialdesk_bluesky import settings, walks
from socialdesk_bluesky.moderating import Moderating

__all__ = ["BlueskyConnector"]

_OF_MESSAGES = ("chats", "messages")


class BlueskyConnector(Moderating):
    """One account on Bluesky: who names, answers, quotes and reposts it, searches, threads, messages, and what it says.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    platform = "bluesky"
    Config = settings.Config
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("mentions", complete=False, overlap=60),
        Stream("search", batch=1, complete=False, overlap=walks.LATE.total_seconds()),
        Stream("chats"),
        Stream("messages", batch=1, overlap=60),
        Stream("conversation", batch=1, overlap=60, polled=False),
    )

    def __init__(self, config: settings.Config, app: NoApp, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        if not config.messages:
            offered = tuple(stream for stream in self.streams if stream.name not in _OF_MESSAGES)
            self.streams = offered  # type: ignore[misc]  # the class says what Bluesky offers, an instance what is asked
