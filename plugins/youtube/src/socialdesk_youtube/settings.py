"""What a person fills in: the channel's settings, and those that all channels of one Google project share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, SecretStr

from socialdesk.auth import Auth, OAuth2, Stamp, Tokens
from socialdesk.connector import Settings, address_problems
from socialdesk.errors import ConfigError
from socialdesk.wire import AuthRole, Request
from socialdesk_youtube.methods import METHODS

__all__ = ["LONGEST", "App", "Config", "can_write", "credentials", "problems"]

LONGEST = 10_000
"""How many characters a comment may have. Not in YouTube's documents: its own answer is commentTextTooLong."""

_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")

Url = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]
Units = Annotated[int, Field(ge=0)]


class Config(Settings):
    """One channel. It signs in with OAuth 2, as the channel itself, or reads only, with the project's ``api_key``
    and its ``channel_id``.

    ``announce_on`` is the video under which an announcement is put, which YouTube takes nowhere else. ``watch_days``
    is how long a thread is watched for late answers after the last of them that was seen, ``search_minutes`` the
    pause between two searches for one rule, ``max_length`` how long a comment may be, in code points.
    """

    base_url: Url = "https://youtube.googleapis.com"
    token_url: Url = "https://oauth2.googleapis.com/token"
    channel_id: str | None = None
    access_token: SecretStr | None = None
    refresh_token: SecretStr | None = None
    expires_at: AwareDatetime | None = None
    announce_on: str | None = None
    watch_days: int = Field(default=30, ge=1, le=365)
    search_minutes: int = Field(default=60, ge=1, le=10_080)
    max_length: int = Field(default=LONGEST, ge=1, le=LONGEST)


class App(Settings):
    """One project at Google: its OAuth client, its API key, and its quota, which all channels share.

    ``units_per_day`` and ``searches_per_day`` are what Google allows the project. ``costs`` are units by method, as in
    ``{"search.list": 100}``, where they are not the published ones.
    """

    client_id: str | None = None
    client_secret: SecretStr | None = None
    api_key: SecretStr | None = None
    units_per_day: int = Field(default=10_000, ge=1)
    searches_per_day: int = Field(default=100, ge=1)
    costs: dict[str, Units] = Field(default_factory=dict)


@dataclass(frozen=True)
class ApiKey(Auth):
    """``?key=...``: public things alone."""

    key: SecretStr

    def sign(self, request: Request, tokens: Tokens | None, stamp: Stamp) -> Request:
        return replace(request, params={**request.params, "key": self.key.get_secret_value()})


def can_write(config: Config) -> bool:
    """Whether the settings hold the channel's own credentials, without which nothing can be posted."""
    return config.access_token is not None or config.refresh_token is not None


def credentials(config: Config, app: App, role: AuthRole) -> Auth:
    """The channel's own credentials for ``account``, where there are any, else the project's key, which only reads."""
    if role == "account" and can_write(config):
        return OAuth2(
            config.token_url,
            app.client_id or "",
            app.client_secret,
            config.access_token,
            config.refresh_token,
            config.expires_at,
        )
    if app.api_key is None:
        raise ConfigError(problems=("api_key: requests without the channel's own credentials need it.",))
    return ApiKey(app.api_key)


def problems(config: Config, app: App) -> tuple[str, ...]:
    """Everything that is wrong with the settings, one sentence each. No value is quoted."""
    found = [
        *address_problems("base_url", config.base_url),
        *address_problems("token_url", config.token_url),
    ]
    if config.channel_id is not None and not _CHANNEL.fullmatch(config.channel_id):
        found.append("channel_id: it begins with UC and has 24 characters.")
    if config.announce_on is not None and not _VIDEO.fullmatch(config.announce_on):
        found.append("announce_on: the id of a video has 11 characters.")
    if not METHODS.keys() >= app.costs.keys():
        found.append(f"costs: the methods are {', '.join(METHODS)}.")
    if can_write(config):
        if app.client_id is None and config.refresh_token is not None:
            found.append("client_id: it is needed to renew the access token.")
    elif app.api_key is None:
        found.append(
            "refresh_token: there are no credentials. Give access_token and refresh_token with the project's client_id "
            "and client_secret, or the project's api_key and the channel_id for reading."
        )
    elif config.channel_id is None:
        found.append("channel_id: the project's key does not say whose channel it is for; give its id.")
    return tuple(found)
