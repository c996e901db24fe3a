"""Serves pages that were made before, on a free port of this machine: ``python -m benchmarks.server PAGES``.

Its first line is the port. It answers keep-alive requests by their ``pagination_token``; the bodies are ready bytes,
so that what is measured is the client.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from benchmarks.pages import page

ME = b'{"data": {"id": "999", "name": "Acme", "username": "acme"}}'


def serve(pages: int) -> None:
    bodies = [
        page(number, following=str(number + 1) if number + 1 < pages else None) for number in range(pages)
    ]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            if parts.path.endswith("/mentions"):
                body = bodies[int(query.get("pagination_token", query.get("next_token", ["0"]))[0])]
            elif parts.path.endswith("/recent"):
                body = b'{"meta": {"result_count": 0}}'
            else:
                body = ME
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
