"""What the Graph API's answers and Facebook's deliveries are made of: ids, times, people, tags. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, TypeAlias

from socialdesk.models import Author, ExternalId

__all__ = [
    "NOTHING",
    "Told",
    "author_of",
    "id_in",
    "mapped",
    "moment",
    "rows",
    "seconds_of",
    "tags_in",
    "user_id",
]

Told: TypeAlias = Mapping[str, Any]
NOTHING: Told = {}

user_id = ExternalId.maker("facebook", "user")


def mapped(value: Any) -> Told:
    """An object of an answer; an empty one where something else stands there, or nothing."""
    return value if isinstance(value, Mapping) else NOTHING


def rows(value: Any) -> list[Told]:
    """The objects of a list, which may stand alone or as ``data``."""
    found = value.get("data") if isinstance(value, Mapping) else value
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def id_in(value: Any) -> str | None:
    """The id of an object: older deliveries have numbers where newer ones have texts."""
    told = value.get("id") if isinstance(value, Mapping) else value
    if isinstance(told, bool) or not isinstance(told, (int, str)):
        return None
    return str(told) or None


def moment(told: Any) -> datetime | None:
    """A time as the Graph API tells it: ISO 8601, or Unix seconds, or in messaging events milliseconds.

    Raises ValueError where it is none.
    """
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, (int, str)):
        raise ValueError("this is no time")
    if isinstance(told, str) and not told.isdigit():
        found = datetime.fromisoformat(told)
        if found.tzinfo is None:
            raise ValueError("this time has no zone")  # and is not this machine's
        return found.astimezone(timezone.utc)
    number = int(told)
    if number > _SECONDS_AT_MOST:
        number //= 1000
    return datetime.fromtimestamp(number, timezone.utc)


_SECONDS_AT_MOST = 100_000_000_000  # the year 5138; in milliseconds, 1973


def seconds_of(told: Any) -> int | None:
    """The same in Unix seconds; None where it is no time."""
    try:
        found = moment(told)
    except (ValueError, OverflowError, OSError):
        return None
    return None if found is None else int(found.timestamp())


def author_of(told: Any, me: str | None) -> Author:
    """Who speaks: without an id where Facebook withholds it, which it does without a word."""
    person = id_in(mapped(told))
    name = mapped(told).get("name")
    if person is None:
        return Author(id_scope="page", display_name=name)
    own = None if me is None else person == me
    return Author(
        id=user_id(person),
        id_scope="page",
        display_name=name,
        kind="organization" if own else "unknown",
        is_self=own,
    )


def tags_in(text: str, tags: Any) -> Iterator[dict[str, Any]]:
    """The fields of an Entity for each tag. Facebook's offsets count UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    for tag in rows(tags):
        offset, length, name = tag.get("offset"), tag.get("length"), tag.get("name")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
            continue
        start, end = (
            len(units[: 2 * place].decode("utf-16-le", "ignore")) for place in (offset, offset + length)
        )
        if text[start:end] != name and text[offset : offset + length] == name:
            start, end = offset, offset + length  # counted in code points after all
        if start < end:
            entity: dict[str, Any] = {"kind": "mention", "start": start, "end": end, "text": text[start:end]}
            person = id_in(tag)
            if person is not None:
                entity["target"] = user_id(person)
            yield entity
