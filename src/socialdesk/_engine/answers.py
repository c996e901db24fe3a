"""What an answer means, or that none came: for the request, for what it says, and for the limits. Pure."""

from __future__ import annotations

from datetime import datetime

from socialdesk._engine.hosts import decorated, note_host
from socialdesk._engine.session import Session
from socialdesk._engine.statuses import PAUSE_WITHOUT_HINT, by_status, retry_after, told_reset
from socialdesk.errors import DeliveryUnknown, PlatformError, RateLimited, Unavailable
from socialdesk.wire import Request, Response, TransportError

__all__ = ["silence", "understood"]


def silence(error: TransportError, request: Request, session: Session) -> PlatformError:
    """What it means that no answer came."""
    if request.does == "speaks" and not error.sent:
        session.spoken = "no"
    elif request.does == "speaks":
        return DeliveryUnknown(f"No answer came ({error}): it may have been posted.")
    return Unavailable(f"{request.host} could not be reached: {error}.", scope="stream")


def understood(response: Response, request: Request, session: Session) -> Response:
    """The answer, if it is a success; raises what it means otherwise. Takes in what it tells of limits."""
    now = response.received_at
    assert now is not None, "drivers stamp every answer"
    session.clock.read(response, now)
    if not session.judges:
        session.ledger.answered(request.spends, (), now)
        note_host(by_status(response, now), response, request, session)
        return response
    speaks = request.does == "speaks"
    if speaks and response.ok:
        session.spoken = "done"  # whatever may fail in reading it
    readings = tuple(session.connector.read_limits(response))
    session.ledger.answered(request.spends, readings, now)
    error = session.connector.check(response) or by_status(response, now)
    note_host(error, response, request, session)
    if error is None:
        session.spoken = "done" if speaks else session.spoken
        session.ledger.bill(session.connector.charges(response))
        return response
    if isinstance(error, RateLimited):
        if error.retry_at is None and not error.needs_human:
            told = retry_after(response, now) or told_reset(readings, now)
            error.retry_at, error.guessed = told or now + PAUSE_WITHOUT_HINT, told is None
        _block(error, request, session, now)
    if speaks:
        if isinstance(error, Unavailable):
            error = DeliveryUnknown(f"{error} It may have been posted all the same.", code=error.code)
        session.spoken = "unknown" if isinstance(error, DeliveryUnknown) else "refused"
    raise decorated(error, response, session)


def _block(error: RateLimited, request: Request, session: Session, now: datetime) -> None:
    """Keep back until then what draws on the limit that the plugin names, else on any that the request spends."""
    if error.retry_at is None:
        return
    bucket = error.bucket
    spends = request.spends if bucket is None or bucket not in request.spends else {bucket: 1}
    session.ledger.block(spends, error.retry_at, now, str(error))
