"""Sends files to the sandbox, for tests of it."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from plugins.twitter.tests.sandbox_client import Caller
from socialdesk.wire import Headers, Request, Response, Streamed

BOUNDARY = "a-boundary-of-ours"


def picture(width: int = 3, height: int = 2) -> bytes:
    """A PNG of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def form(fields: Mapping[str, str], size: int, pieces: Any, media_type: str = "image/png") -> Streamed:
    """A multipart body whose file comes from ``pieces``, called anew for each reading."""
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="media"; filename="a b.png"\r\n'
    first, last = f"{head}Content-Type: {media_type}\r\n\r\n".encode(), f"\r\n--{BOUNDARY}--\r\n".encode()

    def chunks() -> Iterator[bytes]:
        yield first
        yield from pieces()
        yield last

    length = len(first) + size + len(last)
    return Streamed(length, f"multipart/form-data; boundary={BOUNDARY}", chunks)


class Uploader:
    """Uploads to a sandbox with a caller's credentials."""

    def __init__(self, sandbox: Any, kind: str = "oauth1") -> None:
        self.caller = Caller(sandbox, kind)

    def post(self, path: str, body: Streamed) -> Response:
        sandbox = self.caller.sandbox
        request = Request("POST", sandbox.base_url + path, body=body)
        bare = replace(request, body=None)
        return sandbox.send(replace(request, headers=Headers(self.caller.authorization(bare))), 30)

    def whole(self, content: bytes, category: str = "tweet_image", media_type: str = "image/png") -> Response:
        fields = {"media_category": category, "media_type": media_type}
        return self.post("/2/media/upload", form(fields, len(content), lambda: iter([content])))

    def begin(self, total: int, category: str = "tweet_video", media_type: str = "video/mp4") -> str:
        body = {"media_type": media_type, "total_bytes": total, "media_category": category}
        number: str = self.caller("POST", "/2/media/upload/initialize", json=body).json()["data"]["id"]
        return number

    def append(self, number: str, index: int, content: bytes) -> Response:
        body = form({"segment_index": str(index)}, len(content), lambda: iter([content]))
        return self.post(f"/2/media/upload/{number}/append", body)

    def finalize(self, number: str) -> Response:
        return self.caller("POST", f"/2/media/upload/{number}/finalize")

    def status(self, number: str) -> dict[str, Any]:
        told: dict[str, Any] = self.caller.get("/2/media/upload", command="STATUS", media_id=number)["data"]
        return told

    def film(self, category: str = "tweet_video") -> str:
        number = self.begin(4, category, "image/gif" if category.endswith("gif") else "video/mp4")
        self.append(number, 0, b"film")
        assert self.finalize(number).status == 200
        return number

    def image(self, category: str = "tweet_image") -> str:
        number: str = self.whole(picture(), category).json()["data"]["id"]
        return number


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
