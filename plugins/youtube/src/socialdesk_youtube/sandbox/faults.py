"""What goes wrong at YouTube and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from socialdesk.testing.faults import Fault
from socialdesk.testing.sandbox import Delivery, Sandbox
from socialdesk.wire import Request

from .problems import Refused


@dataclass(frozen=True, slots=True)
class ProcessingFailure(Fault):
    """The 400 that "can be a transient error"; ``applied`` says whether YouTube had acted all the same."""

    name: ClassVar[str] = "processing_failure"
    applied: bool = False

    def before(self, sandbox: Sandbox, request: Request) -> Delivery | None:
        return None if self.applied else Delivery(Refused.unable("youtube.comment").response())

    def after(self, sandbox: Sandbox, request: Request, delivery: Delivery) -> Delivery:
        return replace(delivery, response=Refused.unable("youtube.comment").response())


__all__ = ["ProcessingFailure"]
