"""Real processes that are killed in the middle of what they do: nothing is lost, nothing is said twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from socialdesk import Desk
from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import TwitterSandbox

REPLIES, KILLS, PATIENCE = 40, 12, 120.0

WORKER = '''
import sys
from dataclasses import replace
from datetime import timedelta
from socialdesk import Desk, Registry
from socialdesk_twitter.connector import TwitterConnector

class Quick(TwitterConnector):
    """The same platform, of which we know that it shows a post within half a second."""
    @property
    def capabilities(self):
        return replace(super().capabilities, grace=timedelta(seconds=0.5))

with Desk(sys.argv[1], registry=Registry(extra=[Quick]), timeout=1.5) as desk:
    print("up", flush=True)
    desk.run()
'''


def start(url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", WORKER, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def states(path: Path) -> list[str]:
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        return [state for (state,) in connection.execute("SELECT state FROM socialdesk_part")]


@pytest.mark.slow
def test_processes_killed_at_any_moment_say_everything_once(tmp_path: Path) -> None:
    dice = random.Random(7)
    sandbox = TwitterSandbox()
    sandbox.search_lag = 0.0
    path = tmp_path / "desk.db"
    url = f"sqlite:///{path}"
    for number in range(REPLIES):
        sandbox.user(f"person_{number}").post(f"@acme question {number}?")
    with served(sandbox):
        with Desk(url) as desk:
            desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
            desk.poll()
            for mention in desk.mentions(kind="mention", limit=REPLIES):
                desk.reply(mention, f"an answer to {mention.author.handle}", key=mention.id.value)
        workers = [start(url), start(url)]
        try:
            for _ in range(KILLS):
                time.sleep(dice.uniform(0.05, 0.4))
                victim = dice.randrange(2)
                workers[victim].send_signal(signal.SIGKILL)
                workers[victim].communicate()
                workers[victim] = start(url)
            deadline = time.monotonic() + PATIENCE
            while set(states(path)) != {"sent"} and time.monotonic() < deadline:
                time.sleep(0.2)
        finally:
            for worker in workers:
                os.kill(worker.pid, signal.SIGKILL)
                worker.communicate()
    assert states(path) == ["sent"] * REPLIES
    answered = [sandbox.world.posts[number].reply_to for number in sandbox.account.posts]
    assert len(answered) == len(set(answered)) == REPLIES, "said twice, or not at all"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
