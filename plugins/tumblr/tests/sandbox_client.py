"""A client that signs and sends, for tests of the sandbox."""

from __future__ import annotations

import itertools
from typing import Any

from oauthlib.oauth1 import Client as OAuth1Client  # type: ignore[import-untyped]  # it has no types

from socialdesk.bodies import json_bytes
from socialdesk.testing.sandbox import Sandbox
from socialdesk.wire import Form, Headers, Json, Request, Response

NONCES = itertools.count()


def words(text: str, *formatting: dict[str, Any]) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": text, **({"formatting": list(formatting)} if formatting else {})}


def in_form(value: Any, **files: bytes) -> dict[str, Any]:
    """A form with JSON in its first part and files in the others: the body, and the header that says so."""
    pieces = [
        b'--cut\r\nContent-Disposition: form-data; name="json"\r\nContent-Type: application/json\r\n\r\n',
        json_bytes(value),
    ]
    for name, content in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{name}.bin"'
        pieces += [f"\r\n--cut\r\n{head}\r\nContent-Type: image/png\r\n\r\n".encode(), content]
    headers = {"Content-Type": "multipart/form-data; boundary=cut"}
    return {"body": b"".join([*pieces, b"\r\n--cut--\r\n"]), "headers": headers}


class Caller:
    """Sends requests to a sandbox with one kind of credentials: ``key``, ``oauth1``, ``oauth2`` or ``none``."""

    def __init__(self, sandbox: Any, kind: str = "oauth1", credentials: dict[str, str] | None = None) -> None:
        self.sandbox: Sandbox = sandbox
        self.kind = kind
        self.keys = credentials or sandbox.credentials

    def request(self, method: str, path: str, params: Any = None, **rest: Any) -> Request:
        params = {**(params or {}), **({"api_key": self.keys["api_key"]} if self.kind == "key" else {})}
        body, headers = rest.get("body"), rest.get("headers", {})
        if "json" in rest:
            body = Json(rest["json"])
        elif "form" in rest:
            body = Form(rest["form"])
        request = Request(method, self.sandbox.base_url + path, params=params, body=body)
        headers = Headers({**self.authorization(request), **headers})
        return Request(method, request.url, params=params, body=body, headers=headers)

    def authorization(self, request: Request) -> dict[str, str]:
        if self.kind in ("none", "key"):
            return {}
        if self.kind == "oauth2":
            return {"Authorization": f"Bearer {self.keys['oauth2_access_token']}"}
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

    def __call__(self, method: str, path: str, params: Any = None, **rest: Any) -> Response:
        return self.sandbox.send(self.request(method, path, params, **rest), 30)

    def get(self, path: str, **params: Any) -> Any:
        """What a GET of something of the brand's blog tells."""
        answer = self("GET", f"/v2/blog/acme/{path}", {name: str(value) for name, value in params.items()})
        assert answer.status == 200, answer.body
        return answer.json()["response"]

    def write(self, *content: dict[str, Any], **rest: Any) -> Response:
        """Post as NPF on the brand's blog."""
        return self("POST", "/v2/blog/acme/posts", json={"content": list(content), **rest})

    def reblog(self, post: Any, *content: dict[str, Any], **rest: Any) -> Response:
        """Reblog as NPF on the brand's blog."""
        parent = {"parent_tumblelog_uuid": post.blog.uuid, "parent_post_id": post.number}
        return self.write(*content, **{**parent, "reblog_key": post.reblog_key, **rest})

    def form(self, path: str, **fields: Any) -> Response:
        """A form to an older route of the brand's blog."""
        fields = {name: str(value) for name, value in fields.items()}
        return self("POST", f"/v2/blog/acme/{path}", form=fields)
