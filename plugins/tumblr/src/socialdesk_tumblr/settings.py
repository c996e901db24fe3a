"""What a person fills in: the account's settings, and those that all accounts of one registered app share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

import regex
from pydantic import AfterValidator, AwareDatetime, Field, SecretStr

from socialdesk.auth import Auth, OAuth1, OAuth2, Stamp, Tokens
from socialdesk.connector import Settings, address_problems
from socialdesk.errors import ConfigError
from socialdesk.wire import AuthRole, Request

__all__ = ["App", "Config", "can_write", "credentials", "problems"]

_BLOG = regex.compile(r"t:[\w-]{1,64}|[A-Za-z0-9-]{1,64}(?:\.[A-Za-z0-9-]{1,64})*")
# https://www.tumblr.com/docs/en/api/v2#oauth2-authorization; the refresh token is replaced by each use of it
_REFRESH_LASTS = timedelta(days=42)


class Config(Settings):
    """One blog. It signs in with OAuth 1.0a (``access_token`` and its secret), with OAuth 2 (``oauth2_...``), or only
    reads what is public, with the app's ``consumer_key``.

    ``blog`` is its name, hostname or uuid; without one it is the user's primary blog. ``user_agent`` names the helpdesk
    to Tumblr and is to stay the same: an app that changes it may be suspended. ``tags`` are put on whatever is posted.
    ``replies_for_days`` is for how long the replies to a post of ours are asked for.
    """

    base_url: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))] = "https://api.tumblr.com"
    blog: Annotated[str, AfterValidator(lambda blog: blog.removeprefix("@"))] | None = None
    access_token: SecretStr | None = None
    access_token_secret: SecretStr | None = None
    oauth2_access_token: SecretStr | None = None
    oauth2_refresh_token: SecretStr | None = None
    oauth2_expires_at: AwareDatetime | None = None
    user_agent: str = Field(default="socialdesk-tumblr", pattern=r"^[\x21-\x7e][\x20-\x7e]{0,199}$")
    tags: tuple[Annotated[str, Field(pattern=r"^[^,\r\n]{1,139}$")], ...] = ()
    replies_for_days: int = Field(default=14, ge=1, le=365)


class App(Settings):
    """One registered app. Its ``consumer_key`` is the API key, too, and the client's id in OAuth 2."""

    consumer_key: str | None = None
    consumer_secret: SecretStr | None = None


@dataclass(frozen=True)
class ApiKey(Auth):
    """``api_key=...`` in the query: reads what is public."""

    key: SecretStr

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        return replace(request, params={**request.params, "api_key": self.key.get_secret_value()})


def can_write(config: Config) -> bool:
    """Whether the settings hold the credentials of a user, without whom only what is public can be read."""
    return config.access_token is not None or _has_oauth2(config)


def _has_oauth2(config: Config) -> bool:
    return config.oauth2_access_token is not None or config.oauth2_refresh_token is not None


def problems(config: Config, app: App) -> tuple[str, ...]:
    """Everything that is wrong with the settings, one sentence each. No value is quoted."""
    found = [*address_problems("base_url", config.base_url)]
    if config.blog is not None and not _BLOG.fullmatch(config.blog):
        found.append("blog: it is a blog's name, its hostname, or its uuid, which begins with t:.")
    if (config.access_token is None) != (config.access_token_secret is None):
        absent = "access_token" if config.access_token is None else "access_token_secret"
        found.append(f"{absent}: OAuth 1.0a needs both, access_token and access_token_secret.")
    if app.consumer_key is None:
        found.append("consumer_key: the app's key is needed for every request.")
    if app.consumer_secret is None and can_write(config):
        found.append("consumer_secret: it is needed to sign in as a user.")
    if config.blog is None and not can_write(config):
        found.append("blog: the app's key alone does not say which blog is meant; give its name.")
    return tuple(found)


def credentials(config: Config, app: App, role: AuthRole) -> Auth:
    """A user's credentials for ``account``, where there are any, else the app's key. Raises ConfigError without one."""
    if app.consumer_key is None:
        raise ConfigError(problems=("consumer_key: the app's key is needed for every request.",))
    if role == "account" and app.consumer_secret is not None:
        if config.access_token is not None and config.access_token_secret is not None:
            token = config.access_token.get_secret_value()
            return OAuth1(app.consumer_key, app.consumer_secret, token, config.access_token_secret)
        if _has_oauth2(config):
            return _oauth2(config, app.consumer_key, app.consumer_secret)
    return ApiKey(SecretStr(app.consumer_key))


def _oauth2(config: Config, key: str, secret: SecretStr) -> OAuth2:
    return OAuth2(
        f"{config.base_url}/v2/oauth2/token",
        key,
        secret,
        config.oauth2_access_token,
        config.oauth2_refresh_token,
        config.oauth2_expires_at,
        secret_in="form",
        refresh_lasts=_REFRESH_LASTS,
        headers={"User-Agent": config.user_agent},
    )
