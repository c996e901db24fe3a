"""Users, statuses and notifications: what a test holds in its hands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

from .rendering import Rendered

if TYPE_CHECKING:
    from .world import World

VISIBILITIES = ("public", "unlisted", "private", "direct")

POLICY = {
    "for_not_following": "accept",
    "for_not_followers": "accept",
    "for_new_accounts": "accept",
    "for_private_mentions": "filter",
    "for_limited_accounts": "filter",
    "for_bots": "accept",
}
"""What a new account's filter of notifications lets pass, on Mastodon 4.6."""


class StateError(ValueError):
    """Something that the server would not let a person do."""


class About(TypedDict, total=False):
    """What a user may be given. ``limited``: the server's moderators limit them; ``indexable``: their posts may be
    found by those who never dealt with them."""

    display_name: str
    note: str
    followers: int
    following: int
    locked: bool
    bot: bool
    limited: bool
    indexable: bool
    created_at: datetime


class Options(TypedDict, total=False):
    """What a status may have beside its text. ``names_author`` False leaves out the name that apps put before a
    reply."""

    visibility: str
    reply_to: Status | None
    quote: Status | None
    spoiler_text: str
    sensitive: bool
    language: str | None
    media: tuple[Media, ...]
    at: datetime
    names_author: bool


@dataclass(slots=True, eq=False)
class Media:
    """A file that was uploaded; ``ready_at`` is when the server is done with it."""

    number: int
    owner: User
    kind: str
    media_type: str
    size: int
    ready_at: datetime
    digest: str = ""
    description: str | None = None
    url: str = ""
    attached: bool = False


@dataclass(slots=True, eq=False)
class User:
    """Someone on this server or another one; the methods are what that person does in an app."""

    world: World = field(repr=False)
    number: int
    username: str
    host: str | None
    created_at: datetime
    display_name: str = ""
    note: str = ""
    followers: int = 0
    following: int = 0
    locked: bool = False
    bot: bool = False
    limited: bool = False
    indexable: bool = True
    follows: set[int] = field(default_factory=set, repr=False)
    blocks: set[int] = field(default_factory=set, repr=False)
    mutes: set[int] = field(default_factory=set, repr=False)
    policy: dict[str, str] = field(default_factory=lambda: dict(POLICY), repr=False)
    statuses: list[int] = field(default_factory=list, repr=False)
    notifications: list[Notification] = field(default_factory=list, repr=False)

    @property
    def id(self) -> str:
        return self.world.name(self.number)

    @property
    def acct(self) -> str:
        """The name by which this server knows them."""
        return self.username if self.host is None else f"{self.username}@{self.host}"

    @property
    def url(self) -> str:
        return f"https://{self.host or self.world.host}/@{self.username}"

    @property
    def uri(self) -> str:
        return f"https://{self.host or self.world.host}/users/{self.username}"

    def post(self, text: str, **options: Unpack[Options]) -> Status:
        """Write a status."""
        return self.world.publish(self, text, **options)

    def reply(self, status: Status, text: str, **options: Unpack[Options]) -> Status:
        """Answer a status, as widely as it was written; the author is named first, as apps do it."""
        options.setdefault("visibility", status.visibility)
        options["reply_to"] = status
        if (
            options.pop("names_author", True)
            and f"@{status.author.acct}" not in text
            and status.author is not self
        ):
            text = f"@{status.author.acct} {text}"
        return self.world.publish(self, text, **options)

    def message(self, to: User, text: str, **options: Unpack[Options]) -> Status:
        """Write a status that only they and this person see."""
        options["visibility"] = "direct"
        return self.world.publish(self, text if f"@{to.acct}" in text else f"@{to.acct} {text}", **options)

    def quote(self, status: Status, text: str, **options: Unpack[Options]) -> Status:
        """Quote a status."""
        options["quote"] = status
        return self.world.publish(self, text, **options)

    def boost(self, status: Status) -> Status:
        """Pass a status on. Raises StateError where it is not for everyone."""
        return self.world.boost(self, status)

    def edit(self, status: Status, text: str, *, spoiler_text: str | None = None) -> Status:
        """Give an own status a new text. Raises StateError on someone else's."""
        return self.world.edit(self, status, text, spoiler_text)

    def delete(self, status: Status) -> None:
        """Take an own status away. Raises StateError on someone else's."""
        if status.author is not self:
            raise StateError("only the author can delete a status")
        self.world.delete(status)

    def favourite(self, status: Status) -> None:
        self.world.favourite(self, status)

    def follow(self, other: User) -> None:
        self.world.follow(self, other)

    def block(self, other: User) -> None:
        """See and be seen by them no more, also in following."""
        self.blocks.add(other.number)
        self.follows.discard(other.number)
        other.follows.discard(self.number)

    def sees(self, status: Status) -> bool:
        """Whether the server shows them a status."""
        author = status.author
        if status.deleted or self.number in author.blocks:
            return False
        if author is self or status.visibility in ("public", "unlisted"):
            return True
        if self in status.mentions:
            return True
        return status.visibility == "private" and author.number in self.follows

    def __repr__(self) -> str:
        return f"<User @{self.acct} {self.id}>"


@dataclass(frozen=True, slots=True)
class Version:
    """A status as it stood since ``at``."""

    at: datetime
    text: str
    spoiler_text: str
    rendered: Rendered


@dataclass(slots=True, eq=False)
class Status:
    """A status with all of its versions, the latest last. ``boost_of`` is what is passed on."""

    author: User
    number: int
    visibility: str
    created_at: datetime
    shown_from: datetime
    versions: list[Version]
    reply_to: Status | None = None
    quotes: Status | None = None
    boost_of: Status | None = None
    language: str | None = "en"
    sensitive: bool = False
    media: tuple[Media, ...] = ()
    deleted: bool = False
    replies: int = 0
    favourites: set[int] = field(default_factory=set, repr=False)
    boosts: dict[int, Status] = field(default_factory=dict, repr=False)
    quoted_by: set[int] = field(default_factory=set, repr=False)

    @property
    def id(self) -> str:
        return self.author.world.name(self.number)

    @property
    def text(self) -> str:
        """What its author wrote, in the latest version."""
        return self.versions[-1].text

    @property
    def spoiler_text(self) -> str:
        return self.versions[-1].spoiler_text

    @property
    def mentions(self) -> tuple[User, ...]:
        """The people whom it names."""
        return tuple(user for user in self.versions[-1].rendered.mentions if isinstance(user, User))

    @property
    def tags(self) -> tuple[str, ...]:
        return self.versions[-1].rendered.tags

    @property
    def edited_at(self) -> datetime | None:
        return self.versions[-1].at if len(self.versions) > 1 else None

    @property
    def root(self) -> Status:
        """The status that began the thread."""
        return self if self.reply_to is None else self.reply_to.root

    @property
    def uri(self) -> str:
        return f"{self.author.uri}/statuses/{self.number}"

    @property
    def url(self) -> str:
        return f"{self.author.url}/{self.number}"

    def __repr__(self) -> str:
        return f"<Status {self.id} @{self.author.acct} {self.visibility}>"


@dataclass(slots=True, eq=False)
class Notification:
    """Something that one person is told of another. ``filtered``: it is kept apart until they let it pass."""

    number: int
    kind: str
    by: User
    status: Status | None
    created_at: datetime
    filtered: bool = False
