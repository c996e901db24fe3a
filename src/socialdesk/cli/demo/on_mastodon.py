"""The story on Mastodon: a complaint from another server, a tag, a content warning, and a word in private."""

from __future__ import annotations

import html
import re
from typing import Any, ClassVar

from socialdesk.cli.demo.stage import Chapter
from socialdesk.cli.output import one_line

__all__ = ["CHAPTER"]

LATE = (
    "olga@trams.example",
    "@acme the fitter was due yesterday at nine, and I am still at home. Unlisted, so as not to shout.",
)
TAGGED = ("pim@dunes.example", "Two days offline. At least the books get read. #AcmeCable")
FOREIGN = ("zoe@dunes.example", "My cable car to school was late again. #monday")
ANSWER = "That should not happen, Olga, and we are sorry. A fitter will be at your door before noon."
PRIVATE = "Pim, your customer number is 40178842: the line is measured this evening, and we tell you here what it was."


class OnMastodon(Chapter):
    platform = "mastodon"
    title = "Mastodon"
    heard: ClassVar[frozenset[str]] = frozenset({LATE[0], TAGGED[0]})
    unheard: ClassVar[frozenset[str]] = frozenset({FOREIGN[0]})
    rules = ('{"name": "acme-cable", "hashtags": ["acmecable"]}',)

    @property
    def account(self) -> str:
        return f"@{self.told['account']['acct']}"

    def speak(self) -> None:
        for (who, text), visibility in ((LATE, "unlisted"), (TAGGED, "public"), (FOREIGN, "public")):
            said = self.ask("POST", "statuses", by=who, text=text, visibility=visibility)
            self.posts[who] = said["id"]
            self.spoke(f"@{who}", text, f", {visibility}")
        self.ask("POST", "advance", minutes=15)

    def answer(self) -> None:
        self.stage.say("Olga wrote unlisted: the answer is no wider than that.")
        self.stage.run("reply", self.said_by(LATE[0]), ANSWER, "--plan")
        self.stage.run("reply", self.said_by(LATE[0]), ANSWER)

    def take_private(self) -> None:
        self.stage.say("Pim's number is his own: he alone sees this answer.")
        self.stage.run("reply", self.said_by(TAGGED[0]), PRIVATE, "--private")

    def show(self) -> None:
        for who in (LATE[0], TAGGED[0]):
            thread: list[dict[str, Any]] = self.ask("GET", f"threads/{self.posts[who]}")["thread"]
            for said in thread:
                text = one_line(html.unescape(re.sub("<[^>]+>", "", said["content"])))
                self.stage.tell(
                    f"{said['created_at'][:19]}Z  @{said['account']['acct']} ({said['visibility']}): {text}"
                )
            ours = [said for said in thread if said["account"]["acct"] == self.told["account"]["acct"]]
            wanted = "unlisted" if who == LATE[0] else "direct"
            self.must_stand(who, sum(said["visibility"] == wanted for said in ours), 1)
            self.stage.tell("")


CHAPTER = OnMastodon
