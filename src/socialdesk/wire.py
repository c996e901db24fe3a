"""The values that cross the I/O line, and the one kind of thing that a connector may await.

A connector never does I/O. It awaits a :class:`Request`; whoever drives the connector's coroutine performs it and
sends the :class:`Response` back in. This module imports nothing that can open a socket.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit

import orjson

from socialdesk.bodies import (
    Body,
    File,
    Form,
    Json,
    Multipart,
    Slice,
    Streamed,
    body_bytes,
    dump_body,
    json_bytes,
    json_value,
    load_body,
)
from socialdesk.errors import Unavailable

T = TypeVar("T")

__all__ = [
    "Body",
    "Effect",
    "File",
    "Flow",
    "Form",
    "Headers",
    "Json",
    "Multipart",
    "Request",
    "Response",
    "Slice",
    "Streamed",
    "TransportError",
    "WebhookAnswer",
    "WebhookRequest",
]


class Effect(Generic[T]):
    """Something that a coroutine asks of whoever drives it; awaiting it gives the answer, of type T."""

    __slots__ = ()

    def __await__(self) -> Generator[Effect[Any], Any, T]:
        result: T = yield self
        return result


Flow: TypeAlias = Coroutine[Effect[Any], Any, T]
"""A coroutine that awaits effects and nothing else: what the drivers, the simulator and ``replay`` accept."""


class TransportError(Exception):
    """No answer came. ``sent`` is False only where it is certain that no byte of the request was sent.

    Raised by transports, never by connectors: core turns it into :class:`~socialdesk.errors.Unavailable` or
    :class:`~socialdesk.errors.DeliveryUnknown`, by what the request was about to do.
    """

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Headers(Mapping[str, str]):
    """Header fields, whatever the case of their names.

    Names and values with a line break or a NUL are refused (ValueError): they would let text that a stranger wrote
    become a header of its own.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | None = None) -> None:
        self._fields: dict[str, tuple[str, str]] = {}
        if isinstance(fields, Headers):
            self._fields = fields._fields  # checked before, and never changed
            return
        for name, value in (fields or {}).items():
            if any(mark in name or mark in value for mark in "\r\n\0"):
                raise ValueError(f"header {name!r}: a line break or NUL is not allowed in a header")
            self._fields[name.lower()] = (name, value)

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __repr__(self) -> str:
        return f"Headers({', '.join(self._fields)})"  # names only: a value may be a credential


AuthRole = Literal["account", "app", "none"]
RequestEffect = Literal["reads", "prepares", "speaks"]


