"""What is asked of X, and in which order; how its answers are read stands in the modules beside this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from socialdesk.auth import Auth
from socialdesk.connector import (
    Capabilities,
    Command,
    Connector,
    Count,
    Item,
    Limit,
    LimitReading,
    Notice,
    Page,
    Part,
    Profile,
    Raw,
    Search,
    Sent,
    Standing,
    Stream,
    Topic,
    Window,
)
from socialdesk.errors import ConfigError, DeliveryUnknown, PlatformError, PluginError, Rejected
from socialdesk.models import Action, ExternalId, Mode, Reply, Rule
from socialdesk.wire import AuthRole, Json, Request, Response
from socialdesk_twitter import (
    budgets,
    joining,
    people,
    queries,
    refusals,
    sending,
    settings,
    translate,
    walks,
)
from socialdesk_twitter.fields import POST_PARAMS, USER_FIELDS, moment_text
from socialdesk_twitter.length import weighted_length

__all__ = ["TwitterConnector"]

_MENTIONS = walks.Listing(smallest=5, token="pagination_token", latest=800)  # a parameter's name
_SEARCH = walks.Listing(smallest=10, token="next_token", reach=walks.SEARCH_REACH)  # the same
_OLDER_POSTS_PAGES = 5
_CLOCKS_DIFFER = timedelta(seconds=120)
_READING = frozenset({"conversation", "lookup", "search"})
_WRITING = frozenset({"delete", "hide", "quote", "reply", "unhide"})
_HIDES = {"hide": True, "unhide": False}
_ROOT = "root"


class TwitterConnector(Connector[settings.Config, settings.App]):
    """One account on X: its mentions, replies to it, searches and conversations, and what it says.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    platform = "twitter"
    Config = settings.Config
    App = settings.App
    streams = (
        Stream("mentions", needs=("tweet.read", "users.read")),
        Stream("replies", needs=("tweet.read", "users.read"), overlap=30),
        Stream("search", batch=1, needs=("tweet.read", "users.read"), complete=False, overlap=30),
        Stream("conversation", batch=1, needs=("tweet.read", "users.read"), overlap=30, polled=False),
    )

    def __init__(self, config: settings.Config, app: settings.App, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        wrong = settings.problems(config, app)
        if wrong:
            raise ConfigError("The settings for twitter do not fit.", problems=wrong)

    # ------------------------------------------------------------------------------------------ who, how much

    @property
    def limits(self) -> tuple[Limit, ...]:
        return budgets.LIMITS

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            abilities=_READING | _WRITING if self._writes else _READING,
            lookup_batch=100,
            settle="readback" if self._writes else "none",
            grace=timedelta(seconds=300),
        )

    def auth(self, role: AuthRole) -> Auth:
        """A user's credentials for ``account``, where there are any, else the app's own, which can only read."""
        return settings.credentials(self.config, self.app, role)

    async def identify(self) -> Profile:
        """Who the credentials are for; by the app's own token, who has the configured handle."""
        params = {"user.fields": USER_FIELDS}
        if self._writes:
            answer = await self._get("/2/users/me", params, "me")
        else:
            answer = await self._get(f"/2/users/by/username/{self.config.handle}", params, "user")
        user = answer.json().get("data")
        if not user:
            raise Rejected("gone", "X knows no account by this handle.", scope="account")
        profile = people.profile_of(user)
        wanted = self.config.handle
        if wanted and profile.handle and profile.handle.lower() != wanted.lower():
            other = f"The credentials are for @{profile.handle}, not for the configured @{wanted}."
            return replace(profile, notices=(Notice("other_account", other, scope="account"),))
        return profile

    def check(self, response: Response) -> PlatformError | None:
        return refusals.meaning(response)

    def read_limits(self, response: Response) -> Iterable[LimitReading]:
        return budgets.readings(response)

    # ---------------------------------------------------------------------------------------------- listening

    def queries(self, rule: Rule) -> tuple[Topic, ...]:
        return queries.topics(rule, queries.LONGEST_ENTERPRISE if self.config.enterprise else queries.LONGEST)

    async def fetch(self, window: Window) -> Page:
        if window.stream == "mentions":
            return await self._listed(window, f"/2/users/{self._me}/mentions", _MENTIONS, {})
        if window.stream == "conversation":
            return await self._conversation(window)
        return await self._listed(window, "/2/tweets/search/recent", _SEARCH, {"query": self._query(window)})

    def parse(self, raw: Raw) -> Item | None:
        if raw.shape == "post":
            return translate.to_mention(raw.body, None if self.profile is None else self.profile.id)
        if raw.shape == "gone":
            return translate.to_gone(raw.body)
        raise PluginError(f"twitter: there is no raw shape {raw.shape!r}.")

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """The posts with these ids, each in its latest version, at most 100; those that X says are gone as ``gone``."""
        answer = await self._posts([target.value for target in ids])
        body = answer.json()
        found = {post_id: raw for raw in joining.raws(body) if (post_id := joining.id_of(raw))}
        latest = {post_id: translate.history(raw.body["post"])[-1] for post_id, raw in found.items()}
        newer = sorted(set(latest.values()) - set(found))
        if newer:  # an id names one version; what counts is what the post says now
            more = (await self._posts(newer)).json()
            found |= {post_id: raw for raw in joining.raws(more) if (post_id := joining.id_of(raw))}
        current = dict.fromkeys(last if last in found else post_id for post_id, last in latest.items())
        return (
            *(found[post_id] for post_id in current),
            *joining.gone(body, [target.value for target in ids]),
        )

    async def _listed(
        self, window: Window, path: str, listing: walks.Listing, params: Mapping[str, str]
    ) -> Page:
        if walks.is_beyond(window, listing):
            return Page([], end="horizon", notices=(walks.horizon_notice(listing),))
        position = walks.begin(window, listing)
        size = listing.size(window.size)
        asked = {**params, **position.bounds, "max_results": size, listing.token: position.token}
        name = "mentions" if listing is _MENTIONS else "search"
        answer = await self._get(path, {**asked, **POST_PARAMS[self.config.names]}, name)
        return walks.page_of(answer.json(), position, window, listing)

    def _query(self, window: Window) -> str:
        if window.stream == "replies":
            # `to:` finds every direct reply to the account, also one that does not mention it.
            return f"to:{self._handle} is:reply -from:{self._handle}"
        if len(window.topics) != 1:
            raise PluginError("twitter: a search asks for one topic at a time.")
        return str(window.topics[0].data["query"])

    async def _conversation(self, window: Window) -> Page:
        """A search for the posts under the root, and after its last page the root itself, which no search finds
        once it is seven days old."""
        if len(window.topics) != 1:
            raise PluginError("twitter: a conversation is asked for by itself.")
        root = ExternalId("twitter", "post", window.topics[0].key.rpartition(":")[2])
        if window.page is not None and walks.Position.loads(window.page).then == _ROOT:
            raws = await self.lookup([root])
            return Page(raws, resume=root.value, span=(root.value, root.value), end="reached")
        page = await self._listed(
            window, "/2/tweets/search/recent", _SEARCH, {"query": f"conversation_id:{root.value}"}
        )
        if page.next is None and window.since is None:
            return replace(page, next=walks.Position(then=_ROOT).dumps(), end=None)
        return page

    # ------------------------------------------------------------------------------------------------ saying

    def count(self, text: str, mode: Mode) -> Count:
        return Count(used=weighted_length(text), limit=self.config.max_length)

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        sending.check_reply(reply)
        parts = super().plan(reply, standing)
        me = None if self.profile is None else self.profile.id
        return tuple(
            replace(part, warnings=sending.warnings(part.text, reply, me, exempt=self.config.enterprise))
            for part in parts
        )

    async def send(self, part: Part) -> Sent:
        """Post a part: the first answers or quotes the target, each further one answers the one before it."""
        answer = await self._request("POST", "/2/tweets", "post", body=Json(sending.body_of(part)))
        body = answer.json()
        post_id = sending.post_id_of(body)
        if post_id is None:
            raise DeliveryUnknown("X accepted the post but did not tell its id.")
        return self._sent(post_id, dict(body["data"]))

    async def find_sent(self, part: Part) -> Search:
        """Our own posts since just before the attempt began, compared by what they answer and what they say."""
        began = part.started_at or part.at
        if began is None or not self._writes:
            return Search()
        known = {sent.id for sent in part.done}
        found: list[Sent] = []
        token: str | None = None
        for _ in range(_OLDER_POSTS_PAGES):
            params = {
                **POST_PARAMS[self.config.names],
                "start_time": moment_text(began - _CLOCKS_DIFFER),
                "max_results": 100,
                "pagination_token": token,
            }
            body = (await self._get(f"/2/users/{self._me}/tweets", params, "timeline")).json()
            posts = [raw.body["post"] for raw in joining.raws(body) if joining.id_of(raw)]
            found += [
                self._sent(post["id"], {"id": post["id"]})
                for post in posts
                if post["id"] not in known and sending.is_ours(part, post)
            ]
            token = (body.get("meta") or {}).get("next_token")
            if found or token is None:
                break
        return Search(found=tuple(found), reached=token is None or bool(found))

    def actions(self, standing: Standing) -> tuple[Action, ...]:
        me = None if self.profile is None else self.profile.id
        return sending.actions(standing, self.capabilities.abilities, me, exempt=self.config.enterprise)

    async def moderate(self, command: Command) -> None:
        """``delete`` a post of our own; ``hide`` and ``unhide`` a reply in a conversation that we began."""
        target = command.target.value
        if command.name == "delete":
            try:
                answer = await self._request("DELETE", f"/2/tweets/{target}", "delete")
            except Rejected as refused:
                if refused.reason == "gone":
                    return  # it is as was asked
                raise
            done = answer.json().get("data", {}).get("deleted") is True
        elif command.name in _HIDES:
            hidden = _HIDES[command.name]
            answer = await self._request(
                "PUT", f"/2/tweets/{target}/hidden", "hide", body=Json({"hidden": hidden})
            )
            done = answer.json().get("data", {}).get("hidden") is hidden
        else:
            raise Rejected("unsupported", f"{command.name} is not supported on X.")
        if not done:
            raise Rejected("not_permitted", f"X did not {command.name} the post.")

    # ---------------------------------------------------------------------------------------------- requests

    @property
    def _writes(self) -> bool:
        return settings.can_write(self.config, self.app)

    @property
    def _me(self) -> str:
        if self.profile is None:
            raise ConfigError("It is not known yet whose account this is: identify() has to be asked first.")
        return quote(self.profile.id, safe="")

    @property
    def _handle(self) -> str:
        handle = (self.profile.handle if self.profile else None) or self.config.handle
        if handle is None:
            raise ConfigError("The account's handle is not known yet: identify() has to be asked first.")
        return handle

    def _url(self, path: str) -> str:
        return f"{self.config.base_url}{path}"

    def _sent(self, post_id: str, data: Mapping[str, Any]) -> Sent:
        handle = self.profile.handle if self.profile else None
        return Sent(post_id, url=f"https://x.com/{handle or 'i'}/status/{post_id}", data=data)

    async def _get(self, path: str, params: Mapping[str, Any], bucket: str) -> Response:
        return await Request(
            "GET", self._url(path), params=params, spends=budgets.spends(bucket, as_user=self._writes)
        )

    async def _request(self, method: str, path: str, bucket: str, *, body: Json | None = None) -> Response:
        if not self._writes:
            raise Rejected(
                "not_permitted", "The app's own token only reads: sign in as the account.", scope="account"
            )
        return await Request(method, self._url(path), body=body, spends=budgets.spends(bucket, as_user=True))

    async def _posts(self, ids: Sequence[str]) -> Response:
        params = {"ids": ",".join(ids), **POST_PARAMS[self.config.names]}
        return await self._get("/2/tweets", params, "lookup")
