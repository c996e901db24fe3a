"""Tumblr's side of the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Literal, Unpack

from socialdesk.testing.sandbox import Answer, Incoming, Sandbox
from socialdesk.wire import Request, Response

from .access import ALL_SCOPES, Keyring
from .answering import answer, dressed, refusal
from .control import CONTROL
from .describe import blog_json, entry_json
from .items import Activity, Note, Post
from .limits import Limits
from .problems import Refused
from .state import Blog, BlogOptions, PostOptions
from .world import World

_SETTINGS = (
    "consumer_key",
    "consumer_secret",
    "access_token",
    "access_token_secret",
    "oauth2_access_token",
    "oauth2_refresh_token",
)


class TumblrSandbox(Sandbox):
    """Tumblr, as its API shows it: blogs, posts and reblogs, notes, the activity feed, the inbox, tags, credentials,
    limits and refusals.

    These may be changed at any time:

    - ``replies_vanish``: True leaves replies out of the activity feed, as it happens to some people;
    - ``notifications_page``, ``notes_page``: how many items a page has;
    - ``notifications_edge``: whether what shares the last second of a page is lost or repeated on the next;
    - ``shared_notes``: whether all posts of a reblog tree have the same notes;
    - ``tag_lag``: how many seconds the search for tags is behind; ``indexed_tags``: how many of a post's tags it looks
      at; ``tags_disordered``: True has it swap neighbours; ``featured_tags``: those whose posts have a time of their
      own;
    - ``deep_from``: from which offset on only followed links lead to posts;
    - ``genesis_ids``: whether a draft gets a new id when it is published, and is not found by the old one;
    - ``parents_missing``: how many reblogs are yet refused as if their parent were not there;
    - ``closed_posts_are``: 403 or 400, how a reblog of a post that takes none is refused;
    - ``posting_off``: True refuses new posts with 503; ``transcoding``: True refuses videos for now;
      ``uploads_fail``: True has files end in an error of the server;
    - ``tells_state``: whether the answer to a new post tells more than its id;
    - ``legacy_errors``: strings or objects, what the older routes list; ``empty_response``: list or text, what stands
      for a response that there is none of;
    - ``agent_policy``: notice, refuse or strict: what becomes of a request with another User-Agent than the first
      (strict refuses one without any as well); ``agents`` are those that came;
    - ``limits``: the windows of the app and of its address, and the days of people.

    ``uploads`` are the files that were sent, by the addresses under which they are told.
    """

    platform: ClassVar[str] = "tumblr"
    control = CONTROL

    def __init__(self, name: str = "acme", *, start: Any = None, seed: int = 0) -> None:
        super().__init__(start=start, seed=seed)
        self.name = name
        self.replies_vanish = False
        self.notifications_page = 20
        self.notes_page = 50
        self.notifications_edge: Literal["lost", "repeated"] = "lost"
        self.shared_notes = True
        self.tag_lag = 30.0
        self.indexed_tags = 20
        self.tags_disordered = False
        self.featured_tags: set[str] = set()
        self.deep_from = 1_000
        self.genesis_ids = True
        self.parents_missing = 0
        self.closed_posts_are: Literal[400, 403] = 403
        self.posting_off = False
        self.transcoding = False
        self.uploads_fail = False
        self.tells_state = True
        self.legacy_errors: Literal["strings", "objects"] = "strings"
        self.empty_response: Literal["list", "text"] = "list"
        self.agent_policy: Literal["notice", "refuse", "strict"] = "notice"
        self.restart()

    def restart(self) -> None:
        label = f"{self.platform}:{self.clock.seed}"
        self.world = World(self.clock.now, self.indexing_delay, label)
        self.world.genesis = self.genesis_ids
        self.limits = Limits()
        self.uploads: dict[str, bytes] = {}
        self.agents: list[str] = []
        self.keyring = Keyring(self.clock, label)
        self._opened: dict[int, dict[str, str]] = {}
        self._app = self.keyring.open_app()
        self._account = self.world.blog(self.name, {"title": self.name.capitalize()})
        self.connect_account(self.name)

    # -------------------------------------------------------------------------------------------- the Python face

    @property
    def account(self) -> Blog:
        """The brand's own blog."""
        return self._account

    def blog(self, name: str, **options: Unpack[BlogOptions]) -> Blog:
        """The blog of that name, made on first use with a person of its own; what ``options`` name is changed. Raises
        StateError on a name that Tumblr would not take."""
        with self.lock:
            return self.world.blog(name, options)

    def connect_account(self, name: str) -> dict[str, str]:
        """The person behind a blog allows the app everything: every kind of credentials that works for them."""
        with self.lock:
            blog = self.world.blog(name, {})
            if blog.owner.number not in self._opened:
                self._opened[blog.owner.number] = self._app | self.keyring.open_account(blog)
            return dict(self._opened[blog.owner.number])

    @property
    def credentials(self) -> dict[str, str]:
        return self.connect_account(self._account.name)

    def authorize(self, name: str, scopes: Sequence[str] = ALL_SCOPES, *, redirect_uri: str = "") -> str:
        """What Tumblr's page hands to the app when the person behind a blog allows it: a code for tokens."""
        with self.lock:
            return self.keyring.code(self.world.blog(name, {}).owner, tuple(scopes), redirect_uri)

    def grant(self, name: str, *scopes: str) -> dict[str, str]:
        """A new OAuth 2 grant, with the scopes named (all by default)."""
        with self.lock:
            grant, access = self.keyring.grant(self.world.blog(name, {}).owner, scopes or ALL_SCOPES)
            return {"oauth2_access_token": access, "oauth2_refresh_token": grant.refresh}

    def revoke(self, name: str) -> None:
        """The person behind a blog takes back what they allowed: every token is dead."""
        with self.lock:
            self.keyring.forget(self.world.names[name].owner)

    def reconnect(self, name: str) -> dict[str, str]:
        """The person allows everything anew: new credentials of every kind."""
        with self.lock:
            self._opened.pop(self.world.names[name].owner.number, None)
            return self.connect_account(name)

    @property
    def settings(self) -> dict[str, Any]:
        return self.settings_for(self._account.name)

    def settings_for(self, name: str) -> dict[str, Any]:
        """The plugin's settings for a blog that is connected."""
        given = self.connect_account(name)
        return {"base_url": self.base_url, "blog": name, **{key: given[key] for key in _SETTINGS}}

    def thread(self, post: Post) -> list[Post | Note]:
        """The platform's own view of what hangs together with a post: its root, reblogs and replies, oldest first."""
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
        ``{i}`` in the text stand for the brand's name and the post's number."""
        with self.lock:
            now, step, made = self.clock.now(), over / max(n, 1), []
            crowd = [self.blog(f"crowd-{index}") for index in range(min(people, n))]
            for index in range(n):
                options["at"] = now - step * (n - index)
                words = text.format(brand=self._account.name, i=index)
                made.append(crowd[index % people].post(words, **options))
            return made

    def announce(self, kind: str, wire: str = "", **extra: Any) -> None:
        """Put an item of any type into the brand's activity, such as ``generic`` with a ``subtype``."""
        with self.lock:
            at = self.world.moment()
            item = Activity(kind, wire or kind, at, self.clock.now(), None, extra=extra)
            self.world.tell(self._account, item)

    def snapshot(self) -> dict[str, Any]:
        posts = [post for post in self.world.posts.values() if not post.deleted]
        return {
            "account": self.describe_account(),
            "blogs": len(self.world.blogs),
            "posts": len(posts),
            "activity": len(self._account.activity),
            "inbox": len(self.world.inbox.listed(self._account)),
            "agents": list(self.agents),
            "latest": [entry_json(post) for post in sorted(posts, key=lambda post: post.number)[-20:]],
        }

    def describe_account(self) -> dict[str, Any]:
        return blog_json(self._account)

    # -------------------------------------------------------------------------------------------------- the wire

    def refusal(self, status: int) -> Response:
        """A refusal without a cause in the request: the windows tell that there is quota left."""
        headers = self.limits.headers(self.clock.now())
        return dressed(self, refusal(self, Refused(status), "plain"), headers)

    def limit_headers(self, request: Request, resets_at: Any) -> dict[str, str]:
        now = self.clock.now()
        return self.limits.headers(now) | self.limits.exhausted(now, resets_at)

    def time_leaps(self, step: timedelta) -> None:
        self.keyring.prolong(step)

    def expire_credentials(self, request: Request) -> None:
        self.keyring.expire(Incoming(request))

    def answer(self, request: Request) -> Answer:
        self.world.genesis = self.genesis_ids
        return answer(self, request)


__all__ = ["TumblrSandbox"]
