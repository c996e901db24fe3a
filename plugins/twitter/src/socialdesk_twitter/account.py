"""One account at X: whose it is, what it may spend, and how requests are made in its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from socialdesk.auth import Auth
from socialdesk.connector import Capabilities, Connector, Limit, LimitReading, Notice, Profile
from socialdesk.errors import ConfigError, PlatformError, Rejected
from socialdesk.wire import AuthRole, Body, Request, Response
from socialdesk_twitter import budgets, people, prices, refusals, settings
from socialdesk_twitter.fields import USER_FIELDS

__all__ = ["Account"]

_READING = frozenset({"conversation", "lookup", "search"})
_WRITING = frozenset(
    {"block", "delete", "direct", "hide", "media", "private", "quote", "reply", "unblock", "unhide"}
)
_ENTERPRISE = frozenset({"like", "unlike"})


class Account(Connector[settings.Config, settings.App]):
    """What hearing, saying and moderating have in common.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    def __init__(self, config: settings.Config, app: settings.App, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        wrong = settings.problems(config, app)
        if wrong:
            raise ConfigError("The settings for twitter do not fit.", problems=wrong)

    @property
    def limits(self) -> tuple[Limit, ...]:
        return budgets.LIMITS

    @property
    def capabilities(self) -> Capabilities:
        able = _READING
        if self.writes:
            able |= _WRITING | (_ENTERPRISE if self.config.enterprise else frozenset())
        return Capabilities(
            abilities=able,
            lookup_batch=100,
            settle="readback" if self.writes else "none",
            grace=timedelta(seconds=300),
        )

    def auth(self, role: AuthRole) -> Auth:
        """A user's credentials for ``account``, where there are any, else the app's own, which can only read."""
        return settings.credentials(self.config, self.app, role)

    async def identify(self) -> Profile:
        """Who the credentials are for; by the app's own token, who has the configured handle."""
        params = {"user.fields": USER_FIELDS}
        if self.writes:
            answer = await self.get("/2/users/me", params, "me")
        else:
            answer = await self.get(f"/2/users/by/username/{self.config.handle}", params, "user")
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

    def charges(self, response: Response) -> Mapping[str, int]:
        return prices.of_answer(response, self.known_id)

    # ---------------------------------------------------------------------------------------------- requests

    @property
    def writes(self) -> bool:
        """Whether the settings hold the credentials of a user, who alone may say anything."""
        return settings.can_write(self.config, self.app)

    @property
    def hears_messages(self) -> bool:
        """Whether direct messages are heard, which is for the account alone."""
        return self.writes and self.config.messages

    @property
    def known_id(self) -> str | None:
        """The account's id; None where it is not known yet."""
        return None if self.profile is None else self.profile.id

    @property
    def me(self) -> str:
        """The account's id, as a path holds it."""
        if self.profile is None:
            raise ConfigError("It is not known yet whose account this is: identify() has to be asked first.")
        return quote(self.profile.id, safe="")

    @property
    def handle(self) -> str:
        handle = (self.profile.handle if self.profile else None) or self.config.handle
        if handle is None:
            raise ConfigError("The account's handle is not known yet: identify() has to be asked first.")
        return handle

    def url(self, path: str) -> str:
        return f"{self.config.base_url}{path}"

    async def get(self, path: str, params: Mapping[str, Any], bucket: str) -> Response:
        """The answer to what reads, asked as the account where its credentials allow."""
        return await Request(
            "GET", self.url(path), params=params, spends=budgets.spends(bucket, as_user=self.writes)
        )

    async def act(
        self, method: str, path: str, bucket: str, *, body: Body = None, prepares: bool = False
    ) -> Response:
        """The answer to what changes something, which a user's credentials alone can."""
        if not self.writes:
            raise Rejected(
                "not_permitted", "The app's own token only reads: sign in as the account.", scope="account"
            )
        return await Request(
            method,
            self.url(path),
            body=body,
            effect="prepares" if prepares else "speaks",
            spends=budgets.spends(bucket, as_user=True),
        )
