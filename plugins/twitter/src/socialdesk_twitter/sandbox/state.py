"""Users and posts: what a test holds in its hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from .text import LEADING, LONG_KEEPS, REPOST_LENGTH, Link, Rendered, render, words

if TYPE_CHECKING:
    from .directs import Conversation, Direct, DirectOptions
    from .world import World

SHORT_TEXT = 280


class StateError(ValueError):
    """Something that the platform's own app would not let a person do."""


class Profile(TypedDict, total=False):
    """What a user may be given. ``premium`` allows long posts and edits, ``dms_open`` lets everyone write messages to
    them, ``created_at`` is aware."""

    name: str
    description: str
    followers: int
    following: int
    protected: bool
    verified: bool
    premium: bool
    dms_open: bool
    location: str
    created_at: datetime


class PostOptions(TypedDict, total=False):
    """What a post may have beside its text. ``reply_settings``: following, mentionedUsers, subscribers,
    verified. ``exclude`` holds the ids of users that X shall not put before a reply."""

    reply_to: Post | None
    quote: Post | None
    lang: str
    at: datetime
    media: tuple[Media, ...]
    reply_settings: str
    exclude: frozenset[str]
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or film that is attached to a post or message; sizes in pixels. ``variants`` are the files of a film,
    ``content`` the bytes of a small picture."""

    key: str
    kind: str = "photo"
    url: str = ""
    alt_text: str | None = None
    width: int = 1200
    height: int = 800
    duration_ms: int | None = None
    variants: tuple[Mapping[str, Any], ...] = ()
    content: bytes | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class User:
    """Someone on the platform; the methods are what that person does in X's own app."""

    world: World = field(repr=False)
    id: str
    handle: str
    created_at: datetime
    name: str = ""
    description: str = ""
    location: str = ""
    followers: int = 0
    following: int = 0
    protected: bool = False
    verified: bool = False
    premium: bool = False
    dms_open: bool = False
    dm_blocks: set[str] = field(default_factory=set, repr=False)
    blocks: set[str] = field(default_factory=set, repr=False)
    follows: set[str] = field(default_factory=set, repr=False)
    posts: list[int] = field(default_factory=list, repr=False)
    mentions: list[int] = field(default_factory=list, repr=False)
    listed: int = 0

    def post(self, text: str, **options: Unpack[PostOptions]) -> Post:
        """Write a post."""
        return self.world.publish(self, text, **options)

    def reply(self, post: Post, text: str, **options: Unpack[PostOptions]) -> Post:
        """Answer a post; the handles that X puts before a reply are put before the text."""
        options["reply_to"] = post
        return self.world.publish(self, text, **options)

    def quote(self, post: Post, text: str, **options: Unpack[PostOptions]) -> Post:
        """Quote a post."""
        options["quote"] = post
        return self.world.publish(self, text, **options)

    def repost(self, post: Post, *, at: datetime | None = None) -> Post:
        """Pass a post on. Raises StateError where it was already, or its author is protected."""
        return self.world.repost(self, post, at=at)

    def edit(self, post: Post, text: str) -> Post:
        """Give an own post a new text: a new version with a new id. Raises StateError once 30 minutes have passed,
        after 5 edits, on someone else's post and on a reply to someone else."""
        return self.world.edit(self, post, text)

    def delete(self, post: Post) -> None:
        """Take an own post away, with all its versions. Raises StateError on someone else's."""
        if post.author is not self:
            raise StateError("only the author can delete a post")
        self.world.delete(post)

    def like(self, post: Post) -> None:
        if self.id not in post.original.likes:
            post.original.likes.add(self.id)
            self.world.happened("like.create", post, self)

    def unlike(self, post: Post) -> None:
        post.original.likes.discard(self.id)

    def block(self, other: User) -> None:
        self.blocks.add(other.id)
        other.follows.discard(self.id)
        self.world.happened("block.block", other, self)

    def unblock(self, other: User) -> None:
        self.blocks.discard(other.id)
        self.world.happened("block.unblock", other, self)

    def follow(self, other: User) -> None:
        self.follows.add(other.id)

    def message(self, to: User | Conversation, text: str, **options: Unpack[DirectOptions]) -> Direct:
        """Write a direct message to a person or into a conversation. Raises StateError where that person does not
        take messages from this one, and on more than 10,000 characters."""
        return self.world.directs.say(self, to, text, **options)

    def __repr__(self) -> str:
        return f"<User @{self.handle} {self.id}>"


