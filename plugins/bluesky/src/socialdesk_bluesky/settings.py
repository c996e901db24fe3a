"""What an account is configured with, and what may be wrong with it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import SplitResult, urlsplit

import regex
from pydantic import AfterValidator, Field, SecretStr

from socialdesk.connector import LOOPBACK, Settings, address_problems

__all__ = ["Config", "may_sign_in_at", "problems"]

_HANDLE = regex.compile(
    r"(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", regex.I
)
_DID = regex.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
_LANGUAGE = regex.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")

BaseUrl = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]
Handle = Annotated[str, AfterValidator(lambda handle: handle.removeprefix("@"))]


class Config(Settings):
    """One account. It signs in at ``base_url`` with its ``handle`` (or DID) and an app password; what follows goes to
    the server that its DID document names.

    ``languages`` are those that its posts are marked with, as BCP 47 codes, ``reposts`` says whether it is heard that
    somebody reposted its posts, ``messages`` whether direct messages are heard and sent, which the app password has to
    allow.
    """

    base_url: BaseUrl = "https://bsky.social"
    handle: Handle
    app_password: SecretStr
    languages: tuple[str, ...] = Field(default=(), max_length=3)
    reposts: bool = True
    messages: bool = False


def problems(config: Config) -> tuple[str, ...]:
    """Everything that is wrong with the settings, one sentence each. No value is quoted."""
    found = [*address_problems("base_url", config.base_url)]
    if not _HANDLE.fullmatch(config.handle) and not _DID.fullmatch(config.handle):
        found.append("handle: it is a whole handle, such as acme.bsky.social, or a DID.")
    if not config.app_password.get_secret_value().strip():
        found.append("app_password: it is empty. Bluesky makes one in its settings, under app passwords.")
    if any(not _LANGUAGE.fullmatch(code) for code in config.languages):
        found.append("languages: each is a language code, such as en or pt-BR.")
    return tuple(found)


def may_sign_in_at(url: str, base_url: str) -> bool:
    """Whether the account's own server may be given its credentials: by TLS, or on this machine. Who signs in on this
    machine, at a proxy or a server of their own, stays on it."""
    try:
        there, here = urlsplit(url), urlsplit(base_url)
        named = bool(there.hostname) and there.username is None and (there.port or 1) > 0
    except ValueError:
        return False
    if not named or there.path.strip("/") or there.query or there.fragment:
        return False
    if _is_here(here):
        return there.scheme in ("http", "https") and _is_here(there)
    return there.scheme == "https"


def _is_here(parts: SplitResult) -> bool:
    return parts.hostname in LOOPBACK
