"""``python -m tests.storms.pushes --deliveries 10000``: what was answered with 200 is kept, however often servers die.

The server is the FastAPI example of the documentation under uvicorn, with the desk's worker beside it. A platform posts
deliveries over several connections and repeats what was not acknowledged, while the server is killed again and again.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import http.client
import os
import queue
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import orjson

from socialdesk import Desk

ROOT = Path(__file__).resolve().parents[2]
SECRET = "not-a-secret"
CONNECTIONS = 4
AT_MOST = 600.0


def body_of(number: int) -> bytes:
    """What Facebook delivers of a comment under a page's post, for a page that is not connected: it is parked."""
    change = {
        "field": "feed",
        "value": {"item": "comment", "verb": "add", "comment_id": f"1_{number}", "post_id": "1_1"},
    }
    return orjson.dumps({"object": "page", "entry": [{"id": "1", "time": number, "changes": [change]}]})


class Server:
    """uvicorn on a socket that outlives it: while it is down, connections wait in line."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        tickets = f"sqlite+aiosqlite:///{path}"  # the helpdesk's own tables stand beside the desk's
        self._environment = {**os.environ, "SOCIALDESK_DB": f"sqlite:///{path}", "HELPDESK_DB": tickets}
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        options = [
            "--app-dir",
            "docs/examples",
            "--log-level",
            "critical",
            "--fd",
            str(self._socket.fileno()),
        ]
        return subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "fastapi_helpdesk:app", *options],
            cwd=ROOT,
            env=self._environment,
            pass_fds=(self._socket.fileno(),),
        )

    def kill(self) -> None:
        assert self._process.poll() is None, "the server ended by itself"
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def restart(self) -> None:
        self.kill()
        self._process = self._start()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._socket.close()


class Platform:
    """Posts each delivery until it is acknowledged. ``acknowledged`` are those that were answered with 200."""

    def __init__(self, port: int, deliveries: int) -> None:
        self._port = port
        self._left: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in range(deliveries):
            self._left.put(number)
        self.acknowledged: set[int] = set()
        self.latencies: list[float] = []
        self.repeated = 0
        self._ends = time.monotonic() + AT_MOST

    def post_all(self) -> None:
        """One connection's work."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        while time.monotonic() < self._ends:
            try:
                number = self._left.get_nowait()
            except queue.Empty:
                break
            while not self._posted(connection, number) and time.monotonic() < self._ends:
                self.repeated += 1
                connection.close()
        connection.close()

    def _posted(self, connection: http.client.HTTPConnection, number: int) -> bool:
        body = body_of(number)
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        head = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        began = time.monotonic()
        try:
            connection.request("POST", "/hooks/ours", body, head)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        self.latencies.append(time.monotonic() - began)
        if answer.status == 200:
            self.acknowledged.add(number)
        return answer.status == 200


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What came of it: ``lost`` is to be 0, and ``intact`` True."""

    deliveries: int
    seconds: float
    kills: int
    repeated: int
    lost: int
    p99: float
    intact: bool

    @property
    def whole(self) -> bool:
        return self.intact and not self.lost

    def __str__(self) -> str:
        return (
            f"{self.deliveries:,} deliveries acknowledged in {self.seconds:.0f} s "
            f"({self.deliveries / self.seconds:.0f}/s), {self.kills} SIGKILL, {self.repeated:,} repeated: "
            f"{self.lost} acknowledged and lost; p99 {self.p99 * 1000:.0f} ms; "
            f"integrity {'ok' if self.intact else 'BROKEN'}"
        )


@contextlib.contextmanager
def serving(path: Path) -> Iterator[Server]:
    server = Server(path)
    try:
        yield server
    finally:
        server.close()


def deliver(folder: Path, deliveries: int, kills: int, seed: int = 1) -> Kept:
    path, dice, killed = folder / "desk.db", random.Random(seed), 0
    with Desk(f"sqlite:///{path}") as desk:
        desk.app("facebook", name="ours", settings={"app_id": "1", "app_secret": SECRET})
    with serving(path) as server:
        platform = Platform(server.port, deliveries)
        began = time.monotonic()
        threads = [threading.Thread(target=platform.post_all) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        moments = sorted(dice.randrange(int(deliveries * 0.95)) for _ in range(kills))
        while any(thread.is_alive() for thread in threads):
            if moments and len(platform.acknowledged) >= moments[0]:
                time.sleep(dice.uniform(0, 0.02))
                server.restart()
                killed += 1
                moments.pop(0)
            time.sleep(0.002)
        took = time.monotonic() - began
        server.kill()  # not even at the end is it given time
    with closing(sqlite3.connect(path)) as connection:
        kept = {bytes(row[0]) for row in connection.execute("SELECT body FROM socialdesk_push")}
        intact = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return Kept(
        deliveries=len(platform.acknowledged),
        seconds=took,
        kills=killed,
        repeated=platform.repeated,
        lost=sum(body_of(number) not in kept for number in platform.acknowledged),
        p99=sorted(platform.latencies)[int(len(platform.latencies) * 0.99)],
        intact=intact,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = deliver(Path(folder), given.deliveries, given.kills, given.seed)
    print(f"sqlite: {kept}", flush=True)
    return 0 if kept.whole and kept.deliveries == given.deliveries else 1


if __name__ == "__main__":
    sys.exit(main())
