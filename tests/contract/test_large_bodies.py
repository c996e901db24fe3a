"""What a sandbox is sent: forms of several parts, and bodies that are too large to be held."""

from __future__ import annotations

import string
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk._engine.streaming import opened
from socialdesk.bodies import json_bytes
from socialdesk.media import Files, describe_file
from socialdesk.testing.sandbox import Answer, Incoming, Sandbox, json_response, served
from socialdesk.wire import File, Headers, Json, Multipart, Request, Response, Slice, Streamed

MB = 2**20


def incoming(body: bytes, content_type: str, size: int) -> Incoming:
    def chunks() -> Iterator[bytes]:
        return (body[at : at + size] for at in range(0, len(body), size))

    return Incoming(Request("POST", "https://x.invalid/a", body=Streamed(len(body), content_type, chunks)))


def encoded(fields: dict[str, str], files: dict[str, tuple[str, bytes, str]]) -> tuple[bytes, str]:
    """What another library makes of a form."""
    request = httpx.Request("POST", "https://x.invalid/a", data=fields, files=files)
    return request.read(), request.headers["content-type"]


@given(
    st.binary(max_size=300),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=20),
    st.integers(1, 400),
)
def test_a_form_is_read_as_it_was_written_however_it_is_cut(content: bytes, text: str, size: int) -> None:
    body, content_type = encoded({"category": text}, {"media": ("a b.png", content, "image/png")})
    seen = [
        (part.name, part.filename, part.media_type, part.content(1000))
        for part in incoming(body, content_type, size).parts()
    ]
    assert [item[0] for item in seen] == ["category", "media"]
    assert seen[0][3].decode() == text
    assert seen[1][1:] == ("a b.png", "image/png", content)


fields = st.dictionaries(
    st.text(string.ascii_letters, min_size=1, max_size=8),
    st.text(max_size=20) | st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=3).map(Json),
    max_size=4,
)


@given(fields, st.lists(st.binary(min_size=1, max_size=300), max_size=4), st.integers(1, 400))
def test_what_the_framework_sends_is_read_as_it_was_meant(
    given: dict[str, str | Json], contents: list[bytes], size: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, content in enumerate(contents):
            path = Path(folder, str(number))
            path.write_bytes(content)
            named = f'a "{number}".png'
            attached = Slice(str(describe_file(path).id))
            files.append(File(attached, name=f"pic{number}", filename=named, media_type="image/png"))
        body = Multipart(given, tuple(files))
        kept = Request.load(Request("POST", "https://x.invalid/a", body=body).dump())
        assert kept.body == body
        sent = opened(kept, Files(), "between-the-parts").body
        assert isinstance(sent, Streamed)
        whole = b"".join(sent.chunks())
    assert len(whole) == sent.length
    read = [
        (part.name, part.media_type, part.content(1000))
        for part in incoming(whole, sent.media_type, size).parts()
    ]
    told = [
        (name, "application/json", json_bytes(value.value))
        if isinstance(value, Json)
        else (name, "text/plain", value.encode())
        for name, value in given.items()
    ]
    assert read == [*told, *((f"pic{n}", "image/png", content) for n, content in enumerate(contents))]


def test_a_part_that_is_not_read_is_passed_over() -> None:
    body, content_type = encoded({}, {"one": ("1", b"x" * 5000, "a/b"), "two": ("2", b"y", "a/b")})
    assert [part.name for part in incoming(body, content_type, 100).parts()] == ["one", "two"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf", "multipart/form-data; boundary=b"),
        (b"--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b"),
        (b"--bad", "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data; boundary=b"),
        (b"--b--", "multipart/form-data"),
        (b"--b--", "application/json; boundary=b"),
        (b"--b\r\n" + b"x" * 20_000, "multipart/form-data; boundary=b"),
    ],
)
def test_a_broken_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(ValueError):
        list(incoming(body, content_type, 64).parts())


def test_a_field_has_a_length() -> None:
    body, content_type = encoded({"a": "x" * 100}, {"b": ("b", b"", "a/b")})
    with pytest.raises(ValueError, match="longer than 99 bytes"):
        next(incoming(body, content_type, 64).parts()).content(99)


class Counting(Sandbox):
    """Counts the bytes that it is sent, piece by piece, and never holds them."""

    platform = "counting"

    def __init__(self) -> None:
        super().__init__()
        self.largest = 0

    def answer(self, request: Request) -> Answer:
        sizes = [len(piece) for piece in Incoming(request).chunks()]
        self.largest = max(self.largest, *sizes)
        again = len(next(Incoming(request).chunks()))
        return Answer(json_response(200, {"bytes": sum(sizes), "again": again == sizes[0]}))

    def refusal(self, status: int) -> Response:
        return Response(status, Headers())


@pytest.mark.parametrize("size", [10, MB, MB + 1, 24 * MB])
def test_a_served_sandbox_spools_what_is_large(size: int) -> None:
    sandbox = Counting()
    with served(sandbox) as url, httpx.Client(trust_env=False, timeout=30) as client:
        tracemalloc.start()
        try:
            pieces = (b"x" * min(65_536, size - at) for at in range(0, size, 65_536))
            told = client.post(f"{url}/upload", content=pieces).json()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert told["bytes"] == size
    assert told["again"]  # a body can be read anew
    if size > 2 * MB:
        assert sandbox.largest <= 65_536
        assert peak < 8 * MB


@pytest.mark.parametrize(("size", "kept"), [(100, True), (100_000, False)])
def test_the_log_keeps_no_uploads(size: int, kept: bool) -> None:
    sandbox = Counting()
    sandbox.send(Request("POST", f"{sandbox.base_url}/upload", body=Json({"media": "x" * size})), 5)
    assert (sandbox.log[0].body is not None) is kept
