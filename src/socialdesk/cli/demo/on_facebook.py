"""The story on Facebook: a comment under an old post, a recommendation, and a bill that is no business of others."""

from __future__ import annotations

from typing import ClassVar

from socialdesk.cli.demo.stage import REFUSED, Chapter, DemoError
from socialdesk.cli.output import one_line

__all__ = ["CHAPTER"]

NEWS = "Winter is coming: how to place your router so that the whole family is warm and online."
OLD_NEWS = "From today our shop in the Linden Street sells second-hand routers, tested and with a warranty."
PEOPLE = {"lena": "Lena Brandt", "kofi": "Kofi Osei", "nils": "Nils Kramer", "rosa": "Rosa Marin"}
BILL = ("lena", "Your contract says 30 a month, and my bill says 47, for the third time. Who do I talk to?")
OPEN = ("kofi", "Is the shop in the Linden Street open on Saturdays?")
CALL = ("nils", "Two days without a line, and nobody picks up the phone.")
BOX = ("rosa", "This is how your parcel reached me. There was a router in it, I think.")
ANSWER = "It is, Kofi, from ten to four. Bring the old one along, we take it back."
PRIVATE = (
    "Lena, the 17 were for a service that you never ordered. They come back with the next bill, 8841-3320, and it will "
    "say 30 from then on."
)
NOTE = "That is wrong, Lena, and we are sorry. You find the details in your messages."
THANKS = "Thank you. That was fast!"


class OnFacebook(Chapter):
    platform = "facebook"
    title = "Facebook"
    heard: ClassVar[frozenset[str]] = frozenset(PEOPLE.values())

    @property
    def account(self) -> str:
        return str(self.told["account"]["name"])

    def speak(self) -> None:
        page = self.told["account"]["handle"]
        old = self.ask("POST", "posts", by=page, text=OLD_NEWS)["id"]
        self.ask("POST", "advance", days=3)
        new = self.ask("POST", "posts", by=page, text=NEWS)["id"]
        for handle, name in PEOPLE.items():
            self.ask("POST", "users", handle=handle, name=name)
        for (who, text), path, where in (
            (BILL, "comments", {"on": new}),
            (OPEN, "comments", {"on": old}),
            (CALL, "ratings", {"positive": False}),
            (BOX, "posts", {"photo": True}),
        ):
            self.posts[who] = self.ask("POST", path, by=who, text=text, **where)["id"]
            under = {old: ", under a post of three days ago", new: ", under the latest post"}.get(
                where.get("on"), ""
            )
            self.spoke(PEOPLE[who], text, under)
        self.ask("POST", "advance", minutes=1)

    def answer(self) -> None:
        self.stage.say("Kofi asked under an old post. He is answered there.")
        self.stage.run("reply", self.said_by(PEOPLE[OPEN[0]]), ANSWER)

    def take_private(self) -> None:
        stage, post = self.stage, self.said_by(PEOPLE[BILL[0]])
        stage.say(
            "Lena's bill is hers alone: Facebook lets a comment be answered in private once, within a week."
        )
        stage.run("reply", post, PRIVATE, "--private", "--note", NOTE)
        stage.say(
            "A second private answer to the same comment is refused before anything is sent, with the reason."
        )
        stage.run("reply", post, PRIVATE, "--private", "--plan", expect=(REFUSED,))
        self.ask("POST", "messages", by=BILL[0], text=THANKS)
        self.ask("POST", "advance", minutes=1)
        stage.say("She answers in the messages, and from then on a day is open to write back.")
        stage.run("sync", self.name)
        stage.run("show", post)

    def show(self) -> None:
        for who, ours in ((OPEN[0], 1), (BILL[0], 1)):
            thread = self.ask("GET", f"threads/{self.posts[who]}")["thread"]
            for said in thread:
                self.stage.tell(
                    f"{said['at'][:19]}Z  {PEOPLE.get(said['by'], self.account)}: {one_line(said['text'])}"
                )
            standing = [said for said in thread if said["by"] == self.told["account"]["handle"]]
            self.must_stand(PEOPLE[who], len(standing), ours)
            self.stage.tell("")
            if any(PRIVATE[:20] in said["text"] for said in thread):
                raise DemoError("what is for Lena alone stands in public")


CHAPTER = OnFacebook
