"""The drivers on httpx: the one module that opens sockets.

httpx keeps a timeout per read, not per request: a server that drips one byte a second outlives any of them. Here each
request has one deadline for everything, from connecting to the last byte. In sync it is kept by a network backend that
gives each read only the time that is left, in async by a cancel scope.
"""

from __future__ import annotations

import logging
import os
import re
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterable
from functools import cache
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpcore
import httpx

from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.runtime import DEADLINE, Runtime
from socialdesk.wire import Flow, Headers, Request, Response, Streamed, TransportError

__all__ = ["AsyncHttpTransport", "HttpTransport", "arun", "run"]

T = TypeVar("T")

LARGEST_BODY = 32 * 2**20
"""Bytes of a decoded answer; a larger one is refused while it is read."""

CONNECTIONS = (
    8  # httpx's pool scans all its connections at each request: more of them make it slower, not faster
)
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
CONNECTING = (
    0.8  # share of the deadline: a connection that does not come about is told apart from a silent server
)

SocketOption = Any  # httpcore's own type for it is private


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # 24 ms and 0.9 MB each: one for all


@cache
def _user_agent() -> str:
    return f"socialdesk/{version('socialdesk')}"  # read from a file: a millisecond each time


class _Deadline(threading.local):
    at: float | None = None

    def left(self, timeout: float | None) -> float | None:
        if self.at is None:
            return timeout
        return max(0.001, self.at - time.monotonic())


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every read and write gets what is left of the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def _left(self, timeout: float | None, expired: type[Exception]) -> float | None:
        if self._deadline.at is not None and time.monotonic() >= self._deadline.at:
            raise expired("the request's deadline has passed")
        return self._deadline.left(timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _DeadlineBackend(httpcore.SyncBackend):
    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        wait = left if timeout is None or left is None else min(left, timeout)
        stream = super().connect_tcp(host, port, wait, local_address, socket_options)
        return _DeadlineStream(stream, self._deadline)


class _Redaction(logging.Filter):
    """Takes cookies, credentials and addresses out of what httpcore logs at DEBUG."""

    _FIELDS = re.compile(
        r"(b?['\"][\w-]*(?:cookie|auth|token|secret|key|location)[\w-]*['\"]\s*,\s*b?)(['\"])(?:\\.|(?!\2).)*\2",
        re.IGNORECASE,
    )

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._FIELDS.sub(r"\1'[secure]'", record.getMessage()), ()
        return True


@cache
def _redact_logs() -> None:
    for name in ("httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy"):
        logging.getLogger(name).addFilter(_Redaction())


def _content(request: Request, *, in_loop: bool) -> tuple[Any, dict[str, str]]:
    """What httpx sends as the body, and the header fields that go with it."""
    body = request.body
    if isinstance(body, Streamed):
        fields = {"content-type": body.media_type, "content-length": str(body.length)}
        return (_in_threads(body) if in_loop else body.chunks()), fields
    content, media_type = request.content()
    return content or None, {"content-type": media_type} if media_type else {}


async def _in_threads(body: Streamed) -> AsyncIterator[bytes]:
    """The body's pieces, each read from the disk without keeping the event loop waiting."""
    pieces = body.chunks()
    while (piece := await anyio.to_thread.run_sync(next, pieces, b"")) != b"":
        yield piece


def _outgoing(request: Request, timeout: float, *, in_loop: bool = False) -> httpx.Request:
    """Raises TransportError, ``sent`` False, where there is no such request in HTTP."""
    content, described = _content(request, in_loop=in_loop)
    headers = {
        "user-agent": _user_agent(),
        "accept": "application/json",
        **described,
        **{name.lower(): value for name, value in request.headers.items()},
    }
    waits = httpx.Timeout(timeout, connect=CONNECTING * timeout, pool=CONNECTING * timeout)
    try:
        if (urlsplit(request.url).port or 0) > 65535:  # asyncio would raise an error of its own kind
            raise ValueError("no such port")
        return httpx.Request(
            request.method,
            request.full_url,
            headers=headers,
            content=content,
            extensions={"timeout": waits.as_dict()},
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise TransportError(f"this cannot be sent ({type(error).__name__})", sent=False) from None


def _incoming(request: Request, answer: httpx.Response, body: bytes) -> Response:
    return Response(answer.status_code, Headers(dict(answer.headers.items())), body, request=request)


def _failure(error: Exception) -> TransportError:
    # The message of httpx's error may hold the URL and with it a secret: only its kind is told.
    return TransportError(type(error).__name__, sent=not isinstance(error, NOT_SENT))


def _grown(body: bytearray, chunk: bytes) -> None:
    body += chunk
    if len(body) > LARGEST_BODY:
        raise TransportError(f"the answer is larger than {LARGEST_BODY} bytes", sent=True)


class HttpTransport:
    """Performs requests for :class:`Driver`. Safe to share among threads, and to carry across a fork.

    There are no cookies, no proxies from the environment, no redirects and no retries: each request goes out once.
    """

    def __init__(self) -> None:
        self._deadline = _Deadline()
        self._guard = threading.Lock()
        self._pid = 0
        self._http: httpx.HTTPTransport | None = None
        _redact_logs()

    def _transport(self) -> httpx.HTTPTransport:
        if self._http is None or self._pid != os.getpid():
            with self._guard:
                if self._http is None or self._pid != os.getpid():
                    self._http, self._pid = self._new(), os.getpid()
        return self._http

    def _new(self) -> httpx.HTTPTransport:
        transport = httpx.HTTPTransport(verify=_tls())
        transport._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS,
            keepalive_expiry=30.0,
            network_backend=_DeadlineBackend(self._deadline),
        )
        return transport

    def send(self, request: Request, timeout: float) -> Response:
        """The answer, whole. Raises TransportError; ``sent`` False where nothing went out."""
        self._deadline.at = time.monotonic() + timeout
        try:
            answer = self._transport().handle_request(_outgoing(request, timeout))
            try:
                body = bytearray()
                for chunk in answer.iter_bytes():
                    _grown(body, chunk)
            finally:
                answer.close()
            return _incoming(request, answer, bytes(body))
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _failure(error) from None
        finally:
            self._deadline.at = None

    def close(self) -> None:
        http, self._http = self._http, None
        if http is not None and self._pid == os.getpid():
            http.close()


class AsyncHttpTransport:
    """Performs requests for :class:`AsyncDriver`, with one pool for each event loop that uses it."""

    def __init__(self) -> None:
        self._pools: anyio.lowlevel.RunVar[httpx.AsyncHTTPTransport | None]
        self._pools = anyio.lowlevel.RunVar("socialdesk pool", None)
        _redact_logs()

    def _transport(self) -> httpx.AsyncHTTPTransport:
        transport = self._pools.get()
        if transport is None:
            limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
            transport = httpx.AsyncHTTPTransport(verify=_tls(), limits=limits)
            self._pools.set(transport)
        return transport

    async def asend(self, request: Request, timeout: float) -> Response:
        """The answer, whole. Raises TransportError; ``sent`` False where nothing went out."""
        try:
            answer = await self._transport().handle_async_request(_outgoing(request, timeout, in_loop=True))
            try:
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    _grown(body, chunk)
            finally:
                with anyio.CancelScope(shield=True):
                    await answer.aclose()
            return _incoming(request, answer, bytes(body))
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _failure(error) from None

    async def aclose(self) -> None:
        transport = self._pools.get()
        self._pools.set(None)
        if transport is not None:
            await transport.aclose()


def run(flow: Flow[T], *, timeout: float = DEADLINE) -> T:
    """Run one flow over HTTP in this thread and give its result."""
    transport = HttpTransport()
    try:
        return Driver(Runtime(transport, timeout=timeout)).run(flow)
    finally:
        transport.close()


async def arun(flow: Flow[T], *, timeout: float = DEADLINE) -> T:
    """Run one flow over HTTP in this task and give its result."""
    transport = AsyncHttpTransport()
    try:
        return await AsyncDriver(Runtime(transport, timeout=timeout)).run(flow)
    finally:
        await transport.aclose()
