"""Whether a record is what its lexicon says, in the words of the platform's own refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import regex

from .names import DID, LANGUAGE, MOMENT, TID, URI
from .refused import Refused, invalid
from .schema import BY_MOMENT, MESSAGE, RECORDS, File, Many, Number, OneOf, Text, Thing

_GRAPHEME = regex.compile(r"\X")
_CID = re.compile(r"b[a-z2-7]{30,}")
_FORMS = {
    "at-uri": URI,
    "did": DID,
    "cid": _CID,
    "uri": re.compile(r"[a-z][a-z0-9.+-]{0,80}:[^\s]+"),
    "datetime": MOMENT,
    "language": LANGUAGE,
}


def check(collection: str, record: Any) -> str:
    """``valid``, or ``unknown`` where nothing is known of the collection. Raises Refused where it is not valid."""
    if not isinstance(record, dict):
        raise invalid("Input/record must be an object")
    kind = record.get("$type")
    if kind != collection:
        raise invalid(f"Invalid $type: expected {collection}, got {kind}")
    schema = RECORDS.get(collection)
    if schema is None:
        return "unknown"
    problem = next(_problems("Record", record, schema), None)
    if problem is not None:
        raise invalid(f"Invalid {collection} record: {problem}")
    return "valid"


def check_message(message: Any) -> None:
    """Raises Refused where a direct message does not fit."""
    problem = next(_problems("Input/message", message, MESSAGE), None)
    if problem is not None:
        raise invalid(problem)


def check_key(collection: str, rkey: str) -> None:
    if collection in BY_MOMENT and not TID.fullmatch(rkey):
        raise invalid(f"Invalid record key for {collection}: it must be a TID")


def check_files(record: Any, held: Collection[str]) -> None:
    """Raise Refused where a record names a file that was never uploaded, or not taken."""
    for blob in files_in(record):
        cid = blob["ref"]["$link"]
        if cid not in held:
            raise invalid(f"Could not find blob: {cid}")


def files_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every file that a record names."""
    if isinstance(value, dict):
        if value.get("$type") == "blob" and isinstance(value.get("ref"), dict):
            yield value
        for inner in value.values():
            yield from files_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from files_in(inner)


def _problems(place: str, value: Any, schema: Any) -> Iterator[str]:
    return _PROBLEMS[type(schema)](place, value, schema)


def _number_problems(place: str, value: Any, schema: Number) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{place} must be an integer"
    elif schema.least is not None and value < schema.least:
        yield f"{place} can not be less than {schema.least}"


def _list_problems(place: str, value: Any, schema: Many) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} must be an array"
        return
    if schema.most is not None and len(value) > schema.most:
        yield f"{place} must not have more than {schema.most} elements"
    for index, item in enumerate(value):
        yield from _problems(f"{place}/{index}", item, schema.of)


def _union_problems(place: str, value: Any, schema: OneOf) -> Iterator[str]:
    if not isinstance(value, dict) or not isinstance(value.get("$type"), str):
        yield f'{place} must be an object which includes the "$type" property'
    elif value["$type"] in schema.kinds:
        yield from _problems(place, value, schema.kinds[value["$type"]])


def _object_problems(place: str, value: Any, schema: Thing) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} must be an object"
        return
    yield from (f'{place} must have the property "{name}"' for name in schema.required if name not in value)
    for name, inner in schema.members.items():
        if name in value:
            yield from _problems(f"{place}/{name}", value[name], inner)


def _text_problems(place: str, value: Any, schema: Text) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{place} must be a string"
        return
    if schema.most_bytes is not None and len(value.encode()) > schema.most_bytes:
        yield f"{place} must not be longer than {schema.most_bytes} characters"
    if schema.most_graphemes is not None and len(_GRAPHEME.findall(value)) > schema.most_graphemes:
        yield f"{place} must not be longer than {schema.most_graphemes} graphemes"
    if schema.form is not None and not _FORMS[schema.form].fullmatch(value):
        yield f"{place} must be a valid {schema.form}"


def _file_problems(place: str, value: Any, schema: File) -> Iterator[str]:
    match value:
        case {"$type": "blob", "ref": {"$link": str(cid)}, "mimeType": str(kind), "size": int(size)}:
            if not _CID.fullmatch(cid):
                yield f"{place} must be a valid blob"
            if not kind.startswith(schema.types):
                raise Refused(
                    400,
                    "InvalidMimeType",
                    f"Wrong type of file. It is {kind} but it must match {schema.types}*.",
                )
            if size > schema.most_bytes:
                raise Refused(
                    400,
                    "BlobTooLarge",
                    f"This file is too large. It is {size} but the maximum size is {schema.most_bytes}.",
                )
        case _:
            yield f"{place} should be a blob ref"


_PROBLEMS: Mapping[type, Callable[[str, Any, Any], Iterator[str]]] = {
    File: _file_problems,
    Many: _list_problems,
    Number: _number_problems,
    OneOf: _union_problems,
    Text: _text_problems,
    Thing: _object_problems,
}
