"""What can be asked of conversations and messages.

https://developers.facebook.com/docs/messenger-platform/conversations. Facebook publishes no list of a message's
fields; these are those of its pages and of answers that were seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .asking import Field
from .attachments import Hanging, sent_attachments
from .given import Given
from .inbox import WINDOW, Conversation, Message
from .paging import Listing
from .problems import Refused
from .stamps import stamp
from .state import Actor, Page
from .telling import KINDS, Edge, Kind, View, pick, tell

PLATFORMS = ("MESSENGER", "INSTAGRAM")
FOLDERS = ("inbox", "other", "page_done", "pending", "spam")
SOURCES = ("ALL", "PARTICIPANTS")
HANGING = frozenset("id mime_type name size image_data video_data file_url".split())

THREAD_SILENT = frozenset("former_participants is_owner linked_group name wallpaper".split())
MESSAGE_SILENT = frozenset("sticker story".split())


def address(actor: Actor) -> dict[str, str]:
    """Somebody in a conversation."""
    return {"name": actor.name, "email": f"{actor.id}@facebook.com", "id": actor.id}


def _people(view: View, there: Conversation) -> dict[str, Any]:
    return {"data": [address(there.person), address(there.page)]}


Tells = Mapping[str, Callable[[View, Any], Any]]

_THREAD: Tells = {
    "can_reply": lambda view, there: there.open_for(WINDOW) and not there.refused and not there.blocked,
    "folder": lambda view, there: there.folder,
    "id": lambda view, there: there.id,
    "is_subscribed": lambda view, there: True,
    "link": lambda view, there: f"/{there.page.id}/inbox/{there.number}/",
    "message_count": lambda view, there: len(there.there),
    "participants": _people,
    "scoped_thread_key": lambda view, there: there.id,
    "senders": _people,
    "snippet": lambda view, there: there.last.text[:100],
    "unread_count": lambda view, there: there.unread,
    "updated_time": lambda view, there: stamp(there.updated_at),
}


def _tags(view: View, message: Message) -> dict[str, Any]:
    theirs = message.sender is not message.page
    names = ("inbox", "source:mobile") if theirs else ("inbox", "read", "sent", "source:chat")
    return {"data": [{"name": name} for name in names]}


def _reply_to(view: View, message: Message) -> dict[str, Any] | None:
    if message.reply_to is None:
        return None
    return {"mid": message.reply_to.id, "is_self_reply": message.reply_to.sender is message.sender}


def _reactions(view: View, message: Message) -> dict[str, Any] | None:
    actors = view.sandbox.world.actors
    told = [
        {"reaction": kind, "users": [{"id": who, "name": actors[who].name}]}
        for who, kind in message.reactions.items()
    ]
    return {"data": told} if told else None


def _shares(view: View, message: Message) -> dict[str, Any] | None:
    """Links that Messenger showed a preview of."""
    found = [one for one in message.attachments if one["type"] == "fallback"]
    told = [{"link": one.get("url"), "name": one.get("title")} for one in found]
    return {"data": told} if told else None


_MESSAGE: Tells = {
    "created_time": lambda view, message: stamp(message.created_at),
    "from": lambda view, message: address(message.sender),
    "id": lambda view, message: message.id,
    "is_unsupported": lambda view, message: True if message.unsupported else None,
    "message": lambda view, message: message.text,
    "reactions": _reactions,
    "reply_to": _reply_to,
    "shares": _shares,
    "tags": _tags,
    "thread_id": lambda view, message: message.conversation.id,
    "to": lambda view, message: {"data": [address(message.recipient)]},
}
_OF_OLD = frozenset(("id", "created_time"))


def conversations(view: View, page: Page, params: Mapping[str, str]) -> Listing:
    """A Page's conversations, the one last written in first."""
    given, inbox = Given(dict(params)), view.sandbox.world.inbox
    if given.choice("platform", PLATFORMS, "MESSENGER") == "INSTAGRAM":
        return Listing([])  # no account of Instagram is connected with the Page
    folder, person = given.choice("folder", FOLDERS, ""), given.text("user_id")
    low = _millis(given, "updated_after_ms")
    high = _millis(given, "updated_before_ms")

    def fits(there: Conversation) -> bool:
        if folder and there.folder != folder:
            return False
        if not folder and there.folder == "spam":
            return False
        return person is None or there.person.id == person

    return Listing(inbox.of(page), True, fits, low, high)


def _millis(given: Given, name: str) -> tuple[int, int] | None:
    said = given.text(name)
    if said is None:
        return None
    if not said.isdigit():
        raise Refused.param(f"Param {name} must be an integer")
    return int(said) + (name == "updated_after_ms"), 0


def messages(view: View, there: Conversation, params: Mapping[str, str]) -> Listing:
    """A conversation's messages, newest first."""
    Given(dict(params)).choice("source", SOURCES, "ALL")  # both are the same: there are no others in it
    now = view.sandbox.clock.now()
    return Listing(there.messages, True, lambda one: not one.deleted and one.shown_from <= now)


def tell_message(view: View, message: Message, asked: Sequence[Field]) -> Any:
    """A message in a list: of those beyond the newest twenty only that they are there."""
    if message.readable:
        return tell(view, message, asked)
    return tell(view, message, tuple(one for one in asked if one.name in _OF_OLD))


def _hanging(view: View, message: Message, params: Mapping[str, str]) -> Listing:
    told = sent_attachments(message)
    return Listing([Hanging((0, place), one) for place, one in enumerate(told)], newest_first=False)


def _tell_hanging(view: View, one: Hanging, asked: Sequence[Field]) -> Any:
    return pick(one.told, asked, HANGING)


READS = ("pages_messaging",)
CONVERSATIONS = Edge(
    conversations,
    ("id", "link", "updated_time"),
    frozenset("folder platform updated_after_ms updated_before_ms user_id".split()),
    READS,
    own=True,
)
THREAD = Kind(
    "UnifiedThread",
    _THREAD,
    ("link", "updated_time"),
    {"messages": Edge(messages, ("id", "created_time"), frozenset(("source",)), READS, True, tell_message)},
    THREAD_SILENT,
    {name: frozenset(("name", "email", "id")) for name in ("participants", "senders")},
)
MESSAGE = Kind(
    "UnifiedMessage",
    _MESSAGE,
    ("created_time",),
    {"attachments": Edge(_hanging, tuple(sorted(HANGING)), frozenset(), READS, True, _tell_hanging)},
    MESSAGE_SILENT,
    {name: frozenset(("name", "email", "id")) for name in ("from", "to")},
)

KINDS.add(Conversation, THREAD)
KINDS.add(Message, MESSAGE)
