"""Everything that happens around one request: credentials, limits, retries, and what its answer means.

:func:`converse` drives a connector's coroutine; each request that it awaits passes through :func:`exchange`.
"""

from __future__ import annotations

import traceback
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from socialdesk._engine.admission import admitted, may_repeat
from socialdesk._engine.answers import silence, understood
from socialdesk._engine.collector import held_back
from socialdesk._engine.effects import Exclusive, Sleep, TakeStamp
from socialdesk._engine.hosts import check_host, decorated, may_renew, redirected
from socialdesk._engine.renewing import sound
from socialdesk._engine.session import Session, TooLate
from socialdesk._engine.statuses import PAUSE_WITHOUT_HINT
from socialdesk.auth import Auth, Tokens
from socialdesk.connector import Prepared
from socialdesk.errors import (
    AuthError,
    ConfigError,
    DeliveryUnknown,
    PluginError,
    SocialdeskError,
    Unavailable,
)
from socialdesk.wire import AuthRole, Request, Response, TransportError

__all__ = ["converse", "describe", "exchange", "ready_tokens", "speak"]

T = TypeVar("T")


async def converse(coroutine: Coroutine[Any, Any, T], session: Session) -> T:
    """Drive a connector's coroutine to its end, with each request that it awaits exchanged for an answer.

    Raises PluginError where it awaits anything but a request, where it is no coroutine at all, and for any error of
    its own that is not one of ours: an answer of a form that it did not expect, say.
    """
    if not isinstance(coroutine, Coroutine):
        raise PluginError(
            f"{session.connector.platform}: expected a coroutine, got {type(coroutine).__name__}; "
            "write the method as `async def` without `yield`."
        )
    answer: Response | None = None
    error: Exception | None = None
    try:
        while True:
            try:
                with held_back:  # a connector computes, and does nothing else
                    asked = coroutine.throw(error) if error is not None else coroutine.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result
            except SocialdeskError:
                raise
            except Exception as mistake:
                if mistake is error:
                    raise  # our own, thrown in below
                raise PluginError(f"{session.connector.platform}: {describe(mistake)}") from mistake
            answer, error = None, None
            try:
                if not isinstance(asked, Request):
                    raise _foreign(asked, session)
                answer = await exchange(asked, session)
            except Exception as raised:
                error = raised
    finally:
        coroutine.close()


