"""Direct messages: conversations, what was said in them, and who may write to whom.

These are X's older, readable messages; an encrypted one is there, and this part of the API never shows it.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

from .snowflake import to_ms
from .state import Media, Post, StateError, User
from .text import Link, Rendered, render

if TYPE_CHECKING:
    from .world import World

EventKind = Literal["MessageCreate", "ParticipantsJoin", "ParticipantsLeave"]
LONGEST = 10_000
GROUP_SIZE = (2, 49)
"""How many people, beside the one who begins it, a group may begin with."""


class DirectOptions(TypedDict, total=False):
    """What a message may have beside its text. ``shares`` is a post that it passes on; an ``encrypted`` one can be
    read by those in the conversation alone, not through the API."""

    at: datetime
    media: tuple[Media, ...]
    shares: Post | None
    encrypted: bool


def pair(one: str, other: str) -> str:
    """The id of the conversation of two people: the smaller id first."""
    return "-".join(sorted((one, other), key=int))


@dataclass(slots=True, eq=False)
class Conversation:
    """Two people, or a group. ``members`` tells since which number each of them reads along."""

    id: str
    members: dict[str, int] = field(default_factory=dict)
    group: bool = False
    events: list[int] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Conversation {self.id}>"


@dataclass(eq=False)
class Direct:
    """One event of a conversation: something said, or people who join or leave."""

    sender: User
    conversation: Conversation
    number: int
    created_at: datetime
    shown_from: datetime
    kind: EventKind = "MessageCreate"
    written: str = ""
    media: tuple[Media, ...] = ()
    shares: Post | None = None
    participants: tuple[User, ...] = ()
    encrypted: bool = False
    gone_for: set[str] = field(default_factory=set)
    read_by: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def text(self) -> str:
        """The text as the API tells it."""
        return self.rendered.text

    @cached_property
    def rendered(self) -> Rendered:
        links = [
            Link(f"https://twitter.com/messages/media/{self.id}", "pic.x.com/" + media.key[-10:], media.key)
            for media in self.media[:1]
        ]
        if self.shares is not None:
            address = f"x.com/{self.shares.author.handle}/status/{self.shares.id}"
            links.append(Link(f"https://{address}", address[:26] + "…"))
        known = self.sender.world.known
        return render(self.written, seed=self.id, known=known, links=tuple(links))

    def read(self, reader: User) -> None:
        """Someone in the conversation has it on the screen."""
        if reader.id not in self.conversation.members:
            raise StateError("only those in the conversation can read it")
        if reader.id not in self.read_by:
            self.read_by.add(reader.id)
            self.sender.world.happened("dm.read", self, reader)

    def __repr__(self) -> str:
        return f"<Direct {self.id} @{self.sender.handle}>"


class Directs:
    """All conversations."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.conversations: dict[str, Conversation] = {}
        self.events: dict[int, Direct] = {}
        self.inboxes: defaultdict[str, list[int]] = defaultdict(list)

    # ---------------------------------------------------------------------------------------------- who and where

    def between(self, one: User, other: User) -> Conversation:
        """The conversation of two people, made on first use."""
        if one is other:
            raise StateError("a conversation is between two people")
        made = Conversation(pair(one.id, other.id), {one.id: 0, other.id: 0})
        return self.conversations.setdefault(made.id, made)

    def group(self, starter: User, others: Iterable[User], at: datetime | None = None) -> Conversation:
        """A new group with all of these people in it."""
        people = [starter, *(user for user in dict.fromkeys(others) if user is not starter)]
        least, most = GROUP_SIZE
        if not least < len(people) <= most + 1:
            raise StateError(f"a group begins with {least} to {most} people beside the one who begins it")
        if not all(self.may_write(starter, user) for user in people[1:]):
            raise StateError("someone in the group does not take messages from its beginner")
        moment = to_ms(at or self.world.now())
        number = self.world.mint(moment)
        made = Conversation(str(number), {user.id: number for user in people}, group=True)
        self.conversations[made.id] = made
        self._change(starter, made, "ParticipantsJoin", tuple(people))
        return made

    def join(self, conversation: Conversation, user: User) -> Direct:
        """A further person reads along from now on."""
        if not conversation.group or user.id in conversation.members:
            raise StateError("only a group takes further people, each once")
        conversation.members[user.id] = self.world.mint(to_ms(self.world.now()))
        return self._change(user, conversation, "ParticipantsJoin", (user,))

    def leave(self, conversation: Conversation, user: User) -> Direct:
        """Someone leaves a group, and reads no more of it."""
        if not conversation.group or user.id not in conversation.members:
            raise StateError("only who is in a group can leave it")
        left = self._change(user, conversation, "ParticipantsLeave", (user,))
        del conversation.members[user.id]
        return left

    def may_write(self, sender: User, other: User) -> bool:
        """Whether a person takes messages from another: from those whom they follow, from everyone where they said
        so, and from those to whom they wrote; never where one of them blocks the other."""
        if sender is other:
            return False
        for one, two in ((sender, other), (other, sender)):
            if two.id in one.blocks or two.id in one.dm_blocks:
                return False
        if other.dms_open or sender.id in other.follows:
            return True
        there = self.conversations.get(pair(sender.id, other.id))
        return there is not None and any(self.events[number].sender is other for number in there.events)

    def may_speak(self, sender: User, conversation: Conversation) -> bool:
        if sender.id not in conversation.members:
            return False
        others = [self.world.users[number] for number in conversation.members if number != sender.id]
        return conversation.group or all(self.may_write(sender, other) for other in others)

    # ------------------------------------------------------------------------------------------------ what happens

    def say(
        self, sender: User, to: User | Conversation, text: str, **options: Unpack[DirectOptions]
    ) -> Direct:
        """A new message. Raises StateError where the person may not write there, or the text is too long."""
        conversation = to if isinstance(to, Conversation) else self.between(sender, to)
        if not self.may_speak(sender, conversation):
            raise StateError("the person does not take messages from the sender")
        if len(text) > LONGEST:
            raise StateError(f"a message has at most {LONGEST} characters")
        at = to_ms(options.get("at") or self.world.now())
        event = Direct(
            sender,
            conversation,
            self.world.mint(at),
            at,
            at + timedelta(seconds=self.world.delay()),
            written=text,
            media=options.get("media", ()),
            shares=options.get("shares"),
            encrypted=options.get("encrypted", False),
        )
        self._enter(event)
        self.world.happened("chat.sent" if event.encrypted else "dm.sent", event, sender)
        return event

    def _change(
        self, sender: User, conversation: Conversation, kind: EventKind, people: tuple[User, ...]
    ) -> Direct:
        at = to_ms(self.world.now())
        number = self.world.mint(at)
        event = Direct(sender, conversation, number, at, at, kind, participants=people)
        self._enter(event)
        return event

    def _enter(self, event: Direct) -> None:
        self.events[event.number] = event
        insort(event.conversation.events, event.number)
        for member, since in event.conversation.members.items():
            if event.number >= since:
                insort(self.inboxes[member], event.number)

    def delete(self, event: Direct, user: User) -> None:
        """Take a message away from the eyes of one person; the others keep it."""
        event.gone_for.add(user.id)
