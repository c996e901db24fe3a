"""What a request asks to be told: ``fields=id,from{name},comments.limit(3).filter(stream){id,message}``.

https://developers.facebook.com/docs/graph-api/guides/field-expansion
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .problems import Refused

NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Field:
    """One field that is asked for: under which name it is told (``.as``), with which arguments, and what of it.
    ``inner`` is None where that was not said; ``inner_text`` is how it was said."""

    name: str
    alias: str
    args: Mapping[str, str] = field(default_factory=dict)
    inner: tuple[Field, ...] | None = None
    inner_text: str = ""


def plain(names: Iterable[str]) -> tuple[Field, ...]:
    """Fields of these names, as they are."""
    return tuple(Field(name, name) for name in names)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def skip(self) -> None:
        while self.peek().isspace():
            self.place += 1

    def takes(self, mark: str) -> bool:
        self.skip()
        if self.peek() != mark:
            return False
        self.place += 1
        self.skip()
        return True

    def fail(self, expected: str) -> Refused:
        got = f'"{self.peek()}"' if self.peek() else "end of string"
        return Refused.syntax(self.text, self.place, f"{expected} instead of {got}")

    def name(self) -> str:
        self.skip()
        start = self.place
        while self.peek() in NAME and self.peek():
            self.place += 1
        if start == self.place:
            raise self.fail("name")
        return self.text[start : self.place]

    def argument(self) -> str:
        """What stands in parentheses, as it stands there."""
        if not self.takes("("):
            raise self.fail('"("')
        start, depth = self.place, 1
        while depth:
            if not self.peek():
                raise self.fail('")"')
            depth += {"(": 1, ")": -1}.get(self.peek(), 0)
            self.place += 1
        return self.text[start : self.place - 1].strip().strip("\"'")

    def one(self, depth: int) -> Field:
        name, args, inner, said = self.name(), {}, None, ""
        while True:
            if self.takes("."):
                modifier = self.name()
                args[modifier] = self.argument()
            elif inner is None and self.takes("{"):
                start = self.place
                inner = self.several(depth + 1)
                said = self.text[start : self.place].strip()
                if not self.takes("}"):
                    raise self.fail('"}"')
            else:
                break
        return Field(name, args.pop("as", name), args, inner, said)

    def several(self, depth: int) -> tuple[Field, ...]:
        if depth > DEEPEST:
            raise Refused.param("The fields are nested too deep")
        found = [self.one(depth)]
        while self.takes(","):
            self.skip()
            if self.peek() in ("", "}"):
                break  # a comma at the end is let pass
            found.append(self.one(depth))
        return tuple(found)


def read_fields(text: str) -> tuple[Field, ...]:
    """The fields that a text names. Raises Refused where it cannot be read."""
    if not text.strip(" ,"):
        return ()
    reader = _Reader(text)
    found = reader.several(0)
    reader.skip()
    if reader.peek():
        raise reader.fail("end of string")
    return found
