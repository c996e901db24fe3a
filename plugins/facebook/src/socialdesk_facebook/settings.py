"""What a person fills in: the Page's settings, and those that all Pages of one developer app share; and signing."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from socialdesk.auth import Auth, Bearer, Stamp, Tokens
from socialdesk.connector import Settings, address_problems
from socialdesk.errors import ConfigError
from socialdesk.wire import AuthRole, Request

__all__ = ["App", "Config", "Graph", "credentials", "problems"]


BaseUrl = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]


class Config(Settings):
    """One Page. ``page_token`` is the Page's own access token, best one that a long-lived user's or a system user's
    token gave, which does not end by itself.

    ``watch_days`` is for how many days the comments under a post are followed by polling. ``human_agent`` says
    whether the app may use the tag HUMAN_AGENT, with which a person answers within seven days instead of one.
    """

    base_url: BaseUrl = "https://graph.facebook.com"
    version: str = Field(default="v26.0", pattern=r"^v\d{1,3}\.\d{1,2}$")
    page_token: SecretStr
    page_id: str | None = Field(default=None, pattern=r"^\d{1,25}$")
    watch_days: int = Field(default=14, ge=1, le=365)
    human_agent: bool = True


class App(Settings):
    """One developer app. ``app_secret`` proves each call (``appsecret_proof``) and signs what is delivered;
    ``verify_token`` is a word of ours that Facebook repeats when it asks whether the webhook is ours."""

    app_id: str | None = Field(default=None, pattern=r"^\d{1,25}$")
    app_secret: SecretStr | None = None
    verify_token: SecretStr | None = None


def problems(config: Config, app: App) -> tuple[str, ...]:
    """Everything that is wrong with the settings, one sentence each. No value is quoted."""
    found = [*address_problems("base_url", config.base_url)]
    if not config.page_token.get_secret_value().strip():
        found.append("page_token: it is empty.")
    if app.app_id is not None and app.app_secret is None:
        found.append("app_secret: it is missing, though app_id is given.")
    return tuple(found)


@dataclass(frozen=True)
class Graph(Auth):
    """A token in the header, and with the app's secret the proof that the call is the app's own.

    https://developers.facebook.com/docs/graph-api/guides/secure-requests
    """

    token: SecretStr
    secret: SecretStr | None = field(default=None)

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        signed = Bearer(self.token).sign(request, tokens, stamp)
        if self.secret is None:
            return signed
        key, message = self.secret.get_secret_value(), self.token.get_secret_value()
        proof = hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
        return replace(signed, params={**signed.params, "appsecret_proof": proof})


def credentials(config: Config, app: App, role: AuthRole) -> Auth:
    """The Page's token for ``account``, the app's own for ``app``. Raises ConfigError where that is not known."""
    if role == "account":
        return Graph(config.page_token, app.app_secret)
    if app.app_id is None or app.app_secret is None:
        raise ConfigError(problems=("app_id: requests of the app itself need it and app_secret.",))
    return Graph(SecretStr(f"{app.app_id}|{app.app_secret.get_secret_value()}"), app.app_secret)
