"""One Page at Facebook: who it is, what it may spend, and how requests are made in its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import quote

from socialdesk.auth import Auth
from socialdesk.connector import Capabilities, Connector, Limit, LimitReading, Notice, Profile
from socialdesk.errors import AuthError, ConfigError, PlatformError, Rejected
from socialdesk.wire import AuthRole, Body, Form, Request, Response
from socialdesk_facebook import budgets, refusals, sending, settings
from socialdesk_facebook.values import id_in, mapped, moment

__all__ = ["FROM_MISSING", "Account"]

_ABLE = frozenset(
    {
        *("block", "conversation", "delete", "direct", "edit", "hide", "like", "lookup"),
        *("media", "private", "reply", "unblock", "unhide", "unlike"),
    }
)
_HEARING: Mapping[str, str] = {
    "pages_read_engagement": "the Page's own posts are not heard",
    "pages_read_user_content": "comments, visitors' posts and recommendations are not heard, or without their authors",
    "pages_messaging": "messages are not heard",
    "pages_manage_metadata": "Facebook delivers nothing",
}
"""What is not heard without each of the permissions."""
_ANSWERING: Mapping[str, str] = {
    "pages_manage_engagement": "comments cannot be answered, hidden or liked",
    "pages_messaging": "messages and private replies cannot be sent",
}
"""What cannot be said without each of them."""
_ENDS_SOON = timedelta(days=14)
FROM_MISSING = Notice(
    "from_missing",
    "Facebook does not tell who wrote: the app lacks pages_read_user_content, or Advanced Access to it (App Review and "
    "Business Verification).",
    scope="account",
    health="scope_missing",
    concerns="inbound",
)


class Account(Connector[settings.Config, settings.App]):
    """What hearing, saying and moderating have in common.

    Raises ConfigError, with everything that is wrong at once, where the settings do not fit together.
    """

    def __init__(self, config: settings.Config, app: settings.App, profile: Profile | None = None) -> None:
        super().__init__(config, app, profile)
        wrong = settings.problems(config, app)
        if wrong:
            raise ConfigError("The settings for facebook do not fit.", problems=wrong)

    @property
    def limits(self) -> tuple[Limit, ...]:
        return budgets.LIMITS

    @property
    def capabilities(self) -> Capabilities:
        written = sending.window_of("human", human_agent=self.config.human_agent)
        return Capabilities(
            abilities=_ABLE,
            deadlines={"private": sending.ONCE_WITHIN, "direct": written},
            lookup_batch=50,
            settle="readback",
            grace=timedelta(seconds=120),
        )

    def auth(self, role: AuthRole) -> Auth:
        return settings.credentials(self.config, self.app, role)

    def check(self, response: Response) -> PlatformError | None:
        return refusals.meaning(response)

    def read_limits(self, response: Response) -> Iterable[LimitReading]:
        return budgets.readings(response)

    async def identify(self) -> Profile:
        """Which Page the token is for, and with the app's credentials what was granted and until when."""
        try:
            answer = await self.get("me", {"fields": "id,name,username,link,category"})
        except Rejected as refused:
            if refused.reason != "unsupported":
                raise
            words = "page_token: this is a person's token and not the Page's own, which /me/accounts gives with it."
            raise AuthError(words, code=refused.code) from refused
        page = mapped(answer.json())
        identity = id_in(page)
        if identity is None:
            raise Rejected("gone", "Facebook does not tell whose token this is.", scope="account")
        notices = []
        if self.config.page_id not in (None, identity):
            words = "The token is not for the configured page_id: take the Page's own token, not a person's."
            notices.append(Notice("other_account", words, scope="account", health="reauth_required"))
        granted, more = await self._granted(answer)
        return Profile(
            id=identity,
            handle=page.get("username"),
            display_name=page.get("name"),
            scopes=granted,
            facts={"link": page.get("link")},
            notices=(*notices, *more),
        )

    async def _granted(self, answer: Response) -> tuple[frozenset[str] | None, list[Notice]]:
        """The permissions of the token, and what to know of it; None where the app's credentials are not there."""
        if self.app.app_id is None or self.app.app_secret is None:
            return None, []
        token = self.config.page_token.get_secret_value()
        asked = Request(
            "GET",
            self.url("debug_token"),
            params={"input_token": token},
            auth="app",
            spends=budgets.spends("debug_token"),
        )
        try:
            told = await asked
        except Rejected:  # what may be done is learnt by doing it, then
            return None, []
        data = mapped(mapped(told.json()).get("data"))
        scopes = data.get("scopes")
        granted = frozenset(map(str, scopes)) if isinstance(scopes, list) else None
        notices = list(_absent(granted)) if granted is not None else []
        ends = [moment(data.get(name)) for name in ("data_access_expires_at", "expires_at") if data.get(name)]
        end = min((told for told in ends if told is not None), default=None)
        now = answer.received_at
        if end is not None and (now is None or end - now < _ENDS_SOON):
            words = f"What was granted ends on {end:%Y-%m-%d}: have the Page's administrator sign in again."
            notices.append(Notice("access_ends", words, scope="account", until=end))
        return granted, notices

    # ---------------------------------------------------------------------------------------------- requests

    @property
    def known_id(self) -> str | None:
        """The Page's id; None where it is not known yet."""
        return self.profile.id if self.profile is not None else self.config.page_id

    @property
    def me(self) -> str:
        """The Page's id, as a path holds it."""
        if self.known_id is None:
            raise ConfigError("It is not known yet whose token this is: identify() has to be asked first.")
        return quote(self.known_id, safe="")

    def url(self, path: str) -> str:
        return f"{self.config.base_url}/{self.config.version}/{path}"

    async def get(self, path: str, params: Mapping[str, Any], bucket: str = "pages", *more: str) -> Response:
        """The answer to what reads."""
        return await Request("GET", self.url(path), params=params, spends=budgets.spends(bucket, *more))

    async def act(self, path: str, body: Body = None, *buckets: str, prepares: bool = False) -> Response:
        """The answer to what says or changes something."""
        return await self.ask("POST", path, body, buckets or ("pages",), prepares=prepares)

    async def ask(
        self, method: str, path: str, body: Body, buckets: tuple[str, ...], *, prepares: bool = False
    ) -> Response:
        return await Request(
            method,
            self.url(path),
            body=Form({}) if body is None and method == "POST" else body,
            effect="prepares" if prepares else "speaks",
            spends=budgets.spends(*buckets),
        )

    def forced(self, response: Response) -> tuple[Notice, ...]:
        """What to know where Facebook answered in another version of its interface than was asked for."""
        told = response.headers.get("facebook-api-version")
        if told is None or told == self.config.version:
            return ()
        words = (
            f"Facebook answers in {told[:12]} of its interface, not in {self.config.version}, which has ended or is "
            "not there yet: a newer socialdesk-facebook is needed."
        )
        return (Notice("other_version", words, scope="account"),)


def _absent(granted: frozenset[str]) -> Iterable[Notice]:
    """What is missing for hearing, and what for answering: the one goes on without the other."""
    sides: tuple[tuple[Literal["inbound", "outbound"], Mapping[str, str]], ...]
    sides = (("inbound", _HEARING), ("outbound", _ANSWERING))
    for concerns, needed in sides:
        lost = "; ".join(f"{scope}: {words}" for scope, words in needed.items() if scope not in granted)
        if lost:
            words = f"The token lacks permissions ({lost})."
            yield Notice("scope_missing", words, scope="account", health="scope_missing", concerns=concerns)
