"""Values as the tables hold them, and one mention of two readings of it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import TypeAdapter

from socialdesk.desk.schema import micros, moment
from socialdesk.models import Event, EventKind, ExternalId, Mention, Metrics, Value

__all__ = [
    "content_digest",
    "dump_changes",
    "dump_mention",
    "dump_raw",
    "event_of",
    "event_row",
    "is_older",
    "mention_columns",
    "merge",
    "patched",
    "reading_digest",
    "thread_key",
    "widen",
]


# What these leave to ``_plain`` and it refuses, pydantic writes.
_WRITING = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS


_FIELDS = TypeAdapter(dict[str, Any])


def _plain(value: Any) -> Any:
    if type(value) is ExternalId:
        return ":".join(value)
    if isinstance(value, Value):
        return value.__dict__
    raise TypeError


def dump_mention(mention: Mention) -> str:
    """A mention as JSON: what ``model_dump_json`` gives, in half the time; an id in ``ext`` too as its text.

    Raises ValueError or TypeError where it holds what no text can, such as half a character.
    """
    try:
        return orjson.dumps(mention.__dict__, _plain, _WRITING).decode()
    except TypeError:  # ``ext`` may hold anything
        return mention.model_dump_json()


def content_digest(mention: Mention) -> str:
    """Changes when what was said changes, and not when a link to a picture is signed anew."""
    parts = [mention.title or "", mention.text, mention.state]
    parts += [":".join(item.id) for item in mention.attachments]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def reading_digest(mention: Mention) -> str:
    """Changes when the counts do, the rules that caught it, what could not be told, how urgent it is, or ``ext``, which
    holds what the platform permits."""
    counts = mention.metrics
    parts = (
        counts.likes,
        counts.replies,
        counts.reposts,
        counts.quotes,
        counts.bookmarks,
        counts.views,
        sorted(mention.matched_by),
        mention.labels.priority,
        sorted(mention.provenance.missing),
        _dump_ext(mention),
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _dump_ext(mention: Mention) -> bytes:
    """``ext`` as text, in which what was read back is what was stored."""
    try:
        return orjson.dumps(mention.ext, _plain, _WRITING | orjson.OPT_SORT_KEYS)
    except TypeError:  # it may hold anything
        return mention.model_dump_json(include={"ext"}).encode()


def dump_raw(body: Any) -> str:
    """What the platform sent, as text, whatever it holds."""
    try:
        return orjson.dumps(body, default=str).decode()
    except TypeError:  # half a character, or a key that is no text
        return json.dumps(body, default=repr, skipkeys=True)


def event_row(event: Event) -> dict[str, Any]:
    """An event as the table holds it. :func:`event_of` reads it back."""
    return {
        "account_id": event.account,
        "id": event.id,
        "kind": event.kind.value,
        "mention_key": None if event.mention is None else str(event.mention),
        "reply_key": event.reply,
        "text": event.text,
        "at": micros(event.at),
        "backfilled": event.backfilled,
    }


def event_of(row: Mapping[str, Any]) -> Event:
    """The event that a row of the table is."""
    mention = row["mention_key"]
    return Event(
        id=row["id"],
        kind=EventKind(row["kind"]),
        account=row["account_id"],
        at=moment(row["at"]),
        mention=None if mention is None else ExternalId.of(mention),
        reply=row["reply_key"],
        text=row["text"],
        backfilled=bool(row.get("backfilled")),
    )


def mention_columns(mention: Mention) -> dict[str, Any]:
    author = mention.author.id
    return {
        "kind": mention.kind,
        "direction": mention.direction,
        "visibility": mention.visibility,
        "state": mention.state,
        "author": None if author is None else ":".join(author),
        "conversation": thread_key(mention),
        "created_at": micros(mention.created_at),
        "revision": mention.revision,
        "digest": content_digest(mention),
        "reading": reading_digest(mention),
        "priority": mention.labels.priority,
        "data": dump_mention(mention),
    }


def thread_key(mention: Mention) -> str:
    """The conversation's key: its root's id, or the mention's own where the root is not known yet."""
    return ":".join(mention.conversation or mention.id)


def widen(threads: dict[str, tuple[int | None, int | None, bool]], mention: Mention) -> None:
    """Stretch the span of a mention's conversation."""
    key, at = thread_key(mention), micros(mention.created_at)
    known = threads.get(key)
    if known is None:
        threads[key] = (at, at, mention.conversation is None)
        return
    opened, last, provisional = known
    if at is not None:
        opened = at if opened is None else min(opened, at)
        last = at if last is None else max(last, at)
    threads[key] = (opened, last, provisional)


def is_older(before: Mention, now: Mention) -> bool:
    """Whether a reading is of an earlier version than the one before it, as far as the platform tells versions."""
    if now.revision != before.revision:
        return now.revision < before.revision
    return before.edited_at is not None and now.edited_at is not None and now.edited_at < before.edited_at


def patched(mention: Mention, changes: Mapping[str, Any]) -> Mention:
    """The mention with these fields as they were told, or as it was where they are of an earlier version."""
    made = Mention.model_validate_json(orjson.dumps(orjson.loads(dump_mention(mention)) | dict(changes)))
    return mention if is_older(mention, made) else made


def dump_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a mention as JSON has them. Raises ValueError or TypeError where no text can hold them."""
    told: dict[str, Any] = orjson.loads(orjson.dumps(_FIELDS.dump_python(dict(changes), mode="json")))
    return told


def merge(before: Mention, now: Mention) -> Mention:
    """One mention of two readings of the same thing: the later one's word, where it had one.

    What its path could not tell keeps its value, and is missing only where neither could; rules and other ids are
    joined; counts are taken one by one.
    """
    keep = {name: getattr(before, name) for name in now.provenance.missing if name in Mention.model_fields}
    told = {name: value for name, value in now.metrics if value is not None}
    counts = Metrics(**{**dict(before.metrics), **told})
    update: dict[str, Any] = {
        **keep,
        "matched_by": tuple(dict.fromkeys((*before.matched_by, *now.matched_by))),
        "aliases": tuple(dict.fromkeys((*before.aliases, *now.aliases))),
        "metrics": counts,
    }
    missing = tuple(name for name in now.provenance.missing if name in before.provenance.missing)
    if missing != now.provenance.missing:
        update["provenance"] = now.provenance.model_copy(update={"missing": missing})
    if before.direction == "outbound_socialdesk":
        update["direction"] = before.direction
    if now.labels == type(now.labels)():
        update["labels"] = before.labels
    return now.model_copy(update=update)
