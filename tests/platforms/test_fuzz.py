"""What platforms, gateways and strangers may send does no harm: through each connector, and through a desk."""

from __future__ import annotations

import contextlib
import json
import random
import re
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import SkipTest

import orjson
import pytest

from socialdesk import Desk
from socialdesk.testing import ConnectorSuite
from socialdesk.testing.fuzzing import broken
from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Request, Response
from tests.platforms.lines import LISTINGS, listings

MANY = 10_000
SOME = 500
BESIDE = ("lookup_broken", "renew_broken", "moderate_broken", "subscribe_broken", "deliver_broken")
"""The ways beside listings, which are much the same for each of a platform's listings."""
WHOLE = ("read_broken", *BESIDE)
FIRST = {suite.connector.platform: name for name, suite in reversed(LISTINGS.items())}
"""Each platform's first listing, through which most of its payloads go."""


# ------------------------------------------------------------------------------------------- through the connector


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize("way", [*WHOLE, "fetch_broken", "send_broken", "identify_broken", "look_broken"])
def test_ten_thousand_broken_payloads_do_no_harm(name: str, way: str) -> None:
    suite = LISTINGS[name]
    payloads = MANY if name == FIRST[suite.connector.platform] and way in WHOLE else SOME
    try:
        told = getattr(suite(), way)(payloads)
    except SkipTest as reason:
        pytest.skip(str(reason))
    what = f"{suite.connector.platform} {suite().listed().name} {way}"
    sys.stdout.write(f"{what}: {payloads} payloads, {dict(told)}, 0 unhandled\n")


# --------------------------------------------------------------------------------------------------- through a desk


def mark(number: int) -> str:
    """A word that stands in one complaint and nowhere else."""
    return f"zq{number:05}zq"


_MARKS = re.compile(r"zq(\d{5})zq")


@dataclass
class Breaking:
    """A transport on which the items of some complaints come broken: each in its own way, kept in ``told``."""

    sandbox: Sandbox
    wrong: set[int] = field(default_factory=set)
    strange: bool = False
    told: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = self.sandbox.clock

    def send(self, request: Request, timeout: float) -> Response:
        answer = self.sandbox.send(request, timeout)
        try:
            body = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            return answer
        if request.does != "reads" or not self._break(body):
            return answer
        return replace(answer, body=orjson.dumps(body))

    def _break(self, value: Any) -> bool:
        """Break the items within a value: the objects of the outermost lists that hold one complaint each."""
        if isinstance(value, dict):
            return self._each(list(value.values()))
        if not isinstance(value, list):
            return False
        held = [_complaints(item) for item in value]
        if any(len(numbers) > 1 for numbers in held) or not all(isinstance(item, dict) for item in value):
            return self._each(value)
        struck = [place for place, numbers in enumerate(held) if numbers & self.wrong]
        for place in struck:
            (number,) = held[place]
            value[place] = self._broken(value[place], number)
            self.told.append(value[place])
        return bool(struck)

    def _each(self, values: list[Any]) -> bool:
        broken = [self._break(value) for value in values]  # each of them, not only up to the first
        return any(broken)

    def _broken(self, item: Any, number: int) -> Any:
        return {"unexpected": {"shape": mark(number)}} if self.strange else broken(item, number)


def _complaints(item: Any) -> set[int]:
    return {int(number) for number in _MARKS.findall(orjson.dumps(item).decode())}


class Hearing:
    """A desk for one listing of a platform, behind a transport that breaks what comes."""

    def __init__(self, suite: type[ConnectorSuite], folder: Path, *, strange: bool = False) -> None:
        self.suite = suite()
        self.sandbox = self.suite.new_sandbox()
        self.transport = Breaking(self.sandbox, strange=strange)
        self.file = folder / "desk.db"
        self.desk = Desk(f"sqlite:///{self.file}", transport=self.transport)
        settings = {**suite.settings, **self.sandbox.settings}
        rules = [suite.rule] if self.suite.listed().name == "search" else []
        platform = suite.connector.platform
        self.desk.connect(platform, name="acme", settings=settings, rules=rules, hear_from=None)
        self.said: dict[int, str] = {}

    def complain(self, number: int) -> None:
        self.said[number] = self.suite.complain(self.sandbox, f"my parcel is lost {mark(number)}")
        self.sandbox.advance(seconds=5)

    def poll(self) -> None:
        self.sandbox.advance(seconds=900 + self.suite.listed().overlap)
        report = self.desk.poll()
        assert report.ok, report

    def heard(self) -> set[int]:
        """The complaints that the desk holds, by the words that stand in them."""
        return {
            number
            for (data,) in self._rows("SELECT data FROM socialdesk_mention")
            for number in _complaints(json.loads(data)["text"])
        }

    def quarantined(self) -> list[Any]:
        return [orjson.loads(body) for (body,) in self._rows("SELECT body FROM socialdesk_quarantine")]

    def _rows(self, statement: str) -> list[Any]:
        with contextlib.closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def hearing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hearing]:
    suite, strange = request.param
    made = Hearing(suite, tmp_path, strange=strange)
    with made.desk:
        yield made


def holds(outer: Any, item: Any) -> bool:
    """Whether an item stands somewhere in a value, whole."""
    if outer == item:
        return True
    inner = outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
    return any(holds(each, item) for each in inner)


@pytest.mark.parametrize(
    "hearing",
    [pytest.param((each.values[0], True), id=each.id, marks=each.marks) for each in listings()],
    indirect=True,
)
def test_of_a_page_all_is_stored_but_what_is_of_no_known_form(hearing: Hearing) -> None:
    for number in range(8):
        hearing.complain(number)
    hearing.transport.wrong = {1, 4, 5}
    hearing.poll()
    assert hearing.heard() == {0, 2, 3, 6, 7}
    kept = hearing.quarantined()
    for item in hearing.transport.told:
        assert any(holds(body, item) for body in kept), "what cannot be read is kept as it came"
    hearing.complain(8)
    hearing.poll()
    assert 8 in hearing.heard(), "the position is past the page"


@pytest.mark.slow
@pytest.mark.parametrize(
    "hearing", [(suite, False) for suite in LISTINGS.values()], ids=LISTINGS, indirect=True
)
def test_whatever_is_broken_the_rest_is_stored_and_the_next_poll_goes_on(hearing: Hearing) -> None:
    chance, number = random.Random(8), 0
    for _ in range(20):
        fresh = range(number, number + 12)
        for number in fresh:
            hearing.complain(number)
        number += 1
        hearing.transport.wrong |= set(chance.sample(fresh, 5))
        hearing.poll()
        missing = set(range(number)) - hearing.transport.wrong - hearing.heard()
        assert not missing, (
            sorted(missing),
            [item for item in hearing.transport.told if _complaints(item) & set(fresh)],
        )
    heard, aside = len(hearing.heard()), len(hearing.quarantined())
    sys.stdout.write(
        f"{hearing.suite.connector.platform}: {number} complaints, {heard} heard, {aside} set aside\n"
    )
