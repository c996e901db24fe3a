"""Checks with broken payloads: each ends set aside, refused, or read soundly, and nothing else comes out."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import orjson

from socialdesk._engine.drive import Driver
from socialdesk._engine.exchange import converse
from socialdesk._engine.outbox import send_part
from socialdesk._engine.runtime import Runtime
from socialdesk.connector import Page, Profile, Raw, Sent
from socialdesk.errors import DeliveryUnknown, SocialdeskError
from socialdesk.models import Mention
from socialdesk.testing._suite_bench import demand, demand_none, session, skip
from socialdesk.testing._suite_declares import Declares, overrides
from socialdesk.testing._suite_hears import Hears, ids_in, untyped
from socialdesk.testing._suite_material import Recorder, signed_in
from socialdesk.testing.fuzzing import broken, broken_answer
from socialdesk.testing.replaying import replay
from socialdesk.wire import Response

MOST = 40
"""How many requests a method may make of garbage before it counts as one that never ends."""

_MADE_UP = re.compile(
    r"None|True|False|nan|inf|\[.*\]|\{.*\}|-?\d+\.\d+(e[+-]?\d+)?|-?\d+e[+-]?\d+", re.DOTALL
)
"""An id that no platform gave: what ``str()`` makes of something that was none."""

Tells = Counter[str]
Asking = Callable[[int], tuple[Coroutine[Any, Any, Any], Sequence[Response]]]


class Survives(Hears, Declares):
    """What platforms, gateways and strangers may send. ``fuzz`` is how many payloads each check tries."""

    fuzz: ClassVar[int] = 20

    def test_a_broken_item_is_set_aside_or_read_soundly(self) -> None:
        self.read_broken(self.fuzz)

    def test_a_broken_answer_to_fetch_is_an_error_or_a_page(self) -> None:
        self.fetch_broken(self.fuzz)

    def test_a_broken_answer_to_send_is_never_a_refusal(self) -> None:
        self.send_broken(self.fuzz)

    def test_a_broken_answer_to_identify_names_nobody(self) -> None:
        self.identify_broken(self.fuzz)

    # ------------------------------------------------------------------------------- the same, so many times as wanted

    def read_broken(self, times: int) -> Tells:
        """Have so many broken items parsed; tells how many were ``read``, ``set aside`` and ``of no interest``."""
        connector = self.connect()
        goods = [(raw, item) for raw in self.raws() if (item := connector.parse(raw)) is not None]
        told, problems = Tells(), list[str]()
        for seed in range(times):
            raw, good = goods[seed % len(goods)]
            body = broken(raw.body, seed)
            if not isinstance(body, dict):
                continue  # a Raw holds an object
            bad = replace(raw, body=body)
            try:
                item = connector.parse(bad)
            except Exception:  # whatever parse() raises sets this item aside, alone
                told["set aside"] += 1
                continue
            except BaseException as error:
                raise AssertionError(
                    f"parse() left by {type(error).__name__}: raise an Exception."
                ) from error
            told["of no interest" if item is None else "read"] += 1
            if isinstance(item, Mention):  # core leaves out an entity that does not stand where it says
                item = item.model_copy(update={"entities": ()})
            wrong = [
                *self.problems_of(bad, item),
                *misread(item, good, json.dumps(body, ensure_ascii=False).encode()),
            ]
            problems += [f"{raw.shape!r}, seed {seed}: {problem}" for problem in wrong]
        demand_none(problems[:20])
        return told

    def fetch_broken(self, times: int) -> Tells:
        """Give fetch() so many broken answers; tells what came of them."""
        connector, material = self.connect(), self.material
        if not material.pages:
            skip("give `pages = [Response(...), ...]`, the platform's answers to fetch, to check this")
        window = self.paging(connector).window(material.now)

        def judged(page: Any, _: Sequence[Response]) -> str | None:
            if not isinstance(page, Page):
                return f"fetch() gave a {type(page).__name__}: give a Page."
            strays = [raw for raw in untyped(page.items) if not isinstance(raw, Raw)]
            return f"Page.items holds {strays[0]!r}, which is no Raw." if strays else None

        return self.asked(
            times, lambda seed: (connector.fetch(window), one_broken(material.pages[0], seed)), judged
        )

    def send_broken(self, times: int) -> Tells:
        """Answer what speaks with so many broken successes; tells what came of them."""
        connector, material = self.connect(), self.material
        if not material.sent:
            skip("give `sent = Response(...)`, the platform's answer to a send, to check this")
        part, told = self.part(connector), Tells()
        *ready, last = material.sent
        for seed in range(times):
            answer, talk = broken_answer(last, seed), session(connector, material.now)
            what = f"{answer!r} {answer.body[:80]!r} (seed {seed})"
            try:
                result = replayed(send_part(part, talk), [*ready, answer], self.material.now)
            except DeliveryUnknown:
                told["DeliveryUnknown"] += 1
            except SocialdeskError as error:
                told[type(error).__name__] += 1
                demand(
                    b"rror" in answer.body,  # it says so itself
                    f"send() made {error!r} of {what}: it was said, so that this is DeliveryUnknown.",
                )
            else:
                told["sent"] += 1
                made_up = isinstance(result, Sent) and is_made_up(result.id, answer.body)
                demand(not made_up, f"send() made an id of {what}: let it raise where the id is no text.")
        return told

    def identify_broken(self, times: int) -> Tells:
        """Give identify() so many broken answers; tells what came of them."""
        if not overrides(self.connector, "identify"):
            skip("identify() is not defined")
        connector, known = self.connect(), self._identified()

        def judged(profile: Any, answers: Sequence[Response]) -> str | None:
            if (
                not isinstance(profile, Profile)
                or not isinstance(untyped(profile.id), str)
                or not profile.id.strip()
            ):
                return f"identify() gave {profile!r}: a Profile has an id, or identify() raises."
            return (
                f"identify() made the id {profile.id!r} up."
                if is_made_up(profile.id, payload_of(answers))
                else None
            )

        return self.asked(times, lambda seed: (connector.identify(), one_broken(known, seed)), judged)

    # ------------------------------------------------------------------------------------------------------ details

    def _identified(self) -> Sequence[Response]:
        """What the sandbox answers to identify()."""
        sandbox = self.new_sandbox()
        connector = self._connected({**self.settings, **sandbox.settings}, None)
        recorder, now = Recorder(sandbox), sandbox.clock.now()
        run = Driver(Runtime(recorder, sandbox.clock)).run
        tokens = run(signed_in(connector, now))
        recorder.taken()
        run(converse(connector.identify(), session(connector, now, tokens)))
        return recorder.taken()

    def asked(
        self, times: int, asking: Asking, judged: Callable[[Any, Sequence[Response]], str | None]
    ) -> Tells:
        told, now = Tells(), self.material.now
        for seed in range(times):
            coroutine, answers = asking(seed)
            try:
                result = replayed(converse(coroutine, session(self.connect(), now)), answers, now)
            except SocialdeskError as error:
                told[type(error).__name__] += 1
                continue
            except Exception as error:
                raise AssertionError(f"{type(error).__name__} ({error}) came out on seed {seed}.") from error
            told["read"] += 1
            problem = judged(result, answers)
            demand(problem is None, f"Seed {seed}: {problem}")
        return told


class _Answers:
    """Given answers, the last of which comes again and again; none after the end."""

    def __init__(self, given: Sequence[Response]) -> None:
        self.given = given
        self.taken = 0
        self.over = False

    def __iter__(self) -> Iterator[Response]:
        return self

    def __next__(self) -> Response:
        if self.over:
            raise StopIteration
        self.taken += 1
        demand(self.taken <= MOST, f"{MOST} requests were made of one broken answer: it never ends.")
        return self.given[min(self.taken, len(self.given)) - 1]


def replayed(coroutine: Coroutine[Any, Any, Any], given: Sequence[Response], now: Any) -> Any:
    answers = _Answers(given)

    async def ended() -> Any:
        try:
            return await coroutine
        finally:
            answers.over = True

    return replay(ended(), answers, now=now).result


def one_broken(answers: Sequence[Response], seed: int) -> list[Response]:
    place = seed % len(answers)
    return [*answers[:place], broken_answer(answers[place], seed), *answers[place + 1 :]]


def payload_of(answers: Sequence[Response]) -> bytes:
    return b"".join(answer.body for answer in answers)


def is_made_up(identity: str, payload: bytes) -> bool:
    """Whether ``str()`` made this of something that was no text and no whole number."""
    return _MADE_UP.fullmatch(identity) is not None and orjson.dumps(identity) not in payload


def misread(item: Any, good: Any, payload: bytes) -> Iterator[str]:
    """What was made of garbage, in an item that would be ``good`` if it were whole."""
    for place, identity in ids_in(item, type(item).__name__):
        if is_made_up(identity.value, payload):
            yield f"{place} is {str(identity)!r}: no platform gave that. Let an id that is no text raise."
    if not isinstance(item, Mention):
        return
    if item.visibility == "public" and getattr(good, "visibility", "public") != "public":
        yield "Mention.visibility became public by garbage: what is not known is unknown."
