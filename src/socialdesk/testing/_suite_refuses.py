"""Checks of what goes wrong: each error answer becomes the one error that tells the caller what to do next."""

from __future__ import annotations

import traceback
from collections.abc import Coroutine, Iterator
from datetime import datetime
from typing import Any

from socialdesk._engine.exchange import converse
from socialdesk._engine.outbox import send_part
from socialdesk._engine.session import Session
from socialdesk.connector import Connector, LimitReading
from socialdesk.errors import (
    DeliveryUnknown,
    PlatformError,
    PluginError,
    RateLimited,
    Rejected,
    SocialdeskError,
)
from socialdesk.testing._suite_answers import CASES, JSON, answers_with_strange_headers, strange_answers
from socialdesk.testing._suite_bench import Bench, demand, demand_none, session, skip
from socialdesk.testing._suite_declares import Declares, leaks
from socialdesk.testing.replaying import replay
from socialdesk.wire import Request, Response


class Refuses(Declares, Bench):
    """What goes wrong on the way, and what the platform refuses."""

    def test_an_error_answer_to_fetch_says_what_to_do(self) -> None:
        if not self.material.pages:
            skip("give `pages = [Response(...), ...]`, the platform's answers to fetch, to check this")
        connector = self.connect()
        problems: list[str] = []
        for case in CASES:
            window = self.paging(connector).window(self.material.now)
            error = self.failing(connector.fetch(window), case.answer, session(connector, self.material.now))
            problems += _judged(f"{case.name}: fetch()", error, case.heard, self.material.now)
        demand_none(problems)

    def test_an_error_answer_to_send_says_what_to_do(self) -> None:
        connector = self.connect()
        problems: list[str] = []
        for case in CASES:
            error = self.refused(connector, case.answer)
            problems += _judged(f"{case.name}: send()", error, case.said, self.material.now)
        demand_none(problems)

    def test_an_answer_without_an_id_is_not_taken_for_sent(self) -> None:
        connector = self.connect()
        for body in (
            b"{}",
            b"null",
            b'{"data": {}}',
            b'{"id": null}',
            b'{"id": ""}',
            b'{"data": {"id": null}}',
        ):
            error = self.refused(connector, Response(200, JSON, body))
            demand(
                isinstance(error, DeliveryUnknown),
                f"send() made {error!r} of HTTP 200 with {body.decode()}: without an id nobody knows whether it was "
                'posted. Read the id with answer["id"], which raises where it is missing; do not invent one.',
            )

    def test_known_refusals_mean_what_they_should(self) -> None:
        if not self.refusals:
            skip('give `refusals = [(Response(...), "blocked"), ...]`, the known refusals, to check this')
        connector = self.connect()
        problems: list[str] = []
        for answer, meaning in self.refusals:
            error = self.refused(connector, answer)
            what = f"{answer!r} {answer.body[:80]!r}: send()"
            kind = Rejected if isinstance(meaning, str) else meaning
            problems += _judged(what, error, (kind,), self.material.now)
            if isinstance(meaning, str) and isinstance(error, Rejected) and error.reason != meaning:
                problems.append(f"{what} was rejected as {error.reason}, not as {meaning}: see check().")
        demand_none(problems)

    def test_check_never_raises(self) -> None:
        connector = self.connect()
        for answer in strange_answers():
            try:
                error = connector.check(answer)
            except Exception as raised:
                raise AssertionError(
                    f"check() raised {type(raised).__name__} ({raised}) on {answer!r} {answer.body[:60]!r}: after a "
                    "send this would hide that something may have been posted. Return an error or None, and expect "
                    "any body."
                ) from raised
            demand(
                error is None or isinstance(error, PlatformError),
                f"check() returned {type(error).__name__}: return a PlatformError or None.",
            )
            demand(
                error is None or not answer.ok or answer.body,
                f"check() takes {answer!r} without a body for {error!r}: it has nothing to tell that from.",
            )

    def test_read_limits_never_raises(self) -> None:
        connector = self.connect()
        for answer in [*strange_answers(), *answers_with_strange_headers()]:
            try:
                readings = list(connector.read_limits(answer))
            except Exception as raised:
                raise AssertionError(
                    f"read_limits() raised {type(raised).__name__} ({raised}) on {answer!r} with "
                    f"{dict(answer.headers)}: it is asked about every answer, errors too; leave out what cannot "
                    "be read."
                ) from raised
            for reading in readings:
                demand(isinstance(reading, LimitReading), "read_limits() must give LimitReading values.")
                moments = (reading.resets_at, reading.blocked_until)
                demand(
                    all(moment is None or moment.tzinfo is not None for moment in moments),
                    "read_limits() gave a time without a zone: give aware datetimes.",
                )

    def test_no_error_and_no_request_shows_a_secret(self) -> None:
        connector, secrets = self.with_canaries()
        now = self.material.now
        part = self.part(connector)
        for case in CASES:
            seen: list[Request] = []
            error = self.failing(send_part(part, session(connector, now)), case.answer, None, seen)
            shown = {f"{case.name}: the error": f"{error!s} {error!r} {vars(error)}"}
            # with all that it came from, as a log shows it; the lines of source are the same for every secret
            shown[f"{case.name}: the error's traceback"] = "".join(traceback.format_exception(error))
            shown |= {f"repr of {request!r}"[:120]: f"{request!r} {request.url}" for request in seen}
            demand_none(leaks(shown, secrets))

    def test_credentials_go_to_the_declared_hosts_only(self) -> None:
        connector, now = self.connect(), self.material.now
        seen: list[Request] = []
        self.failing(send_part(self.part(connector), session(connector, now)), Response(401), None, seen)
        strays = {request.host for request in seen if request.auth != "none"} - {*connector.hosts}
        demand(not strays, f"Credentials would go to {sorted(strays)}, which `hosts` does not name.")

    # ------------------------------------------------------------------------------------------------------ details

    def refused(self, connector: Connector[Any, Any], answer: Response) -> SocialdeskError:
        """What a send comes to that is answered so."""
        now = self.material.now
        return self.failing(send_part(self.part(connector), session(connector, now)), answer, None)

    def failing(
        self,
        coroutine: Coroutine[Any, Any, Any],
        answer: Response,
        talk: Session | None,
        seen: list[Request] | None = None,
    ) -> SocialdeskError:
        """The error that a coroutine ends with when its last given answer is ``answer``."""
        asking = converse(coroutine, talk) if talk is not None else coroutine
        ready = [] if talk is not None else list(self.material.sent[:-1])
        try:
            done = replay(_watched(asking, seen), [*ready, answer], now=self.material.now)
        except SocialdeskError as error:
            return error
        except Exception as error:
            raise AssertionError(
                f"{type(error).__name__} ({error}) came out for {answer!r} {answer.body[:60]!r}: only errors of "
                "socialdesk.errors may. Read answers with Response.json(), and errors in check()."
            ) from error
        raise AssertionError(
            f"{answer!r} {answer.body[:60]!r} was taken for a success and gave {done.result!r}: let response.json() "
            "and answer['id'] raise where something is missing."
        )


async def _watched(coroutine: Coroutine[Any, Any, Any], seen: list[Request] | None) -> Any:
    """Run a coroutine, and keep the requests that it makes."""
    answer: Any = None
    try:
        while True:
            try:
                asked = coroutine.send(answer)
            except StopIteration as stop:
                return stop.value
            if seen is not None and isinstance(asked, Request):
                seen.append(asked)
            answer = await asked
    finally:
        coroutine.close()


def _judged(
    what: str, error: SocialdeskError, right: tuple[type[PlatformError], ...], now: datetime
) -> Iterator[str]:
    names = " or ".join(kind.__name__ for kind in right)
    if not isinstance(error, right):
        hint = "return it from check(), or let core read the status."
        if isinstance(error, PluginError):
            hint = "the plugin broke the contract before the answer mattered."
        yield f"{what} raised {type(error).__name__} ({error}) where it means {names}: {hint}"
    if isinstance(error, RateLimited):
        if error.retry_at is None and not error.needs_human:
            yield f"{what} raised RateLimited without retry_at: say when to come back, or needs_human=True."
        elif error.retry_at is not None and (error.retry_at.tzinfo is None or error.retry_at <= now):
            yield f"{what} raised RateLimited with retry_at {error.retry_at}: an aware moment in the future."
