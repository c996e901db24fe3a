"""Routes as a table, and reading a request that came in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

from socialdesk.wire import Request, Streamed

from ._multipart import FormPart, parts

H = TypeVar("H")


@dataclass(frozen=True, slots=True)
class Found(Generic[H]):
    """The handler of a route, the template that fitted and what stood in the path's variable places."""

    handler: H
    template: str
    args: Mapping[str, str] = field(default_factory=dict)


class Routes(Generic[H]):
    """A table of ``(method, path template)`` to handlers; ``{name}`` in a template fits one path segment.

    A template without variable places goes before one with them; otherwise the first that fits is taken.
    """

    def __init__(self, table: Mapping[tuple[str, str], H]) -> None:
        self.table = dict(table)
        self._fixed = {key: handler for key, handler in self.table.items() if "{" not in key[1]}
        self._open = [
            (
                method,
                template,
                re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))),
                handler,
            )
            for (method, template), handler in self.table.items()
            if "{" in template
        ]

    def find(self, method: str, path: str) -> Found[H] | None:
        """The route for a request; None where there is none."""
        handler = self._fixed.get((method, path))
        if handler is not None:
            return Found(handler, path)
        for verb, template, pattern, candidate in self._open:
            fit = pattern.fullmatch(path) if verb == method else None
            if fit is not None:
                return Found(candidate, template, {k: unquote(v) for k, v in fit.groupdict().items()})
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that this path is there for."""
        fixed = [method for method, template in self._fixed if template == path]
        return (*fixed, *(method for method, _, pattern, _ in self._open if pattern.fullmatch(path)))

    def __or__(self, other: Routes[H]) -> Routes[H]:
        return Routes({**self.table, **other.table})


class Incoming:
    """A request as the platform's side sees it: one URL with its query, and the bytes of a body.

    ``body`` holds them all, ``chunks`` gives them one piece after another: a large one is best read that way.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.method = request.method.upper()
        self.url = request.full_url
        parts = urlsplit(self.url)
        self.path = parts.path or "/"
        self.pairs: list[tuple[str, str]] = parse_qsl(parts.query, keep_blank_values=True)
        self.query: dict[str, str] = dict(self.pairs)
        self._streamed = request.body if isinstance(request.body, Streamed) else None
        self._content, media_type = (b"", self._streamed.media_type) if self._streamed else request.content()
        self.content_type = media_type or request.headers.get("content-type", "")
        self.media_type = self.content_type.partition(";")[0].strip().lower()

    @cached_property
    def body(self) -> bytes:
        """All of the body."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """The body, one piece after another, from its beginning."""
        if self._streamed is not None:
            yield from self._streamed.chunks()
        elif self._content:
            yield self._content

    def parts(self) -> Iterator[FormPart]:
        """The parts of a multipart/form-data body. Raises ValueError where it is none, or is broken."""
        return parts(self.chunks(), self.content_type)

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """The fields of a form body; none where the body is something else."""
        if self.media_type != "application/x-www-form-urlencoded":
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def json(self) -> Any:
        """The body as JSON. Raises ValueError where it is none."""
        return orjson.loads(self.body)
