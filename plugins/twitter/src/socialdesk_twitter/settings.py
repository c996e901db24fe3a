"""What a person fills in: the account's settings, and those that all accounts of one developer app share."""

from __future__ import annotations

from typing import Annotated, Literal

import regex
from pydantic import AfterValidator, AwareDatetime, Field, SecretStr

from socialdesk.auth import Auth, Bearer, ClientCredentials, OAuth1, OAuth2
from socialdesk.connector import Settings, address_problems
from socialdesk.errors import ConfigError
from socialdesk.wire import AuthRole
from socialdesk_twitter.length import LIMIT

__all__ = ["App", "Config", "can_write", "credentials", "problems"]

_HANDLE = regex.compile(r"[A-Za-z0-9_]{1,15}")

BaseUrl = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]
Handle = Annotated[str, AfterValidator(lambda handle: handle.removeprefix("@"))]


class Config(Settings):
    """One account. It signs in with OAuth 1.0a (``access_token`` and its secret), with OAuth 2 (``oauth2_...``), or
    reads only, with nothing but the app's bearer token and the ``handle``.

    ``names`` says which generation of field names requests use: ``tweet.fields`` or ``post.fields``; answers are
    understood in both. ``max_length`` is how long a post may be, in X's own units; paid accounts may have more than
    280. ``enterprise`` says that the rule which refuses replies to people who did not call the account does not
    hold, that queries may be longer, and that likes are permitted. ``messages`` says whether direct messages are
    heard.
    """

    base_url: BaseUrl = "https://api.x.com"
    handle: Handle | None = None
    access_token: SecretStr | None = None
    access_token_secret: SecretStr | None = None
    oauth2_access_token: SecretStr | None = None
    oauth2_refresh_token: SecretStr | None = None
    oauth2_expires_at: AwareDatetime | None = None
    names: Literal["tweet", "post"] = "tweet"
    max_length: int = Field(default=LIMIT, ge=1, le=25_000)
    enterprise: bool = False
    messages: bool = True


class App(Settings):
    """One developer app: its keys for OAuth 1.0a, its client for OAuth 2, its bearer token.

    ``consumer_secret`` also signs what X delivers; ``consumer_secrets_before`` are those that it replaced, which
    deliveries may be signed with for as long as they stand here.
    """

    consumer_key: str | None = None
    consumer_secret: SecretStr | None = None
    consumer_secrets_before: tuple[SecretStr, ...] = ()
    bearer_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None


def can_write(config: Config, app: App) -> bool:
    """Whether the settings hold the credentials of a user, without whom nothing can be posted."""
    return _signs_with_oauth1(config, app) or _has_oauth2(config)


def _signs_with_oauth1(config: Config, app: App) -> bool:
    return None not in (
        app.consumer_key,
        app.consumer_secret,
        config.access_token,
        config.access_token_secret,
    )


def _has_oauth2(config: Config) -> bool:
    return config.oauth2_access_token is not None or config.oauth2_refresh_token is not None


def _reads_as_app(app: App) -> bool:
    return app.bearer_token is not None or (app.consumer_key is not None and app.consumer_secret is not None)


def problems(config: Config, app: App) -> tuple[str, ...]:
    """Everything that is wrong with the settings, one sentence each. No value is quoted."""
    found = [*address_problems("base_url", config.base_url), *_pair_problems(config, app)]
    if config.handle is not None and not _HANDLE.fullmatch(config.handle):
        found.append("handle: it has 1 to 15 letters, digits or underscores.")
    if can_write(config, app) or found:
        return tuple(found)
    if not _reads_as_app(app):
        found.append(
            "access_token: there are no credentials. Give access_token and access_token_secret with the app's "
            "consumer_key and consumer_secret, or oauth2_access_token with client_id, or a bearer_token for reading."
        )
    elif config.handle is None:
        found.append("handle: the app's own token does not say whose account it is for; give its handle.")
    return tuple(found)


def _pair_problems(config: Config, app: App) -> list[str]:
    found = []
    pairs = (
        ("consumer_key", app.consumer_key, "consumer_secret", app.consumer_secret),
        ("access_token", config.access_token, "access_token_secret", config.access_token_secret),
    )
    for name, value, other_name, other in pairs:
        if (value is None) != (other is None):
            absent, present = (name, other_name) if value is None else (other_name, name)
            found.append(f"{absent}: it is missing, though {present} is given.")
    if config.access_token is not None and app.consumer_key is None and app.consumer_secret is None:
        found.append("consumer_key: it and consumer_secret are needed to sign with access_token.")
    if _has_oauth2(config) and app.client_id is None:
        found.append("client_id: it is needed to renew the oauth2 tokens.")
    return found


def credentials(config: Config, app: App, role: AuthRole) -> Auth:
    """A user's credentials for ``account``, where there are any, else the app's own, which can only read."""
    if role == "account" and can_write(config, app):
        if config.access_token and config.access_token_secret and app.consumer_key and app.consumer_secret:
            return OAuth1(
                app.consumer_key,
                app.consumer_secret,
                config.access_token.get_secret_value(),
                config.access_token_secret,
            )
        return OAuth2(
            f"{config.base_url}/2/oauth2/token",
            app.client_id or "",
            app.client_secret,
            config.oauth2_access_token,
            config.oauth2_refresh_token,
            config.oauth2_expires_at,
        )
    if app.bearer_token is not None:
        return Bearer(app.bearer_token)
    if app.consumer_key is not None and app.consumer_secret is not None:
        return ClientCredentials(f"{config.base_url}/oauth2/token", app.consumer_key, app.consumer_secret)
    raise ConfigError(
        problems=("bearer_token: requests of the app itself need it, or consumer_key and secret.",)
    )
