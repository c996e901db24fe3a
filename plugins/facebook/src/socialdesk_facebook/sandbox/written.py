"""What people and Pages write in public: posts, comments, pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .stamps import EPOCH, seconds
from .state import Actor, Page

if TYPE_CHECKING:
    from .inbox import Conversation
    from .world import World


@dataclass(frozen=True, slots=True)
class Tag:
    """Somebody's name in a text; ``offset`` and ``length`` count UTF-16 units."""

    who: Actor
    offset: int
    length: int


@dataclass(slots=True, eq=False)
class Photo:
    """A picture. ``content`` are the bytes of one that was uploaded, ``post`` the post that shows it."""

    world: World = field(repr=False)
    number: int
    owner: Actor
    created_at: datetime
    caption: str = ""
    published: bool = True
    width: int = 1080
    height: int = 720
    content: bytes | None = field(default=None, repr=False)
    post: Post | None = field(default=None, repr=False)
    comments: list[Comment] = field(default_factory=list, repr=False)
    likes: dict[str, str] = field(default_factory=dict, repr=False)
    deleted: bool = False

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def page(self) -> Page | None:
        return self.owner if isinstance(self.owner, Page) else None

    @property
    def author(self) -> Actor:
        return self.owner

    @property
    def key(self) -> tuple[int, int]:
        return seconds(self.created_at), self.number

    @property
    def shown_from(self) -> datetime:
        return self.created_at

    @property
    def src(self) -> str:
        """Where the picture is. Facebook's addresses are signed, and end."""
        return f"https://scontent.xx.fbcdn.net/v/t39.30808-6/{self.number}_n.jpg?oh=00_{self.number:x}&oe=6A000000"

    @property
    def url(self) -> str:
        return f"https://www.facebook.com/photo.php?fbid={self.number}"


@dataclass(slots=True, eq=False)
class Written:
    """What posts and comments share. ``likes`` are the reactions by the ids of those who reacted."""

    author: Actor
    number: int
    text: str
    created_at: datetime
    shown_from: datetime
    photos: tuple[Photo, ...] = ()
    video: str = ""
    tags: tuple[Tag, ...] = ()
    likes: dict[str, str] = field(default_factory=dict, repr=False)
    hidden: bool = False
    deleted: bool = False
    edits: int = 0
    private_reply: Conversation | None = field(default=None, repr=False)

    @property
    def world(self) -> World:
        return self.author.world

    @property
    def key(self) -> tuple[int, int]:
        """What listings go by."""
        return seconds(self.created_at), self.number


@dataclass(slots=True, eq=False)
class Post(Written):
    """A post. ``page`` is the Page on whose wall it stands, None elsewhere; ``positive`` is None but in a
    recommendation, which has a post of its own."""

    page: Page | None = None
    updated_at: datetime = EPOCH
    link: str = ""
    published: bool = True
    positive: bool | None = None
    shares: int = 0
    comments: list[Comment] = field(default_factory=list, repr=False)

    @property
    def id(self) -> str:
        if self.positive is not None:
            return str(self.number)
        return f"{(self.page or self.author).id}_{self.number}"

    @property
    def permalink(self) -> str:
        return f"https://www.facebook.com/{(self.page or self.author).id}/posts/{self.number}"

    @property
    def status_type(self) -> str:
        if self.photos:
            return "added_photos"
        if self.video:
            return "added_video"
        if self.link:
            return "shared_story"
        return "mobile_status_update" if self.author is self.page else "wall_post"

    def __repr__(self) -> str:
        return f"<Post {self.id} {self.author.handle}>"


@dataclass(slots=True, eq=False)
class Comment(Written):
    """A comment under ``root``, or an answer to ``parent`` under it. ``replies`` are the answers to it, oldest first;
    those that are gone too."""

    root: Post | Photo = None  # type: ignore[assignment]  # it is always given; its base has defaults
    parent: Comment | None = None
    replies: list[Comment] = field(default_factory=list, repr=False)

    @property
    def id(self) -> str:
        return f"{self.root.number}_{self.number}"

    @property
    def page(self) -> Page | None:
        return self.root.page

    @property
    def permalink(self) -> str:
        place = self.root.permalink if isinstance(self.root, Post) else self.root.url
        mark = "&" if "?" in place else "?"
        if self.parent is None:
            return f"{place}{mark}comment_id={self.number}"
        return f"{place}{mark}comment_id={self.parent.number}&reply_comment_id={self.number}"

    def __repr__(self) -> str:
        return f"<Comment {self.id} {self.author.handle}>"


def public_json(thing: Post | Comment) -> dict[str, Any]:
    """A post or comment in JSON's terms, as the control surface tells it."""
    return {
        "id": thing.id,
        "by": thing.author.handle,
        "text": thing.text,
        "at": thing.created_at.isoformat(),
        "parent": thing.parent.id if isinstance(thing, Comment) and thing.parent else None,
        "hidden": thing.hidden,
        "deleted": thing.deleted,
        "reactions": dict(thing.likes),
    }
