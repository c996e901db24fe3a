"""X's side of the wire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal, Unpack

from socialdesk.testing.sandbox import Answer, Incoming
from socialdesk.wire import Request, Response

from .access import ALL_SCOPES, Keyring
from .answering import answer, dressed, nothing_left
from .control import CONTROL
from .control_dms import DIRECT_CONTROL
from .control_push import PUSH_CONTROL
from .deliveries import Deliveries
from .describe import post_json, user_json
from .directs import Conversation, Direct
from .limits import Limits
from .pages import Pages
from .problems import Refused
from .pushing import PushingSandbox
from .state import Media, Post, PostOptions, Profile, User
from .uploads import Uploads
from .world import World

Names = Literal["tweet", "post"]


class TwitterSandbox(PushingSandbox):
    """X, as its API shows it: users, posts, listings, recent search, posting, direct messages, media, webhooks and
    activity, credentials, limits and refusals. The brand's own user takes messages from everyone.

    ``names`` says in which generation of field names it answers (it takes both), ``enterprise`` lifts what self-serve
    apps may not do: answer those who did not call for it, quote, like. These may be changed at any time, as may:

    - ``implicit_mentions_summon``: whether the handles that X puts before a reply count as calling for an answer;
    - ``dm_lag``: how many seconds direct messages are behind in listings (X: none is promised);
    - ``search_lag``: how many seconds recent search is behind where no end is asked for (X: 30);
    - ``missing_is``: 404 or 200, the status for a single thing that is not to be had;
    - ``credit``: False has everything answered with 402;
    - ``usage_cap``, ``cap_reset_day``: posts that may be read in a month, and the days until that starts anew;
    - ``processing_seconds``, ``processing_failure``: how long a video or GIF is worked on after its upload, and the
      reason why that fails (empty: it does not);
    - ``looks_into_media``: True has pictures refused whose first bytes are not those of their type;
    - ``loopback_webhooks``: whether webhooks of this machine, http and with a port, are taken (X: no);
    - ``webhook_limit``, ``subscription_limit``: how many of them an app may have;
    - ``subscription_shape``: object, flat or list, the shape in which a new subscription is told;
    - ``limits``: the rate limits, by route.

    ``uploads.held`` are the files that were sent, by their numbers: sizes and digests, and the bytes of small ones.
    """

    platform: ClassVar[str] = "twitter"
    control = CONTROL | DIRECT_CONTROL | PUSH_CONTROL

    def __init__(
        self,
        handle: str = "acme",
        *,
        names: Names = "tweet",
        enterprise: bool = False,
        start: datetime | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(start=start, seed=seed)
        self.loopback_webhooks = True
        self.webhook_limit = 5
        self.subscription_limit = 1_500
        self.subscription_shape: Literal["object", "flat", "list"] = "object"
        self.processing_seconds = 5.0
        self.processing_failure = ""
        self.looks_into_media = False
        self.handle = handle
        self.names: Names = names
        self.enterprise = enterprise
        self.implicit_mentions_summon = False
        self.search_lag = 30.0
        self.dm_lag = 0.0
        self.missing_is: Literal[200, 404] = 404
        self.credit = True
        self.usage_cap = 3_000_000
        self.cap_reset_day = 11
        self.restart()

    def restart(self) -> None:
        self.world = World(self.clock.now, self.indexing_delay)
        self.limits = Limits()
        self.pages = Pages(self.clock)
        self.uploads = Uploads()
        if hasattr(self, "push"):
            self.push.close()
        self.push = Deliveries(self)
        self.world.happened = self.push.happened
        self.reads: defaultdict[date, set[int]] = defaultdict(set)
        self._opened: dict[str, dict[str, str]] = {}
        self.keyring = Keyring(self.clock, f"{self.platform}:{self.clock.seed}")
        self._app = self.keyring.open_app()
        self.connect_account(
            self.handle, name=self.handle.capitalize(), followers=12_000, verified=True, dms_open=True
        )

    # -------------------------------------------------------------------------------------------- the Python face

    @property
    def account(self) -> User:
        """The brand's own user."""
        return self.world.handles[self.handle.lower()]

    def user(self, handle: str, **profile: Unpack[Profile]) -> User:
        """The user of that handle, made on first use; what ``profile`` names is changed. Raises StateError on a
        handle that X would not take."""
        with self.lock:
            return self.world.user(handle, profile)

    def connect_account(self, handle: str, **profile: Unpack[Profile]) -> dict[str, str]:
        """A further account of the same developer app, and every kind of credentials that works for it."""
        with self.lock:
            user = self.world.user(handle, profile)
            if user.id not in self._opened:
                self._opened[user.id] = self._app | self.keyring.open_account(user)
            return dict(self._opened[user.id])

    @property
    def credentials(self) -> dict[str, str]:
        return self.connect_account(self.handle)

    def grant(self, handle: str, *scopes: str) -> dict[str, str]:
        """A new OAuth 2.0 grant of a user to the app's confidential client, with the scopes named (all by default)."""
        with self.lock:
            user = self.world.user(handle, {})
            grant = self.keyring.grant(user, self._app["client_id"], scopes or ALL_SCOPES)
            return {"oauth2_access_token": grant.access, "oauth2_refresh_token": grant.refresh}

    def revoke(self, handle: str) -> None:
        """A user takes back what they allowed the app: every token is dead, and webhooks are told."""
        with self.lock:
            user = self.world.handles[handle.lower()]
            self.keyring.forget(user)
        self.push.revoked(user)

    def reconnect(self, handle: str) -> dict[str, str]:
        """The user allows the app everything anew: new credentials of every kind."""
        with self.lock:
            self._opened.pop(self.world.handles[handle.lower()].id, None)
            return self.connect_account(handle)

    @property
    def settings(self) -> dict[str, Any]:
        return self.settings_for(self.handle)

    def settings_for(self, handle: str) -> dict[str, Any]:
        """The plugin's settings for an account that is connected."""
        given = self.connect_account(handle)
        names = (
            "consumer_key",
            "consumer_secret",
            "access_token",
            "access_token_secret",
            "bearer_token",
            "client_id",
            "client_secret",
            "oauth2_access_token",
            "oauth2_refresh_token",
        )
        return {"base_url": self.base_url, "handle": handle, **{name: given[name] for name in names}}

    def thread(self, post: Post) -> list[Post]:
        """The platform's own view of a conversation: all of its posts that are there, oldest first."""
        with self.lock:
            return self.world.thread(post)

    def crowd(
        self,
        n: int,
        text: str = "@{brand} my parcel {i} is lost",
        *,
        people: int = 100,
        over: timedelta = timedelta(hours=1),
        **options: Unpack[PostOptions],
    ) -> list[Post]:
        """So many posts by so many people, spread evenly over the time until now, oldest first. ``{brand}`` and
        ``{i}`` in the text stand for the brand's handle and the post's number."""
        with self.lock:
            now, step, made = self.clock.now(), over / max(n, 1), []
            crowd = [self.user(f"crowd_{index}") for index in range(min(people, n))]
            for index in range(n):
                options["at"] = now - step * (n - index)
                made.append(crowd[index % people].post(text.format(brand=self.handle, i=index), **options))
            return made

    def repost_by_crowd(self, post: Post, n: int) -> list[Post]:
        """So many reposts of a post, each by another person."""
        with self.lock:
            return [self.user(f"fan_{index}").repost(post) for index in range(n)]

    def group(self, starter: User, others: Iterable[User]) -> Conversation:
        """A conversation of several people; ``starter.message(group, "...")`` says something in it."""
        with self.lock:
            return self.world.directs.group(starter, others)

    def messages(self, one: User, other: User) -> list[Direct]:
        """The platform's own view of what two people wrote to each other, oldest first."""
        with self.lock:
            directs = self.world.directs
            return [directs.events[number] for number in directs.between(one, other).events]

    def media(self, kind: str = "photo", content: bytes | None = None, **about: Any) -> Media:
        """A picture or film (photo, animated_gif, video) for a post or message that someone writes in Python."""
        with self.lock:
            number = self.world.mint(self.clock.now())
            prefix = {"photo": 3, "animated_gif": 16, "video": 7}[kind]
            about.setdefault("url", f"https://pbs.twimg.com/media/{number}.jpg")
            return Media(f"{prefix}_{number}", kind=kind, content=content, **about)

    def withhold(self, post: Post, countries: Sequence[str], *, copyright: bool = False) -> None:
        """Keep a post from being shown in some countries: its text is told no more."""
        with self.lock:
            for number in post.history:
                version = self.world.posts[number]
                version.withheld, version.copyright = tuple(countries), copyright
                version.forget()

    def used(self, day: date | None = None) -> int:
        """How many posts were read: in all, or on one UTC day. A post is counted once a day."""
        if day is not None:
            return len(self.reads.get(day, ()))
        return sum(map(len, self.reads.values()))

    def snapshot(self) -> dict[str, Any]:
        return {
            "account": self.describe_account(),
            "names": self.names,
            "enterprise": self.enterprise,
            "users": len(self.world.users),
            "posts": len(self.world.order),
            "messages": len(self.world.directs.events),
            "mentions": len(self.account.mentions),
            "posts_read": self.used(),
            "latest": [post_json(self.world.posts[number]) for number in self.world.order[-20:]],
        }

    def describe_account(self) -> dict[str, Any]:
        return user_json(self.account)

    # -------------------------------------------------------------------------------------------------- the wire

    def refusal(self, status: int) -> Response:
        return dressed(self, Refused.plain(status).response(self.names), {})

    def limit_headers(self, request: Request, resets_at: datetime) -> dict[str, str]:
        return nothing_left(self, request, resets_at)

    def time_leaps(self, step: timedelta) -> None:
        self.keyring.prolong(step)

    def expire_credentials(self, request: Request) -> None:
        self.keyring.expire(Incoming(request))

    def answer(self, request: Request) -> Answer:
        return answer(self, request)


__all__ = ["Names", "TwitterSandbox"]
