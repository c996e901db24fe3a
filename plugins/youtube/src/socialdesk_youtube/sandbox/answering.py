"""One request, from its credentials to its answer; and the table of methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from socialdesk.testing.sandbox import Answer, Incoming, Routes, json_response
from socialdesk.wire import Headers, Request, Response

from . import listings, params, writing
from .access import FORCE_SSL, READS, Caller
from .fields import mask_of, masked
from .params import Call, checked
from .problems import Refused
from .shapes import etag

if TYPE_CHECKING:
    from .youtube import YouTubeSandbox

Read: TypeAlias = "Callable[[YouTubeSandbox, Call, Caller], dict[str, Any]]"
Write: TypeAlias = "Callable[[YouTubeSandbox, Call, Caller, Any], dict[str, Any] | None]"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method: what it takes, what it does, what it costs, and which scopes allow it to a channel."""

    takes: params.Params
    read: Read | None = None
    write: Write | None = None
    cost: int = 1
    scopes: frozenset[str] = frozenset({FORCE_SSL})
    has_body: bool = False


def _writes(run: Write, takes: params.Params, *, has_body: bool = False) -> Endpoint:
    return Endpoint(takes, write=run, cost=50, has_body=has_body)


ENDPOINTS: Routes[Endpoint] = Routes(
    {
        ("GET", "/youtube/v3/commentThreads"): Endpoint(params.THREADS, listings.threads),
        ("POST", "/youtube/v3/commentThreads"): _writes(
            writing.insert_thread, params.THREAD_BODY, has_body=True
        ),
        ("GET", "/youtube/v3/comments"): Endpoint(params.COMMENTS, listings.comments),
        ("POST", "/youtube/v3/comments"): _writes(writing.insert_reply, params.BODY, has_body=True),
        ("PUT", "/youtube/v3/comments"): _writes(writing.update, params.BODY, has_body=True),
        ("DELETE", "/youtube/v3/comments"): _writes(writing.delete, params.ONE),
        ("POST", "/youtube/v3/comments/setModerationStatus"): _writes(writing.moderate, params.MODERATION),
        ("GET", "/youtube/v3/search"): Endpoint(params.SEARCH, listings.search, scopes=READS),
        ("GET", "/youtube/v3/videos"): Endpoint(params.VIDEOS, listings.videos, scopes=READS),
        ("GET", "/youtube/v3/channels"): Endpoint(params.CHANNELS, listings.channels, scopes=READS),
    }
)
SEARCH = "/youtube/v3/search"


def answer(sandbox: YouTubeSandbox, request: Request) -> Answer:
    """What YouTube answers; it has acted when this returns."""
    seen = Incoming(request)
    if (seen.method, seen.path) == ("POST", "/token"):
        return Answer(dressed(sandbox, sandbox.keyring.answer_token(seen)))
    if (seen.method, seen.path) == ("POST", "/revoke"):
        return Answer(dressed(sandbox, sandbox.keyring.answer_revoke(seen)))
    who = ""
    try:
        found = ENDPOINTS.find(seen.method, seen.path)
        if found is None:
            raise Refused.plain(404)
        caller = sandbox.keyring.caller(seen)
        who = caller.name
        endpoint = found.handler
        sandbox.quota.spend(endpoint.cost, sandbox.clock.now(), search=seen.path == SEARCH)
        if caller.channel is not None:
            caller.must_have(endpoint.scopes)
        response = _run(sandbox, seen, caller, endpoint)
    except Refused as refused:
        response = refused.response()
    return Answer(dressed(sandbox, response), who)


def _run(sandbox: YouTubeSandbox, seen: Incoming, caller: Caller, endpoint: Endpoint) -> Response:
    call = checked(seen, endpoint.takes)
    mask = mask_of(call.query["fields"]) if call.query.get("fields") else {}
    if endpoint.read is not None:
        body: dict[str, Any] | None = endpoint.read(sandbox, call, caller)
    else:
        assert endpoint.write is not None
        body = endpoint.write(sandbox, call, caller, _json(seen) if endpoint.has_body else None)
    if body is None:
        return Response(204)
    if "etag" not in body:
        body = {"kind": body["kind"], "etag": etag(body), **body}
    if endpoint.read is not None and seen.request.headers.get("if-none-match", "").strip('"') == body["etag"]:
        return Response(304, Headers({"ETag": body["etag"]}))
    return json_response(200, masked(body, mask), {"ETag": body["etag"], "Cache-Control": "private"})


def _json(seen: Incoming) -> Any:
    try:
        return seen.json()
    except ValueError:
        raise Refused(400, "global", "parseError", "Parse Error") from None


def dressed(sandbox: YouTubeSandbox, response: Response) -> Response:
    """The answer with the headers that all of Google's have: none of them tells of a limit."""
    date_header = format_datetime(sandbox.clock.now(), usegmt=True)
    said = {
        **response.headers,
        "Date": date_header,
        "Server": "scaffolding on HTTPServer2",
        "Vary": "X-Origin",
    }
    return replace(response, headers=Headers(said))


__all__ = ["ENDPOINTS", "answer", "dressed"]
