"""The connector, of what stands in the modules beside it: hearing, saying, moderating, being delivered to."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.connector import Stream
from socialdesk_facebook import settings
from socialdesk_facebook.hearing import Hearing
from socialdesk_facebook.moderating import Moderating
from socialdesk_facebook.pushing import Pushing
from socialdesk_facebook.saying import Saying

__all__ = ["FacebookConnector"]


class FacebookConnector(Hearing, Saying, Moderating, Pushing):
    """One Page on Facebook: its feed and the comments there, what mentions it, recommendations and Messenger.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    platform = "facebook"
    Config = settings.Config
    App = settings.App
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("feed", complete=False, overlap=60),
        Stream("comments", batch=1, overlap=60),
        Stream("visitor_posts", overlap=60),
        Stream("tagged", complete=False, overlap=60),
        Stream("ratings", overlap=60),
        Stream("messages", complete=False, overlap=60),
        Stream("conversation", batch=1, polled=False),
    )
