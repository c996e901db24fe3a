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

_READ = ("pages_read_engagement", "pages_read_user_content")


class FacebookConnector(Hearing, Saying, Moderating, Pushing):
    """One Page on Facebook: its feed and the comments there, what mentions it, recommendations and Messenger.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    platform = "facebook"
    Config = settings.Config
    App = settings.App
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("feed", needs=_READ, complete=False, overlap=60),
        Stream("comments", batch=1, needs=_READ, overlap=60),
        Stream("visitor_posts", needs=_READ, overlap=60),
        Stream("tagged", needs=_READ, complete=False, overlap=60),
        Stream("ratings", needs=_READ, overlap=60),
        Stream("messages", needs=("pages_messaging",), complete=False, overlap=60),
        Stream("conversation", batch=1, needs=_READ, polled=False),
    )
