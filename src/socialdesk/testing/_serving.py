"""A sandbox served on a port of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import uvicorn

    from .sandbox import Sandbox


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _cuttable() -> tuple[type[asyncio.Protocol], Callable[[Any], bool]]:
    """HTTP/1.1 whose connections can be cut, and what cuts that of a client, given its address."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    connections: dict[Any, Any] = {}

    class Protocol(H11Protocol):
        """Remembers its connection while it is open."""

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

    return Protocol, cut


def _server(sandbox: Sandbox, started: Callable[[], None]) -> uvicorn.Server:
    import uvicorn

    class Server(uvicorn.Server):
        """A server that says when it is ready."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

    app = sandbox.asgi()
    protocol, app.cut = _cuttable()
    config = uvicorn.Config(
        app,
        http=protocol,
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
