"""The parameters of a call: in the query, a form, JSON or multipart, where lists and objects may be JSON in a text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from socialdesk.testing.sandbox import Incoming

from .problems import Refused

FILE_AT_MOST = 100 * 2**20
KEPT = 2**20
"""How many bytes of a file are kept; of a longer one its length and digest are."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call. ``content`` is None for a large one."""

    name: str
    media_type: str
    size: int
    digest: str
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """What a call gives, whichever way."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    @classmethod
    def read(cls, seen: Incoming) -> Given:
        """Raises Refused where the body cannot be read."""
        values: dict[str, Any] = dict(seen.pairs)
        files: dict[str, Upload] = {}
        if seen.media_type == "multipart/form-data":
            _read_parts(seen, values, files)
        elif seen.media_type == "application/json" and seen.body:
            try:
                said = seen.json()
            except ValueError:
                raise Refused.param("The body is not valid JSON") from None
            values |= said if isinstance(said, dict) else {}
        else:
            values |= dict(seen.form)
        return cls(values, files)

    def text(self, name: str) -> str | None:
        """A parameter as text; None where it is not given."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return orjson.dumps(value).decode()

    def flag(self, name: str, default: bool = False) -> bool:
        """Raises Refused on what is neither true nor false."""
        said = self.text(name)
        if said is None:
            return default
        if said.lower() in ("1", "true"):
            return True
        if said.lower() in ("0", "false", ""):
            return False
        raise Refused.param(f"Param {name} must be a boolean")

    def structure(self, name: str) -> Any:
        """A list or an object; None where it is not given. Raises Refused on something else."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value)
        except ValueError:
            raise Refused.param(f"Param {name} must be an array.") from None

    def mapping(self, name: str) -> dict[str, Any] | None:
        """An object; None where it is not given. Raises Refused on something else."""
        value = self.structure(name)
        if value is not None and not isinstance(value, dict):
            raise Refused.param(f"Param {name} must be an object.")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words, as JSON or with commas between them."""
        value = self.values.get(name)
        if isinstance(value, str) and not value.lstrip().startswith("["):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        listed = self.structure(name)
        if listed is not None and not isinstance(listed, list):
            raise Refused.param(f"Param {name} must be an array.")
        return tuple(part if isinstance(part, str) else str(part) for part in listed or ())

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words, in whatever case. Raises Refused on another."""
        said = self.text(name)
        if said is None:
            return default
        for one in choices:
            if said.lower() == one.lower():
                return one
        raise Refused.one_of(name, choices, said)


def _read_parts(seen: Incoming, values: dict[str, Any], files: dict[str, Upload]) -> None:
    try:
        for part in seen.parts():
            if part.filename is None:
                values[part.name] = part.text()
                continue
            digest, held, size = hashlib.sha256(), bytearray(), 0
            for piece in part.chunks:
                digest.update(piece)
                size += len(piece)
                if size <= KEPT:
                    held += piece
                if size > FILE_AT_MOST:
                    raise Refused.param("The file is too large")
            content = bytes(held) if size <= KEPT else None
            files[part.name] = Upload(part.filename, part.media_type, size, digest.hexdigest(), content)
    except ValueError as error:
        raise Refused.param(str(error)) from None
