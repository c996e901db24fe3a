"""The connector, of what stands in the modules beside it: hearing, saying, moderating."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.connector import Stream
from socialdesk_bluesky import settings, walks
from socialdesk_bluesky.moderating import Moderating

__all__ = ["BlueskyConnector"]


class BlueskyConnector(Moderating):
    """One account on Bluesky: who names, answers, quotes and reposts it, searches, threads, and what it says.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    platform = "bluesky"
    Config = settings.Config
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("mentions", complete=False, overlap=60),
        Stream("search", batch=1, complete=False, overlap=walks.LATE.total_seconds()),
        Stream("conversation", batch=1, overlap=60, polled=False),
    )
