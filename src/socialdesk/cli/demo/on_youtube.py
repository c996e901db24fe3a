"""The story on YouTube: comments under a film of the company's own, a late reply, and one that is held for review."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.cli.demo.stage import REFUSED, Chapter
from socialdesk.cli.output import one_line

__all__ = ["CHAPTER"]

FILM = "How to set up your router in three minutes"
ASKED = ("jonas", "At 1:40 the lamp is green. Mine is orange, and stays so. What now?")
THANKS = ("amira", "Three minutes? It took me two. Thank you!")
LATE = ("kurt", "Same here, orange since this morning.")
ANSWER = (
    "Orange: it looks for the line, Jonas. If it still does in ten minutes, the cable at the wall is loose."
)
AGAIN = "For you it is the street, Kurt: we are digging, and it is green again by four."


class OnYouTube(Chapter):
    platform = "youtube"
    title = "YouTube"
    heard: ClassVar[frozenset[str]] = frozenset({"jonas", "amira"})

    @property
    def account(self) -> str:
        return str(self.told["account"]["title"])

    def speak(self) -> None:
        film = self.ask("POST", "videos", by=self.told["account"]["handle"], title=FILM)["id"]
        for who, text in (ASKED, THANKS):
            self.posts[who] = self.ask("POST", "comments", by=who, video=film, text=text)["id"]
            self.spoke(f"@{who}", text, f", under “{FILM}”")
        self.ask("POST", "advance", minutes=5)

    def answer(self) -> None:
        self.stage.say("Jonas is answered under the film.")
        self.stage.run("reply", self.said_by("jonas"), ANSWER)
        self.stage.say(
            "A day later somebody joins the old thread. YouTube lists it no higher for that; it is heard all the same."
        )
        self.ask("POST", "advance", hours=24)
        self.ask("POST", "replies", by=LATE[0], to=self.posts[ASKED[0]], text=LATE[1])
        self.spoke(f"@{LATE[0]}", LATE[1])
        self.ask("POST", "advance", minutes=10)
        self.stage.run("sync", self.name)
        self.stage.run("reply", self.said_by(LATE[0]), AGAIN)

    def take_private(self) -> None:
        self.stage.say("YouTube has no private word; the plan says so.")
        self.stage.run(
            "reply", self.said_by("jonas"), "Your number?", "--private", "--plan", expect=(REFUSED,)
        )

    def show(self) -> None:
        thread = self.ask("GET", f"threads/{self.posts[ASKED[0]]}")["thread"]
        for said in thread:
            self.stage.tell(f"{said['published_at'][:19]}Z  @{said['by']}: {one_line(said['text'])}")
        ours = [said for said in thread if said["by"] == self.told["account"]["handle"]]
        self.must_stand("@jonas", len(ours), 2)
        self.stage.tell("")


CHAPTER = OnYouTube
