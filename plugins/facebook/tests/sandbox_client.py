"""A client that sends, for tests of the sandbox."""

from __future__ import annotations

from typing import Any

from socialdesk.wire import Body, Form, Headers, Json, Request, Response, Streamed
from socialdesk_facebook.sandbox import FacebookSandbox


class Caller:
    """Sends requests to a sandbox with one of its tokens, by the name of the credentials or as it is. ``where`` is how
    the token is sent: ``header``, ``query`` or ``form``."""

    def __init__(self, sandbox: FacebookSandbox, token: str = "page_token", where: str = "header") -> None:
        self.sandbox = sandbox
        self.token = sandbox.credentials.get(token, token)
        self.where = where
        self.version = "/v26.0"

    def __call__(self, method: str, path: str, *, body: Body = None, **params: Any) -> Response:
        headers = {}
        if self.where == "header":
            headers["Authorization"] = f"Bearer {self.token}"
        elif self.where == "query":
            params["access_token"] = self.token
        elif self.where == "form":
            fields = dict(body.fields) if isinstance(body, Form) else {}
            body = Form({**fields, "access_token": self.token})
        url = self.sandbox.base_url + self.version + path
        return self.sandbox.send(Request(method, url, params=params, body=body, headers=Headers(headers)), 30)

    def get(self, path: str, **params: Any) -> Any:
        """The body of an answer that is a success."""
        answer = self("GET", path, **params)
        assert answer.status == 200, answer.json()
        return answer.json()

    def post(self, path: str, **form: Any) -> Response:
        return self("POST", path, body=Form({name: str(value) for name, value in form.items()}))

    def send(self, to: Any, text: str = "Hello", **more: Any) -> Response:
        """A message to a person."""
        message = {"text": text, **more.pop("message", {})}
        told = {"recipient": {"id": to.id}, "messaging_type": "RESPONSE", "message": message, **more}
        return self("POST", f"/{self.sandbox.account.id}/messages", body=Json(told))


def error_of(answer: Response) -> tuple[int, int | None]:
    """Code and subcode of an answer that is an error."""
    told = answer.json()["error"]
    assert answer.status >= 400
    assert all(told[name] for name in ("message", "type", "fbtrace_id"))
    return told["code"], told.get("error_subcode")


def ids(listed: Any) -> list[str]:
    return [one["id"] for one in listed["data"]]


def upload(
    content: bytes, media_type: str, *, name: str = "source", filename: str = "a.bin", **fields: str
) -> Streamed:
    """A multipart body with one file."""
    lines = [
        b'--xx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (key.encode(), value.encode())
        for key, value in fields.items()
    ]
    head = f'--xx\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
    lines += [f"{head}Content-Type: {media_type}\r\n\r\n".encode(), content, b"\r\n--xx--\r\n"]
    body = b"".join(lines)
    return Streamed(len(body), "multipart/form-data; boundary=xx", lambda: iter((body,)))
