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
    "unfit",
    "widen",
]


LONGEST_ID = 330
"""Characters of an id's value: with what stands before it, it fits the tables' keys and PostgreSQL's indices."""

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


def unfit(item: Any) -> str | None:
    """Why the tables cannot hold what names an item, None where they can: PostgreSQL's texts have no NUL, and no index
    takes a key of any length."""
    for name in ("id", "conversation"):
        if (found := _unfit(getattr(item, name, None))) is not None:
            return found
    return _unfit(getattr(getattr(item, "author", None), "id", None))


def _unfit(identity: ExternalId | None) -> str | None:
    if identity is None:
        return None
    if "\0" in identity.value:
        return "an id with a NUL in it"
    return None if len(identity.value) <= LONGEST_ID else f"an id of {len(identity.value)} characters"


def _cleared(mention: Mention) -> Mention:
    """The mention with U+FFFD for each NUL, which no text of PostgreSQL's can hold."""
    return Mention.model_validate_json(orjson.dumps(_without_nul(orjson.loads(dump_mention(mention)))))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(one) for name, one in value.items()}
    return [_without_nul(one) for one in value] if isinstance(value, list) else value


def mention_columns(mention: Mention) -> dict[str, Any]:
    """A mention as the table holds it. Raises ValueError or TypeError as :func:`dump_mention` does."""
    data = dump_mention(mention)
    if "\\u0000" in data:
        mention = _cleared(mention)
        data = dump_mention(mention)
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
        "data": data,
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
