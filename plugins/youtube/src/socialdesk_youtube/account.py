"""One channel at YouTube: whose it is, what it may spend, and how requests are made in its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from socialdesk.auth import Auth
from socialdesk.connector import Capabilities, Connector, Limit, Notice, Profile
from socialdesk.errors import AuthError, ConfigError, PlatformError, Rejected
from socialdesk.wire import AuthRole, Body, Request, Response
from socialdesk_youtube import methods, refusals, settings
from socialdesk_youtube.ids import channel_id
from socialdesk_youtube.joining import items_of, key_of

__all__ = ["Account"]

_READING = frozenset({"conversation", "lookup", "search"})
_WRITING = frozenset({"block", "delete", "edit", "hide", "reject", "reply", "unhide"})
_KEY_ONLY = "The project's key only reads what is public: sign in as the channel."


class Account(Connector[settings.Config, settings.App]):
    """What hearing, saying and moderating have in common.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    def __init__(self, config: settings.Config, app: settings.App, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        wrong = settings.problems(config, app)
        if wrong:
            raise ConfigError("The settings for youtube do not fit.", problems=wrong)

    @property
    def limits(self) -> tuple[Limit, ...]:
        return methods.limits(self.app.units_per_day, self.app.searches_per_day)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            abilities=_READING | _WRITING if self.writes else _READING,
            lookup_batch=50,
            settle="readback" if self.writes else "none",
            grace=timedelta(seconds=300),
        )

    def auth(self, role: AuthRole) -> Auth:
        """The channel's own credentials for ``account``, where there are any, else the project's key."""
        return settings.credentials(self.config, self.app, role)

    async def identify(self) -> Profile:
        """Whose channel the credentials are for; by the project's key, the configured one."""
        wanted = self.config.channel_id
        whose = {"mine": "true"} if self.writes else {"id": wanted}
        body = (await self.get("channels.list", {"part": "id,snippet", **whose})).json()
        channel = next((item for item in items_of(body) if key_of(item) is not None), None)
        if channel is None and self.writes:
            raise AuthError("The credentials are for no channel: sign in anew and choose the channel itself.")
        if channel is None:
            raise Rejected("gone", "YouTube knows no channel by this id.", scope="account")
        told = channel.get("snippet") or {}
        notices: tuple[Notice, ...] = ()
        if wanted is not None and channel["id"] != wanted:
            other = "The credentials are for another channel than the configured one."
            notices = (Notice("other_account", other, scope="account"),)
        handle = str(told.get("customUrl") or "").removeprefix("@")
        return Profile(
            id=channel_id(channel["id"]).value,
            handle=handle or None,
            display_name=told.get("title"),
            notices=notices,
        )

    def check(self, response: Response) -> PlatformError | None:
        return refusals.meaning(response)

    # ---------------------------------------------------------------------------------------------- requests

    @property
    def writes(self) -> bool:
        """Whether the settings hold the channel's own credentials."""
        return settings.can_write(self.config)

    @property
    def known_id(self) -> str | None:
        """The channel's id; None where it is not known yet."""
        return self.config.channel_id if self.profile is None else self.profile.id

    @property
    def me(self) -> str:
        """The channel's id. Raises ConfigError where it is not known yet."""
        if self.known_id is None:
            raise ConfigError("It is not known yet whose channel this is: identify() has to be asked first.")
        return self.known_id

    def _request(self, method: str, params: Mapping[str, Any], **more: Any) -> Request:
        called = methods.METHODS[method]
        return Request(
            called.verb,
            f"{self.config.base_url}/youtube/v3/{called.path}",
            params=params,
            spends=methods.spends(method, self.app.costs),
            **more,
        )

    async def get(self, method: str, params: Mapping[str, Any]) -> Response:
        """The answer to what reads, asked as the channel where its credentials allow."""
        return await self._request(method, params, auth="account" if self.writes else "app")

    async def act(self, method: str, params: Mapping[str, Any], body: Body = None) -> Response:
        """The answer to what changes something, which the channel's own credentials alone can."""
        if not self.writes:
            raise Rejected("not_permitted", _KEY_ONLY, scope="account")
        return await self._request(method, params, body=body, effect="speaks")
