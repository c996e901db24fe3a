"""The connector, of what stands in the modules beside it: hearing, saying, moderating, being delivered to."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.connector import Profile, Stream
from socialdesk_twitter import settings
from socialdesk_twitter.hearing import Hearing
from socialdesk_twitter.moderating import Moderating
from socialdesk_twitter.pushing import Pushing
from socialdesk_twitter.saying import Saying

__all__ = ["TwitterConnector"]

_MESSAGES = "messages"


class TwitterConnector(Hearing, Saying, Moderating, Pushing):
    """One account on X: its mentions, replies to it, searches, conversations and direct messages, and what it says.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    platform = "twitter"
    Config = settings.Config
    App = settings.App
    # X bills each post that it tells: what shows later than by the overlap is not looked for again and again
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("mentions", needs=("tweet.read", "users.read"), late=0),
        Stream("replies", needs=("tweet.read", "users.read"), overlap=30, late=0),
        Stream("search", batch=1, needs=("tweet.read", "users.read"), complete=False, overlap=30, late=0),
        Stream(_MESSAGES, needs=("dm.read", "tweet.read", "users.read"), complete=False, late=0),
        Stream("conversation", batch=1, needs=("tweet.read", "users.read"), overlap=30, polled=False),
    )

    def __init__(self, config: settings.Config, app: settings.App, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        if not self.hears_messages:
            offered = tuple(stream for stream in self.streams if stream.name != _MESSAGES)
            self.streams = offered  # type: ignore[misc]  # the class says what X offers, an instance what this account has
