"""X's side of the wire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar, Literal, Unpack

from socialdesk.testing.sandbox import Answer, Incoming, Sandbox, json_response
from socialdesk.wire import Headers, Request, Response

from .access import ALL_SCOPES, Caller, Keyring
from .answers import finished, read_by
from .call import Call
from .control import CONTROL
from .control_dms import DIRECT_CONTROL
from .describe import post_json, user_json
from .directs import Conversation, Direct
from .endpoints import ENDPOINTS, Endpoint
from .limits import Limits, too_many
from .pages import Pages
from .params import asked, check
from .problems import HOSTS, Refused
from .state import Post, PostOptions, Profile, User
from .world import World

Names = Literal["tweet", "post"]


class TwitterSandbox(Sandbox):
    """X, as its API shows it: users, posts, listings, recent search, posting, credentials, limits and refusals.

    ``names`` says in which generation of field names it answers (it takes both), ``enterprise`` lifts what self-serve
    apps may not do: answer those who did not call for it, quote, like. These may be changed at any time, as may:

    - ``implicit_mentions_summon``: whether the handles that X puts before a reply count as calling for an answer;
    - ``dm_lag``: how many seconds direct messages are behind in listings (X: none is promised);
    - ``search_lag``: how many seconds recent search is behind where no end is asked for (X: 30);
    - ``missing_is``: 404 or 200, the status for a single thing that is not to be had;
    - ``credit``: False has everything answered with 402;
    - ``usage_cap``, ``cap_reset_day``: posts that may be read in a month, and the days until that starts anew;
    - ``limits``: the rate limits, by route.

    Media cannot be uploaded here: a post's media are given by its author in Python.
    """

    platform: ClassVar[str] = "twitter"
    control = CONTROL | DIRECT_CONTROL

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
        self._read: defaultdict[date, set[int]] = defaultdict(set)
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
            return len(self._read.get(day, ()))
        return sum(map(len, self._read.values()))

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
        return self._dressed(Refused.plain(status).response(self.names), {})

    def limit_headers(self, request: Request, resets_at: datetime) -> dict[str, str]:
        seen = Incoming(request)
        found = ENDPOINTS.find(seen.method, seen.path)
        allowed = self.limits.allowances.get((seen.method, found.template)) if found else None
        limit = (allowed.user or allowed.app or 15) if allowed else 15
        return {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": str(int(resets_at.timestamp())),
        }

    def time_leaps(self, step: timedelta) -> None:
        self.keyring.prolong(step)

    def expire_credentials(self, request: Request) -> None:
        self.keyring.expire(Incoming(request))

    def answer(self, request: Request) -> Answer:
        seen = Incoming(request)
        for_tokens = {
            ("POST", "/2/oauth2/token"): self.keyring.answer_token,
            ("POST", "/2/oauth2/revoke"): self.keyring.answer_revoke,
            ("POST", "/oauth2/token"): self.keyring.answer_client_credentials,
        }.get((seen.method, seen.path))
        if for_tokens is not None:
            return Answer(self._dressed(for_tokens(seen), {}))
        headers: dict[str, str] = {}
        who = ""
        try:
            found = ENDPOINTS.find(seen.method, seen.path)
            if found is None:
                raise Refused.plain(405 if ENDPOINTS.methods(seen.path) else 404)
            caller = self.keyring.caller(seen)
            who = caller.name
            headers["x-access-level"] = caller.level
            self._admit(caller, found.handler)
            counted, allowed = self.limits.spend((seen.method, found.template), caller, self.clock.now())
            headers |= counted
            if not allowed:
                raise too_many()
            self._afford(found.handler)
            call = self._call(seen, caller, found.args, found.handler)
            status, body = found.handler.run(self, call)
            self._read[self.clock.now().date()] |= read_by(body) if status == 200 else set()
            if status == 201 and found.handler.location:
                headers["location"] = HOSTS[self.names] + found.handler.location.format(**body["data"])
            response = json_response(status, finished(body, self.names))
        except Refused as refused:
            response = refused.response(self.names)
        return Answer(self._dressed(response, headers), who)

    def _admit(self, caller: Caller, endpoint: Endpoint) -> None:
        """Raises Refused(403) where these credentials are not for this endpoint."""
        if caller.kind not in endpoint.takes:
            raise Refused.unsupported_authentication(caller.kind, endpoint.takes)
        if caller.scopes is not None and not caller.scopes.issuperset(endpoint.scopes):
            raise Refused.plain(403)
        if (endpoint.writes or endpoint.private) and not caller.writes:
            raise Refused.read_only()

    def _afford(self, endpoint: Endpoint) -> None:
        """Raises Refused where credit or the month's reading is used up."""
        if not self.credit:
            raise Refused.out_of_credit(self.account.id)
        if not endpoint.writes and endpoint.takes != ("app",) and self.used() >= self.usage_cap:
            raise Refused.capped()

    def _call(self, seen: Incoming, caller: Caller, args: Mapping[str, str], endpoint: Endpoint) -> Call:
        check(seen, endpoint.params)
        return Call(seen, caller, args, endpoint.params, asked(seen, caller.user))

    def _dressed(self, response: Response, headers: Mapping[str, str]) -> Response:
        """The answer with the headers that all of X's answers have."""
        date_header = format_datetime(self.clock.now(), usegmt=True)
        said = {**response.headers, "Date": date_header, "Server": "tsa_b", "api-version": "2.165", **headers}
        return replace(response, headers=Headers(said))


__all__ = ["Names", "TwitterSandbox"]
