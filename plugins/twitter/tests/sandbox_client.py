"""A client that signs and sends, for tests of the sandbox."""

from __future__ import annotations

import itertools
from typing import Any

from oauthlib.oauth1 import Client as OAuth1Client  # type: ignore[import-untyped]  # it has no types

from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Form, Headers, Json, Request, Response

NONCES = itertools.count()


class Caller:
    """Sends requests to a sandbox with one kind of credentials: ``app``, ``oauth1``, ``oauth2`` or ``none``."""

    def __init__(self, sandbox: Any, kind: str = "oauth1", credentials: dict[str, str] | None = None) -> None:
        self.sandbox: Sandbox = sandbox
        self.kind = kind
        self.keys = credentials or sandbox.credentials

    def request(
        self, method: str, path: str, *, json: Any = None, form: Any = None, **params: Any
    ) -> Request:
        params = {name.replace("__", "."): value for name, value in params.items()}
        body = Json(json) if json is not None else Form(form) if form is not None else None
        request = Request(method, self.sandbox.base_url + path, params=params, body=body)
        return Request(
            method, request.url, params=params, body=body, headers=Headers(self.authorization(request))
        )

    def authorization(self, request: Request) -> dict[str, str]:
        if self.kind == "none":
            return {}
        if self.kind != "oauth1":
            token = self.keys["bearer_token" if self.kind == "app" else "oauth2_access_token"]
            return {"Authorization": f"Bearer {token}"}
        client = OAuth1Client(
            self.keys["consumer_key"],
            client_secret=self.keys["consumer_secret"],
            resource_owner_key=self.keys["access_token"],
            resource_owner_secret=self.keys["access_token_secret"],
            nonce=f"nonce-{next(NONCES)}",
            timestamp=str(int(self.sandbox.clock.now().timestamp())),
        )
        content, kind = request.content()
        headers = {"Content-Type": kind} if kind else {}
        form = content.decode() if isinstance(request.body, Form) else None
        _, signed, _ = client.sign(request.full_url, request.method, form, headers)
        return {"Authorization": signed["Authorization"]}

    def __call__(self, method: str, path: str, **rest: Any) -> Response:
        return self.sandbox.send(self.request(method, path, **rest), 30)

    def get(self, path: str, **params: Any) -> Any:
        return self("GET", path, **params).json()

    def post(self, text: str, **rest: Any) -> Response:
        return self("POST", "/2/tweets", json={"text": text, **rest})

    def reply(self, target: Any, text: str, **rest: Any) -> Response:
        return self.post(text, reply={"in_reply_to_tweet_id": target.id, **rest})
