"""Whether requests, answers and records are what Bluesky's published lexicons say: read from the shared material."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import regex

from plugins.bluesky.tests.bluesky_pages import shared_json
from socialdesk.wire import Request, Response

_FORMS = {
    "at-uri": re.compile(r"at://(did:[a-z]+:[\w.:%-]+|[\w.-]+\.[\w-]+)(/[\w.-]+(/[\w~.:-]{1,512})?)?"),
    "did": re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]"),
    "handle": re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?"),
    "at-identifier": re.compile(r"did:[a-z]+:[\w.:%-]+|([a-z0-9-]+\.)+[a-z][a-z0-9-]*"),
    "nsid": re.compile(r"[a-z][a-z0-9-]*(\.[A-Za-z0-9-]+)+"),
    "cid": re.compile(r"b[a-z2-7]{58}"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "uri": re.compile(r"[a-z][a-z0-9.+-]*:\S+"),
    "language": re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*"),
    "tid": re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}"),
    "record-key": re.compile(r"[\w.~:-]{1,512}"),
}
_SIMPLE = {"boolean": bool, "integer": int, "string": str}


@functools.cache
def lexicons() -> dict[str, Any]:
    known: dict[str, Any] = shared_json("specs", "atproto.lexicons.json")["lexicons"]
    return known


def definition(ref: str, home: str) -> tuple[Any, str]:
    """What a reference names, and the lexicon that it stands in."""
    lexicon, _, name = ref.partition("#")
    lexicon = lexicon or home
    return lexicons()[lexicon]["defs"][name or "main"], lexicon


def problems(value: Any, schema: Any, home: str, place: str = "") -> Iterator[str]:
    """What is wrong with a value; nothing where it is as the lexicon says."""
    kind = schema["type"]
    if kind == "ref":
        found, lexicon = definition(schema["ref"], home)
        yield from problems(value, found, lexicon, place)
    elif kind == "record":
        yield from problems(value, schema["record"], home, place)
    elif kind in _SIMPLE:
        yield from _simple(value, schema, place)
    elif kind == "blob":
        yield from _blob(value, schema, place)
    elif kind != "unknown":
        check = {"union": _union, "array": _array}.get(kind, _object)
        yield from check(value, schema, home, place)


def _array(value: Any, schema: Any, home: str, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} is no list"
        return
    if len(value) > schema.get("maxLength", 10**9):
        yield f"{place} has {len(value)} items"
    for index, item in enumerate(value):
        yield from problems(item, schema["items"], home, f"{place}[{index}]")


def _object(value: Any, schema: Any, home: str, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    members = schema.get("properties", {})
    yield from (f"{place}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, inner in value.items():
        if name == "$type":
            continue
        if name not in members:
            yield f"{place}.{name} is not known"
        elif not (inner is None and name in schema.get("nullable", ())):
            yield from problems(inner, members[name], home, f"{place}.{name}")


def _union(value: Any, schema: Any, home: str, place: str) -> Iterator[str]:
    kind = value.get("$type") if isinstance(value, dict) else None
    refs = {f"{home}{ref}" if ref.startswith("#") else ref for ref in schema["refs"]}
    if not isinstance(kind, str):
        yield f"{place} has no $type"
    elif kind in refs:
        found, lexicon = definition(kind, home)
        yield from problems(value, found, lexicon, place)
    else:
        yield f"{place} is a {kind}, not one of {sorted(refs)}"


def _blob(value: Any, schema: Any, place: str) -> Iterator[str]:
    match value:
        case {"$type": "blob", "ref": {"$link": str(cid)}, "mimeType": str(kind), "size": int(size)}:
            if not _FORMS["cid"].fullmatch(cid):
                yield f"{place} has no CID"
            if size > schema.get("maxSize", 10**12):
                yield f"{place} is too large"
            if not any(kind.startswith(one.rstrip("*")) for one in schema.get("accept", ["*"])):
                yield f"{place} is a {kind}"
        case _:
            yield f"{place} is no blob"


def _simple(value: Any, schema: Any, place: str) -> Iterator[str]:
    kind = _SIMPLE[schema["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield f"{place} is {value!r}, no {schema['type']}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{place} is {value!r}"
    if isinstance(value, str):
        if len(value.encode()) > schema.get("maxLength", 10**9):
            yield f"{place} has too many bytes"
        if len(regex.findall(r"\X", value)) > schema.get("maxGraphemes", 10**9):
            yield f"{place} has too many characters"
        form = _FORMS.get(schema.get("format", ""))
        if form is not None and not form.fullmatch(value):
            yield f"{place} is {value!r}, no {schema['format']}"
    elif not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{place} is {value}"


# ---------------------------------------------------------------------------------------------- requests and answers


def method_of(request: Request) -> str:
    return urlsplit(request.full_url).path.removeprefix("/xrpc/")


def of_request(request: Request) -> list[str]:
    """What is wrong with a request."""
    name = method_of(request)
    main = lexicons()[name]["defs"]["main"]
    wanted = {"query": "GET", "procedure": "POST"}[main["type"]]
    found = [] if request.method == wanted else [f"{name} is {request.method}"]
    found += problems(_params(request, main), main.get("parameters", {"type": "params"}), name, "params")
    schema = main.get("input", {}).get("schema")
    if schema is not None:
        body = Response(200, body=request.content()[0]).json()
        found += problems(body, schema, name, "body")
        found += of_record(body["record"]) if "record" in body else []
    elif "input" not in main and request.body is not None:
        found.append(f"{name} takes no body")
    return found


def _params(request: Request, main: Any) -> dict[str, Any]:
    known = main.get("parameters", {}).get("properties", {})
    read = {"integer": int, "boolean": lambda text: text == "true"}
    params: dict[str, Any] = {}
    for key, text in parse_qsl(urlsplit(request.full_url).query, keep_blank_values=True):
        schema = known.get(key, {"type": "string"})
        if schema["type"] == "array":
            params.setdefault(key, []).append(text)
        else:
            params[key] = read.get(schema["type"], str)(text)
    return params


def of_record(record: Any) -> list[str]:
    """What is wrong with a record of a collection that is known."""
    kind = record["$type"]
    return list(problems(record, lexicons()[kind]["defs"]["main"], kind, "record"))


def of_answer(request: Request, response: Response) -> list[str]:
    """What is wrong with an answer."""
    name = method_of(request)
    main = lexicons()[name]["defs"]["main"]
    if not response.ok:
        told = response.json()
        named = {error["name"] for error in main.get("errors", ())} | _COMMON
        return [] if told["error"] in named else [f"{name} does not answer {told['error']}"]
    schema = main.get("output", {}).get("schema")
    if schema is None:
        return [f"{name} answers nothing"] if response.body else []
    return list(problems(response.json(), schema, name, "answer"))


# What the server answers to any request, and RecordNotFound, which the lexicon of getRecord names.
_COMMON = {
    *("InvalidRequest", "ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"),
    *("RateLimitExceeded", "InternalServerError", "RecordNotFound", "AccountTakedown"),
    *("BlobTooLarge", "InvalidMimeType", "PayloadTooLarge", "MethodNotImplemented"),
}
