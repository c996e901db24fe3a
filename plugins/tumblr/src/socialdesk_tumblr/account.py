"""One blog at Tumblr: who it is, what it may spend, and how requests are made in its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from socialdesk.auth import Auth
from socialdesk.connector import Capabilities, Connector, Limit, LimitReading, Profile
from socialdesk.errors import ConfigError, PlatformError, Rejected, Unavailable
from socialdesk.wire import AuthRole, Body, Request, RequestEffect, Response
from socialdesk_tumblr import budgets, refusals, settings
from socialdesk_tumblr.ids import user_id

__all__ = ["Account", "response_of"]

_READING = frozenset({"conversation", "lookup", "search"})
_WRITING = frozenset({"block", "delete", "media", "private", "quote", "reply", "unblock"})


def response_of(answer: Response) -> Mapping[str, Any]:
    """What an answer says. Raises Unavailable where it says nothing that could be read."""
    body = answer.json()
    told = body.get("response") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        raise Unavailable("Tumblr's answer holds nothing.", scope="stream")
    return told


class Account(Connector[settings.Config, settings.App]):
    """What hearing, saying and moderating have in common.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    def __init__(self, config: settings.Config, app: settings.App, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        wrong = settings.problems(config, app)
        if wrong:
            raise ConfigError("The settings for tumblr do not fit.", problems=wrong)

    @property
    def limits(self) -> tuple[Limit, ...]:
        return budgets.LIMITS

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            abilities=_READING | (_WRITING if self.writes else frozenset()),
            settle="readback" if self.writes else "none",
            grace=timedelta(seconds=60),
            rereads=False,  # each would be a request of the day's few, and tell no counts
        )

    def auth(self, role: AuthRole) -> Auth:
        return settings.credentials(self.config, self.app, role)

    def check(self, response: Response) -> PlatformError | None:
        return refusals.meaning(response)

    def read_limits(self, response: Response) -> Iterable[LimitReading]:
        return budgets.readings(response)

    async def identify(self) -> Profile:
        """Which blog this is: of the user's blogs the configured one, or the primary one; its uuid is kept."""
        blog: Mapping[str, Any] = {"name": self.config.blog}
        if self.writes:
            user = response_of(await self.ask("GET", "/v2/user/info")).get("user") or {}
            blog = self._mine(user.get("blogs") or ())
        if not blog.get("uuid"):
            found = response_of(await self.ask("GET", f"/v2/blog/{_quoted(str(blog['name']))}/info"))
            blog = {**blog, **(found.get("blog") or {})}
        name = str(blog["name"])
        facts = {fact: blog[fact] for fact in ("ask", "ask_anon", "url") if fact in blog}
        identity = user_id(blog.get("uuid") or name).value
        return Profile(id=identity, handle=name, display_name=blog.get("title"), facts=facts)

    def _mine(self, blogs: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The configured blog, among those of the user. Raises Rejected where it is none of them."""
        wanted = (self.config.blog or "").lower()
        known = [blog for blog in blogs if blog.get("name")]
        for blog in known:
            host = str(blog.get("url") or "").partition("://")[2].strip("/").lower()
            names = {str(blog["name"]).lower(), f"{blog['name']}.tumblr.com".lower(), host}
            if (
                blog.get("uuid") == self.config.blog
                or wanted in names
                or (not wanted and blog.get("primary"))
            ):
                return blog
        raise Rejected(
            "not_permitted", "The credentials are for a user who has no such blog.", scope="account"
        )

    # -------------------------------------------------------------------------------------------------- requests

    @property
    def writes(self) -> bool:
        """Whether the settings hold the credentials of a user, who alone may say anything."""
        return settings.can_write(self.config)

    def demand_user(self) -> None:
        """Raises Rejected where the settings hold no credentials of a user."""
        if not self.writes:
            words = "The app's key alone only reads: sign in as the user whose blog this is."
            raise Rejected("not_permitted", words, scope="account")

    @property
    def known_id(self) -> str | None:
        """The blog's uuid; None where it is not known yet."""
        return None if self.profile is None else self.profile.id

    @property
    def me(self) -> str:
        if self.profile is None:
            raise ConfigError("It is not known yet which blog this is: identify() has to be asked first.")
        return self.profile.id

    def blog(self, rest: str, blog: str | None = None) -> str:
        """The path of something of a blog's, by default of our own."""
        return f"/v2/blog/{_quoted(blog or self.me)}/{rest}"

    async def ask(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Response:
        """The answer to a request; ``more`` are a body, an effect, and what it spends beside what all do."""
        if method != "GET":
            self.demand_user()
        body: Body = more.get("body")
        effect: RequestEffect | None = more.get("effect")
        return await Request(
            method,
            f"{self.config.base_url}{path}",
            params=params or {},
            headers={"User-Agent": self.config.user_agent},
            body=body,
            effect=effect,
            spends=budgets.spends(**(more.get("spends") or {})),
        )


def _quoted(blog: str) -> str:
    return quote(blog, safe=":")
