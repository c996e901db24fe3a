"""One request, from its credentials to its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from socialdesk.testing.sandbox import Answer, Incoming, json_response
from socialdesk.wire import Headers, Request, Response

from .access import Caller
from .call import Call
from .endpoints import ENDPOINTS, Endpoint
from .problems import Refused, Style, meta
from .telling_blogs import chosen_fields
from .tokens import answer_exchange, answer_token

if TYPE_CHECKING:
    from .tumblr import TumblrSandbox

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_TOKENS = {
    ("POST", "/v2/oauth2/token"): answer_token,
    ("POST", "/v2/oauth2/exchange"): answer_exchange,
}
_ADDRESS = ("address_minute", "address_hour", "address_day")
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,60}")


def answer(sandbox: TumblrSandbox, request: Request) -> Answer:
    """What Tumblr answers; it has acted when this returns."""
    seen = Incoming(request)
    sandbox.world.settle()
    found = ENDPOINTS.find(seen.method, seen.path)
    style: Style = found.handler.style if found is not None else "plain"
    headers: dict[str, str] = {}
    who = ""
    try:
        _let_in(sandbox, seen)
        for_tokens = _TOKENS.get((seen.method, seen.path))
        if for_tokens is not None:
            return Answer(dressed(sandbox, for_tokens(sandbox.keyring, seen), {}))
        if found is None:
            raise Refused(404)
        caller = sandbox.keyring.caller(seen)
        who = caller.name
        _count(sandbox, found.handler, headers)
        _admit(caller, found.handler)
        call = Call(sandbox, seen, caller, found.args)
        response = _told(seen, *found.handler.run(call))
    except Refused as refused:
        response = refusal(sandbox, refused, style)
    return Answer(dressed(sandbox, _wrapped(seen, response), headers), who)


def _let_in(sandbox: TumblrSandbox, seen: Incoming) -> None:
    """Raises Refused where no request gets further: over plain HTTP, without a name, or from an address with too
    many."""
    address = urlsplit(seen.url)
    if address.scheme != "https" and address.hostname not in _LOOPBACK:
        raise Refused(404)
    _know_agent(sandbox, seen)
    if not sandbox.limits.spend(_ADDRESS, sandbox.clock.now()):
        raise Refused(429)


def _know_agent(sandbox: TumblrSandbox, seen: Incoming) -> None:
    """The first User-Agent is the one to keep to. A request that came over no connection needs none: what sends real
    ones adds it."""
    agent = seen.request.headers.get("user-agent", "")
    if not agent:
        if "host" in seen.request.headers or sandbox.agent_policy == "strict":
            raise Refused(403, "A User-Agent must be told.")
        return
    if agent not in sandbox.agents:
        sandbox.agents.append(agent)
    if agent != sandbox.agents[0] and sandbox.agent_policy in ("refuse", "strict"):
        raise Refused(403, "The application is suspended: it came under several names.")


def _count(sandbox: TumblrSandbox, endpoint: Endpoint, headers: dict[str, str]) -> None:
    now, limits = sandbox.clock.now(), sandbox.limits
    windows = ("hour", "day", endpoint.window) if endpoint.window else ("hour", "day")
    allowed = limits.spend(windows, now)
    headers |= limits.headers(now)
    if not allowed:
        raise Refused(429)


def _admit(caller: Caller, endpoint: Endpoint) -> None:
    if endpoint.takes == "person" and caller.person is None:
        raise Refused(401)
    if not caller.may(endpoint.scope):
        raise Refused(403, "The token was not granted for this.")


def _told(seen: Incoming, status: int, value: Any) -> Response:
    wanted = seen.query.get("fields[blogs]")
    if wanted:
        names = frozenset(name.strip().lstrip("?") for name in wanted.split(","))
        value = chosen_fields(value, names)
    return json_response(status, {"meta": meta(status), "response": value})


def refusal(sandbox: TumblrSandbox, refused: Refused, style: Style) -> Response:
    """A refusal in the shape of its route."""
    nothing: Any = [] if sandbox.empty_response == "list" else ""
    return json_response(
        refused.status, refused.body(style, objects=sandbox.legacy_errors == "objects", nothing=nothing)
    )


def _wrapped(seen: Incoming, response: Response) -> Response:
    """JSONP, where a GET asks for it: always with status 200."""
    name = seen.query.get("callback") or seen.query.get("jsonp") or ""
    if seen.method != "GET" or not _CALLBACK.fullmatch(name):
        return response
    body = name.encode() + b"(" + response.body + b");"
    return Response(200, Headers({"Content-Type": "application/javascript; charset=utf-8"}), body)


def dressed(sandbox: TumblrSandbox, response: Response, headers: Mapping[str, str]) -> Response:
    """The answer with the headers that all of Tumblr's answers have."""
    date_header = format_datetime(sandbox.clock.now(), usegmt=True)
    said = {
        **response.headers,
        "Date": date_header,
        "Server": "openresty",
        "Vary": "Accept-Encoding",
        **headers,
    }
    return replace(response, headers=Headers(said))
