"""One request and all that happens around it: what is awaited, signed, repeated, followed, refused and told."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.effects import LONGEST_SLEEP, Sleep
from socialdesk._engine.exchange import converse, exchange
from socialdesk._engine.outbox import judge, send_part
from socialdesk._engine.retry import Backoff, Repeats
from socialdesk._engine.runtime import Runtime
from socialdesk._engine.session import MemoryTokens, Session
from socialdesk.auth import Bearer, OAuth2, Stamp, Tokens
from socialdesk.connector import Limit, LimitReading, Part, Sent
from socialdesk.errors import (
    AuthError,
    DeliveryUnknown,
    PlatformError,
    PluginError,
    RateLimited,
    Rejected,
    SocialdeskError,
    Unavailable,
)
from socialdesk.wire import Form, Json, Request, Response, TransportError
from tests.pure.toys import CANARY, HOST, NOW, Chirp, Face, ToyTransport, answers, chirp, json_answer, session

READ = Request("GET", f"{HOST}/mentions")
SPEAK = Request("POST", f"{HOST}/posts", body=Json({"text": "sorry"}))
PART = Part(text="sorry", key="k")


# ------------------------------------------------------------------------------------------- what may be awaited


@pytest.mark.parametrize(
    "wait",
    [
        lambda: asyncio.sleep(0.01),
        lambda: asyncio.sleep(0),
        trio.lowlevel.checkpoint,
        partial(trio.sleep, 0.01),
        lambda: Sleep(0.1),
    ],
    ids=["asyncio.sleep", "asyncio.sleep(0)", "trio.checkpoint", "trio.sleep", "an effect of the engine"],
)
def test_a_connector_that_awaits_anything_else_is_told_so(
    face: Face, wait: Callable[[], Awaitable[Any]]
) -> None:
    async def strays() -> None:
        await wait()

    with pytest.raises(PluginError) as caught:
        face.converse(lambda: converse(strays(), session()), ToyTransport(answers()))
    # asyncio and trio themselves refuse outside of their own loop, with a RuntimeError
    assert "Request" in str(caught.value) or "RuntimeError" in str(caught.value)


def test_gather_in_a_connector_is_told_so() -> None:
    async def main() -> None:
        async def gathers() -> None:
            await asyncio.gather(asyncio.get_running_loop().create_future())

        with pytest.raises(PluginError, match="Request"):
            await AsyncDriver(Runtime()).run(converse(gathers(), session()))

    asyncio.run(main())


async def _fetched(connector: Chirp) -> Any:
    fetch: Any = connector.fetch
    return await converse(fetch(None), session())


def test_a_method_that_is_no_coroutine_is_told_so(face: Face) -> None:
    async def yields(self: Chirp, window: Any) -> AsyncIterator[int]:
        yield 1

    def plain(self: Chirp, window: Any) -> int:
        return 1

    for fetch in (yields, plain):
        connector = chirp(fetch=fetch)
        with pytest.raises(PluginError, match="async def"):
            face.converse(partial(_fetched, connector), ToyTransport(answers()))


def test_a_send_that_says_nothing_is_told_so(face: Face) -> None:
    async def forgets(self: Chirp, part: Part) -> Sent:
        Request("POST", f"{HOST}/posts")  # type: ignore[unused-awaitable]  # the mistake
        return Sent("1")

    async def has_it(self: Chirp, part: Part) -> Sent:
        return Sent("1", already=True)

    with pytest.raises(PluginError, match="forgotten await"):
        face.converse(lambda: send_part(PART, session(chirp(send=forgets))), ToyTransport(answers()))
    done = face.converse(lambda: send_part(PART, session(chirp(send=has_it))), ToyTransport(answers()))
    assert done.id == "1"


def test_a_second_request_that_speaks_is_never_sent(face: Face) -> None:
    async def twice(self: Chirp, part: Part) -> Sent:
        await SPEAK
        await SPEAK
        return Sent("1")

    transport = ToyTransport(lambda _: json_answer({"id": "1"}, 201))
    with pytest.raises(DeliveryUnknown, match="one request that speaks"):
        face.converse(lambda: send_part(PART, session(chirp(send=twice))), transport)
    assert len(transport.sent) == 1


def test_a_request_that_prepares_may_stand_before(face: Face) -> None:
    async def uploads(self: Chirp, part: Part) -> Sent:
        await Request("POST", f"{HOST}/media", effect="prepares")
        return Sent((await SPEAK).json()["id"])

    transport = ToyTransport(lambda _: json_answer({"id": "7"}, 201))
    assert face.converse(lambda: send_part(PART, session(chirp(send=uploads))), transport).id == "7"
    assert [request.path for request in transport.sent] == ["/media", "/posts"]


# ---------------------------------------------------------------------------------------- where credentials may go


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/a",
        "https://chirp.test.evil.test/a",
        "https://chirp.test:8443/a",
        "https://chirp.test@evil.test/a",
        "https://evil.test/https://chirp.test",
        "https://chirp.test\\@evil.test/",
        "https://evil.test#@chirp.test",
        "/relative",
    ],
)
def test_credentials_go_nowhere_but_to_the_platform(face: Face, url: str) -> None:
    transport = ToyTransport(answers())
    with pytest.raises(PluginError, match="hosts"):
        face.converse(lambda: exchange(Request("GET", url), session()), transport)
    assert transport.sent == []


def test_without_credentials_any_host_may_be_asked(face: Face) -> None:
    transport = ToyTransport(lambda _: Response(200))
    face.converse(lambda: exchange(Request("GET", "https://cdn.test/a", auth="none"), session()), transport)
    assert "authorization" not in transport.sent[0].headers


def redirect(to: str, status: int = 302) -> Response:
    return Response(status, {"location": to})


def test_redirects_are_followed_as_often_as_allowed_on_the_same_host(face: Face) -> None:
    asked = Request("GET", f"{HOST}/a", params={"q": "1"}, redirects=2)
    transport = ToyTransport(answers(redirect("/b?x=2"), redirect(f"{HOST}/c"), json_answer(1)))
    face.converse(lambda: exchange(asked, session()), transport)
    assert [request.full_url for request in transport.sent] == [f"{HOST}/a?q=1", f"{HOST}/b?x=2", f"{HOST}/c"]
    for hops in (0, 1):
        transport = ToyTransport(lambda _: redirect("/b"))
        asked = Request("GET", f"{HOST}/a", redirects=hops)
        with pytest.raises(Unavailable, match="redirects"):
            face.converse(partial(exchange, asked, session(backoff=Backoff(attempts=1))), transport)
        assert len(transport.sent) == hops + 1


@pytest.mark.parametrize("auth", ["account", "none"])
@pytest.mark.parametrize(
    "to", ["https://evil.test/", "//evil.test/x", "http://chirp.test/a", "http://[", "file:///etc/x"]
)
def test_a_redirect_to_elsewhere_is_not_followed(face: Face, to: str, auth: Any) -> None:
    transport = ToyTransport(lambda _: redirect(to))
    asked = Request("GET", f"{HOST}/a", redirects=3, auth=auth)
    with pytest.raises(Unavailable, match="elsewhere"):
        face.converse(lambda: exchange(asked, session()), transport)
    assert {request.host for request in transport.sent} == {"chirp.test"}
    assert len(transport.sent) == 1


# ------------------------------------------------------------------------------------------------ ended credentials


def renewing() -> tuple[Chirp, MemoryTokens]:
    auth = OAuth2(token_url="https://login.chirp.test/token", client_id="c", client_secret=SecretStr(CANARY))
    tokens = MemoryTokens(
        {"account": Tokens(access="old", refresh="r0", expires_at=NOW + timedelta(hours=1))}
    )
    return chirp(auth=auth), tokens


def revoked(request: Request) -> Response:
    if request.host == "login.chirp.test":
        return json_answer({"access_token": "new", "refresh_token": "r1", "expires_in": 3600})
    return json_answer({"id": "1"}) if request.headers["authorization"] == "Bearer new" else Response(401)


def test_a_401_renews_the_credentials_and_reads_again(face: Face) -> None:
    connector, tokens = renewing()
    transport = ToyTransport(revoked)
    one = session(connector, tokens=tokens)
    assert face.converse(lambda: exchange(READ, one), transport).status == 200
    assert [request.host for request in transport.sent] == ["chirp.test", "login.chirp.test", "chirp.test"]
    assert one.renewed


def test_a_401_that_stays_is_told_and_does_not_go_round(face: Face) -> None:
    connector, tokens = renewing()

    def never(request: Request) -> Response:
        return revoked(request) if request.host == "login.chirp.test" else Response(401)

    transport = ToyTransport(never)
    with pytest.raises(AuthError):
        face.converse(lambda: exchange(READ, session(connector, tokens=tokens)), transport)
    assert len(transport.sent) == 3


def test_a_401_on_what_speaks_was_not_sent_and_leaves_new_credentials(face: Face) -> None:
    connector, tokens = renewing()
    transport = ToyTransport(revoked)
    one = session(connector, tokens=tokens)
    with pytest.raises(AuthError) as caught:
        face.converse(lambda: send_part(PART, one), transport)
    assert [request.path for request in transport.sent] == ["/posts", "/token"]
    assert (one.spoken, one.renewed) == ("refused", True)
    outcome = judge(caught.value, one, Stamp(NOW, bytes(16)), 1)
    assert (outcome.state, outcome.renewed, outcome.again_at) == ("pending", True, NOW)
    again = session(connector, tokens=tokens)
    assert face.converse(lambda: send_part(PART, again), transport).id == "1"
    assert [request.path for request in transport.sent].count("/token") == 1


def test_a_dead_grant_leaves_a_reply_waiting_for_its_owner(face: Face) -> None:
    connector, tokens = renewing()

    def dead(request: Request) -> Response:
        return (
            json_answer({"error": "invalid_grant"}, 400)
            if request.host == "login.chirp.test"
            else Response(401)
        )

    one = session(connector, tokens=tokens)
    with pytest.raises(AuthError) as caught:
        face.converse(lambda: send_part(PART, one), ToyTransport(dead))
    outcome = judge(caught.value, one, Stamp(NOW, bytes(16)), 1)
    assert outcome.state == "pending"


def test_bearer_tokens_are_not_renewed(face: Face) -> None:
    transport = ToyTransport(lambda _: Response(401))
    with pytest.raises(AuthError):
        face.converse(lambda: exchange(READ, session()), transport)
    assert len(transport.sent) == 1


# --------------------------------------------------------------------------------------------------------- repeating

PASSING = [
    *map(Response, (500, 502, 503, 408)),
    TransportError("x", sent=True),
    TransportError("y", sent=False),
]


@pytest.mark.parametrize("failure", PASSING, ids=lambda f: str(getattr(f, "status", f)))
def test_what_reads_is_repeated_a_few_times_and_within_two_seconds(
    face: Face, failure: Response | Exception
) -> None:
    transport = ToyTransport(lambda _: failure)
    with pytest.raises(Unavailable):
        face.converse(lambda: exchange(READ, session()), transport)
    assert len(transport.sent) == 4
    assert 0 < sum(transport.clock.slept) <= LONGEST_SLEEP
    transport = ToyTransport(answers(failure, failure, json_answer(1)))
    assert face.converse(lambda: exchange(READ, session()), transport).status == 200


@pytest.mark.parametrize("failure", PASSING, ids=lambda f: str(getattr(f, "status", f)))
@pytest.mark.parametrize("effect", ["prepares", "speaks"])
def test_what_does_not_read_is_never_repeated(face: Face, failure: Response | Exception, effect: Any) -> None:
    transport = ToyTransport(lambda _: failure)
    with pytest.raises((Unavailable, DeliveryUnknown)):
        face.converse(lambda: exchange(Request("GET", f"{HOST}/a", effect=effect), session()), transport)
    assert len(transport.sent) == 1
    assert transport.clock.slept == []


def test_no_repetition_where_the_platform_says_when(face: Face) -> None:
    transport = ToyTransport(lambda _: Response(503, {"retry-after": "120"}))
    with pytest.raises(Unavailable) as caught:
        face.converse(lambda: exchange(READ, session()), transport)
    assert caught.value.retry_at == NOW + timedelta(seconds=120)
    assert len(transport.sent) == 1


@given(st.binary(min_size=16, max_size=16), st.integers(1, 30))
def test_waits_grow_are_drawn_and_never_exceed_the_curve(nonce: bytes, attempt: int) -> None:
    wait = Backoff().seconds(attempt, Stamp(NOW, nonce))
    assert 0 <= wait <= min(60, 0.25 * 2 ** (attempt - 1))
    assert Backoff().moment(attempt, Stamp(NOW, nonce)) == NOW + timedelta(seconds=wait)


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=3, max_size=6))
@settings(max_examples=40)
def test_all_requests_of_a_step_together_wait_two_seconds_at_most(nonces: list[bytes]) -> None:
    transport = ToyTransport(lambda _: Response(500))
    drawn = itertools.cycle(nonces)
    transport.clock.nonce = lambda: next(drawn)  # type: ignore[method-assign]  # chance is what is tried here
    one = session()
    for _ in range(4):
        with pytest.raises(Unavailable):
            Driver(Runtime(transport, transport.clock)).run(exchange(READ, one))
    assert sum(transport.clock.slept) <= LONGEST_SLEEP + 1e-6


@given(st.integers(1, 150), st.randoms(use_true_random=False), st.floats(0, 1))
@settings(max_examples=40)
def test_repeats_are_a_tenth_of_the_requests_at_most_and_ten_more(
    requests: int, chance: Random, failing: float
) -> None:
    """However often a host fails: steps of one process share what may be repeated, and hosts do not."""
    transport = ToyTransport(lambda _: Response(503) if chance.random() < failing else json_answer(1))
    ledger = session().ledger
    for _ in range(requests):
        one = session()
        one.ledger.repeats = ledger.repeats
        with contextlib.suppress(Unavailable):
            Driver(Runtime(transport, transport.clock)).run(exchange(READ, one))
    assert len(transport.sent) - requests <= 10 + requests / 10
    down = ToyTransport(lambda _: Response(503))
    other = replace(READ, url="https://other.test/mentions", auth="none")
    one = session()
    one.ledger.repeats = ledger.repeats
    with pytest.raises(Unavailable):
        Driver(Runtime(down, down.clock)).run(exchange(other, one))
    assert len(down.sent) == 4, "another host's failures are its own"


def test_a_host_that_answers_again_is_asked_again_as_before_only_in_time() -> None:
    repeats = Repeats()
    taken = 0
    while repeats.take("host"):
        taken += 1
    assert taken == 10
    for _ in range(1000):
        repeats.asked("host")
    taken = 0
    while repeats.take("host"):
        taken += 1
    assert taken == 10, "what was not used is not saved up"


# ------------------------------------------------------------------------------------------------------------ limits

RESET = NOW + timedelta(seconds=400)


def reads_reset(response: Response) -> list[LimitReading]:
    if "x-reset" not in response.headers:
        return []
    return [LimitReading(bucket="/mentions", limit=10, remaining=0, resets_at=RESET)]


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"x-reset": "1"}, RESET),
        ({"retry-after": "30"}, NOW + timedelta(seconds=30)),
        ({"retry-after": "Fri, 20 Nov 2026 09:05:00 GMT"}, NOW + timedelta(minutes=5)),
        ({"retry-after": "Fri, 20 Nov 2026 09:05:00 -0000"}, NOW + timedelta(minutes=5)),
        ({"retry-after": "soon"}, NOW + timedelta(seconds=60)),
        ({"retry-after": "9" * 40}, NOW + timedelta(seconds=60)),
        ({"retry-after": "²"}, NOW + timedelta(seconds=60)),
        ({}, NOW + timedelta(seconds=60)),
    ],
)
@pytest.mark.parametrize("own_check", [False, True], ids=["by status", "by the plugin"])
def test_a_429_says_when_to_come_back_and_stops_all_until_then(
    face: Face, headers: dict[str, str], until: Any, own_check: bool
) -> None:
    def check(response: Response) -> PlatformError | None:
        return RateLimited("slow down") if response.status == 429 else None

    connector = chirp(read_limits=reads_reset, check=check if own_check else None)
    transport = ToyTransport(lambda _: Response(429, headers))
    one = session(connector)
    with pytest.raises(RateLimited) as caught:
        face.converse(lambda: exchange(READ, one), transport)
    assert caught.value.retry_at == until
    assert caught.value.retry_at.tzinfo is not None
    with pytest.raises(RateLimited):
        face.converse(lambda: exchange(READ, one), transport)
    assert len(transport.sent) == 1
    assert one.ledger.blocked({"/mentions": 1}, until, "poll") is None


def test_a_limit_that_the_plugin_names_keeps_back_what_draws_on_it_alone(face: Face) -> None:
    tomorrow = NOW + timedelta(hours=9)
    connector = chirp(check=lambda response: RateLimited("posted enough", retry_at=tomorrow, bucket="posts"))
    one = session(connector)
    post = Request("POST", f"{HOST}/posts", spends={"calls": 1, "posts": 1})
    with pytest.raises(RateLimited):
        face.converse(lambda: exchange(post, one), ToyTransport(lambda _: Response(403)))
    assert one.ledger.blocked({"calls": 1, "posts": 1}, NOW, "reply") == tomorrow
    assert one.ledger.blocked({"calls": 1}, NOW, "poll") is None


def test_out_of_credit_waits_for_a_person_not_for_a_minute(face: Face) -> None:
    connector = chirp(check=lambda response: RateLimited("out of credit", needs_human=True))
    with pytest.raises(RateLimited) as caught:
        face.converse(lambda: exchange(READ, session(connector)), ToyTransport(lambda _: Response(402)))
    assert caught.value.retry_at is None
    assert caught.value.needs_human


def test_a_budget_that_is_used_up_sends_nothing(face: Face) -> None:
    connector = chirp(limits=(Limit(2, per=60, bucket="/mentions", replies=False),))
    transport = ToyTransport(lambda _: json_answer(1))
    one = session(connector)
    for _ in range(2):
        face.converse(lambda: exchange(READ, one), transport)
    with pytest.raises(RateLimited) as caught:
        face.converse(lambda: exchange(READ, one), transport)
    assert len(transport.sent) == 2
    assert caught.value.retry_at == NOW + timedelta(seconds=60)


# ------------------------------------------------------------------------------------- what a failure to speak means


class Bug(Exception):
    """A plugin's own mistake."""


