"""One request, from its credentials to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from socialdesk.testing.sandbox import Answer, Found, Incoming, json_response
from socialdesk.wire import Headers, Request, Response

from .access import Caller
from .answers import finished, read_by
from .call import Call
from .endpoints import ENDPOINTS, Endpoint
from .limits import too_many
from .params import asked, check
from .problems import HOSTS, Refused
from .tokens import answer_client_credentials, answer_revoke, answer_token

if TYPE_CHECKING:
    from .twitter import TwitterSandbox


def nothing_left(sandbox: TwitterSandbox, request: Request, resets_at: datetime) -> dict[str, str]:
    """The headers of an answer that says: nothing is left until then."""
    seen = Incoming(request)
    found = ENDPOINTS.find(seen.method, seen.path)
    allowed = sandbox.limits.allowances.get((seen.method, found.template)) if found else None
    limit = (allowed.user or allowed.app or 15) if allowed else 15
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(resets_at.timestamp())),
    }


def answer(sandbox: TwitterSandbox, request: Request) -> Answer:
    """What X answers; it has acted when this returns."""
    seen = Incoming(request)
    for_tokens = {
        ("POST", "/2/oauth2/token"): answer_token,
        ("POST", "/2/oauth2/revoke"): answer_revoke,
        ("POST", "/oauth2/token"): answer_client_credentials,
    }.get((seen.method, seen.path))
    if for_tokens is not None:
        return Answer(dressed(sandbox, for_tokens(sandbox.keyring, seen), {}))
    headers: dict[str, str] = {}
    who = ""
    try:
        found = ENDPOINTS.find(seen.method, seen.path)
        if found is None:
            raise _nothing_there(seen)
        caller = sandbox.keyring.caller(seen)
        who = caller.name
        headers["x-access-level"] = caller.level
        _admit(caller, found.handler)
        counted, allowed = sandbox.limits.spend((seen.method, found.template), caller, sandbox.clock.now())
        headers |= counted
        if not allowed:
            raise too_many()
        _afford(sandbox, found.handler)
        response = _run(sandbox, seen, caller, found)
    except Refused as refused:
        response = refused.response(sandbox.names)
    return Answer(dressed(sandbox, response, headers), who)


def _nothing_there(seen: Incoming) -> Refused:
    if seen.path.startswith("/1.1/"):
        return Refused.closed()
    return Refused.plain(405 if ENDPOINTS.methods(seen.path) else 404)


def _run(sandbox: TwitterSandbox, seen: Incoming, caller: Caller, found: Found[Endpoint]) -> Response:
    endpoint = found.handler
    check(seen, endpoint.params)
    call = Call(seen, caller, found.args, endpoint.params, asked(seen, caller.user))
    done = endpoint.run(sandbox, call)
    if isinstance(done, Response):
        return done
    status, body = done
    if status == 200:
        sandbox.reads[sandbox.clock.now().date()] |= read_by(body)
    location: dict[str, str] = {}
    if status == 201 and endpoint.location:
        location = {"location": HOSTS[sandbox.names] + endpoint.location.format(**body["data"])}
    return json_response(status, finished(body, sandbox.names), location)


def _admit(caller: Caller, endpoint: Endpoint) -> None:
    """Raises Refused(403) where these credentials are not for this endpoint."""
    if caller.kind not in endpoint.takes:
        raise Refused.unsupported_authentication(caller.kind, endpoint.takes)
    if caller.scopes is not None and not caller.scopes.issuperset(endpoint.scopes):
        raise Refused.plain(403)
    if (endpoint.writes or endpoint.private) and not caller.writes:
        raise Refused.read_only()


def _afford(sandbox: TwitterSandbox, endpoint: Endpoint) -> None:
    """Raises Refused where credit or the month's reading is used up."""
    if not sandbox.credit:
        raise Refused.out_of_credit(sandbox.account.id)
    reads_posts = "tweet.read" in endpoint.scopes and not (endpoint.writes or endpoint.private)
    if reads_posts and endpoint.takes != ("app",) and sandbox.used() >= sandbox.usage_cap:
        raise Refused.capped()


def dressed(sandbox: TwitterSandbox, response: Response, headers: Mapping[str, str]) -> Response:
    """The answer with the headers that all of X's answers have."""
    date_header = format_datetime(sandbox.clock.now(), usegmt=True)
    said = {**response.headers, "Date": date_header, "Server": "tsa_b", "api-version": "2.165", **headers}
    return replace(response, headers=Headers(said))
