"""Taking in one page: fetch it, read it item by item, and set aside what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from socialdesk._engine.collector import held_back
from socialdesk._engine.cursor import Cursor, Paging
from socialdesk._engine.effects import TakeStamp, Work
from socialdesk._engine.exchange import converse
from socialdesk._engine.matching import matches
from socialdesk._engine.session import Session
from socialdesk.connector import Connector, Item, Notice, Page, Raw, Stream, Stub, Topic
from socialdesk.errors import ConfigError, PluginError, Rejected
from socialdesk.models import Author, Entity, Mention, Path, Rule

__all__ = ["Intake", "Listening", "Read", "Unread", "listenings", "read_items", "take_page"]


@dataclass(frozen=True, slots=True)
class Read:
    """An item that could be read, with what it was read from."""

    raw: Raw
    item: Item


@dataclass(frozen=True, slots=True)
class Unread:
    """An item that could not be read: kept with the reason, to be read again after an upgrade."""

    raw: Raw
    reason: str


@dataclass(frozen=True, slots=True)
class Listening:
    """One listing to walk: a stream, or one topic of it; ``rule`` is what a search listens for."""

    stream: Stream
    topic: Topic | None = None
    rule: Rule | None = None

    @property
    def key(self) -> str:
        """Names the listing within its stream; "" where the stream has no topics."""
        if self.topic is None:
            return ""
        return self.topic.key if self.rule is None else f"{self.rule.name}/{self.topic.key}"

    @property
    def topics(self) -> tuple[Topic, ...]:
        return (self.topic,) if self.topic is not None else ()


@dataclass(frozen=True, slots=True)
class Intake:
    """What one page gave, and the cursor to commit with it."""

    read: tuple[Read, ...]
    unread: tuple[Unread, ...]
    cursor: Cursor
    page: Page
    at: datetime
    notices: tuple[Notice, ...] = ()
    found: tuple[Topic, ...] = ()


def listenings(
    connector: Connector[Any, Any],
    stream_name: str,
    *,
    rules: Sequence[Rule] = (),
    topics: Sequence[Topic] = (),
) -> tuple[Listening, ...]:
    """The listings that a stream consists of. Raises ConfigError for a stream that the connector has not."""
    stream = next((s for s in connector.streams if s.name == stream_name), None)
    if stream is None:
        names = ", ".join(s.name for s in connector.streams)
        raise ConfigError(f"{connector.platform} has no stream {stream_name!r}. It has: {names}.")
    if not stream.batch:
        return (Listening(stream),)
    if stream_name == "search":
        return tuple(Listening(stream, topic, rule) for rule in rules for topic in connector.queries(rule))
    return tuple(Listening(stream, topic) for topic in topics)


async def take_page(paging: Paging, session: Session, *, listening: Listening, via: Path = "poll") -> Intake:
    """Fetch the next page of a walk and read its items."""
    stamp = await TakeStamp()
    page = await converse(session.connector.fetch(paging.window(stamp.now)), session)
    if not isinstance(page, Page):
        raise PluginError(
            f"{session.connector.platform}: fetch() returned {type(page).__name__}, not a Page."
        )
    page = paging.wanted(page)
    stamp = await TakeStamp()
    reading = Reading(session.connector, stamp.now, via, session.name, listening)
    read, unread = await Work(lambda: read_items(reading, page.items))
    found = _found(session.connector, listening.stream, page.topics)
    return Intake(read, unread, paging.advance(page), page, stamp.now, page.notices, found)


def _found(connector: Connector[Any, Any], stream: Stream, topics: Sequence[Topic]) -> tuple[Topic, ...]:
    """The topics that a page told of, each with the stream that walks it. Raises PluginError where none does."""
    walkers = {each.name for each in connector.streams if each.batch}
    found = tuple(topic if topic.stream else replace(topic, stream=stream.name) for topic in topics)
    for topic in found:
        if topic.stream not in walkers:
            raise PluginError(
                f"{connector.platform}: a page of {stream.name!r} names a topic for {topic.stream!r}, which is no "
                "stream with topics: declare Stream(..., batch=1)."
            )
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """How items are to be read: by whom, when, by which way they came, for which account and listing."""

    connector: Connector[Any, Any]
    at: datetime
    via: Path
    account: str
    listening: Listening | None = None


def read_items(reading: Reading, raws: Sequence[Raw]) -> tuple[tuple[Read, ...], tuple[Unread, ...]]:
    """Read each item by itself: one that cannot be read never keeps the others back."""
    read: list[Read] = []
    unread: list[Unread] = []
    with held_back:
        _read_each(reading, raws, read, unread)
    return tuple(read), tuple(unread)


def _read_each(reading: Reading, raws: Sequence[Raw], read: list[Read], unread: list[Unread]) -> None:
    parse = reading.connector.parse
    for raw in raws:
        try:
            item = parse(raw)
            if isinstance(item, Mention):
                item = _completed(item, reading)
            elif item is not None and not isinstance(item, Item):
                raise PluginError(f"parse() returned {type(item).__name__}, which is no item")
        except Exception as error:  # whatever a plugin's parse raises concerns this item alone
            unread.append(Unread(raw, f"{type(error).__name__}: {error}"[:2000]))
            continue
        if item is not None:
            read.append(Read(raw, item))


def _completed(mention: Mention, reading: Reading) -> Mention | None:
    """The mention with what core alone knows; None where a rule that core applies lets it not pass."""
    listening = reading.listening
    matched = mention.matched_by
    if listening is not None and listening.rule is not None:
        exact = listening.topic is None or listening.topic.exact
        if not exact and not matches(listening.rule, mention):
            return None
        matched = (*matched, listening.rule.name)
    provenance = mention.provenance
    if provenance.via != reading.via:
        provenance = provenance.model_copy(update={"via": reading.via})
    return mention.model_copy(
        update={
            "entities": tuple(entity for entity in mention.entities if _stands(entity, mention.text)),
            "in_reply_to": None if mention.in_reply_to == mention.id else mention.in_reply_to,
            "quotes": None if mention.quotes == mention.id else mention.quotes,
            "account": reading.account,
            "observed_at": reading.at,
            "matched_by": matched,
            "provenance": provenance,
        }
    )


def _stands(entity: Entity, text: str) -> bool:
    """Whether an entity stands where it says. One that does not would have a reader cut the text in a wrong place."""
    return 0 <= entity.start < entity.end and text[entity.start : entity.end] == entity.text


async def follow_up(
    read: Sequence[Read], unread: Sequence[Unread], session: Session
) -> tuple[tuple[Read, ...], tuple[Unread, ...]]:
    """What was read, with the things in place of which only the id was told looked up.

    One of which the platform tells nothing is set aside, to be looked up again later: it is not known to be gone.
    """
    stubs = {str(entry.item.id): entry for entry in read if isinstance(entry.item, Stub)}
    if not stubs:
        return tuple(read), tuple(unread)
    told = tuple(entry for entry in read if not isinstance(entry.item, Stub))
    if "lookup" not in session.connector.capabilities.abilities:
        aside = (
            Unread(entry.raw, "Only its id was told, and it cannot be looked up.") for entry in stubs.values()
        )
        return told, (*unread, *aside)
    found, failed = await look_up(session, [stub.item.id for stub in stubs.values()])  # type: ignore[union-attr]  # a Stub
    here = {str(name) for entry in found for name in _names(entry.item)}
    lost = [entry for key, entry in stubs.items() if key not in here] if len(failed) == 0 else []
    aside = (Unread(entry.raw, f"The platform tells nothing of {entry.item.id}.") for entry in lost)  # type: ignore[union-attr]  # a Stub
    full = tuple(entry for entry in found if not isinstance(entry.item, Stub))
    return (*told, *full), (*unread, *failed, *aside)


def _names(item: Item) -> tuple[Any, ...]:
    """The ids that an item is known by."""
    if isinstance(item, Mention):
        return (item.id, *item.aliases)
    return () if isinstance(item, (Stub, Notice, Author)) else (item.id,)


async def look_up(session: Session, ids: Sequence[Any]) -> tuple[tuple[Read, ...], tuple[Unread, ...]]:
    """These things as the platform tells them now, in batches of the size that it takes."""
    connector = session.connector
    if "lookup" not in connector.capabilities.abilities:
        raise Rejected("unsupported", f"{connector.platform} cannot look things up.")
    size = max(1, connector.capabilities.lookup_batch)
    read: list[Read] = []
    unread: list[Unread] = []
    for start in range(0, len(ids), size):
        raws = await converse(connector.lookup(tuple(ids[start : start + size])), session)
        stamp = await TakeStamp()
        reading = Reading(connector, stamp.now, "lookup", session.name)
        found, failed = await Work(lambda reading=reading, raws=raws: read_items(reading, raws))  # type: ignore[misc]  # bound at once
        read += found
        unread += failed
    return tuple(read), tuple(unread)
