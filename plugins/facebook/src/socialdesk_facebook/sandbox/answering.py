"""One request, from its token to its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import Answer, Incoming, json_response
from socialdesk.wire import Headers, Response

from .call import Call
from .endpoints import DOES, MESSENGER
from .given import Given
from .problems import Refused, throttled
from .reading import read_edge, read_node, read_several
from .state import Page
from .telling import KINDS
from .tokens import debug_token, give_token

if TYPE_CHECKING:
    from .facebook import FacebookSandbox

_VERSION = re.compile(r"v(\d{1,3})\.(\d)")
METHODS = ("GET", "POST", "DELETE")


def answer(sandbox: FacebookSandbox, seen: Incoming) -> Answer:
    """What Facebook answers; it has acted when this returns."""
    headers: dict[str, str] = {}
    who, version = "", sandbox.oldest_version
    try:
        version, path = version_of(sandbox, seen.path)
        given = Given.read(seen)
        method = (given.text("method") or seen.method).upper() if seen.method == "POST" else seen.method
        if path == ("oauth", "access_token"):
            return Answer(dressed(sandbox, json_response(200, give_token(sandbox, given)), version, headers))
        call = Call(sandbox, seen, method, given, sandbox.keyring.caller(seen, given), version, path)
        who = call.caller.name
        use_case = _use_case(call)
        counted, problem = sandbox.limits.spend(call.caller, use_case, sandbox.clock.now())
        headers |= counted
        if problem is not None:
            raise throttled(problem)
        response = json_response(200, run(call))
    except Refused as refused:
        response = refused.response(sandbox.trace())
    return Answer(dressed(sandbox, response, version, headers), who)


def version_of(sandbox: FacebookSandbox, path: str) -> tuple[str, tuple[str, ...]]:
    """The version that answers, and the path behind it. An old version, or none, is the oldest that lives; raises
    Refused on one that is yet to come."""
    parts = tuple(part for part in path.split("/") if part)
    found = _VERSION.fullmatch(parts[0]) if parts else None
    if found is None:
        return sandbox.oldest_version, parts
    asked = (int(found[1]), int(found[2]))
    if asked > _numbers(sandbox.newest_version):
        raise Refused.path("/".join(parts))
    return (parts[0] if asked >= _numbers(sandbox.oldest_version) else sandbox.oldest_version), parts[1:]


def _numbers(version: str) -> tuple[int, int]:
    found = _VERSION.fullmatch(version)
    assert found is not None
    return int(found[1]), int(found[2])


def _use_case(call: Call) -> str:
    """What a call counts against."""
    first = call.path[0] if call.path else call.given.text("ids") or ""
    if (call.path[1:2] and call.path[1] in MESSENGER) or first.startswith(("t_", "m_")):
        return "messenger"
    if call.caller.page is not None or first.split("_")[0] in call.sandbox.world.actors:
        return "pages" if first != getattr(call.caller.user, "id", None) else "app"
    return "app"


def run(call: Call) -> dict[str, Any]:
    """Do what a call asks for. Raises Refused where Facebook does not."""
    if call.path == ("debug_token",) and call.method == "GET":
        return debug_token(call)
    if len(call.path) > 2:
        raise Refused.path("/".join(call.path))
    if call.method not in METHODS:
        raise Refused.gone(call.method, call.path[0] if call.path else "")
    if call.method == "GET" and "ids" in call.given.values and len(call.path) < 2:
        return read_several(call, call.path[0] if call.path else None)
    if not call.path:
        raise Refused("Unsupported get request.", 100, kind="GraphMethodException")
    name, edge = call.path[0], call.path[1] if len(call.path) > 1 else ""
    thing = call.node(name)
    found = DOES.get((call.method, type(thing), edge))
    if found is not None:
        _meter_conversations(call, edge)
        return found.run(call, thing)
    if call.method == "GET":
        _meter_conversations(call, edge)
        return read_edge(call, name, edge) if edge else read_node(call, name)
    if edge and edge not in KINDS.of(thing).edges:
        raise Refused.nonexisting(edge, KINDS.of(thing).name)
    raise Refused.gone(call.method, name)


def _meter_conversations(call: Call, edge: str) -> None:
    """Facebook asks for two calls a second of the Conversations API; by default nothing watches that here."""
    page = call.caller.page
    if edge in ("conversations",) and isinstance(page, Page):
        meter = call.sandbox.limits.meter("conversations", page.id)
        if not meter.spend(call.sandbox.clock.now()):
            raise throttled(613)


def dressed(
    sandbox: FacebookSandbox, response: Response, version: str, headers: Mapping[str, str]
) -> Response:
    """The answer with the headers that all of Facebook's answers have."""
    said = {
        **response.headers,
        "facebook-api-version": version,
        "x-fb-trace-id": sandbox.trace(),
        "x-fb-rev": "1028170000",
        "Date": format_datetime(sandbox.clock.now(), usegmt=True),
        **headers,
    }
    return replace(response, headers=Headers(said))
