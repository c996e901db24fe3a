"""Where a session's requests may go, and what an error tells of them. Pure."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from socialdesk._engine.session import Session
from socialdesk.errors import (
    AuthError,
    PlatformError,
    PluginError,
    Unavailable,
)
from socialdesk.wire import Request, Response

__all__ = ["check_host", "decorated", "may_renew", "note_host", "redirected"]


def redirected(request: Request, response: Response, session: Session) -> str:
    """Where a redirect leads: the same host only, and never from TLS to plain text."""
    try:
        url = urljoin(request.url, response.headers["location"])
        there = urlsplit(url)
    except ValueError:
        url, there = "", urlsplit("")
    here = urlsplit(request.url)
    if there.netloc.lower() != here.netloc.lower() or there.scheme not in (here.scheme, "https"):
        raise decorated(
            Unavailable(f"The platform redirects {request.path} elsewhere.", scope="stream"),
            response,
            session,
        )
    return url


def check_host(request: Request, session: Session) -> None:
    hosts = session.connector.hosts
    if request.auth != "none" and request.host not in hosts:
        raise PluginError(
            f"{session.connector.platform}: credentials would go to {request.host}, which is not among the "
            f"connector's hosts ({', '.join(hosts) or 'none'}); list it in `hosts` or use auth='none'."
        )


def decorated(error: PlatformError, response: Response | None, session: Session) -> PlatformError:
    error.platform = session.connector.platform
    if response is not None:
        error.request = response.request.redacted() if response.request else None
        error.response = response.redacted()
    return error


def note_host(error: PlatformError | None, response: Response, request: Request, session: Session) -> None:
    """A host is down that says so of itself, not of the one thing that it was asked for. Any other answer is one."""
    gate = session.ledger.gate
    down = response.status >= 500 and isinstance(error, Unavailable) and error.scope not in ("item", "person")
    if error is not None and down:
        gate.failed(request.host, error)
    else:
        gate.answered(request.host)


def may_renew(error: AuthError, request: Request) -> bool:
    """Whether new credentials may help: not where the account is closed or was never granted this."""
    return error.reason == "sign_in" and not (error.scope == "app" and request.auth == "account")
