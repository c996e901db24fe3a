"""The story on Twitter: untagged complaints, a fire, a chain, a picture, and a thread that is taken to private."""

from __future__ import annotations

import base64
from typing import ClassVar

from socialdesk.cli.demo.stage import Chapter, DemoError
from socialdesk.cli.output import one_line

__all__ = ["CHAPTER"]

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
REFUSED = ("paul_counts", "Paul, we are sorry: you are connected again, and the cent is ours.")


class OnTwitter(Chapter):
    platform = "twitter"
    title = "Twitter"
    heard: ClassVar[frozenset[str]] = frozenset(who for who, _, _ in STORY) - {"skye_07"}
    unheard: ClassVar[frozenset[str]] = frozenset({"skye_07"})
    listen = ("Acme Cable",)
    prices = PRICES

    @property
    def account(self) -> str:
        return f"@{self.told['account']['handle']}"

    def speak(self) -> None:
        for who, followers, text in STORY:
            self.ask("POST", "users", handle=who, followers=followers, dms_open=who == PRIVATE[0])
            self.posts[who] = self.ask("POST", "posts", by=who, text=text)["id"]
            self.spoke(f"@{who}", text, f" ({followers:,} followers)")
        self.ask("POST", "reposts", post=self.posts["ines_vidal"], n=REPOSTS)
        self.stage.tell(f"... and @ines_vidal is reposted {REPOSTS:,} times.")
        self.ask("POST", "advance", minutes=2)  # the platform's search is half a minute behind

    def answer(self) -> None:
        stage = self.stage
        who, text = REFUSED
        stage.say(
            "Paul named the company without calling it. The plan says what X makes of an answer to him."
        )
        stage.run("reply", self.posts[who], text, "--plan")
        stage.say(
            "Greta is answered, with a picture. The plan shows what would be sent; then it is sent, once."
        )
        file = stage.folder / "routers.png"
        file.write_bytes(base64.b64decode(PICTURE))
        picture = ("--attach", str(file), "--alt", "Two routers on two floors of a house")
        stage.run("reply", self.posts["greta_k"], ANSWERS["greta_k"], *picture, "--plan")
        stage.run("reply", self.posts["greta_k"], ANSWERS["greta_k"], *picture, "--no-send")
        self.send_when_ready()
        stage.say("Ines gets more than fits in one post: it is cut into a chain, where a reader would pause.")
        stage.run("reply", self.posts["ines_vidal"], ANSWERS["ines_vidal"])
        stage.say("The same command again says nothing twice.")
        stage.run("reply", self.posts["ines_vidal"], ANSWERS["ines_vidal"])

    def send_when_ready(self) -> None:
        """Drain until the picture is there and the post is sent."""
        for _ in range(5):
            self.stage.run("sync", self.name, expect=(0, 1))
            if not self.stage.waiting():
                return
        raise DemoError("the answer with the picture was not sent")

    def take_private(self) -> None:
        stage = self.stage
        who, text, note, thanks = PRIVATE
        post, handle = self.posts[who], self.told["account"]["handle"]
        stage.say("Mira has to be told something with her account number. In public, the plan warns of that.")
        stage.run("reply", post, text, "--plan")
        stage.say("So it is said to her alone, and in public no more than that. It is one act.")
        stage.run("reply", post, text, "--private", "--note", note)
        self.ask("POST", "messages", by=who, to=handle, text=thanks)
        self.ask("POST", "advance", minutes=1)
        stage.say("She answers in private. Both conversations are linked, and are read as one case.")
        stage.run("sync", self.name)
        stage.run("show", post)
        told = self.ask("GET", f"messages/{who}/{handle}")["messages"]
        if [message["text"] for message in told] != [text, thanks]:
            raise DemoError(
                f"the private conversation holds {len(told)} messages, not the two that were sent"
            )

    def show(self) -> None:
        for who in ANSWERS:
            thread = self.ask("GET", f"threads/{self.posts[who]}")["thread"]
            for post in thread:
                self.stage.tell(f"{post['created_at'][:19]}Z  @{post['by']}: {one_line(post['text'])}")
            ours = [post for post in thread if post["by"] == self.told["account"]["handle"]]
            self.must_stand(f"@{who}", len(ours), 1 if who == "greta_k" else 2)  # a picture, and a chain
            self.stage.tell("")


CHAPTER = OnTwitter