def describe(error: BaseException) -> str:
    """An unexpected error in one line, with the place where it was raised and nothing that it held."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" at {Path(last[0].filename).name}:{last[0].lineno}, in {last[0].name}" if last else ""
    return f"{type(error).__name__}{place}"


def _foreign(asked: object, session: Session) -> PluginError:
    return PluginError(
        f"{session.connector.platform}: a connector awaited {type(asked).__name__}. It may await Request values only: "
        "no asyncio, no trio, no sleep; core waits, signs and repeats for it."
    )


async def exchange(request: Request, session: Session) -> Response:
    """The answer to one request, if it is a success; raises what it means otherwise.

    A request that reads is repeated after a failure that may pass, with waits of at most two seconds in all, and unless
    too many were repeated lately; one that prepares or speaks, never.
    """
    check_host(request, session)
    spends = request.spends or {request.path: 1}
    request = replace(request, spends=spends, platform=session.connector.platform)
    speaks = request.does == "speaks"
    if speaks and session.spoken != "no":
        raise PluginError(f"{session.connector.platform}: one send() may await one request that speaks.")
    attempt, hops = 0, request.redirects
    session.ledger.repeats.asked(request.host)
    while True:
        attempt += 1
        try:
            response = await _attempt(request, session)
        except Unavailable as error:
            # a refresh in between may have cost a request, so the clock is asked each time
            wait = session.backoff.seconds(attempt, await TakeStamp())
            if error.retry_at is not None or not may_repeat(request, attempt, wait, session):
                raise
            session.slept += wait
            await Sleep(wait)
            continue
        if not 300 <= response.status < 400 or "location" not in response.headers:
            return response
        if hops == 0 or speaks:
            raise decorated(
                Unavailable(f"The platform redirects {request.path} elsewhere.", scope="stream"),
                response,
                session,
            )
        hops -= 1
        request = replace(request, url=redirected(request, response, session), params={})


async def _attempt(request: Request, session: Session) -> Response:
    """Sign, send, and read the answer once; once more where renewed credentials, or the platform's time in the
    signature, may help and nothing was said."""
    auth = session.connector.auth(request.auth) if request.auth != "none" else Auth()
    tokens = await ready_tokens(auth, request.auth, session)
    believed = session.clock.ahead
    try:
        return await _once(request, auth, tokens, session)
    except AuthError as error:
        if session.renewed:
            raise
        if auth.timed and session.clock.differs(believed):
            session.renewed = True  # the refusal told the time, and with it what was wrong
        elif auth.refreshes and may_renew(error, request):
            tokens = await _renew(auth, request.auth, tokens, session)
        else:
            raise
        if request.does == "speaks":
            raise  # not sent: whoever asked begins anew, with a new attempt on record
        return await _once(request, auth, tokens, session)


async def _once(request: Request, auth: Auth, tokens: Tokens | None, session: Session) -> Response:
    stamp = await TakeStamp()
    ledger = session.ledger
    await admitted(request, stamp, session)
    if request.does == "speaks" and session.before_speaking is not None:
        request = await session.before_speaking(request)
        stamp = await TakeStamp()  # the last thing before the wire: from here on nothing can be taken back
        if session.speak_by is not None and stamp.monotonic > session.speak_by:
            raise TooLate
    ledger.debit(request.spends, stamp.now, session.lane)
    try:
        signed = auth.sign(request, tokens, session.clock.stamped(stamp))
    except ValueError:  # it may quote the credential
        raise ConfigError(
            "A credential holds a character that no header may hold, such as a line break."
        ) from None
    if request.does == "speaks":
        session.spoken = "unknown"  # from here on, until an answer or a refused connection says otherwise
    try:
        response = await signed
    except TransportError as error:
        unheard = silence(error, request, session)
        unheard.request = request.redacted()
        ledger.gate.failed(request.host, unheard)
        raise decorated(unheard, None, session) from None
    except (ConfigError, PluginError):  # the driver would not send it at all
        session.spoken = "no" if request.does == "speaks" else session.spoken
        raise
    if response.request is None or response.request is signed:
        response = replace(
            response, request=request
        )  # the unsigned one: what a plugin reads holds no credential
    return understood(response, request, session)


async def ready_tokens(auth: Auth, role: AuthRole, session: Session) -> Tokens | None:
    """The tokens to sign with, renewed where they are due."""
    held = session.tokens.held(role) or auth.initial()
    if not auth.refreshes:
        return held
    stamp = await TakeStamp()
    return await _renew(auth, role, held, session) if auth.due(held, stamp.now) else held


async def _renew(auth: Auth, role: AuthRole, stale: Tokens | None, session: Session) -> Tokens:
    """New tokens, asked for by one caller at a time and saved before they are used."""
    async with Exclusive(f"tokens-{session.name}-{role}"):
        stamp = await TakeStamp()
        current = await session.tokens.current(role) or auth.initial()
        if current is not None and current != stale and not auth.due(current, stamp.now):
            session.renewed = True
            return current  # another worker was quicker
        plain = Session(session.connector, session.ledger, name=session.name, lane=session.lane, judges=False)
        try:
            fresh = sound(
                await converse(auth.refresh(current, stamp), plain), current, session.connector.platform
            )
        except Unavailable as error:
            # no request that reads: asking again at once could use up a token that rotates
            error.retry_at = error.retry_at or stamp.now + PAUSE_WITHOUT_HINT
            raise
        session.renewed = True
        return await session.tokens.replace(role, current, fresh)


async def speak(coroutine: Coroutine[Any, Any, T], session: Session) -> T:
    """Drive a coroutine that says something. Whatever it raises tells whether anything may have been said.

    Raises DeliveryUnknown for any failure after the speaking request went out and was not refused, also for a
    plugin's own mistake in reading the answer; PluginError where nothing was said though the plugin claims so.
    """
    try:
        result = await converse(coroutine, session)
    except DeliveryUnknown:
        raise
    except Exception as error:
        if session.spoken in ("done", "unknown"):
            raise decorated(
                DeliveryUnknown(f"It was sent, but its answer could not be read: {error}"), None, session
            ) from error
        raise
    if session.spoken == "no" and not (isinstance(result, Prepared) or getattr(result, "already", False)):
        raise PluginError(
            f"{session.connector.platform}: send() returned without having awaited a request that speaks. "
            "A forgotten await? Where there was nothing to send, return Sent(..., already=True); where something has "
            "to be there first, Prepared(...)."
        )
    return result
