"""A post's text as a person reads it: links expanded, ``&amp;`` and its like undone, offsets moved along. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from socialdesk.models import ExternalId

__all__ = ["expanded", "readable"]

Mark: TypeAlias = tuple[int, int, dict[str, Any]]
"""(start, end) in the text as X wrote it, and the fields of the Entity so far."""
Swap: TypeAlias = tuple[int, int, str]
"""(start, end) in the text as X wrote it, and what shall stand there."""

_ESCAPED = re.compile("&(?:amp|lt|gt);")
_UNESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
# The platform's list, the name of what it marks, the signs it begins with, and the kind of Entity.
_SIGNED = (
    ("mentions", "username", "@＠", "mention"),
    ("hashtags", "tag", "#＃", "hashtag"),
    ("cashtags", "tag", "$＄", "cashtag"),
)


def readable(text: str, told: Mapping[str, Any] | None) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities, each a dict for :class:`~socialdesk.models.Entity`, in order.

    ``told`` is the platform's ``entities``, whose offsets count code points of ``text``. Where one does not fit what
    stands there, what it names is looked for, and left out if it is not in the text. Each entity's ``text`` is the
    stretch of the result between its ``start`` and ``end``.
    """
    marks: list[Mark] = []
    swaps: list[Swap] = []
    if told:
        urls = told.get("urls")
        if urls:
            marks = _links(text, urls)
            swaps = [(start, end, fields["url"]) for start, end, fields in marks]
        _add_signed(marks, text, told)
    if "&" in text:
        swaps += [(match.start(), match.end(), _UNESCAPED[match[0]]) for match in _ESCAPED.finditer(text)]
    if len(marks) > 1:
        marks.sort(key=_start)
    if swaps:
        return _moved(text, swaps, marks)
    entities = []
    for start, end, fields in marks:
        fields["start"], fields["end"], fields["text"] = start, end, text[start:end]
        entities.append(fields)
    return text, entities


def expanded(text: str, told: Mapping[str, Any] | None) -> str:
    """The text alone, as :func:`readable` gives it."""
    return readable(text, told)[0]


def _start(mark: Mark) -> int:
    return mark[0]


def _links(text: str, urls: Sequence[Mapping[str, Any]]) -> list[Mark]:
    """Each link once, though the platform lists one for every picture behind it."""
    found: dict[int, Mark] = {}
    for told in urls:
        short = told.get("url")
        if not short:
            continue
        start, end = told.get("start", -1), told.get("end", -1)
        if start < 0 or text[start:end] != short:
            start = text.find(short)
            end = start + len(short)
        if start >= 0 and start not in found:
            found[start] = (start, end, {"kind": "url", "url": told.get("expanded_url") or short})
    if len(found) < 2:
        return list(found.values())
    apart: list[Mark] = []
    for start in sorted(found):
        if not apart or apart[-1][1] <= start:
            apart.append(found[start])
    return apart


def _add_signed(marks: list[Mark], text: str, told: Mapping[str, Any]) -> None:
    for group, named, signs, kind in _SIGNED:
        if group not in told:
            continue
        for mark in told[group] or ():
            name = mark.get(named)
            if not name:
                continue
            start, end = mark.get("start", -1), mark.get("end", -1)
            if start < 0 or text[start + 1 : end] != name or text[start] not in signs:
                span = _found(text, signs, name, start)
                if span is None:
                    continue
                start, end = span
            fields: dict[str, Any] = {"kind": kind}
            if kind == "mention":
                fields["url"] = f"https://x.com/{name}"
                person = mark.get("id")
                if person:
                    fields["target"] = ExternalId("twitter", "user", person)
            marks.append((start, end, fields))


def _found(text: str, signs: str, name: str, near: int) -> tuple[int, int] | None:
    """Where a name stands with its sign, whatever its case: at ``near``, after it, or anywhere."""
    wanted = re.compile(f"[{signs}]{re.escape(name)}", re.IGNORECASE)
    match = wanted.search(text, max(0, near)) or wanted.search(text)
    return None if match is None else match.span()


def _moved(text: str, swaps: list[Swap], marks: list[Mark]) -> tuple[str, list[dict[str, Any]]]:
    """Swap stretches of the text, and move the marks along; one that a swap cuts through is left out."""
    if len(swaps) > 1:
        swaps.sort()
    result, at = "", 0
    edges: list[tuple[int, int, int]] = []  # where a swap begins and ends, and how far it moves what follows
    for start, end, new in swaps:
        if start >= at:
            result += text[at:start] + new
            edges.append((start, end, len(result) - end))
            at = end
    result += text[at:]
    edges.append((len(text) + 1, len(text) + 1, 0))  # stands behind every mark
    entities = []
    index, before = 0, 0
    begin, close, shift = edges[0]
    for start, end, fields in marks:
        while close <= start:
            index, before = index + 1, shift
            begin, close, shift = edges[index]
        after = before
        if begin < end:
            if begin != start or close != end:
                continue
            after = shift
        fields["start"], fields["end"] = start, end = start + before, end + after
        fields["text"] = result[start:end]
        entities.append(fields)
    return result, entities
