"""What each platform's pages cost from bytes to mentions, against the JSON alone: of whatever is installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.rows import Row, interleaved
from socialdesk._engine.drive import Driver
from socialdesk._engine.exchange import converse
from socialdesk._engine.runtime import Runtime
from socialdesk.connector import Connector, Raw
from socialdesk.models import Mention
from socialdesk.testing import ConnectorSuite
from socialdesk.testing._suite_bench import session
from socialdesk.testing._suite_material import Recorder, signed_in
from socialdesk.testing.replaying import replay
from socialdesk.wire import Response
from tests.platforms.lines import PLATFORMS

POSTS = 100


@dataclass(frozen=True)
class Listing:
    """A walk through a listing of a platform: the answers, and how they are asked for."""

    suite: ConnectorSuite
    connector: Connector[Any, Any]
    answers: tuple[tuple[Response, ...], ...]  # of each page
    mentions: int

    def bodies(self) -> list[bytes]:
        return [answer.body for page in self.answers for answer in page]

    def read(self) -> list[object]:
        """Everything that is done with the answers before they are stored."""
        connector, now = self.connector, self.suite.material.now
        found: list[object] = []
        left = iter(self.answers)
        paging = self.suite.paging(connector)
        while not paging.done:
            fetching = converse(connector.fetch(paging.window(now)), session(connector, now))
            page = replay(fetching, next(left), now=now).result
            found += map(connector.parse, page.items)
            paging.advance(page)
        return found


def recorded(kind: type[ConnectorSuite]) -> Listing:
    """What a platform answers when many have spoken, as its own sandbox words it."""
    suite = kind()
    sandbox = suite.new_sandbox()
    for number in range(POSTS):
        suite.complain(sandbox, f"my parcel {number} is lost, see https://acme.example.com/{number} #late")
        sandbox.advance(seconds=1)
    sandbox.advance(minutes=5)
    recorder = Recorder(sandbox)
    run = Driver(Runtime(recorder, sandbox.clock)).run
    settings = {**suite.settings, **sandbox.settings}
    connector = suite._connected(settings, suite.profile)
    now = sandbox.clock.now()
    tokens = run(signed_in(connector, now))
    profile = suite.profile or run(converse(connector.identify(), session(connector, now, tokens)))
    connector = suite._connected(settings, profile)
    recorder.taken()
    raws: list[Raw] = []
    answers: list[tuple[Response, ...]] = []
    paging = suite.paging(connector)
    while not paging.done:
        page = run(converse(connector.fetch(paging.window(now)), session(connector, now, tokens)))
        raws += page.items
        answers.append(recorder.taken())
        paging.advance(page)
    mentions = [item for item in map(connector.parse, raws) if isinstance(item, Mention)]
    return Listing(suite, connector, tuple(answers), len(mentions))


def normalizing(quick: bool) -> Iterator[Row]:
    """A platform's pages, through fetch() and parse(), against json.loads of the same bytes."""
    for platform, kind in PLATFORMS.items():
        listing = recorded(kind)
        if not listing.mentions:
            raise SystemExit(f"{platform}: nothing was heard, so nothing can be measured")
        bodies = listing.bodies()
        contenders = {
            "json": lambda bodies=bodies: [json.loads(body) for body in bodies],
            "ours": listing.read,
        }
        took = interleaved(contenders, 10 if quick else 30, each=3)
        yield Row(f"{platform}: bytes to mentions, against json.loads", took["ours"] / took["json"], 1.3)
