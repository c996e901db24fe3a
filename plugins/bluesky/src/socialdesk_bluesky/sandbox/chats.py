"""Direct messages: conversations of two people, and what was said in them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .names import read_moment, told
from .refused import Refused, invalid
from .state import StateError, User
from .validating import check_message
from .views import Views
from .world import World

SERVICE = "did:web:api.bsky.chat#bsky_chat"


@dataclass(slots=True, eq=False)
class Message:
    """One message. ``id`` is its own within its conversation."""

    id: str
    chat: Chat
    sender: User
    text: str
    sent_at: datetime
    facets: list[Any] = field(default_factory=list)
    deleted: bool = False

    @property
    def uri(self) -> str:
        """What names it everywhere: its conversation and its own id."""
        return f"{self.chat.id}/{self.id}"


@dataclass(slots=True, eq=False)
class Chat:
    """A conversation. ``locked`` says that nobody may write in it any more."""

    id: str
    members: tuple[User, ...]
    rev: str
    messages: list[Message] = field(default_factory=list)
    locked: bool = False


class Chats:
    """All conversations. Who takes messages from whom is a user's ``takes_messages``: all, following or none."""

    def __init__(self, world: World, now: Callable[[], datetime]) -> None:
        self.world, self.now = world, now
        self.held: dict[str, Chat] = {}

    def between(self, one: User, other: User) -> Chat:
        """The conversation of two people, made on first use."""
        pair = "+".join(sorted((one.did, other.did)))
        name = base64.b32encode(hashlib.sha256(pair.encode()).digest()).decode().lower()[:13]
        if name not in self.held:
            self.held[name] = Chat(name, (one, other), self.world.new_key())
        return self.held[name]

    def say(self, sender: User, chat: Chat, text: str, facets: list[Any] | None = None) -> Message:
        """Write a message. Raises Refused where the other one takes none, or the conversation is locked."""
        if chat.locked:
            raise invalid("This conversation is locked", "ConvoLocked")
        for other in chat.members:
            self.check(sender, other, chat)
        key = self.world.new_key()
        message = Message(key, chat, sender, text, self.now(), facets or [])
        chat.messages.append(message)
        chat.rev = key
        return message

    def check(self, sender: User, other: User, chat: Chat | None = None) -> None:
        """Raises Refused where somebody may not write to another. Who wrote first takes answers."""
        if other is sender:
            return
        if sender.did in other.blocks:
            raise invalid("recipient has blocked you", "BlockedActor")
        if other.did in sender.blocks:
            raise invalid("you have blocked the recipient", "BlockedSubject")
        wrote = chat is not None and any(message.sender is other for message in chat.messages)
        if wrote or other.takes_messages == "all":
            return
        if other.takes_messages == "none":
            raise invalid("recipient has disabled incoming messages", "MessagesDisabled")
        if sender.did not in other.follows:
            raise invalid(
                "recipient requires incoming messages to come from someone they follow", "NotFollowedBySender"
            )

    def of(self, user: User) -> list[Chat]:
        """Somebody's conversations in which something was said, that of the latest message first."""
        mine = [chat for chat in self.held.values() if user in chat.members and chat.messages]
        return sorted(mine, key=lambda chat: chat.rev, reverse=True)

    def find(self, user: User, name: str) -> Chat:
        """Raises Refused where somebody is in no such conversation."""
        chat = self.held.get(name)
        if chat is None or user not in chat.members:
            raise invalid("Conversation not found", "InvalidConvo")
        return chat

    def message(self, sender: User, to: User, text: str) -> Message:
        """As :meth:`say`, for a person. Raises StateError where their app would not let them."""
        try:
            return self.say(sender, self.between(sender, to), text)
        except Refused as refusal:
            raise StateError(refusal.message) from None


# --------------------------------------------------------------------------------------------------------- the wire


def chat_json(views: Views, chat: Chat) -> dict[str, Any]:
    """chat.bsky.convo.defs#convoView"""
    view: dict[str, Any] = {
        "id": chat.id,
        "rev": chat.rev,
        "members": [_member(views, member) for member in chat.members],
        "muted": False,
        "unreadCount": 0,
        "status": "accepted",
        "kind": {"$type": "chat.bsky.convo.defs#directConvo"},
    }
    return view | ({"lastMessage": message_json(chat.messages[-1])} if chat.messages else {})


def message_json(message: Message) -> dict[str, Any]:
    """chat.bsky.convo.defs#messageView, or #deletedMessageView"""
    view: dict[str, Any] = {
        "$type": "chat.bsky.convo.defs#deletedMessageView",
        "id": message.id,
        "rev": message.id,
        "sender": {"did": message.sender.did},
        "sentAt": told(message.sent_at),
    }
    if message.deleted:
        return view
    facets = {"facets": message.facets} if message.facets else {}
    return {**view, "$type": "chat.bsky.convo.defs#messageView", "text": message.text, **facets}


def _member(views: Views, user: User) -> dict[str, Any]:
    basic = views.basic(user)
    kept = ("did", "handle", "displayName", "labels", "viewer", "createdAt")
    return {name: basic[name] for name in kept if name in basic} | {"chatDisabled": False}


def page_of(chat: Chat, limit: int, cursor: str | None) -> tuple[list[Message], str | None]:
    """The latest messages before a cursor, newest first, and the cursor of what is before them."""
    if cursor is not None and read_moment(cursor.partition("::")[0]) is None:
        raise invalid("Malformed cursor")
    found = [one for one in reversed(chat.messages) if cursor is None or _place(one) < cursor]
    page = found[:limit]
    return page, _place(page[-1]) if len(found) > limit else None


def _place(message: Message) -> str:
    return f"{told(message.sent_at)}::{message.id}"


def check(message: Any) -> tuple[str, list[Any]]:
    """The text and facets of a message that somebody wants to send. Raises Refused where it does not fit."""
    check_message(message)
    return message["text"], message.get("facets", [])
