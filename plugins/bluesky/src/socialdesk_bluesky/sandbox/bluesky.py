"""Bluesky's side of the wire."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Unpack
from urllib.parse import urlsplit

from socialdesk.testing.sandbox import Answer, Incoming, Sandbox
from socialdesk.wire import Request, Response

from .answering import ENDPOINTS, answer
from .chats import Chats, Message
from .control import CONTROL
from .limits import WINDOWS, Limits
from .refused import Refused
from .sessions import Sessions
from .state import PostOptions, Profile, Record, User
from .views import Views
from .world import World


class BlueskySandbox(Sandbox):
    """Bluesky, as its API shows it: an account's own server and the app view in one. People, posts, threads with their
    gates, notifications, search, blocks, sessions, limits and refusals.

    These may be changed at any time:

    - ``index_lag``: how many seconds the app view is behind an account's own server;
    - ``search_lag``: how many seconds search is behind that;
    - ``tells_blocked``: True has the posts of people who blocked whoever asks among those that are looked up; else they
      are left out, as deleted ones are;
    - ``upload_limit``: how many bytes a file may have;
    - ``apart``: True has the accounts' own server be another host than the entryway (not on a port of this machine);
    - ``allows_messages``: whether app passwords may reach direct messages;
    - ``limits``: the rate limits, by name.

    CIDs of records and files are the true ones; there is no tree of hashes over a repository, and a commit's CID is
    made up. Files are not kept, only their sizes and digests.
    """

    platform: ClassVar[str] = "bluesky"
    control = CONTROL

    def __init__(self, handle: str = "acme", *, start: datetime | None = None, seed: int = 0) -> None:
        super().__init__(start=start, seed=seed)
        self.handle = handle
        self.apart = False
        self.search_lag = 0.0
        self.tells_blocked = False
        self.upload_limit = 100_000_000
        self.allows_messages = True
        self.told_headers: dict[str, str] = {}
        self.sessions = Sessions(self.clock, f"{self.platform}:{seed}")
        self.restart()

    def restart(self) -> None:
        self.world = World(self.clock.now, self.indexing_delay, self.lock)
        self.chats = Chats(self.world, self.clock.now)
        self.limits = Limits()
        self.sessions.ended.clear()
        self.sessions.revoked.clear()
        self.connect_account(self.handle, verified=True, takes_messages="all")

    # -------------------------------------------------------------------------------------------- the Python face

    @property
    def index_lag(self) -> float:
        return self.world.lag

    @index_lag.setter
    def index_lag(self, seconds: float) -> None:
        self.world.lag = seconds

    @property
    def account(self) -> User:
        """The brand's own user."""
        return self.user(self.handle)

    def user(self, handle: str, **profile: Unpack[Profile]) -> User:
        """The user of a handle, made on first use; ``ann`` is short for ``ann.bsky.social``. What ``profile`` names is
        changed. Raises StateError on a handle that Bluesky would not take."""
        with self.lock:
            return self.world.user(handle, profile)

    def connect_account(self, handle: str, **profile: Unpack[Profile]) -> dict[str, str]:
        """A further account that may sign in: what works for it."""
        user = self.user(handle, **profile)
        if not user.password:
            drawn = hashlib.sha256(f"{self.sessions.seed}:{user.did}".encode()).hexdigest()
            user.password = "-".join(drawn[at : at + 4] for at in (0, 4, 8, 12))
        return {"handle": user.handle, "did": user.did, "app_password": user.password}

    @property
    def credentials(self) -> dict[str, str]:
        return self.connect_account(self.handle)

    @property
    def settings(self) -> dict[str, Any]:
        return self.settings_for(self.handle)

    def settings_for(self, handle: str) -> dict[str, Any]:
        """The plugin's settings for an account that may sign in."""
        given = self.connect_account(handle)
        return {"base_url": self.base_url, "handle": given["handle"], "app_password": given["app_password"]}

    def revoke(self, handle: str) -> None:
        """Take an app password back: no session of it works any more, and no new one is made."""
        with self.lock:
            user = self.user(handle)
            user.password = ""
            self.sessions.forget(user.did)

    @property
    def server_url(self) -> str:
        """Where the accounts' own server is."""
        parts = urlsplit(self.base_url)
        return f"https://morel.{parts.netloc}" if self.apart and parts.scheme == "https" else self.base_url

    def thread(self, post: Record) -> list[Record]:
        """The platform's own view of a thread: its posts that everybody sees, oldest first."""
        with self.lock:
            return self.world.thread(post)

    def message(self, sender: User, to: User, text: str) -> Message:
        """Have somebody write to another in private. Raises StateError where their app would not let them."""
        with self.lock:
            return self.chats.message(sender, to, text)

    def messages(self, one: User, other: User) -> list[Message]:
        """The platform's own view of what two people wrote to each other, oldest first."""
        return [each for each in self.chats.between(one, other).messages if not each.deleted]

    def crowd(
        self,
        n: int,
        text: str = "@{brand} my parcel {i} is lost",
        *,
        people: int = 100,
        over: timedelta = timedelta(hours=1),
        **options: Unpack[PostOptions],
    ) -> list[Record]:
        """So many posts by so many people, spread evenly over the time until now, oldest first. ``{brand}`` and
        ``{i}`` in the text stand for the brand's handle and the post's number."""
        now, step, made = self.clock.now(), over / max(n, 1), []
        for index in range(n):
            options["at"] = now - step * (n - index)
            words = text.replace("{brand}", self.account.handle).replace("{i}", str(index))
            made.append(self.user(f"crowd-{index % people}").post(words, **options))
        return made

    def snapshot(self) -> dict[str, Any]:
        views = Views(self.world, None)
        return {
            "account": self.describe_account(),
            "users": len(self.world.users),
            "posts": sum(1 for post in self.world.posts if not post.deleted),
            "notifications": len(self.world.notes[self.account.did]),
            "latest": [views.post(post) for post in self.world.posts[-20:] if not post.deleted],
        }

    def describe_account(self) -> dict[str, Any]:
        return Views(self.world, None).detailed(self.account)

    # -------------------------------------------------------------------------------------------------- the wire

    def answer(self, request: Request) -> Answer:
        return answer(self, request)

    def charge(self, who: str, costs: Mapping[str, int]) -> None:
        """Take what a request costs from what is left to somebody. Raises Refused where too little is."""
        allowed, headers = self.limits.take(who, costs, self.clock.now())
        self.told_headers.update(headers)
        if not allowed:
            raise Refused(429)

    def spend(self, user: User, points: int) -> None:
        """Take the points that a write costs."""
        self.charge(user.did, {"points-hour": points, "points-day": points})

    def refusal(self, status: int) -> Response:
        return Refused(status).response()

    def limit_headers(self, request: Request, resets_at: datetime) -> dict[str, str]:
        name = "requests" if Incoming(request).method == "GET" else "points-hour"
        return self.limits.headers(name, 0, resets_at)

    def time_leaps(self, step: timedelta) -> None:
        self.sessions.leaps.append((self.clock.now() - step, step))

    def expire_credentials(self, request: Request) -> None:
        header = request.headers.get("authorization", "")
        self.sessions.expire(header.partition(" ")[2].strip())


__all__ = ["ENDPOINTS", "WINDOWS", "BlueskySandbox"]
