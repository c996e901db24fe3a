"""Checks of plan(), count() and send(): parts fit, nothing of the text is lost, and one request speaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

import orjson

from socialdesk._engine.outbox import first_request, send_part
from socialdesk.connector import Connector, Count, Part, Prepared, Search, Sent
from socialdesk.errors import Rejected
from socialdesk.testing._suite_bench import GREETING, Bench, demand, session, skip
from socialdesk.testing._suite_declares import overrides
from socialdesk.testing.replaying import Replay, replay
from socialdesk.wire import Request

TEXTS = {
    "a short text": GREETING,
    "a long text": "".join(
        f"Point {number} of your bill, on page {number * 7}, is right. " for number in range(60)
    ),
    "a long text without spaces": "".join(f"{number}番目の請求は返金いたします。" for number in range(150)),
    "a long text of emoji": "\N{PARTY POPPER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER} " * 200,
    "a text with links": "".join(
        f"See https://help.example/a/long/path/{number}?with=a&query=too for more. " for number in range(12)
    ),
}


def said_in(request: Request) -> str:
    """Everything that a request says, as text: path, query, headers' values and body."""
    content, _ = request.content()
    body = content.decode("utf-8", "replace")
    try:
        body += " ".join(_leaves(orjson.loads(content)))
    except orjson.JSONDecodeError:
        body += unquote_plus(body)
    parameters = " ".join(f"{name}={value}" for name, value in request.params.items())
    return " ".join([unquote_plus(request.url), parameters, *request.headers.values(), body])


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [str(value)]


class Says(Bench):
    """What goes out."""

    def test_every_part_fits(self) -> None:
        connector = self.connect()
        for name, text in TEXTS.items():
            try:
                parts = self.parts(connector, text, self.target(), self.material.now)
            except Rejected as error:
                demand(name != "a short text", f"plan() refuses a short reply: {error}")
                demand(
                    error.reason == "too_long", f"plan() refuses {name} as {error.reason}, not as too_long."
                )
                continue
            demand(parts, f"plan() made nothing of {name}: give at least one Part, or raise Rejected.")
            for part in parts:
                count = connector.count(part.text, part.mode)
                demand(isinstance(count, Count), "count() must give a Count.")
                demand(
                    count.limit is None or count.used <= count.limit,
                    f"A part of {name} counts {count.used} of {count.limit}: plan() must cut so that count() fits.",
                )
            sent = "".join("".join(part.text.split()) for part in parts)
            lost = [word for word in text.split() if word not in sent and len(word) < 80]
            demand(not lost, f"plan() lost words of {name}: {lost[:5]}.")

    def test_plan_is_pure(self) -> None:
        connector = self.connect()
        for text in TEXTS.values():
            try:
                first = self.parts(connector, text, self.target(), self.material.now)
            except Rejected:
                continue
            demand(
                self.parts(connector, text, self.target(), self.material.now) == first,
                "plan() gave two plans for one reply: it must depend on its arguments alone.",
            )

    def test_send_says_the_same_each_time(self) -> None:
        connector = self.connect()
        part = self.part(connector)
        first, second = first_request(connector, part), first_request(connector, part)
        demand(first is not None, "send() ended without awaiting a request: `await Request(...)`.")
        demand(
            first == second,
            "send() made two requests of one part: take ids and times from Part.key and Part.at, which stay the same.",
        )
        assert first is not None  # demanded above; this is for the type checker
        demand(
            Request.load(first.dump()) == first,
            "The request cannot be kept as JSON and read again: use Json, Form or bytes with plain values.",
        )

    def test_send_speaks_once(self) -> None:
        done = self.sending()
        speaking = [request for request in done.requests if request.does == "speaks"]
        demand(
            len(speaking) == 1 and done.requests[-1].does == "speaks",
            f"send() awaited {len(speaking)} requests that speak: exactly one, the last, may be seen by people. Mark "
            'what comes before it effect="prepares" or "reads".',
        )
        result: Any = done.result
        demand(isinstance(result, Sent), f"send() returned {type(result).__name__}: return a Sent.")
        identity = result.id
        demand(
            isinstance(identity, str) and identity not in ("", "None"),
            f"Sent.id is {identity!r}: give the id of the new post, as text.",
        )

    def test_send_says_the_text_to_the_right_one(self) -> None:
        done = self.sending()
        said = said_in(done.requests[-1])
        part = self.part(self.connect())
        demand(part.text in said, "The text of the part is not in the request that speaks: send Part.text.")
        target = part.target
        demand(
            target is None or target.id.value in said or any(alias.value in said for alias in target.aliases),
            "The request that speaks does not name the post that it answers: use Part.target.id.value.",
        )

    def test_a_key_reaches_the_platform(self) -> None:
        connector = self.connect()
        settle = connector.capabilities.settle
        if settle not in ("key", "client_id"):
            skip(f'settle is "{settle}": no key is sent')
        part = self.part(connector)
        first = first_request(connector, part)
        other = first_request(connector, replace(part, key="0197f1d2-0000-7000-8000-000000000001"))
        demand(
            first != other,
            f'settle = "{settle}", but another Part.key makes the same request: send the key, or an id made from it.',
        )

    def test_a_sent_part_can_be_looked_for(self) -> None:
        connector = self.connect()
        if not overrides(self.connector, "find_sent"):
            skip("find_sent() is not defined")
        asked = first_request_of_search(connector, self.part(connector))
        demand(
            asked is None or asked.does == "reads",
            'find_sent() may only read: give its requests effect="reads".',
        )

    def sending(self) -> Replay[Sent | Prepared]:
        """Send one part with the platform's answers."""
        if not self.material.sent:
            skip("give `sent = Response(...)`, the platform's answer to a send, to check this")
        connector, now = self.connect(), self.material.now
        talk = session(connector, now)
        return replay(send_part(self.part(connector), talk), self.material.sent, now=now)


def first_request_of_search(connector: Connector[Any, Any], part: Part) -> Request | None:
    """The first request that a look for a sent part makes."""
    coroutine = connector.find_sent(part)
    try:
        asked = coroutine.send(None)
    except StopIteration as stop:
        demand(isinstance(stop.value, Search), "find_sent() must return a Search.")
        return None
    finally:
        coroutine.close()
    return asked if isinstance(asked, Request) else None
