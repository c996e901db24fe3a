"""What goes wrong at Facebook itself, on demand: errors of its own, without a cause in the request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from socialdesk.testing.sandbox import Delivery, Fault
from socialdesk.wire import Request, Response

from .answering import dressed, version_of
from .problems import THROTTLES, Refused

if TYPE_CHECKING:
    from socialdesk.testing.sandbox import Sandbox

    from .facebook import FacebookSandbox


@dataclass(frozen=True, slots=True)
class GraphError(Fault):
    """An error of Facebook's by its code and subcode; ``applied`` says whether it had acted before, as it may have with
    1/1357046 and 1/99. ``transient`` None leaves it unsaid."""

    name: ClassVar[str] = "graph_error"
    code: int = 1
    subcode: int | None = None
    applied: bool = False
    transient: bool | None = None
    status: int = 400

    def __post_init__(self) -> None:
        if not 400 <= self.status <= 599:
            raise ValueError("status: an error is 400 to 599")

    def _said(self, sandbox: Sandbox, request: Request) -> Response:
        facebook = cast("FacebookSandbox", sandbox)
        words = THROTTLES.get(self.code, f"(#{self.code}) An unexpected error has occurred")
        more: dict[str, Any] = {} if self.transient is None else {"is_transient": self.transient}
        refused = Refused(words, self.code, self.subcode, status=self.status, **more)
        version = version_of(facebook, request.path)[0]
        return dressed(facebook, refused.response(facebook.trace()), version, {})

    def before(self, sandbox: Sandbox, request: Request) -> Delivery | None:
        return None if self.applied else Delivery(self._said(sandbox, request))

    def after(self, sandbox: Sandbox, request: Request, delivery: Delivery) -> Delivery:
        return replace(delivery, response=self._said(sandbox, request))


SENT_AND_FAILED = GraphError(1, 1357046, applied=True, transient=False)
"""The message was sent, and the answer is an error."""
