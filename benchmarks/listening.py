"""What ways of listening lose, and what they ask for it: a busy account, late items, broken ones, and crashes.

    python -m benchmarks.listening [--items 20000] [--seeds 5] [--only sweep]

prints the table of ``docs/explanation/at-least-once.md``. The desk is the one that ships, on a virtual clock; each way
but the last takes one thing from it.
"""

from __future__ import annotations

import argparse
import contextlib
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest import mock

import orjson

from socialdesk.connector import Connector, Item, NoApp, Page, Profile, Raw, Settings, Stream, Window
from socialdesk.desk import walking
from socialdesk.desk.storing import store_page
from socialdesk.errors import Unavailable
from socialdesk.models import ExternalId, Mention
from socialdesk.testing.simulation import Stage, Struck, World
from socialdesk.wire import Request, Response

HOST = "https://crowd.test"
START = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
POLL_EACH = 30.0
LATE, LATE_BY = 0.01, (10.0, 240.0)
POISON, CRASHES = 0.002, 0.02
PAGE = 40
RATE, BURST, BURSTS = 1.2, 12.0, 0.1
"""Items a second, how many in a burst, and how much of the time is one."""


class Config(Settings):
    base_url: str = HOST


class Crowd(Connector[Config, NoApp]):
    """A platform on which much is said. Positions are numbers that rise with the time at which it was said."""

    platform = "crowd"
    Config = Config
    streams = (Stream("mentions", late=0),)
    overlap = 0.0
    pages_to_end = True
    poison_stops = False

    async def identify(self) -> Profile:
        return Profile(id="us")

    async def fetch(self, window: Window) -> Page:
        params = {"since": window.since, "until": window.until, "page": window.page, "back": self.overlap}
        body = (await Request("GET", f"{HOST}/mentions", params=params)).json()
        items = body["items"]
        if self.poison_stops and any("text" not in item for item in items):
            raise Unavailable("An item cannot be read.")
        ids = [str(item["id"]) for item in items]
        return Page(
            [Raw("item", item) for item in items],
            next=body["next"] if self.pages_to_end else None,
            resume=ids[0] if ids else None,
            span=(ids[-1], ids[0]) if ids else None,
        )

    def parse(self, raw: Raw) -> Item | None:
        return Mention(
            id=ExternalId("crowd", "post", str(raw.body["id"])), kind="mention", text=raw.body["text"]
        )


class Square:
    """The platform's side: ``count`` items, said in bursts, some of which show late and some of which are broken."""

    def __init__(self, count: int, seed: int) -> None:
        dice = random.Random(seed)  # chance that a seed repeats
        self.moment = 0.0
        self.calls = 0
        self.said: list[float] = []
        at, until, busy = 0.0, 0.0, True
        while len(self.said) < count:
            if at >= until:
                busy = not busy
                until = at + dice.expovariate(1 / (600 * (BURSTS if busy else 1 - BURSTS)))
            at += dice.expovariate(BURST if busy else RATE)
            self.said.append(at)
        self.shows = [at + (dice.uniform(*LATE_BY) if dice.random() < LATE else 0.0) for at in self.said]
        self.broken = {number for number in range(count) if dice.random() < POISON}
        self.clock = self

    def now(self) -> datetime:
        return START + timedelta(seconds=self.moment)

    def advance(self, *, seconds: float) -> None:
        self.moment += seconds

    def send(self, request: Request, timeout: float) -> Response:
        self.calls += 1
        asked = request.params
        low = 0
        if asked.get("since") is not None:
            since = int(asked["since"])
            low = since + 1
            if float(asked["back"]) > 0:
                low = bisect_left(self.said, self.said[since] - float(asked["back"]))
        high = int(asked.get("page") or asked.get("until") or bisect_right(self.said, self.moment))
        here: list[int] = []
        while high > low and len(here) < PAGE:
            high -= 1
            if self.shows[high] <= self.moment:
                here.append(high)
        items = [{"id": n} if n in self.broken else {"id": n, "text": f"said {n}"} for n in here]
        more = any(self.shows[n] <= self.moment for n in range(high - 1, low - 1, -1))
        body = orjson.dumps({"items": items, "next": str(high) if more else None})
        return Response(200, {"content-type": "application/json"}, body)


