"""What crosses between a client and a sandbox, and what the log keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from socialdesk.wire import Headers, Response


def json_response(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body."""
    fields = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return Response(status, Headers(fields), orjson.dumps(value))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answers, and to whom: ``who`` names the credentials' holder in the log, never a secret."""

    response: Response
    who: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One entry of the log. ``status`` is None where no answer reached the client; ``applied`` tells whether the
    platform had acted; ``body`` is a JSON body as it came in, None where it is another or a large one; ``faults`` names
    what struck."""

    at: datetime
    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    status: int | None = None
    who: str = ""
    applied: bool = True
    faults: tuple[str, ...] = ()
