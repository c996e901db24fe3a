"""Channels, videos and comments: what a test holds in its hands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict, Unpack

if TYPE_CHECKING:
    from .world import World

Status: TypeAlias = Literal["published", "heldForReview", "likelySpam", "rejected"]
STATUSES: tuple[Status, ...] = ("published", "heldForReview", "likelySpam", "rejected")


class StateError(ValueError):
    """Something that the platform's own app would not let a person do."""


class Profile(TypedDict, total=False):
    """What a channel may be given. ``active`` is false for a person who never made their channel."""

    title: str
    description: str
    subscribers: int
    active: bool


class About(TypedDict, total=False):
    """What a video may have beside its title. ``comments``: on, off, or held, where each is reviewed first."""

    description: str
    tags: tuple[str, ...]
    language: str
    privacy: Literal["public", "unlisted", "private"]
    comments: Literal["on", "off", "held"]
    views: int
    likes: int
    at: datetime


class CommentOptions(TypedDict, total=False):
    """What a comment may have beside its text. ``status`` overrides what YouTube would make of it."""

    at: datetime
    status: Status
    picture: str


@dataclass(slots=True, eq=False)
class Channel:
    """A channel, which is also the person who comments with it. It rejects the comments of those whose ids are in
    ``banned``."""

    world: World = field(repr=False)
    id: str
    handle: str
    since: datetime
    title: str
    description: str = ""
    subscribers: int = 0
    active: bool = True
    banned: set[str] = field(default_factory=set, repr=False)
    videos: list[Video] = field(default_factory=list, repr=False)

    def upload(self, title: str, **about: Unpack[About]) -> Video:
        """A new video of this channel."""
        return self.world.upload(self, title, about)

    def comment(self, video: Video, text: str, **options: Unpack[CommentOptions]) -> Comment:
        """A new thread under a video. Raises StateError where comments are turned off."""
        return self.world.comment(self, video, text, None, options)

    def reply(self, to: Comment, text: str, **options: Unpack[CommentOptions]) -> Comment:
        """A reply in a thread; one that answers a reply stands in the same thread, as on YouTube."""
        return self.world.comment(self, to.video, text, to.top, options)

    def edit(self, comment: Comment, text: str) -> Comment:
        """Change a comment of one's own."""
        return self.world.edit(self, comment, text)

    def delete(self, comment: Comment) -> None:
        """Take away a comment of one's own; a thread goes with its top."""
        self.world.delete(self, comment)

    def moderate(self, comment: Comment, status: Status, *, ban: bool = False) -> None:
        """Publish, hold or reject a comment under a video of one's own, as in YouTube Studio."""
        self.world.moderate(self, comment, status, ban)

    def like(self, comment: Comment) -> None:
        comment.likes.add(self.id)


@dataclass(slots=True, eq=False)
class Video:
    """A video, with the threads under it in the order in which they were begun."""

    id: str
    channel: Channel = field(repr=False)
    title: str
    published_at: datetime
    shown_from: datetime
    description: str = ""
    tags: tuple[str, ...] = ()
    language: str | None = None
    privacy: str = "public"
    comments: str = "on"
    views: int = 0
    likes: int = 0
    threads: list[Comment] = field(default_factory=list, repr=False)

    @property
    def commentable(self) -> bool:
        """Whether there are comments at all: private videos have none."""
        return self.comments != "off" and self.privacy != "private"


@dataclass(slots=True, eq=False)
class Comment:
    """A comment; ``parent`` is the top of its thread where it is a reply. A ``closed`` thread takes no replies."""

    id: str
    author: Channel = field(repr=False)
    video: Video = field(repr=False)
    text: str
    published_at: datetime
    updated_at: datetime
    shown_from: datetime
    status: Status = "published"
    parent: Comment | None = field(default=None, repr=False)
    picture: str | None = None
    deleted: bool = False
    closed: bool = False
    likes: set[str] = field(default_factory=set, repr=False)
    replies: list[Comment] = field(default_factory=list, repr=False)

    @property
    def top(self) -> Comment:
        return self if self.parent is None else self.parent

    @property
    def gone(self) -> bool:
        """Whether it was taken away, itself or with its thread."""
        return self.deleted or self.top.deleted

    def thread(self) -> Iterator[Comment]:
        """The whole thread in the order of time, as far as it is there."""
        yield from (each for each in (self.top, *self.top.replies) if not each.gone)
