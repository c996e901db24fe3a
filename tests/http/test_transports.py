"""The transports over loopback: one deadline, what was sent and what not, forks, loops and logs."""

from __future__ import annotations

import gzip
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio
import pytest

from socialdesk._engine.drive import AsyncDriver, Driver
from socialdesk._engine.runtime import Runtime
from socialdesk._httpx import LARGEST_BODY, AsyncHttpTransport, HttpTransport, arun, run
from socialdesk.wire import Form, Json, Request, Response, TransportError

CANARY = "canary-5f0c1e"
KINDS = ["sync", "asyncio", "trio"]
Handler = Callable[[socket.socket, bytes], None]


@contextmanager
def serving(handle: Handler) -> Iterator[str]:
    """A server that reads one request of each connection after the other and hands it to ``handle``."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    stop = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            try:
                while (request := read_request(connection)) is not None:
                    handle(connection, request)
            except OSError:
                return  # the client went away, as some tests want

    def accept() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        thread.join(10)
        listener.close()


def read_request(connection: socket.socket) -> bytes | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body: bytes = b"{}", *headers: bytes, status: bytes = b"200 OK") -> bytes:
    fields = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(fields) + b"\r\n\r\n" + body


async def asking(request: Request) -> Response:
    return await request


def ask(kind: str, request: Request, timeout: float = 10) -> Response:
    if kind == "sync":
        return run(asking(request), timeout=timeout)

    async def main() -> Response:
        return await arun(asking(request), timeout=timeout)

    return anyio.run(main, backend=kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_goes_out_as_it_is_and_its_answer_comes_whole(kind: str) -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        connection.sendall(answer(b'{"id": "1"}', b"X-One: a", b"X-One: b"))

    with serving(handle) as url:
        response = ask(kind, Request("POST", f"{url}/posts", params={"a": "b c"}, body=Json({"text": "é"})))
        ask(kind, Request("PUT", f"{url}/x", headers={"Content-Type": "text/x"}, body=b"raw"))
        ask(kind, Request("POST", f"{url}/form", body=Form({"a": "b&c"})))
    assert (response.status, response.json(), response.headers["x-one"]) == (200, {"id": "1"}, "a, b")
    assert response.received_at is not None
    assert seen[0].startswith(b"POST /posts?a=b+c HTTP/1.1\r\n")
    assert seen[0].endswith('{"text":"é"}'.encode())
    assert b"content-type: application/json" in seen[0].lower()
    assert b"user-agent: socialdesk/" in seen[0].lower()
    assert b"cookie" not in seen[0].lower()
    assert b"content-type: text/x" in seen[1].lower()
    assert seen[2].endswith(b"a=b%26c")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("drips", ["head", "body"])
def test_a_slow_drip_does_not_outlive_the_deadline(kind: str, drips: str) -> None:
    def handle(connection: socket.socket, request: bytes) -> None:
        whole = answer(b"x" * 200)
        start = 0 if drips == "head" else whole.index(b"\r\n\r\n") + 4
        connection.sendall(whole[:start])
        for mark in whole[start:]:
            connection.sendall(bytes([mark]))
            time.sleep(0.05)

    with serving(handle) as url:
        started = time.monotonic()
        with pytest.raises(TransportError) as caught:
            ask(kind, Request("POST", url), timeout=0.3)
        assert time.monotonic() - started < 1.5
    assert caught.value.sent


def test_the_deadline_is_each_requests_own() -> None:
    def handle(connection: socket.socket, request: bytes) -> None:
        time.sleep(0.2)
        connection.sendall(answer())

    with serving(handle) as url:
        driver = Driver(Runtime(HttpTransport(), timeout=0.35))
        assert [driver.run(asking(Request("GET", url))).status for _ in range(3)] == [200, 200, 200]
        driver.runtime.transport.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_connection_sent_nothing(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    for url in (
        f"http://127.0.0.1:{port}/?token={CANARY}",
        f"ftp://127.0.0.1/{CANARY}",
        f"http://127.0.0.1:99999999/{CANARY}",
    ):
        with pytest.raises(TransportError) as caught:
            ask(kind, Request("POST", url))
        assert not caught.value.sent
        assert CANARY not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_that_cannot_be_sent_was_not_sent(kind: str) -> None:
    with pytest.raises(TransportError) as caught:
        ask(kind, Request("POST", "http://127.0.0.1:9/", headers={"Authorization": f"Bearer {CANARY}é"}))
    assert not caught.value.sent
    assert CANARY not in f"{caught.value!r} {caught.value.args!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_that_never_comes_about_sent_nothing(kind: str) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        fillers = []
        try:
            for _ in range(3):  # the queue of those who wait to be accepted
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(address)
                fillers.append(filler)
            time.sleep(0.05)
            with pytest.raises(TransportError) as caught:
                ask(kind, Request("POST", f"http://127.0.0.1:{address[1]}/"), timeout=0.4)
            assert not caught.value.sent
        finally:
            for filler in fillers:
                filler.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", answer(b"x" * 100)[:-50]])
def test_a_connection_cut_in_mid_answer_was_sent(kind: str, before: bytes) -> None:
    def handle(connection: socket.socket, request: bytes) -> None:
        connection.sendall(before)
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0" if not before else b"\0" * 8
        )
        connection.shutdown(socket.SHUT_RDWR) if before else connection.close()

    with serving(handle) as url, pytest.raises(TransportError) as caught:
        ask(kind, Request("POST", f"{url}/?token={CANARY}"))
    assert caught.value.sent
    assert CANARY not in repr(caught.value)


UNREAD = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
"""Where reading stops early, httpx leaves its inner generators to the garbage collector; trio remarks on it."""


@UNREAD
@pytest.mark.parametrize("kind", KINDS)
def test_gzip_is_read_and_what_is_no_gzip_is_told(kind: str) -> None:
    def handle(connection: socket.socket, request: bytes) -> None:
        body = gzip.compress(b'{"a": 1}') if b"/good" in request else b"no gzip"
        connection.sendall(answer(body, b"Content-Encoding: gzip"))

    with serving(handle) as url:
        assert ask(kind, Request("GET", f"{url}/good")).json() == {"a": 1}
        with pytest.raises(TransportError) as caught:
            ask(kind, Request("POST", f"{url}/bad"))
        assert caught.value.sent


@UNREAD
@pytest.mark.parametrize(
    "kind", [KINDS[0], *(pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS[1:])]
)
def test_an_answer_without_measure_is_refused_while_it_is_read(kind: str) -> None:
    bomb = gzip.compress(b"\0" * (4 * LARGEST_BODY), 9)

    def handle(connection: socket.socket, request: bytes) -> None:
        connection.sendall(answer(bomb, b"Content-Encoding: gzip"))

    with serving(handle) as url, pytest.raises(TransportError, match="larger than"):
        ask(kind, Request("GET", url))


def ok(connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer())


def test_a_transport_goes_on_in_a_forked_child_and_in_its_parent() -> None:
    with serving(ok) as url:
        driver = Driver(Runtime(HttpTransport(), timeout=5))
        assert driver.run(asking(Request("GET", url))).status == 200
        child = os.fork()
        if child == 0:
            try:
                fine = driver.run(asking(Request("GET", url))).status == 200
            finally:
                os._exit(0 if fine else 1)
        assert driver.run(asking(Request("GET", url))).status == 200
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert driver.run(asking(Request("GET", url))).status == 200
        driver.runtime.transport.close()


def test_one_async_transport_serves_loops_one_after_another_and_side_by_side() -> None:
    transport = AsyncHttpTransport()
    statuses: list[int] = []

    async def main() -> None:
        driver = AsyncDriver(Runtime(transport, timeout=5))
        for _ in range(3):
            response = await driver.run(asking(Request("GET", url)))
            statuses.append(response.status)
        await transport.aclose()
        statuses.append((await driver.run(asking(Request("GET", url)))).status)  # opens new ones
        await transport.aclose()

    with serving(ok) as url:
        for backend in ("asyncio", "asyncio", "trio"):
            anyio.run(main, backend=backend)
        threads = [
            threading.Thread(target=lambda name=name: anyio.run(main, backend=name), daemon=True)
            for name in ("asyncio", "trio")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert statuses == [200] * 20


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cookie", [CANARY, f'it\'s "{CANARY}" \\ and {CANARY}'])
def test_logs_hold_no_secret(kind: str, cookie: str, caplog: pytest.LogCaptureFixture) -> None:
    def handle(connection: socket.socket, request: bytes) -> None:
        fields = [b"Set-Cookie", b"Location", b"X-Auth-Token", b"WWW-Authenticate"]
        connection.sendall(answer(CANARY.encode(), *(name + b": " + cookie.encode() for name in fields)))

    caplog.set_level(logging.DEBUG)
    with serving(handle) as url:
        request = Request(
            "POST",
            f"{url}/a",
            params={"access_token": CANARY},
            headers={"Authorization": f"Bearer {CANARY}", "Cookie": CANARY},
            body=Form({"client_secret": CANARY}),
        )
        assert ask(kind, request).status == 200
    assert any(record.name.startswith("httpcore") for record in caplog.records), "there are logs to look at"
    for record in caplog.records:
        assert CANARY not in record.getMessage() + repr(record.args)
