"""A sandbox as an ASGI app, and served on a port of this machine."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
import orjson

from socialdesk.wire import Headers, Request, Response

if TYPE_CHECKING:
    from .sandbox import Sandbox

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DRIPS = 10
"""In how many pieces a slow answer comes."""


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
        delivery = self.sandbox.deliver(_request(scope, await _body(receive)))
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


async def _body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def _request(scope: Scope, body: bytes) -> Request:
    headers = Headers({name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]})
    path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace").partition("?")[0]
    query = scope.get("query_string", b"").decode("ascii", "replace")
    url = f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}{path}"
    return Request(scope["method"], f"{url}?{query}" if query else url, headers=headers, body=body or None)


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


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(128)
    return listening


def _server(sandbox: Sandbox, started: Callable[[], None]) -> Any:
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    app = sandbox.asgi()
    connections: dict[Any, Any] = {}

    class Protocol(H11Protocol):
        """HTTP/1.1 whose connections can be cut."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            connections[transport.get_extra_info("peername")[:2]] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.transport.get_extra_info("peername")[:2], None)
            super().connection_lost(exc)

    def cut(client: Any) -> bool:
        transport = connections.get(tuple(client or ()))
        if transport is not None:
            transport.abort()
        return transport is not None

    class Server(uvicorn.Server):
        """A server that says when it is ready."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

    app.cut = cut
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        date_header=False,  # the platform sends its own, by its own clock
        server_header=False,
    )
    return Server(config)


def serve(
    sandbox: Sandbox, port: int = 0, *, host: str = "127.0.0.1", ready: Callable[[str], None] | None = None
) -> None:
    """Serve a sandbox until the process is told to stop; port 0 takes a free one.

    ``ready`` is given one line of JSON, the sandbox's introduction, when connections are accepted; without it the
    line is printed. Time runs from then on. Raises OSError where the port is taken.
    """
    listening = _listen(host, port)
    sandbox.base_url = f"http://{host}:{listening.getsockname()[1]}"
    sandbox.run()
    tell = ready or (lambda line: print(line, flush=True))  # noqa: T201  # the line is the function's output
    server = _server(sandbox, lambda: tell(orjson.dumps(sandbox.introduction()).decode()))
    with contextlib.closing(listening):
        server.run([listening])


@contextlib.contextmanager
def served(sandbox: Sandbox, port: int = 0, *, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve a sandbox from a thread while the context is open; gives its base URL."""
    listening = _listen(host, port)
    before = sandbox.base_url
    sandbox.base_url = f"http://{host}:{listening.getsockname()[1]}"
    sandbox.run()
    up = threading.Event()
    server = _server(sandbox, up.set)
    thread = threading.Thread(target=server.run, args=([listening],), name="sandbox", daemon=True)
    thread.start()
    try:
        if not up.wait(20):
            raise RuntimeError("the sandbox did not come up within 20 seconds")
        yield sandbox.base_url
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
        sandbox.base_url = before
