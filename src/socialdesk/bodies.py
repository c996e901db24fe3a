"""What a request may carry, and how that is kept: JSON, a form, bytes, or a file that is read while it is sent."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, asdict, dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlencode

import orjson

from socialdesk.errors import PluginError

__all__ = [
    "Body",
    "File",
    "Form",
    "Json",
    "Multipart",
    "Slice",
    "Streamed",
    "body_bytes",
    "dump_body",
    "json_bytes",
    "json_value",
    "load_body",
]


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON body."""

    value: Any


@dataclass(frozen=True, slots=True)
class Form:
    """A form body; OAuth 1.0a signs its fields along with the query."""

    fields: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Form({', '.join(self.fields)})"  # names only: a value may be a credential


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of a file: the driver reads it while it is sent, so that nobody holds its bytes.

    ``media`` is the attachment's id as text; ``offset`` and ``length`` count bytes, None is "to its end".
    """

    media: str
    offset: int = 0
    length: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file in the field ``name`` of a multipart body."""

    content: Slice
    _: KW_ONLY
    name: str = "media"
    filename: str = "media"
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Multipart:
    """A multipart/form-data body (RFC 7578): the fields in their order, and then the files. A field is a text, or JSON
    that says of itself that it is."""

    fields: Mapping[str, str | Json] = field(default_factory=dict)
    files: tuple[File, ...] = ()

    def __repr__(self) -> str:
        named = [*self.fields, *(file.name for file in self.files)]
        return f"Multipart({', '.join(named)})"  # names only, as in a form


@dataclass(frozen=True, slots=True)
class Streamed:
    """A body that is read while it is sent: what a driver makes of a :class:`Slice` or :class:`Multipart`.

    ``chunks`` begins anew each time that it is called; all of them together are ``length`` bytes.
    """

    length: int
    media_type: str
    chunks: Callable[[], Iterator[bytes]] = field(repr=False)


Body: TypeAlias = bytes | Json | Form | Slice | Multipart | Streamed | None


def json_bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise PluginError(f"A request cannot be put into JSON: {error}.") from None


# An escaped backslash, a pair of halves, or half of a character alone.
_HALVES = re.compile(rb"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)", re.DOTALL)


def json_value(body: bytes) -> Any:
    """A body read as JSON. Raises ``orjson.JSONDecodeError`` where it is none.

    Where a platform cut a text in the middle of a character, JSON holds half of one (RFC 8259, 8.2), and one such text
    would keep its whole page from being read: the half is read as U+FFFD.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        if b"\\u" not in body:
            raise
        return orjson.loads(_HALVES.sub(lambda found: b"\\ufffd" if found[1] else found[0], body))


def body_bytes(body: Body) -> tuple[bytes, str | None]:
    """A body's bytes and its media type, None where it says none. Raises PluginError for what is no body."""
    match body:
        case None:
            return b"", None
        case Json(value):
            return json_bytes(value), "application/json"
        case Form(fields):
            return urlencode(dict(fields)).encode(), "application/x-www-form-urlencoded"
        case bytes():
            return body, None
        case Streamed():
            return b"".join(body.chunks()), body.media_type
        case Slice() | Multipart():
            raise PluginError("A file is read by the driver alone: this body cannot be made into bytes here.")
    raise PluginError(
        f"Request.body is a {type(body).__name__}: use Json(...), Form(...), Multipart(...), Slice(...), bytes or None."
    )


def dump_body(body: Body) -> tuple[str, Any]:
    """A body as a word for its kind and a value of JSON's: what :func:`load_body` reads."""
    match body:
        case Json(value):
            return "json", value
        case Form(fields):
            return "form", dict(fields)
        case bytes():
            return "bytes", base64.b64encode(body).decode()
        case Slice():
            return "slice", asdict(body)
        case Multipart():
            return "multipart", [
                [_dump_field(*named) for named in body.fields.items()],
                list(map(asdict, body.files)),
            ]
        case Streamed():
            raise PluginError("A request is kept before it is sent: its body is a Slice or Multipart then.")
    return "none", None


def load_body(kind: str, value: Any) -> Body:
    """The body that :func:`dump_body` wrote."""
    bodies: dict[str, Callable[[], Body]] = {
        "none": lambda: None,
        "json": lambda: Json(value),
        "form": lambda: Form(value),
        "bytes": lambda: base64.b64decode(value),
        "slice": lambda: Slice(**value),
        "multipart": lambda: _load_multipart(*value),
    }
    return bodies[kind]()


def _dump_field(name: str, value: str | Json) -> list[Any]:
    return [name, "json", value.value] if isinstance(value, Json) else [name, "text", value]


def _load_multipart(fields: list[list[Any]], files: list[dict[str, Any]]) -> Multipart:
    return Multipart(
        {name: Json(value) if kind == "json" else value for name, kind, value in fields},
        tuple(File(Slice(**file.pop("content")), **file) for file in files),
    )