@dataclass(slots=True, eq=False)
class Post:
    """One version of a post. ``written`` is the text as its author wrote it, ``history`` all versions' numbers."""

    author: User
    number: int
    written: str
    created_at: datetime
    shown_from: datetime
    history: list[int]
    root: int
    reply_to: int | None = None
    quotes: int | None = None
    reposts: int | None = None
    prefix: str = ""
    lang: str = "en"
    media: tuple[Media, ...] = ()
    reply_settings: str = "everyone"
    deleted: bool = False
    hidden: bool = False
    sensitive: bool = False
    withheld: tuple[str, ...] = ()
    copyright: bool = False
    likes: set[str] = field(default_factory=set)
    _short: Rendered | None = None
    _long: Rendered | None = None
    _words: tuple[str, ...] | None = None

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def world(self) -> World:
        return self.author.world

    @property
    def text(self) -> str:
        """The text as the API tells it: links wrapped, escaped, a long one cut."""
        return self.short.text

    @property
    def original(self) -> Post:
        """The first version."""
        return self.world.posts[self.history[0]]

    @property
    def newest(self) -> Post:
        """The latest version."""
        return self.world.posts[self.history[-1]]

    @property
    def source(self) -> str:
        """The whole text with the handles that X put before it."""
        return self.prefix + self.written

    @property
    def is_long(self) -> bool:
        return self.reposts is None and length_of(self.written) > SHORT_TEXT

    @property
    def full(self) -> Rendered:
        """The whole text, however long."""
        if self._long is None:
            self._long = self._render(self.source)
        return self._long

    @property
    def short(self) -> Rendered:
        """The text as it stands in ``text``."""
        if self._short is None:
            self._short = self._shorten()
        return self._short

    @property
    def words(self) -> tuple[str, ...]:
        """What keyword search looks at."""
        if self._words is None:
            self._words = words(self.full.plain)
        return self._words

    def forget(self) -> None:
        """Drop what was worked out from the text."""
        self._short = self._long = self._words = None

    def _render(self, source: str, extra: tuple[Link, ...] = ()) -> Rendered:
        links = [*extra]
        if self.quotes is not None:
            quoted = self.world.posts[self.quotes]
            address = f"x.com/{quoted.author.handle}/status/{quoted.id}"
            links.append(Link(f"https://{address}", address[:26] + "…"))
        for index, media in enumerate(self.media[:1], 1):
            kind = "photo" if media.kind == "photo" else "video"
            target = f"https://x.com/{self.author.handle}/status/{self.id}/{kind}/{index}"
            links.append(Link(target, "pic.x.com/" + media.key[-10:], media.key))
        known = self.world.known
        rendered = render(source, seed=self.id, known=known, links=tuple(links))
        if self.prefix:
            rendered.shown = (len(self.prefix), max(rendered.shown[1], len(self.prefix)))
        elif self.reply_to is not None:
            leading = LEADING.match(rendered.text)
            start = leading.end() if leading else 0
            while rendered.text[start : start + 1].isspace():
                start += 1
            rendered.shown = (min(start, rendered.shown[1]), rendered.shown[1])
        return rendered

    def _shorten(self) -> Rendered:
        if self.withheld:
            return Rendered("", {})
        if self.reposts is not None:
            passed_on = self.world.posts[self.reposts]
            source = f"RT @{passed_on.author.handle}: {passed_on.source}"
            cut = source if len(source) <= REPOST_LENGTH else source[: REPOST_LENGTH - 1] + "…"
            return render(cut, seed=self.id, known=self.world.known)
        if not self.is_long:
            return self.full
        whole = Link(f"https://x.com/i/web/status/{self.id}", f"x.com/i/web/status/{self.id}"[:26] + "…")
        return self._render(self.source[:LONG_KEEPS] + "…", (whole,))

    def __repr__(self) -> str:
        return f"<Post {self.id} @{self.author.handle}>"


def length_of(text: str) -> int:
    """How long X takes a text to be. Lengths are counted in one place, the plugin's own counter."""
    if len(text) <= SHORT_TEXT // 2:
        return len(text)  # no code point weighs more than two: short enough, whatever it holds
    from socialdesk_twitter.length import weighted_length

    return weighted_length(text)
