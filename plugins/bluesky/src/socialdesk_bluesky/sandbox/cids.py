"""Content ids: the digest of a record's one canonical form, DAG-CBOR, or of a file's bytes.

https://atproto.com/specs/data-model
https://ipld.io/specs/codecs/dag-cbor/spec/
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

_RECORD, _FILE = 0x71, 0x55  # multicodecs: dag-cbor, raw
_SHA256 = b"\x12\x20"


def cid_of_record(value: Any) -> str:
    """The CID of a record. Raises ValueError on what no record may hold, such as a fraction."""
    return _cid(_RECORD, hashlib.sha256(encode(value)).digest())


def cid_of_file(content: bytes) -> str:
    return _cid(_FILE, hashlib.sha256(content).digest())


def _cid(codec: int, digest: bytes) -> str:
    return "b" + _base32(bytes((1, codec)) + _SHA256 + digest)


def _base32(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()


def _decoded(cid: str) -> bytes:
    text = cid[1:].upper()
    return base64.b32decode(text + "=" * (-len(text) % 8))


def encode(value: Any) -> bytes:
    """A value in DAG-CBOR. Objects ``{"$link": ...}`` and ``{"$bytes": ...}`` stand for links and bytes."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case str():
            content = value.encode()
            return _head(3, len(content)) + content
        case list():
            return _head(4, len(value)) + b"".join(map(encode, value))
        case {"$link": str(cid)} if len(value) == 1:
            link = b"\x00" + _decoded(cid)
            return b"\xd8\x2a" + _head(2, len(link)) + link
        case {"$bytes": str(text)} if len(value) == 1:
            content = base64.b64decode(text + "=" * (-len(text) % 4))
            return _head(2, len(content)) + content
        case dict():
            pairs = sorted((name.encode(), inner) for name, inner in value.items())
            pairs.sort(key=lambda pair: len(pair[0]))
            return _head(5, len(pairs)) + b"".join(
                _head(3, len(name)) + name + encode(inner) for name, inner in pairs
            )
    raise ValueError(f"a record holds no {type(value).__name__}")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major << 5 | number,))
    for more, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes((major << 5 | more,)) + number.to_bytes(size, "big")
    raise ValueError("a record holds no number of more than 64 bits")
