"""What a person fills in: which server, the account's token, how widely it speaks and what it hears."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, SecretStr

from socialdesk.connector import Settings, address_problems

__all__ = ["Config", "problems"]


BaseUrl = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]


class Config(Settings):
    """One account on one server, with a token that its owner made there.

    ``visibility`` is how widely the account speaks at most: an announcement has it, and a reply has it or what is
    answered has, whichever is narrower. ``include_filtered`` says that what the server's filter of notifications holds
    back, such as direct messages from people whom the account does not follow, is heard all the same.
    """

    base_url: BaseUrl = "https://mastodon.social"
    access_token: SecretStr
    visibility: Literal["public", "unlisted", "private"] = "public"
    include_filtered: bool = True


def problems(config: Config) -> tuple[str, ...]:
    """Everything that is wrong with the settings, one sentence each. No value is quoted."""
    found = [*address_problems("base_url", config.base_url)]
    if not config.access_token.get_secret_value().strip():
        found.append("access_token: it is empty. Make one at the server, under Preferences, Development.")
    return tuple(found)
