"""People and Pages: what a test holds in its hands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

if TYPE_CHECKING:
    from .inbox import Message, MessageOptions
    from .world import World
    from .written import Comment, Photo, Post

REACTIONS = ("LIKE", "LOVE", "WOW", "HAHA", "SAD", "ANGRY", "CARE")


class StateError(ValueError):
    """Something that Facebook's own app would not let a person do."""


class Profile(TypedDict, total=False):
    """What a person may be given. ``tester`` has a role on the app: it is seen with standard access too."""

    name: str
    tester: bool
    picture: str


class PostOptions(TypedDict, total=False):
    """What a post or comment may have beside its text. ``at`` is aware; ``link`` is what a post shares."""

    at: datetime
    photo: Photo | None
    photos: tuple[Photo, ...]
    video: str
    link: str
    published: bool
    page: Page
    tags: tuple[Actor, ...]


@dataclass(slots=True, eq=False)
class Actor:
    """Whoever can say something."""

    world: World = field(repr=False)
    id: str
    handle: str
    name: str = ""

    def comment(self, thing: Post | Photo, text: str, **options: Unpack[PostOptions]) -> Comment:
        """Write under a post or a photo."""
        return self.world.comment(self, thing, text, **options)

    def reply(self, comment: Comment, text: str, **options: Unpack[PostOptions]) -> Comment:
        """Answer a comment; an answer to an answer stands beside it, below the same comment."""
        return self.world.comment(self, comment, text, **options)

    def react(self, thing: Post | Comment | Message, kind: str = "LIKE") -> None:
        """React to a post, comment or message. Raises StateError on a kind that there is not."""
        self.world.react(self, thing, kind)

    def unreact(self, thing: Post | Comment | Message) -> None:
        self.world.unreact(self, thing)


@dataclass(slots=True, eq=False)
class Person(Actor):
    """Someone on Facebook; the methods are what that person does in Facebook's own apps. ``id`` is the one that the
    Page knows the person by."""

    tester: bool = False
    picture: str = ""

    @property
    def first_name(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def last_name(self) -> str:
        return self.name.partition(" ")[2]

    def post(self, text: str, **options: Unpack[PostOptions]) -> Post:
        """Write on the Page's wall (a visitor post)."""
        options.setdefault("page", self.world.page)
        return self.world.publish(self, text, **options)

    def tag(self, text: str, *, on: Post | None = None, **options: Unpack[PostOptions]) -> Post | Comment:
        """Write elsewhere, in a post of one's own or a comment on one, and tag the Page; where the text does not hold
        the Page's name, it is put before it."""
        page = options.pop("page", self.world.page)
        options["tags"] = (page,)
        said = text if page.name.lower() in text.lower() else f"{page.name} {text}"
        if on is not None:
            return self.world.comment(self, on, said, **options)
        return self.world.publish(self, said, **options)

    def post_elsewhere(self, text: str, **options: Unpack[PostOptions]) -> Post:
        """Write on one's own wall."""
        return self.world.publish(self, text, **options)

    def rate(self, text: str, positive: bool = True, **options: Unpack[PostOptions]) -> Post:
        """Recommend the Page, or advise against it; once for each person."""
        return self.world.rate(self, text, positive, **options)

    def message(self, text: str = "", **options: Unpack[MessageOptions]) -> Message:
        """Write to the Page in Messenger."""
        return self.world.inbox.say(self, options.pop("page", None) or self.world.page, text, **options)

    def postback(self, payload: str, title: str = "") -> None:
        """Press a button that the Page sent."""
        self.world.inbox.press(self, self.world.page, payload, title or payload)

    def click_ad(self, ad: str) -> None:
        """Open the conversation with the Page from an advertisement."""
        self.world.inbox.open_by_ad(self, self.world.page, ad)

    def read(self) -> None:
        """Open the conversation with the Page."""
        self.world.inbox.read(self, self.world.page)

    def edit(self, thing: Post | Comment | Message, text: str) -> None:
        """Give something of one's own another text. Raises StateError on someone else's."""
        self.world.edit(self, thing, text)

    def delete(self, thing: Post | Comment | Message) -> None:
        """Take something of one's own away. Raises StateError on someone else's."""
        self.world.remove(self, thing)

    def block(self, page: Page | None = None) -> None:
        """Take no messages from the Page any more."""
        self.world.inbox.with_(self, page or self.world.page).refused = True

    def unblock(self, page: Page | None = None) -> None:
        self.world.inbox.with_(self, page or self.world.page).refused = False


@dataclass(slots=True, eq=False)
class Page(Actor):
    """A Page; the methods are what its people do in Facebook's own apps, past the API."""

    category: str = "Shopping & retail"
    about: str = ""
    followers: int = 0
    wall: list[Post] = field(default_factory=list, repr=False)
    tagged: list[Post | Comment] = field(default_factory=list, repr=False)
    ratings: list[Post] = field(default_factory=list, repr=False)
    photos: list[Photo] = field(default_factory=list, repr=False)
    banned: dict[str, Person] = field(default_factory=dict, repr=False)
    subscribed: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def post(self, text: str, **options: Unpack[PostOptions]) -> Post:
        """Publish a post of the Page."""
        options.setdefault("page", self)
        return self.world.publish(self, text, **options)

    def message(self, to: Person, text: str = "", **options: Unpack[MessageOptions]) -> Message:
        """Write to a person from the Page's inbox."""
        options.setdefault("app", self.world.inbox.inbox_app)
        return self.world.inbox.say(self, to, text, **options)

    def edit(self, thing: Post | Comment, text: str) -> None:
        self.world.edit(self, thing, text)

    def delete(self, thing: Post | Comment) -> None:
        """Take something away that is the Page's, or stands on its wall."""
        self.world.remove(self, thing)

    def hide(self, thing: Post | Comment) -> None:
        self.world.hide(self, thing, True)

    def unhide(self, thing: Post | Comment) -> None:
        self.world.hide(self, thing, False)
