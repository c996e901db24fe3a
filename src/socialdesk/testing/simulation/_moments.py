"""The places at which something may strike, and the tasks that get there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from socialdesk._engine.drive import _Unit
from socialdesk._engine.effects import Call
from socialdesk.desk.claims import Claim
from socialdesk.testing.simulation._workers import SimWorker
from socialdesk.wire import Flow, Request

__all__ = ["PLACES", "Moment", "Task", "When"]

When = Literal["before", "during", "after"]

PLACES = (
    "before claim",
    "after claim",
    "after intent",
    "in POST",
    "after response",
    "after record",
    "in reconcile",
    "after read-back",
    "before resend",
)
"""The places of a drain at which the posting matrix strikes."""


@dataclass(slots=True, eq=False)
class Task:
    """One flow that a worker runs. ``claim`` is the part that it has in hand."""

    worker: SimWorker
    flow: Flow[Any]
    answer: Any = None
    error: BaseException | None = None
    effect: Any = None
    index: int = -1
    claim: Claim | None = None
    unit: _Unit = field(default_factory=_Unit)
    cancelled: bool = False
    began: float = 0.0
    result: Any = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A place where something may strike: before an effect, after it, or while a request is under way."""

    task: Task
    when: When
    answer: Any = None
    at: float = 0.0

    @property
    def effect(self) -> Any:
        return self.task.effect

    @property
    def worker(self) -> SimWorker:
        return self.task.worker

    @property
    def place(self) -> str | None:
        """Which of :data:`PLACES` it is; None where it is none of them."""
        effect, claim = self.task.effect, self.task.claim
        if isinstance(effect, Call):
            return self._call_place(effect.name, claim)
        if isinstance(effect, Request) and claim is not None:
            if effect.does == "speaks":
                return {"during": "in POST", "after": "after response"}.get(self.when)
            if claim.task == "reconcile":
                return {"during": "in reconcile", "after": "after read-back"}.get(self.when)
        return None

    def _call_place(self, name: str, claim: Claim | None) -> str | None:
        match name, self.when:
            case "claim_part", "before":
                return "before claim"
            case "claim_part", "after" if self.answer is not None:
                return "after claim"
            case "intend", "before" if claim is not None and claim.attempts > 0:
                return "before resend"
            case "intend", "after" if self.answer:
                return "after intent"
            case "record", "after":
                return "after record"
        return None
