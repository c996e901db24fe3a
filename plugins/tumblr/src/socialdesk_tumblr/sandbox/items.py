"""Posts, notes and items of the activity feed: what is kept of what people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .state import Blog
    from .world import World

State = Literal["published", "queued", "draft", "private", "submission", "unapproved"]
Block = dict[str, Any]


@dataclass(slots=True, eq=False)
class TrailItem:
    """One post of a reblog's trail, with the content that it had when it was reblogged."""

    post: Post
    name: str
    content: list[Block]
    layout: list[Block]


@dataclass(slots=True, eq=False)
class Post:
    """A post, a reblog, or what lies in an inbox. ``content`` is what its blog wrote (with the question, in an answer);
    ``genesis`` is the id that it had as a draft or in the queue."""

    blog: Blog
    number: int
    reblog_key: str
    created_at: datetime
    shown_from: datetime
    content: list[Block]
    layout: list[Block] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    state: State = "published"
    parent: Post | None = None
    trail: tuple[TrailItem, ...] = ()
    legacy: bool = False
    title: str = ""
    asker: Blog | None = None
    is_ask: bool = False
    is_submission: bool = False
    submitter: Blog | None = None
    interactability: str = "everyone"
    slug: str = ""
    source_url: str = ""
    publish_on: datetime | None = None
    due: datetime | None = None
    genesis: int | None = None
    deleted: bool = False
    muted: bool = False
    muted_until: datetime | None = None
    hidden: bool = False
    likes: dict[str, datetime] = field(default_factory=dict, repr=False)
    notes: list[Note] = field(default_factory=list, repr=False)
    watchers: set[str] = field(default_factory=set, repr=False)

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def is_orphan(self) -> bool:
        """Whether it lies in an inbox and whoever sent it has left."""
        return self.state == "submission" and self.submitter is not None and self.submitter.gone

    @property
    def root(self) -> Post:
        """The post that the reblogs of a tree began with; notes are kept there."""
        post = self
        while post.parent is not None:
            post = post.parent
        return post

    @property
    def world(self) -> World:
        return self.blog.world

    @property
    def ask_blocks(self) -> tuple[int, ...]:
        """Which blocks are the question."""
        for layout in self.layout:
            if layout["type"] == "ask":
                return tuple(layout["blocks"])
        return ()

    @property
    def text(self) -> str:
        """What its blog wrote, in words; the question of an ask that has no answer."""
        return self._words(self.state == "submission")

    @property
    def question(self) -> str:
        """The question of an ask, in words."""
        return self._words(True)

    def _words(self, asked: bool) -> str:
        asking = self.ask_blocks
        wanted = [
            block for place, block in enumerate(self.content) if not asking or (place in asking) == asked
        ]
        return "\n\n".join(block["text"] for block in wanted if block["type"] == "text")

    @property
    def is_muted(self) -> bool:
        return self.muted and (self.muted_until is None or self.muted_until > self.world.now())

    @property
    def url(self) -> str:
        ending = f"/{self.slug}" if self.slug else ""
        return f"{self.blog.url}post/{self.id}{ending}"

    def __repr__(self) -> str:
        return f"<Post {self.id} {self.blog.name}>"


@dataclass(slots=True, eq=False)
class Note:
    """A reply, a like or a reblog, as the notes of a post tell it. ``target`` is the post that it was done to,
    ``post`` the reblog."""

    kind: Literal["reply", "like", "reblog"]
    at: datetime
    shown_from: datetime
    blog: Blog
    target: Post
    post: Post | None = None
    text: str = ""
    formatting: list[Block] = field(default_factory=list)
    answers: Note | None = None
    deleted: bool = False

    @property
    def there(self) -> bool:
        """Whether it can still be seen."""
        gone = self.deleted or self.blog.gone or (self.post is not None and self.post.deleted)
        return not gone and (self.post is None or self.post.state == "published")

    @property
    def comments(self) -> bool:
        """Whether it says something: a reply, or a reblog with words or pictures of its own."""
        return self.kind == "reply" or (self.post is not None and bool(self.post.content))

    def __repr__(self) -> str:
        return f"<Note {self.kind} by {self.blog.name} on {self.target.id}>"


@dataclass(slots=True, eq=False)
class Activity:
    """One item of a blog's activity feed. ``kind`` is the name that filters use."""

    kind: str
    wire: str
    at: datetime
    shown_from: datetime
    by: Blog | None
    target: Post | None = None
    post: Post | None = None
    note: Note | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def there(self) -> bool:
        """Whether what it tells of is still there."""
        if self.by is not None and self.by.gone:
            return False
        if any(post is not None and post.deleted for post in (self.target, self.post)):
            return False
        if self.target is not None and self.target.is_orphan:
            return False
        return self.note is None or self.note.there
