"""What the checks without a network use: answers that were given, or recorded from a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from socialdesk._engine.exchange import converse
from socialdesk._engine.ledger import Ledger
from socialdesk._engine.session import Session
from socialdesk.auth import Stamp, Tokens
from socialdesk.connector import Connector, Profile, Topic
from socialdesk.errors import Rejected
from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Request, Response

__all__ = ["Material", "Recorder", "introduced", "signed_in"]


@dataclass(frozen=True)
class Material:
    """What the checks without a network use: given by the test class, or recorded from its sandbox. ``looked`` are the
    answers to a look for what was ``sent``."""

    settings: Mapping[str, Any]
    profile: Profile | None
    pages: tuple[tuple[Response, ...], ...]
    sent: tuple[Response, ...]
    now: datetime
    topics: tuple[Topic, ...] = ()
    prepared: Mapping[str, Any] | None = None
    looked: tuple[Response, ...] = ()


class Recorder:
    """A transport that keeps what another one answered."""

    def __init__(self, transport: Sandbox) -> None:
        self.transport = transport
        self.answers: list[Response] = []

    def send(self, request: Request, timeout: float) -> Response:
        answer = self.transport.send(request, timeout)
        self.answers.append(replace(answer, request=None, received_at=None))
        return answer

    def taken(self) -> tuple[Response, ...]:
        """What came since the last call."""
        answers, self.answers = tuple(self.answers), []
        return answers


async def signed_in(connector: Connector[Any, Any], now: datetime) -> dict[str, Tokens]:
    """The account's tokens where they end and are renewed: those of the settings, or what they are exchanged for."""
    auth = connector.auth("account")
    held = auth.initial()
    if auth.refreshes and auth.due(held, now):
        plain = Session(connector, Ledger((), {}), judges=False)
        held = await converse(auth.refresh(held, Stamp(now, bytes(16))), plain)
    return {"account": held} if auth.refreshes and held is not None else {}


async def introduced(connector: Connector[Any, Any], talk: Session) -> Profile | None:
    """Who the account is, where its platform tells."""
    try:
        return await converse(connector.identify(), talk)
    except Rejected:  # a platform that does not tell who an account is
        return None
