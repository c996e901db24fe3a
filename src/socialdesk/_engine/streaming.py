"""Bodies that are read while they are sent: what a driver makes of a Slice or Multipart before the wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Protocol

from socialdesk.bodies import json_bytes
from socialdesk.errors import ConfigError
from socialdesk.wire import File, Json, Multipart, Request, Slice, Streamed

__all__ = ["Media", "opened"]

PIECE = 2**18
"""Bytes that are held at a time."""


class Media(Protocol):
    """Opens what attachments name."""

    def open(self, media: str) -> BinaryIO: ...


def opened(request: Request, media: Media, boundary: str) -> Request:
    """The request with a body that can be sent: a file in it is opened when it is read, and never held whole.

    ``boundary`` parts the pieces of a multipart body: chance, so that no file can hold it. Raises ConfigError where
    the file is not there or too short.
    """
    match request.body:
        case Slice() as content:
            length = _length(content, media)
            media_type = request.headers.get("content-type", "application/octet-stream")
            return replace(request, body=Streamed(length, media_type, lambda: _read(content, length, media)))
        case Multipart() as body:
            return replace(request, body=_multipart(body, media, boundary))
    return request


def _multipart(body: Multipart, media: Media, boundary: str) -> Streamed:
    """Pieces of text and files in turn: a text ends where its file begins."""
    fields = b"".join(_field(boundary, name, value) for name, value in body.fields.items())
    heads = [_head(boundary, file) for file in body.files]
    lengths = [_length(file.content, media) for file in body.files]
    tail = f"--{boundary}--\r\n".encode()

    def chunks() -> Iterator[bytes]:
        yield fields
        for head, file, length in zip(heads, body.files, lengths, strict=True):
            yield head
            yield from _read(file.content, length, media)
            yield b"\r\n"
        yield tail

    whole = len(fields) + sum(map(len, heads)) + sum(lengths) + 2 * len(heads) + len(tail)
    return Streamed(whole, f"multipart/form-data; boundary={boundary}", chunks)


def _field(boundary: str, name: str, value: str | Json) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n'
    if isinstance(value, Json):
        return f"{head}Content-Type: application/json\r\n\r\n".encode() + json_bytes(value.value) + b"\r\n"
    return f"{head}\r\n{value}\r\n".encode()


def _head(boundary: str, file: File) -> bytes:
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(file.name)}"; '
        f'filename="{_quoted(file.filename)}"\r\nContent-Type: {_plain(file.media_type)}\r\n\r\n'
    ).encode()


def _quoted(text: str) -> str:
    """As browsers put a name into a header. https://html.spec.whatwg.org/#multipart-form-data"""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _plain(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _length(content: Slice, media: Media) -> int:
    with media.open(content.media) as file:
        there = max(0, file.seek(0, 2) - content.offset)
    if content.length is not None and there < content.length:
        raise ConfigError(f"The file {content.media} is shorter than it was when it was attached.")
    return there if content.length is None else content.length


def _read(content: Slice, length: int, media: Media) -> Iterator[bytes]:
    with media.open(content.media) as file:
        file.seek(content.offset)
        left = length
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
