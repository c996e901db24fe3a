"""The story on Bluesky: a mention, a complaint that names the company without its handle, and a closed thread."""

from __future__ import annotations

from typing import Any, ClassVar

from socialdesk.cli.demo.stage import REFUSED, Chapter
from socialdesk.cli.output import one_line
from socialdesk.wire import Request, Response

__all__ = ["CHAPTER"]

ASKED = ("rhea.example", "is there a plan without a telephone? I have not had one since school.")
UNTAGGED = ("bo.example", "Acme Cable again: an hour in the queue, then cut off, then an hour in the queue.")
CLOSED = ("ivo.example", "Acme Cable has lost my router twice. No, I do not want to talk about it.")
FOREIGN = ("skye.example", "the acme of a bad monday: maths, then gym")
ANSWERS = {
    ASKED[0]: "There is, Rhea, since October: https://acme.example/plans shows it as Line only.",
    UNTAGGED[
        0
    ]: "Two hours for nothing are two too many, Bo. Write us your number in a message, and we call you.",
}


class OnBluesky(Chapter):
    platform = "bluesky"
    title = "Bluesky"
    heard: ClassVar[frozenset[str]] = frozenset({ASKED[0], UNTAGGED[0], CLOSED[0]})
    unheard: ClassVar[frozenset[str]] = frozenset({FOREIGN[0]})
    listen = ("Acme Cable",)

    @property
    def account(self) -> str:
        return f"@{self.told['account']['handle']}"

    def speak(self) -> None:
        for who, text in (ASKED, UNTAGGED, CLOSED, FOREIGN):
            more: dict[str, Any] = {"allow": []} if who == CLOSED[0] else {}
            said = f"{self.account} {text}" if who == ASKED[0] else text
            self.posts[who] = self.ask("POST", "posts", by=who, text=said, **more)["uri"]
            self.spoke(f"@{who}", said, ", and closes the thread" if more else "")
        self.ask("POST", "advance", minutes=5)

    def answer(self) -> None:
        self.stage.say("Rhea and Bo are answered; the link is one that can be clicked.")
        for who, text in ANSWERS.items():
            self.stage.run("reply", self.said_by(who), text)
        self.stage.say("Ivo lets nobody answer. That is looked at before anything is sent, and nothing is.")
        self.stage.run("reply", self.said_by(CLOSED[0]), "We are sorry, Ivo.", expect=(REFUSED,))

    def take_private(self) -> None:
        self.stage.say("A word in private is not possible here; the plan says why.")
        self.stage.run(
            "reply", self.said_by(UNTAGGED[0]), "Your number?", "--private", "--plan", expect=(REFUSED,)
        )

    def show(self) -> None:
        for who, text in ANSWERS.items():
            thread = self.thread(self.posts[who])
            for said in thread:
                record = said["record"]
                self.stage.tell(
                    f"{record['createdAt'][:19]}Z  @{said['author']['handle']}: {one_line(record['text'])}"
                )
            self.must_stand(who, sum(text[:20] in said["record"]["text"] for said in thread), 1)
            self.stage.tell("")

    def thread(self, uri: str) -> list[dict[str, Any]]:
        from socialdesk._httpx import run

        async def flow() -> Response:
            url = f"{self.told['base_url']}/_sandbox/thread"
            return await Request("GET", url, params={"uri": uri}, auth="none")

        thread: list[dict[str, Any]] = run(flow()).json()["thread"]
        return thread


CHAPTER = OnBluesky
