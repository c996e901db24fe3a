"""Serves pages that were made before, on a free port of this machine: ``python -m benchmarks.server PAGES``.

Its first line is the port. It answers keep-alive requests by their ``pagination_token`` with bodies that are ready
bytes, so that what is measured is the client. What asks for posts later than another (``since_id``) is told of none.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.pages import page

__all__ = ["serving"]

ROOT = Path(__file__).resolve().parent.parent
ME = b'{"data": {"id": "999", "name": "Acme", "username": "acme"}}'
NOTHING = b'{"meta": {"result_count": 0}}'


@contextmanager
def serving(pages: int) -> Iterator[str]:
    """The address of a server, in a process of its own, that lists this many pages of mentions."""
    command = [sys.executable, "-m", "benchmarks.server", str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def serve(pages: int) -> None:
    bodies = [
        page(number, following=str(number + 1) if number + 1 < pages else None) for number in range(pages)
    ]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # the head and the body leave together

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = ME
            if parts.path.endswith("/mentions"):
                query = parse_qs(parts.query)
                body = (
                    NOTHING if "since_id" in query else bodies[int(query.get("pagination_token", ["0"])[0])]
                )
            elif parts.path.endswith("/recent"):
                body = NOTHING
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a line per request would be measured too."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
