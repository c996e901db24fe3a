"""One request, from its token to its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import orjson

from socialdesk.testing.sandbox import Answer, Incoming, json_response
from socialdesk.wire import Headers, Request, Response

from . import describe, limits
from .access import Token
from .call import Call, given
from .endpoints import ENDPOINTS, Endpoint
from .problems import Refused

if TYPE_CHECKING:
    from .mastodon import MastodonSandbox


def answer(sandbox: MastodonSandbox, request: Request) -> Answer:
    """What the server answers; it has acted when this returns."""
    seen = Incoming(request)
    who = ""
    told: dict[str, str] = {}
    try:
        token = sandbox.keyring.of(seen)
        who = token.user.acct if token is not None and token.user is not None else ""
        told, through = sandbox.limits.spend(token.value if token else "", seen, sandbox.clock.now())
        if not through:
            raise limits.too_many()
        response = _run(sandbox, seen, token)
    except Refused as refused:
        response = refused.response(sandbox.language, other=sandbox.is_other)
    return Answer(dressed(sandbox, response, told), who)


def _run(sandbox: MastodonSandbox, seen: Incoming, token: Token | None) -> Response:
    found = ENDPOINTS.find(seen.method, seen.path.rstrip("/"))
    if found is None:
        raise Refused(404, "nowhere")
    _admit(found.handler, token)
    sandbox.world.arrive()
    params = {} if seen.media_type == "multipart/form-data" else given(seen)
    done: Any = found.handler.run(Call(sandbox, seen, token, found.args, params))
    if isinstance(done, Response):
        return done
    body, headers = done if isinstance(done, tuple) else (done, {})
    return json_response(200, body, headers)


def _admit(endpoint: Endpoint, token: Token | None) -> None:
    """Raises Refused where the token does not open this."""
    if token is None:
        if not endpoint.anyone:
            raise Refused(401, "token")
        return
    if endpoint.scope and not token.grants(endpoint.scope):
        profile = endpoint.scope == "read:accounts" and "profile" in token.scopes
        if not profile:
            raise Refused(403, "scope")


def dressed(sandbox: MastodonSandbox, response: Response, told: dict[str, str]) -> Response:
    """The answer with the headers that all of the server's answers have; of another make, with less in it."""
    if sandbox.is_other and "X-RateLimit-Reset" in told:
        moment = datetime.fromisoformat(told["X-RateLimit-Reset"])
        told = {**told, "X-RateLimit-Reset": str(int(moment.timestamp()))}
    if sandbox.is_other and response.headers.get("content-type", "").startswith("application/json"):
        body = orjson.dumps(describe.as_others_tell(orjson.loads(response.body)))
        response = replace(response, body=body)
    date = format_datetime(sandbox.clock.now(), usegmt=True)
    return replace(
        response, headers=Headers({**response.headers, "Date": date, "Server": "Mastodon", **told})
    )
