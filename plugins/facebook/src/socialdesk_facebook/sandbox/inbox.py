"""Messenger: conversations between people and Pages.

https://developers.facebook.com/docs/messenger-platform
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from .stamps import EPOCH, millis
from .state import Actor, Page, Person, StateError
from .written import Photo

if TYPE_CHECKING:
    from .world import World

INBOX_APP = "263902037430900"
WINDOW = timedelta(hours=24)
READABLE = 20
EDITS_AT_MOST = 5


class MessageOptions(TypedDict, total=False):
    """What a message may have beside its text. ``attachments`` are in the words of the Send API; ``app`` is the id of
    the app that said it for the Page."""

    at: datetime
    photo: Photo | None
    attachments: tuple[Mapping[str, Any], ...]
    reply_to: Message | None
    metadata: str
    app: str
    page: Page | None
    unsupported: bool


@dataclass(slots=True, eq=False)
class Message:
    """One message. ``unsupported`` is one that the API cannot show."""

    conversation: Conversation = field(repr=False)
    number: int
    sender: Actor
    text: str
    created_at: datetime
    shown_from: datetime
    attachments: tuple[Mapping[str, Any], ...] = ()
    reply_to: Message | None = None
    metadata: str = ""
    app: str = ""
    reactions: dict[str, str] = field(default_factory=dict)
    edits: int = 0
    deleted: bool = False
    unsupported: bool = False

    @property
    def id(self) -> str:
        digest = hashlib.sha512(f"message {self.number}".encode()).digest()
        return "m_" + base64.urlsafe_b64encode(digest[:63]).decode()

    @property
    def key(self) -> tuple[int, int]:
        return millis(self.created_at), self.number

    @property
    def page(self) -> Page:
        return self.conversation.page

    @property
    def recipient(self) -> Actor:
        there = self.conversation
        return there.person if self.sender is there.page else there.page

    @property
    def readable(self) -> bool:
        """Whether the API tells what it says: the newest ones only."""
        return self in self.conversation.there[-READABLE:]

    def __repr__(self) -> str:
        return f"<Message {self.number} {self.sender.handle}>"


@dataclass(slots=True, eq=False)
class Conversation:
    """What a person and a Page wrote to each other. ``opened_at`` is when the person last did something that opens the
    window for answers; ``owner`` the app that has the thread, empty where none has it alone."""

    world: World = field(repr=False)
    number: int
    person: Person
    page: Page
    messages: list[Message] = field(default_factory=list, repr=False)
    opened_at: datetime | None = None
    read_at: datetime | None = None
    page_read_at: datetime | None = None
    folder: str = "inbox"
    owner: str = ""
    owner_until: datetime | None = None
    blocked: bool = False
    refused: bool = False
    ad: bool = False

    @property
    def id(self) -> str:
        return f"t_{self.number}"

    @property
    def there(self) -> list[Message]:
        """The messages that are still there, oldest first."""
        return [message for message in self.messages if not message.deleted]

    @property
    def shown(self) -> list[Message]:
        """The messages that listings know of by now, taken back or not, oldest first."""
        now = self.world.now()
        return [message for message in self.messages if message.shown_from <= now]

    @property
    def last(self) -> Message:
        """The latest message that listings know of, best one that is still there."""
        return next((one for one in reversed(self.shown) if not one.deleted), self.shown[-1])

    @property
    def updated_at(self) -> datetime:
        shown = self.shown
        return shown[-1].created_at if shown else EPOCH

    @property
    def key(self) -> tuple[int, int]:
        return millis(self.updated_at), self.number

    @property
    def unread(self) -> int:
        since = self.page_read_at
        theirs = [one for one in self.there if one.sender is self.person]
        return sum(since is None or one.created_at > since for one in theirs)

    def open_for(self, span: timedelta = WINDOW) -> bool:
        """Whether the person did something so lately that the Page may write."""
        return self.opened_at is not None and self.world.now() - self.opened_at <= span


class Inbox:
    """All conversations. ``inbox_app`` is the app that Facebook's own inbox writes as."""

    inbox_app = INBOX_APP

    def __init__(self, world: World) -> None:
        self.world = world
        self.conversations: dict[tuple[str, str], Conversation] = {}
        self.by_id: dict[str, Conversation | Message] = {}
        self.routing = False

    def find(self, name: str) -> Conversation | Message | None:
        return self.by_id.get(name)

    def known(self, person: Actor, page: Page) -> Conversation | None:
        return self.conversations.get((person.id, page.id))

    def with_(self, person: Person, page: Page) -> Conversation:
        """The conversation of the two, made on first use."""
        found = self.known(person, page)
        if found is None:
            found = Conversation(self.world, self.world.mint(), person, page)
            self.conversations[person.id, page.id] = found
            self.by_id[found.id] = found
        return found

    def of(self, page: Page) -> list[Conversation]:
        """A Page's conversations in which something was said, in the order in which that was."""
        found = [one for one in self.conversations.values() if one.page is page and one.shown]
        return sorted(found, key=lambda one: one.key)

    def say(self, sender: Actor, to: Actor, text: str, **options: Unpack[MessageOptions]) -> Message:
        """A new message with all that follows from it. Raises StateError where it is not taken."""
        person, page = (to, sender) if isinstance(sender, Page) else (sender, to)
        if not isinstance(person, Person) or not isinstance(page, Page):
            raise StateError("messages go between a person and a Page")
        there = self.with_(person, page)
        if there.refused or there.blocked:
            raise StateError("one of the two takes no messages from the other")
        photo, attachments = options.get("photo"), options.get("attachments", ())
        if photo is not None:
            attachments = ({"type": "image", "payload": {"url": photo.src}},)
        at, number = options.get("at") or self.world.now(), self.world.mint()
        shown = at + timedelta(seconds=self.world.delay())
        made = Message(there, number, sender, text, at, shown, tuple(attachments), options.get("reply_to"))
        made.metadata, made.app = options.get("metadata", ""), options.get("app", "")
        made.unsupported = options.get("unsupported", False)
        there.messages.append(made)
        there.messages.sort(key=lambda one: one.key)
        self.by_id[made.id] = made
        if sender is person:
            there.opened_at = max(there.opened_at or at, at)
            self.world.happened("message", made, sender)
        else:
            there.page_read_at = at
            if made.app == self.inbox_app and self.routing:
                there.owner = self.inbox_app
            self.world.happened("echo", made, sender)
            self.world.happened("delivery", made, person)
        return made

    def open_by_ad(self, person: Person, page: Page, ad: str) -> None:
        """Somebody clicks on an advertisement that opens the conversation: the Page may write for seven days."""
        there = self.with_(person, page)
        there.opened_at, there.ad = self.world.now(), True
        self.world.happened("referral", (there, ad), person)

    def press(self, person: Person, page: Page, payload: str, title: str) -> None:
        there = self.with_(person, page)
        there.opened_at = self.world.now()
        self.world.happened("postback", (there, payload, title), person)

    def read(self, person: Person, page: Page) -> None:
        there = self.with_(person, page)
        there.read_at = self.world.now()
        self.world.happened("read", there, person)

    def edit(self, actor: Actor, message: Message, text: str) -> None:
        if message.sender is not actor or message.deleted:
            raise StateError("only who said it changes a message, while it is there")
        if message.edits >= EDITS_AT_MOST:
            raise StateError(f"a message is changed {EDITS_AT_MOST} times at most")
        message.text, message.edits = text, message.edits + 1
        self.world.happened("message.edit", message, actor)

    def remove(self, actor: Actor, message: Message) -> None:
        if message.sender is not actor:
            raise StateError("only who said it takes a message away")
        if not message.deleted:
            message.deleted = True
            self.world.happened("message.remove", message, actor)

    def react(self, actor: Actor, message: Message, kind: str) -> None:
        """React to a message; the empty text takes a reaction back."""
        if not kind and actor.id not in message.reactions:
            return
        if kind:
            message.reactions[actor.id] = kind
        else:
            del message.reactions[actor.id]
        if actor is message.conversation.person:
            message.conversation.opened_at = self.world.now()
            self.world.happened("message.react" if kind else "message.unreact", message, actor)


def message_json(message: Message) -> dict[str, Any]:
    """A message in JSON's terms, as the control surface tells it."""
    return {
        "id": message.id,
        "by": message.sender.handle,
        "text": message.text,
        "at": message.created_at.isoformat(),
        "attachments": [dict(one) for one in message.attachments],
        "deleted": message.deleted,
        "metadata": message.metadata,
        "app": message.app,
    }
