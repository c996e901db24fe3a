"""Reading multipart/form-data (RFC 7578) while it comes in: no part is ever held as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

FIELD_LENGTH = 2**16
HEAD_LENGTH = 2**14

_BOUNDARY = re.compile(r"""boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)
_PARAMETER = re.compile(r"""(\w+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))""")


@dataclass(frozen=True, slots=True)
class FormPart:
    """One part: read ``chunks`` before asking for the next one. ``filename`` is None for a plain field."""

    name: str
    filename: str | None
    media_type: str
    chunks: Iterator[bytes] = field(repr=False)

    def text(self) -> str:
        """A plain field's value. Raises ValueError where it is long."""
        return self.content(FIELD_LENGTH).decode()

    def content(self, most: int) -> bytes:
        """All bytes. Raises ValueError where there are more than ``most``."""
        read = bytearray()
        for piece in self.chunks:
            read += piece
            if len(read) > most:
                raise ValueError(f"the field {self.name} is longer than {most} bytes")
        return bytes(read)


class _Reader:
    """Bytes that come piece by piece, read up to marks."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._held = b"\r\n"  # what ends the line before a boundary, before the first one too

    def take(self, length: int) -> bytes:
        while len(self._held) < length:
            self._more()
        taken, self._held = self._held[:length], self._held[length:]
        return taken

    def until(self, mark: bytes) -> Iterator[bytes]:
        """What comes before a mark; the mark itself is read and not given."""
        while True:
            place = self._held.find(mark)
            if place >= 0:
                before, self._held = self._held[:place], self._held[place + len(mark) :]
                yield before
                return
            safe = max(0, len(self._held) - len(mark) + 1)
            before, self._held = self._held[:safe], self._held[safe:]
            if before:
                yield before
            self._more()

    def _more(self) -> None:
        piece = next(self._source, None)
        if piece is None:
            raise ValueError("the body ends in the middle of a part")
        self._held += piece


def _head(reader: _Reader) -> Mapping[str, str]:
    """A part's header fields, their names in lower case."""
    read = bytearray()
    for piece in reader.until(b"\r\n\r\n"):
        read += piece
        if len(read) > HEAD_LENGTH:
            raise ValueError("a part's headers are too long")
    lines = (line.partition(":") for line in read.decode("utf-8", "replace").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def parts(chunks: Iterable[bytes], content_type: str) -> Iterator[FormPart]:
    """The parts of a body, one after another. Raises ValueError where the body is broken, while it is read."""
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.lower().startswith("multipart/form-data"):
        raise ValueError("the body is not multipart/form-data with a boundary")
    mark = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
    reader = _Reader(chunks)
    for _ in reader.until(mark):
        pass  # what stands before the first boundary means nothing
    while (ending := reader.take(2)) != b"--":
        if ending != b"\r\n":
            raise ValueError("a boundary is followed by something else than a line break")
        head = _head(reader)
        said = {
            n.lower(): q or plain for n, q, plain in _PARAMETER.findall(head.get("content-disposition", ""))
        }
        if "name" not in said:
            raise ValueError("a part has no name")
        content = reader.until(mark)
        yield FormPart(said["name"], said.get("filename"), head.get("content-type", "text/plain"), content)
        for _ in content:
            pass  # whoever asks for the next part has seen enough of this one
