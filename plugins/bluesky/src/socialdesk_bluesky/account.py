"""One account on Bluesky: whose it is, what it may spend, and how requests are made in its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from socialdesk.auth import Auth, NoAuth
from socialdesk.connector import Capabilities, Connector, Limit, LimitReading, NoApp, Notice, Profile
from socialdesk.errors import ConfigError, PlatformError, Rejected, Unavailable
from socialdesk.wire import AuthRole, Body, Json, Request, Response
from socialdesk_bluesky import budgets, refusals, sessions, settings
from socialdesk_bluesky.ids import user_id

__all__ = ["Account", "Pairs"]

_ABLE = frozenset(
    {"block", "conversation", "delete", "hide", "like", "lookup", "media", "quote", "reply", "search"}
    | {"unblock", "unhide", "unlike"}
)
_IN_PRIVATE = frozenset({"direct", "private"})
_LOOKED_UP = 25

Pairs = Sequence[tuple[str, object]]
"""A query, in which a name may stand several times."""


class Account(Connector[settings.Config, NoApp]):
    """What hearing, saying and moderating have in common.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    def __init__(self, config: settings.Config, app: NoApp, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        wrong = settings.problems(config)
        if wrong:
            raise ConfigError("The settings for bluesky do not fit.", problems=wrong)

    @property
    def limits(self) -> tuple[Limit, ...]:
        return budgets.LIMITS

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            abilities=_ABLE | (_IN_PRIVATE if self.config.messages else frozenset()),
            lookup_batch=_LOOKED_UP,
            settle="client_id",
            grace=timedelta(seconds=60),
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The entryway, where the account signs in, and its own server."""
        return tuple(dict.fromkeys(Request("GET", url).host for url in (self.config.base_url, self.server)))

    def auth(self, role: AuthRole) -> Auth:
        """A session of the account; an app is nothing on Bluesky."""
        if role != "account":
            return NoAuth()
        return sessions.SessionAuth(self.config.base_url, self.config.handle, self.config.app_password)

    async def identify(self) -> Profile:
        """Whose session it is, and which server is theirs. Asked again where the account moved."""
        url = f"{self.config.base_url}/xrpc/com.atproto.server.getSession"
        told = (await Request("GET", url, spends=budgets.READ)).json()
        if not isinstance(told, dict) or not isinstance(told.get("did"), str) or not told["did"]:
            raise Rejected("gone", "Bluesky does not tell whose session it is.", scope="account")
        server = sessions.server_of(told.get("didDoc"))
        if server is not None and not settings.may_sign_in_at(server, self.config.base_url):
            server = None
        return Profile(
            id=user_id(told["did"]).value,
            handle=told.get("handle") if isinstance(told.get("handle"), str) else None,
            host=server,
            notices=_notices(told),
        )

    def check(self, response: Response) -> PlatformError | None:
        return refusals.meaning(response)

    def read_limits(self, response: Response) -> Iterable[LimitReading]:
        return budgets.readings(response)

    # ---------------------------------------------------------------------------------------------- requests

    @property
    def known_id(self) -> str | None:
        """The account's DID; None where it is not known yet."""
        return None if self.profile is None else self.profile.id

    @property
    def me(self) -> str:
        """The account's DID."""
        if self.profile is None:
            raise ConfigError("It is not known yet whose account this is: identify() has to be asked first.")
        return self.profile.id

    @property
    def server(self) -> str:
        """The address of the account's own server; the entryway where that is not known."""
        return (self.profile.host if self.profile else None) or self.config.base_url

    def query(self, method: str, params: Pairs, headers: Mapping[str, str] | None = None) -> Request:
        """A query, asked as the account of its own server."""
        asked = urlencode([(name, str(value)) for name, value in params if value is not None])
        url = f"{self.server}/xrpc/{method}{'?' + asked if asked else ''}"
        return Request("GET", url, headers=headers or {}, spends=budgets.READ)

    async def get(self, method: str, params: Pairs) -> Response:
        """The answer to a query."""
        return await self.query(method, params)

    async def act(
        self, method: str, body: Mapping[str, Any], spends: Mapping[str, int] = budgets.PUT
    ) -> Response:
        """The answer to what changes something that others see."""
        return await Request("POST", f"{self.server}/xrpc/{method}", body=Json(dict(body)), spends=spends)

    async def put(self, collection: str, rkey: str, record: Mapping[str, Any], **more: Any) -> Response:
        """Write a record of the account's; one that stands there already, unchanged, is left as it is."""
        body = {"repo": self.me, "collection": collection, "rkey": rkey, "record": dict(record), **more}
        return await self.act("com.atproto.repo.putRecord", body)

    async def drop(self, collection: str, rkey: str) -> Response:
        """Delete a record of the account's; one that is not there is no mistake."""
        body = {"repo": self.me, "collection": collection, "rkey": rkey}
        return await self.act("com.atproto.repo.deleteRecord", body, budgets.DELETE)

    async def upload(self, content: Body, media_type: str) -> Mapping[str, Any]:
        """A file, as a record names it."""
        answer = await Request(
            "POST",
            f"{self.server}/xrpc/com.atproto.repo.uploadBlob",
            headers={"Content-Type": media_type},
            body=content,
            effect="prepares",
            spends=budgets.UPLOAD,
        )
        blob: Mapping[str, Any] = answer.json()["blob"]
        return blob

    async def kept(self, collection: str, rkey: str) -> Mapping[str, Any] | None:
        """A record as the account's own server has it, with its uri and cid; None where it is not there."""
        params = [("repo", self.me), ("collection", collection), ("rkey", rkey)]
        try:
            answer = await self.get("com.atproto.repo.getRecord", params)
        except Rejected as refused:
            if refused.reason != "gone":
                raise
            return None
        told: Mapping[str, Any] = answer.json()
        if not isinstance(told, Mapping):
            raise Unavailable("Bluesky told no record.", scope="stream")
        return told


def _notices(told: Mapping[str, Any]) -> tuple[Notice, ...]:
    """What a person should know of an account that is not active."""
    if told.get("active", True):
        return ()
    status = str(told.get("status") or "inactive")
    code = "deactivated" if status == "deactivated" else "suspended"
    text = f"Bluesky says that the account is {status}: nothing that it says is shown."
    return (Notice(code, text, scope="account", health="suspended"),)
