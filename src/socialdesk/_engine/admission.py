"""Whether a request may go out now, and whether one that failed may go out again. Pure."""

from __future__ import annotations

from socialdesk._engine.effects import LONGEST_SLEEP
from socialdesk._engine.hosts import decorated
from socialdesk._engine.session import Session
from socialdesk.auth import Stamp
from socialdesk.errors import RateLimited
from socialdesk.wire import Request

__all__ = ["admitted", "may_repeat"]


async def admitted(request: Request, stamp: Stamp, session: Session) -> None:
    """Raises RateLimited where the budget does not allow the request now, Unavailable where its host is left alone."""
    wait_until = await session.ledger.admit(request.spends, stamp.now, session.lane)
    if wait_until is not None:
        bucket = next(iter(request.spends))
        error = RateLimited(f"The budget for {bucket} is used up.", retry_at=wait_until, bucket=bucket)
        error.refused = session.ledger.was_refused(request.spends)
        raise decorated(error, None, session)
    held = await session.ledger.gate.admit(request.host, stamp)
    if held is not None:
        raise decorated(held, None, session)


def may_repeat(request: Request, attempt: int, wait: float, session: Session) -> bool:
    """Whether a request that failed is asked again after ``wait`` seconds: then it counts as repeated."""
    return (
        request.does == "reads"
        and attempt < session.backoff.attempts
        and session.slept + wait <= LONGEST_SLEEP
        and session.ledger.repeats.take(request.host)
    )
