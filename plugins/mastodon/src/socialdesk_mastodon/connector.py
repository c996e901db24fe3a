"""The connector, of what stands in the modules beside it: hearing, saying, moderating."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.connector import NoApp, Stream
from socialdesk_mastodon import settings, walks
from socialdesk_mastodon.hearing import Hearing
from socialdesk_mastodon.moderating import Moderating
from socialdesk_mastodon.saying import Saying

__all__ = ["MastodonConnector"]


class MastodonConnector(Hearing, Saying, Moderating):
    """One account on a server that speaks Mastodon's interface: what names, answers or quotes it, hashtags and
    searches, whole threads, and what it says, as widely as it is meant and no wider.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit.
    """

    platform = "mastodon"
    Config = settings.Config
    App = NoApp
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("mentions", order="oldest", needs=("read:notifications",)),
        Stream(
            "search",
            batch=1,
            needs=("read:search", "read:statuses"),
            complete=False,
            overlap=walks.LATE.total_seconds(),
        ),
        Stream("conversation", batch=1, needs=("read:statuses",), complete=False, polled=False),
    )
