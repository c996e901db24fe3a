"""A pooler between clients and a PostgreSQL server, as PgBouncer in transaction mode.

Each transaction goes to whichever of its sessions is free: what a client did in one session is not there in the next.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import struct
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

# https://www.postgresql.org/docs/current/protocol-message-formats.html
READY, TERMINATE, IDLE = b"Z", b"X", b"I"
PROTOCOL = 196608  # 3.0


class Session:
    """One session at the server, and what it said when it began."""

    def __init__(self, address: str, database: str, user: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(address)
        words = b"user\0" + user.encode() + b"\0database\0" + database.encode() + b"\0\0"
        self.socket.sendall(struct.pack("!II", len(words) + 8, PROTOCOL) + words)
        self.greeting = b"".join(data for _, data in answers(self.socket))
        self.lock = threading.Lock()


def answers(source: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """The server's messages up to the one that says that it is ready."""
    while True:
        kind, data = message(source)
        yield kind, data
        if kind == READY:
            return


def message(source: socket.socket) -> tuple[bytes, bytes]:
    head = exactly(source, 5)
    return head[:1], head + exactly(source, struct.unpack("!I", head[1:])[0] - 4)


def exactly(source: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = source.recv(length - len(data))
        if not more:
            raise EOFError
        data += more
    return data


class Pooler:
    """Takes clients at a port of its own; ``sessions`` are the server's that it has for all of them."""

    def __init__(self, sessions: list[Session]) -> None:
        self.sessions = sessions
        self.turns = itertools.cycle(sessions)
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), client:
            self.greet(client)
            while True:
                self.transaction(client, next(self.turns))

    def greet(self, client: socket.socket) -> None:
        """Let the client in, as if the first session were the only one."""
        while True:
            length, code = struct.unpack("!II", exactly(client, 8))
            exactly(client, length - 8)
            if code == PROTOCOL:
                client.sendall(self.sessions[0].greeting)
                return
            client.sendall(b"N")  # no encryption

    def transaction(self, client: socket.socket, session: Session) -> None:
        """Pass on what the client asks, and the answers, until the session is in no transaction."""
        kind, data = message(client)
        with session.lock:
            while True:
                if kind == TERMINATE:
                    raise EOFError
                session.socket.sendall(data)
                while kind not in (b"Q", b"S"):  # all up to the end of what is asked at once
                    kind, data = message(client)
                    session.socket.sendall(data)
                said = list(answers(session.socket))
                client.sendall(b"".join(data for _, data in said))
                if said[-1][1][5:6] == IDLE:
                    return
                kind, data = message(client)


@contextlib.contextmanager
def pooled(url: str) -> Iterator[str]:
    """The address of a pooler before the database at ``url``, which is reached through a folder's socket."""
    parts = urlsplit(url)
    (folder,) = parse_qs(parts.query)["host"]
    database, user = parts.path.strip("/"), parts.username or "postgres"
    sessions = [Session(f"{folder}/.s.PGSQL.5432", database, user) for _ in range(2)]
    pooler = Pooler(sessions)
    port = pooler.listener.getsockname()[1]
    try:
        yield f"postgresql://{user}@127.0.0.1:{port}/{database}?sslmode=disable&gssencmode=disable"
    finally:
        pooler.listener.close()
        for session in sessions:
            session.socket.close()
