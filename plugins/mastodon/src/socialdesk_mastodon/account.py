"""One account on one server: whose it is, what the server allows, and how requests are made in its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from socialdesk.auth import Auth, Bearer
from socialdesk.connector import Capabilities, Connector, Limit, LimitReading, NoApp, Profile
from socialdesk.errors import ConfigError, PlatformError, Rejected, Unavailable
from socialdesk.wire import AuthRole, Body, Request, RequestEffect, Response
from socialdesk_mastodon import budgets, refusals, settings
from socialdesk_mastodon.ids import user_id
from socialdesk_mastodon.server import Server, facts_of, filters_of, notices_of
from socialdesk_mastodon.translate import acct_of

__all__ = ["Account"]

_ABILITIES = frozenset(
    """
    block conversation delete direct like lookup media mute private quote reply search unblock unlike unmute
    """.split()
)


class Account(Connector[settings.Config, NoApp]):
    """What hearing, saying and moderating have in common.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit.
    """

    def __init__(self, config: settings.Config, app: NoApp, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        wrong = settings.problems(config)
        if wrong:
            raise ConfigError("The settings for mastodon do not fit.", problems=wrong)
        self.server = Server.of(profile)

    @property
    def limits(self) -> tuple[Limit, ...]:
        return budgets.LIMITS

    @property
    def capabilities(self) -> Capabilities:
        """A repeated post comes with its key where the server heeds it; elsewhere it is looked for first."""
        return Capabilities(
            abilities=_ABILITIES,
            settle="key" if self.server.keyed else "readback",
            grace=timedelta(seconds=60),
        )

    def auth(self, role: AuthRole) -> Auth:
        return Bearer(self.config.access_token)

    async def identify(self) -> Profile:
        """Whose token this is, what the server allows, and what its filter of notifications holds back."""
        account = (await self.get("/api/v1/accounts/verify_credentials")).json()
        if not isinstance(account, Mapping) or not account.get("id"):
            raise Unavailable("The server did not tell who the account is.", scope="account")
        described = await self._told("/api/v2/instance") or await self._told("/api/v1/instance")
        filters = filters_of(await self._told("/api/v2/notifications/policy"))
        profile = Profile(
            id=user_id(account["id"]).value,
            handle=acct_of(account),
            display_name=account.get("display_name") or None,
            also=tuple(str(account[name]) for name in ("uri", "url") if account.get(name)),
            facts={"server": facts_of(described), "filters": filters},
        )
        return replace(profile, notices=notices_of(profile, include_filtered=self.config.include_filtered))

    async def _told(self, path: str) -> Any:
        """What stands at a path that older servers and other makes may not have, or answer with a page for people;
        None where they do not."""
        try:
            return (await self.get(path)).json()
        except Rejected:
            return None
        except Unavailable as error:
            if error.platform is not None:  # not the answer's form: no answer came
                raise
            return None

    def check(self, response: Response) -> PlatformError | None:
        return refusals.meaning(response)

    def read_limits(self, response: Response) -> Iterable[LimitReading]:
        return budgets.readings(response)

    # ---------------------------------------------------------------------------------------------- requests

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

    def url(self, path: str) -> str:
        return f"{self.config.base_url}{path}"

    async def get(
        self, path: str, params: Sequence[tuple[str, Any]] = (), *, paged: bool = False
    ) -> Response:
        """The answer to what reads. A parameter may be given several times; one that is None is left out."""
        query = urlencode([(name, value) for name, value in params if value is not None])
        url = self.url(path) + (f"?{query}" if query else "")
        return await Request("GET", url, spends={"paged" if paged else "api": 1})

    async def act(
        self, method: str, path: str, bucket: str, body: Body = None, effect: RequestEffect = "speaks"
    ) -> Response:
        """The answer to what changes something."""
        return await Request(method, self.url(path), body=body, effect=effect, spends={bucket: 1})
