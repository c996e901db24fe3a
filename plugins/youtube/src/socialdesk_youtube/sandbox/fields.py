"""Partial answers: the parts that were asked for, and the mask of ``fields``.

https://developers.google.com/youtube/v3/getting-started#fields
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .problems import Refused

_TOKEN = re.compile(r"[A-Za-z0-9_*]+|[/(),]")

Mask = dict[str, Any]
"""What is kept: by name, what is kept of it; empty is all of it."""


def mask_of(text: str) -> Mask:
    """The mask that ``fields`` holds, as in ``items(id,snippet/title),nextPageToken``. Raises Refused."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text) or not tokens:
        raise _bad(text)
    mask, rest = _list(tokens, text)
    if rest:
        raise _bad(text)
    return mask


def _bad(text: str) -> Refused:
    return Refused.parameter("invalidParameter", "fields", f"Invalid field selection {text}")


def _list(tokens: list[str], text: str) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        tokens = _one(mask, tokens, text)
        if not tokens or tokens[0] != ",":
            return mask, tokens
        tokens = tokens[1:]


def _one(mask: Mask, tokens: list[str], text: str) -> list[str]:
    """Read one path with what hangs on it into ``mask``; gives the tokens after it."""
    if not tokens or tokens[0] in "/(),":
        raise _bad(text)
    inner: Mask = mask.setdefault(tokens[0], {})
    tokens = tokens[1:]
    if tokens and tokens[0] == "/":
        return _one(inner, tokens[1:], text)
    if tokens and tokens[0] == "(":
        more, tokens = _list(tokens[1:], text)
        if not tokens or tokens[0] != ")":
            raise _bad(text)
        inner |= more
        tokens = tokens[1:]
    return tokens


def masked(value: Any, mask: Mapping[str, Any]) -> Any:
    """What a mask leaves of a value; of a list, of each of its items."""
    if not mask:
        return value
    if isinstance(value, list):
        return [masked(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: masked(inner, mask.get(name, mask.get("*", {})))
        for name, inner in value.items()
        if name in mask or "*" in mask
    }


__all__ = ["mask_of", "masked"]