def _bare_url(url: str) -> str:
    """The URL without user, password, query and fragment: what may be shown."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


@dataclass(frozen=True, slots=True)
class Request(Effect["Response"]):
    """One HTTP request, as a value. Awaiting it in a connector gives the :class:`Response`.

    ``params`` are the query's: each is sent as text, and those that are None are left out. ``auth`` names whose
    credentials core signs it with, ``effect`` what it does: ``reads`` may be repeated at will, ``prepares`` leaves
    nothing that anyone sees (an upload), ``speaks`` is seen by people and is sent at most once per attempt. None
    means: GET and HEAD read, anything else speaks. ``spends`` names the limits that it uses up and by how much;
    empty means one call of the bucket named by the URL's path. ``redirects`` is how many redirects may be
    followed, on the same host. ``platform`` is filled in by core, for those who watch.
    """

    method: str
    url: str
    _: KW_ONLY
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: Body = None
    auth: AuthRole = "account"
    effect: RequestEffect | None = None
    spends: Mapping[str, int] = field(default_factory=dict)
    redirects: int = 0
    platform: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", Headers(self.headers))  # plain mappings are welcome
        params = {name: str(value) for name, value in self.params.items() if value is not None}
        object.__setattr__(self, "params", params)

    @property
    def does(self) -> RequestEffect:
        """What the request does, decided from the method where the connector did not say."""
        if self.effect is not None:
            return self.effect
        return "reads" if self.method in ("GET", "HEAD") else "speaks"

    @property
    def host(self) -> str:
        """The host in lower case, with its port where the URL names one."""
        return urlsplit(self.url).netloc.rpartition("@")[2].lower()

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def full_url(self) -> str:
        """The URL with the query. It may hold a secret: for sending, never for showing."""
        if not self.params:
            return self.url
        return f"{self.url}{'&' if urlsplit(self.url).query else '?'}{urlencode(dict(self.params))}"

    def content(self) -> tuple[bytes, str | None]:
        """The body's bytes and its media type (None where the request says it in a header, or has no body)."""
        return body_bytes(self.body)

    def __repr__(self) -> str:
        named = f" params={sorted(self.params)}" if self.params else ""
        return f"<Request {self.method} {_bare_url(self.url)}{named} {self.does}>"

    def redacted(self) -> Request:
        """The request as it may be shown: no query, header or body, where credentials could stand."""
        return replace(
            self, url=_bare_url(self.url), params={}, headers=Headers(), body=None, effect=self.does
        )

    def dump(self) -> str:
        """The unsigned request as JSON text, for keeping; :meth:`load` gives it back."""
        return json_bytes(
            {
                "method": self.method,
                "url": self.url,
                "params": dict(self.params),
                "headers": dict(self.headers),
                "body": dump_body(self.body),
                "auth": self.auth,
                "effect": self.effect,
                "spends": dict(self.spends),
                "redirects": self.redirects,
            }
        ).decode()

    @classmethod
    def load(cls, text: str) -> Request:
        """The request that :meth:`dump` wrote."""
        stored = orjson.loads(text)
        body = load_body(*stored.pop("body"))
        return cls(stored.pop("method"), stored.pop("url"), body=body, **stored)

    def with_headers(self, **fields: str) -> Request:
        """The request with further header fields; an underscore in a name stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return replace(self, headers=Headers({**self.headers, **named}))


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, as a value. ``received_at`` is aware, UTC; None in hand-made answers."""

    status: int
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: bytes = b""
    _: KW_ONLY
    request: Request | None = None
    received_at: datetime | None = None
    _read: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", Headers(self.headers))  # plain mappings are welcome

    def json(self) -> Any:
        """The body read as JSON, once: the same value each time, which is not to be changed.

        Raises :class:`~socialdesk.errors.Unavailable` where it is none.

        Gateways answer with an HTML page, also with status 200, and connections are cut in mid-answer; neither is
        an item that could be read, so the caller comes back later. After a speaking request core turns this into
        DeliveryUnknown.
        """
        if self._read:
            return self._read[0]
        try:
            self._read.append(json_value(self.body))
            return self._read[0]
        except orjson.JSONDecodeError:
            kind = self.headers.get("content-type", "no media type")
            what = "an HTML page" if self.body.lstrip()[:1] == b"<" else "JSON that cannot be read"
            raise Unavailable(
                f"HTTP {self.status} came with {what} ({kind}, {len(self.body)} bytes) where JSON was expected.",
                scope="stream",
            ) from None  # the parser's error holds the body

    def listed(self, name: str | None = None) -> list[Any]:
        """The list that the JSON is, or holds under ``name``.

        Raises :class:`~socialdesk.errors.Unavailable` where there is none: an answer that says nothing does not say
        that there is nothing. It would be taken for the end of a listing, or for a proof that nothing was posted.
        """
        value = self.json()
        found = value if name is None else value.get(name) if isinstance(value, Mapping) else None
        if isinstance(found, list):
            return found
        where = "where a list was expected" if name is None else f"without the list {name!r}"
        raise Unavailable(f"HTTP {self.status} came {where} ({len(self.body)} bytes).", scope="stream")

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def __repr__(self) -> str:
        return f"<Response {self.status} {len(self.body)} bytes>"

    def redacted(self) -> Response:
        """The answer as it may be shown: the status alone, since a body may hold a token."""
        return Response(self.status, received_at=self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """A request that a platform makes to us, as the web framework received it.

    ``query`` holds the URL's parameters, ``body`` the bytes as they came: signatures are over these and nothing else.
    """

    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: bytes = b""

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", Headers(self.headers))  # plain mappings are welcome

    def json(self) -> Any:
        """The body read as JSON. Raises ValueError where it is none."""
        return json_value(self.body)

    def __repr__(self) -> str:
        return f"<WebhookRequest {self.method} {len(self.body)} bytes>"


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What to answer a platform. ``media_type`` is for the body, which holds nothing that a browser would run."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain"
