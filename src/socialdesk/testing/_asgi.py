"""A sandbox as an ASGI app."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import anyio

from socialdesk.wire import Headers, Request, Response, Streamed

if TYPE_CHECKING:
    from .sandbox import Sandbox

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DRIPS = 10
"""In how many pieces a slow answer comes."""
SPOOL = 2**20
"""From how many bytes on a body is kept in a temporary file while it is answered."""
PIECE = 2**16


class AsgiApp:
    """A sandbox as an ASGI 3 app.

    ``cut`` ends the connection of a client, given its address, and tells whether it could: a server that can do so
    sets it. Without it a dropped answer is a ConnectionResetError of the app, a refused connection a
    ConnectionRefusedError. Over a real connection a refused one is cut as well, since it had been accepted.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.cut: Callable[[Any], bool] = lambda client: False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            raise NotImplementedError(f"a sandbox does not speak {scope['type']}")
        with tempfile.SpooledTemporaryFile(SPOOL) as body:
            length = await _spool(receive, body)
            delivery = self.sandbox.deliver(_request(scope, body, length))
        if delivery.response is not None:
            await _answer(send, delivery.response, delivery.seconds)
        elif self.cut(scope.get("client")):
            while (await receive())["type"] != "http.disconnect":
                pass
        elif delivery.reached:
            raise ConnectionResetError("the connection was closed before an answer came")
        else:
            raise ConnectionRefusedError("the connection was refused")

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return


async def _spool(receive: Receive, body: IO[bytes]) -> int:
    """Put a request's body into a file, and tell how many bytes there are."""
    length = 0
    while True:
        message = await receive()
        length += body.write(message.get("body", b""))
        if not message.get("more_body", False):
            return length


def _request(scope: Scope, body: IO[bytes], length: int) -> Request:
    headers = Headers({name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]})
    path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace").partition("?")[0]
    query = scope.get("query_string", b"").decode("ascii", "replace")
    url = f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}{path}"

    def chunks() -> Iterator[bytes]:
        body.seek(0)
        while piece := body.read(PIECE):
            yield piece

    content = (
        Streamed(length, headers.get("content-type", ""), chunks) if length > SPOOL else b"".join(chunks())
    )
    return Request(scope["method"], f"{url}?{query}" if query else url, headers=headers, body=content or None)


async def _answer(send: Send, response: Response, seconds: float) -> None:
    fields = {**response.headers, "Content-Length": str(len(response.body))}
    headers = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if seconds > 0:
        size = len(response.body) // DRIPS + 1
        for index in range(DRIPS):
            await anyio.sleep(seconds / DRIPS)
            piece = response.body[index * size : (index + 1) * size]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if seconds > 0 else response.body})
