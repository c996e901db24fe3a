"""What the checks without a network use: answers that were given, or recorded from a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from socialdesk.connector import Profile, Topic
from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Request, Response

__all__ = ["Material", "Recorder"]


@dataclass(frozen=True)
class Material:
    """What the checks without a network use: given by the test class, or recorded from its sandbox."""

    settings: Mapping[str, Any]
    profile: Profile | None
    pages: tuple[tuple[Response, ...], ...]
    sent: tuple[Response, ...]
    now: datetime
    topics: tuple[Topic, ...] = ()


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
