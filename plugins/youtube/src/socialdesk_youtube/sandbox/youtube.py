"""YouTube's side of the wire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Unpack

from socialdesk.testing.sandbox import Answer, Incoming, Sandbox
from socialdesk.wire import Request, Response

from .access import ALL_SCOPES, Keyring
from .answering import answer, dressed
from .control import CONTROL
from .describe import channel_json, comment_json
from .pages import Pages
from .problems import Refused
from .quota import Quota
from .state import Channel, Comment, Profile, Video
from .world import World


class YouTubeSandbox(Sandbox):
    """YouTube, as its Data API shows it: channels, videos, threads of comments, moderation, search, and a quota that no
    answer tells of. The brand's own channel is ``account``.

    These may be changed at any time:

    - ``count_lag``: how many seconds ``totalReplyCount`` is behind;
    - ``counts_removed``: whether it counts replies that were taken away;
    - ``replies_order``: newest or oldest, the order in which replies are listed, which YouTube does not promise;
    - ``originals``: ``all`` or ``author``, whom ``textOriginal`` is told to;
    - ``search_lag``: how many seconds search is behind;
    - ``quota``: what the project may spend and has spent;
    - ``pages.deepest``, ``pages.loops``: where page tokens lead astray;
    - ``keyring.testing``: whether the project's grants end after 7 days;
    - ``world.spam_words``: words for which a comment is taken for spam.
    """

    platform: ClassVar[str] = "youtube"
    control = CONTROL

    def __init__(self, handle: str = "acme", *, start: datetime | None = None, seed: int = 0) -> None:
        super().__init__(start=start, seed=seed)
        self.handle = handle
        self.count_lag = 0.0
        self.counts_removed = True
        self.replies_order: Literal["newest", "oldest"] = "newest"
        self.originals: Literal["all", "author"] = "all"
        self.search_lag = 0.0
        self.restart()

    def restart(self) -> None:
        label = f"{self.platform}:{self.clock.seed}"
        self.world = World(self.clock.now, self.indexing_delay, label)
        self.quota = Quota()
        self.pages = Pages(label)
        self.keyring = Keyring(self.clock, label)
        self._opened: dict[str, dict[str, str]] = {}
        self.connect_account(self.handle, title=self.handle.capitalize(), subscribers=12_000)

    # -------------------------------------------------------------------------------------------- the Python face

    @property
    def account(self) -> Channel:
        """The brand's own channel."""
        return self.world.handles[self.handle.lower()]

    def user(self, handle: str, **profile: Unpack[Profile]) -> Channel:
        """The channel of that handle, made on first use; what ``profile`` names is changed. Raises StateError on a
        handle that YouTube would not take."""
        with self.lock:
            return self.world.channel(handle, profile)

    def connect_account(self, handle: str, **profile: Unpack[Profile]) -> dict[str, str]:
        """A further channel that allows the project everything, and all credentials that work for it."""
        with self.lock:
            channel = self.world.channel(handle, profile)
            if channel.id not in self._opened:
                self._opened[channel.id] = self.grant(handle)
            given = self._opened[channel.id]
            return {**given, "expires_at": self.keyring.until(given["access_token"]).isoformat()}

    def grant(self, handle: str, scopes: Iterable[str] = ALL_SCOPES) -> dict[str, str]:
        """A new grant of a channel to the project, with these scopes, beside the project's own credentials."""
        with self.lock:
            ring = self.keyring
            made = ring.grant(self.world.channel(handle, {}), scopes)
            return {
                "access_token": made.access,
                "refresh_token": made.refresh,
                "expires_at": ring.until(made.access).isoformat(),
                "client_id": ring.client_id,
                "client_secret": ring.client_secret,
                "api_key": ring.api_key,
            }

    def revoke(self, handle: str) -> None:
        """A channel's owner takes back what they allowed the project."""
        with self.lock:
            channel = self.world.handles[handle.lower()]
            self.keyring.forget(channel)
            self._opened.pop(channel.id, None)

    @property
    def credentials(self) -> dict[str, str]:
        return self.connect_account(self.handle)

    @property
    def settings(self) -> dict[str, Any]:
        return self.settings_for(self.handle)

    def settings_for(self, handle: str) -> dict[str, Any]:
        """The plugin's settings for a channel that is connected."""
        given = self.connect_account(handle)
        channel = self.world.handles[handle.lower()]
        places = {"base_url": self.base_url, "token_url": f"{self.base_url}/token", "channel_id": channel.id}
        return {**places, **given}

    def thread(self, comment: Comment) -> list[Comment]:
        """The platform's own view of a thread: all of its comments that are there, oldest first."""
        with self.lock:
            return list(comment.thread())

    def crowd(
        self,
        n: int,
        video: Video,
        text: str = "My parcel {i} is lost",
        *,
        people: int = 100,
        over: timedelta = timedelta(hours=1),
    ) -> list[Comment]:
        """So many threads by so many people, spread evenly over the time until now, oldest first. ``{i}`` in the text
        stands for the comment's number."""
        with self.lock:
            now, step = self.clock.now(), over / max(n, 1)
            crowd = [self.user(f"crowd_{index}") for index in range(min(people, n))]
            return [
                crowd[index % len(crowd)].comment(video, text.format(i=index), at=now - step * (n - index))
                for index in range(n)
            ]

    def snapshot(self) -> dict[str, Any]:
        units, searches = self.quota.used(self.clock.now())
        latest = list(self.world.comments.values())[-20:]
        return {
            "account": self.describe_account(),
            "channels": len(self.world.channels),
            "videos": len(self.world.videos),
            "comments": len(self.world.comments),
            "units_used": units,
            "searches_used": searches,
            "latest": [comment_json(comment) for comment in latest],
        }

    def describe_account(self) -> dict[str, Any]:
        return channel_json(self.account)

    # -------------------------------------------------------------------------------------------------- the wire

    def refusal(self, status: int) -> Response:
        return dressed(self, Refused.plain(status).response())

    def limit_headers(self, request: Request, resets_at: datetime) -> dict[str, str]:
        return {}  # Google tells in none

    def time_leaps(self, step: timedelta) -> None:
        self.keyring.prolong(step)

    def expire_credentials(self, request: Request) -> None:
        self.keyring.expire(Incoming(request))

    def answer(self, request: Request) -> Answer:
        return answer(self, request)


__all__ = ["YouTubeSandbox"]