@dataclass(frozen=True)
class Way:
    """One way of listening: what of the desk is changed for it."""

    name: str
    words: str
    late: float = 0
    overlap: float = 0
    pages_to_end: bool = True
    poison_stops: bool = False
    apart: bool = False


WAYS = (
    Way("newest", "the newest page only", pages_to_end=False),
    Way("before", "the position committed before the items", apart=True),
    Way("poison", "an item that cannot be read stops its page", poison_stops=True),
    Way("plain", "one transaction, nothing read twice"),
    Way("overlap60", "one transaction, 60 s read again each time", overlap=60),
    Way("overlap300", "one transaction, 300 s read again each time", overlap=300),
    Way("sweep", "**one transaction, a sweep each tenth time**", late=300),
    Way("both", "one transaction, 30 s read again each time, a sweep each tenth", late=300, overlap=30),
)


@dataclass(frozen=True)
class Result:
    items: int
    lost: int
    calls: int
    doubled: int

    def __add__(self, other: Result) -> Result:
        return Result(
            self.items + other.items,
            self.lost + other.lost,
            self.calls + other.calls,
            self.doubled + other.doubled,
        )


async def _store_apart(page: Any) -> Any:
    """First the position, then what stands above it, as a program does that keeps them in two places."""
    await store_page(replace(page, read=(), unread=(), release=False))
    return await store_page(page)


@contextlib.contextmanager
def _changed(way: Way) -> Iterator[type[Connector[Any, Any]]]:
    kind = type(
        "CrowdHere",
        (Crowd,),
        {
            "streams": (Stream("mentions", late=way.late),),
            "overlap": way.overlap,
            "pages_to_end": way.pages_to_end,
            "poison_stops": way.poison_stops,
        },
    )
    with mock.patch.object(walking, "store_page", _store_apart if way.apart else store_page):
        yield kind


def listen(way: Way, count: int, seed: int) -> Result:
    """Listen in one way until all is said, and some minutes longer."""
    square = Square(count, seed)
    dice = random.Random(f"{seed} crashes")  # chance that a seed repeats
    with _changed(way) as kind:
        stage = Stage(connector=kind, platform=lambda: square, complain=lambda *_: None, spoken=lambda _: ())
        world = World(stage, seed=seed, platform=square)
        world.connect()
        while square.moment < square.shows[-1] + 900:
            point = dice.randrange(3, 25) if dice.random() < CRASHES else None
            try:
                world.run(world.flows().poll(), lambda index, _effect, _when, at=point: index == at)
            except Struck:
                world.restart()
            world.advance(POLL_EACH)
        kept = world.rows("SELECT count(*) FROM socialdesk_mention")[0][0]
        aside = world.rows("SELECT count(*) FROM socialdesk_quarantine")[0][0]
        news = world.rows("SELECT count(*) FROM socialdesk_event WHERE kind = 'created'")[0][0]
        world.close()
    return Result(count, count - kept - aside, square.calls, news - kept)


def table(ways: tuple[Way, ...], count: int, seeds: int) -> str:
    """The table as Markdown: what each way loses, and how many requests it makes."""
    results = {
        way: sum((listen(way, count, seed) for seed in range(1, seeds)), listen(way, count, 0))
        for way in ways
    }
    plain = next((result.calls for way, result in results.items() if way.name == "plain"), None)
    lines = [
        f"| way of listening | lost of {count * seeds:,} | requests | times those of nothing read twice |",
        "|---|--:|--:|--:|",
    ]
    for way, result in results.items():
        ratio = "" if plain is None else f"{result.calls / plain:.2f}"
        lines.append(f"| {way.words} | {result.lost:,} | {result.calls:,} | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="*", help=f"some of: {', '.join(way.name for way in WAYS)}")
    asked = parser.parse_args()
    ways = tuple(way for way in WAYS if not asked.only or way.name in asked.only)
    print(table(ways, asked.items, asked.seeds))


if __name__ == "__main__":
    main()