def bug(*_: Any) -> Any:
    raise Bug("in the plugin")


def _speak(
    face: Face, answer: Response | Exception, connector: Chirp
) -> tuple[Session, Exception | Sent, str]:
    one = session(connector)
    try:
        sent = face.converse(lambda: send_part(PART, one), ToyTransport(lambda _: answer))
    except Exception as error:
        verdict = (
            judge(error, one, Stamp(NOW, bytes(16)), 1).state
            if isinstance(error, SocialdeskError)
            else "raised"
        )
        return one, error, verdict
    return one, sent, "sent"


@pytest.mark.parametrize(
    ("answer", "kind", "state"),
    [
        (TransportError("ReadTimeout", sent=True), DeliveryUnknown, "unknown"),
        (TransportError("ConnectError", sent=False), Unavailable, "pending"),
        (OSError("a transport that breaks its contract"), DeliveryUnknown, "unknown"),
        *(
            (Response(status), DeliveryUnknown, "unknown")
            for status in (408, 500, 501, 502, 503, 504, 520, 599)
        ),
        (Response(503, {"retry-after": "1"}), DeliveryUnknown, "unknown"),
        (Response(429), RateLimited, "pending"),
        (Response(401), AuthError, "pending"),
        *(
            (Response(status), Rejected, "failed")
            for status in (400, 402, 403, 404, 405, 409, 410, 413, 415, 422, 451)
        ),
        *(
            (Response(status, {"location": "/x"}), DeliveryUnknown, "unknown")
            for status in (301, 302, 303, 307, 308)
        ),
        (Response(304), DeliveryUnknown, "unknown"),
        (Response(200, {}, b""), DeliveryUnknown, "unknown"),
        (Response(201, {}, b"<html>"), DeliveryUnknown, "unknown"),
        (Response(201, {}, b'{"id": "1'), DeliveryUnknown, "unknown"),
        (json_answer({"no": "id"}, 201), DeliveryUnknown, "unknown"),
        (json_answer({"id": ""}, 201), DeliveryUnknown, "unknown"),
        (json_answer({"id": None}, 201), DeliveryUnknown, "unknown"),
        (json_answer([], 201), DeliveryUnknown, "unknown"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_may_have_been_said_is_unknown_and_nothing_else_is(
    face: Face, answer: Response | Exception, kind: type[Exception], state: str
) -> None:
    one, error, verdict = _speak(face, answer, chirp())
    assert type(error) is kind
    assert verdict == state
    assert (
        one.spoken
        in {"unknown": ("unknown", "done"), "pending": ("no", "refused"), "failed": ("refused",)}[state]
    )
    if isinstance(error, PlatformError):
        assert error.platform == "chirp"


@pytest.mark.parametrize("where", ["check", "read_limits", "send"])
@pytest.mark.parametrize("status", [200, 201, 500])
def test_a_plugins_mistake_after_speaking_is_unknown(face: Face, where: str, status: int) -> None:
    async def send(self: Chirp, part: Part) -> Sent:
        bug(await SPEAK)
        raise AssertionError

    options: dict[str, Any] = {"send": send} if where == "send" else {where: bug}
    _, error, verdict = _speak(face, json_answer({"id": "1"}, status), chirp(**options))
    assert isinstance(error, DeliveryUnknown)
    assert verdict == "unknown"


def test_a_plugins_mistake_before_speaking_says_nothing(face: Face) -> None:
    async def send(self: Chirp, part: Part) -> Sent:
        bug()
        raise AssertionError

    one, error, _ = _speak(face, json_answer({"id": "1"}), chirp(send=send))
    assert isinstance(error, PluginError)
    assert "Bug at test_exchange.py" in str(error)
    assert one.spoken == "no"


def test_what_cannot_be_put_on_the_wire_was_not_said(face: Face) -> None:
    async def send(self: Chirp, part: Part) -> Sent:
        await Request("POST", f"{HOST}/posts", body=Json({"text": object()}))
        raise AssertionError

    def wire(request: Request) -> Response:
        request.content()
        raise AssertionError

    one = session(chirp(send=send))
    with pytest.raises(PluginError, match="JSON") as caught:
        face.converse(lambda: send_part(PART, one), ToyTransport(wire))
    assert one.spoken == "no"
    assert judge(caught.value, one, Stamp(NOW, bytes(16)), 1).state == "failed"


def test_a_duplicate_may_be_our_own(face: Face) -> None:
    connector = chirp(check=lambda response: DeliveryUnknown("duplicate") if response.status == 403 else None)
    _, error, verdict = _speak(face, Response(403), connector)
    assert (type(error), verdict) == (DeliveryUnknown, "unknown")


def test_a_failing_look_after_speaking_is_unknown(face: Face) -> None:
    async def send(self: Chirp, part: Part) -> Sent:
        response = await SPEAK
        await READ
        return Sent(response.json()["id"])

    def answer(request: Request) -> Response:
        return json_answer({"id": "1"}, 201) if request.method == "POST" else Response(404)

    one = session(chirp(send=send))
    with pytest.raises(DeliveryUnknown):
        face.converse(lambda: send_part(PART, one), ToyTransport(answer))


def test_intent_is_told_unsigned_and_may_replace_or_stop_the_request(face: Face) -> None:
    seen: list[Request] = []

    async def before(request: Request) -> Request:
        seen.append(request)
        return Request("POST", f"{HOST}/posts", body=Json({"text": "as kept"}))

    transport = ToyTransport(lambda _: json_answer({"id": "1"}))
    face.converse(lambda: send_part(PART, session(before_speaking=before)), transport)
    assert "authorization" not in seen[0].headers
    assert transport.sent[0].body == Json({"text": "as kept"})
    assert transport.sent[0].headers["authorization"] == f"Bearer {CANARY}"

    async def stop(request: Request) -> Request:
        raise Bug("not ours any more")

    transport = ToyTransport(answers())
    one = session(before_speaking=stop)
    with pytest.raises(Bug):
        face.converse(lambda: send_part(PART, one), transport)
    assert transport.sent == []
    assert one.spoken == "no"


# ----------------------------------------------------------------------------------------------------------- secrets


@pytest.mark.parametrize(
    "answer",
    [
        Response(400, {"x": CANARY}, CANARY.encode()),
        Response(401, {}, CANARY.encode()),
        Response(403, {"set-cookie": CANARY}),
        Response(429, {"retry-after": CANARY}),
        Response(500, {}, CANARY.encode()),
        Response(302, {"location": f"https://evil.test/?token={CANARY}"}),
        Response(200, {}, f"<html>{CANARY}".encode()),
        TransportError("ReadTimeout", sent=True),
    ],
    ids=repr,
)
@pytest.mark.parametrize("effect", ["reads", "speaks"])
def test_no_error_tells_a_secret(face: Face, answer: Response | Exception, effect: Any) -> None:
    request = Request(
        "POST",
        f"{HOST}/a",
        params={"access_token": CANARY},
        headers={"x-key": CANARY},
        body=Form({"secret": CANARY}),
        effect=effect,
    )

    async def asks(self: Chirp, part: Part) -> Sent:
        (await request).json()
        raise AssertionError

    connector = chirp(auth=Bearer(SecretStr(CANARY)), send=asks)
    with pytest.raises(SocialdeskError) as caught:
        face.converse(
            lambda: converse(connector.send(PART), session(connector)), ToyTransport(lambda _: answer)
        )
    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in f"{error} {error!r} {error.args!r}"
        assert CANARY not in repr(getattr(error, "request", None))
        assert CANARY not in repr(getattr(error, "response", None))
        kept = getattr(error, "request", None)
        assert kept is None or CANARY not in kept.dump()
        answer_kept = getattr(error, "response", None)
        assert answer_kept is None or (answer_kept.body == b"" and not answer_kept.headers)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_what_watches_is_told_nothing_secret_and_can_undo_nothing(face: Face) -> None:
    seen: list[str] = []

    def watch(request: Request, response: Response | None, elapsed: float) -> None:
        seen.append(f"{request!r} {request.dump()} {response!r} {dict(response.headers) if response else ''}")
        raise Bug("in a hook")

    transport = ToyTransport(lambda _: json_answer({"id": "1"}, headers={"set-cookie": CANARY}))
    sent = face.drive(lambda: send_part(PART, session()), Runtime(transport, transport.clock, watch=watch))
    assert sent.id == "1"
    assert len(seen) == 1
    assert CANARY not in seen[0]
