"""``socialdesk demo``: a story on a platform of your own machine, by the same commands that you would type.

The platform is a sandbox in a process of its own, reached over loopback. Nothing here is known to any other module.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from socialdesk.cli.output import one_line, say
from socialdesk.errors import SocialdeskError, Unavailable
from socialdesk.wire import Json, Request, Response

__all__ = ["play"]

PLATFORM = "twitter"
STARTS_WITHIN = 20.0  # seconds

# who, how many follow, and what they say
STORY = (
    (
        "paul_counts",
        310,
        "Acme Cable switched me off this morning. The reason: I owed them one cent. One.",
    ),
    (
        "ines_vidal",
        1_240_000,
        "@acme the fitter was due yesterday at nine. It is 36 hours later, and I am still at home.",
    ),
    ("greta_k", 85, "@acme does the small router also work in a house with thick walls?"),
    (
        "tomo",
        140,
        "@acme your woman on the phone just fixed in five minutes what I fought with for a week. Thank you!",
    ),
    ("mira_l", 64, "@acme my bill charges me for a phone that I brought back to your shop in October. Why?"),
    ("skye_07", 22, "cable car to school was late AGAIN, then maths. the acme of a bad monday"),
)
REPOSTS = 2_000
# what the developer of the story's app pays, in a currency of its own
PRICES = (
    ("post_read", "0.005"),
    ("user_read", "0.010"),
    ("post_create", "0.015"),
    ("summoned_reply", "0.010"),
    ("dm_create", "0.015"),
    ("dm_read", "0.010"),
)
PICTURE = (  # a PNG of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ANSWERS = {
    "greta_k": "Hello Greta, it does on one floor. For thick walls we would add a second one, which we lend for free.",
    "ines_vidal": (
        "Ines, that is not how we want to treat anybody, and we are sorry. Your appointment was lost when the "
        "shifts changed yesterday evening, and nobody told you, which should never happen. A fitter is on the way "
        "and will be at your door before noon. The month is on us, and if anything at all goes wrong again, one "
        "person has your case from here to its end: write to us, and you will reach her."
    ),
}
PRIVATE = (
    "mira_l",
    "Mira, account 40178842: the phone came back on 14 October, and the charge is taken off. The new bill is below.",
    "You are right, Mira, and we are sorry. We have sent you a message with what belongs to you alone.",
    "That was quick. Thank you, all settled!",
)
OUTAGE = (
    "Internet and telephone are down in the northern districts since 10:20. It is a cut cable, we are digging, and "
    "we expect to be done by 14:00. We tell you here when it is."
)
REFUSED = ("paul_counts", "Paul, we are sorry: you are connected again, and the cent is ours.")


class _DemoError(Exception):
    """A step did not come to what it must."""


def play() -> int:
    """Play the story; gives 0 where every step came to what it must."""
    try:
        with tempfile.TemporaryDirectory(prefix="socialdesk-demo-") as folder, _platform() as told:
            _Stage(Path(folder), told).play()
    except (_DemoError, SocialdeskError) as error:
        say(f"The demo stopped: {error}")
        return 1
    say()
    say(
        "That was the true path: a served platform, signed requests, a database, the commands that you would type."
    )
    return 0


@contextmanager
def _platform() -> Iterator[dict[str, Any]]:
    """A sandbox in its own process; gives what it says of itself in its first line."""
    command = [sys.executable, "-m", "socialdesk", "sandbox", PLATFORM, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command
    patience = threading.Timer(STARTS_WITHIN, process.kill)
    patience.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        patience.cancel()
        if not line:
            raise _DemoError(
                f"the {PLATFORM} sandbox did not start (exit code {process.wait(STARTS_WITHIN)})"
            )
        yield orjson.loads(line)
    finally:
        patience.cancel()
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


class _Stage:
    """Where the story plays: a temporary database here, the platform over there."""

    def __init__(self, folder: Path, told: dict[str, Any]) -> None:
        self.db = f"sqlite:///{folder / 'desk.db'}"
        self.told = told
        self.settings = folder / "settings.json"
        self.picture = folder / "routers.png"
        self.picture.write_bytes(base64.b64decode(PICTURE))
        self.posts: dict[str, str] = {}
        self.step = 0

    def play(self) -> None:
        self.say(
            f"A platform is served at {self.told['base_url']}, with an account @{self.told['account']['handle']}."
        )
        self.connect()
        self.tell_story()
        self.say("The desk asks the platform what is new.")
        self.run("sync", "acme")
        self.say(
            "The inbox, the most urgent first, and why. The rant about school is not in it: it is not about us."
        )
        self.run("inbox")
        self.must_be_heard()
        self.answer()
        self.take_private()
        self.announce()
        self.show_threads()
        self.say(
            "What all of it cost, in the units that the platform bills and by the prices that the account was given."
        )
        self.run("costs", "acme")

    def say(self, text: str) -> None:
        self.step += 1
        say()
        say(f"{self.step}. {text}")

    def run(self, *arguments: str, expect: tuple[int, ...] = (0,)) -> None:
        """A command as it would be typed. Raises _DemoError where its exit code is another."""
        from socialdesk.cli.main import main

        shown = " ".join(
            f'"{one_line(word)[:48]}…"' if len(word) > 50 else f'"{word}"' if " " in word else word
            for word in arguments
        )
        say(f"   $ socialdesk {shown.replace(str(self.settings.parent) + '/', '')}")
        code = main(["--db", self.db, *arguments])
        if code not in expect:
            raise _DemoError(f"`socialdesk {arguments[0]}` ended with exit code {code}")

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """A request to the sandbox's own controls."""
        from socialdesk._httpx import run

        async def flow() -> Response:
            content = Json(body) if body else None
            return await Request(
                method, f"{self.told['base_url']}/_sandbox/{path}", body=content, auth="none"
            )

        response = run(flow())
        if not response.ok:
            raise Unavailable(f"the sandbox answered HTTP {response.status} to {path}")
        return response.json()

    def connect(self) -> None:
        self.say(
            "The account is added to the desk: its secrets from a file, its name to be listened for as well."
        )
        self.settings.touch(0o600)
        self.settings.write_bytes(orjson.dumps(self.told["settings"]))
        told = ("--settings", str(self.settings), "--listen", "Acme Cable")
        prices = [word for unit, price in PRICES for word in ("--price", f"{unit}={price}")]
        self.run("account", "add", PLATFORM, "acme", *told, *prices)
        self.settings.unlink()
        self.run("account", "check", "acme")

    def tell_story(self) -> None:
        self.say(
            "Elsewhere, people speak. One of them does not address the company at all, and one is well known."
        )
        for who, followers, text in STORY:
            self.ask("POST", "users", handle=who, followers=followers, dms_open=who == PRIVATE[0])
            self.posts[who] = self.ask("POST", "posts", by=who, text=text)["id"]
            say(f"   @{who} ({followers:,} followers): {text}")
        self.ask("POST", "reposts", post=self.posts["ines_vidal"], n=REPOSTS)
        say(f"   ... and @ines_vidal is reposted {REPOSTS:,} times.")
        self.ask("POST", "advance", minutes=2)  # the platform's search is half a minute behind

    def must_be_heard(self) -> None:
        from socialdesk.desk import Desk

        with Desk(self.db) as desk:
            heard = {mention.author.handle for mention in desk.mentions(limit=100)}
        missing = set(self.posts) - {"skye_07"} - heard
        if missing or "skye_07" in heard:
            raise _DemoError(f"heard: {sorted(str(name) for name in heard)}")

    def answer(self) -> None:
        who, text = REFUSED
        self.say("Paul named the company without calling it. The plan says what X makes of an answer to him.")
        self.run("reply", self.posts[who], text, "--plan")
        self.say(
            "Greta is answered, with a picture. The plan shows what would be sent; then it is sent, once."
        )
        picture = ("--attach", str(self.picture), "--alt", "Two routers on two floors of a house")
        self.run("reply", self.posts["greta_k"], ANSWERS["greta_k"], *picture, "--plan")
        self.run("reply", self.posts["greta_k"], ANSWERS["greta_k"], *picture, "--no-send")
        self.send_when_ready()
        self.say("Ines gets more than fits in one post: it is cut into a chain, where a reader would pause.")
        self.run("reply", self.posts["ines_vidal"], ANSWERS["ines_vidal"])
        self.say("The same command again says nothing twice.")
        self.run("reply", self.posts["ines_vidal"], ANSWERS["ines_vidal"])

    def send_when_ready(self) -> None:
        """Drain until the picture is there and the post is sent."""
        for _ in range(5):
            self.run("sync", "acme", expect=(0, 1))
            if not self.waiting():
                return
        raise _DemoError("the answer with the picture was not sent")

    def waiting(self) -> bool:
        from socialdesk.desk import Desk

        with Desk(self.db) as desk:
            return any(receipt.state == "pending" for receipt in desk.receipts())

    def take_private(self) -> None:
        who, text, note, thanks = PRIVATE
        post = self.posts[who]
        self.say("Mira has to be told something with her account number. In public, the plan warns of that.")
        self.run("reply", post, text, "--plan")
        self.say("So it is said to her alone, and in public no more than that. It is one act.")
        self.run("reply", post, text, "--private", "--note", note)
        self.ask("POST", "messages", by=who, to=self.told["account"]["handle"], text=thanks)
        self.ask("POST", "advance", minutes=1)
        self.say("She answers in private. Both conversations are linked, and are read as one case.")
        self.run("sync", "acme")
        self.run("show", post)
        told = self.ask("GET", f"messages/{who}/{self.told['account']['handle']}")["messages"]
        if [message["text"] for message in told] != [text, thanks]:
            raise _DemoError(
                f"the private conversation holds {len(told)} messages, not the two that were sent"
            )

    def announce(self) -> None:
        self.say("A cable is cut in the north. The notice goes out on every account, here it is one.")
        self.run("announce", OUTAGE)

    def show_threads(self) -> None:
        self.say("What the platform itself shows now:")
        for who in ANSWERS:
            thread = self.ask("GET", f"threads/{self.posts[who]}")["thread"]
            for post in thread:
                say(f"   {post['created_at'][:19]}Z  @{post['by']}: {one_line(post['text'])}")
            ours = [post for post in thread if post["by"] == self.told["account"]["handle"]]
            planned = 1 if who == "greta_k" else 2  # Greta's holds a picture, Ines's is a chain
            if len(ours) != planned:
                raise _DemoError(f"the thread of @{who} holds {len(ours)} answers of ours, not {planned}")
            say()
