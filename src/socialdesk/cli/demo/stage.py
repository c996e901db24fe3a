"""Where the story plays: a temporary database here, the platforms over there, and what every chapter needs."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import orjson

from socialdesk.cli.output import one_line, say
from socialdesk.errors import Unavailable
from socialdesk.wire import Json, Request, Response

__all__ = ["Chapter", "DemoError", "Stage", "platform"]

STARTS_WITHIN = 20.0  # seconds


class DemoError(Exception):
    """A step did not come to what it must."""


@contextmanager
def platform(name: str) -> Iterator[dict[str, Any]]:
    """A sandbox in its own process; gives what it says of itself in its first line."""
    command = [sys.executable, "-m", "socialdesk", "sandbox", name, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command
    patience = threading.Timer(STARTS_WITHIN, process.kill)
    patience.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        patience.cancel()
        if not line:
            raise DemoError(f"the {name} sandbox did not start (exit code {process.wait(STARTS_WITHIN)})")
        yield orjson.loads(line)
    finally:
        patience.cancel()
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


class Stage:
    """The desk of the story, and its voice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = f"sqlite:///{folder / 'desk.db'}"
        self.step = 0

    def say(self, text: str) -> None:
        """Begin a step."""
        self.step += 1
        say()
        say(f"{self.step}. {text}")

    def tell(self, text: str) -> None:
        """Go on within a step."""
        say(f"   {text}")

    def run(self, *arguments: str, expect: tuple[int, ...] = (0,)) -> None:
        """A command as it would be typed. Raises DemoError where its exit code is another."""
        from socialdesk.cli.main import main

        shown = " ".join(
            f'"{one_line(word)[:48]}…"' if len(word) > 50 else f'"{word}"' if " " in word else word
            for word in arguments
        )
        say(f"   $ socialdesk {shown.replace(f'{self.folder}/', '')}")
        code = main(["--db", self.db, *arguments])
        if code not in expect:
            raise DemoError(f"`socialdesk {arguments[0]}` ended with exit code {code}")

    def must_be_heard(self, chapters: Sequence[Chapter]) -> None:
        """Everybody who spoke to the company or about it is in the inbox, and nobody else."""
        from socialdesk.desk import Desk

        with Desk(self.db) as desk:
            heard = {
                mention.author.handle or mention.author.display_name for mention in desk.mentions(limit=500)
            }
        for chapter in chapters:
            missing, foreign = chapter.heard - heard, chapter.unheard & heard
            if missing or foreign:
                raise DemoError(
                    f"{chapter.title}: not heard {sorted(missing)}, heard in error {sorted(foreign)}"
                )

    def waiting(self) -> bool:
        """Whether an answer is still to be sent."""
        from socialdesk.desk import Desk

        with Desk(self.db) as desk:
            return any(receipt.state == "pending" for receipt in desk.receipts())


class Chapter:
    """What happens on one platform. ``name`` is the account's, ``heard`` are those who must be in the inbox afterwards
    and ``unheard`` those who must not; ``listen`` are phrases and ``rules`` search rules in JSON; ``prices`` are what
    the account pays, by unit."""

    platform: ClassVar[str]
    title: ClassVar[str]
    heard: ClassVar[frozenset[str]]
    unheard: ClassVar[frozenset[str]] = frozenset()
    listen: ClassVar[tuple[str, ...]] = ()
    rules: ClassVar[tuple[str, ...]] = ()
    prices: ClassVar[tuple[tuple[str, str], ...]] = ()

    def __init__(self, stage: Stage, told: dict[str, Any]) -> None:
        self.stage = stage
        self.told = told
        self.posts: dict[str, str] = {}

    @property
    def name(self) -> str:
        return f"acme-{self.platform}"

    @property
    def account(self) -> str:
        """What the platform calls the company."""
        raise NotImplementedError

    def connect(self) -> None:
        """Add the account as an agent would, its secrets from a file that only the owner reads."""
        file = self.stage.folder / f"{self.platform}.json"
        file.touch(0o600)
        file.write_bytes(orjson.dumps(self.told["settings"]))
        options = [word for phrase in self.listen for word in ("--listen", phrase)]
        options += [word for rule in self.rules for word in ("--rule", rule)]
        options += [word for unit, price in self.prices for word in ("--price", f"{unit}={price}")]
        self.stage.run("account", "add", self.platform, self.name, "--settings", str(file), *options)
        file.unlink()

    def speak(self) -> None:
        """People speak, each post kept under who wrote it."""
        raise NotImplementedError

    def answer(self) -> None:
        """Some are answered in public."""
        raise NotImplementedError

    def take_private(self) -> None:
        """One is answered in private, or the platform's refusal is shown."""
        raise NotImplementedError

    def show(self) -> None:
        """The threads as the platform has them. Raises DemoError where our answers do not stand there."""
        raise NotImplementedError

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """A request to the sandbox's own controls."""
        from socialdesk._httpx import run

        url = f"{self.told['base_url']}/_sandbox/{path}"

        async def flow() -> Response:
            return await Request(method, url, body=Json(body) if body else None, auth="none")

        response = run(flow())
        if not response.ok:
            raise Unavailable(f"the {self.platform} sandbox answered HTTP {response.status} to {path}")
        return response.json()

    def said_by(self, who: str) -> str:
        """The desk's id for what somebody said: the latest. Raises DemoError where it was not heard."""
        from socialdesk.desk import Desk

        with Desk(self.stage.db) as desk:
            for mention in desk.mentions(account=self.name, limit=500):
                if who in (mention.author.handle, mention.author.display_name):
                    assert mention.public_id is not None
                    return mention.public_id
        raise DemoError(f"{self.title}: {who} was not heard")

    def spoke(self, who: str, text: str, more: str = "") -> None:
        """Tell what somebody said."""
        self.stage.tell(f"{self.title}, {who}{more}: {text}")

    def must_stand(self, who: str, ours: int, planned: int) -> None:
        if ours != planned:
            raise DemoError(f"{self.title}: the thread of {who} holds {ours} answers of ours, not {planned}")
