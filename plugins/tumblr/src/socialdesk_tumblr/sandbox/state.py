"""Blogs and who owns them: what a test holds in its hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from .items import Activity, Note, Post, State

if TYPE_CHECKING:
    from .world import World

REPLY_LENGTH = 475


class StateError(ValueError):
    """Something that the platform's own app would not let a person do."""


class BlogOptions(TypedDict, total=False):
    """What a blog may be given."""

    title: str
    description: str
    asks: bool
    anonymous_asks: bool
    adult: bool
    shadow_banned: bool
    host: str


class PostOptions(TypedDict, total=False):
    """What a post may have beside its text. ``mentions`` are the blogs whose names in the text are mentions (all that
    are there, where it is not given); ``blocks`` is NPF content instead of a text; ``interactability`` is everyone or
    noone; ``legacy`` posts are HTML; ``hide_trail`` is for reblogs."""

    tags: Sequence[str]
    mentions: Sequence[Blog]
    blocks: Sequence[Mapping[str, Any]]
    layout: Sequence[Mapping[str, Any]]
    state: State
    at: datetime
    interactability: str
    legacy: bool
    title: str
    hide_trail: bool
    slug: str
    source_url: str
    publish_on: datetime | None
    exclude: Sequence[int]


@dataclass(slots=True, eq=False)
class Person:
    """Who owns blogs: limits and likes are a person's, and the first blog is the primary one."""

    number: int
    blogs: list[Blog] = field(default_factory=list, repr=False)

    @property
    def primary(self) -> Blog:
        return self.blogs[0]


@dataclass(slots=True, eq=False)
class Blog:
    """A blog; the methods are what its owner does in Tumblr's own app.

    ``shadow_banned`` blogs' posts are not found by tag, and their asks are announced but never listed.
    """

    world: World = field(repr=False)
    uuid: str
    name: str
    owner: Person = field(repr=False)
    created_at: datetime
    title: str = "Untitled"
    description: str = ""
    asks: bool = True
    anonymous_asks: bool = True
    adult: bool = False
    shadow_banned: bool = False
    gone: bool = False
    host: str = ""
    blocks: dict[str, datetime] = field(default_factory=dict, repr=False)
    senders_blocked: set[int] = field(default_factory=set, repr=False)
    followers: dict[str, datetime] = field(default_factory=dict, repr=False)
    posts: list[int] = field(default_factory=list, repr=False)
    activity: list[Activity] = field(default_factory=list, repr=False)
    read_at: datetime | None = None

    @property
    def url(self) -> str:
        return f"https://{self.hostname}/"

    @property
    def hostname(self) -> str:
        return self.host or f"{self.name}.tumblr.com"

    @property
    def avatar_shape(self) -> str:
        return "circle" if sum(self.uuid.encode()) % 2 else "square"

    def post(self, text: str, **options: Unpack[PostOptions]) -> Post:
        """Write a post. An empty line begins another block; ``@name`` mentions a blog that is there."""
        return self.world.writing.post(self, text, options)

    def reblog(self, post: Post, text: str | None = None, **options: Unpack[PostOptions]) -> Post:
        """Put someone's post on this blog, with words of one's own or without. Raises StateError where that is not
        allowed."""
        return self.world.writing.reblog(self, post, text or "", options)

    def reply(self, post: Post, text: str, *, to: Note | None = None, at: datetime | None = None) -> Note:
        """Answer under a post (the speech bubble), or answer a reply there. Raises StateError on more than 475
        characters and where the post's blog has blocked this one."""
        return self.world.writing.reply(self, post, text, to=to, at=at)

    def ask(
        self,
        blog: Blog,
        text: str,
        *,
        anonymous: bool = False,
        blocks: Sequence[Mapping[str, Any]] | None = None,
        at: datetime | None = None,
    ) -> Post:
        """Put a question into a blog's inbox. Raises StateError where it takes none."""
        content = [dict(block) for block in blocks or self.world.writing.blocks(text, ())]
        return self.world.inbox.ask(self, blog, content, anonymous=anonymous, at=at)

    def submit(self, blog: Blog, text: str, *, tags: Sequence[str] = (), at: datetime | None = None) -> Post:
        """Put a post into a blog's inbox, for it to publish."""
        return self.world.inbox.submit(self, blog, text, tags=tags, at=at)

    def answer(self, ask: Post, text: str, *, private: bool = False, tags: Sequence[str] = ()) -> Post:
        """Answer a question of one's own inbox."""
        return self.world.inbox.answer(ask, self.world.writing.blocks(text, None), private=private, tags=tags)

    def like(self, post: Post, *, at: datetime | None = None) -> None:
        """Like a post, once. Raises StateError where its blog has blocked this one."""
        self.world.writing.like(self, post, at)

    def unlike(self, post: Post) -> None:
        self.world.writing.unlike(self, post)

    def follow(self, other: Blog, *, at: datetime | None = None) -> None:
        self.world.writing.follow(self, other, at)

    def unfollow(self, other: Blog) -> None:
        other.followers.pop(self.uuid, None)

    def delete(self, what: Post | Note) -> None:
        """Take away an own post or reply, or a reply under an own post. Raises StateError on anything else."""
        self.world.writing.delete(self, what)

    def edit(self, post: Post, text: str, *, tags: Sequence[str] | None = None) -> Post:
        """Give an own post another text; its id stays. Reblogs keep what they took. Raises StateError on someone
        else's."""
        return self.world.writing.edit(self, post, text, tags)

    def rename(self, name: str) -> None:
        """Take another name; the UUID stays, and the old name leads nowhere. Raises StateError on a name that is
        taken or not possible."""
        self.world.rename(self, name)

    def block(self, other: Blog) -> None:
        """Keep another blog from asking, replying, reblogging and being heard of."""
        self.blocks[other.uuid] = self.world.now()
        other.followers.pop(self.uuid, None)
        self.followers.pop(other.uuid, None)

    def unblock(self, other: Blog) -> None:
        self.blocks.pop(other.uuid, None)

    def shadow_ban(self, banned: bool = True) -> None:
        """Have the platform hide this blog from tags and inboxes, without telling it."""
        self.shadow_banned = banned

    def watch(self, post: Post) -> None:
        """Be told of replies and commented reblogs of someone's post."""
        post.root.watchers.add(self.uuid)

    def side_blog(self, name: str, **options: Unpack[BlogOptions]) -> Blog:
        """A further blog of the same person."""
        return self.world.blog(name, options, owner=self.owner)

    def deactivate(self) -> None:
        """Leave the platform: posts, replies and likes are gone, and others' trails tell no more than the name."""
        self.gone = True
        self.world.names.pop(self.name, None)

    def __repr__(self) -> str:
        return f"<Blog {self.name} {self.uuid}>"
