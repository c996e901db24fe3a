"""The story on Tumblr: a rant that was addressed to nobody, a reply under our own post, and a question to the blog."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.cli.demo.stage import REFUSED, Chapter
from socialdesk.cli.output import one_line

__all__ = ["CHAPTER"]

NEWS = "our new router, unboxed by somebody who has never seen one"
RANT = (
    "nightowl-no-7",
    "three weeks without a line, and forty minutes of flute music each time i call. i can whistle it now. i will "
    "never not whistle it again",
)
REPLY = ("kim-on-trains", "is it louder than the old one? mine sings at night")
ASK = ("robin-repairs", "do you take broken routers back, or do they go into the bin?")
FOREIGN = ("dunes-and-dice", "my wizard bought an acme cable of binding today and it is already broken")
ANSWERS = {
    RANT[
        0
    ]: "Forty minutes of flute are too many, and three weeks are worse. A technician is booked for tomorrow at "
    "nine, and the music goes this week.",
    REPLY[0]: "It makes no sound at all, Kim. Yours should not sing either: we send you another one.",
    ASK[0]: "We take them back in every shop, Robin, and what can be mended is mended there.",
}


class OnTumblr(Chapter):
    platform = "tumblr"
    title = "Tumblr"
    heard: ClassVar[frozenset[str]] = frozenset({RANT[0], REPLY[0], ASK[0]})
    unheard: ClassVar[frozenset[str]] = frozenset({FOREIGN[0]})
    rules = ('{"name": "acme-cable", "hashtags": ["acme cable"]}',)

    @property
    def account(self) -> str:
        return str(self.told["account"]["name"])

    def speak(self) -> None:
        ours = self.ask("POST", "posts", by=self.account, text=NEWS)["id"]
        self.posts[RANT[0]] = self.ask(
            "POST", "posts", by=RANT[0], text=RANT[1], tags=["acme cable", "rant"]
        )["id"]
        self.ask("POST", "replies", by=REPLY[0], post=ours, text=REPLY[1])
        self.posts[REPLY[0]] = ours
        self.posts[ASK[0]] = self.ask("POST", "asks", by=ASK[0], text=ASK[1])["id"]
        self.ask("POST", "posts", by=FOREIGN[0], text=FOREIGN[1], tags=["dnd", "wizards"])
        for (who, text), how in (
            (RANT, ", to nobody"),
            (REPLY, ", under our post"),
            (ASK, ", as a question"),
            (FOREIGN, ""),
        ):
            self.spoke(who, text, how)
        self.ask("POST", "advance", minutes=5)

    def answer(self) -> None:
        self.stage.say(
            "On Tumblr a post is answered by a reblog with a comment. The rant was found by its tag."
        )
        self.stage.run("reply", self.said_by(RANT[0]), ANSWERS[RANT[0]], "--plan")
        self.stage.run("reply", self.said_by(RANT[0]), ANSWERS[RANT[0]])
        self.stage.say("A bare reply is answered under our own post, a question where it was asked.")
        self.stage.run("reply", self.said_by(REPLY[0]), ANSWERS[REPLY[0]])
        self.stage.run("reply", self.said_by(ASK[0]), ANSWERS[ASK[0]])

    def take_private(self) -> None:
        self.stage.say(
            "Tumblr has no way to write to somebody in private for us: the plan says so, and sends nothing."
        )
        asked = "What is your customer number?"
        self.stage.run("reply", self.said_by(RANT[0]), asked, "--private", "--plan", expect=(REFUSED,))

    def show(self) -> None:
        for who in (RANT[0], REPLY[0], ASK[0]):
            thread = self.ask("GET", f"threads/{self.posts[who]}")["thread"]
            for said in thread:
                if said.get("question"):
                    self.stage.tell(f"{said['created_at'][:19]}Z  {said['asker']} asks: {said['question']}")
                self.stage.tell(f"{said['created_at'][:19]}Z  {said['by']}: {one_line(said['text'])}")
            ours = [said for said in thread if ANSWERS[who][:20] in said["text"]]
            self.must_stand(who, len(ours), 1)
            self.stage.tell("")


CHAPTER = OnTumblr
