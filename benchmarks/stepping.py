"""What the engine adds to each step: an effect, a limit check, a small poll, a reply's way to the wire."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from queue import SimpleQueue

import httpx
import orjson

from benchmarks.pages import FIRST_ID, page
from benchmarks.rows import Row, interleaved, percentile
from benchmarks.server import ME, NOTHING, serving
from socialdesk import Client, Desk, Registry
from socialdesk._engine.drive import Driver
from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.ledger import Ledger
from socialdesk._engine.runtime import Runtime
from socialdesk.connector import Limit
from socialdesk_twitter.fields import POST_PARAMS

SETTINGS = {"handle": "acme", "bearer_token": "x"}


def stepping(quick: bool) -> Iterator[Row]:
    """An effect and a limit check, by themselves."""
    driver = Driver(Runtime())

    async def thousand() -> None:
        for _ in range(1000):
            await TakeStamp()

    now = datetime(2026, 11, 20, tzinfo=timezone.utc)
    ledger = Ledger([Limit(10**9, per=900, bucket="b")], {"account": "a"})

    def acquire() -> None:
        if ledger.blocked({"b": 1}, now, "poll") is None:
            ledger.debit({"b": 1}, now)

    repeats = 20 if quick else 100
    effects = interleaved({"effects": lambda: driver.run(thousand())}, repeats)["effects"] / 1000
    checks = interleaved({"checks": acquire}, repeats, each=1000)["checks"]
    yield Row("a driven effect", effects * 1e6, 5, unit="us")
    yield Row("a limit check with its debit", checks * 1e6, 5, unit="us")


def polling(quick: bool) -> Iterator[Row]:
    """A poll that finds nothing, as most do: the CPU of this process alone."""
    with serving(1) as base_url, httpx.Client() as http:
        connector = Registry().connect("twitter", {**SETTINGS, "base_url": base_url})
        with Client(connector) as client:
            client.identify()
            cursor = [batch.cursor for batch in client.fetch()][-1]
            url = f"{base_url}/2/users/999/mentions"
            params = {**POST_PARAMS["tweet"], "max_results": "100", "since_id": str(FIRST_ID)}

            def bare() -> object:
                answer = http.get(url, params=params, headers={"authorization": "Bearer x"})
                return orjson.loads(answer.raise_for_status().content)

            contenders = {"ours": lambda: list(client.fetch(cursor)), "bare": bare}
            took = interleaved(contenders, 10 if quick else 40, each=10, clock=time.process_time)
    yield Row("CPU of a small poll, against bare httpx", took["ours"] / took["bare"], 1.5)
    yield Row("  of ours alone", took["ours"] * 1000, unit="ms")


def replying(quick: bool) -> Iterator[Row]:
    """From the call of reply() to the platform's server reading the request, with a worker that has nothing to do."""
    replies = 10 if quick else 40
    with (
        _platform(replies) as (base_url, arrivals),
        tempfile.TemporaryDirectory() as folder,
        Desk(f"sqlite:///{folder}/desk.db") as desk,
    ):
        desk.app("twitter", name="app", settings={"consumer_key": "k", "consumer_secret": "s"})
        settings = {"base_url": base_url, "access_token": "t", "access_token_secret": "s"}
        desk.connect("twitter", name="acme", app="app", settings=settings, hear_from=None)
        desk.poll()
        waits = _answers(desk, arrivals, replies)
    p95, p50 = (percentile(waits, share) * 1000 for share in (0.95, 0.5))
    yield Row("reply() to the first byte on the wire, worker at rest, p95", p95, 50, unit="ms")
    yield Row("  p50", p50, unit="ms")


def _answers(desk: Desk, arrivals: SimpleQueue[float], replies: int) -> list[float]:
    """Answer this many mentions, one by one, while a worker runs: the seconds that each took to arrive."""
    worker = threading.Thread(target=desk.run)
    worker.start()
    waits: list[float] = []
    try:
        for mention in desk.mentions(limit=replies):
            time.sleep(0.1)  # the worker comes to rest
            began = time.perf_counter()
            desk.reply(mention, "We are looking into it.", key=f"answer-{mention.public_id}")
            waits.append(arrivals.get(timeout=30) - began)
    finally:
        desk.stop()
        worker.join()
    return waits


@contextmanager
def _platform(mentions: int) -> Iterator[tuple[str, SimpleQueue[float]]]:
    """The address of a server that lists mentions and takes posts, and the moments at which posts came."""
    arrivals: SimpleQueue[float] = SimpleQueue()
    numbers = count(FIRST_ID + 20_000_000)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if self.path.partition("?")[0].endswith("/mentions") and "since_id" not in self.path:
                self._answer(200, page(0, mentions))
            elif "/me" in self.path:
                self._answer(200, ME)
            else:
                self._answer(200, NOTHING)

        def do_POST(self) -> None:
            arrivals.put(time.perf_counter())
            self.rfile.read(int(self.headers["content-length"]))
            self._answer(201, orjson.dumps({"data": {"id": str(next(numbers)), "text": "We ..."}}))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a line per request would be measured too."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", arrivals
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
